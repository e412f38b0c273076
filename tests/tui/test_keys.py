from __future__ import annotations

from collections import Counter

import pytest
from textual.binding import Binding

from mmtui.tui.actions import ACTIONS
from mmtui.tui.keys import bindings
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.help import columns_of, help_groups

SCREENS = [
    "floor",
    "replay",
    "home",
    "levels",
    "sandbox",
    "briefing",
    "debrief",
    "scores",
    "replays",
    "settings",
    "keymap",
    "app",
]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_does_two_things_on_a_screen(screen: str) -> None:
    keys = Counter(binding.key for binding in Binding.make_bindings(bindings(screen)))
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_every_binding_has_an_id_and_a_tooltip(screen: str) -> None:
    assert all(binding.id in ACTIONS and binding.tooltip for binding in Binding.make_bindings(bindings(screen)))


def test_every_action_of_the_floor_exists() -> None:
    for action in ACTIONS.values():
        if action.screen == "floor":
            assert hasattr(FloorScreen, f"action_{action.action.partition('(')[0]}"), action.id


def test_help_lists_every_key_of_the_floor_and_nothing_else() -> None:
    keys = {action.id: [f"<{action.id}>"] for action in ACTIONS.values() if action.screen == "floor"}
    left, right = columns_of(help_groups("floor", keys))
    text = "".join(part for row in (*left, *right) for part, _ in row)
    for action in ACTIONS.values():
        assert (f"<{action.id}>" in text) == (action.screen == "floor")

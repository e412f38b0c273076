from __future__ import annotations

from collections import Counter

import pytest
from textual.binding import Binding

from mmtui.tui.actions import ACTIONS
from mmtui.tui.app import MmtuiApp
from mmtui.tui.keys import bindings
from mmtui.tui.screens.board import BoardScreen
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.debrief import DebriefScreen
from mmtui.tui.screens.drill import DrillScreen
from mmtui.tui.screens.drill_floor import DrillFloorScreen
from mmtui.tui.screens.drills import DrillsScreen
from mmtui.tui.screens.finale import FinaleScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.help import columns_of, help_groups
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.screens.levels import LevelsScreen
from mmtui.tui.screens.licence import LicenceScreen
from mmtui.tui.screens.replay import ReplayScreen
from mmtui.tui.screens.replays import ReplaysScreen
from mmtui.tui.screens.room_console import ConsoleScreen
from mmtui.tui.screens.sandbox import SandboxScreen
from mmtui.tui.screens.scores import ScoresScreen
from mmtui.tui.screens.settings import KeymapScreen, SettingsScreen
from mmtui.tui.screens.what_if import WhatIfScreen

SCREENS = {
    "floor": FloorScreen,
    "replay": ReplayScreen,
    "home": HomeScreen,
    "levels": LevelsScreen,
    "sandbox": SandboxScreen,
    "briefing": BriefingScreen,
    "debrief": DebriefScreen,
    "scores": ScoresScreen,
    "replays": ReplaysScreen,
    "settings": SettingsScreen,
    "keymap": KeymapScreen,
    "what-if": WhatIfScreen,
    "drills": DrillsScreen,
    "finale": FinaleScreen,
    "board": BoardScreen,
    "drill": DrillScreen,
    "licence": LicenceScreen,
    "drill-floor": DrillFloorScreen,
    "console": ConsoleScreen,
    "app": MmtuiApp,
}

#: What keys are saved under: an id that is gone or renamed loses what a player has remapped.
IDS = {
    "floor": (
        "bid offer join-bid join-ask improve-bid improve-ask tighten widen skew-down skew-up both-down both-up"
        " order-up order-down undo peg reference hand-over choose-strategy cancel-all cancel-here cancel-bids"
        " cancel-asks pause slower faster buy sell flatten reverse hedge hedge-sell hedge-buy hedge-next"
        " up down page-up page-down recentre follow group arm size-1 size-2 size-3 size-4 size-5 size-up size-down"
        " lesson earlier coach leave help"
    ),
    "replay": (
        "up down page-up page-down recentre follow group pause back-second on-second back-ten on-ten back-event"
        " on-event start end slower faster next-fill last-fill worst reveal what-if take-over race back help"
    ),
    "app": "quit palette suspend",
    "home": "quit settings help",
    "settings": "back help",
    "keymap": "back reset help",
    "scores": "back replays board licence help",
    "replays": "back help",
    "levels": "back help",
    "sandbox": "back",
    "what-if": "back help",
    "drills": "back help",
    "finale": "take-over save",
    "drill": "play back help",
    "licence": "back help",
    "drill-floor": "done",
    "board": "before after folder back help",
    "briefing": "start seed back help",
    "debrief": "retry new watch what-if finale share back previous next page-1 page-2 page-3 page-4 page-5 help",
}


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_does_two_things_on_a_screen(screen: str) -> None:
    keys = Counter(binding.key for binding in Binding.make_bindings(bindings(screen)))
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_every_binding_has_an_id_and_a_tooltip(screen: str) -> None:
    assert all(binding.id in ACTIONS and binding.tooltip for binding in Binding.make_bindings(bindings(screen)))


def test_ids_of_actions_do_not_change() -> None:
    assert {f"{screen}.{name}" for screen, names in IDS.items() for name in names.split()} <= set(ACTIONS)


def test_every_action_exists() -> None:
    for action in ACTIONS.values():
        name = action.action.partition("(")[0]
        where = MmtuiApp if name.startswith("app.") else SCREENS[action.screen]
        assert hasattr(where, f"action_{name.removeprefix('app.')}"), action.id


def test_help_lists_every_key_of_the_floor_and_nothing_else() -> None:
    keys = {action.id: [f"<{action.id}>"] for action in ACTIONS.values() if action.screen == "floor"}
    left, right = columns_of(help_groups("floor", keys))
    text = "".join(part for row in (*left, *right) for part, _ in row)
    for action in ACTIONS.values():
        assert (f"<{action.id}>" in text) == (action.screen == "floor")

"""Every action of the app, in one place: its id, default key, label, tooltip and group.

Bindings, footer, help and palette are made from this list. Key maps are saved under the ids: see keys.ALIASES.
"""

from __future__ import annotations

from mmtui.tui.actions.action import Action
from mmtui.tui.actions.console import CONSOLE
from mmtui.tui.actions.floor import FLOOR
from mmtui.tui.actions.replay import REPLAY
from mmtui.tui.actions.screens import HELP, SCREENS

__all__ = ["ACTIONS", "Action", "lines"]

ACTIONS: dict[str, Action] = {action.id: action for action in (*FLOOR, *REPLAY, *CONSOLE, *SCREENS, *HELP)}


def lines(screen: str) -> list[list[Action]]:
    """The actions of a screen by lines of its help: one with a label, then those that share its line."""
    found: list[list[Action]] = []
    for action in ACTIONS.values():
        if action.screen == screen and action.label:
            found.append([action])
        elif action.screen == screen:
            found[-1].append(action)
    return found

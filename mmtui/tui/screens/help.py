"""The keys of a screen, from the bindings it really has."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from mmtui.tui.actions import ACTIONS, lines
from mmtui.tui.format import Row
from mmtui.tui.widgets.line_view import as_content

_KEY_WIDTH = 12
_MOUSE: tuple[tuple[str, str], ...] = (
    ("click", "quote, in Bid or Ask"),
    ("right click", "the next larger size"),
    ("", "on your order: cancel"),
    ("drag", "move your order"),
    ("header", "of My bids, asks: cancel"),
    ("wheel", "move the window, the size"),
    ("middle", "recentre"),
    ("position", "take it as the size"),
)


def help_groups(screen: str, keys: dict[str, list[str]]) -> list[list[Row]]:
    """Lines by group.

    Args:
        screen: the screen's name in the registry.
        keys: action id to the keys it has now, as the eye reads them.
    """
    groups: dict[str, list[Row]] = {}
    for line in lines(screen):
        heading: Row = ((line[0].group.upper(), "bold muted"),)
        used = " ".join(key for action in line for key in keys.get(action.id, []))
        groups.setdefault(line[0].group, [heading]).append(
            ((f"{used:<{_KEY_WIDTH}}", "bold own"), (line[0].label, "foreground"))
        )
    return list(groups.values())


def columns_of(groups: list[list[Row]]) -> tuple[list[Row], list[Row]]:
    """The groups in two columns of about the same height."""
    total = sum(len(group) + 1 for group in groups)
    left: list[Row] = []
    right: list[Row] = []
    for group in groups:
        column = left if not right and len(left) + len(group) <= (total + 3) // 2 else right
        column += [*group, ()]
    return left[:-1], right[:-1]


class HelpScreen(ModalScreen[None]):
    """Two columns of keys."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,f1,enter,q", "dismiss", "back")]

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self.about = about

    def compose(self) -> ComposeResult:
        keys: dict[str, list[str]] = {}
        for active in self.about.active_bindings.values():
            binding = active.binding
            if binding.id in ACTIONS:
                keys.setdefault(binding.id, []).append(self.app.get_key_display(binding))
        screen = next((name.partition(".")[0] for name in keys if not name.startswith("app.")), "")
        groups = help_groups(screen, keys) + help_groups("app", keys)
        if screen == "floor":
            groups.append(
                [(("MOUSE", "bold muted"),)]
                + [((f"{what:<{_KEY_WIDTH}}", "bold own"), (does, "foreground")) for what, does in _MOUSE]
            )
        left, right = columns_of(groups)
        with VerticalScroll(id="help", classes="panel", can_focus=True):
            with Horizontal(id="help-columns"):
                yield Static(as_content(left), classes="column")
                yield Static(as_content(right), classes="column")
            yield Static("Esc goes back; the clock stands still meanwhile", id="help-foot")

    def on_mount(self) -> None:
        self.query_one("#help").focus()

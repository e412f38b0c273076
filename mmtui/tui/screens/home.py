"""The first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from mmtui import __version__
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.widgets.rows import as_content

if TYPE_CHECKING:
    from mmtui.tui.app import MmtuiApp

_LETTERS = (
    ("█▄   ▄█  █▄   ▄█   ", "▀▀▀█▀▀▀  █     █  ▀▀█▀▀"),
    ("█ ▀▄▀ █  █ ▀▄▀ █   ", "   █     █     █    █  "),
    ("█  ▀  █  █  ▀  █   ", "   █     █     █    █  "),
    ("█     █  █     █   ", "   █      ▀▄▄▄▀   ▄▄█▄▄"),
)
_BIDS = "▁▁▂▁▃▂▄▃▅▄▆▅▇▆█▇"
_ASKS = "▆█▅▇▆▅▆▄▅▃▄▂▃▁▂▁"


_MENU = (
    ("play", "Play", "the next level"),
    ("levels", "Levels", "the campaign"),
    ("settings", "Settings", "colours, keys, speed"),
    ("help", "Keys", "of this screen"),
    ("quit", "Quit", ""),
)


def menu_row(word: str, means: str) -> Row:
    """An entry of the menu."""
    return ((f"{word:<12}", "bold foreground"), (means, "muted"))


def banner() -> list[Row]:
    """The name, over a book whose bids and asks meet."""
    rows: list[Row] = [((left, "bold bid"), (right, "bold ask")) for left, right in _LETTERS]
    rows.append(())
    rows.append(((f"{_BIDS} ", "bid"), ("╎", "muted"), (f" {_ASKS}", "ask")))
    rows.append(())
    rows.append((("A flight simulator for market makers", "foreground"),))
    return rows


class HomeScreen(Screen[None]):
    """Banner and menu."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("home"))

    def compose(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(as_content(banner()), id="banner")
            yield OptionList(
                *(Option(as_content([menu_row(word, means)]), id=name) for name, word, means in _MENU), id="menu"
            )
            yield Static(f"version {__version__}", id="version")
        yield Footer(show_command_palette=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        app = cast("MmtuiApp", self.app)
        match event.option.id:
            case "play":
                levels = app.engine.levels()
                app.brief(next((card for card in levels if card.id not in app.best), levels[-1]))
            case "levels":
                app.show_levels()
            case "settings":
                app.action_settings()
            case "help":
                app.action_keys_help()
            case _:
                app.exit()

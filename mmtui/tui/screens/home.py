"""The first screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, OptionList, Static

from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen, Menu, option
from mmtui.tui.widgets.line_view import as_content
from mmtui.version import program_version

if TYPE_CHECKING:
    from mmtui.tui.cards import Card
    from mmtui.tui.navigator import Navigator

_LETTERS = (
    ("█▄   ▄█  █▄   ▄█   ", "▀▀▀█▀▀▀  █     █  ▀▀█▀▀"),
    ("█ ▀▄▀ █  █ ▀▄▀ █   ", "   █     █     █    █  "),
    ("█  ▀  █  █  ▀  █   ", "   █     █     █    █  "),
    ("█     █  █     █   ", "   █      ▀▄▄▄▀   ▄▄█▄▄"),
)
_BIDS = "▁▁▂▁▃▂▄▃▅▄▆▅▇▆█▇"
_ASKS = "▆█▅▇▆▅▆▄▅▃▄▂▃▁▂▁"


def menu(navigator: Navigator, broken_off: Path | None, *, known: bool = True) -> list[tuple[str, str, str]]:
    """Id, word and meaning of each entry; without ``known``, no level is read for it.

    ``broken_off`` is the journal that *Continue* goes on with, if there is one.
    """
    best, started = navigator.progress.best, bool(navigator.progress.reached)
    following = stars = ""
    scores = "bests, history, days in a row"
    daily = "today's market, the same for everybody"
    drills = "one decision each"
    if known:
        due = navigator.engine.drills_due(navigator.today())
        drills = f"{due} due today" if due else "none due today"
        from mmtui.learning.licence import weeks

        card = next_level(navigator)
        following = f"{card.level.number}  {card.level.title}"
        stars = f"{sum(score.stars for score in best.values())} of {3 * len(navigator.engine.levels())} ★"
        if found := weeks(navigator.engine.licence.held.sessions):
            scores = f"skill {found[-1].points:+.1f} points in your latest week"
        if (done := navigator.career.daily(navigator.today())) is not None:
            daily = f"{done.score:.1f} {fmt.stars(done.stars)} today; the first time counts"
    entries = [
        ("play", "Next level" if started else "Play", following),
        ("levels", "Levels", stars),
        ("daily", "Daily", daily),
        ("duel", "Duel", "you and a strategy in the same market"),
        ("showpiece", "Showpiece", "90 seconds: the band closes in"),
        ("sandbox", "Sandbox", "every dial is yours"),
        ("drills", "Drills", drills),
        ("replays", "Replays", "what you played, seen again"),
        ("scores", "Scores", scores),
        ("lesson", "First lesson", "a first fill, and who was behind it"),
        ("settings", "Settings", "colours, keys, speed"),
        ("help", "Keys", "of this screen"),
        ("quit", "Quit", ""),
    ]
    if not navigator.progress.taught:
        # The lesson comes first at the first start.
        entries.insert(0, entries.pop([name for name, *_ in entries].index("lesson")))
    if broken_off is not None:
        entries.insert(0, ("go-on", "Continue", navigator.engine.about(broken_off)))
    return entries


def next_level(navigator: Navigator) -> Card:
    """The first level without a star, or the one played last when all have one."""
    levels, progress = navigator.engine.levels(), navigator.progress
    best = progress.reached
    waiting = (card for card in levels if card.level.id not in best or not best[card.level.id].stars)
    return next(waiting, next((card for card in levels if card.level.id == progress.last), levels[-1]))


def menu_row(word: str, means: str) -> Row:
    """An entry of the menu."""
    return ((f"{word:<14}", "bold foreground"), (means, "muted"))


def banner() -> list[Row]:
    """The name, over a book whose bids and asks meet."""
    rows: list[Row] = [((left, "bold bid"), (right, "bold ask")) for left, right in _LETTERS]
    rows.append(())
    rows.append(((f"{_BIDS} ", "bid"), ("╎", "muted"), (f" {_ASKS}", "ask")))
    rows.append(())
    rows.append((("A flight simulator for market makers", "foreground"),))
    return rows


class HomeScreen(AppScreen):
    """Banner and menu."""

    BINDINGS = bindings("home")
    VERTICAL_BREAKPOINTS = HEIGHTS

    def compose(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(as_content(banner()), id="banner")
            yield Menu(id="menu")
            yield Static(f"version {program_version()}", id="version")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        # Reading levels imports numpy, which the first frame need not wait for.
        self._fill(known=False)
        # Also without the terminal's focus: in a browser it comes with the first click, after which keys must work.
        self.set_focus(self.query_one(OptionList))

    def on_screen_resume(self) -> None:
        # The first refresh lays out, the second draws.
        self.call_after_refresh(self.call_after_refresh, self._refill)

    def _refill(self) -> None:
        # Below a level that is opened at once it is not seen; it comes on top again later.
        if self.is_active:
            self._fill()

    def _fill(self, *, known: bool = True) -> None:
        # What is shown is what is gone on with, whatever happens in the folder meanwhile.
        self._broken_off = next(iter(self.navigator.engine.unfinished()), None) if known else None
        entries = menu(self.navigator, self._broken_off, known=known)
        self.fill(option(menu_row(word, means), id=name) for name, word, means in entries)

    def _continue(self) -> None:
        if self._broken_off is not None:
            self.navigator.resume(self._broken_off)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        navigator = self.navigator
        ways: dict[str, Callable[[], object]] = {
            "go-on": self._continue,
            "play": lambda: navigator.show_briefing(next_level(navigator)),
            "levels": navigator.show_levels,
            "daily": navigator.show_daily,
            "duel": navigator.choose_duel,
            "showpiece": navigator.show_showpiece,
            "sandbox": navigator.show_sandbox,
            "drills": navigator.show_drills,
            "replays": navigator.show_replays,
            "scores": navigator.show_scores,
            "lesson": navigator.start_lesson,
            "settings": navigator.show_settings,
            "help": navigator.show_keys,
            "quit": self.app.exit,
        }
        ways[str(event.option.id)]()

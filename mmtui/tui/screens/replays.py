"""The list of replays: the sessions with a journal, the latest first."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, OptionList, Static

from mmtui.career.career import Record
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen, Menu, option
from mmtui.tui.widgets.line_view import as_content

_SHOWN = 200
#: The least width for PnL and seed.
_ROOMY = 90
#: The most that the page takes.
_MOST_WIDTH = 116


def heading_row(width: int) -> Row:
    """The heads of the columns."""
    title, who = _widths(width)
    heads = f"{'when, UTC':<16}  {'level':<{title}}{'quoted':<{who}}{'hand':>5} {'score':>5}     "
    return ((heads if width < _ROOMY else f"{heads}{'pnl':>10} {'seed':>12}", "bold muted"),)


def _widths(width: int) -> tuple[int, int]:
    """The cells for the level and for who quoted."""
    room = width - 16 - 2 - 6 - 10 - (24 if width >= _ROOMY else 0)
    return room // 2, room - room // 2


def session_row(record: Record, titles: Mapping[str, str], width: int) -> Row:
    """A session's date, level, who quoted, how much by hand, and score; PnL and seed where they fit."""
    title, who = _widths(width)
    hand = "" if record.by_hand is None else f"{record.by_hand:.0%}"
    earned = (fmt.badge(record.badge), "auto") if record.badge else (fmt.stars(record.stars), "own")
    pnl = "" if record.pnl is None else fmt.money(record.pnl, 10, 0)
    row: Row = (
        (f"{record.at[:16].replace('T', ' ')}  ", "live"),
        (fmt.fit(titles.get(record.level, record.level), title), "bold foreground"),
        (fmt.fit(record.who, who), "muted"),
        (f"{hand:>5} ", "muted"),
        (f"{record.score:5.1f} ", "bold own"),
        (f"{earned[0]} ", earned[1]),
    )
    seed = "" if record.seed is None else f"{record.seed}"
    return row if width < _ROOMY else (*row, (f"{pnl:>10} ", fmt.tone(record.pnl)), (f"{seed:>12}", "muted"))


class ReplaysScreen(AppScreen):
    """A list of sessions."""

    CSS_PATH = "replays.tcss"
    AUTO_FOCUS = "OptionList"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("replays")

    def compose(self) -> ComposeResult:
        with Vertical(id="replays"):
            yield Static("REPLAYS", id="heading")
            yield Static(id="columns")
            yield Menu(id="list")
            yield Static(id="empty")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        navigator = self.navigator
        titles = {card.level.id: card.level.title for card in navigator.engine.levels()}
        kept = [record for record in navigator.career.sessions() if record.journal is not None]
        width = min(_MOST_WIDTH, self.app.size.width) - (4 if self.app.size.height < 30 else 6)
        if kept:
            self.query_one("#columns", Static).update(as_content([heading_row(width)]))
        self.fill(
            option(*self._rows(record, titles, width), id=f"{number} {record.journal}")
            for number, record in enumerate(reversed(kept[-_SHOWN:]))
        )
        if not kept:
            self.query_one("#empty", Static).update("Nothing was played to its end yet: what you play is kept here.")

    def _rows(self, record: Record, titles: Mapping[str, str], width: int) -> list[Row]:
        """A session's line, and why it can no longer be played, if so."""
        lost = self.navigator.engine.refusal(record.journal or "")
        note: list[Row] = [((f"  {lost.partition(';')[0]}", "muted"),)] if lost else []
        return [session_row(record, titles, width), *note]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the replay."""
        self.navigator.show_journal((event.option.id or "").partition(" ")[2])

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
from mmtui.tui.screens.base import HEIGHTS, AppScreen, option

_SHOWN = 200
#: The least width for PnL and seed.
_ROOMY = 96


def session_row(record: Record, titles: Mapping[str, str], width: int) -> Row:
    """A session's date, level, strategy and score; PnL and seed where they fit."""
    pnl = "" if record.pnl is None else fmt.money(record.pnl, 10, 0)
    row: Row = (
        (f"{record.at[:16].replace('T', ' ')}  ", "live"),
        (fmt.fit(titles.get(record.level, record.level), 22), "bold foreground"),
        (fmt.fit(record.strategy or "by hand", 19), "muted"),
        (f"{record.score:5.1f} ", "bold own"),
        (f"{fmt.stars(record.stars)} ", "own"),
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
            yield OptionList(id="list")
            yield Static(id="empty")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        navigator = self.navigator
        titles = {card.level.id: card.level.title for card in navigator.engine.levels()}
        kept = [record for record in navigator.career.sessions() if record.journal is not None]
        width = self.app.size.width
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

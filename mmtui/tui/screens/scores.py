"""Personal bests by level and strategy, with their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, OptionList, Static

from mmtui.career.career import Record, summary
from mmtui.session.score import STARS
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, title_row
from mmtui.tui.keys import bindings
from mmtui.tui.navigator import Navigator
from mmtui.tui.screens.base import HEIGHTS, AppScreen, Menu, option
from mmtui.tui.widgets.line_view import TextRows, as_content
from mmtui.tui.widgets.pixels import Pixels, framed

_HEAD = f"{'hand':>5} {'best':>6}       {'mean':>6} {'played':>7}  {'last':<10}"
_ROOM = 6
_CHART, _SMALL_CHART = 26, 8


def group_row(group: Mapping[str, Any], titles: Mapping[str, str], width: int) -> Row:
    """A level by who quoted: how much by hand, best score with stars or badge, mean, sessions, and the last date."""
    earned = (fmt.badge(group["badge"]), "auto") if group["badge"] else (fmt.stars(group["stars"]), "own")
    hand = "" if group["hand"] is None else f"{group['hand']:.0%}"
    room = max(16, width - len(_HEAD))
    return (
        (fmt.fit(f"{titles.get(group['level'], group['level'])}  {group['who']}", room), "bold foreground"),
        (f"{hand:>5} ", "muted"),
        (f"{group['best']:6.1f} ", "bold own"),
        (f"{earned[0]}   ", earned[1]),
        (f"{group['mean']:6.1f} {group['sessions']:7}  ", "foreground"),
        (f"{group['last'][:10]:<10}", "muted"),
    )


def history_rows(records: Sequence[Record], width: int, height: int) -> list[Row]:
    """The scores of the latest sessions as columns, the oldest first, with lines at the stars' thresholds."""
    title = title_row("HISTORY", f"{fmt.counted(len(records), 'session')}, the latest at the right", width)
    if not records:
        return [title, ((" Nothing was played yet.", "muted"),)]
    cells = max(4, width - _ROOM)
    each = 1 if len(records) > cells // 3 else 3
    shown = records[-(cells // each) :]
    pixels = Pixels(cells, height - 1, 0.0, 100.0)
    for place, record in enumerate(shown):
        fill = "bought-bar" if record.stars else "sold-bar"
        for x in range(place * each, place * each + max(1, each - 1)):
            pixels.bar(x, 0.0, max(record.score, 1.0), fill)
    for star in STARS:
        pixels.line([star] * 2 * cells, "muted", every=4)
    return [title, *framed(pixels, [100.0, *STARS, 0.0], lambda value: f"{value:.0f}", _ROOM)]


def career_row(navigator: Navigator, levels: int, sessions: int) -> Row:
    """Stars, days in a row and sessions."""
    stars = sum(best.stars for best in navigator.progress.best.values())
    facts = (
        ("stars", f"{stars} of {3 * levels}"),
        ("days in a row", f"{navigator.career.streak(navigator.today())}"),
        ("sessions", f"{sessions}"),
    )
    spans = [((f"{name} ", "muted"), (f"{value}    ", "bold own")) for name, value in facts]
    return tuple(span for pair in spans for span in pair)


class ScoresScreen(AppScreen):
    """Scores by level and strategy; below, the history of the highlighted entry."""

    CSS_PATH = "scores.tcss"
    AUTO_FOCUS = "OptionList"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("scores")

    def compose(self) -> ComposeResult:
        with Vertical(id="scores"):
            yield Static(id="heading")
            yield TextRows(lambda width: [title_row("LEVEL", f"{_HEAD}  ", width)], id="columns")
            yield Menu(id="list")
            yield TextRows(lambda _: [], id="history")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        navigator = self.navigator
        self._titles = {card.level.id: card.level.title for card in navigator.engine.levels()}
        self._records = navigator.career.sessions()
        order = {level: place for place, level in enumerate(self._titles)}
        self._groups = sorted(
            summary(self._records),
            key=lambda group: (order.get(group["level"], len(order)), group["strategy"] is not None, -group["best"]),
        )
        self.query_one("#heading", Static).update(
            as_content([(("SCORES    ", "bold own"), *career_row(navigator, len(self._titles), len(self._records)))])
        )
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        width = self.query_one(OptionList).size.width - 4
        self.fill(
            option(group_row(group, self._titles, width), id=str(number)) for number, group in enumerate(self._groups)
        )
        if not self._groups:
            self._tell([])

    def _tell(self, records: Sequence[Record]) -> None:
        # What the list leaves of the page, but not endlessly high.
        height = max(_SMALL_CHART, min(_CHART, self.size.height - 9 - len(self._groups)))
        self.query_one("#history", TextRows).change(lambda width: history_rows(records, width, height))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the history of the highlighted entry."""
        group = self._groups[int(event.option.id or 0)]
        key = group["level"], group["who"]
        self._tell([record for record in self._records if (record.level, record.who) == key])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the replays."""
        self.navigator.show_replays()

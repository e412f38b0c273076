"""How it went, and why: five pages on a finished level."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import ContentSwitcher, Footer, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from mmtui.book import Side
from mmtui.career.share import share_line
from mmtui.debrief import Debrief, FillVerdict, Ranking
from mmtui.errors import MmtuiError
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen
from mmtui.tui.widgets.debrief_charts import markout_rows, money_rows, position_rows, price_rows
from mmtui.tui.widgets.debrief_tables import (
    Played,
    arithmetic_rows,
    attribution_rows,
    facts_row,
    group_rows,
    queue_rows,
    rank_rows,
    score_rows,
    verdict_rows,
    without_maker_rows,
)
from mmtui.tui.widgets.line_view import TextRows, as_content

PAGES = ("score", "markout", "fills", "others", "lesson")
_WIDTHS = [(0, "-narrow"), (100, "-wide")]
#: A replay opened at a fill begins a little before it.
_BEFORE_NS = 5_000_000_000
#: Sentences are read best in lines no longer than this; times stand before them.
_MOST_WIDTH, _STAMP = 104, 9
_WAITING: list[Row] = [((" The session is played again, to explain it …", "muted"),)]
_MONEY_HEIGHT, _POSITION_HEIGHT, _PRICE_HEIGHT, _MARKOUT_HEIGHT = 13, 8, 14, 14


class DebriefScreen(AppScreen):
    """Score, markouts, fills, the ranking and the lesson of a finished level.

    Attributes:
        played: the level.
        page: which page is shown, from 0.
    """

    CSS_PATH = "debrief.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("debrief"))

    def __init__(self, played: Played) -> None:
        super().__init__()
        self.played = played
        self.page = 0
        self._debrief: Debrief | None = None
        self._share = ""

    def compose(self) -> ComposeResult:
        played = self.played
        yield Static(as_content(verdict_rows(played)), id="verdict")
        yield Static(id="pages")
        with ContentSwitcher(initial="page-score", id="switch"):
            with VerticalScroll(id="page-score"):
                with Horizontal(classes="pair"):
                    yield TextRows(partial(score_rows, played), classes="half")
                    yield TextRows(partial(attribution_rows, played), classes="half")
                yield Static(as_content([facts_row(played)]), id="facts")
                yield TextRows(_waiting, id="money")
                yield TextRows(_nothing, id="position")
                yield TextRows(_nothing, id="arithmetic")
            with VerticalScroll(id="page-markout"):
                yield TextRows(_waiting, id="curve")
                with Horizontal(classes="pair"):
                    yield TextRows(_nothing, id="groups", classes="half")
                    yield TextRows(_nothing, id="queue", classes="half")
            with VerticalScroll(id="page-fills"):
                yield TextRows(_waiting, id="price")
                yield OptionList(id="fills")
            with VerticalScroll(id="page-others"):
                yield TextRows(_waiting, id="ranks")
                yield Static(id="alone")
            with VerticalScroll(id="page-lesson"):
                yield Static(as_content([((" " + played.card.lesson, "bold auto"),)]), id="taught")
                yield OptionList(id="moments")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._turn_to(0)
        self._explain()

    # What takes a while

    @work(exclusive=True, thread=True)
    def _explain(self) -> None:
        """Play the session again, then the strategies on its tape: in a thread, one after the other."""
        engine, worker = self.navigator.engine, get_current_worker()
        try:
            debrief, _ = engine.explain(self.played.script)
            if worker.is_cancelled:
                return
            self.app.call_from_thread(self._show, debrief)
            ranking = engine.ranking(self.played.script, debrief)
            if not worker.is_cancelled:
                self.app.call_from_thread(self._show_ranking, debrief, ranking)
        except MmtuiError as error:
            if not worker.is_cancelled:
                self.app.call_from_thread(self._tell_trouble, str(error))

    def _tell_trouble(self, text: str) -> None:
        for name in ("money", "curve", "price", "ranks"):
            self._change(name, lambda width: [((f" {line}", "own"),) for line in fmt.wrap(text, max(20, width - 2))])

    def _change(self, name: str, rows: Callable[[int], list[Row]]) -> None:
        self.query_one(f"#{name}", TextRows).change(rows)

    def _show(self, debrief: Debrief) -> None:
        self._debrief = debrief
        if self.played.daily is not None:
            title, day, result = self.played.card.title, self.played.daily, debrief.result
            self._share = share_line(title, day, result.score, result.stars, debrief.seconds.total)
            row: Row = ((f"{self._share}", "bold own"), ("   y copies it", "muted"))
            self.query_one("#verdict", Static).update(as_content([*verdict_rows(self.played), row]))
        self._change("money", lambda width: money_rows(debrief, width, _MONEY_HEIGHT))
        self._change("position", lambda width: position_rows(debrief, width, _POSITION_HEIGHT))
        self._change("arithmetic", partial(arithmetic_rows, debrief.score))
        self._change("price", lambda width: price_rows(debrief, width, _PRICE_HEIGHT))
        if debrief.markouts:
            self._change("curve", lambda width: markout_rows(debrief.markouts[0], width, _MARKOUT_HEIGHT))
            self._change("groups", partial(group_rows, debrief.markouts))
            self._change("queue", partial(queue_rows, debrief.queue))
        else:
            self._change("curve", lambda _: [((" Nobody traded with you.", "muted"),)])
        fills, moments = self.query_one("#fills", OptionList), self.query_one("#moments", OptionList)
        width = min(_MOST_WIDTH, self.size.width - 8)
        for heading, verdicts in (("WORST FILLS", debrief.worst), ("BEST FILLS", debrief.best)):
            if verdicts:
                fills.add_option(_heading(f"{heading} · what they made in ten seconds · Enter shows the moment"))
            fills.add_options(_fill_option(debrief, verdict, width) for verdict in verdicts)
        _lesson_options(debrief, moments, width)
        self._focus_list()

    def _show_ranking(self, debrief: Debrief, ranking: Ranking) -> None:
        self._change("ranks", partial(rank_rows, ranking))
        self.query_one("#alone", Static).update(as_content(without_maker_rows(debrief, ranking)))

    # Pages

    def action_page(self, number: int) -> None:
        """Turn to a page."""
        self._turn_to(number)

    def action_turn(self, steps: int) -> None:
        """Turn the pages."""
        self._turn_to((self.page + steps) % len(PAGES))

    def _turn_to(self, number: int) -> None:
        self.page = number
        self.query_one(ContentSwitcher).current = f"page-{PAGES[number]}"
        tabs = [
            (f" {place} {name} ", "bold ink on live" if place == number + 1 else "muted on panel")
            for place, name in enumerate(PAGES, start=1)
        ]
        self.query_one("#pages", Static).update(as_content([tuple(tabs)]))
        self._focus_list()

    def _focus_list(self) -> None:
        """Let the page's keys move in its list, or scroll it."""
        page = self.query_one(f"#page-{PAGES[self.page]}")
        lists = [found for found in page.query(OptionList) if found.option_count]
        self.set_focus(lists[0] if lists else page, scroll_visible=False)
        if lists and lists[0].highlighted is None:
            lists[0].action_first()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the moment that an entry tells of."""
        at_ns = (event.option.id or "").partition(" ")[2]
        if at_ns:
            self._watch(int(at_ns))

    # What next

    def action_retry(self) -> None:
        """The same market once more."""
        played, quotes = self.played, None if self._debrief is None else self._debrief.quotes
        self.navigator.replay_level(played.card, played.seed, played.strategy, quotes)

    def action_new_seed(self) -> None:
        """Another market."""
        navigator = self.navigator
        navigator.replay_level(self.played.card, navigator.new_seed(), self.played.strategy)

    def action_share(self) -> None:
        """Copy the day's line to the clipboard."""
        if self._share:
            self.app.copy_to_clipboard(self._share)
            self.notify("Copied: paste it to a colleague")
        else:
            self.notify("Only the day's challenge has a line to share", severity="warning")

    def action_watch(self) -> None:
        """See it again from the start."""
        self._watch(0)

    def _watch(self, at_ns: int) -> None:
        played = self.played
        self.navigator.watch_again(played.card, played.script, played.name, max(0, at_ns - _BEFORE_NS))

    def action_back(self) -> None:
        """Back to the briefing or home."""
        self.app.pop_screen()


def _waiting(_width: int) -> list[Row]:
    return _WAITING


def _nothing(_width: int) -> list[Row]:
    return []


def _heading(text: str) -> Option:
    return Option(as_content([((text, "bold muted"),)]), disabled=True)


def _fill_option(debrief: Debrief, verdict: FillVerdict, width: int) -> Option:
    fill = debrief.fills[verdict.fill]
    arrow, ink, did = ("▲", "bid", "bought") if fill.side is Side.BUY else ("▼", "ask", "sold")
    head: Row = (
        (f"{fmt.stamp(fill.at_ns):{_STAMP}}", "live"),
        (f"{arrow} {did:<6} {fill.quantity:>3} @ {debrief.instrument.format(fill.price)}", f"bold {ink}"),
        (f"  {fmt.money(verdict.money, 10)}  ", f"bold {fmt.tone(verdict.money)}"),
    )
    why: list[Row] = [((f"{'':{_STAMP}}{line}", "muted"),) for line in fmt.wrap(verdict.why, width - _STAMP)]
    return Option(as_content([head, *why]), id=f"fill-{verdict.fill} {fill.at_ns}")


def _lesson_options(debrief: Debrief, moments: OptionList, width: int) -> None:
    """What to try next, then each time that the lesson was done or missed."""
    moments.add_option(_heading("TRY NEXT"))
    # The last word is the lesson, which stands above.
    for number, piece in enumerate(debrief.advice[:-1]):
        when, at = ("", "") if piece.at_ns is None else (fmt.stamp(piece.at_ns), str(piece.at_ns))
        first, *others = fmt.wrap(piece.text, width - _STAMP)
        rows: list[Row] = [((f"{when:{_STAMP}}", "live"), (first, "foreground"))]
        rows += [((f"{'':{_STAMP}}{line}", "foreground"),) for line in others]
        moments.add_option(Option(as_content(rows), id=f"advice-{number} {at}"))
    if debrief.occasions:
        done = sum(occasion.done for occasion in debrief.occasions)
        moments.add_option(_heading(f"THE LESSON · done {done} times of {len(debrief.occasions)}"))
    for number, occasion in enumerate(debrief.occasions):
        sign, ink = ("✓", "gain") if occasion.done else ("✗", "loss")
        row: Row = (
            (f"{fmt.stamp(occasion.from_ns):{_STAMP}}", "live"),
            (f"{sign} ", f"bold {ink}"),
            (occasion.name, "foreground" if occasion.done else "bold foreground"),
            (f"   {'done' if occasion.done else 'missed'} by {fmt.stamp(occasion.to_ns)}", "muted"),
        )
        moments.add_option(Option(as_content([row]), id=f"occasion-{number} {occasion.from_ns}"))

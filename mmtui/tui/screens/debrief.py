"""The debrief: the pages on a finished level."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from mmtui.debrief import tables
from mmtui.debrief.finale import finale
from mmtui.debrief.mistakes import told
from mmtui.debrief.model import Debrief, Ranking
from mmtui.debrief.tables import Table
from mmtui.errors import MmtuiError
from mmtui.learning.luck import Luck, luck
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen, Menu
from mmtui.tui.widgets.debrief_charts import course_rows, markout_rows, money_rows, position_rows, price_rows
from mmtui.tui.widgets.debrief_tables import (
    Played,
    arithmetic_rows,
    attribution_rows,
    comparison_rows,
    cost_rows,
    duel_rows,
    facts_rows,
    group_rows,
    met_rows,
    queue_rows,
    rank_rows,
    score_rows,
    sum_rows,
    verdict_rows,
)
from mmtui.tui.widgets.line_view import TextRows, as_content

PAGES = ("score", "mistakes", "markout", "fills", "others", "lesson", "duel")
_WIDTHS = [(0, "-narrow"), (100, "-wide")]
#: A replay opened at a fill begins a little before it.
_BEFORE_NS = 5_000_000_000
#: The longest lines of sentences, and the column of times before them.
_MOST_WIDTH, _STAMP = 104, 11
#: The column of what mistakes cost.
_COST = 12
_WAITING: list[Row] = [((" The session is played again, to explain it …", "muted"),)]
#: The panels that a debrief fills, by their ids.
_PANELS: Mapping[str, Callable[[Debrief, int], list[Row]]] = {
    "money": money_rows,
    "position": position_rows,
    "arithmetic": arithmetic_rows,
    "curve": markout_rows,
    "groups": group_rows,
    "queue": queue_rows,
    "price": price_rows,
}


class DebriefScreen(AppScreen):
    """Score, mistakes, markouts, fills, the ranking and the lesson of a finished level, and its duel if it was one.

    Attributes:
        played: the level.
        pages: their names.
        page: the index of the page shown.
    """

    CSS_PATH = "debrief.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("debrief"))

    def __init__(self, played: Played) -> None:
        super().__init__()
        self.played = played
        self.pages = PAGES if played.result.opponent is not None else PAGES[:-1]
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
                yield TextRows(partial(_sums, played), id="sums")
                yield TextRows(partial(facts_rows, played), id="facts")
                yield TextRows(_waiting, id="money")
                yield TextRows(_nothing, id="position")
                yield TextRows(_nothing, id="arithmetic")
            with VerticalScroll(id="page-mistakes"):
                yield TextRows(_waiting, id="cost")
                yield Menu(id="mistakes")
            with VerticalScroll(id="page-markout"):
                yield TextRows(_waiting, id="curve")
                with Horizontal(classes="pair"):
                    yield TextRows(_nothing, id="groups", classes="half")
                    yield TextRows(_nothing, id="queue", classes="half")
            with VerticalScroll(id="page-fills"):
                yield TextRows(_waiting, id="price")
                yield Menu(id="fills")
            with VerticalScroll(id="page-others"):
                yield TextRows(_waiting, id="ranks")
                yield TextRows(_nothing, id="comparison")
            with VerticalScroll(id="page-lesson"):
                yield TextRows(partial(_taught, played.card.level.lesson), id="taught")
                yield Menu(id="moments")
            with VerticalScroll(id="page-duel"):
                yield TextRows(partial(duel_rows, played.result), id="head-to-head")
                yield TextRows(_nothing, id="course")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._turn_to(0)
        self._explain()

    # Filled in when it is found out

    @work(exclusive=True, thread=True)
    def _explain(self) -> None:
        """Play the session again, then the strategies on its tape, in a thread."""
        engine, worker = self.navigator.engine, get_current_worker()
        try:
            debrief, _ = engine.explain(self.played.script)
            if worker.is_cancelled:
                return
            self.app.call_from_thread(self._if_here, partial(self._show, debrief))
            if (made := luck(self.played.script)) is not None:
                self.app.call_from_thread(self._if_here, partial(self._show_luck, debrief, made))
            for ranking, waiting in engine.rankings(self.played.script, debrief):
                if worker.is_cancelled:
                    return
                self.app.call_from_thread(self._if_here, partial(self._show_ranking, debrief, ranking, waiting))
        except MmtuiError as error:
            self.app.call_from_thread(self._if_here, partial(self._tell_trouble, str(error)))

    def _if_here(self, show: Callable[[], None]) -> None:
        """Show something, unless the player has left meanwhile."""
        if self in self.app.screen_stack:
            show()

    def _tell_trouble(self, text: str) -> None:
        for name in ("money", "cost", "curve", "price", "ranks"):
            self._change(name, lambda width: [((f" {line}", "own"),) for line in fmt.wrap(text, max(20, width - 2))])

    def _change(self, name: str, rows: Callable[[int], list[Row]]) -> None:
        self.query_one(f"#{name}", TextRows).change(rows)

    def _show(self, debrief: Debrief) -> None:
        self._debrief = debrief
        if self.played.daily is not None:
            title, day, result = self.played.card.level.title, self.played.daily, debrief.result
            course, stood_s = debrief.seconds.total, self.played.stood_s
            self._share = share_line(title, day, result.score, result.stars, course, stood_s)
            line: list[Row] = [((self._share, "bold own"), ("   y copies it", "muted"))]
            if fmt.width_of(line[0]) > self.size.width - 4:
                line = [((self._share, "bold own"),), (("y copies it", "muted"),)]
            self.query_one("#verdict", Static).update(as_content([*verdict_rows(self.played), *line]))
        for name, rows in _PANELS.items():
            self._change(name, partial(rows, debrief))
        width = min(_MOST_WIDTH, self.size.width - 8)
        self._change("cost", partial(cost_rows, debrief))
        if debrief.duel is not None:
            self._change("course", partial(course_rows, debrief, debrief.duel))
        self.query_one("#mistakes", OptionList).add_options(_mistake_options(debrief, width))
        self.query_one("#fills", OptionList).add_options(_fill_options(debrief, width))
        self.query_one("#moments", OptionList).add_options(_lesson_options(debrief, width))
        if debrief.met:
            self._change("price", lambda width: [*price_rows(debrief, width), *met_rows(debrief, width)])
        if self._counts:
            level, day = self.played.card.level, self.navigator.today()
            self._warn(self.navigator.engine.licence.played(level, debrief, day))
        self._focus_list()

    @property
    def _counts(self) -> bool:
        """Whether the session says something of the player: by hand, a first try, from the start, just now."""
        return self.played.record is not None and self.played.record.counts

    def _warn(self, trouble: str) -> None:
        if trouble:
            self.notify(trouble, severity="warning", markup=False)

    def _show_luck(self, debrief: Debrief, made: Luck) -> None:
        if self._counts:
            level, day = self.played.card.level, self.navigator.today()
            self._warn(self.navigator.engine.licence.measured(level, debrief, made, day))

        def rows(width: int) -> list[Row]:
            told = fmt.wrap(f"Of the PnL {made.told}.", max(20, width - 2))
            return [*cost_rows(debrief, width), *(((f" {line}", "foreground"),) for line in told)]

        self._change("cost", rows)

    def _show_ranking(self, debrief: Debrief, ranking: Ranking, waiting: int) -> None:
        if not self.is_attached:
            return
        ranks = tables.ranks(debrief, ranking)
        self._change("ranks", partial(rank_rows, ranks))
        if waiting:
            self._change("comparison", lambda _width: [((f" {waiting} more to play the same tape", "muted"),)])
        else:
            self._change("comparison", partial(comparison_rows, ranks))

    # Pages

    def action_page(self, number: int) -> None:
        """Turn to a page."""
        self._turn_to(number)

    def action_turn(self, steps: int) -> None:
        """Turn the pages."""
        self._turn_to((self.page + steps) % len(self.pages))

    def _turn_to(self, number: int) -> None:
        if number >= len(self.pages):
            return
        self.page = number
        self.query_one(ContentSwitcher).current = f"page-{PAGES[number]}"
        tabs = [
            (f" {place} {name} ", "bold ink on live" if place == number + 1 else "muted on panel")
            for place, name in enumerate(self.pages, start=1)
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
        """Replay the moment of an entry."""
        if (at_ns := _time_of(event.option)) is not None:
            self._watch(at_ns)

    # What next

    def action_retry(self) -> None:
        """Play the same market again."""
        played, quotes = self.played, None if self._debrief is None else self._debrief.quotes
        self.navigator.retry(played.card, played.seed, played.strategy, quotes)

    def action_new_seed(self) -> None:
        """Play the level on another market."""
        navigator = self.navigator
        navigator.retry(self.played.card, navigator.new_seed(), self.played.strategy)

    def action_share(self) -> None:
        """Copy the day's line to the clipboard."""
        if self._share:
            self.app.copy_to_clipboard(self._share)
            self.notify("Copied: paste it to a colleague")
        else:
            self.notify("Only the day's challenge has a line to share", severity="warning")

    def action_watch(self) -> None:
        """Replay the session from the start."""
        self._watch(0)

    def _watch(self, at_ns: int) -> None:
        played = self.played
        self.navigator.show_replay(played.card, played.script, played.name, max(0, at_ns - _BEFORE_NS))

    def _chosen(self) -> int | None:
        """The time of the highlighted entry; None, which it then says, where there is none."""
        lists = self.query_one(f"#page-{PAGES[self.page]}").query(OptionList)
        marked = [entry for each in lists if (entry := each.highlighted_option) is not None]
        at_ns = next((at_ns for entry in marked if (at_ns := _time_of(entry)) is not None), None)
        if at_ns is None or self._debrief is None:
            self.notify("Choose a moment first: on the pages mistakes, fills and lesson", severity="warning")
            return None
        return at_ns

    def action_what_if(self) -> None:
        """Ask what another action at the moment of the highlighted entry would have come to."""
        if (at_ns := self._chosen()) is not None:
            self.navigator.what_if(self.navigator.engine.explain(self.played.script)[1], at_ns)

    def action_finale(self) -> None:
        """See the highlighted fill happen, else the worst."""
        if self._debrief is None:
            self.notify("The session is being played again, to explain it", severity="warning")
            return
        marked = self.query_one("#fills", OptionList).highlighted_option if PAGES[self.page] == "fills" else None
        name = "" if marked is None or marked.id is None else marked.id.partition(" ")[0]
        number = int(name.removeprefix("fill-")) if name.startswith("fill-") else None
        if finale(self._debrief, number) is None:
            self.notify("No fill could be judged", severity="warning")
        else:
            self.navigator.show_finale(self.played, number=number)

    def action_take_over(self) -> None:
        """Play on from the moment of the highlighted entry."""
        if (at_ns := self._chosen()) is None or self._debrief is None:
            return
        played, replay = self.played, self.navigator.engine.explain(self.played.script)[1]
        self.navigator.take_over(played.card, replay, max(0, at_ns - _BEFORE_NS), played.name, self._debrief.quotes)

    def action_back(self) -> None:
        """Go back to the briefing or home."""
        self.app.pop_screen()


def _waiting(_width: int) -> list[Row]:
    return _WAITING


def _nothing(_width: int) -> list[Row]:
    return []


def _taught(lesson: str, width: int) -> list[Row]:
    return [((f" {line}", "bold auto"),) for line in fmt.wrap(lesson, max(20, width - 2))]


def _sums(played: Played, width: int) -> list[Row]:
    return [((" ", "muted"), *row) for row in sum_rows(played, width - 2)]


def _time_of(option: Option) -> int | None:
    at_ns = (option.id or "").partition(" ")[2]
    return int(at_ns) if at_ns else None


def _heading(table: Table, *notes: str) -> Option:
    return Option(as_content([((" · ".join((table.title.upper(), table.note, *notes)), "bold muted"),)]), disabled=True)


def _moment(name: str, at_ns: int | None, head: Row, lines: Sequence[str] = (), ink: str = "muted") -> Option:
    """An entry with its time, if it has one, whose id ends with that time; more lines stand under the first."""
    when, at = ("", "") if at_ns is None else (fmt.stamp(at_ns), str(at_ns))
    rows: list[Row] = [((f"{when:{_STAMP}}", "live"), *head)]
    rows += [((f"{'':{_STAMP}}{line}", ink),) for line in lines]
    return Option(as_content(rows), id=f"{name} {at}")


def _mistake_options(debrief: Debrief, width: int) -> Iterator[Option]:
    """Yields the mistakes that matter, the costliest first."""
    for number, mistake in enumerate(debrief.mistakes):
        first, *others = fmt.wrap(told(mistake), width - _STAMP - _COST)
        head: Row = ((f"{fmt.figure(-mistake.cost):>{_COST - 2}}  ", "bold loss"), (first, "foreground"))
        yield _moment(f"mistake-{number}", mistake.from_ns, head, [" " * _COST + line for line in others], "foreground")


def _fill_options(debrief: Debrief, width: int) -> Iterator[Option]:
    """Yields the worst and the best fills under their headings."""
    for table, verdicts in zip(tables.extremes(debrief), (debrief.worst, debrief.best), strict=True):
        if verdicts:
            yield _heading(table, "Enter shows the moment", "x asks: wrong or unlucky?")
        for verdict in verdicts:
            fill = debrief.fills[verdict.fill]
            arrow, ink, did = ("▲", "bid", "bought") if fill.side is Side.BUY else ("▼", "ask", "sold")
            head: Row = (
                (f"{arrow} {did:<6} {fill.quantity:>3} @ {debrief.instrument.format(fill.price)}", f"bold {ink}"),
                (f"  {fmt.money(verdict.money, 10)}  ", f"bold {fmt.tone(verdict.money)}"),
            )
            yield _moment(f"fill-{verdict.fill}", fill.at_ns, head, fmt.wrap(verdict.why, width - _STAMP))


def _lesson_options(debrief: Debrief, width: int) -> Iterator[Option]:
    """Yields what to try next, then the occasions on which the lesson was done or missed."""
    # The last advice is the lesson, which stands above.
    *pieces, _ = debrief.advice
    if pieces:
        yield Option(as_content([(("TRY NEXT", "bold muted"),)]), disabled=True)
    for number, piece in enumerate(pieces):
        first, *others = fmt.wrap(piece.text, width - _STAMP)
        yield _moment(f"advice-{number}", piece.at_ns, ((first, "foreground"),), others, "foreground")
    if debrief.occasions:
        yield _heading(tables.lesson(debrief.occasions))
    for number, occasion in enumerate(debrief.occasions):
        sign, ink = ("✓", "gain") if occasion.done else ("✗", "loss")
        row: Row = (
            (f"{sign} ", f"bold {ink}"),
            (occasion.name, "foreground" if occasion.done else "bold foreground"),
            (f"   {tables.verdict(occasion)}", "muted"),
        )
        yield _moment(f"occasion-{number}", occasion.from_ns, row)

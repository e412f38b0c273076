"""The board of a day: the journals of a folder, played again, checked and ranked; those that do not count, with why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from mmtui.career.daily import daily
from mmtui.errors import MmtuiError
from mmtui.learning.board import board
from mmtui.learning.grades import Grade, Graded
from mmtui.level.level import Level
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen, Menu, field, option
from mmtui.tui.widgets.line_view import as_content

_ROOMY = 96
_FACTS = f"{'score':>6}      {'hand':>5} {'pnl':>9} {'markout':>8} {'lesson':>7}"


def head_row(width: int) -> Row:
    """The heads of the columns."""
    return ((f"     {'player':<{_room(width)}}{_FACTS}{'   mistakes' if width >= _ROOMY else ''}", "bold muted"),)


def grade_row(place: int, grade: Grade, width: int) -> Row:
    """Somebody who counts: place, name, score and stars, how much by hand, PnL, markout's points, lesson, mistakes."""
    hand = "" if grade.by_hand is None else f"{grade.by_hand:.0%}"
    done, missed = grade.checks_done or 0, grade.checks_missed or 0
    markout = "" if grade.markout is None else f"{grade.markout:.0f}"
    row: Row = (
        (f"{place:>3}  ", "muted"),
        (fmt.fit(grade.player or grade.file, _room(width) - 1) + " ", "bold foreground"),
        (f"{grade.score or 0.0:6.1f} ", "bold own"),
        (f"{fmt.stars(grade.stars or 0)}  ", "own"),
        (f"{hand:>5} ", "muted"),
        (fmt.money(grade.pnl or 0.0, 9, 0) + " ", fmt.tone(grade.pnl)),
        (f"{markout:>8} ", "foreground"),
        (f"{f'{done}/{done + missed}':>7}", "foreground"),
    )
    return row if width < _ROOMY else (*row, (f"   {grade.mistakes or ''}", "muted"))


def apart_rows(graded: Graded, width: int) -> list[Row]:
    """Somebody who does not count, and why."""
    name, room = graded.grade.player or "", _room(width)
    file, *more = fmt.wrap("; ".join(graded.apart), max(20, width - room - 8))
    head: Row = (
        ("  ·  ", "muted"),
        (fmt.fit(f"{graded.grade.file}  {name}", room - 1) + " ", "muted"),
        (file, "foreground"),
    )
    return [head, *(((" " * (room + 5) + line, "foreground"),) for line in more)]


def _room(width: int) -> int:
    """Cells for the name."""
    return max(12, width - len(_FACTS) - 8 - (26 if width >= _ROOMY else 0))


class BoardScreen(AppScreen):
    """The board of a day; Enter on an entry shows the session, from which it can be raced.

    Attributes:
        day: which day.
        graded: what is shown; None while it is worked out.
    """

    CSS_PATH = "board.tcss"
    AUTO_FOCUS = "OptionList"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("board")

    def compose(self) -> ComposeResult:
        with Vertical(id="board"):
            yield Static(id="heading")
            with Horizontal(id="folder"):
                yield Static("journals in ", id="folder-label")
                yield field("folder", self._folder())
            yield Static(id="columns")
            yield Menu(id="list")
            yield Static(id="note", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def _folder(self) -> str:
        return self.settings.board or str(self.navigator.engine.journals or "")

    def on_mount(self) -> None:
        self.day = self.navigator.today()
        self.graded: list[Graded] | None = None
        # Whoever opens a served page is not to look about in the folders of the machine.
        self.query_one(Input).disabled = self.navigator.engine.served
        self._rank()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Rank the journals of another folder."""
        self.navigator.prefer(board=event.value.strip())
        self.set_focus(self.query_one(OptionList))
        self._rank()

    def action_turn(self, days: int) -> None:
        """Go to another day."""
        self.day += timedelta(days=days)
        self._rank()

    def action_folder(self) -> None:
        """Type another folder."""
        if not self.navigator.engine.served:
            self.set_focus(self.query_one(Input))

    def _rank(self) -> None:
        card, seed = daily(self.day, self.navigator.engine.levels())
        self.graded = None
        told = f"{self.day.day} {self.day:%B %Y}: {card.level.title}, seed {seed}"
        self.query_one("#heading", Static).update(as_content([(("BOARD   ", "bold own"), (told, "foreground"))]))
        self.fill([])
        if folder := self._folder():
            self._note("The journals are played again …")
            self._work(Path(folder).expanduser(), card.level, seed)
        else:
            self._note("Type the folder whose journals are to be ranked.")

    @work(thread=True, exclusive=True)
    def _work(self, folder: Path, level: Level, seed: int) -> None:
        worker = get_current_worker()
        try:
            found = board(folder, level, seed, jobs=self.navigator.engine.jobs)
        except MmtuiError as error:
            if not worker.is_cancelled:
                self.app.call_from_thread(self._note, f"{error}.")
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, found)

    def _note(self, text: str) -> None:
        if self.is_attached:
            self.query_one("#note", Static).update(text)

    def _show(self, graded: list[Graded]) -> None:
        if not self.is_attached:
            return
        self.graded = graded
        counting = sum(not each.apart for each in graded)
        sessions = f"{fmt.counted(counting, 'session')} that count{'s' if counting == 1 else ''}"
        self._note(
            f"{sessions}, {len(graded) - counting} apart. "
            "A replay proves what was played, a seal whose key it was; neither that a person was there."
        )
        self.on_resize()

    def on_resize(self) -> None:
        if self.graded is not None:
            width = self.query_one(OptionList).size.width - 3
            self.query_one("#columns", Static).update(as_content([head_row(width)]))
            self.fill(_options(self.graded, width))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the session."""
        name = (event.option.id or "").partition(" ")[2]
        self.navigator.show_journal(str(Path(self._folder()).expanduser().absolute() / name))


def _options(graded: Sequence[Graded], width: int) -> Iterator[Option]:
    """Yields those that count, then the others under their heading."""
    counting = [each for each in graded if not each.apart]
    for place, each in enumerate(counting, start=1):
        yield option(grade_row(place, each.grade, width), id=f"{place} {each.grade.file}")
    if len(counting) < len(graded):
        yield option((), (("APART, WITH WHY", "bold muted"),))
    for place, each in enumerate(graded[len(counting) :], start=len(counting) + 1):
        yield option(*apart_rows(each, width), id=f"{place} {each.grade.file}")

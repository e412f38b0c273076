"""The list of drills: those due today first, then the others that ship, then those of one's own mistakes."""

from __future__ import annotations

from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, OptionList, Static
from textual.worker import get_current_worker

from mmtui.errors import MmtuiError
from mmtui.learning.drills import Drill, of_journals, ready, shipped
from mmtui.learning.futures import Moment
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen, Menu, option
from mmtui.tui.screens.drill import DrillScreen
from mmtui.tui.widgets.line_view import as_content

_HEAD = f" {'drill':<34}{'trains':<12}{'passed':>9}   due"


class DrillsScreen(AppScreen):
    """A list of drills."""

    CSS_PATH = "replays.tcss"
    AUTO_FOCUS = "OptionList"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("drills")

    def __init__(self) -> None:
        super().__init__()
        self._drills: list[Drill] = [ready(each) for each in shipped()]
        self._shown: list[Drill] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="replays"):
            yield Static(id="heading")
            yield Static(as_content([((_HEAD, "bold muted"),)]), id="columns")
            yield Menu(id="list")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._find_own()

    def on_screen_resume(self) -> None:
        """Show what has been done meanwhile."""
        self._list()

    @work(thread=True, exclusive=True)
    def _find_own(self) -> None:
        """Play the latest sessions again, for their mistakes."""
        worker, engine = get_current_worker(), self.navigator.engine
        for drill in of_journals(engine.latest_journals(), engine.own_trust()):
            if worker.is_cancelled:
                return
            self.app.call_from_thread(self._add, drill)

    def _add(self, drill: Drill) -> None:
        if self.is_attached:
            self._drills.append(drill)
            self._list()

    def _list(self) -> None:
        repetition, today = self.navigator.engine.repetition, self.navigator.today()
        due = repetition.due([drill.repeated for drill in self._drills], today)
        places = {key: place for place, key in enumerate(due)}
        self._shown = sorted(self._drills, key=lambda drill: places.get(drill.repeated, len(places)))
        self.query_one("#heading", Static).update(
            as_content([(("DRILLS   ", "bold own"), (f"{len(due)} due today, one decision each", "muted"))])
        )
        self.fill(
            option(self._row(drill, drill.repeated in places), id=str(number))
            for number, drill in enumerate(self._shown)
        )

    def _row(self, drill: Drill, due: bool) -> Row:
        card = self.navigator.engine.repetition.card(drill.repeated)
        passed = "" if card is None else f"{card.passed} of {card.done}"
        when = "today" if due else "" if card is None else card.due
        return (
            (fmt.fit(drill.title, 33) + " ", "bold foreground" if due else "foreground"),
            (f"{drill.skill:<12}", "muted"),
            (f"{passed:>9}   ", "muted"),
            (when, "own" if due else "muted"),
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the drill."""
        self._begin(self._shown[int(event.option.id or 0)])

    @work(thread=True, exclusive=True, group="begin")
    def _begin(self, drill: Drill) -> None:
        """Play the session up to the drill's moment."""
        try:
            moment = drill.begin()
        except MmtuiError as error:
            self.app.call_from_thread(self.notify, f"{error}.", severity="warning", markup=False)
        else:
            self.app.call_from_thread(self._open, drill, moment)

    def _open(self, drill: Drill, moment: Moment) -> None:
        if self.is_current:
            self.app.push_screen(DrillScreen(drill, moment, partial(self._record, drill)))

    def _record(self, drill: Drill, passed: bool) -> None:
        trouble = self.navigator.engine.repetition.record(drill.repeated, self.navigator.today(), passed=passed)
        if passed and not trouble:
            trouble = self.navigator.engine.licence.passed(drill.skill, self.navigator.today())
        if trouble:
            self.notify(trouble, severity="warning", markup=False)

"""What if: an alternative at a moment, over futures that are drawn and played while one looks."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, OptionList, Static
from textual.worker import get_current_worker

from mmtui.errors import MmtuiError
from mmtui.learning.alternatives import Alternative
from mmtui.learning.futures import Conduct, Moment, play_futures
from mmtui.learning.play import Play
from mmtui.learning.what_if import FUTURES, WhatIf, summed_up
from mmtui.level.level import Level
from mmtui.market.core.draws import Floats
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen, Menu, option
from mmtui.tui.widgets.fan import fan_range, fan_rows
from mmtui.tui.widgets.line_view import TextRows, as_content

#: Rows of a chart in a high terminal and in a low one.
_CHART, _SMALL_CHART = 13, 7
_LIST = 30
_ASKED: Row = (("Choose what to do instead.", "bold foreground"),)
LEGEND: Row = (
    ("Bands hold half and nine tenths of the futures, ", "muted"),
    ("⠂⠂", "live"),
    (" is their median, ", "muted"),
    ("⠒⠒", "own"),
    (" what really happened.", "muted"),
)


def alternatives_of(level: Level) -> list[tuple[Alternative, str]]:
    """What one may choose on a level, with its words on the screen."""
    found = [
        (Alternative("flatten"), "flatten at once"),
        (Alternative("stop"), "stop quoting"),
        (Alternative("widen", "2"), "quote 2 spreads wide"),
        (Alternative("widen", "4"), "quote 4 spreads wide"),
        (Alternative("skew"), "skew against position"),
        (Alternative("size"), "half the size"),
        *((Alternative("hedge", hedge.name), f"hedge with {hedge.name}") for hedge in level.hedges),
    ]
    names = dict.fromkeys((level.lesson_strategy, level.par, level.naive))
    found += [(Alternative("strategy", name), f"hand over to {name}") for name in names]
    return [*found, (Alternative("nothing"), "do nothing")]


class WhatIfScreen(AppScreen):
    """The alternatives, a fan of PnL for what was done and for the alternative, and what they tell.

    Args:
        moment: where the futures begin.
        level: the level.
    """

    CSS_PATH = "what_if.tcss"
    AUTO_FOCUS = "OptionList"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("what-if")

    def __init__(self, moment: Moment, level: Level) -> None:
        super().__init__()
        self.moment = moment
        self.choices = alternatives_of(level)
        self._instead: tuple[Alternative | Play, str] = self.choices[0]
        #: PnL paths, future by future, with what was done and with the alternative.
        self._done: list[Floats] = []
        self._other: list[Floats] = []
        self.found: WhatIf | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="what-if-left"):
                yield Static(id="what-if-title")
                menu = Menu(
                    *(
                        option(((words, "foreground"),), id=str(number))
                        for number, (_, words) in enumerate(self.choices)
                    )
                )
                yield menu
            with Vertical(id="what-if-right"):
                yield TextRows(lambda _: [], id="what-if-done")
                yield TextRows(lambda _: [], id="what-if-instead")
        yield Static(id="what-if-verdict")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one("#what-if-title", Static).update(as_content(self._title()))
        self._say(_ASKED)
        self.call_after_refresh(self._show)
        self._play(None, self._done)

    def _title(self) -> list[Row]:
        """What stands above the alternatives."""
        at, lasts = fmt.clock(self.moment.at_ns), f"{self.moment.horizon_s:.0f} s"
        return [((f"WHAT IF, AT {at}", "bold own"),), ((f"the next {lasts}", "muted"),)]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Play the alternative in the futures in which what was done is played."""
        self._instead = self.choices[int(event.option.id or 0)]
        self._other, self.found = [], None
        self._play(self._instead[0], self._other)

    def _play(self, conduct: Conduct, paths: list[Floats]) -> None:
        group = "done" if conduct is None else "instead"
        self.run_worker(partial(self._fill, conduct, paths), group=group, exclusive=True, thread=True)

    def _fill(self, conduct: Conduct, paths: list[Floats]) -> None:
        """Play the futures in processes, and show them as they come."""
        worker = get_current_worker()
        try:
            for (path,) in play_futures(self.moment, [conduct], FUTURES, self.navigator.engine.jobs):
                if worker.is_cancelled:
                    return
                paths.append(path)
                self.app.call_from_thread(self._show)
        except MmtuiError as error:
            if not worker.is_cancelled:
                self.app.call_from_thread(self._say, ((f"{error}.", "loss"),))

    def _show(self) -> None:
        """Draw what is there so far."""
        if not self.is_attached:
            return
        moment, done, other = self.moment, self._done, self._other
        height = _SMALL_CHART if self.has_class("-small") else _CHART
        limits = fan_range((done, other), moment.happened)
        until_ns = moment.end_ns - moment.at_ns
        for name, title, paths in (
            ("done", "WHAT WAS DONE", done),
            ("instead", f"INSTEAD: {self._instead[1].upper()}", other),
        ):
            rows = partial(_fan, title, list(paths), moment.happened, until_ns, limits, height)
            self.query_one(f"#what-if-{name}", TextRows).change(rows)
        count = min(len(done), len(other))
        if count < 2:
            return
        self.found = self._summed_up(done[:count], other[:count])
        self._say(*self._told(self.found))

    def _summed_up(self, done: list[Floats], other: list[Floats]) -> WhatIf:
        """What as many futures come to."""
        return summed_up(self.moment, self._instead[0], done, other)

    def _told(self, found: WhatIf) -> list[Row]:
        """What the futures so far tell."""
        return verdict_rows(found, self._instead[1])

    def _say(self, *rows: Row) -> None:
        if self.is_attached:
            self.query_one("#what-if-verdict", Static).update(as_content([*rows, *self._legend()]))

    def _legend(self) -> list[Row]:
        """What the marks of the fans mean."""
        return [LEGEND]


def _fan(
    title: str,
    paths: list[Floats],
    happened: Floats,
    until_ns: int,
    limits: tuple[float, float],
    height: int,
    width: int,
) -> list[Row]:
    return fan_rows(title, paths, happened, until_ns, limits, width, height)


def verdict_rows(found: WhatIf, words: str) -> list[Row]:
    """The verdict, the difference with its interval, and the place of what really happened."""
    difference, happened = found.difference, found.what_happened
    tone = fmt.tone(difference.mean)
    below = round(happened.percentile * found.futures)
    return [
        ((found.told(words), "bold foreground"),),
        (
            (f"{words} against what was done: ", "muted"),
            (fmt.money(difference.mean, 0, 0), f"bold {tone}"),
            (
                f"   95% {fmt.money(difference.low, 0, 0)} to {fmt.money(difference.high, 0, 0)} {found.unit}",
                "foreground",
            ),
        ),
        (
            ("what really happened: ", "muted"),
            (fmt.money(happened.pnl, 0, 0), "bold own"),
            (f"   less in {below} of {found.futures} futures with what was done", "muted"),
        ),
    ]

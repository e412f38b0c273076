"""A drill: a moment, the alternatives, and once one is chosen what it comes to."""

from __future__ import annotations

from collections.abc import Callable

from textual import work
from textual.widgets import OptionList

from mmtui.coach.watched import WatchedReplay, WatchedSession
from mmtui.errors import MmtuiError
from mmtui.learning.drills import Drill, passes, verdict
from mmtui.learning.futures import Moment
from mmtui.learning.play import Play
from mmtui.learning.what_if import FUTURES, WhatIf
from mmtui.market.core.draws import Floats
from mmtui.session.session import Session
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, title_row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.what_if import LEGEND, WhatIfScreen
from mmtui.tui.widgets.line_view import TextRows
from mmtui.tui.widgets.pixels import Pixels, framed

#: Rows of the price's chart in a high terminal and in a low one, the seconds that it shows, and room for a price.
_CHART, _SMALL_CHART, _SECONDS, _ROOM = 14, 7, 60, 10
_MOST_WORDS = 78


class DrillScreen(WhatIfScreen):
    """The situation, then the fans of what was done and of what was chosen.

    Args:
        drill: the drill.
        moment: where it begins.
        record: called once, with whether it was passed.
    """

    CSS_PATH = "what_if.tcss"
    BINDINGS = bindings("drill")

    def __init__(self, drill: Drill, moment: Moment, record: Callable[[bool], None]) -> None:
        super().__init__(moment, drill.script.level)
        self.drill = drill
        self._session = moment.copy()
        self._record = record
        #: Whether something was chosen, and whether that was recorded.
        self._chosen = self._recorded = False
        self._preparing = False

    def action_play(self) -> None:
        """Play it on the floor."""
        if not self._preparing:
            self._preparing = True
            self._prepare()

    @work(thread=True, exclusive=True, group="prepare")
    def _prepare(self) -> None:
        # None of those that it is judged by.
        number = FUTURES + self.navigator.new_seed()
        try:
            lead, seat = self.drill.floor(self.moment, number)
        except MmtuiError as error:
            self.app.call_from_thread(self._say, ((f"{error}.", "loss"),))
        else:
            self.app.call_from_thread(self._open_floor, lead, seat)

    def _open_floor(self, lead: WatchedReplay, seat: WatchedSession) -> None:
        self._preparing = False
        if self.is_current:
            self.navigator.show_drill_floor(self.drill, lead, seat, self._judge)

    def _judge(self, play: Play) -> None:
        """Play in the futures what was played on the floor."""
        self._chosen = True
        self._instead = play, str(play)
        self._other, self.found = [], None
        self._play(play, self._other)

    def _title(self) -> list[Row]:
        return [
            (("DRILL", "bold own"), (f"  {self.drill.skill}", "muted")),
            (("What do you do?", "bold foreground"),),
            (("or play it: p", "muted"),),
        ]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Play what was chosen, in the futures in which what was done is played."""
        self._chosen = True
        super().on_option_list_option_selected(event)

    def _show(self) -> None:
        if self._chosen or not self.is_attached:
            super()._show()
            return
        height = _SMALL_CHART if self.has_class("-small") else _CHART
        self.query_one("#what-if-done", TextRows).change(
            lambda width: situation_rows(self.drill, self._session, width, height)
        )

    def _legend(self) -> list[Row]:
        # No fan stands there before the choice.
        return [(*LEGEND[:-1], (" what came of it then.", "muted"))] if self._chosen else []

    def _summed_up(self, done: list[Floats], other: list[Floats]) -> WhatIf:
        return super()._summed_up(self.drill.measured(done), self.drill.measured(other))

    def _told(self, found: WhatIf) -> list[Row]:
        if found.futures == FUTURES and not self._recorded:
            self._recorded = True
            self._record(passes(found))
        tone = "gain" if passes(found) else "loss"
        width = max(40, self.size.width - 4)
        words = {str(alternative): told for alternative, told in self.choices}
        answer = words.get(self.drill.answer, self.drill.answer)
        told = verdict(found, self.drill.by, words.get(found.do, found.do))
        rows: list[Row] = [((line, f"bold {tone}"),) for line in fmt.wrap(told, width)]
        rows += [((line, "foreground"),) for line in fmt.wrap(f"Answer: {answer}. {self.drill.why}", width)]
        return rows


def situation_rows(drill: Drill, session: Session, width: int, height: int) -> list[Row]:
    """What there is to see: the words, the mid of the last minute, the quotes and the position.

    Args:
        drill: the drill.
        session: as it stands there.
        width: cells in all.
        height: rows of the chart.
    """
    maker, instrument = session.maker, session.market.instrument
    gateway, level = maker.gateway, drill.script.level
    bids, asks = gateway.bid_lots, gateway.ask_lots
    bid, ask = session.market.exchange.touch
    cells = max(8, width - _ROOM)
    mids = list(session.mid_by_second[-_SECONDS:])
    own = [*([max(bids)] if bids else []), *([min(asks)] if asks else [])]
    pixels = Pixels(cells, height, min([*mids, *own]), max([*mids, *own]))
    spread = [mids[min(len(mids) - 1, x * len(mids) // (2 * cells))] for x in range(2 * cells)]
    pixels.line(spread, "live")
    for price, ink in ((max(bids, default=None), "bid"), (min(asks, default=None), "ask")):
        if price is not None:
            pixels.line([float(price)] * 2 * cells, ink, every=3)
    quotes = [
        f"{word} {lots} @ {instrument.format(price)}"
        for word, side, price in (("bid", bids, max(bids, default=0)), ("ask", asks, min(asks, default=0)))
        if (lots := side.get(price))
    ]
    facts = (
        ("market", f"{instrument.format(bid)} / {instrument.format(ask)}"),
        ("you", ", ".join(quotes) or "quote nothing"),
        ("position", f"{gateway.position:+} of {level.maker.position_limit}"),
        ("pnl", fmt.money(maker.total, 0, 0)),
    )
    words = fmt.wrap(drill.situation, min(_MOST_WORDS, width - 2))
    return [
        title_row(drill.title.upper(), f"{level.title}, {fmt.clock(drill.at_ns)}", width),
        *(((f" {line}", "foreground"),) for line in words),
        (),
        *framed(pixels, sorted({*own, mids[-1]}), lambda price: instrument.format(round(price)), _ROOM),
        (("the mid of the last minute, and your quotes", "muted"),),
        (),
        *(((f" {name:<10}", "muted"), (value, "bold foreground")) for name, value in facts),
    ]

"""The last minute: the mid, own quotes and own fills, in braille dots."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from math import ceil, floor
from typing import NamedTuple

from mmtui.book import Side
from mmtui.braille import Plot
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FillLine, FloorSnapshot
from mmtui.tui.format import Row, title_row
from mmtui.tui.widgets.ladder_rows import own_quotes
from mmtui.tui.widgets.line_view import LineView
from mmtui.units import NS_PER_S

SPAN_NS = 60 * NS_PER_S
#: Snapshots closer together than this are one point.
_APART_NS = NS_PER_S // 4
#: A replay has jumped where it is further to the next snapshot, also at the highest speed.
_GAP_NS = 5 * NS_PER_S
_LEAST_TICKS = 8
_STEP_TICKS = 4
MARKS = {Side.BUY: ("▲", "bold bid"), Side.SELL: ("▼", "bold ask")}


class ChartPoint(NamedTuple):
    """The market and the own quotes at a moment, in ticks."""

    time_ns: int
    mid: float
    bid: int | None
    ask: int | None


def price_range(prices: Iterable[float]) -> tuple[int, int]:
    """A range of ticks around prices, rounded outwards so that it seldom changes, at least a few ticks wide."""
    prices = list(prices)
    low = floor((min(prices) - 1) / _STEP_TICKS) * _STEP_TICKS
    high = ceil((max(prices) + 1) / _STEP_TICKS) * _STEP_TICKS
    while high - low < _LEAST_TICKS:
        low, high = low - _STEP_TICKS, high + _STEP_TICKS
    return low, high


class PriceChart(LineView):
    """The chart of the last minute of snapshots, drawn again only after the time of a dot."""

    def __init__(self, instrument: Instrument, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.instrument = instrument
        self.points: deque[ChartPoint] = deque()
        self.fills: deque[FillLine] = deque()
        self._seen_fills = 0
        self._drawn: tuple[int, ...] = ()
        self._label = len(instrument.format(2 * instrument.start_ticks)) + 1

    def update(self, view: FloorSnapshot) -> None:
        """Add a snapshot, and draw if there is something new to see."""
        points, fills = self.points, self.fills
        if not points or not 0 <= view.now_ns - points[-1].time_ns <= _GAP_NS:
            # A beginning or a jump: what has not been seen is filled in.
            points.clear()
            fills.clear()
            self._seen_fills = max(0, view.desk.fills - len(view.desk.last_fills))
            last = view.now_ns // NS_PER_S
            first = last - len(view.mids) + 1
            points.extend(
                ChartPoint(second * NS_PER_S, mid, None, None) for second, mid in enumerate(view.mids, start=first)
            )
        new = view.desk.fills - self._seen_fills
        if new > 0:
            self._seen_fills = view.desk.fills
            fills.extend(reversed(view.desk.last_fills[:new]))
        if not points or view.now_ns >= points[-1].time_ns + _APART_NS:
            points.append(ChartPoint(view.now_ns, view.mid, *own_quotes(view)))
        while points[0].time_ns <= view.now_ns - SPAN_NS:
            points.popleft()
        while fills and fills[0].time_ns <= view.now_ns - SPAN_NS:
            fills.popleft()
        self.show()

    def lines(self) -> Sequence[Hashable]:
        width, height = self.size
        plot_width = width - self._label
        if not self.points or plot_width < 2 or height < 3:
            return self._keys
        step_ns = SPAN_NS // (2 * plot_width)
        last = self.points[-1].time_ns // step_ns
        # The picture changes only with a step, a fill or the size.
        drawn = (last, self._seen_fills, width, height)
        if drawn == self._drawn:
            return self._keys
        self._drawn = drawn
        first = last - 2 * plot_width + 1
        return [title_row("PRICE", "60 s", width), *self._rows(plot_width, height - 1, first, step_ns)]

    def _rows(self, width: int, height: int, first: int, step_ns: int) -> list[Row]:
        points = [point for point in self.points if point.time_ns // step_ns >= first]
        prices = [point.mid for point in points]
        prices += [price for point in points for price in (point.bid, point.ask) if price is not None]
        low, high = price_range(prices)
        plot = Plot(width, height, low, high)
        before = None
        for point in points:
            plot.line("live", point.time_ns // step_ns - first, point.mid, before)
            before = point.mid
        for point in points:
            step = point.time_ns // step_ns
            # Every other dot, so that quotes differ from the mid without colour too.
            if step % 2 == 0:
                for style, price in (("bid", point.bid), ("ask", point.ask)):
                    if price is not None:
                        plot.line(style, step - first, price)
        for fill in self.fills:
            x = fill.time_ns // step_ns - first
            if 0 <= x < 2 * width:
                plot.mark(x, fill.price, MARKS[fill.side])
        labels = {plot.row(price) // 4: (price, "muted") for price in (low, high)}
        labels[plot.row(prices[len(points) - 1]) // 4] = (round(points[-1].mid), "live")
        rows: list[Row] = []
        for y in range(height):
            price, style = labels.get(y, (None, "muted"))
            text = "" if price is None else self.instrument.format(price)
            rows.append((*plot.spans(y), (text.rjust(self._label), style)))
        return rows

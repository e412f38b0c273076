"""The last minute: the mid, own quotes and own fills, in braille dots."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import ceil, floor
from typing import NamedTuple

from mmtui.book import Side
from mmtui.game.snapshot import FillLine, FloorSnapshot
from mmtui.market.instrument import NS_PER_S, Instrument
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets.desk import title_row
from mmtui.tui.widgets.rows import Rows

SPAN_NS = 60 * NS_PER_S
_LEAST_TICKS = 8
_STEP_TICKS = 4
#: Braille bits by dot column and row, rows downwards.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_MARKS = {Side.BUY: ("▲", "bold bid"), Side.SELL: ("▼", "bold ask")}


class Point(NamedTuple):
    """The market and the own quotes at a moment, in ticks."""

    step: int
    mid: float
    bid: int | None
    ask: int | None


class Plot:
    """A canvas of braille dots, ``width`` × ``height`` cells, prices from ``low`` to ``high`` upwards."""

    def __init__(self, width: int, height: int, low: int, high: int) -> None:
        self.width, self.height = width, height
        self._low, self._high = low, high
        self._layers: dict[str, list[list[int]]] = {}
        self._marks: dict[tuple[int, int], Span] = {}

    def row(self, price: float) -> int:
        """The dot row of a price, held inside."""
        dots = self.height * 4 - 1
        share = (self._high - price) / (self._high - self._low)
        return max(0, min(dots, round(share * dots)))

    def line(self, style: str, x: int, price: float, before: float | None = None) -> None:
        """A dot in a dot column, joined to the price of the column before."""
        layer = self._layers.setdefault(style, [[0] * self.width for _ in range(self.height)])
        y = self.row(price)
        y_before = y if before is None else self.row(before)
        for dot in range(min(y, y_before), max(y, y_before) + 1):
            layer[dot // 4][x // 2] |= _DOTS[x % 2][dot % 4]

    def mark(self, x: int, price: float, span: Span) -> None:
        """A sign over whatever is drawn in the cell."""
        self._marks[self.row(price) // 4, x // 2] = span

    def spans(self, y: int) -> list[Span]:
        """A row of cells; the layer drawn first gives a cell its colour."""
        row: list[Span] = []
        for x in range(self.width):
            if (y, x) in self._marks:
                row.append(self._marks[y, x])
                continue
            bits, style = 0, "muted"
            for name, layer in self._layers.items():
                if layer[y][x] and not bits:
                    style = name
                bits |= layer[y][x]
            glyph = chr(0x2800 + bits) if bits else " "
            if row and row[-1][1] == style:
                row[-1] = (row[-1][0] + glyph, style)
            else:
                row.append((glyph, style))
        return row


def price_range(prices: Iterable[float]) -> tuple[int, int]:
    """Ticks from and to, rounded outwards so that the scale seldom changes, and never less than a few ticks apart."""
    prices = list(prices)
    low = floor((min(prices) - 1) / _STEP_TICKS) * _STEP_TICKS
    high = ceil((max(prices) + 1) / _STEP_TICKS) * _STEP_TICKS
    while high - low < _LEAST_TICKS:
        low, high = low - _STEP_TICKS, high + _STEP_TICKS
    return low, high


class Chart(Rows):
    """Remembers a minute of snapshots, and draws it anew only when a dot's worth of time has passed."""

    def __init__(self, instrument: Instrument, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.instrument = instrument
        self._points: deque[Point] = deque()
        self._fills: deque[FillLine] = deque()
        self._seen_fills = 0
        self._drawn: tuple[int, int, int, int] | None = None

    def update(self, view: FloorSnapshot) -> None:
        """Take a snapshot in, and draw if there is something new to see."""
        width, height = self.size
        label = len(self.instrument.format(2 * self.instrument.start_ticks)) + 1
        plot_width = max(1, width - label)
        step = view.now_ns * plot_width * 2 // SPAN_NS
        new = view.desk.fills - self._seen_fills
        if new > 0:
            self._seen_fills = view.desk.fills
            self._fills.extend(reversed(view.desk.last_fills[:new]))
        if not self._points or self._points[-1].step != step:
            bids = [order.price for order in view.orders if order.side is Side.BUY and not order.leaving]
            asks = [order.price for order in view.orders if order.side is Side.SELL and not order.leaving]
            self._points.append(Point(step, view.mid, max(bids, default=None), min(asks, default=None)))
        first = step - plot_width * 2 + 1
        while self._points[0].step < first:
            self._points.popleft()
        while self._fills and self._fills[0].time_ns < view.now_ns - SPAN_NS:
            self._fills.popleft()
        # What is drawn changes with a step, a fill and the size; between those there is nothing to do.
        now = (step, self._seen_fills, width, height)
        if now != self._drawn and height > 2:
            self._drawn = now
            self.show([title_row("PRICE", "60 s", width), *self._rows(plot_width, height - 1, first, label)])

    def on_resize(self) -> None:
        # Steps depend on the width.
        self._points.clear()
        self._drawn = None
        self.redraw()

    def _rows(self, width: int, height: int, first: int, label: int) -> list[Row]:
        points = self._points
        near = [point.mid for point in points]
        near += [price for point in points for price in (point.bid, point.ask) if price is not None]
        low, high = price_range(near)
        plot = Plot(width, height, low, high)
        before: Point | None = None
        for point in points:
            plot.line("live", point.step - first, point.mid, None if before is None else before.mid)
            before = point
        for point in points:
            # Every other dot, so that quotes look unlike the mid without colour too.
            if point.step % 2 == 0:
                for style, price in (("bid", point.bid), ("ask", point.ask)):
                    if price is not None:
                        plot.line(style, point.step - first, price)
        for fill in self._fills:
            x = fill.time_ns * width * 2 // SPAN_NS - first
            if 0 <= x < 2 * width:
                plot.mark(x, fill.price, _MARKS[fill.side])
        labels = {plot.row(price) // 4: (price, "muted") for price in (low, high)}
        labels[plot.row(points[-1].mid) // 4] = (round(points[-1].mid), "live")
        rows: list[Row] = []
        for y in range(height):
            price, style = labels.get(y, (None, "muted"))
            text = "" if price is None else self.instrument.format(price)
            rows.append((*plot.spans(y), (text.rjust(label), style)))
        return rows

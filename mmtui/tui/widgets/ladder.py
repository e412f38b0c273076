"""The price ladder. Its rows stay in place while hands move, and the market stays in sight."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Literal

from textual import events
from textual.message import Message
from textual.timer import Timer

from mmtui.book import Side
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui.format import Span
from mmtui.tui.widgets.ladder_columns import HeaderState, LadderColumn, column_at, columns, header
from mmtui.tui.widgets.ladder_draw import draw_row
from mmtui.tui.widgets.ladder_rows import BarScale, BarScales, LadderRow, ladder_rows, row_of
from mmtui.tui.widgets.line_view import LineView
from mmtui.units import NS_PER_S

GROUPS = (1, 2, 5)
#: The ladder does not scroll while the pointer moves over it or a key is pressed, nor for so long after.
RESTS_S = 0.5
#: A row where an own order is filled stands out for so long, unless motion is reduced.
_FLASH_S = 0.3
#: It scrolls when a best price comes so close to its first or last row.
_EDGE_ROWS = 3
_WHEEL_ROWS = 3
_MIDDLE, _RIGHT = 2, 3
_SIDES = {
    "my_bid": Side.BUY,
    "bid_moved": Side.BUY,
    "bid": Side.BUY,
    "ask": Side.SELL,
    "ask_moved": Side.SELL,
    "my_ask": Side.SELL,
}
_OWN = ("my_bid", "my_ask")


class Ladder(LineView):
    """Prices downwards from ``top``, with the book and the own orders at each, and a cursor.

    Attributes:
        cursor: price of the cursor's row.
        top: price of the first row.
        group: ticks a row.
        follows: whether the window keeps the market in its middle third, instead of only in sight.
        armed: whether a click sends an order.
    """

    class Request(Message):
        """A request by the mouse.

        Attributes:
            do: ``quote`` or ``second`` (quote the second size) at a price, ``cancel`` at a price or, without one, a
                side, ``move`` the orders at a price.
            to: where to move them.
        """

        def __init__(
            self,
            do: Literal["quote", "second", "cancel", "move"],
            side: Side,
            price: int | None,
            to: int | None = None,
        ) -> None:
            super().__init__()
            self.do = do
            self.side = side
            self.price = price
            self.to = to

    def __init__(self, instrument: Instrument, *, armed: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.instrument = instrument
        self.cursor = instrument.start_ticks
        self.top: int | None = None
        self.steps = 1
        self.follows = False
        self.armed = armed
        self._label = lru_cache(1024)(instrument.format)
        self._view: FloorSnapshot | None = None
        self._layout: tuple[LadderColumn, ...] = ()
        self._scales = BarScales(BarScale(), BarScale())
        self._moving: Timer | None = None
        self._looks_away = False
        self._flashed: frozenset[int] = frozenset()
        self._dragged: tuple[Side, int] | None = None
        self._dropped = False

    @property
    def group(self) -> int:
        """Ticks a row: ``steps`` price steps."""
        return self.steps if self._view is None else self.steps * self._view.step

    @property
    def rows_shown(self) -> int:
        """Number of prices in the window."""
        return max(1, self.size.height - 1)

    def update(self, view: FloorSnapshot) -> None:
        """Show a snapshot."""
        first = self._view is None
        if self._view is not None and view.desk.fills > self._view.desk.fills:
            self._flash(view, view.desk.fills - self._view.desk.fills)
        self._view = view
        if not self._layout or not self.size.height:
            return
        if first or self.top is None:
            self.cursor = self._row(view.best_bid) if view.best_bid is not None else self.cursor
            self._centre()
        elif self._at_edge(view, self.top):
            if self._moving is None and not self._looks_away:
                self._centre()
        else:
            self._looks_away = False
            if self.follows and self._moving is None and self._off_centre(view, self.top):
                self._centre()
        self.show()

    def _flash(self, view: FloorSnapshot, fills: int) -> None:
        """Make the rows of the newest fills stand out for a moment."""
        if self.app.animation_level != "none":
            # A replay may have jumped over many.
            since_ns = view.now_ns - NS_PER_S
            new = view.desk.last_fills[:fills]
            self._flashed = frozenset(fill.price for fill in new if fill.time_ns > since_ns)
            self.set_timer(_FLASH_S, self.flash_over)

    def flash_over(self) -> None:
        """Let all rows look as ever."""
        self._flashed = frozenset()
        self.show()

    @property
    def away(self) -> int:
        """Ticks from the window to a market outside of it: positive above, negative below, 0 inside."""
        return 0 if self._view is None or self.top is None else self._away(self._view, self.top)

    def recentre(self) -> None:
        """Move the window to the market, and the cursor into it."""
        self._looks_away = False
        self._centre()
        self.move(0)

    def move(self, rows: int) -> None:
        """Move the cursor by rows, upwards if positive; the window moves only when the cursor would leave it."""
        self.point_at(self.cursor + rows * self.group)

    def point_at(self, price: int) -> None:
        """Put the cursor on a price's row."""
        self.cursor = max(self.group, self._row(price))
        if self.top is not None:
            self._look_at(max(min(self.top, self.cursor + self._last), self.cursor))

    def _look_at(self, top: int) -> None:
        """Move the window by hand; where that takes the market to the edge or out of sight, it stays so."""
        if top != self.top:
            self.top = top
            self._looks_away = self._view is not None and self._at_edge(self._view, top)
        self.show()

    def next_group(self) -> None:
        """Change the ticks a row to the next of the choices; the cursor's row stays in place."""
        at = 0 if self.top is None else (self.top - self.cursor) // self.group
        self.steps = GROUPS[(GROUPS.index(self.steps) + 1) % len(GROUPS)]
        self.cursor = max(self.group, self._row(self.cursor))
        if self.top is not None:
            self.top = self.cursor + at * self.group
            self.show()

    def orders_in(self, row: int) -> list[tuple[Side, int]]:
        """Sides and prices of the own orders in a row, each pair once."""
        orders = () if self._view is None else self._view.orders
        found = (order for order in orders if self._own_row(order.side, order.price) == row)
        return list(dict.fromkeys((order.side, order.price) for order in found))

    def _own_row(self, side: Side, price: int) -> int:
        return row_of(price, self.group, up=side is Side.SELL)

    @property
    def _last(self) -> int:
        """Distance from the first row to the last, in ticks."""
        return (self.rows_shown - 1) * self.group

    def _row(self, price: float) -> int:
        return round(price / self.group) * self.group

    def _centre(self) -> None:
        view = self._view
        middle = self.cursor if view is None else self._row(view.mid)
        before = self.top
        self.top = middle + self.rows_shown // 2 * self.group
        if before is not None:
            self.cursor = max(self.top - self._last, min(self.top, self.cursor))

    def _off_centre(self, view: FloorSnapshot, top: int) -> bool:
        """Whether the market has left the middle third of the window."""
        return abs(top - self._last / 2 - view.mid) > self._last / 6

    def _at_edge(self, view: FloorSnapshot, top: int) -> bool:
        """Whether a best price is within the rows at the window's edge, or outside."""
        margin = min(_EDGE_ROWS, (self.rows_shown - 1) // 4) * self.group
        low, high = self._touch(view)
        return high > top - margin or low < top - self._last + margin

    @staticmethod
    def _touch(view: FloorSnapshot) -> tuple[int, int]:
        """The best prices; the mid for one that is not there."""
        low = view.best_bid if view.best_bid is not None else round(view.mid)
        high = view.best_ask if view.best_ask is not None else round(view.mid)
        return low, high

    def _away(self, view: FloorSnapshot, top: int) -> int:
        """Ticks from the window's edge to the market: positive above it, negative below, 0 inside."""
        bottom = top - self._last
        low, high = self._touch(view)
        if low > top:
            return low - top
        return min(0, high - bottom)

    def lines(self) -> Sequence[Hashable]:
        view, top = self._view, self.top
        if view is None or top is None:
            return self._keys
        rows = ladder_rows(
            view,
            self.instrument,
            self._layout,
            top,
            self.rows_shown,
            self.cursor,
            self._scales,
            self.group,
            self._label,
            self._flashed,
        )
        return [HeaderState(self._away(view, top), self.steps, self.follows), *rows]

    def draw(self, key: Hashable) -> Iterable[Span]:
        if isinstance(key, LadderRow):
            return draw_row(key, self._layout)
        assert isinstance(key, HeaderState)
        return header(self._layout, key)

    def on_resize(self, event: events.Resize) -> None:
        # Wide enough for a price that doubles, so that no digit moves a column.
        label = self.instrument.format(2 * self.instrument.start_ticks)
        self._layout = columns(event.size.width, max(6, len(label)))
        if self.top is not None:
            # Keep the price in the middle of the window where it was.
            middle = self.top - (len(self._keys) - 1) // 2 * self.group
            self.top = middle + self.rows_shown // 2 * self.group
            self.top = max(min(self.top, self.cursor + self._last), self.cursor)
        if self._view is not None:
            self.update(self._view)

    # The mouse

    def hint_at(self, x: int, y: int) -> str:
        """Only over the header: elsewhere it would hide prices."""
        return "" if y else self.explain_at(x, y)

    def explain_at(self, x: int, y: int) -> str:
        """What the mark at a cell means, or else its column."""
        from mmtui.docs.terms import columns, explain_mark

        left = 0
        for column in self._layout:
            if left <= x < left + column.width:
                cell = self.render_line(y).text[left : left + column.width] if y else ""
                mark = explain_mark(cell) if column.name in ("my_bid", "price", "my_ask") else ""
                return mark or columns()[column.title.casefold()]
            left += column.width
        return ""

    def _price_at(self, y: int) -> int | None:
        """The price of a line's row, None for the header."""
        return None if self.top is None or y < 1 else self.top - (y - 1) * self.group

    def _prices_in(self, side: Side, row: int) -> list[int]:
        """Prices of the own orders of a side in a row."""
        return [price for own, price in self.orders_in(row) if own is side]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        column, price = column_at(self._layout, event.x), self._price_at(event.y)
        self._dropped = False
        if event.button == 1 and column in _OWN and price is not None:
            found = self._prices_in(_SIDES[column], price)
            if found:
                self._dragged = _SIDES[column], found[0]
                self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.touched()
        price = self._price_at(event.y)
        if self._dragged is not None and price is not None and event.y < self.size.height:
            self.point_at(price)

    def touched(self) -> None:
        """The pointer moved or a key was pressed: hold still for a while."""
        if self._moving is not None:
            self._moving.stop()
        self._moving = self.set_timer(RESTS_S, self.rested)

    def rested(self) -> None:
        """Pointer and keys rest."""
        self._moving = None

    def on_mouse_up(self, event: events.MouseUp) -> None:
        dragged, self._dragged = self._dragged, None
        if dragged is None:
            return
        self.release_mouse()
        side, price = dragged
        to = self._price_at(event.y)
        if to is None or to < 1 or self._own_row(side, price) == to:
            return
        self._dropped = True
        if self.armed:
            self.post_message(self.Request("move", side, price, to))

    def on_click(self, event: events.Click) -> None:
        if self._dropped:
            return
        column, price = column_at(self._layout, event.x), self._price_at(event.y)
        side = _SIDES.get(column or "")
        if event.button == _MIDDLE:
            self.recentre()
            return
        if price is None:
            if side is not None and column in _OWN:
                self.post_message(self.Request("cancel", side, None))
            return
        self.point_at(price)
        if side is None or price < 1 or not self.armed:
            return
        if event.button != _RIGHT:
            self.post_message(self.Request("quote", side, price))
        elif column in _OWN:
            for own in self._prices_in(side, price) or [price]:
                self.post_message(self.Request("cancel", side, own))
        else:
            self.post_message(self.Request("second", side, price))

    def wheel(self, step: int) -> None:
        if self.top is not None:
            self.touched()
            self._look_at(max(self.rows_shown * self.group, self.top + step * _WHEEL_ROWS * self.group))

"""The price ladder. Its rows hold still: only the player moves the window."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from textual import events
from textual.message import Message

from mmtui.book import Side
from mmtui.game.snapshot import FloorSnapshot
from mmtui.market.instrument import Instrument
from mmtui.tui.format import Span
from mmtui.tui.widgets.ladder_rows import (
    Column,
    LadderRow,
    Scale,
    Scales,
    column_at,
    columns,
    draw_row,
    header,
    ladder_rows,
)
from mmtui.tui.widgets.rows import Rows

_WHEEL_ROWS = 3
_MIDDLE, _RIGHT = 2, 3


class Ladder(Rows):
    """Prices downwards from ``top``, a cursor, and what stands at each price."""

    class Asked(Message):
        """The mouse asks for something: a quote or a cancellation at a price, or a side's cancellation (no price)."""

        def __init__(self, do: str, side: Side, price: int | None) -> None:
            super().__init__()
            self.do = do
            self.side = side
            self.price = price

    def __init__(self, instrument: Instrument, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.instrument = instrument
        self.cursor = instrument.start_ticks
        self.top: int | None = None
        self._view: FloorSnapshot | None = None
        self._layout: tuple[Column, ...] = ()
        self._scales = Scales(Scale(), Scale())

    @property
    def rows_shown(self) -> int:
        """Prices in the window."""
        return max(1, self.size.height - 1)

    def update(self, view: FloorSnapshot) -> None:
        """Show a snapshot."""
        first = self._view is None
        self._view = view
        if not self.size.height:
            return
        if first or self.top is None:
            self.cursor = view.best_bid if view.best_bid is not None else self.cursor
            self._centre()
        self._show()

    def recentre(self) -> None:
        """Put the market in the middle of the window, and the cursor in it too."""
        self._centre()
        self.move(0)

    def move(self, rows: int) -> None:
        """Move the cursor, upwards for positive ``rows``; the window follows only when the cursor would leave it."""
        self.point_at(self.cursor + rows)

    def point_at(self, price: int) -> None:
        """Put the cursor on a price."""
        self.cursor = max(1, price)
        if self.top is not None:
            self.top = max(min(self.top, self.cursor + self.rows_shown - 1), self.cursor)
            self._show()

    def _centre(self) -> None:
        view = self._view
        middle = self.cursor if view is None else round(view.mid)
        before = self.top
        self.top = middle + self.rows_shown // 2
        if before is not None:
            self.cursor = max(self.top - self.rows_shown + 1, min(self.top, self.cursor))

    def _away(self, view: FloorSnapshot, top: int) -> int:
        """Ticks from the window's edge to the market: positive above it, negative below, 0 inside."""
        bottom = top - self.rows_shown + 1
        low = view.best_bid if view.best_bid is not None else round(view.mid)
        high = view.best_ask if view.best_ask is not None else round(view.mid)
        if low > top:
            return low - top
        return min(0, high - bottom)

    def _show(self) -> None:
        view, top = self._view, self.top
        if view is None or top is None:
            return
        rows = ladder_rows(view, self.instrument, self._layout, top, self.rows_shown, self.cursor, self._scales)
        self.show([self._away(view, top), *rows])

    def draw(self, key: Hashable) -> Iterable[Span]:
        if isinstance(key, LadderRow):
            return draw_row(key, self._layout)
        assert isinstance(key, int)
        return header(self._layout, key)

    def on_resize(self, event: events.Resize) -> None:
        # Room for a price that doubles, so that no digit ever moves a column.
        label = self.instrument.format(2 * self.instrument.start_ticks)
        self._layout = columns(event.size.width, max(6, len(label)))
        if self.top is not None:
            # Keep the price in the middle of the window where it was.
            middle = self.top - (len(self._keys) - 1) // 2
            self.top = middle + self.rows_shown // 2
            self.top = max(min(self.top, self.cursor + self.rows_shown - 1), self.cursor)
        self.redraw()
        if self._view is not None:
            self.update(self._view)

    def on_click(self, event: events.Click) -> None:
        column = column_at(self._layout, event.x)
        side = {"my_bid": Side.BUY, "bid": Side.BUY, "ask": Side.SELL, "my_ask": Side.SELL}.get(column or "")
        if event.button == _MIDDLE:
            self.recentre()
            return
        if event.y == 0:
            if side is not None and column in ("my_bid", "my_ask"):
                self.post_message(self.Asked("cancel", side, None))
            return
        if self.top is None:
            return
        price = self.top - (event.y - 1)
        self.point_at(price)
        if side is None or price < 1:
            return
        if event.button == _RIGHT:
            self.post_message(self.Asked("cancel", side, price))
        else:
            self.post_message(self.Asked("quote", side, price))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(_WHEEL_ROWS)
        event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(-_WHEEL_ROWS)
        event.stop()

    def _scroll(self, rows: int) -> None:
        if self.top is not None:
            self.top = max(self.rows_shown, self.top + rows)
            self._show()

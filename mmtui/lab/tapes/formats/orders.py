"""Formats with orders: what becomes of each, by its id."""

from __future__ import annotations

from mmtui.lab.tapes.formats.rows import CROSS, DELETE, EXECUTE, HIDDEN, NEW, REDUCE, OpenRecording, TapeRows

#: Sides as a tape has them.
BUY, SELL = 1, -1


class LiveOrders:
    """The orders of a recording that are alive. They are numbered anew, since ids of some exchanges are too large.

    What refers to an order that was never placed is counted, and left out.

    Args:
        rows: where messages go.
        recording: is told what was left out.
    """

    def __init__(self, rows: TapeRows, recording: OpenRecording) -> None:
        self._rows = rows
        self._skipped = recording.skipped
        #: By the recording's id: number, side, price and lots left.
        self._live: dict[int, tuple[int, int, int, int]] = {}

    def add(self, line: int, at_ns: int, order_id: int, side: int, price: int, lots: int) -> None:
        """Place an order; one of the same id that is there goes first."""
        if lots <= 0 or price <= 0:
            self._skipped["a new order without price or size"] += 1
            return
        self.delete(line, at_ns, order_id, missing=False)
        number = self._rows.number()
        self._live[order_id] = (number, side, price, lots)
        self._rows.put(line, at_ns, NEW, number, lots, price, side)

    def delete(self, line: int, at_ns: int, order_id: int, *, missing: bool = True) -> None:
        """Cancel all that is left of an order."""
        order = self._live.pop(order_id, None)
        if order is not None:
            number, side, price, lots = order
            self._rows.put(line, at_ns, DELETE, number, lots, price, side)
        elif missing:
            self._skipped["an order that was never placed"] += 1

    def take_off(self, line: int, at_ns: int, order_id: int, lots: int, *, executed: bool) -> None:
        """Execute, or cancel, some lots of an order; what it does not have is left out."""
        order = self._live.get(order_id)
        if order is None:
            self._skipped["an order that was never placed"] += 1
            return
        number, side, price, there = order
        taken = min(lots, there)
        if taken < there:
            self._live[order_id] = (number, side, price, there - taken)
        else:
            del self._live[order_id]
        kind = EXECUTE if executed else REDUCE if taken < there else DELETE
        self._rows.put(line, at_ns, kind, number, taken, price, side)

    def replace(self, line: int, at_ns: int, order_id: int, new_id: int, price: int, lots: int) -> None:
        """Replace an order by one at the back of the queue, under the same id or another."""
        order = self._live.get(order_id)
        if order is None:
            self._skipped["an order that was never placed"] += 1
            return
        self.delete(line, at_ns, order_id)
        self.add(line, at_ns, new_id, order[1], price, lots)

    def modify(self, line: int, at_ns: int, order_id: int, side: int, price: int, lots: int) -> None:
        """Give an order another price or size: it keeps its place if only its size falls."""
        order = self._live.get(order_id)
        if order is not None and order[2] == price and lots <= order[3]:
            if lots < order[3]:
                self.take_off(line, at_ns, order_id, order[3] - lots, executed=False)
        elif lots > 0:
            self.add(line, at_ns, order_id, side, price, lots)

    def trade(self, line: int, at_ns: int, side: int, price: int, lots: int) -> None:
        """Print a trade with no visible order; the side is the resting one's, 0 for a cross."""
        self._rows.put(line, at_ns, HIDDEN if side else CROSS, 0, lots, price, side or BUY)

    def left(self, order_id: int) -> int:
        """Lots left of an order; 0 of one that is not there."""
        order = self._live.get(order_id)
        return 0 if order is None else order[3]

    def stands(self, order_id: int, price: int) -> bool:
        """Whether an order is there, at a price."""
        order = self._live.get(order_id)
        return order is not None and order[2] == price

    def clear(self, line: int, at_ns: int) -> None:
        """Cancel everything."""
        for order_id in list(self._live):
            self.delete(line, at_ns, order_id)


class Fills:
    """Trades of a format that tells of a fill first, and then of what it changes in the book.

    Args:
        orders: the orders alive.
    """

    def __init__(self, orders: LiveOrders) -> None:
        self._orders = orders
        #: Lots of orders whose fill has been told of.
        self._filled: dict[int, int] = {}
        #: Lots traded in the event under way with no order that is known, their price and the resting side.
        self._hidden = self._price = self._side = 0

    def traded(self, taker: int, price: int, lots: int) -> None:
        """A taker traded, 0 in a cross."""
        self._hidden += lots
        self._price, self._side = price, -taker

    def filled(self, order_id: int, lots: int) -> None:
        """A resting order was filled."""
        self._filled[order_id] = self._filled.get(order_id, 0) + lots
        self._hidden -= lots

    def take_off(self, line: int, at_ns: int, order_id: int, lots: int) -> None:
        """Lots leave the book: those filled are executed, others cancelled."""
        executed = min(lots, self._filled.pop(order_id, 0))
        if executed:
            self._orders.take_off(line, at_ns, order_id, executed, executed=True)
        if lots > executed:
            self._orders.take_off(line, at_ns, order_id, lots - executed, executed=False)

    def end(self, line: int, at_ns: int) -> None:
        """The event is over: what was traded and filled no order is printed."""
        if self._hidden > 0:
            self._orders.trade(line, at_ns, self._side, self._price, self._hidden)
        self._hidden = 0
        self._filled.clear()

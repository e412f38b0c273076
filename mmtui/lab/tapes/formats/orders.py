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

    def trade(self, line: int, at_ns: int, side: int, price: int, lots: int) -> None:
        """Print a trade with no visible order; the side is the resting one's, 0 for a cross."""
        self._rows.put(line, at_ns, HIDDEN if side else CROSS, 0, lots, price, side or BUY)

    def left(self, order_id: int, price: int | None = None) -> int:
        """Lots left of an order; 0 of one that is not there, or not at a price."""
        order = self._live.get(order_id)
        return 0 if order is None or price not in (None, order[2]) else order[3]

    def side_at(self, price: int) -> int:
        """The side of a hidden order at a price: the one whose best price is nearer; bids where both are as near."""
        best_bid = max((at for _, side, at, _ in self._live.values() if side == BUY), default=0)
        best_ask = min((at for _, side, at, _ in self._live.values() if side == SELL), default=price)
        return SELL if best_bid and 2 * price > best_bid + best_ask else BUY

    def clear(self, line: int, at_ns: int, side: int = 0) -> None:
        """Cancel everything, or one side."""
        for order_id in [each for each, order in self._live.items() if side in (0, order[1])]:
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
        #: By resting side and price: lots traded in the event under way, less those that known orders were filled for.
        self._traded: dict[tuple[int, int], int] = {}

    def traded(self, taker: int, price: int, lots: int) -> None:
        """A taker traded, 0 in a cross."""
        self._traded[-taker, price] = self._traded.get((-taker, price), 0) + lots

    def filled(self, order_id: int, side: int, price: int, lots: int) -> None:
        """A resting order was filled."""
        self._filled[order_id] = self._filled.get(order_id, 0) + lots
        of = (side, price) if (side, price) in self._traded else (0, price)
        self._traded[of] = self._traded.get(of, 0) - lots

    def take_off(self, line: int, at_ns: int, order_id: int, lots: int) -> None:
        """Lots leave the book: those filled are executed, others cancelled."""
        executed = min(lots, self._filled.pop(order_id, 0))
        if executed:
            self._orders.take_off(line, at_ns, order_id, executed, executed=True)
        if lots > executed:
            self._orders.take_off(line, at_ns, order_id, lots - executed, executed=False)

    def modify(self, line: int, at_ns: int, order_id: int, side: int, price: int, lots: int) -> None:
        """An order has another price or size: it keeps its place if only its size falls."""
        left = self._orders.left(order_id, price)
        if 0 <= lots <= left:
            self.take_off(line, at_ns, order_id, left - lots)
        elif lots > 0:
            self._orders.add(line, at_ns, order_id, side, price, lots)

    def end(self, line: int, at_ns: int) -> None:
        """The event is over: what was traded and filled no order is printed."""
        # Should fills be told at other prices than trades, no lot is printed twice.
        hidden = sum(self._traded.values())
        for (side, price), lots in self._traded.items():
            printed = min(lots, hidden)
            if printed > 0:
                self._orders.trade(line, at_ns, side, price, printed)
                hidden -= printed
        self._traded.clear()
        self._filled.clear()

"""The tape of a session: everything that happens in its book, as LOBSTER would have recorded it."""

from __future__ import annotations

from collections.abc import Iterator

from mmtui.book import Trade
from mmtui.lab.tapes.formats.rows import CROSS, DELETE, EXECUTE, HALT, HIDDEN, NEW, REDUCE, TapeRows
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.ladder import LadderLevel
from mmtui.market.tape.lobster import Messages
from mmtui.session.replay import Script, carry_out
from mmtui.units import NS_PER_S

#: A level as it was last seen: its lots, how many orders, the last of them, and all by id.
_Seen = tuple[int, int, int, dict[int, int]]


class BookTape:
    """Turns what an exchange does into messages: what differs in its book after each event, and its trades.

    The messages of an event are cancellations, then executions, then new orders. Orders are numbered from 1, so that
    no id tells whose it is. Orders that an auction collects leave the book, and what is left of them comes back to it;
    its trades are crosses.

    Args:
        exchange: the exchange.
        zero_ns: the time of day of the session's start.
    """

    def __init__(self, exchange: Exchange, zero_ns: int = 10 * 3600 * NS_PER_S) -> None:
        self._exchange = exchange
        self._zero_ns = zero_ns
        self._rows = TapeRows()
        self._numbers: dict[int, int] = {}
        self._sides: dict[int, dict[int, _Seen]] = {1: {}, -1: {}}
        self._trades: list[tuple[Trade, bool]] = []
        self._phase = exchange.phase
        exchange.on_print.append(self._traded)

    def _traded(self, now_ns: int, trade: Trade, mid: float) -> None:
        self._trades.append((trade, self._exchange.phase.collecting))

    def follow(self, now_ns: int) -> None:
        """Add what has happened since the last time; to be called after each event."""
        at_ns = now_ns + self._zero_ns
        gone: dict[int, tuple[int, int, int]] = {}
        more: list[tuple[int, int, int, int]] = []
        ladder = self._exchange.ladder
        for side, levels in ((1, ladder.bids), (-1, ladder.asks)):
            _compare(side, self._sides[side], levels, gone, more)
        executed: dict[int, int] = {}
        for trade, collected in self._trades:
            if not collected:
                executed[trade.maker_id] = executed.get(trade.maker_id, 0) + trade.quantity
        for order_id, (lots, price, side) in gone.items():
            self._cancelled(at_ns, order_id, lots - executed.get(order_id, 0), price, side, order_id in executed)
        for trade, collected in self._trades:
            price, quantity, maker_id, _, taker = trade
            if collected or not taker:
                self._rows.put(0, at_ns, CROSS, 0, quantity, price, 1)
            elif maker_id in self._numbers and maker_id in gone:
                self._rows.put(0, at_ns, EXECUTE, self._numbers[maker_id], quantity, price, -taker)
            else:
                self._unseen(at_ns, trade)
        for order_id in gone:
            if order_id not in ladder:
                self._numbers.pop(order_id, None)
        for order_id, lots, price, side in more:
            self._numbers[order_id] = number = self._rows.number()
            self._rows.put(0, at_ns, NEW, number, lots, price, side)
        self._trades.clear()
        phase = self._exchange.phase
        if phase.continuous != self._phase.continuous:
            self._rows.put(0, at_ns, HALT, 0, 0, 1 if phase.continuous else -1, -1)
        self._phase = phase

    def _cancelled(self, at_ns: int, order_id: int, lots: int, price: int, side: int, traded: bool) -> None:
        if lots > 0:
            kind = REDUCE if traded or order_id in self._exchange.ladder else DELETE
            self._rows.put(0, at_ns, kind, self._numbers[order_id], lots, price, side)

    def _unseen(self, at_ns: int, trade: Trade) -> None:
        """A trade with an order that the book never showed: hidden, or come and gone within the event."""
        self._rows.put(0, at_ns, HIDDEN, 0, trade.quantity, trade.price, -trade.taker_side)

    def full(self) -> Iterator[Messages]:
        """Yields a block of messages if there is one."""
        return self._rows.full()

    def rest(self) -> Iterator[Messages]:
        """Yields the messages left."""
        return self._rows.rest()


def _compare(
    side: int,
    seen: dict[int, _Seen],
    levels: dict[int, LadderLevel],
    gone: dict[int, tuple[int, int, int]],
    more: list[tuple[int, int, int, int]],
) -> None:
    """Find what has left the levels of a side (id to lots, price, side), and what has come: id, lots, price, side."""
    for price in [price for price in seen if price not in levels]:
        for order_id, lots in seen.pop(price)[3].items():
            gone[order_id] = (lots, price, side)
    for price, level in levels.items():
        queue = level.queue
        last = next(reversed(queue))
        before = seen.get(price)
        if before is not None and before[0] == level.total and before[1] == len(queue) and before[2] == last:
            continue
        orders = {} if before is None else before[3]
        for order_id, lots in orders.items():
            left = queue.get(order_id, 0)
            if left < lots:
                gone[order_id] = (lots - left, price, side)
        more += [(order_id, lots, price, side) for order_id, lots in queue.items() if order_id not in orders]
        seen[price] = (level.total, len(queue), last, dict(queue))


def session_blocks(script: Script) -> Iterator[Messages]:
    """The messages of a session played again, in blocks, the orders that stand at its start first."""
    session = script.open()
    book = BookTape(session.market.exchange)
    book.follow(session.now_ns)
    session.listen("on_event", book.follow)
    following = 0
    while session.now_ns < script.until_ns and session.over is None:
        to_ns = min(session.now_ns + NS_PER_S, script.until_ns)
        following = carry_out(session, script.commands, to_ns, following)
        book.follow(session.now_ns)
        yield from book.full()
    yield from book.rest()

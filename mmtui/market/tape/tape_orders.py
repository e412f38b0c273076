"""A tape in the book, with the maker's orders in their places.

The tape's orders keep their ids, so that an own order stands in the queue where it would have stood: behind those
that came before it, and ahead of those that came after. What is ahead of it falls by the executions and cancellations
of the orders ahead, and by nothing else. Two models say what the maker's presence changes.

*passive*: the tape does not react. Every order of the tape ends as it did, less the lots that traded with the maker.
Where the tape executes an order behind an own one, at a worse price or later at the same, the own one is filled first:
the taker's lots go to it, and the rest of them to the tape's order, whose other lots end as they did on the tape. So
the volume of every execution is unchanged. A hidden order's execution fills own orders at its price or better likewise.
An order of the tape that arrives at an own quote trades with it, and lots that the maker takes are gone: a later taker
of the tape does not get them.

*impact*: the tape's messages are instructions. A new order is a limit order, an execution an order to take so many lots
at that price or better, in the book's own order; a cancellation takes off its lots, or what is left. Lots that the
maker takes are missing for later takers, who trade with the orders behind; orders in whose place the maker's were
filled stay until they are taken or cancelled. Until the maker has traded, the book is the tape's.

Crosses and the executions of hidden orders are printed; they touch no visible order. A cross is printed once, without a
side; the executions of its instant are its own, and are not printed besides, but for those of own orders. While trading
was halted no order is taken; from when quoting resumes until trading does, only those that rest.

A level may have phases and a rule against prices that run away: they bind the maker, since the tape is what happened.
Its messages are played in every phase. While orders are not traded (closed, auction, halt) its executions are printed
and take their lots off, and fill no own order; an auction trades own orders with those of the tape that stand then.
"""

from __future__ import annotations

from typing import cast

import mmtui.book.named_tuples as named_tuples
from mmtui.book import Side, Trade
from mmtui.market.core.book import Book
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.order_ids import FIRST_BACKGROUND, INDEX, PARTICIPANTS, TAPE, TAPE_TAKERS
from mmtui.market.rules.phases import Phase
from mmtui.market.tape.tape_spec import Effect

_ALL = 2**62
#: The side of a cross.
_NOBODY_S = cast("Side", 0)
#: Side by a message's direction.
SIDES = (Side.BUY, Side.BUY, Side.SELL)


def book_id(order_id: int) -> int:
    """Returns the id in the book of an order of the tape."""
    return order_id * PARTICIPANTS + TAPE


class TapeOrders:
    """Carries out a tape's messages at an exchange.

    Args:
        exchange: the exchange; it is closed while trading was halted on the tape.
        effect: which of the two models.
    """

    def __init__(self, exchange: Exchange, effect: Effect = "passive") -> None:
        self.exchange = exchange
        self._ladder = exchange.ladder
        self._impact = effect == "impact"
        self._takers = exchange.id_range(TAPE_TAKERS)
        self._taker = (-1, Side.BUY, 0)
        # Whether orders may be left that are gone on the tape, since the maker's were filled in their place.
        self._apart = False

    def join(self, order_id: int, side: Side, price: int, lots: int) -> bool:
        """A new order of the tape; False, and nothing done, if it would trade."""
        return self.exchange.book.rest(order_id, side, price, lots)

    def delete(self, order_id: int) -> None:
        """A cancellation of all that is left of an order."""
        self._book_of(order_id).cancel(order_id)

    def place(self, now_ns: int, order_id: int, side: Side, price: int, lots: int) -> None:
        """Place a new order of the tape that trades with quotes it reaches, or, while nothing trades, removes them."""
        if not self.exchange.phase.continuous:
            for own_id, _, _ in self._ahead(SIDES[-side], price, None, _ALL):
                self.exchange.expel(now_ns, own_id)
        mid = self._ladder.mid
        taken = self._ladder.take(order_id, side, lots, price)
        if taken.filled < lots:
            self._ladder.rest(order_id, side, price, lots - taken.filled)
        if taken.trades:
            self.exchange.recorded(now_ns, taken.trades, mid)

    def reduce(self, order_id: int, lots: int) -> None:
        """Cancel some lots of an order of the tape."""
        book = self._book_of(order_id)
        there = book.remaining(order_id)
        if there is not None:
            if lots < there:
                book.reduce(order_id, lots)
            else:
                book.cancel(order_id)

    def execute(self, now_ns: int, order_id: int, side: Side, price: int, lots: int, crossed: bool = False) -> None:
        """Execute an order of the tape, resting on a side; of one ``crossed`` the cross is printed, not this."""
        ladder = self._ladder
        taker, mid = SIDES[-side], ladder.mid
        taker_id = self._taker_id(now_ns, taker)
        if not self.exchange.phase.continuous:
            self.reduce(order_id, lots)
            self._print(now_ns, [] if crossed else [(order_id, price, lots)], taker_id, taker, mid)
            return
        there = ladder.remaining(order_id) or 0
        if crossed:
            fills = self._ahead(side, price, order_id, lots) if ladder.makers else []
            for own_id, _, quantity in fills:
                self.reduce(own_id, quantity)
            self.reduce(order_id, lots)
            self._print(now_ns, fills, taker_id, taker, mid)
            return
        if there >= lots and not (ladder.makers or self._apart):
            # The usual case: no own order is in the way.
            if lots < there:
                ladder.reduce(order_id, lots)
            else:
                ladder.cancel(order_id)
            self.exchange.recorded(now_ns, [named_tuples.new(Trade, (price, lots, order_id, taker_id, taker))], mid)
            return
        if self._impact:
            trades = ladder.take(taker_id, taker, lots, price).trades
            if trades:
                self._apart = self._apart or trades[0].maker_id != order_id
                self.exchange.recorded(now_ns, trades, mid)
            return
        # Where the maker has taken the order, own orders at its price are not next in the queue.
        worst = price if there else price + side
        fills = self._ahead(side, worst, order_id, lots) if self._ladder.makers else []
        left = lots - sum(quantity for _, _, quantity in fills)
        for own_id, _, quantity in fills:
            self.reduce(own_id, quantity)
        if there:
            # The lots in whose place own ones were filled end too.
            self.reduce(order_id, lots)
            if left:
                fills.append((order_id, price, min(there, left)))
        self._print(now_ns, fills, taker_id, taker, mid)

    def hidden(self, now_ns: int, side: Side, price: int, lots: int, crossed: bool = False) -> None:
        """Execute a hidden order of the tape, resting on a side; of one ``crossed`` the cross is printed, not this."""
        taker, mid = SIDES[-side], self._ladder.mid
        taker_id = self._taker_id(now_ns, taker)
        trading = self.exchange.phase.continuous
        fills = self._ahead(side, price, None, lots) if trading and self._ladder.makers else []
        for own_id, _, quantity in fills:
            self.reduce(own_id, quantity)
        left = lots - sum(quantity for _, _, quantity in fills)
        if left and not crossed:
            fills.append((TAPE, price, left))
        self._print(now_ns, fills, taker_id, taker, mid)

    def halt(self, now_ns: int, phase: Phase) -> None:
        """Halt trading (CLOSED), have quoting resumed (HALT) or trading (OPEN)."""
        self.exchange.halt(now_ns, phase)

    def _taker_id(self, now_ns: int, side: Side) -> int:
        """Returns the taking order's id: the same for executions of one instant, since a tape has a row a match."""
        last_ns, last_side, taker_id = self._taker
        if now_ns != last_ns or side is not last_side:
            taker_id = self._takers.one()
            self._taker = now_ns, side, taker_id
        return taker_id

    def cross(self, now_ns: int, price: int, lots: int) -> None:
        """Print the lots of a cross."""
        self._print(now_ns, [(TAPE, price, lots)], self._takers.one(), _NOBODY_S, self._ladder.mid)

    def _print(self, now_ns: int, fills: list[tuple[int, int, int]], taker_id: int, taker: Side, mid: float) -> None:
        if fills:
            trades = [Trade(price, quantity, order_id, taker_id, taker) for order_id, price, quantity in fills]
            self.exchange.recorded(now_ns, trades, mid)

    def _book_of(self, order_id: int) -> Book:
        """Returns where an order is: while the exchange collects orders, the furthest ones stay in the ladder."""
        book = self.exchange.book
        return book if book is self._ladder or order_id in book else self._ladder

    def _ahead(self, side: Side, price: int, order_id: int | None, lots: int) -> list[tuple[int, int, int]]:
        """Returns the own orders that a taker meets before an order of the tape: id, price and lots of each.

        Args:
            side: the side they rest on.
            price: the order's.
            order_id: the order; None for a hidden one, which comes after all others at its price.
            lots: the taker's.
        """
        found: list[tuple[int, int, int]] = []
        for level in self._ladder.sorted(side):
            if side * (level.price - price) < 0:
                break
            for own_id, there in level.queue.items():
                if own_id == order_id or not lots:
                    return found
                if own_id & INDEX < FIRST_BACKGROUND:
                    found.append((own_id, level.price, min(there, lots)))
                    lots -= min(there, lots)
        return found

"""A market played without a maker, and seen as a recording of it would be."""

from __future__ import annotations

from mmtui.book import Side
from mmtui.lab.market_fit.observed import Observed, observe
from mmtui.lab.tapes.formats.rows import DELETE, EXECUTE, NEW, TapeRows
from mmtui.market.book_market import BookMarket, BookMarketSpec
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.ladder import Taken
from mmtui.market.tape.lobster import Messages
from mmtui.units import NS_PER_S

#: The time of day at which a recording starts.
_ZERO_NS = 10 * 3600 * NS_PER_S


class TapedExchange(Exchange):
    """An exchange without rules that writes down what the background does in its book, as LOBSTER would.

    It is quicker than :class:`~mmtui.lab.tapes.session_tape.BookTape`, which looks at any exchange from outside.

    Attributes:
        rows: the messages so far.
    """

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self.rows = TapeRows()

    def _put(self, now_ns: int, kind: int, order_id: int, lots: int, price: int, side: int) -> None:
        self.rows.put(0, max(0, now_ns + _ZERO_NS), kind, order_id, lots, price, side)

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a background order; what was refused before goes out with it, and so comes after it on the tape."""
        refused, self._refused = self._refused, []
        resting = super().rest(now_ns, order_id, side, price, quantity)
        if resting:
            self._put(now_ns, NEW, order_id, quantity, self.ladder.levels[order_id].price, side)
        for refused_id in refused:
            self.withdraw(now_ns, refused_id)
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        """Withdraw a background order."""
        level = self.ladder.levels.get(order_id)
        if level is not None:
            lots, price, side = level.queue[order_id], level.price, level.side
            super().withdraw(now_ns, order_id)
            if order_id not in self.ladder:
                self._put(now_ns, DELETE, order_id, lots, price, side)

    def take(self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int) -> Taken:
        """Trade at once."""
        taken = super().take(now_ns, order_id, side, quantity, worst)
        for trade in taken.trades:
            self._put(now_ns, EXECUTE, trade.maker_id, trade.quantity, trade.price, -side)
        return taken


def record(spec: BookMarketSpec, seed: int, seconds: float) -> Messages:
    """The messages of a market from its first order on, in ticks and lots: the warm-up, and then so many seconds."""
    exchange = TapedExchange(spec.instrument.symbol)
    market = BookMarket([(0, spec)], seed, exchange)
    market.clock.advance(round(seconds * NS_PER_S))
    return Messages.join(list(exchange.rows.rest()))


def simulate(spec: BookMarketSpec, seed: int, seconds: float) -> Observed:
    """The market seen for so many seconds after its warm-up."""
    messages = record(spec, seed, seconds)
    first_ns = int(messages.times_ns[0]) if len(messages) else 0
    return observe(messages, (_ZERO_NS - first_ns) / NS_PER_S, seconds)

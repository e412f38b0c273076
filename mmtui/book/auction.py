"""The book of a call auction, which may be crossed, and the single price at which it trades."""

from __future__ import annotations

from typing import NamedTuple

from mmtui.book.order_book import OrderBook
from mmtui.book.price_levels import BookSide
from mmtui.book.types import OrderReport, OrderStatus, Reason, Side, TimeInForce, Trade


class Indication(NamedTuple):
    """The outcome of an auction if it ended now.

    Attributes:
        price: the single price, in ticks.
        quantity: lots that would trade, on each side.
        surplus: lots at that price that would not trade; positive for buyers, negative for sellers.
    """

    price: int
    quantity: int
    surplus: int


class AuctionBook(OrderBook):
    """Collects orders without trading them, until :meth:`uncross` trades them all at one price.

    The rules are those of HKEX's auction sessions (indicative equilibrium price). The price is one of those of the
    orders, from the lowest ask to the highest bid, by these rules in turn:

    1. the most lots trade;
    2. the surplus is the smallest;
    3. if all remaining ones have a surplus of buyers, the highest; of sellers, the lowest; else the nearest to the
       reference, and of two equally near the higher.

    Orders trade by price, then time, never at a worse price than their own, and the rest is not crossed. An order that
    crosses one of the same owner is rejected.
    """

    __slots__ = ()

    def limit(
        self,
        order_id: int,
        side: Side,
        price: int,
        quantity: int,
        time_in_force: TimeInForce = TimeInForce.GTC,
        post_only: bool = False,
        owner: str | None = None,
    ) -> OrderReport:
        """Add an order at any price; nothing trades, so ``time_in_force`` and ``post_only`` have no effect."""
        own, other = (self.bids, self.asks) if side is Side.BUY else (self.asks, self.bids)
        if owner is not None and self._meets_own(other, price * side, owner):
            return OrderReport(OrderStatus.REJECTED, reason=Reason.SELF_TRADE)
        if own.at(price) is None and price > 0 and not price % self.tick:
            # With its level open the book accepts the price as one that does not cross.
            own.open_level(price)
        report = OrderBook.limit(self, order_id, side, price, quantity, TimeInForce.GTC, False, owner)
        level = own.at(price)
        if level is not None and not level.queue:
            own.close_level(level)
        return report

    def market(self, order_id: int, side: Side, quantity: int, owner: str | None = None) -> OrderReport:
        """Reject the order: nothing trades at once in an auction."""
        return OrderReport(OrderStatus.REJECTED, reason=Reason.NOT_FILLABLE)

    def indication(self, reference: float) -> Indication | None:
        """Return what would trade now; None while no bid reaches an ask.

        Args:
            reference: the price that decides the last tie, in ticks, such as that of the last trade.
        """
        best_bid, best_ask = self.best_bid, self.best_ask
        if best_bid is None or best_ask is None or best_bid < best_ask:
            return None
        bids, asks = _up_to(self.bids, -best_ask), _up_to(self.asks, best_bid)
        buyers, sellers, most, least = sum(bids.values()), 0, 0, 0
        # The prices at which the most lots trade with the smallest surplus, and the surplus at each, which never rises.
        found: list[tuple[int, int]] = []
        for price in sorted({*bids, *asks}):
            sellers += asks.get(price, 0)
            traded, surplus = min(buyers, sellers), buyers - sellers
            if traded > most or (traded == most and abs(surplus) < least):
                most, least, found = traded, abs(surplus), []
            if traded == most and abs(surplus) == least:
                found.append((price, surplus))
            buyers -= bids.get(price, 0)
        if found[-1][1] > 0:
            price, surplus = found[-1]
        elif found[0][1] < 0:
            price, surplus = found[0]
        else:
            nearest = [(abs(price - reference), -price, surplus) for price, surplus in found]
            _, lower, surplus = min(nearest)
            price = -lower
        return Indication(price, most, surplus)

    def left(self, side: Side, lots: int) -> int | None:
        """Return the best price of a side after its first ``lots`` have traded; None if no order is left."""
        levels = (self.bids if side is Side.BUY else self.asks).levels
        for key in levels:
            level = levels[key]
            lots -= level.total
            if lots < 0:
                return level.price
        return None

    def uncross(self, reference: float) -> tuple[Trade, ...]:
        """Trade at the price of :meth:`indication`; the side with the surplus counts as the taker's."""
        indication = self.indication(reference)
        if indication is None:
            return ()
        price, quantity, surplus = indication
        bids, asks = self._allot(self.bids, quantity), self._allot(self.asks, quantity)
        taker_side, makers, takers = (Side.BUY, asks, bids) if surplus >= 0 else (Side.SELL, bids, asks)
        trades = []
        while quantity:
            (maker_id, maker_lots), (taker_id, taker_lots) = makers[-1], takers[-1]
            lots = min(maker_lots, taker_lots)
            trades.append(Trade(price, lots, maker_id, taker_id, taker_side))
            quantity -= lots
            for allotted, left in ((makers, maker_lots - lots), (takers, taker_lots - lots)):
                order_id, _ = allotted.pop()
                if left:
                    allotted.append((order_id, left))
        return tuple(trades)

    def _allot(self, side: BookSide, lots: int) -> list[tuple[int, int]]:
        """Take lots off the front of a side; return (order id, lots), the first to trade last."""
        allotted: list[tuple[int, int]] = []
        while lots:
            level = side.best
            assert level is not None
            order_id, resting = next(iter(level.queue.items()))
            part = min(lots, resting)
            if part == resting:
                self.cancel(order_id)
            else:
                self.reduce(order_id, part)
            allotted.append((order_id, part))
            lots -= part
        return allotted[::-1]

    def _meets_own(self, other: BookSide, key: int, owner: str) -> bool:
        """Return whether an order of the owner rests on the other side at the key of a price or better."""
        for level in other.levels.values():
            if level.key > key:
                return False
            if any(self._owners.get(order_id) == owner for order_id in level.queue):
                return True
        return False


def _up_to(side: BookSide, last: int) -> dict[int, int]:
    """Return price to lots of the levels from the best to the key ``last``."""
    found, levels = {}, side.levels
    for key in levels:
        if key > last:
            break
        level = levels[key]
        found[level.price] = level.total
    return found

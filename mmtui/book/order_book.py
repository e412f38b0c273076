"""The limit order book over integer ticks and lots: price-time priority, or pro rata at a price."""

from __future__ import annotations

from math import inf
from numbers import Integral, Real
from typing import cast

import mmtui.book.named_tuples as named_tuples
from mmtui.book.matching import PRICE_TIME, Matching, allocate
from mmtui.book.price_levels import BookSide, PriceLevel
from mmtui.book.types import (
    Depth,
    OrderReport,
    OrderStatus,
    QueueAhead,
    Reason,
    Resting,
    SelfTrade,
    Side,
    TimeInForce,
    Trade,
)

_BUY, _SELL = Side.BUY, Side.SELL
_GTC, _IOC, _FOK = TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK
_ALLOW, _CANCEL_INCOMING = SelfTrade.ALLOW, SelfTrade.CANCEL_INCOMING
_FILLED = OrderStatus.FILLED

#: A key worse than that of every level.
_ANY_PRICE = inf

# Outcomes without trades hold nothing of their own, so each exists once.
_RESTING = OrderReport(OrderStatus.RESTING)
_CANCELLED = OrderReport(OrderStatus.CANCELLED)
_REJECTED = {reason: OrderReport(OrderStatus.REJECTED, reason=reason) for reason in Reason}
_UNFILLED = {reason: OrderReport(OrderStatus.CANCELLED, reason=reason) for reason in Reason}


class OrderBook:
    """A limit order book for one instrument.

    Prices are ``int`` ticks and quantities ``int`` lots, both positive; numpy's integers are accepted, floats are not,
    even whole ones, since they are usually prices in money. Orders match at the resting order's price, by price, then
    time unless told otherwise. Every instruction returns a :class:`~mmtui.book.OrderReport`; one that cannot be
    carried out is rejected with a stable reason and changes nothing. The book is never crossed and never holds an
    empty level.

    >>> from mmtui.book import OrderBook, Side
    >>> book = OrderBook()
    >>> book.limit(1, Side.SELL, 101, 5).status.value
    'resting'
    >>> book.market(2, Side.BUY, 3).trades[0].price
    101
    >>> book.quantity_at(Side.SELL, 101)
    2

    Args:
        symbol: a name, for the caller's use; each instrument has its own book.
        tick: the price grid; a price that is not a multiple of it is off the grid.
        self_trade: what to do when two orders of one owner meet. Orders without an owner never do.
        matching: how an order is shared out among those at one price.
    """

    __slots__ = ("_matching", "_orders", "_owners", "_self_trade", "asks", "bids", "symbol", "tick")

    def __init__(
        self,
        symbol: str = "",
        *,
        tick: int = 1,
        self_trade: SelfTrade = SelfTrade.ALLOW,
        matching: Matching = PRICE_TIME,
    ) -> None:
        if _whole(tick) < 1:
            raise ValueError(f"tick must be a positive integer, not {tick!r}")
        self.symbol = symbol
        self.tick = int(tick)
        self.bids = BookSide(_BUY)
        self.asks = BookSide(_SELL)
        self._orders: dict[int, PriceLevel] = {}
        self._owners: dict[int, str] = {}
        self._self_trade = self_trade
        self._matching = None if matching.by_time else matching

    # Instructions

    def limit(
        self,
        order_id: int,
        side: Side,
        price: int,
        quantity: int,
        time_in_force: TimeInForce = _GTC,
        post_only: bool = False,
        owner: str | None = None,
    ) -> OrderReport:
        """Trade up to ``quantity`` at ``price`` or better; by default the remainder rests.

        Args:
            order_id: an id that no live order has.
            side: BUY or SELL.
            price: in ticks.
            quantity: in lots.
            time_in_force: GTC rests the remainder, IOC cancels it, FOK trades all of it at once or nothing.
            post_only: reject the order when its price reaches the other side's best.
            owner: the order's owner, for self-trade prevention.
        """
        if order_id in self._orders:
            return _REJECTED[Reason.DUPLICATE_ID]
        if type(quantity) is not int:
            quantity = _whole(quantity)
        if quantity <= 0:
            return _REJECTED[Reason.BAD_QUANTITY]
        ticks = price if type(price) is int else _whole(price)
        if side is _BUY:
            own = self.bids
        elif side is _SELL:
            own = self.asks
        else:
            return _REJECTED[Reason.BAD_SIDE]
        level = own.prices.get(ticks)
        # The price of an existing level is on the grid and does not cross.
        if level is None:
            if ticks <= 0 or ticks % self.tick:
                return _REJECTED[_price_fault(price)]
            other, worst = (self.asks, ticks) if side is _BUY else (self.bids, -ticks)
            best = other.best
            if best is not None and best.key <= worst:
                if post_only:
                    return _REJECTED[Reason.WOULD_TRADE]
                return self._take(order_id, own, other, worst, quantity, time_in_force, owner)
        if time_in_force is not _GTC:
            return _UNFILLED[Reason.NOT_FILLABLE if time_in_force is _FOK else Reason.NO_LIQUIDITY]
        if level is None:
            level = own.open_level(ticks)
        level.queue[order_id] = quantity
        level.total += quantity
        self._orders[order_id] = level
        if self._matching is not None:
            if level is own.best and len(level.queue) == 1:
                own.top = order_id
            elif own.top == order_id:
                own.top = None
        if owner is not None:
            self._owners[order_id] = owner
        return _RESTING

    def market(self, order_id: int, side: Side, quantity: int, owner: str | None = None) -> OrderReport:
        """Trade up to ``quantity`` at any price; the remainder is cancelled."""
        if order_id in self._orders:
            return _REJECTED[Reason.DUPLICATE_ID]
        if type(quantity) is not int:
            quantity = _whole(quantity)
        if quantity <= 0:
            return _REJECTED[Reason.BAD_QUANTITY]
        if side is _BUY:
            return self._take(order_id, self.bids, self.asks, _ANY_PRICE, quantity, _IOC, owner)
        if side is _SELL:
            return self._take(order_id, self.asks, self.bids, _ANY_PRICE, quantity, _IOC, owner)
        return _REJECTED[Reason.BAD_SIDE]

    def cancel(self, order_id: int) -> OrderReport:
        """Cancel a resting order."""
        level = self._orders.pop(order_id, None)
        if level is None:
            return _REJECTED[Reason.UNKNOWN_ID]
        queue = level.queue
        level.total -= queue.pop(order_id)
        if not queue:
            level.side.close_level(level)
        if self._owners:
            self._owners.pop(order_id, None)
        return _CANCELLED

    def reduce(self, order_id: int, quantity: int) -> OrderReport:
        """Take ``quantity`` lots off a resting order, which keeps its place; at least one lot must remain."""
        level = self._orders.get(order_id)
        if level is None:
            return _REJECTED[Reason.UNKNOWN_ID]
        if type(quantity) is not int:
            quantity = _whole(quantity)
        if quantity <= 0:
            return _REJECTED[Reason.BAD_QUANTITY]
        left = level.queue[order_id] - quantity
        if left <= 0:
            return _REJECTED[Reason.NOT_A_REDUCTION]
        level.queue[order_id] = left
        level.total -= quantity
        return _RESTING

    def replace(self, order_id: int, price: int, quantity: int, post_only: bool = False) -> OrderReport:
        """Change a resting order's price and quantity; it goes to the back of the queue and may trade.

        A rejected replacement, also by post-only, leaves the old order unchanged.
        """
        level = self._orders.get(order_id)
        if level is None:
            return _REJECTED[Reason.UNKNOWN_ID]
        if type(quantity) is not int:
            quantity = _whole(quantity)
        if quantity <= 0:
            return _REJECTED[Reason.BAD_QUANTITY]
        ticks = price if type(price) is int else _whole(price)
        if ticks <= 0 or ticks % self.tick:
            return _REJECTED[_price_fault(price)]
        side = level.side.side
        if post_only:
            best = self.asks.best if side is _BUY else self.bids.best
            if best is not None and (ticks - best.price) * side >= 0:
                return _REJECTED[Reason.WOULD_TRADE]
        owner = self._owners.get(order_id)
        self.cancel(order_id)
        return self.limit(order_id, side, ticks, quantity, owner=owner)

    def clear(self) -> None:
        """Cancel every order."""
        self.bids.clear()
        self.asks.clear()
        self._orders.clear()
        self._owners.clear()

    # Queries

    @property
    def best_bid(self) -> int | None:
        """The highest bid in ticks, None without bids."""
        best = self.bids.best
        return None if best is None else best.price

    @property
    def best_ask(self) -> int | None:
        """The lowest ask in ticks, None without asks."""
        best = self.asks.best
        return None if best is None else best.price

    def best(self, side: Side) -> Depth | None:
        """Return the best level of a side (BUY: bids), None when it is empty."""
        best = self._side(side).best
        return None if best is None else Depth(best.price, best.total, len(best.queue))

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """Return the best ``levels`` levels of a side (all when None), best first."""
        return self._side(side).depth(levels)

    def orders(self, side: Side) -> list[Resting]:
        """Return every order of a side, in the order in which they trade."""
        owners = self._owners
        return [
            Resting(order_id, side, level.price, quantity, owners.get(order_id))
            for level in self._side(side).levels.values()
            for order_id, quantity in level.queue.items()
        ]

    def quantity_at(self, side: Side, price: int) -> int:
        """Return the lots resting on a side at a price."""
        level = self._side(side).at(price)
        return 0 if level is None else level.total

    def remaining(self, order_id: int) -> int | None:
        """Return the lots left of a resting order, None when it is not in the book."""
        level = self._orders.get(order_id)
        return None if level is None else level.queue[order_id]

    def price_of(self, order_id: int) -> int | None:
        """Return the price of a resting order, None when it is not in the book."""
        level = self._orders.get(order_id)
        return None if level is None else level.price

    def level_of(self, order_id: int) -> PriceLevel | None:
        """Return the level an order rests at, None when it is not in the book."""
        return self._orders.get(order_id)

    def queue_ahead(self, order_id: int) -> QueueAhead | None:
        """Return the lots and orders that trade before an order at its price; None when it is not in the book."""
        level = self._orders.get(order_id)
        if level is None:
            return None
        lots = orders = 0
        for other_id, quantity in level.queue.items():
            if other_id == order_id:
                break
            lots += quantity
            orders += 1
        return QueueAhead(lots, orders)

    def fault(self) -> str | None:
        """Return an inconsistency of the book, None if there is none; O(orders)."""
        orders = 0
        for side in (self.bids, self.asks):
            for level in side.levels.values():
                lots = level.queue.values()
                if level.total != sum(lots) or min(lots) < 1:
                    return f"level {level.price} does not add up"
                orders += len(lots)
        return None if orders == len(self) else f"{orders} orders rest, the book counts {len(self)}"

    def __contains__(self, order_id: object) -> bool:
        """Whether the order rests in the book."""
        return order_id in self._orders

    def __len__(self) -> int:
        """The number of resting orders."""
        return len(self._orders)

    # Matching

    def _side(self, side: Side) -> BookSide:
        return self.bids if side is _BUY else self.asks

    def _take(
        self,
        order_id: int,
        own: BookSide,
        other: BookSide,
        worst: float,
        quantity: int,
        time_in_force: TimeInForce,
        owner: str | None,
    ) -> OrderReport:
        """Match an order of side ``own`` against the levels of ``other`` as far as the key of its price there."""
        # Only an owner with orders in the book can meet one of its own.
        own_id = owner if self._owners and self._self_trade is not _ALLOW else None
        if time_in_force is _FOK and self._fillable(other, worst, quantity, own_id) < quantity:
            return _UNFILLED[Reason.NOT_FILLABLE]

        side, orders, owners = own.side, self._orders, self._owners
        trades: list[Trade] = []
        removed: tuple[int, ...] = ()
        stopped = False
        left = quantity
        level = other.best
        while left and not stopped and level is not None and level.key <= worst:
            if self._matching is not None:
                met = [] if own_id is None else [each for each in level.queue if owners.get(each) == own_id]
                if met and self._self_trade is _CANCEL_INCOMING:
                    stopped = True
                    break
                removed += (*met,)
                for maker_id in met:
                    self.cancel(maker_id)
                if not level.total:
                    level = other.best
                    continue
                if left < level.total:
                    trades += self._share(level, order_id, left, self._matching)
                    left = 0
                    break
            price, queue, total = level.price, level.queue, level.total
            gone: list[int] = []
            for maker_id, available in queue.items():
                if own_id is not None and owners.get(maker_id) == own_id:
                    if self._self_trade is _CANCEL_INCOMING:
                        stopped = True
                        break
                    removed += (maker_id,)
                elif available > left:
                    queue[maker_id] = available - left
                    trades.append(named_tuples.new(Trade, (price, left, maker_id, order_id, side)))
                    total -= left
                    left = 0
                    break
                else:
                    trades.append(named_tuples.new(Trade, (price, available, maker_id, order_id, side)))
                    left -= available
                gone.append(maker_id)
                total -= available
                del orders[maker_id]
                if owners:
                    owners.pop(maker_id, None)
                if not left:
                    break
            level.total = total
            if not total:
                other.close_level(level)
                level = other.best
            elif gone:
                level.drop(gone)

        if not left:
            return named_tuples.new(OrderReport, (_FILLED, tuple(trades), removed, None))
        if stopped:
            return OrderReport(OrderStatus.CANCELLED, tuple(trades), removed, Reason.SELF_TRADE)
        if time_in_force is not _GTC:
            return OrderReport(OrderStatus.CANCELLED, tuple(trades), removed, Reason.NO_LIQUIDITY)
        self.limit(order_id, side, int(worst if side is _BUY else -worst), left, _GTC, False, owner)
        return named_tuples.new(OrderReport, (OrderStatus.RESTING, tuple(trades), removed, None))

    def _share(self, level: PriceLevel, taker_id: int, quantity: int, matching: Matching) -> list[Trade]:
        """Trade fewer lots than a level has, by the rule that is not time alone."""
        side = level.side
        trades = []
        for maker_id, lots in allocate(level.queue, quantity, matching, side.top).items():
            trades.append(Trade(level.price, lots, maker_id, taker_id, side.side.opposite))
            if lots == level.queue[maker_id]:
                self.cancel(maker_id)
            else:
                self.reduce(maker_id, lots)
        return trades

    def _fillable(self, other: BookSide, worst: float, quantity: int, own_id: str | None) -> int:
        """Return the lots, up to about ``quantity``, that an order could trade now with self-trade prevention."""
        found = 0
        for level in other.levels.values():
            if found >= quantity or level.key > worst:
                break
            if own_id is None:
                found += level.total
                continue
            before = found
            for maker_id, available in level.queue.items():
                if self._owners.get(maker_id) != own_id:
                    found += available
                elif self._self_trade is _CANCEL_INCOMING:
                    return found if self._matching is None else before
        return found


def _whole(number: object) -> int:
    """Return an integer of another type (numpy's, for one) as an ``int``; 0 for anything else, booleans too."""
    return int(number) if isinstance(number, Integral) and not isinstance(number, bool) else 0


def _price_fault(price: object) -> Reason:
    """Return why a price is rejected: a positive number can only be off the grid."""
    number = isinstance(price, Real) and not isinstance(price, bool)
    return Reason.OFF_GRID if number and cast(float, price) > 0 else Reason.BAD_PRICE

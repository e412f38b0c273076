"""A limit order book as plain as can be: one list of orders in the order of their arrival, searched and sorted anew
for every question. Slow, and meant to be right at sight."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction

from mmtui.book import (
    PRICE_TIME,
    Depth,
    Matching,
    OrderReport,
    OrderStatus,
    QueueAhead,
    Reason,
    SelfTrade,
    Side,
    TimeInForce,
    Trade,
)


@dataclass
class Order:
    order_id: int
    side: Side
    price: int
    quantity: int
    owner: str | None
    top: bool = False


class NaiveBook:
    def __init__(self, tick: int, self_trade: SelfTrade, matching: Matching = PRICE_TIME) -> None:
        self.matching = matching
        self.tick = tick
        self.self_trade = self_trade
        self.orders: list[Order] = []

    def queue(self, side: Side) -> list[Order]:
        """The orders of a side, the first to trade first. (Sorting keeps the order of arrival within a price.)"""
        return sorted((order for order in self.orders if order.side is side), key=lambda order: -order.price * side)

    def find(self, order_id: int) -> Order | None:
        return next((order for order in self.orders if order.order_id == order_id), None)

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
        if self.find(order_id):
            return OrderReport(OrderStatus.REJECTED, reason=Reason.DUPLICATE_ID)
        fault = self.fault(price, quantity)
        if fault:
            return OrderReport(OrderStatus.REJECTED, reason=fault)
        if post_only and self.crosses(side, price):
            return OrderReport(OrderStatus.REJECTED, reason=Reason.WOULD_TRADE)
        order = Order(order_id, side, price, quantity, owner)
        if time_in_force is TimeInForce.FOK:
            rehearsal = deepcopy(self)
            if rehearsal.match(deepcopy(order)).status is not OrderStatus.FILLED:
                return OrderReport(OrderStatus.CANCELLED, reason=Reason.NOT_FILLABLE)
        report = self.match(order)
        if report.reason is Reason.NO_LIQUIDITY and time_in_force is TimeInForce.GTC:
            self.rest(order)
            return OrderReport(OrderStatus.RESTING, report.trades, report.removed)
        return report

    def market(self, order_id: int, side: Side, quantity: int, owner: str | None = None) -> OrderReport:
        beyond_all = max((order.price for order in self.orders), default=0) + 1 if side is Side.BUY else 0
        if self.find(order_id):
            return OrderReport(OrderStatus.REJECTED, reason=Reason.DUPLICATE_ID)
        if quantity <= 0:
            return OrderReport(OrderStatus.REJECTED, reason=Reason.BAD_QUANTITY)
        return self.match(Order(order_id, side, beyond_all, quantity, owner))

    def cancel(self, order_id: int) -> OrderReport:
        order = self.find(order_id)
        if order is None:
            return OrderReport(OrderStatus.REJECTED, reason=Reason.UNKNOWN_ID)
        self.orders.remove(order)
        return OrderReport(OrderStatus.CANCELLED)

    def reduce(self, order_id: int, quantity: int) -> OrderReport:
        order = self.find(order_id)
        if order is None:
            return OrderReport(OrderStatus.REJECTED, reason=Reason.UNKNOWN_ID)
        if quantity <= 0:
            return OrderReport(OrderStatus.REJECTED, reason=Reason.BAD_QUANTITY)
        if quantity >= order.quantity:
            return OrderReport(OrderStatus.REJECTED, reason=Reason.NOT_A_REDUCTION)
        order.quantity -= quantity
        return OrderReport(OrderStatus.RESTING)

    def replace(self, order_id: int, price: int, quantity: int, post_only: bool = False) -> OrderReport:
        old = self.find(order_id)
        if old is None:
            return OrderReport(OrderStatus.REJECTED, reason=Reason.UNKNOWN_ID)
        fault = self.fault(price, quantity)
        if fault:
            return OrderReport(OrderStatus.REJECTED, reason=fault)
        if post_only and self.crosses(old.side, price):
            return OrderReport(OrderStatus.REJECTED, reason=Reason.WOULD_TRADE)
        self.orders.remove(old)
        return self.limit(order_id, old.side, price, quantity, owner=old.owner)

    def clear(self) -> None:
        self.orders = []

    def depth(self, side: Side) -> list[Depth]:
        queue = self.queue(side)
        prices = list(dict.fromkeys(order.price for order in queue))
        levels = [[order.quantity for order in queue if order.price == price] for price in prices]
        return [Depth(price, sum(level), len(level)) for price, level in zip(prices, levels, strict=True)]

    def queue_ahead(self, order_id: int) -> QueueAhead | None:
        order = self.find(order_id)
        if order is None:
            return None
        level = [other for other in self.queue(order.side) if other.price == order.price]
        ahead = level[: level.index(order)]
        return QueueAhead(sum(other.quantity for other in ahead), len(ahead))

    def fault(self, price: int, quantity: int) -> Reason | None:
        if quantity <= 0:
            return Reason.BAD_QUANTITY
        if price <= 0:
            return Reason.BAD_PRICE
        return Reason.OFF_GRID if price % self.tick else None

    def crosses(self, side: Side, price: int) -> bool:
        return any((price - order.price) * side >= 0 for order in self.queue(side.opposite))

    def rest(self, order: Order) -> None:
        """Add an order; it is the top one if it betters all others of its side, which then are not."""
        others = [other for other in self.orders if other.side is order.side]
        if all((order.price - other.price) * order.side > 0 for other in others):
            order.top = True
            for other in others:
                other.top = False
        self.orders.append(order)

    def match(self, taker: Order) -> OrderReport:
        """Trade as far as the price allows; what is left of the taker is in its quantity."""
        if self.matching.top or self.matching.pro_rata:
            return self.match_shared(taker)
        trades: list[Trade] = []
        removed: list[int] = []
        for maker in self.queue(taker.side.opposite):
            if not taker.quantity or (taker.price - maker.price) * taker.side < 0:
                break
            if taker.owner is not None and taker.owner == maker.owner:
                if self.self_trade is SelfTrade.CANCEL_INCOMING:
                    return OrderReport(OrderStatus.CANCELLED, tuple(trades), tuple(removed), Reason.SELF_TRADE)
                if self.self_trade is SelfTrade.CANCEL_RESTING:
                    removed.append(maker.order_id)
                    self.orders.remove(maker)
                    continue
            quantity = min(taker.quantity, maker.quantity)
            trades.append(Trade(maker.price, quantity, maker.order_id, taker.order_id, taker.side))
            taker.quantity -= quantity
            maker.quantity -= quantity
            if not maker.quantity:
                self.orders.remove(maker)
        if taker.quantity:
            return OrderReport(OrderStatus.CANCELLED, tuple(trades), tuple(removed), Reason.NO_LIQUIDITY)
        return OrderReport(OrderStatus.FILLED, tuple(trades), tuple(removed))

    def match_shared(self, taker: Order) -> OrderReport:
        """The same under another rule than time alone, a price at a time."""
        trades: list[Trade] = []
        removed: list[int] = []
        while taker.quantity:
            queue = self.queue(taker.side.opposite)
            if not queue or (taker.price - queue[0].price) * taker.side < 0:
                return OrderReport(OrderStatus.CANCELLED, tuple(trades), tuple(removed), Reason.NO_LIQUIDITY)
            level = [order for order in queue if order.price == queue[0].price]
            own = [order for order in level if taker.owner is not None and order.owner == taker.owner]
            if own and self.self_trade is SelfTrade.CANCEL_INCOMING:
                return OrderReport(OrderStatus.CANCELLED, tuple(trades), tuple(removed), Reason.SELF_TRADE)
            if own and self.self_trade is SelfTrade.CANCEL_RESTING:
                removed += [order.order_id for order in own]
                self.orders = [order for order in self.orders if order not in own]
                level = [order for order in level if order not in own]
            for maker, lots in zip(level, self.parts(level, taker.quantity), strict=True):
                if lots:
                    trades.append(Trade(maker.price, lots, maker.order_id, taker.order_id, taker.side))
                    taker.quantity -= lots
                    maker.quantity -= lots
            self.orders = [order for order in self.orders if order.quantity]
        return OrderReport(OrderStatus.FILLED, tuple(trades), tuple(removed))

    def parts(self, level: list[Order], quantity: int) -> list[int]:
        """The lots of each order of a level, when an order of so many lots comes."""
        parts = [0] * len(level)

        def left(index: int) -> int:
            return level[index].quantity - parts[index]

        def one_after_the_other(lots: int, indices: list[int]) -> int:
            """Hand out lots one by one, to the first that has any left; returns how many nobody took."""
            while lots and (able := [index for index in indices if left(index)]):
                parts[able[0]] += 1
                lots -= 1
            return lots

        everybody = list(range(len(level)))
        if quantity >= sum(order.quantity for order in level):
            one_after_the_other(quantity, everybody)
            return parts
        if self.matching.top:
            quantity = one_after_the_other(quantity, [index for index in everybody if level[index].top])
        pro_rata = quantity * Fraction(str(self.matching.pro_rata)) // 1
        one_after_the_other(quantity - pro_rata, everybody)
        there = sum(map(left, everybody))
        exact = [Fraction(pro_rata * left(index), there) // 1 if there else 0 for index in everybody]
        shares = [share if share >= self.matching.minimum else 0 for share in exact]
        parts[:] = [part + share for part, share in zip(parts, shares, strict=True)]
        one_after_the_other(pro_rata - sum(shares), everybody)
        return parts

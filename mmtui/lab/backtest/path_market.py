"""A market along a price path, in which only a fill model makes trades.

Around each price others bid and offer half a spread away, rounded outwards to the tick, with the same size at each of
ten ticks. Instructions take effect at the first price at least the latency later; an order that would then trade at
once is refused, and one that a price has passed without filling it is withdrawn, since no book could hold it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from mmtui.book import Side, Trade
from mmtui.desk import Desk, Fill
from mmtui.market.core.clock import Scheduler, Stream
from mmtui.market.core.draws import Ints
from mmtui.market.core.exchange import FIRST_BACKGROUND, TAKERS, Exchange
from mmtui.market.core.gateway import Event, Gateway, Limits, MakerOrder
from mmtui.market.hedges.hedge_gateway import HedgeGateway, HedgeOrder
from mmtui.market.hedges.instruments import HedgePrice
from mmtui.session.view import View
from mmtui.strategies.protocol import Rules
from mmtui.strategies.quoter import Action, CancelOrder, PlaceOrder, ReduceOrder

_LEVELS = 10
#: Prices this near the grid are on it.
_ON_TICK = 1e-9
_UNLIMITED = 2**62


class Others:
    """Quotes others around a given price, and fills the orders of the one maker, which rest among theirs.

    Args:
        exchange: where they quote.
        spread: ticks between the others' best prices, at least.
        size: lots at each of their prices.
    """

    def __init__(self, exchange: Exchange, spread: float, size: int) -> None:
        self._exchange = exchange
        self._half_spread = spread / 2
        self._size = size
        self._ids = exchange.id_range(FIRST_BACKGROUND)
        self._takers = exchange.id_range(TAKERS)
        self._touch = 0, 0
        #: Their orders by price.
        self._orders: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}

    def move(self, now_ns: int, price: float) -> None:
        """Move their quotes to a price, in ticks, and withdraw the maker's orders that it has passed."""
        bid = max(1, math.floor(price - self._half_spread + _ON_TICK))
        ask = max(bid + 1, math.ceil(price + self._half_spread - _ON_TICK))
        if self._touch == (bid, ask):
            return
        self._touch = bid, ask
        ladder = self._exchange.ladder
        wanted = {Side.BUY: range(bid, max(0, bid - _LEVELS), -1), Side.SELL: range(ask, ask + _LEVELS)}
        for side, prices in wanted.items():
            resting = self._orders[side]
            for gone in [at for at in resting if at not in prices]:
                ladder.cancel(resting.pop(gone))
        passed = [level for level in ladder.sorted(Side.BUY) if level.price >= ask]
        passed += [level for level in ladder.sorted(Side.SELL) if level.price <= bid]
        for order_id in [order_id for level in passed for order_id in level.queue]:
            self._exchange.expel(now_ns, order_id)
        for side, prices in wanted.items():
            resting = self._orders[side]
            for at in prices:
                if at not in resting:
                    resting[at] = order_id = self._ids.one()
                    ladder.rest(order_id, side, at, self._size)

    def fill(self, now_ns: int, order: MakerOrder, quantity: int, mid_before: float) -> None:
        """Fill lots of a maker's order and withdraw what is left of it. The trade is not printed."""
        self._exchange.cancel(order.order_id)
        trade = Trade(order.price, quantity, order.order_id, self._takers.one(), order.side.opposite)
        self._exchange.report(now_ns, trade, mid_before)
        if order.quantity:
            self._exchange.expel(now_ns, order.order_id)

    def print_trade(self, now_ns: int, side: Side, price: int, quantity: int) -> None:
        """Print a trade whose taker is on a side."""
        trade = Trade(price, quantity, FIRST_BACKGROUND, self._takers.one(), side)
        self._exchange.settle(now_ns, [trade], price)


class PathMarket:
    """The market along a path, with one maker in it.

    Args:
        rules: the rules that the strategy sees.
        spread: ticks between the others' best prices, at least.
        size: lots at each of their prices.
        desk: the maker's books.
        fee_bps: fee of a fill in basis points of its value.

    Attributes:
        exchange: the exchange.
        others: those who quote around the path.
        gateway: the maker's line to it.
        view: what the strategy sees.
    """

    def __init__(self, rules: Rules, spread: float, size: int, desk: Desk, fee_bps: float = 0.0) -> None:
        self.exchange = Exchange("PATH")
        self.others = Others(self.exchange, spread, size)
        self._clock = Scheduler([self], 0, rules.end_ns + 1)
        # The position limit holds when orders are filled, see fill.
        limits = Limits(_UNLIMITED, rules.max_order, rules.latency_ns)
        self.gateway = Gateway(self.exchange, self._clock, 0, limits, self)
        self._rules = rules
        self._desk = desk
        self._fee = rules.tick_value, fee_bps
        hedges = HedgeGateway({}, self._clock, rules.latency_ns, self)
        self.view = View(rules, self.exchange, self._clock, self.gateway, desk, {}, hedges)

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """No events: others do nothing but requote in :meth:`move`."""
        none: Ints = np.empty(0, dtype=np.int64)
        return [Stream(none, self.others.move, none)]

    def move(self, now_ns: int, price: float) -> None:
        """Go to the next price, in ticks: orders that it has passed are withdrawn, and instructions arrive."""
        self.others.move(now_ns, price)
        self._clock.advance(now_ns)

    def send(self, actions: Iterable[Action]) -> None:
        """Send a maker's instructions; those without latency arrive."""
        for action in actions:
            match action:
                case CancelOrder(order_id):
                    self.gateway.cancel(order_id)
                case ReduceOrder(order_id, quantity):
                    self.gateway.reduce(order_id, quantity)
                case PlaceOrder(side, price, quantity):
                    self.gateway.quote(side, price, quantity)
        self._clock.advance(self._clock.now_ns)

    def fill(self, now_ns: int, side: Side, reach: float, mid_before: float) -> list[Fill]:
        """Fill the maker's orders on a side that are reached, oldest first, as far as the position limit allows.

        Args:
            now_ns: when it is booked.
            side: the maker's.
            reach: the price, in ticks, as far as which orders are filled.
            mid_before: the price before, in ticks.
        """
        before = len(self._desk.fills)
        for order in list(self.gateway.orders.values()):
            quantity = min(order.quantity, self._rules.position_limit - side * self.gateway.position)
            if order.working and order.side is side and side * (order.price - reach) >= 0 and quantity > 0:
                self.others.fill(now_ns, order, quantity, mid_before)
        return self._desk.fills[before:]

    # What the gateways report

    def on_fill(self, now_ns: int, order: MakerOrder, trade: Trade, mid_before: float, maker: bool) -> None:
        """Book a fill."""
        price, quantity = trade.price, trade.quantity
        tick_value, fee_bps = self._fee
        fee = price * quantity * tick_value * fee_bps * 1e-4
        self._desk.fill(
            now_ns, order.side, price, quantity, mid_before, fee, maker=maker, order_id=order.order_id, manual=False
        )

    def on_event(self, now_ns: int, event: Event, order: MakerOrder, reason: str | None) -> None:
        """Nothing else is recorded of orders."""

    def on_hedge(self, now_ns: int, order: HedgeOrder, price: HedgePrice, refusal: str | None) -> None:
        """There is nothing to hedge with."""

"""Traders made to act, and what reaches the exchange when they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mmtui.book import Side
from mmtui.market.core.clock import Action, Actor, EventSource, Scheduler, Stream
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.ladder import NOTHING, PriceLadder, Taken
from mmtui.market.traders.noise import LimitOrders
from mmtui.units import NS_PER_S

MINUTE_NS = 60 * NS_PER_S


class Sent(NamedTuple):
    """An order as a trader sends it; of one that takes, the price is the worst that it accepts."""

    now_ns: int
    order_id: int
    side: Side
    price: int
    quantity: int


class StillBook(PriceLadder):
    """A book that is told what it holds.

    Attributes:
        prices: of orders by id.
        queues: the lots at the best price of each side.
    """

    def __init__(self, bid: int, ask: int) -> None:
        super().__init__(bid, ask)
        self.prices: dict[int, int] = {}
        self.queues = {Side.BUY: 10, Side.SELL: 10}

    def price_of(self, order_id: int) -> int:
        return self.prices.get(order_id, 0)

    def touch_lots(self, side: Side) -> int:
        return self.queues[side]


class NotingExchange(Exchange):
    """An exchange whose best prices move only when told: it notes what it is sent and does nothing of it.

    Attributes:
        taking, resting: orders, in the order of time.
        withdrawn: time and id.
        still: its book.
    """

    def __init__(self, bid: int = 10_000, ask: int = 10_010) -> None:
        self.still = StillBook(bid, ask)
        super().__init__("TEST", self.still)
        self.taking: list[Sent] = []
        self.resting: list[Sent] = []
        self.withdrawn: list[tuple[int, int]] = []

    def move_to(self, bid: int, ask: int) -> None:
        """Set the best prices."""
        self.ladder.best_bid, self.ladder.best_ask = bid, ask

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        self.resting.append(Sent(now_ns, order_id, side, price, quantity))
        self.still.prices[order_id] = price
        return True

    def withdraw(self, now_ns: int, order_id: int) -> None:
        self.withdrawn.append((now_ns, order_id))
        del self.still.prices[order_id]

    def take(self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int) -> Taken:
        self.taking.append(Sent(now_ns, order_id, side, worst, quantity))
        return NOTHING


def events(source: EventSource, minute: int) -> Iterator[tuple[int, Action, int]]:
    """Time, action and row of what a trader does in a minute, in the order of time."""
    streams = source.draw(minute * MINUTE_NS, (minute + 1) * MINUTE_NS)
    drawn = [
        (time, action_of(stream), row)
        for stream in streams
        for time, row in zip(stream.times.tolist(), stream.rows.tolist(), strict=True)
    ]
    yield from sorted(drawn, key=lambda event: event[0])


def action_of(stream: Stream) -> Action:
    """What is done at the events of a stream, all of one kind."""
    actor = stream.actor
    return (lambda now_ns, row: actor.act(now_ns, 0, row)) if isinstance(actor, Actor) else actor


def act(source: EventSource, minutes: int, first: int = 0) -> None:
    """Carry out all that a trader does in some minutes, and what it sets itself to do in them."""
    clock = Scheduler([source], first * MINUTE_NS, MINUTE_NS)
    if isinstance(source, LimitOrders):
        source.start(clock)
    clock.advance((first + minutes) * MINUTE_NS - 1)


def where(exchange: Exchange, order_id: int) -> tuple[Side, int] | None:
    """Side and price, in ticks, of an order in the book; None of one that is not there."""
    orders = (order for side in Side for order in exchange.orders(side))
    return next(((order.side, order.price) for order in orders if order.order_id == order_id), None)


def orders_of(exchange: Exchange) -> set[int]:
    """Ids of the orders that rest."""
    return {order.order_id for side in Side for order in exchange.orders(side)}

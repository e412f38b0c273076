"""A maker's line to the exchange: order latency, the risk limits checked on arrival, and its orders' state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from mmtui.book import Reason, Side, Trade
from mmtui.market.core.clock import Actor, Scheduler
from mmtui.market.core.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Limits:
    """What the exchange enforces for one maker, in lots and nanoseconds.

    Attributes:
        position: the largest absolute position; an order that could exceed it, with all that rests on its side, is
            rejected whole.
        order: the largest order.
        latency_ns: how long an instruction takes to reach the exchange.
    """

    position: int
    order: int
    latency_ns: int


BUY = Side.BUY

#: What arrives: the instruction to quote, to take, to cancel or to reduce.
_QUOTE, _TAKE, _CANCEL, _REDUCE = range(4)

#: Why the book refuses an order, for the maker to read.
_IN_WORDS: dict[Reason, str] = {
    Reason.WOULD_TRADE: "it would trade at once",
    Reason.BAD_PRICE: "a price is at least one tick",
    Reason.SELF_TRADE: "it would trade with an order of your own",
}


class Event(IntEnum):
    """What became of a maker's instruction. The numbers enter the session's digest."""

    ACCEPTED = 1
    REJECTED = 2
    CANCELLED = 3
    REDUCED = 4
    FILLED = 5
    UNFILLED = 6


_ACCEPTED, _REJECTED, _CANCELLED = Event.ACCEPTED, Event.REJECTED, Event.CANCELLED
_REDUCED, _UNFILLED = Event.REDUCED, Event.UNFILLED


class MakerOrder:
    """One of a maker's orders.

    Attributes:
        quantity: lots left.
        immediate: it trades on arrival or not at all, and never rests.
        manual: the player placed it, not a strategy.
        working: it has reached the exchange and rests there.
        pending_cancel: its cancellation is on its way.
        reducing: lots that instructions on their way will take off it.
    """

    __slots__ = (
        "immediate",
        "manual",
        "order_id",
        "pending_cancel",
        "price",
        "quantity",
        "reducing",
        "side",
        "working",
    )

    def __init__(
        self, order_id: int, side: Side, price: int, quantity: int, immediate: bool = False, manual: bool = False
    ) -> None:
        self.order_id = order_id
        self.side = side
        self.price = price
        self.quantity = quantity
        self.immediate = immediate
        self.manual = manual
        self.working = self.pending_cancel = False
        self.reducing = 0

    @property
    def leaves_quantity(self) -> int:
        """Lots that rest once every instruction on its way has arrived, if nothing trades until then."""
        return 0 if self.pending_cancel or self.immediate else max(0, self.quantity - self.reducing)


class GatewayListener(Protocol):
    """Who a gateway reports to."""

    def on_fill(self, now_ns: int, order: MakerOrder, trade: Trade, mid_before: float, maker: bool) -> None:
        """One of the orders traded; ``order.quantity`` is what is left of it."""

    def on_event(self, now_ns: int, event: Event, order: MakerOrder, reason: str | None) -> None:
        """An order was accepted, rejected, cancelled, reduced, or what was left of it was not filled."""


class Gateway(Actor):
    """Sends a maker's orders; each instruction arrives ``latency_ns`` later, in the order of sending.

    Attributes:
        orders: order id to order, from its sending until it is filled, cancelled or rejected.
        position: signed lots.
        bid_lots, ask_lots: price in ticks to own lots resting there.
        bid_total, ask_total: own lots resting on each side.
        changes: how often an order or what is to become of it has changed so far.
        lots_changes: how often the lots that rest have; a withdrawal that was asked for changes only these.
    """

    def __init__(
        self, exchange: Exchange, clock: Scheduler, index: int, limits: Limits, listener: GatewayListener
    ) -> None:
        self.orders: dict[int, MakerOrder] = {}
        self.position = 0
        self.bid_lots: dict[int, int] = {}
        self.ask_lots: dict[int, int] = {}
        self.bid_total = 0
        self.ask_total = 0
        self.changes = 0
        self.lots_changes = 0
        self._exchange = exchange
        self._clock = clock
        self._limits = limits
        self._listener = listener
        self._next_id = exchange.id_range(index)
        self._arrivals = clock.enter(self)
        #: By number, the order and the lots of reductions on their way.
        self._reductions: dict[int, tuple[int, int]] = {}
        self._reduced = 0
        exchange.listen(index, self._on_trade, self._gone)

    # Instructions: each is carried out when it arrives

    def quote(self, side: Side, price: int, quantity: int, manual: bool = False) -> None:
        """Rest an order; it is rejected if it would trade on arrival."""
        self._send(_QUOTE, self._open(side, price, quantity, False, manual))

    def take(self, side: Side, worst: int, quantity: int, *, manual: bool = False) -> None:
        """Trade at once at ``worst`` or better; what does not trade is cancelled."""
        self._send(_TAKE, self._open(side, worst, quantity, True, manual))

    def cancel(self, order_id: int) -> None:
        """Withdraw an order."""
        order = self.orders.get(order_id)
        if order is not None and not order.pending_cancel:
            order.pending_cancel = True
            self.changes += 1
            self._send(_CANCEL, order_id)

    def reduce(self, order_id: int, quantity: int) -> None:
        """Take ``quantity`` lots off an order, which keeps its place; one that has no more left is withdrawn."""
        order = self.orders.get(order_id)
        if order is not None:
            order.reducing += quantity
            self.changes += 1
            self._reduced += 1
            self._reductions[self._reduced] = order_id, quantity
            self._send(_REDUCE, self._reduced)

    def limit(self, limits: Limits) -> None:
        """Have other limits hold from now on; what rests already stays."""
        self._limits = limits

    # Queries

    def lots(self, side: Side) -> dict[int, int]:
        """Price in ticks to own lots resting there, on a side."""
        return self.bid_lots if side is BUY else self.ask_lots

    # Arrivals

    def _open(self, side: Side, price: int, quantity: int, immediate: bool, manual: bool) -> int:
        order_id = self._next_id.one()
        self.changes += 1
        self.orders[order_id] = MakerOrder(order_id, side, price, quantity, immediate, manual)
        return order_id

    def _send(self, kind: int, row: int) -> None:
        self._clock.set(self._clock.now_ns + self._limits.latency_ns, self._arrivals + kind, row)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Carry out an instruction that arrives, for the order of an id, or the reduction of a number."""
        if kind == _QUOTE:
            self._arrive_quote(now_ns, row)
        elif kind == _CANCEL:
            self._arrive_cancel(now_ns, row)
        elif kind == _TAKE:
            self._arrive_take(now_ns, row)
        else:
            self._arrive_reduce(now_ns, *self._reductions.pop(row))

    def _refusal(self, now_ns: int, order: MakerOrder) -> str | None:
        if not 0 < order.quantity <= self._limits.order:
            return f"an order is 1 to {self._limits.order} lots, not {order.quantity}"
        resting = self.bid_total if order.side is BUY else self.ask_total
        committed = order.side * self.position + resting + order.quantity
        if committed > self._limits.position:
            counted = " with what rests" if resting else ""
            return f"position limit {self._limits.position}: this order could make it {committed}{counted}"
        return self._exchange.refusal(now_ns, order.side, order.price, order.immediate)

    def _arrive_quote(self, now_ns: int, order_id: int) -> None:
        order = self.orders[order_id]
        refusal = self._refusal(now_ns, order)
        if refusal is None:
            reason = self._exchange.quote(order_id, order.side, order.price, order.quantity)
            if reason is None:
                order.working = True
                self._add_lots(order, order.quantity)
                self._listener.on_event(now_ns, _ACCEPTED, order, None)
                return
            refusal = _IN_WORDS[reason]
        self._forget(order_id)
        self._listener.on_event(now_ns, _REJECTED, order, refusal)

    def _arrive_take(self, now_ns: int, order_id: int) -> None:
        order = self.orders[order_id]
        refusal = self._refusal(now_ns, order)
        if refusal is not None:
            self._forget(order_id)
            self._listener.on_event(now_ns, _REJECTED, order, refusal)
            return
        self._listener.on_event(now_ns, _ACCEPTED, order, None)
        taken = self._exchange.take(now_ns, order_id, order.side, order.quantity, order.price)
        for own_id in taken.removed:
            self._gone(now_ns, own_id)
        if order_id in self.orders:
            self._forget(order_id)
            self._listener.on_event(now_ns, _UNFILLED, order, None)

    def _arrive_cancel(self, now_ns: int, order_id: int) -> None:
        if order_id in self.orders:
            self._exchange.cancel(order_id)
            self._gone(now_ns, order_id)

    def _arrive_reduce(self, now_ns: int, order_id: int, quantity: int) -> None:
        order = self.orders.get(order_id)
        if order is None:
            return
        order.reducing -= quantity
        self.changes += 1
        if quantity >= order.quantity:
            self._arrive_cancel(now_ns, order_id)
        else:
            self._exchange.reduce_quote(order_id, quantity)
            order.quantity -= quantity
            self._add_lots(order, -quantity)
            self._listener.on_event(now_ns, _REDUCED, order, None)

    def _gone(self, now_ns: int, order_id: int) -> None:
        order = self.orders.pop(order_id)
        if not (order.pending_cancel and order.working):
            self.changes += 1
        if order.working:
            self._add_lots(order, -order.quantity)
        self._listener.on_event(now_ns, _CANCELLED, order, None)

    def _on_trade(self, now_ns: int, trade: Trade, mid_before: float, maker: bool) -> None:
        order = self.orders[trade.maker_id if maker else trade.taker_id]
        order.quantity -= trade.quantity
        self.position += order.side * trade.quantity
        if order.working:
            self._add_lots(order, -trade.quantity)
        self.changes += 1
        if order.quantity == 0:
            del self.orders[order.order_id]
        self._listener.on_fill(now_ns, order, trade, mid_before, maker)

    def _forget(self, order_id: int) -> None:
        self.changes += 1
        del self.orders[order_id]

    def _add_lots(self, order: MakerOrder, quantity: int) -> None:
        self.lots_changes += 1
        if order.side is BUY:
            lots = self.bid_lots
            self.bid_total += quantity
        else:
            lots = self.ask_lots
            self.ask_total += quantity
        left = lots.get(order.price, 0) + quantity
        if left:
            lots[order.price] = left
        else:
            del lots[order.price]

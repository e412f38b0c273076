"""Hedges in a session: orders on their way to those who quote them, and the desk that books what they bring."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from mmtui.book import Side
from mmtui.desk import Desk, HedgeBook
from mmtui.market.core.gateway import Event
from mmtui.market.hedges.hedge_gateway import HedgeGateway, HedgeOrder
from mmtui.market.hedges.instruments import HedgePrice
from mmtui.market.kinds import AnyMarket
from mmtui.session.digest import Digest
from mmtui.strategies.protocol import HedgeQuote

_HEDGE_RECORD = 5


def hedge_book(market: AnyMarket) -> HedgeBook:
    """An empty book of the market's hedge instruments, marked half-way between their quotes."""
    tick_values = {name: hedge.spec.tick_value for name, hedge in market.hedges.items()}
    return HedgeBook(tick_values, mark_of=partial(_mark, market), ratio_of=partial(_ratio, market))


def _mark(market: AnyMarket, name: str) -> float:
    return market.hedges[name].price(market.clock.now_ns).mark


def _ratio(market: AnyMarket, name: str) -> float:
    return market.hedges[name].price(market.clock.now_ns).ratio


class HedgeFill(msgspec.Struct, frozen=True):
    """A trade of the maker's in a hedge instrument.

    Attributes:
        at_ns: when.
        instrument: its name.
        side, price, quantity: contracts, at a price in the instrument's own ticks.
        fee: currency.
        net_after: signed lots of the book that carry the risk of all that is held afterwards.
    """

    at_ns: int
    instrument: str
    side: Side
    price: int
    quantity: int
    fee: float
    net_after: float


class Hedging:
    """Sends hedge orders, books their fills, and notifies the player of rejections.

    Args:
        market: the market.
        latency_ns: how long an order takes, as in the book.
        desk: where fills are booked.
        digest: takes in every order that arrives.
        notices: sentences for the player.

    Attributes:
        gateway: positions held and orders on their way.
        fills: every own trade, oldest first.
    """

    def __init__(self, market: AnyMarket, latency_ns: int, desk: Desk, digest: Digest, notices: list[str]) -> None:
        self.gateway = HedgeGateway(market.hedges, market.clock, latency_ns, self)
        self.fills: list[HedgeFill] = []
        self._market = market
        self._desk = desk
        self._digest = digest
        self._notices = notices
        self._numbers = {name: number for number, name in enumerate(market.hedges)}

    def trade(self, hedge: HedgeQuote, contracts: int) -> None:
        """Trade signed contracts for the player."""
        if contracts:
            side = Side.BUY if contracts > 0 else Side.SELL
            self.gateway.send(HedgeOrder(hedge.name, side, abs(contracts), manual=True))

    def cover(self, hedge: HedgeQuote, position: int) -> None:
        """Trade, for the player, what is missing to hedge a position, counting orders on their way as traded."""
        wanted = hedge.against(position)
        if position and not wanted:
            self._notices.append(f"{hedge.name} does not hedge a position of {position:+} lots")
        self.trade(hedge, wanted - hedge.position - hedge.coming)

    def carry_out(self, orders: Sequence[HedgeOrder]) -> None:
        """Send a strategy's orders."""
        for order in orders:
            self.gateway.send(order)

    def on_hedge(self, now_ns: int, order: HedgeOrder, price: HedgePrice, refusal: str | None) -> None:
        """Book an order that has arrived, or notify the player why it was rejected."""
        event = Event.FILLED if refusal is None else Event.REJECTED
        paid = price.ask if order.side is Side.BUY else price.bid
        self._digest.add((_HEDGE_RECORD, now_ns, event, self._numbers[order.name], order.side, paid, order.quantity))
        if refusal is None:
            fee = order.quantity * self._market.hedges[order.name].spec.fee
            self._desk.hedge_fill(now_ns, order.name, order.side, paid, order.quantity, price.mark, fee)
            self.fills.append(HedgeFill(now_ns, order.name, order.side, paid, order.quantity, fee, self._desk.net))
        elif order.manual:
            self._notices.append(f"{order.side.name.lower()} {order.quantity} {order.name} rejected: {refusal}")

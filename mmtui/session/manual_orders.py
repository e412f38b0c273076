"""Manual orders: what each command does to the orders, quotes that follow the market, and one step back."""

from __future__ import annotations

from typing import NamedTuple

from mmtui.book import Side
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.gateway import Gateway, MakerOrder
from mmtui.session.commands import (
    AnyCommand,
    Cancel,
    Flatten,
    Join,
    Move,
    Peg,
    Quote,
    Reverse,
    Shift,
    Take,
    Undo,
)
from mmtui.session.sending import send
from mmtui.signals.microprice import microprice
from mmtui.strategies.combined.hedged import chosen
from mmtui.strategies.excluding_own import others_mid, others_touch
from mmtui.strategies.protocol import MarketView, Quotes
from mmtui.strategies.quoter import requote


class _RestingQuote(NamedTuple):
    """A quote as it stood: lots at a price."""

    side: Side
    price: int
    lots: int


class ManualOrders:
    """Carries out the player's own commands.

    Args:
        gateway, exchange, clock, view: the maker's.
        position_limit, max_order: in lots.
        interval_ns: how often pegged quotes look at the market; they also do after each own fill.
        notices: where sentences for the player go.

    Attributes:
        peg: what the quotes follow; None while they are fixed.
    """

    def __init__(
        self,
        gateway: Gateway,
        exchange: Exchange,
        clock: Scheduler,
        view: MarketView,
        *,
        position_limit: int,
        max_order: int,
        interval_ns: int,
        notices: list[str],
    ) -> None:
        self.peg: Peg | None = None
        self._gateway = gateway
        self._exchange = exchange
        self._clock = clock
        self._view = view
        self._position_limit = position_limit
        self._max_order = max_order
        self._interval_ns = interval_ns
        self._notices = notices
        self._following = 0
        self._followed_after_fill_ns = -1
        self._before: tuple[list[_RestingQuote], Peg | None] | None = None
        self._filled = {Side.BUY: 0, Side.SELL: 0}

    def do(self, command: AnyCommand) -> None:
        """Carry out a command now."""
        match command:
            case Take(side, size, protection):
                self._take(side, size, protection)
                return
            case Undo():
                self._undo()
                return
        self._remember()
        self.fix()
        match command:
            case Quote(side, price, size, add):
                self._quote(side, price, size, add=add)
            case Join(side, size, improve, add):
                self._quote(side, self._joined(side, improve), size, add=add)
            case Shift(bid, ask):
                step = self._exchange.step
                moves = {Side.BUY: bid * step, Side.SELL: ask * step}
                self._move([(order, moves[order.side]) for order in self._working() if moves[order.side]])
            case Move(side, price, to):
                found = [order for order in self._working() if order.side is side and order.price == price]
                self._move([(order, to - price) for order in found if to != price])
            case Cancel(wanted, at):
                for order in self._working():
                    if wanted in (None, order.side) and at in (None, order.price):
                        self._gateway.cancel(order.order_id)
            case Flatten(protection):
                self._trade_away(1, protection)
            case Reverse(protection):
                self._trade_away(2, protection)
            case Peg():
                self.follow(command)

    # Orders

    def _working(self) -> list[MakerOrder]:
        return [order for order in self._gateway.orders.values() if order.leaves_quantity]

    def _joined(self, side: Side, improve: int) -> int:
        exchange = self._exchange
        step = exchange.step
        if side is Side.BUY:
            return min(exchange.best_bid + improve * step, exchange.best_ask - step)
        return max(exchange.best_ask - improve * step, exchange.best_bid + step)

    def _quote(self, side: Side, price: int, size: int, *, add: bool) -> None:
        """Add an order, or leave one on the side: at the price, with the size. One that serves keeps its place."""
        keep = None
        for order in self._working():
            if order.side is side and not add:
                if keep is None and order.price == price and order.leaves_quantity >= size:
                    keep = order
                else:
                    self._gateway.cancel(order.order_id)
        if keep is None:
            self._gateway.quote(side, price, size, manual=True)
        elif keep.leaves_quantity > size:
            self._gateway.reduce(keep.order_id, keep.leaves_quantity - size)

    def _move(self, moves: list[tuple[MakerOrder, int]]) -> None:
        sizes = [order.leaves_quantity for order, _ in moves]
        # All are cancelled first, so that no new quote meets an old one of the other side.
        for order, _ in moves:
            self._gateway.cancel(order.order_id)
        for (order, ticks), size in zip(moves, sizes, strict=True):
            self._gateway.quote(order.side, order.price + ticks, size, manual=True)

    def _trade_away(self, times: int, protection: int) -> None:
        """Withdraw all orders and trade so many times the position against it."""
        for order in self._working():
            self._gateway.cancel(order.order_id)
        # What is on its way to trade counts as traded, or asking twice would turn the position around.
        position = self._gateway.position + sum(
            order.side * order.quantity for order in self._gateway.orders.values() if order.immediate
        )
        if position:
            self._take(Side.SELL if position > 0 else Side.BUY, times * abs(position), protection)

    def _take(self, side: Side, size: int, protection: int) -> None:
        """Trade at once, no more than the position limit leaves room for, in orders that the exchange takes."""
        best = self._exchange.best_ask if side is Side.BUY else self._exchange.best_bid
        worst = max(1, best + side * protection)
        size = min(size, 2 * self._position_limit)
        while size > 0:
            part = min(size, self._max_order)
            self._gateway.take(side, worst, part, manual=True)
            size -= part

    # Following the market

    def follow(self, peg: Peg) -> None:
        """Let the quotes follow the market from now on."""
        self.peg = peg
        self._following += 1
        self._look(self._clock.now_ns, self._following)

    def fix(self) -> None:
        """Leave the quotes where they are."""
        self.peg = None
        self._following += 1

    def _look(self, now_ns: int, following: int) -> None:
        """Requote, and again after the interval; a timer of an earlier peg has another ``following``, and lapses."""
        if following == self._following:
            self._clock.at(now_ns + self._interval_ns, self._look, following)
            self._requote()

    def _look_after_fill(self, now_ns: int, following: int) -> None:
        if following == self._following:
            self._requote()

    def _requote(self) -> None:
        peg = self.peg
        assert peg is not None
        view = self._view
        quotes = Quotes.around(self._centre(peg.reference) + peg.skew, peg.half_spread, peg.size)
        send(self._gateway, requote(quotes, view), manual=True)

    def _centre(self, reference: str) -> float:
        """What pegged quotes stand about, in ticks."""
        view = self._view
        if reference == "microprice":
            return self._others_microprice()
        index = chosen(view, None, "index") if reference == "index" else None
        return others_mid(view) if index is None else index.carried / view.rules.tick

    def _others_microprice(self) -> float:
        """The microprice without one's own lots, which would otherwise pull it along."""
        bid, ask = others_touch(self._view)
        return microprice(bid, self._others_lots(Side.BUY, bid), ask, self._others_lots(Side.SELL, ask))

    def _others_lots(self, side: Side, price: int) -> int:
        total = next((level.quantity for level in self._view.depth(side) if level.price == price), 0)
        return max(0, total - self._gateway.lots(side).get(price, 0))

    def on_fill(self, now_ns: int, side: Side, quantity: int, *, maker: bool) -> None:
        """An own order traded: pegged quotes look again once this event is over."""
        if maker:
            self._filled[side] += quantity
        if self.peg is not None and self._followed_after_fill_ns != now_ns:
            self._followed_after_fill_ns = now_ns
            self._clock.at(now_ns, self._look_after_fill, self._following)

    # One step back

    def _standing(self) -> list[_RestingQuote]:
        orders = self._gateway.orders.values()
        return [_RestingQuote(order.side, order.price, left) for order in orders if (left := order.leaves_quantity)]

    def _remember(self) -> None:
        self._before = self._standing(), self.peg
        self._filled = {Side.BUY: 0, Side.SELL: 0}

    def _undo(self) -> None:
        """Bring back the quotes of before, but for what has traded since."""
        if self._before is None:
            self._notices.append("There is nothing to undo")
            return
        (standing, peg), filled = self._before, dict(self._filled)
        self._remember()
        self.fix()
        wanted = []
        # The best price of a side is what traded first.
        for side, price, lots in sorted(standing, key=lambda quote: -quote.side * quote.price):
            gone = min(lots, filled[side])
            filled[side] -= gone
            if lots > gone:
                wanted.append(_RestingQuote(side, price, lots - gone))
        for order in self._working():
            serves = (quote for quote in wanted if (quote.side, quote.price) == (order.side, order.price))
            found = next((quote for quote in serves if quote.lots <= order.leaves_quantity), None)
            if found is None:
                self._gateway.cancel(order.order_id)
                continue
            wanted.remove(found)
            if found.lots < order.leaves_quantity:
                self._gateway.reduce(order.order_id, order.leaves_quantity - found.lots)
        for side, price, lots in wanted:
            self._gateway.quote(side, price, lots, manual=True)
        if peg is not None:
            self.follow(peg)

"""What a strategy is shown: the market as a trader could see it, computed when read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mmtui.book import Depth, Side
from mmtui.desk.desk import Desk
from mmtui.desk.markouts import HORIZONS_NS
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.gateway import Gateway
from mmtui.market.hedges.hedge_gateway import HedgeGateway
from mmtui.market.hedges.instruments import CallSpec, FutureSpec, HedgeInstrument, PutSpec, kind_of
from mmtui.market.rules.halts import Band
from mmtui.market.rules.phases import Phase
from mmtui.strategies.protocol import HedgeQuote, OwnFill, PublicTrade, Quotes, Rules, Working
from mmtui.strategies.quoter import Targets, within
from mmtui.units import NS_PER_S

BUY = Side.BUY
_HORIZON_S = [horizon // NS_PER_S for horizon in HORIZONS_NS]


class View:
    """The MarketView of one maker. See :class:`mmtui.strategies.protocol.MarketView`."""

    def __init__(
        self,
        rules: Rules,
        exchange: Exchange,
        clock: Scheduler,
        gateway: Gateway,
        desk: Desk,
        hedges: Mapping[str, HedgeInstrument],
        hedge_gateway: HedgeGateway,
    ) -> None:
        self._rules = rules
        self._exchange = exchange
        self._clock = clock
        self._gateway = gateway
        self._desk = desk
        self._hedges = hedges
        self._hedge_gateway = hedge_gateway
        # While it is held: others' best prices, and the trades looked up last, later than a time.
        self._others: tuple[int | None, int | None] | None = None
        self._trades: tuple[int, list[PublicTrade]] | None = None

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        return self._rules

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the level's start."""
        return self._clock.now_ns

    @property
    def best_bid(self) -> int:
        """The highest bid, in ticks."""
        return self._exchange.best_bid

    @property
    def best_ask(self) -> int:
        """The lowest ask, in ticks."""
        return self._exchange.best_ask

    @property
    def mid(self) -> float:
        """Half-way between the best prices, in ticks."""
        return self._exchange.mid

    @property
    def position(self) -> int:
        """Signed lots held."""
        return self._gateway.position

    @property
    def step(self) -> int:
        """Prices are multiples of so many ticks."""
        return self._exchange.step

    @property
    def phase(self) -> Phase:
        """What the exchange does now."""
        return self._exchange.phase

    @property
    def phase_ends_ns(self) -> int | None:
        """When the next planned phase begins; None without one."""
        return self._exchange.phase_ends_ns

    @property
    def band(self) -> Band | None:
        """The band of prices that holds now, if any."""
        return self._exchange.band(self._clock.now_ns)

    @property
    def hedges(self) -> Mapping[str, HedgeQuote]:
        """The level's hedge instruments by name."""
        return {name: self._hedge_quote(name, hedge) for name, hedge in self._hedges.items()}

    def _hedge_quote(self, name: str, hedge: HedgeInstrument) -> HedgeQuote:
        now_ns, spec, sent = self._clock.now_ns, hedge.spec, self._hedge_gateway
        price = hedge.price(now_ns)
        return HedgeQuote(
            name=name,
            kind=kind_of(spec),
            bid=price.bid,
            ask=price.ask,
            position=sent.positions[name],
            coming=sent.coming[name],
            limit=spec.limit,
            cost=self._desk.hedges.legs[name].cost,
            fee=spec.fee,
            tick=spec.tick,
            multiplier=spec.multiplier,
            ratio=price.ratio,
            rate=spec.rate,
            dividend_yield=spec.dividend_yield,
            years=spec.years(now_ns),
            beta=spec.beta if isinstance(spec, FutureSpec) else None,
            strike=spec.strike if isinstance(spec, PutSpec | CallSpec) else None,
            delta=price.delta,
        )

    @property
    def orders(self) -> Sequence[Working]:
        """Own orders, oldest first, those being cancelled left out."""
        return [
            Working(order.order_id, order.side, order.price, left)
            for order in self._gateway.orders.values()
            if (left := order.leaves_quantity)
        ]

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The book's levels of a side, best first."""
        return self._exchange.depth(side, levels)

    def others_best(self, side: Side) -> int | None:
        """The best price of a side at which anybody else has an order, in ticks; None when nobody has."""
        if self._others is None:
            return self._exchange.best_excluding(side, self._gateway.lots(side))
        return self._others[side is not BUY]

    def trades_since(self, time_ns: int) -> Sequence[PublicTrade]:
        """Trades later than a time, oldest first."""
        seen = self._trades
        if seen is not None and seen[0] == time_ns:
            return list(seen[1])
        found = []
        for at_ns, trade in reversed(self._exchange.tape):
            if at_ns <= time_ns:
                break
            found.append(PublicTrade(at_ns, trade.taker_side, trade.price, trade.quantity))
        found.reverse()
        if self._others is not None:
            self._trades = time_ns, found
            return list(found)
        return found

    def fills_since(self, time_ns: int) -> Sequence[OwnFill]:
        """Own fills later than a time, oldest first."""
        return own_fills_since(self._desk, time_ns)

    def markout(self, horizon_s: int, fills: int = 20) -> float | None:
        """Mean markout per share, in ticks, of the last fills due at 1, 10 or 60 s; None before one is."""
        return self._desk.recent_markout(_HORIZON_S.index(horizon_s), fills)


def oblige(view: View, max_width: int) -> None:
    """From now on the view shows this width, in ticks, as the widest that the obligation counts."""
    view._rules = replace(view._rules, max_width=max_width)


def hold(view: View) -> None:
    """Look others' best prices and trades up once, for as long as nothing happens: until the view is released."""
    gateway = view._gateway
    view._others = view._exchange.book.others_touch(gateway.bid_lots, gateway.ask_lots)


def held_targets(view: View, quotes: Quotes) -> Targets:
    """The orders that checked quotes stand for at a view that is held, while trading is continuous."""
    exchange = view._exchange
    bid, ask = view._others if view._others is not None else (None, None)
    band, position = exchange.band(view._clock.now_ns), view._gateway.position
    return within(quotes, view._rules, position, exchange.step, band, bid, ask)


def release(view: View) -> None:
    """Look everything up anew from now on."""
    view._others = view._trades = None


def own_fills_since(desk: Desk, time_ns: int) -> Sequence[OwnFill]:
    """What a strategy is shown of a desk's fills later than a time, oldest first."""
    found = []
    for fill in reversed(desk.fills):
        if fill.time_ns <= time_ns:
            break
        found.append(OwnFill(fill.time_ns, fill.side, fill.price, fill.quantity, fill.mid_before, fill.maker))
    return found[::-1]

"""The Strategy protocol: a view of the market in, wanted quotes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import msgspec

from mmtui.book import Depth, Side
from mmtui.market.core.instrument import TickBands
from mmtui.market.rules.halts import Band
from mmtui.market.rules.phases import Phase
from mmtui.signals.carry import fair_future
from mmtui.units import MOST_ASKED, bound_text


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that the level publishes before it starts.

    Attributes:
        end_ns: when the level ends, in nanoseconds since its start.
        interval_ns: the shortest time between two calls of a strategy.
        latency_ns: how long an order takes to reach the exchange.
        position_limit: the largest absolute position, in lots.
        max_order: the largest order, in lots.
        max_width: the widest quote, in ticks, that the obligation counts; None without one.
        min_size: the smallest size, in lots, that the obligation counts.
        normal_spread: the market's usual spread, in ticks.
        normal_volatility: the mid's usual volatility, in ticks per square root of a second.
        normal_size: the usual lots at the best price.
        tick_value: money made by one lot when the price moves one tick.
        tick: the least price step, in currency.
        tick_bands: the price, in ticks, above which prices move in steps of so many ticks, from the lowest up; empty
            where they do so everywhere.
    """

    end_ns: int
    interval_ns: int
    latency_ns: int
    position_limit: int
    max_order: int
    max_width: int | None
    min_size: int
    normal_spread: float
    normal_volatility: float
    normal_size: int
    tick_value: float
    tick: float = 1.0
    tick_bands: TickBands = ()


class Working(msgspec.Struct, frozen=True):
    """One of the maker's own orders: resting, or a message about it under way."""

    order_id: int
    side: Side
    price: int
    quantity: int


class OwnFill(msgspec.Struct, frozen=True):
    """One of the maker's own fills; ``mid_before`` is the mid just before it, ``maker`` whether it was resting."""

    time_ns: int
    side: Side
    price: int
    quantity: int
    mid_before: float
    maker: bool


class PublicTrade(msgspec.Struct, frozen=True):
    """A trade as everyone sees it, without its parties; ``side`` is the taker's, 0 of a cross, which has none.

    An order that trades at several prices, or with several others, makes several trades, all at one instant.
    """

    time_ns: int
    side: Side
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class HedgeQuote:
    """A hedge instrument: its terms, its quotes, and the position in it. Prices in its own ticks.

    Attributes:
        name: its name in the level.
        kind: "future", "index", "put" or "call".
        bid, ask: any number of contracts up to the limit trades there.
        position: signed contracts held.
        coming: signed contracts of own orders on their way.
        limit: the largest absolute position, in contracts.
        cost: paid so far to trade it, in currency: half-spreads and fees.
        fee: of a contract traded, in currency.
        tick: its price step, in points or currency.
        multiplier: money that a contract makes when its price rises by one point or one unit of currency.
        ratio: the hedge ratio: so many contracts sold for each lot held take away its risk, by beta, carry or delta;
            negative for a put, 0 where it hedges nothing.
        rate, dividend_yield: r and q, a year, continuously compounded.
        years: to expiry.
        beta: a future's: slope of the instrument's returns on its index's.
        strike: an option's, in currency.
        delta: an option's.
    """

    name: str
    kind: str
    bid: int
    ask: int
    position: int
    coming: int
    limit: int
    cost: float
    fee: float
    tick: float
    multiplier: float
    ratio: float
    rate: float
    dividend_yield: float
    years: float
    beta: float | None = None
    strike: float | None = None
    delta: float | None = None

    @property
    def mid(self) -> float:
        """Half-way between its quotes."""
        return (self.bid + self.ask) / 2

    @property
    def carried(self) -> float:
        """Its mid carried to expiry, in points: an index says so where its future belongs."""
        return fair_future(self.mid * self.tick, self.rate, self.dividend_yield, self.years)

    @property
    def unit_cost(self) -> float:
        """The cost of trading a contract now, in currency: half the spread and the fee."""
        return (self.ask - self.bid) / 2 * self.tick * self.multiplier + self.fee

    def against(self, lots: float) -> int:
        """Return the contracts to hold against a position of the book's instrument, within the limit.

        Options are only bought: a put against a long position, a call against a short one.
        """
        contracts = max(-self.limit, min(self.limit, round(-self.ratio * lots)))
        return max(0, contracts) if self.kind in ("put", "call") else contracts


class MarketView(Protocol):
    """The market as a trader sees it at this instant. Prices in ticks, quantities in lots, computed when read."""

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the level's start."""

    @property
    def rules(self) -> Rules:
        """The level's published rules."""

    @property
    def best_bid(self) -> int:
        """The highest bid, own orders included."""

    @property
    def best_ask(self) -> int:
        """The lowest ask, own orders included."""

    @property
    def mid(self) -> float:
        """Half-way between the best bid and ask."""

    @property
    def position(self) -> int:
        """Signed lots held."""

    @property
    def step(self) -> int:
        """The price step, in ticks, mostly 1: orders are at its multiples, and quotes are rounded away from the mid."""

    @property
    def phase(self) -> Phase:
        """The exchange's phase. A strategy is called only while trading is continuous; else it has no quotes."""

    @property
    def phase_ends_ns(self) -> int | None:
        """When the phase ends; None while that is not planned."""

    @property
    def band(self) -> Band | None:
        """The price band now, if any. Quotes beyond one that binds are moved to its limit."""

    @property
    def hedges(self) -> Mapping[str, HedgeQuote]:
        """The level's hedge instruments by name, in the level's order; mostly there are none."""

    @property
    def orders(self) -> Sequence[Working]:
        """Own orders, oldest first, those on their way to the exchange included, those being cancelled left out."""

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The book's levels of a side, best first, own orders included."""

    def others_best(self, side: Side) -> int | None:
        """The best price of a side at which anybody else has an order; None when nobody has."""

    def trades_since(self, time_ns: int) -> Sequence[PublicTrade]:
        """Trades later than a time, oldest first; at least the last minute is kept."""

    def fills_since(self, time_ns: int) -> Sequence[OwnFill]:
        """Own fills later than a time, oldest first."""

    def markout(self, horizon_s: int, fills: int = 20) -> float | None:
        """Mean markout in ticks per share of the last ``fills`` own fills due at 1, 10 or 60 s; None before one is."""


#: As a float, which floats are compared with in a third of the time.
_MOST_PRICE = float(MOST_ASKED)


class Quotes(msgspec.Struct, frozen=True):
    """The quotes and hedges that a strategy wants.

    Prices are in ticks and may lie between two: a bid is floored and an ask ceiled to the tick, or both go to the
    nearest one if ``nearest``, as is right where a price is the best of a formula's. None means no quote on that side.
    ``reservation`` is the price at which the strategy is indifferent, shown on the ladder. ``hedges`` are the contracts
    to hold of hedge instruments, by name; others stay unchanged.
    """

    bid: float | None = None
    ask: float | None = None
    bid_size: int = 0
    ask_size: int = 0
    reservation: float | None = None
    hedges: Mapping[str, int] = {}
    nearest: bool = False

    @classmethod
    def around(cls, centre: float, half_spread: float, size: int) -> Quotes:
        """Return both sides at one distance from a centre, in ticks, with one size, in lots.

        The centre is the reservation price. A price below zero, to which a strong skew can lead, becomes zero, and one
        above 2^53 that.
        """
        bid, ask, reservation = centre - half_spread, centre + half_spread, centre
        if not 0.0 <= bid <= ask <= _MOST_PRICE:
            bid, ask = min(_MOST_PRICE, max(0.0, bid)), min(_MOST_PRICE, max(0.0, ask))
            reservation = max(-_MOST_PRICE, min(_MOST_PRICE, centre))
        return cls(bid, ask, size, size, reservation)


#: The bound of numbers that declare none of their own.
MOST_PARAM = 1e12


@dataclass(frozen=True, slots=True)
class Param:
    """A strategy's parameter as the command line, the screens and the docs show it."""

    name: str
    type: type[Any]
    default: Any
    unit: str
    about: str
    least: float
    most: float

    @property
    def bounds(self) -> str:
        """The smallest and largest number, in words; nothing for what is no number."""
        return f"{bound_text(self.least)} to {bound_text(self.most)}" if self.type in (int, float) else ""


def param(default: Any, unit: str, about: str, least: float = -MOST_PARAM, most: float = MOST_PARAM) -> Any:
    """Declare a strategy's parameter: its default, its unit, what it does, and its smallest and largest value."""
    return field(default=default, metadata={"unit": unit, "about": about, "least": least, "most": most})


class Strategy(ABC):
    """A quoting strategy. Subclasses are dataclasses whose fields are declared with ``param``.

    Attributes:
        name: its name on the command line and the screen.
        idea: one line, to choose by.
        baseline: whether it serves comparison only, not play.
        interval_s: seconds between two calls; the level may call less often. It is also called after each own fill.
    """

    name: ClassVar[str]
    idea: ClassVar[str]
    baseline: ClassVar[bool] = False
    interval_s: ClassVar[float] = 0.5

    @abstractmethod
    def quote(self, view: MarketView) -> Quotes:
        """Return the quotes wanted now."""

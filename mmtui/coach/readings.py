"""What a level's hints and checks may look at: every signal is a property of :class:`Readings`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from mmtui.book import Side
from mmtui.market.rules.phases import Phase
from mmtui.units import NS_PER_S

if TYPE_CHECKING:
    from mmtui.coach.observer import Observer
    from mmtui.observe.snapshot import SignalsSnapshot
    from mmtui.signals.band import BandDistance

#: Over so long the book's imbalance, the mid's move and the own fills are counted.
RECENT_S = 10
_Value = TypeVar("_Value")


class Signal(cached_property[_Value]):
    """A signal: worked out when it is asked for, once a reading.

    Attributes:
        unit: of a number; empty for a bare one.
        words: what a signal in words can say; empty for one that is a number.
    """

    def __init__(self, read: Callable[[Any], _Value], unit: str, words: tuple[str, ...] = ()) -> None:
        super().__init__(read)
        self.unit = unit
        self.words = words

    @property
    def about(self) -> str:
        """What it is, in a line."""
        return " ".join((self.__doc__ or "").split())


def _number(unit: str = "") -> Callable[[Callable[[Any], float | None]], Signal[float | None]]:
    """A signal that is a number, or None while there is nothing to say."""
    return lambda read: Signal(read, unit)


def _word(*words: str) -> Callable[[Callable[[Any], str | None]], Signal[str | None]]:
    """A signal that is one of some words, or None while there is nothing to say."""
    return lambda read: Signal(read, "", words)


class Readings:
    """The signals at one whole second.

    Args:
        observer: who looked.
        now_ns: when.
        gauges: what the trader's instruments show.
        flow: the book's order-flow imbalance, in lots.
        quoted_ns: when the own quotes last changed.
        basis_z: how unusual the basis to the first index is; None without one.
    """

    def __init__(
        self, observer: Observer, now_ns: int, gauges: SignalsSnapshot, flow: int, quoted_ns: int, basis_z: float | None
    ) -> None:
        self._level = observer.level
        self._maker = observer.maker
        self._exchange = observer.market.exchange
        self._instrument = observer.market.instrument
        self._mids = observer.mids
        self._now_ns = now_ns
        self._gauges = gauges
        self._flow = flow
        self._quoted_ns = quoted_ns
        self._basis_z = basis_z

    # Time

    @_number("s")
    def elapsed(self) -> float | None:
        """Time since the level's start."""
        return self._now_ns / NS_PER_S

    @_number("s")
    def left(self) -> float | None:
        """Time until the level's end."""
        return (self._level.end_ns - self._now_ns) / NS_PER_S

    # The market

    @_number("currency")
    def mid(self) -> float | None:
        """Half-way between the best bid and ask."""
        return self._instrument.to_money(self._exchange.mid)

    @_number("ticks")
    def move(self) -> float | None:
        """How far the mid has gone in the last 10 s; positive upwards."""
        mids = self._mids
        return self._exchange.mid - mids[max(0, len(mids) - 1 - RECENT_S)]

    @_number("times")
    def volatility_ratio(self) -> float | None:
        """The mid's volatility over the market's usual one; memory 20 s."""
        volatility = self._gauges.volatility
        return None if volatility is None else volatility / self._gauges.normal_volatility

    @_number("ticks")
    def spread(self) -> float | None:
        """Between the best bid and ask."""
        return self._gauges.spread

    @_number("times")
    def spread_ratio(self) -> float | None:
        """The spread over its mean of the last minute."""
        usual = self._gauges.usual_spread
        return self._gauges.spread / usual if usual else None

    @_number()
    def imbalance(self) -> float | None:
        """(bought − sold) / (bought + sold) by takers over the last 10 s, −1 to 1."""
        return self._gauges.imbalance

    @_word("buyers", "sellers", "nobody")
    def leaders(self) -> str | None:
        """Who takes more over the last 10 s."""
        return _by_sign(self._gauges.imbalance, "buyers", "sellers", "nobody")

    @_number("times")
    def book_flow(self) -> float | None:
        """Order-flow imbalance of the best quotes over 10 s, by the second, in usual best sizes; positive upwards."""
        return self._flow / self._level.normal.size

    @_number("ticks")
    def microprice_lean(self) -> float | None:
        """Microprice less mid; positive when the ask is the thinner side."""
        return self._gauges.microprice - self._exchange.mid

    @_number()
    def hurst(self) -> float | None:
        """Hurst exponent of the mid; below 0.5 it comes back, above it runs on."""
        return None if self._gauges.hurst is None else self._gauges.hurst[0]

    @_word("reverting", "random", "trending", "not distinguishable")
    def hurst_verdict(self) -> str | None:
        """What the Hurst exponent allows to say."""
        return None if self._gauges.hurst is None else self._gauges.hurst[1]

    @_word(*Phase)
    def phase(self) -> str | None:
        """What the exchange does."""
        return self._exchange.phase.value

    @_number("s")
    def phase_left(self) -> float | None:
        """Time until the phase's planned end; none while there is none."""
        ends_ns = self._exchange.phase_ends_ns
        return None if ends_ns is None else (ends_ns - self._now_ns) / NS_PER_S

    @_number("ticks")
    def band_distance(self) -> float | None:
        """From the mid to the nearer limit of the band of prices; none without a band."""
        return None if self._band is None else self._band.ticks

    @_number()
    def band_left(self) -> float | None:
        """The part of the way from the band's reference to that limit that is left, 1 to 0."""
        return None if self._band is None else self._band.fraction

    @_word("upper", "lower", "none")
    def band_side(self) -> str | None:
        """Which limit is the nearer."""
        return "none" if self._band is None else _by_sign(self._band.side, "upper", "lower", "none")

    @_number("ticks")
    def basis(self) -> float | None:
        """The mid over the first index's quotes carried to expiry; positive where the future is dear. None without."""
        from mmtui.signals.carry import fair_future

        index = next((hedge for hedge in self._maker.view.hedges.values() if hedge.kind == "index"), None)
        if index is None:
            return None
        carried = fair_future(index.mid * index.tick, index.rate, index.dividend_yield, index.years)
        return self._exchange.mid - carried / self._instrument.tick

    # The maker's quotes

    @_number("deviations")
    def basis_z(self) -> float | None:
        """How far the basis is from its mean of two minutes, in its standard deviations; none without an index."""
        return self._basis_z

    @_word("yes", "no")
    def quoting(self) -> str | None:
        """Whether the own quotes meet the obligation now."""
        return "yes" if self._maker.presence.quoting else "no"

    @_number()
    def presence(self) -> float | None:
        """The share of time so far in which they did, 0 to 1."""
        return self._maker.presence.share(self._now_ns)

    @_number("currency")
    def own_bid(self) -> float | None:
        """The best own bid."""
        return None if self._best_bid is None else self._instrument.to_money(self._best_bid)

    @_number("currency")
    def own_ask(self) -> float | None:
        """The best own ask."""
        return None if self._best_ask is None else self._instrument.to_money(self._best_ask)

    @_number("ticks")
    def bid_distance(self) -> float | None:
        """From the best own bid up to the mid."""
        return None if self._best_bid is None else self._exchange.mid - self._best_bid

    @_number("ticks")
    def ask_distance(self) -> float | None:
        """From the mid up to the best own ask."""
        return None if self._best_ask is None else self._best_ask - self._exchange.mid

    @_number("ticks")
    def half_spread(self) -> float | None:
        """Half the width between the own bid and ask."""
        if self._best_bid is None or self._best_ask is None:
            return None
        return (self._best_ask - self._best_bid) / 2

    @_number("times")
    def width_ratio(self) -> float | None:
        """The own width over the market's usual spread."""
        half = self.half_spread
        return None if half is None else 2 * half / self._level.normal.spread

    @_number("lots")
    def bid_size(self) -> float | None:
        """Lots bid for, all own bids together; 0 without one."""
        return sum(self._maker.gateway.bid_lots.values())

    @_number("lots")
    def ask_size(self) -> float | None:
        """Lots offered, likewise."""
        return sum(self._maker.gateway.ask_lots.values())

    @_number("lots")
    def size(self) -> float | None:
        """The larger of the two."""
        return max(self.bid_size or 0, self.ask_size or 0)

    @_number("ticks")
    def shift(self) -> float | None:
        """How far half-way between the own quotes is above the mid."""
        if self._best_bid is None or self._best_ask is None:
            return None
        return (self._best_bid + self._best_ask) / 2 - self._exchange.mid

    @_number("ticks")
    def shade(self) -> float | None:
        """How far the own quotes are shifted the way that takers lead; negative against it."""
        return None if self.shift is None else _sign(self._gauges.imbalance) * self.shift

    @_number("ticks")
    def skew(self) -> float | None:
        """How far the own quotes are shifted against the position; negative with it."""
        return None if self.shift is None else -_sign(self._held) * self.shift

    @_word("bid", "ask", "none")
    def stale(self) -> str | None:
        """The own quote that takers press against: the ask when buyers lead, the bid when sellers do."""
        side = _by_sign(self._gauges.imbalance, "ask", "bid", "none")
        there = {"ask": self._best_ask, "bid": self._best_bid}.get(side)
        return "none" if there is None else side

    @_number("ticks")
    def stale_distance(self) -> float | None:
        """From the mid to that quote; none without one."""
        return {"ask": self.ask_distance, "bid": self.bid_distance}.get(self.stale or "none")

    @_number("s")
    def quote_age(self) -> float | None:
        """How long the own quotes have been as they are, in whole seconds; none without a quote."""
        if self._best_bid is None and self._best_ask is None:
            return None
        return (self._now_ns - self._quoted_ns) / NS_PER_S

    @_number("lots")
    def queue_ahead(self) -> float | None:
        """Lots in front of the own quotes at the best prices, the shorter queue; none where one has joined neither."""
        exchange, book = self._exchange, self._exchange.book
        ahead = [
            book.queue_ahead(order.order_id)
            for order in self._maker.gateway.orders.values()
            if order.working and order.price == (exchange.best_bid if order.side is Side.BUY else exchange.best_ask)
        ]
        return min((place[0] for place in ahead if place is not None), default=None)

    # The maker's books

    @_number("lots")
    def position(self) -> float | None:
        """Signed lots held."""
        return self._held

    @_number()
    def position_share(self) -> float | None:
        """The position over the limit, −1 to 1."""
        return self._held / self._level.maker.position_limit

    @_word("long", "short", "flat")
    def holding(self) -> str | None:
        """The position in a word."""
        return _by_sign(self._held, "long", "short", "flat")

    @_word("bid", "ask", "none")
    def adding(self) -> str | None:
        """The side whose fills add to the position."""
        return _by_sign(self._held, "bid", "ask", "none")

    @_number("lots")
    def adding_size(self) -> float | None:
        """Lots quoted on that side."""
        return _by_sign(self._held, self.bid_size, self.ask_size, None)

    @_number("lots")
    def net_position(self) -> float | None:
        """The position and what the hedges held are worth of it; 0 is all hedged."""
        return self._maker.desk.net

    @_number()
    def net_share(self) -> float | None:
        """The same over the position limit."""
        return self._maker.desk.net / self._level.maker.position_limit

    @_number("currency")
    def pnl(self) -> float | None:
        """Profit so far, fees paid."""
        return self._maker.desk.total(self._exchange.mid)

    @_number("ticks")
    def markout_1s(self) -> float | None:
        """Mean markout per share of the last 20 own fills, 1 s after them."""
        return self._maker.desk.recent_markout(0, 20)

    @_number("ticks")
    def markout_10s(self) -> float | None:
        """Likewise, 10 s after them."""
        return self._maker.desk.recent_markout(1, 20)

    @_number("ticks")
    def markout_60s(self) -> float | None:
        """Likewise, 60 s after them."""
        return self._maker.desk.recent_markout(2, 20)

    @_number("fills")
    def fills(self) -> float | None:
        """Own fills so far."""
        return len(self._maker.desk.fills)

    @_number("lots")
    def recent_volume(self) -> float | None:
        """Lots of own fills in the last 10 s."""
        since_ns = self._now_ns - RECENT_S * NS_PER_S
        return sum(fill.quantity for fill in self._maker.view.fills_since(since_ns))

    # What several are made of

    @cached_property
    def _band(self) -> BandDistance | None:
        # Imported here, since levels are read without the estimators.
        from mmtui.signals.band import band_distance

        band = self._exchange.band(self._now_ns)
        if band is None:
            return None
        return band_distance(self._exchange.mid, band.reference, band.lower, band.upper)

    @property
    def _held(self) -> int:
        return self._maker.gateway.position

    @property
    def _best_bid(self) -> int | None:
        return max(self._maker.gateway.bid_lots, default=None)

    @property
    def _best_ask(self) -> int | None:
        return min(self._maker.gateway.ask_lots, default=None)


#: Every signal by name, in the order of the class.
SIGNALS: dict[str, Signal[Any]] = {name: each for name, each in vars(Readings).items() if isinstance(each, Signal)}


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _by_sign(number: float, positive: _Value, negative: _Value, zero: _Value) -> _Value:
    return positive if number > 0 else negative if number < 0 else zero

"""Noise traders: limit orders with lifetimes, and clustered market orders whose signs have long memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.market.core.clock import Scheduler, Stream
from mmtui.market.core.draws import (
    DiscreteLaw,
    Ints,
    column,
    durations_ns,
    poisson_counts,
    poisson_times,
    power_law,
    sizes,
)
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.participant import Participant
from mmtui.units import NS_PER_S, NonNegativeFloat, PositiveFloat, PositiveInt

BUY, SELL = Side.BUY, Side.SELL

#: An order's rate of cancellation lies between so many times its spec's.
_SLOWEST, _FASTEST = 0.5, 2.0
#: Candidate cancellations drawn with each order; the last one withdraws it whatever its rate.
_CANDIDATES = 16
#: What may be done at an event: an order arrives (0), or is considered.
_CONSIDER = 1
#: Rates of cancellation are known beforehand up to so many ticks behind the best price.
_NEAR = 64


class NoiseLimitSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limit orders of noise traders.

    Attributes:
        rate: orders a second on each side.
        cancel_rate: each resting order's rate of cancellation, a second: at the best price, where the queue is long.
        cancel_falloff: d ticks behind the best price, in units of ``distance_scale``, the rate is (1 + d) to the power
            of minus this as high, and no less than half (Cont, Stoikov and Talreja 2010, table 2).
        thin_lots: at the best price with q lots in the queue the rate is 1 + thin_lots/q times as high, at most twice
            (Huang, Lehalle and Rosenbaum 2015: a queue that grows loses fewer of its orders).
        mean_size: lots.
        tail: the share of large sizes, which follow a power law; the others are geometric.
        distance_exponent: P(d) is proportional to d to the power of minus this, d = 1..max_distance.
        max_distance: the furthest draw.
        distance_scale: ticks for each unit of d, counted from the opposite best price.
    """

    rate: NonNegativeFloat
    cancel_rate: PositiveFloat
    cancel_falloff: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.0
    thin_lots: NonNegativeFloat = 0.0
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)]
    tail: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.0
    distance_exponent: Annotated[float, msgspec.Meta(ge=-10, le=10)] = 0.6
    max_distance: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 30
    distance_scale: PositiveFloat = 1.0


class Fate:
    """What is left of the candidate cancellations of a resting order.

    Attributes:
        side: the order's.
        waits, least: of many orders, each one's last first: how long a candidate comes after the one before, in
            nanoseconds, and the rate from which the order withdraws; of the last, minus the rate at which they come.
        next: where the order's next one is; after it come those before, up to the last.
    """

    __slots__ = ("least", "next", "side", "waits")

    def __init__(self, side: Side, waits: array[int], least: array[float], place: int) -> None:
        self.side = side
        self.waits = waits
        self.least = least
        self.next = place


class LimitOrders(Participant):
    """Limit orders drawn ahead, each with its fate, and placed at a distance from the opposite best price.

    An order's rate of cancellation depends on the book, so it is thinned: drawn with the order are the times of a
    Poisson process at the highest rate, and with each time a uniform part of that rate; the order is withdrawn when its
    own rate is higher then. No draw depends on the book.
    """

    _clock: Scheduler

    def __init__(self, exchange: Exchange, seed: int, index: int, name: str) -> None:
        super().__init__(exchange, seed, index, name)
        self._ids = range(0)
        self._buys, self._distances, self._sizes = array("b"), array("q"), array("q")
        #: The candidates of all orders drawn, so many of each.
        self._candidates = 1
        self._waits = array("q")
        self._least = array("d")
        self._fates: dict[int, Fate] = {}

    def start(self, clock: Scheduler) -> None:
        """Keep to a clock; to be called before the first order arrives."""
        self._clock = clock
        self._consideration = clock.enter(self) + _CONSIDER

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Let an order arrive, the row being its place among those drawn, or consider withdrawing it, by its id.

        It is withdrawn if it still rests and its rate is higher than what was drawn; or considered again later.
        """
        if kind != _CONSIDER:
            self._arrive(now_ns, row)
            return
        order_id, fates, book = row, self._fates, self._exchange.book
        price = book.price_of(order_id)
        if not price:
            del fates[order_id]
            return
        fate = fates[order_id]
        if fate.least[fate.next] < self._rate(fate.side, price):
            del fates[order_id]
            self._exchange.withdraw(now_ns, order_id)
        else:
            fate.next = place = fate.next - 1
            self._clock.set(now_ns + fate.waits[place], self._consideration, row)

    def _rate(self, side: Side, price: int) -> float:
        """The rate of cancellation of an order there now, a second."""
        raise NotImplementedError

    def _draw_orders(
        self, distances: DiscreteLaw, scale: float, lots: DiscreteLaw, count: int, fastest: float, candidates: int
    ) -> None:
        """Draw the next orders, with so many candidate cancellations each at a rate a second."""
        rng = self._rng
        uniforms = rng.random((3, count))
        ticks = np.rint(distances.pick(uniforms[1]) * scale)
        self._buys = column(uniforms[0] < 0.5)
        self._distances = column(np.maximum(1, ticks).astype(np.int64))
        self._sizes = column(lots.pick(uniforms[2]))
        self._ids = self._next_id.take(count)
        self._candidates = candidates
        self._waits = column(durations_ns(rng, fastest, count * candidates))
        least = rng.random((count, candidates)) * fastest
        least[:, 0] = -fastest
        self._least = column(least)

    def _arrivals(self, times: Ints) -> tuple[Stream]:
        """The orders drawn, one at each time."""
        return (Stream(times, self, np.arange(len(times), dtype=np.int64)),)

    def reseed(self, seed: int, now_ns: int) -> None:
        """Draw by another seed what comes after now, the fates of the orders that rest included."""
        super().reseed(seed, now_ns)
        self._clock.drop(self._consideration)
        for order_id, fate in self._fates.items():
            last = next(place for place in range(fate.next, -1, -1) if fate.least[place] < 0)
            fastest, left = -fate.least[last], fate.next - last
            waits = column(durations_ns(self._rng, fastest, left + 1))
            least = array("d", [-fastest, *(self._rng.random(left) * fastest).tolist()])
            self._fates[order_id] = Fate(fate.side, waits, least, left)
            self._clock.set(now_ns + waits[left], self._consideration, order_id)

    def _arrive(self, now_ns: int, row: int) -> None:
        book = self._exchange.book
        if self._buys[row]:
            price, side = book.best_ask - self._distances[row], BUY
        else:
            price, side = book.best_bid + self._distances[row], SELL
        self._place(now_ns, row, side, price)

    def _place(self, now_ns: int, row: int, side: Side, price: int) -> None:
        order_id = self._ids[row]
        if price > 0 and self._exchange.rest(now_ns, order_id, side, price, self._sizes[row]):
            waits, place = self._waits, (row + 1) * self._candidates - 1
            # Made without a call of its __init__, as a ladder's levels are.
            fate = self._fates[order_id] = Fate.__new__(Fate)
            fate.side, fate.waits, fate.least, fate.next = side, waits, self._least, place
            self._clock.set(now_ns + waits[place], self._consideration, order_id)


class NoiseLimit(LimitOrders):
    """Limit orders whose rate of cancellation falls with the distance from the best price, and with the queue there."""

    def __init__(self, exchange: Exchange, spec: NoiseLimitSpec, seed: int, index: int) -> None:
        super().__init__(exchange, seed, index, "noise-limit")
        self.spec = spec

    @property
    def spec(self) -> NoiseLimitSpec:
        """Their parameters."""
        return self._spec

    @spec.setter
    def spec(self, spec: NoiseLimitSpec) -> None:
        self._spec = spec
        self._cancel_rate, self._thin_lots = spec.cancel_rate, spec.thin_lots
        self._rates = [self._rate_behind(ticks) for ticks in range(_NEAR)]

    def fill_book(self, now_ns: int, mid: int) -> None:
        """Place the first orders in an empty book: about rate/cancel_rate a side, the stationary number."""
        count = max(2, round(2 * self.spec.rate / self.spec.cancel_rate))
        self._draw(count)
        self._place(now_ns, 0, BUY, mid - 1)
        self._place(now_ns, 1, SELL, mid + 1)
        for row in range(2, count):
            self._arrive(now_ns, row)

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the arrivals in the block."""
        times = poisson_times(self._rng, 2 * self.spec.rate, start_ns, end_ns)
        self._draw(len(times))
        return self._arrivals(times)

    def _draw(self, count: int) -> None:
        spec = self.spec
        distances = power_law(spec.distance_exponent, spec.max_distance)
        fastest = _FASTEST * spec.cancel_rate
        self._draw_orders(distances, spec.distance_scale, sizes(spec.mean_size, spec.tail), count, fastest, _CANDIDATES)

    def _rate(self, side: Side, price: int) -> float:
        book, rates = self._exchange.book, self._rates
        behind = book.best_bid - price if side is BUY else price - book.best_ask
        if behind <= 0:
            lots = book.touch_lots(side)
            return self._cancel_rate * min(_FASTEST, 1.0 + self._thin_lots / max(1, lots))
        return rates[behind] if behind < _NEAR else self._rate_behind(behind)

    def _rate_behind(self, behind: int) -> float:
        """The rate of cancellation so many ticks behind the best price."""
        spec = self._spec
        falling: float = (1.0 + behind / spec.distance_scale) ** -spec.cancel_falloff
        return spec.cancel_rate * max(_SLOWEST, falling)


class NoiseMarketSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Market orders of noise traders: a Hawkes process, drawn ahead as clusters.

    Attributes:
        rate: immigrants a second; the mean rate of orders is rate / (1 - branching).
        branching: mean number of orders that each order brings about.
        decay: rate at which they follow, a second.
        mean_size: lots.
        tail: the share of large sizes, which follow a power law; the others are geometric.
        metaorders: hidden metaorders that the orders are slices of; each has one sign.
        length_exponent: Pareto exponent of a metaorder's length (Lillo, Mike and Farmer 2005: 1.5 makes the
            autocorrelation of signs decay as lag to the power of minus 0.5).
        collar: the furthest an order trades from the best price, in ticks.
    """

    rate: NonNegativeFloat
    branching: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.5
    decay: Annotated[float, msgspec.Meta(ge=1e-4, le=1e12)] = 0.2
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)]
    tail: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.0
    metaorders: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 3
    length_exponent: Annotated[float, msgspec.Meta(ge=0.1, le=100)] = 1.5
    collar: PositiveInt = 20


class NoiseMarket(Participant):
    """Draws market orders cluster by cluster; each takes the sign of one of the metaorders."""

    def __init__(self, exchange: Exchange, spec: NoiseMarketSpec, seed: int, index: int) -> None:
        super().__init__(exchange, seed, index, "noise-market")
        self.spec = spec
        #: The times of orders, with the law of their clusters: those to come, and those that others may still follow.
        self._clusters: list[tuple[NoiseMarketSpec, Ints]] = []
        self._metaorders: list[tuple[bool, int]] = [(True, 0)] * spec.metaorders
        #: Uniforms that choose the metaorder, and a new one's sign and length; and the size, in lots.
        self._which, self._signs, self._lengths = array("d"), array("d"), array("d")
        self._sizes = array("q")

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the orders in the block; descendants after it wait for a later one."""
        spec, rng = self.spec, self._rng
        drawn = self._with_descendants(spec, poisson_times(rng, spec.rate, start_ns, end_ns))
        kept = [(law, times[times >= start_ns - _followed_ns(law)]) for law, times in self._clusters]
        self._clusters = [*(cluster for cluster in kept if len(cluster[1])), (spec, drawn)]
        times = np.concatenate([times for _, times in self._clusters])
        times.sort()
        times = times[times.searchsorted(start_ns) : times.searchsorted(end_ns)]
        count = len(times)
        uniforms = rng.random((4, count))
        self._sizes = column(sizes(spec.mean_size, spec.tail).pick(uniforms[0]))
        self._which, self._signs, self._lengths = map(column, uniforms[1:])
        return (Stream(times, self, np.arange(count, dtype=np.int64)),)

    def _with_descendants(self, law: NoiseMarketSpec, generation: Ints) -> Ints:
        """Return the times of orders and of all that they bring about."""
        rng, generations = self._rng, [generation]
        children = poisson_counts(law.branching)
        while len(generation):
            generation = generation.repeat(children.pick(rng.random(len(generation))))
            generation += durations_ns(rng, law.decay, len(generation))
            generations.append(generation)
        return np.concatenate(generations)

    def reseed(self, seed: int, now_ns: int) -> None:
        """Draw by another seed what comes after now, that which past orders bring about included."""
        super().reseed(seed, now_ns)
        self._clusters = [
            (law, np.concatenate([past, self._with_descendants(law, self._children(law, past, now_ns))]))
            for law, past in ((law, times[times <= now_ns]) for law, times in self._clusters)
        ]

    def _children(self, law: NoiseMarketSpec, past: Ints, now_ns: int) -> Ints:
        """Return the times after now at which past orders bring about others.

        Their rate is n·λe^(−λt), with λ the decay and n the expected number of all: a unit process up to n, its time
        changed by the integral of that.
        """
        expected = law.branching * float(np.exp(law.decay / NS_PER_S * (past - now_ns)).sum())
        units = poisson_times(self._rng, 1.0, 0, round(expected * NS_PER_S)) / NS_PER_S
        waits = -np.log1p(-units / expected) / law.decay if len(units) else units
        # None is now, since what is now has been.
        return now_ns + np.maximum(1, np.rint(np.minimum(waits * NS_PER_S, _followed_ns(law)))).astype(np.int64)

    def _sign(self, which: float, sign: float, length: float) -> bool:
        index = int(which * len(self._metaorders))
        buys, left = self._metaorders[index]
        if left == 0:
            buys, left = sign < 0.5, int((1.0 - length) ** (-1.0 / self.spec.length_exponent))
        self._metaorders[index] = (buys, left - 1)
        return buys

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Send an order."""
        exchange, collar = self._exchange, self.spec.collar
        # Signs are found on arrival, so that the metaorders are always those of now.
        if self._sign(self._which[row], self._signs[row], self._lengths[row]):
            side, worst = BUY, exchange.book.best_ask + collar
        else:
            side, worst = SELL, max(1, exchange.book.best_bid - collar)
        exchange.take(now_ns, self._next_id.one(), side, self._sizes[row], worst)


def _followed_ns(law: NoiseMarketSpec) -> int:
    """Return after how long an order brings about no others, but for one in e^40."""
    return round(40.0 / law.decay * NS_PER_S)

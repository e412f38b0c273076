"""Noise traders: limit orders with lifetimes, and clustered market orders whose signs have long memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.market.core.clock import Stream
from mmtui.market.core.draws import (
    DiscreteLaw,
    Ints,
    durations_ns,
    generator,
    geometric,
    poisson_counts,
    poisson_times,
    power_law,
)
from mmtui.market.core.exchange import Exchange
from mmtui.units import NonNegativeFloat, PositiveFloat, PositiveInt


class NoiseLimitSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limit orders of noise traders.

    Attributes:
        rate: orders a second on each side.
        cancel_rate: each resting order's rate of cancellation, a second.
        mean_size: lots, geometric.
        distance_exponent: P(d) is proportional to d to the power of minus this, d = 1..max_distance.
        max_distance: the furthest draw.
        distance_scale: ticks for each unit of d, counted from the opposite best price.
    """

    rate: NonNegativeFloat
    cancel_rate: PositiveFloat
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)]
    distance_exponent: Annotated[float, msgspec.Meta(ge=-10, le=10)] = 0.6
    max_distance: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 30
    distance_scale: PositiveFloat = 1.0


class LimitOrders:
    """Limit orders drawn ahead, placed at a distance from the opposite best price at their arrival."""

    def __init__(self, exchange: Exchange, seed: int, index: int, name: str) -> None:
        self._exchange = exchange
        self._rng = generator(seed, name)
        self._next_id = exchange.id_range(index)
        self._ids: range = range(0)
        self._buys: list[bool] = []
        self._distances: list[int] = []
        self._sizes: list[int] = []

    def _draw_orders(self, distances: DiscreteLaw, mean_size: float, count: int, scale: float = 1.0) -> Ints:
        """Draw the sides, distances and sizes of the next orders; return their ids."""
        uniforms = self._rng.random((3, count))
        ticks = np.rint(distances.pick(uniforms[1]) * scale)
        self._buys = (uniforms[0] < 0.5).tolist()
        self._distances = np.maximum(1, ticks).astype(np.int64).tolist()
        self._sizes = geometric(mean_size).pick(uniforms[2]).tolist()
        self._ids = self._next_id.take(count)
        return np.arange(self._ids.start, self._ids.stop, self._ids.step, dtype=np.int64)

    def _arrive(self, now_ns: int, row: int) -> None:
        exchange = self._exchange
        if self._buys[row]:
            price, side = exchange.best_ask - self._distances[row], Side.BUY
        else:
            price, side = exchange.best_bid + self._distances[row], Side.SELL
        if price > 0:
            exchange.rest(now_ns, self._ids[row], side, price, self._sizes[row])


class NoiseLimit(LimitOrders):
    """Draws limit orders with their lifetimes, so that nothing about them depends on what others do."""

    def __init__(self, exchange: Exchange, spec: NoiseLimitSpec, seed: int, index: int) -> None:
        super().__init__(exchange, seed, index, "noise-limit")
        self.spec = spec
        self._pending_times: Ints = np.empty(0, dtype=np.int64)
        self._pending_ids: Ints = np.empty(0, dtype=np.int64)

    def fill_book(self, now_ns: int, mid: int) -> None:
        """Place the first orders in an empty book: about rate/cancel_rate a side, the stationary number."""
        count = max(2, round(2 * self.spec.rate / self.spec.cancel_rate))
        deaths, ids = self._draw(np.full(count, now_ns, dtype=np.int64))
        self._pending_times, self._pending_ids = deaths, ids
        self._exchange.rest(now_ns, self._ids[0], Side.BUY, mid - 1, self._sizes[0])
        self._exchange.rest(now_ns, self._ids[1], Side.SELL, mid + 1, self._sizes[1])
        for row in range(2, count):
            self._arrive(now_ns, row)

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the arrivals in the block, and the cancellations of all orders so far."""
        times = poisson_times(self._rng, 2 * self.spec.rate, start_ns, end_ns)
        deaths, ids = self._draw(times)
        deaths = np.concatenate([self._pending_times, deaths])
        ids = np.concatenate([self._pending_ids, ids])
        now = deaths < end_ns
        self._pending_times, self._pending_ids = deaths[~now], ids[~now]
        return (
            Stream(times, self._arrive, np.arange(len(times), dtype=np.int64)),
            Stream(deaths[now], self._exchange.withdraw, ids[now]),
        )

    def _draw(self, times: Ints) -> tuple[Ints, Ints]:
        """Draw one order for each time of arrival; return when each is withdrawn, and its id."""
        spec, count = self.spec, len(times)
        law = power_law(spec.distance_exponent, spec.max_distance)
        ids = self._draw_orders(law, spec.mean_size, count, spec.distance_scale)
        return times + durations_ns(self._rng, spec.cancel_rate, count), ids


class NoiseMarketSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Market orders of noise traders: a Hawkes process, drawn ahead as clusters.

    Attributes:
        rate: immigrants a second; the mean rate of orders is rate / (1 - branching).
        branching: mean number of orders that each order brings about.
        decay: rate at which they follow, a second.
        mean_size: lots, geometric.
        metaorders: hidden metaorders that the orders are slices of; each has one sign.
        length_exponent: Pareto exponent of a metaorder's length (Lillo, Mike and Farmer 2005: 1.5 makes the
            autocorrelation of signs decay as lag to the power of minus 0.5).
        collar: the furthest an order trades from the best price, in ticks.
    """

    rate: NonNegativeFloat
    branching: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.5
    decay: PositiveFloat = 0.2
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)]
    metaorders: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 3
    length_exponent: Annotated[float, msgspec.Meta(ge=0.1, le=100)] = 1.5
    collar: PositiveInt = 20


class NoiseMarket:
    """Draws market orders cluster by cluster; each takes the sign of one of the metaorders."""

    def __init__(self, exchange: Exchange, spec: NoiseMarketSpec, seed: int, index: int) -> None:
        self.spec = spec
        self._exchange = exchange
        self._rng = generator(seed, "noise-market")
        self._next_id = exchange.id_range(index)
        self._pending: Ints = np.empty(0, dtype=np.int64)
        self._metaorders: list[tuple[bool, int]] = [(True, 0)] * spec.metaorders
        self._buys: list[bool] = []
        self._sizes: list[int] = []

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the orders in the block; descendants after it wait for a later one."""
        spec, rng = self.spec, self._rng
        generation = poisson_times(rng, spec.rate, start_ns, end_ns)
        families = [self._pending, generation]
        children = poisson_counts(spec.branching)
        while len(generation):
            counts = children.pick(rng.random(len(generation))) - 1
            parents = np.repeat(generation, counts)
            generation = parents + durations_ns(rng, spec.decay, len(parents))
            families.append(generation)
        times = np.sort(np.concatenate(families))
        now = times < end_ns
        self._pending, times = times[~now], times[now]
        count = len(times)
        uniforms = rng.random((4, count))
        self._sizes = geometric(spec.mean_size).pick(uniforms[0]).tolist()
        self._buys = [self._sign(*draws) for draws in uniforms[1:].T.tolist()]
        return (Stream(times, self._arrive, np.arange(count, dtype=np.int64)),)

    def _sign(self, which: float, sign: float, length: float) -> bool:
        index = int(which * len(self._metaorders))
        buys, left = self._metaorders[index]
        if left == 0:
            buys, left = sign < 0.5, int((1.0 - length) ** (-1.0 / self.spec.length_exponent))
        self._metaorders[index] = (buys, left - 1)
        return buys

    def _arrive(self, now_ns: int, row: int) -> None:
        exchange, collar = self._exchange, self.spec.collar
        if self._buys[row]:
            side, worst = Side.BUY, exchange.best_ask + collar
        else:
            side, worst = Side.SELL, max(1, exchange.best_bid - collar)
        exchange.take(now_ns, self._next_id.one(), side, self._sizes[row], worst)

"""Informed traders, and traders who follow the price."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.market.core.clock import Stream
from mmtui.market.core.draws import column, geometric, poisson_times
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.participant import Participant
from mmtui.market.value.latent_value import Value
from mmtui.units import NS_PER_S, NonNegativeFloat, PositiveFloat

BUY, SELL = Side.BUY, Side.SELL
_MOST_GAP = 10.0


class InformedSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Informed traders, who see the latent value and the impact on it.

    Attributes:
        rate: a, wakes a second.
        rate_per_gap: b; the rate of wakes is a + b·min(|value − mid|, 10).
        noise: standard deviation of what they see, in ticks.
        edge: they trade when the touch is better than what they see by more than this, in ticks.
        mean_size: lots, geometric.
        ahead_s: how far ahead they see.
    """

    rate: NonNegativeFloat
    rate_per_gap: NonNegativeFloat
    noise: NonNegativeFloat
    edge: NonNegativeFloat
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)]
    ahead_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.0

    @property
    def most(self) -> float:
        """The highest rate of wakes, a second."""
        return self.rate + _MOST_GAP * self.rate_per_gap


class Informed(Participant):
    """Take through the touch up to their own valuation, more often the further the market is from the value.

    Their state-dependent rate is thinned from a bounding Poisson process with three draws a wake.
    """

    def __init__(self, exchange: Exchange, value: Value, spec: InformedSpec, seed: int, index: int) -> None:
        super().__init__(exchange, seed, index, "informed")
        self.spec = spec
        self._value = value
        self._chances, self._values, self._errors = array("d"), array("d"), array("d")
        self._sizes = array("q")

    @property
    def spec(self) -> InformedSpec:
        """Their parameters."""
        return self._spec

    @spec.setter
    def spec(self, spec: InformedSpec) -> None:
        self._spec = spec
        self._rate, self._rate_per_gap, self._edge = spec.rate, spec.rate_per_gap, spec.edge

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the wakes of the bounding process."""
        spec, rng = self.spec, self._rng
        bound = spec.most
        times = poisson_times(rng, bound, start_ns, end_ns)
        count = len(times)
        self._values = column(self._value.at_times(times + int(spec.ahead_s * NS_PER_S)))
        self._chances = column(rng.random(count) * bound)
        self._errors = column(rng.standard_normal(count) * spec.noise)
        self._sizes = column(geometric(spec.mean_size).pick(rng.random(count)))
        return (Stream(times, self, np.arange(count, dtype=np.int64)),)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Look at the market, and trade or not."""
        exchange, edge = self._exchange, self._edge
        value, book = self._values[row] + exchange.impact.at(now_ns), exchange.book
        bid, ask = book.best_bid, book.best_ask
        gap = abs(value - (bid + ask) / 2)
        if self._chances[row] >= self._rate + self._rate_per_gap * min(gap, _MOST_GAP):
            return
        seen = value + self._errors[row]
        if seen - ask > edge:
            side, worst = BUY, int(math.floor(seen))
        elif bid - seen > edge:
            side, worst = SELL, max(1, int(math.ceil(seen)))
        else:
            return
        exchange.take(now_ns, self._next_id.one(), side, self._sizes[row], worst)


class MomentumSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Momentum traders.

    Attributes:
        rate: wakes a second.
        threshold: they trade with the price when it is further than this from its average, in ticks.
        tau_s: time constant of the average.
        mean_size: lots, geometric.
        collar: the furthest an order trades from the best price, in ticks.
    """

    rate: NonNegativeFloat
    threshold: NonNegativeFloat
    tau_s: PositiveFloat = 30.0
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)]
    collar: NonNegativeFloat = 20.0


class Momentum(Participant):
    """Buy above, sell below an exponentially weighted average of the mid."""

    def __init__(self, exchange: Exchange, spec: MomentumSpec, seed: int, index: int) -> None:
        super().__init__(exchange, seed, index, "momentum")
        self.spec = spec
        self._sizes = array("q")
        self._average = float("nan")
        self._last_ns = 0

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the wakes."""
        if not self.spec.rate:
            return ()
        times = poisson_times(self._rng, self.spec.rate, start_ns, end_ns)
        self._sizes = column(geometric(self.spec.mean_size).pick(self._rng.random(len(times))))
        return (Stream(times, self, np.arange(len(times), dtype=np.int64)),)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Look at the market, and trade or not."""
        spec, mid = self.spec, self._exchange.book.mid
        if math.isnan(self._average):
            self._average = mid
        weight = 1.0 - math.exp((self._last_ns - now_ns) / (spec.tau_s * NS_PER_S))
        self._average += weight * (mid - self._average)
        self._last_ns = now_ns
        away = mid - self._average
        if abs(away) > spec.threshold:
            side = BUY if away > 0 else SELL
            worst = max(1, int(math.floor(mid + side * spec.collar)))
            self._exchange.take(now_ns, self._next_id.one(), side, self._sizes[row], worst)

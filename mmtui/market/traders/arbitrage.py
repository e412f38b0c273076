"""The arbitrageur, who keeps a future within costs of carry of its index."""

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
from mmtui.market.hedges.instruments import IndexSpot
from mmtui.market.traders.participant import Participant
from mmtui.units import NS_PER_S, NonNegativeFloat


class ArbitrageurSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Arbitrageurs between the book's instrument, which is a future, and the first index among the hedges.

    Attributes:
        rate: wakes a second.
        lag_s: how late they see the index.
        cost: what both legs cost them, in ticks: they trade where the touch is further than that from the index
            carried to expiry.
        mean_size: lots, geometric.
    """

    rate: NonNegativeFloat = 0.0
    lag_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.5
    cost: NonNegativeFloat = 2.0
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)] = 2.0


class Arbitrageur(Participant):
    """Buys the future where it is cheap against the index carried to expiry, sells it where it is dear, at once.

    The other leg moves no price: the index is quoted by others, for any size. Wakes are a Poisson process with one
    draw each.
    """

    def __init__(self, exchange: Exchange, index: IndexSpot, spec: ArbitrageurSpec, seed: int, number: int) -> None:
        super().__init__(exchange, seed, number, "arbitrageur")
        self.spec = spec
        self._index = index
        self._fair, self._sizes = array("d"), array("q")

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the wakes."""
        spec = self.spec
        times = poisson_times(self._rng, spec.rate, start_ns, end_ns)
        self._fair = column(self._index.carried(times - round(spec.lag_s * NS_PER_S)))
        self._sizes = column(geometric(spec.mean_size).pick(self._rng.random(len(times))))
        return (Stream(times, self._wake, np.arange(len(times), dtype=np.int64)),)

    def _wake(self, now_ns: int, row: int) -> None:
        fair, cost = self._fair[row] + self._exchange.impact.of_others(now_ns), self.spec.cost
        bid, ask = self._exchange.touch
        if fair - ask > cost:
            side, worst = Side.BUY, math.floor(fair - cost)
        elif bid - fair > cost:
            side, worst = Side.SELL, max(1, math.ceil(fair + cost))
        else:
            return
        self._exchange.take(now_ns, self._next_id.one(), side, self._sizes[row], worst)

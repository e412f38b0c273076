"""Noise traders by a table: rates of limit orders and cancellations by distance from the opposite best price."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.market.core.clock import Stream
from mmtui.market.core.draws import DiscreteLaw, column, generator, poisson_times, sizes
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.noise import LimitOrders
from mmtui.market.value.latent_value import Value
from mmtui.units import NonNegativeFloat, PositiveFloat

BUY = Side.BUY

#: How unequal the rates of cancellation may be: each order's fate is drawn with it, and takes draws in proportion.
_MOST_RATIO = 20.0
#: So rarely does an order outlive all its draws, the last of which withdraws it whatever the table says.
_OUTLIVES = 1e-6


class NoiseTableSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limit orders of noise traders by a table (Cont, Stoikov and Talreja 2010, section 2).

    The first number of each list is of the opposite best price less one tick, the next of one tick further, and so on.

    Attributes:
        rates: orders a second on each side.
        cancel_rates: each resting order's rate of cancellation, a second; the last one holds further away, too.
        mean_size: lots; 1 makes every order one lot.
        tail: the share of large sizes, which follow a power law; the others are geometric.
        watch_rate: looks a second at the value and the impact on it, at which all orders that it has passed are
            withdrawn: so a price moves without trades. 0 for nobody who looks.
        watch_margin: ticks by which it has passed an order that is withdrawn.
    """

    rates: Annotated[tuple[NonNegativeFloat, ...], msgspec.Meta(max_length=1000)] = ()
    cancel_rates: Annotated[tuple[PositiveFloat, ...], msgspec.Meta(min_length=1, max_length=1000)] = (1.0,)
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)] = 1.0
    tail: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.0
    watch_rate: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0.0
    watch_margin: NonNegativeFloat = 0.0

    def __post_init__(self) -> None:
        if max(self.cancel_rates) > _MOST_RATIO * min(self.cancel_rates):
            raise ValueError(f"cancel_rates: expected no rate above {_MOST_RATIO:g} times another")

    @property
    def resting(self) -> float:
        """The mean number of resting orders of both sides while the best prices do not move."""
        last = len(self.cancel_rates) - 1
        return 2 * sum(rate / self.cancel_rates[min(at, last)] for at, rate in enumerate(self.rates))

    @property
    def candidates(self) -> int:
        """The number of candidate cancellations of each order."""
        surviving = 1.0 - min(self.cancel_rates) / max(self.cancel_rates)
        return 1 if surviving <= 0 else math.ceil(math.log(_OUTLIVES) / math.log(surviving))


class NoiseTable(LimitOrders):
    """Limit orders whose rate of cancellation is the table's at their distance from the opposite best price."""

    def __init__(self, exchange: Exchange, value: Value, spec: NoiseTableSpec, seed: int, index: int) -> None:
        super().__init__(exchange, seed, index, "noise-table")
        self.spec = spec
        self._value = value
        self._watch_rng = generator(seed, "noise-table-watch")
        self._values = array("d")

    def fill_book(self, now_ns: int) -> None:
        """Add the stationary number of orders for best prices that never move: rate/cancel_rate."""
        count = round(self.spec.resting)
        self._draw(count)
        for row in range(count):
            self._arrive(now_ns, row)

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the arrivals and the looks in the block."""
        if not self.spec.rates and not self.spec.watch_rate:
            return ()
        times = poisson_times(self._rng, 2 * sum(self.spec.rates), start_ns, end_ns)
        self._draw(len(times))
        looks = poisson_times(self._watch_rng, self.spec.watch_rate, start_ns, end_ns)
        self._values = column(self._value.at_times(looks))
        arrivals = self._arrivals(times)
        return *arrivals, Stream(looks, self._look, np.arange(len(looks), dtype=np.int64))

    def _look(self, now_ns: int, row: int) -> None:
        """Withdraw the orders that the value has passed."""
        exchange, margin = self._exchange, self.spec.watch_margin
        value, ladder = self._values[row] + exchange.impact.at(now_ns), exchange.ladder
        if ladder.best_bid <= value + margin and ladder.best_ask >= value - margin:
            return
        passed = [level for price, level in ladder.bids.items() if price > value + margin]
        passed += [level for price, level in ladder.asks.items() if price < value - margin]
        for order_id in [order_id for level in passed for order_id in level.queue if order_id in self._fates]:
            exchange.withdraw(now_ns, order_id)

    def _draw(self, count: int) -> None:
        spec = self.spec
        # A law needs a weight; without orders all rates may be zero.
        distances = DiscreteLaw(list(spec.rates) if count else [1.0])
        self._draw_orders(
            distances, 1.0, sizes(spec.mean_size, spec.tail), count, max(spec.cancel_rates), spec.candidates
        )

    def _rate(self, side: Side, price: int) -> float:
        exchange, rates = self._exchange, self.spec.cancel_rates
        opposite = exchange.best_ask if side is BUY else exchange.best_bid
        return rates[min(abs(opposite - price), len(rates)) - 1]

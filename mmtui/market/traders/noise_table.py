"""Noise traders by a table: rates of limit orders and cancellations by distance from the opposite best price."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.market.core.clock import Stream
from mmtui.market.core.draws import DiscreteLaw, Floats, Ints, durations_ns, poisson_times
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.noise import LimitOrders
from mmtui.units import NonNegativeFloat, PositiveFloat

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
        mean_size: lots, geometric; 1 makes every order one lot.
    """

    rates: Annotated[tuple[NonNegativeFloat, ...], msgspec.Meta(max_length=1000)] = ()
    cancel_rates: Annotated[tuple[PositiveFloat, ...], msgspec.Meta(min_length=1, max_length=1000)] = (1.0,)
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)] = 1.0

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
    """Draws limit orders with candidate cancellations: times, and the rate from which each holds.

    An order's rate of cancellation depends on the opposite best price, so it is thinned: drawn with the order are the
    times of a Poisson process at the table's highest rate, and with each time a uniform part of that rate; the order is
    withdrawn when the rate at its distance is higher. The draws do not depend on the book.
    """

    def __init__(self, exchange: Exchange, spec: NoiseTableSpec, seed: int, index: int) -> None:
        super().__init__(exchange, seed, index, "noise-table")
        self.spec = spec
        self._pending_times: Ints = np.empty(0, dtype=np.int64)
        self._pending_ids: Ints = np.empty(0, dtype=np.int64)
        self._pending_least: Floats = np.empty(0)
        self._asked_ids: list[int] = []
        self._least: list[float] = []

    def fill_book(self, now_ns: int) -> None:
        """Add the stationary number of orders for best prices that never move: rate/cancel_rate."""
        self._draw(np.full(round(self.spec.resting), now_ns, dtype=np.int64))
        for row in range(len(self._ids)):
            self._arrive(now_ns, row)

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the arrivals in the block, and the candidate cancellations of all orders so far."""
        times = poisson_times(self._rng, 2 * sum(self.spec.rates), start_ns, end_ns)
        self._draw(times)
        now = self._pending_times < end_ns
        asked = self._pending_times[now]
        self._asked_ids, self._least = self._pending_ids[now].tolist(), self._pending_least[now].tolist()
        self._pending_times, self._pending_ids = self._pending_times[~now], self._pending_ids[~now]
        self._pending_least = self._pending_least[~now]
        return (
            Stream(times, self._arrive, np.arange(len(times), dtype=np.int64)),
            Stream(asked, self._consider, np.arange(len(asked), dtype=np.int64)),
        )

    def _draw(self, times: Ints) -> None:
        """Draw one order for each time of arrival, and its candidate cancellations."""
        spec, rng, count = self.spec, self._rng, len(times)
        # A law needs a weight; without orders all rates may be zero.
        ids = self._draw_orders(DiscreteLaw(list(spec.rates) if count else [1.0]), spec.mean_size, count)
        fastest, candidates = max(spec.cancel_rates), spec.candidates
        waits = durations_ns(rng, fastest, count * candidates).reshape(count, candidates)
        least = rng.random((count, candidates)) * fastest
        least[:, -1] = 0.0
        asked = (times[:, np.newaxis] + np.cumsum(waits, axis=1)).ravel()
        self._pending_times = np.concatenate([self._pending_times, asked])
        self._pending_ids = np.concatenate([self._pending_ids, np.repeat(ids, candidates)])
        self._pending_least = np.concatenate([self._pending_least, least.ravel()])

    def _consider(self, now_ns: int, row: int) -> None:
        """Withdraw an order if it still rests and the rate at its distance is higher than the drawn one."""
        exchange, rates, order_id = self._exchange, self.spec.cancel_rates, self._asked_ids[row]
        place = exchange.where(order_id)
        if place is None:
            return
        side, price = place
        opposite = exchange.best_ask if side is Side.BUY else exchange.best_bid
        distance = min(abs(opposite - price), len(rates))
        if self._least[row] < rates[distance - 1]:
            exchange.withdraw(now_ns, order_id)

"""What strategies learn from the market: how fast it moves, how far its orders reach, and how often they come."""

from __future__ import annotations

import math

from mmtui.book import Side
from mmtui.signals.reach import ReachDecay
from mmtui.signals.volatility import EwmaVolatility
from mmtui.strategies.base import MarketView, Rules
from mmtui.strategies.defaults import default_half_spread

_NS_PER_S = 1_000_000_000
#: Memory of the rate of orders, in seconds. A view keeps as much of the tape, so the first answer has all of it.
_RATE_MEMORY_S = 60.0
#: Without a tape: half an order a second on each side, which five seconds' worth of orders outweigh.
_USUAL_ORDERS = 5.0
_USUAL_S = 5.0


class Learner:
    """Volatility, and the A and k of the rate A exp(-k d) at which a quote d ticks from the mid is filled.

    - sigma, ticks per root second: exponential weights; the market's usual volatility stands in until they fill.
    - k, per tick: one over the mean distance that market orders reach from the mid at the last look before them, which
      is its maximum likelihood estimate (:class:`~mmtui.signals.reach.ReachDecay`).
    - A, per second and side: half the rate of market orders, both sides together with exponential weights, is what
      comes as far as the best price. At h, the mean distance of the best price from the mid over the same orders (less
      half a tick, as for k), that is A exp(-k h), so A is that half times exp(k h). No order reaches less than the
      best price, so k h is at most 1, and A at most e times the rate of orders.

    Args:
        rules: the level's rules.
        memory_s: memory of the volatility estimate, in seconds.
        now_ns: the time of the first look.
    """

    def __init__(self, rules: Rules, memory_s: float, now_ns: int) -> None:
        usual_reach = default_half_spread(rules)
        self._memory_s = memory_s
        self._usual = rules.normal_volatility**2
        self._volatility = EwmaVolatility(memory_s)
        self._reach = ReachDecay(prior=1.0 / usual_reach)
        # The same memory for the distance of the best price, which is a reach that went no further.
        self._best = ReachDecay(prior=1.0 / usual_reach)
        self._start_ns = now_ns
        self._seen_ns = now_ns
        self._mid: float | None = None
        self._half_spread = 0.0
        self._orders = _USUAL_ORDERS
        self._time_s = _USUAL_S

    def look(self, view: MarketView, mid: float, half_spread: float) -> None:
        """Take in what happened since the last look; ``mid`` and ``half_spread`` are the others' now.

        An order that ended at our quote, inside the others', would have reached theirs: it counts that far, or a
        maker who once quotes too close would see only what he did himself, and never learn. What a formula asks for is
        rounded away from the mid, by half a tick on average, so of what is asked for an order reaches half a tick less.
        """
        now_ns = view.now_ns
        self._volatility.update(now_ns, mid)
        if self._mid is None:
            self._read_tape(view)
        else:
            furthest: dict[tuple[int, Side], float] = {}
            for trade in view.trades_since(self._seen_ns):
                # One market order may trade at several prices: what counts is the last, its furthest.
                furthest[trade.time_ns, trade.side] = trade.side * (trade.price - self._mid)
            for reach in furthest.values():
                self._reach.update(max(reach, self._half_spread) - 0.5)
                self._best.update(self._half_spread - 0.5)
            self._count(len(furthest), (now_ns - self._seen_ns) / _NS_PER_S)
        self._seen_ns, self._mid, self._half_spread = now_ns, mid, half_spread

    def _read_tape(self, view: MarketView) -> None:
        """Count the orders of the last minute, from the first one on the tape: nobody knows since when it is kept."""
        tape = view.trades_since(view.now_ns - round(_RATE_MEMORY_S * _NS_PER_S))
        if tape:
            orders = {(trade.time_ns, trade.side) for trade in tape}
            self._count(len(orders) - 1, (view.now_ns - tape[0].time_ns) / _NS_PER_S)

    def _count(self, orders: int, time_s: float) -> None:
        kept = math.exp(-time_s / _RATE_MEMORY_S)
        self._orders = self._orders * kept + orders
        self._time_s = self._time_s * kept + _RATE_MEMORY_S * (1.0 - kept)

    def sigma(self, now_ns: int) -> float:
        """Ticks per root second: the usual volatility, giving way to the estimate as its memory fills."""
        estimate = self._volatility.value
        if estimate is None:
            return math.sqrt(self._usual)
        usual = math.exp(-(now_ns - self._start_ns) / _NS_PER_S / self._memory_s)
        return math.sqrt(usual * self._usual + (1.0 - usual) * estimate**2)

    def variance_ratio(self, now_ns: int) -> float:
        """The square of ``sigma`` over the usual; 1 where usually nothing moves."""
        return self.sigma(now_ns) ** 2 / self._usual if self._usual else 1.0

    @property
    def k(self) -> float:
        """Per tick."""
        return self._reach.value

    @property
    def rate(self) -> float:
        """A: orders a second and side, extrapolated to the mid."""
        return self._orders / self._time_s / 2.0 * math.exp(self.k / self._best.value)

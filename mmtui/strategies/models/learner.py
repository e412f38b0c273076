"""Estimates of the market's volatility, and of the rate and reach of its orders, made while quoting."""

from __future__ import annotations

import math
from typing import Self

from mmtui.book import Side
from mmtui.signals.reach import ReachDecay
from mmtui.signals.volatility import EwmaVolatility
from mmtui.strategies.excluding_own import others_touch
from mmtui.strategies.protocol import MarketView, Rules
from mmtui.units import NS_PER_S

#: Memory of the rate of orders, in seconds. A view holds as much of the tape, so the first estimate has all of it.
_RATE_MEMORY_S = 60.0
#: Without a tape: half an order a second on each side, which five seconds' worth of orders outweigh.
_USUAL_ORDERS = 5.0
_USUAL_S = 5.0
#: 1/k over the usual spread, before any order.
_USUAL_REACH = 0.45
#: Orders that count at least, however long none has come: one in a hundred minutes.
_LEAST_ORDERS = 0.01
_NEVER_NS = -(2**62)


class Learner:
    """Volatility, and the A and k of the rate A exp(-k d) at which a quote d ticks from the mid is filled.

    - sigma, ticks per root second: exponential weights; the market's usual volatility stands in until they fill.
    - k and A: the estimator of :mod:`mmtui.signals.reach`, which ``mmtui strategies fit`` uses too; here the last 50
      orders or so count for the mean reach, and the last minute for their rate.

    Args:
        rules: the level's rules.
        memory_s: memory of the volatility estimate, in seconds.
        now_ns: the time of the first update.

    Attributes:
        mid: half-way between the best prices of others at the last update, in ticks.
        spread: between these prices, in ticks.
    """

    def __init__(self, rules: Rules, memory_s: float, now_ns: int) -> None:
        self._memory_s = memory_s
        self._usual = rules.normal_volatility**2
        self._volatility = EwmaVolatility(memory_s)
        # A maker's usual half-spread is 1/k and a little for risk.
        self._reach = ReachDecay(prior=1.0 / (_USUAL_REACH * rules.normal_spread))
        self._start_ns = now_ns
        self._seen_ns = now_ns
        self.mid = float("nan")
        self.spread = 0
        self._orders = _USUAL_ORDERS
        self._time_s = _USUAL_S
        # What was computed last, and for when.
        self._sigma = 0.0
        self._sigma_ns = _NEVER_NS

    @classmethod
    def updated(cls, learner: Self | None, view: MarketView, memory_s: float) -> Self:
        """Return the learner, or a new one if there is none yet, updated from the view."""
        learner = learner or cls(view.rules, memory_s, view.now_ns)
        learner.update(view)
        return learner

    def update(self, view: MarketView) -> None:
        """Take in what happened since the last update.

        Own quotes do not count: an order that ended at one, inside the others', counts as reaching theirs. Otherwise a
        maker who once quotes too close would observe only his own effect, and stay there.
        """
        now_ns = view.now_ns
        self._sigma_ns = _NEVER_NS
        best_bid, best_ask = others_touch(view)
        mid = (best_bid + best_ask) / 2
        self._volatility.update(now_ns, mid)
        if math.isnan(self.mid):
            self._read_tape(view)
        else:
            furthest: dict[tuple[int, Side], float] = {}
            for trade in view.trades_since(self._seen_ns):
                # One market order may trade at several prices: what counts is the last, its furthest.
                if trade.side:
                    furthest[trade.time_ns, trade.side] = trade.side * (trade.price - self.mid)
            best = self.spread / 2
            for reach in furthest.values():
                self._reach.update(max(reach, best))
            self._count(len(furthest), (now_ns - self._seen_ns) / NS_PER_S)
        self._seen_ns, self.mid, self.spread = now_ns, mid, best_ask - best_bid

    def _read_tape(self, view: MarketView) -> None:
        """Count the orders of the last minute, from the first one on the tape: when the tape began is not known."""
        tape = view.trades_since(view.now_ns - round(_RATE_MEMORY_S * NS_PER_S))
        if tape:
            orders = {(trade.time_ns, trade.side) for trade in tape if trade.side}
            self._count(len(orders) - 1, (view.now_ns - tape[0].time_ns) / NS_PER_S)

    def _count(self, orders: int, time_s: float) -> None:
        kept = math.exp(-time_s / _RATE_MEMORY_S)
        # After a quiet night the rate would be zero to the last digit, and no distance would follow from it.
        self._orders = max(_LEAST_ORDERS, self._orders * kept + orders)
        self._time_s = self._time_s * kept + _RATE_MEMORY_S * (1.0 - kept)

    def sigma(self, now_ns: int) -> float:
        """Ticks per root second: the usual volatility, giving way to the estimate as its memory fills."""
        if now_ns != self._sigma_ns:
            self._sigma_ns = now_ns
            estimate = self._volatility.value
            if estimate is None:
                self._sigma = math.sqrt(self._usual)
            else:
                usual = math.exp(-(now_ns - self._start_ns) / NS_PER_S / self._memory_s)
                self._sigma = math.sqrt(usual * self._usual + (1.0 - usual) * estimate**2)
        return self._sigma

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
        return self._orders / self._time_s / 2.0 * self._reach.scale

"""How far market orders reach, and so how fast fills thin out with the distance from the mid.

A quote at a distance d from the mid is assumed to be filled at the rate A exp(-k d), on each side, as in Avellaneda and
Stoikov (2008). The estimator is that of maximum likelihood for prices on ticks:

- An order that does not reach the first tick at or beyond the mid, t away from it, is not seen. One that does is seen
  to reach n whole ticks further, n being its last price's. Whatever t is, P(n or more) = exp(-k n), so that
  k = ln(1 + 1/mean n).
- An order seen at t stands for exp(k t) that reach the mid, so that A is the sum of these over the orders of a side, by
  time.

In a book orders come whatever the spread is, and most stop at the best price for want of size: their rate is flat up to
there and falls quicker than exponentially beyond. With an order's reach then the best price's distance or more, 1/k is
near the distance d at which d times the rate of orders is greatest, which a maker without risk should charge.

Bias: a mean n below 0.1 counts as 0.1, so that k is at most 2.4 a tick: where every order stops at the first tick
nothing is known but that k is large.
"""

from __future__ import annotations

import math

_LEAST = 0.1


def reach_of(distance: float) -> tuple[float, float]:
    """Return t and n, in ticks, of an order whose last price is at a distance from the mid.

    The distance of a price on the near side of the mid, which moved since it was looked at, counts as t.
    """
    beyond, first = divmod(distance, 1.0)
    return first, max(0.0, beyond)


def decay(beyond: float) -> float:
    """Return k, per tick, from the mean n."""
    return math.log1p(1.0 / max(beyond, _LEAST))


class ReachDecay:
    """k and A from market orders as they come, by exponentially weighted means.

    An order weighs memory/(1 + memory) of the next one, and the prior replaces those before the first.

    Args:
        prior: k before any order is seen, per tick.
        memory: market orders remembered.

    Raises:
        ValueError: the prior or the memory is not positive.
    """

    __slots__ = ("_beyond", "_weight", "scale")

    def __init__(self, prior: float, memory: float = 50.0) -> None:
        if not (prior > 0 and memory > 0):
            raise ValueError(f"prior and memory must be positive, not {prior} and {memory}")
        self._beyond = 1.0 / math.expm1(prior)
        self._weight = 1.0 / (1.0 + memory)
        #: Orders that reach the mid for each one seen; before the first, as if the mid were half-way between ticks.
        self.scale = math.exp(prior / 2.0)

    def update(self, distance: float) -> None:
        """Take the distance of one market order's last price from the mid, in ticks."""
        first, beyond = reach_of(distance)
        self._beyond += self._weight * (beyond - self._beyond)
        self.scale += self._weight * (math.exp(self.value * first) - self.scale)

    @property
    def value(self) -> float:
        """k, per tick."""
        return decay(self._beyond)

"""How far market orders reach, and so how fast fills thin out with the distance from the mid.

A quote wanted at a distance d from the mid is assumed to be filled at the rate A exp(-k d), on each side. Estimator:

- An order's reach is the distance of its last price from the mid at the last update before it, but at least that of the
  best price then, less half a tick: wanted prices are rounded away from the mid, by half a tick on average, so that an
  order reaches wanted distances of half a tick less. A reach below 0.1 counts as 0.1.
- k is one over the mean reach, its maximum likelihood estimate where fills thin out exponentially.
- A: half of all orders come, on each side, as far as the best price. With h the mean distance of the best price at
  the same orders, less the same half tick, that is A exp(-k h), so A is that half times exp(k h). No order reaches less
  than the best price, so that k h is at most 1, and A at most e times the rate of orders of a side.

Bias: an order that stops at the best price does not reveal the worst price it would have taken. Its reach is then the
best price's distance, so that 1/k follows the market's own half-spread, which is what a maker without better knowledge
should charge.
"""

from __future__ import annotations

import math

#: The mean reduction of a reach by rounding to whole ticks, in ticks.
_ROUNDING = 0.5
#: The smallest reach, in ticks: it keeps k finite when every order stops at the mid's nearest tick.
_LEAST = 0.1


def trimmed(distance: float) -> float:
    """Return the distance to want, in ticks, for a quote that rests at a distance from the mid."""
    return max(distance - _ROUNDING, _LEAST)


def reach_of(furthest: float, best: float) -> float:
    """Return an order's reach, in ticks, from the distances of its last price and of the best one from the mid."""
    return trimmed(max(furthest, best))


def fills_at_mid(orders: float, k: float, best: float) -> float:
    """Return A, fills a second and side at the mid.

    Args:
        orders: market orders a second, both sides together.
        k: the decay of fills, per tick.
        best: the mean distance of the best price from the mid at these orders, trimmed, in ticks.
    """
    return orders / 2.0 * math.exp(k * best)


class ReachDecay:
    """The decay k, per tick, from market orders as they come: one over their exponentially weighted mean reach.

    An order weighs memory/(1 + memory) of the next one, and the prior replaces those before the first.

    Args:
        prior: k before any order is seen, per tick.
        memory: market orders remembered.

    Raises:
        ValueError: the prior or the memory is not positive.
    """

    __slots__ = ("_mean", "_weight")

    def __init__(self, prior: float, memory: float = 50.0) -> None:
        if not (prior > 0 and memory > 0):
            raise ValueError(f"prior and memory must be positive, not {prior} and {memory}")
        self._mean = 1.0 / prior
        self._weight = 1.0 / (1.0 + memory)

    def update(self, reach: float) -> None:
        """Take one market order's reach, in ticks; below 0.1 it counts as 0.1."""
        self._mean += self._weight * (max(reach, _LEAST) - self._mean)

    @property
    def value(self) -> float:
        """k, per tick."""
        return 1.0 / self._mean

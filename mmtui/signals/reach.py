"""How far market orders reach, and so how fast fills thin out with the distance from the mid."""

from __future__ import annotations

#: The best price is never nearer to the mid than half a tick, so no market order reaches less.
_LEAST = 0.5


class ReachDecay:
    """The decay k, per tick, of the rate A exp(-k d) at which a quote d ticks from the mid is filled.

    If fills thin out so, the distance that a market order reaches from the mid is exponential, and the maximum
    likelihood estimate of k is one over its mean. The mean forgets: an order counts memory/(1 + memory) of the
    next one, and the prior stands in for those before the first.

    Bias: an order that stops at the best price would often have gone further, had that price been further away, and
    never shows that it would have stopped short of it. Its reach is then the best price's distance, so that 1/k
    follows the market's own half-spread, which is what a maker without better knowledge should charge.

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
        """Take one market order's reach: the distance from the mid before it to its furthest price, in ticks."""
        self._mean += self._weight * (max(reach, _LEAST) - self._mean)

    @property
    def value(self) -> float:
        """k, per tick."""
        return 1.0 / self._mean

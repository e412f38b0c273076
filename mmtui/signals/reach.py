"""How far market orders reach, and so how fast fills thin out with the distance from the mid."""

from __future__ import annotations

#: The least reach that counts, in ticks: it keeps k finite where every order stops at the mid's nearest tick.
_LEAST = 0.1


class ReachDecay:
    """The decay k, per tick, of the rate A exp(-k d) at which a quote d ticks from the mid is filled.

    If fills thin out so, the distance that a market order reaches from the mid is exponential, and the maximum
    likelihood estimate of k is one over its mean. The mean forgets: an order counts memory/(1 + memory) of the
    next one, and the prior stands in for those before the first.

    Bias: an order that stops at the best price does not show how far it would have gone for a worse one, or whether a
    little less would have put it off. Its reach is then the best price's distance, so that 1/k follows the market's
    own half-spread, which is what a maker without better knowledge should charge.

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
        """Take one market order's reach: the distance from the mid before it to its furthest price, in ticks.

        A reach below 0.1 counts as 0.1.
        """
        self._mean += self._weight * (max(reach, _LEAST) - self._mean)

    @property
    def value(self) -> float:
        """k, per tick."""
        return 1.0 / self._mean

"""An exponentially weighted mean of irregular observations."""

from __future__ import annotations

from math import expm1


class Ewma:
    """Exponentially weighted moving average of irregular observations, in their own unit.

    An observation that comes dt after the last instant gets the weight 1 − exp(−dt/τ), so that the memory is τ seconds
    however often it is updated. The first gets all the weight. Of several at the same nanosecond only the last counts.

    Args:
        tau_s: the memory τ in seconds, positive. Raises ValueError otherwise.

    Attributes:
        value: the mean, None before the first observation.
    """

    __slots__ = ("_before", "_tau_ns", "_time_ns", "_weight", "value")

    def __init__(self, tau_s: float) -> None:
        if not tau_s > 0:
            raise ValueError(f"tau_s must be positive, not {tau_s}")
        self.value: float | None = None
        self._tau_ns = tau_s * 1e9
        self._time_ns = 0
        self._before = 0.0  # the mean before this instant's observation, which got _weight
        self._weight = 1.0

    def update(self, now_ns: int, value: float) -> float:
        """Take an observation and return the new mean."""
        mean = self.value
        if mean is None:
            self._time_ns = now_ns
        elif now_ns > self._time_ns:
            self._weight = -expm1((self._time_ns - now_ns) / self._tau_ns)
            self._before = mean
            self._time_ns = now_ns
        self.value = mean = self._before + self._weight * (value - self._before)
        return mean

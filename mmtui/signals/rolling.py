"""Mean and deviation over a moving window."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from math import fsum, sqrt


class RollingMoments:
    """Mean and sample deviation of the last ``window`` values, in the values' own unit.

    They are computed from the window when they are read, in O(window), so that no rounding errors accumulate. A window
    of equal values has exactly their value as its mean and exactly no deviation.

    Args:
        window: how many values, at least 2. Raises ValueError below.
    """

    __slots__ = ("_values",)

    def __init__(self, window: int) -> None:
        if window < 2:
            raise ValueError(f"window must be at least 2, not {window}")
        self._values: deque[float] = deque(maxlen=window)

    def update(self, value: float) -> None:
        """Take the next value; the oldest leaves once the window is full."""
        self._values.append(value)

    @property
    def count(self) -> int:
        """Values in the window."""
        return len(self._values)

    @property
    def mean(self) -> float | None:
        """Their mean, None while there are none."""
        return mean(self._values) if self._values else None

    @property
    def deviation(self) -> float | None:
        """Their sample standard deviation (n − 1 below), None below two values."""
        return _deviation(self._values)


def mean(values: Collection[float]) -> float:
    """Return the mean of at least one value, exactly the value if all are equal."""
    first = next(iter(values))
    return first + fsum(value - first for value in values) / len(values)


def _deviation(values: Collection[float]) -> float | None:
    if len(values) < 2:
        return None
    centre = mean(values)
    return sqrt(fsum((value - centre) ** 2 for value in values) / (len(values) - 1))

"""Mean and deviation over a moving window."""

from __future__ import annotations

from collections import deque
from math import fsum, sqrt

#: Updates after which running sums are recomputed from the window, so that rounding errors do not accumulate.
RESYNC_EVERY = 10_000


class RollingMoments:
    """Mean and sample deviation of the last ``window`` values, in the values' own unit.

    A full window moves in O(1): with d = new − old, mean′ = mean + d/n and M₂′ = M₂ + d(new − mean′ + old − mean),
    where M₂ is the sum of squared deviations. Until it is full, Welford's update is used. A window of equal values has
    exactly their value as its mean and exactly no deviation.

    Args:
        window: how many values, at least 2. Raises ValueError below.
    """

    __slots__ = ("_m2", "_mean", "_run", "_since_resync", "_values", "_window")

    def __init__(self, window: int) -> None:
        if window < 2:
            raise ValueError(f"window must be at least 2, not {window}")
        self._window = window
        self._values: deque[float] = deque(maxlen=window)
        self._mean = 0.0
        self._m2 = 0.0
        self._run = 0  # how many of the latest values are equal
        self._since_resync = 0

    def update(self, value: float) -> None:
        """Take the next value; the oldest leaves once the window is full."""
        values = self._values
        mean = self._mean
        self._run = self._run + 1 if values and value == values[-1] else 1
        if len(values) < self._window:
            values.append(value)
            d = value - mean
            self._mean = mean + d / len(values)
            self._m2 += d * (value - self._mean)
        else:
            old = values[0]
            values.append(value)
            d = value - old
            self._mean = mean + d / self._window
            self._m2 += d * (value - self._mean + old - mean)
        if self._run >= self._window:
            self._mean, self._m2 = value, 0.0
        self._since_resync += 1
        if self._since_resync >= RESYNC_EVERY:
            self._resync()

    def _resync(self) -> None:
        values = self._values
        self._mean = fsum(values) / len(values)
        self._m2 = fsum((value - self._mean) ** 2 for value in values)
        self._since_resync = 0

    @property
    def count(self) -> int:
        """Values in the window."""
        return len(self._values)

    @property
    def mean(self) -> float | None:
        """Their mean, None while there are none."""
        return self._mean if self._values else None

    @property
    def deviation(self) -> float | None:
        """Their sample standard deviation (n − 1 below), None below two values."""
        n = len(self._values)
        # Rounding may leave a sum of squares a hair below zero.
        return sqrt(max(0.0, self._m2) / (n - 1)) if n > 1 else None


class TimedMoments:
    """Mean and sample deviation of the values of the last ``window_s`` seconds, in the values' own unit.

    Every value in (now − window, now] counts once, however long it stood. A value is added or removed in O(1): with
    d = x − mean and n the count afterwards, mean′ = mean ± d/n, and M₂ changes by ±d(x − mean′).

    Args:
        window_s: the window's length in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ("_m2", "_mean", "_since_resync", "_values", "_window_ns")

    def __init__(self, window_s: float) -> None:
        if not window_s > 0:
            raise ValueError(f"window_s must be positive, not {window_s}")
        self._window_ns = round(window_s * 1e9)
        self._values: deque[tuple[int, float]] = deque()
        self._mean = 0.0
        self._m2 = 0.0
        self._since_resync = 0

    def update(self, now_ns: int, value: float) -> None:
        """Take a value at ``now_ns``."""
        self._expire(now_ns)
        self._values.append((now_ns, value))
        d = value - self._mean
        self._mean += d / len(self._values)
        self._m2 += d * (value - self._mean)
        self._since_resync += 1
        if self._since_resync >= RESYNC_EVERY:
            self._resync()

    def _expire(self, now_ns: int) -> None:
        values = self._values
        horizon_ns = now_ns - self._window_ns
        while values and values[0][0] <= horizon_ns:
            old = values.popleft()[1]
            if values:
                d = old - self._mean
                self._mean -= d / len(values)
                self._m2 -= d * (old - self._mean)
            else:
                self._mean = self._m2 = 0.0

    def _resync(self) -> None:
        values = self._values
        self._mean = fsum(value for _, value in values) / len(values)
        self._m2 = fsum((value - self._mean) ** 2 for _, value in values)
        self._since_resync = 0

    def count(self, now_ns: int) -> int:
        """Values in the window that ends now."""
        self._expire(now_ns)
        return len(self._values)

    def mean(self, now_ns: int) -> float | None:
        """Their mean, None while there are none."""
        self._expire(now_ns)
        return self._mean if self._values else None

    def deviation(self, now_ns: int) -> float | None:
        """Their sample standard deviation (n − 1 below), None below two values."""
        self._expire(now_ns)
        n = len(self._values)
        return sqrt(max(0.0, self._m2) / (n - 1)) if n > 1 else None

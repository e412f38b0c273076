"""A straight line through the last so many points."""

from __future__ import annotations

from collections import deque
from math import fsum, sqrt
from typing import NamedTuple

from mmtui.signals.rolling import mean


class _Sums(NamedTuple):
    """Means of x and y, and sums of products of deviations from them."""

    x: float
    y: float
    xx: float
    xy: float
    yy: float


class RollingRegression:
    """Ordinary least squares of y on x with a constant over the last ``window`` points: the rolling hedge ratio.

    On the two legs' prices the slope is the pair's hedge ratio in the sense of Engle and Granger: units of x against
    one of y. On their moves it is the ratio of least variance, and beta if they are returns. With lagged values of a
    series as x it is its autoregression: see ReversionSpeed. On prices the usual standard error of the slope is not
    valid, since the residuals are autocorrelated: hence there is none.

    Everything is computed from the window when it is read, in O(window), so that no rounding errors accumulate.

    Args:
        window: how many points, at least 3. Raises ValueError below.
    """

    __slots__ = ("_points",)

    def __init__(self, window: int) -> None:
        if window < 3:
            raise ValueError(f"window must be at least 3, not {window}")
        self._points: deque[tuple[float, float]] = deque(maxlen=window)

    def update(self, x: float, y: float) -> None:
        """Take the next point; the oldest leaves once the window is full."""
        self._points.append((x, y))

    def _sums(self) -> _Sums | None:
        """Return the sums; None below three points or while x does not vary."""
        points = self._points
        if len(points) < 3:
            return None
        xs, ys = zip(*points, strict=True)
        x, y = mean(xs), mean(ys)
        xx = fsum((each - x) ** 2 for each in xs)
        if xx == 0.0:
            return None
        xy = fsum((each_x - x) * (each_y - y) for each_x, each_y in points)
        return _Sums(x, y, xx, xy, fsum((each - y) ** 2 for each in ys))

    @property
    def count(self) -> int:
        """Points in the window."""
        return len(self._points)

    @property
    def slope(self) -> float | None:
        """Units of y per unit of x; None below three points or while x does not vary."""
        sums = self._sums()
        return None if sums is None else sums.xy / sums.xx

    @property
    def intercept(self) -> float | None:
        """The line at x = 0, in y's unit; None when the slope is."""
        sums = self._sums()
        return None if sums is None else sums.y - sums.xy / sums.xx * sums.x

    @property
    def correlation(self) -> float | None:
        """Of x with y, −1 to 1; None below three points or while either does not vary.

        Between prices it is no evidence of anything: independent random walks are often highly correlated.
        """
        sums = self._sums()
        if sums is None or sums.yy == 0.0:
            return None
        return max(-1.0, min(1.0, sums.xy / sqrt(sums.xx * sums.yy)))

    @property
    def residual_deviation(self) -> float | None:
        """The residuals' standard deviation (n − 2 below) in y's unit; None when the slope is."""
        sums = self._sums()
        if sums is None:
            return None
        return sqrt(max(0.0, sums.yy - sums.xy / sums.xx * sums.xy) / (len(self._points) - 2))

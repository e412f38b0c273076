"""A straight line through the last so many points."""

from __future__ import annotations

from collections import deque
from math import fsum, sqrt

from mmtui.signals.rolling import RESYNC_EVERY


class RollingRegression:
    """Ordinary least squares of y on x with a constant over the last ``window`` points: the rolling hedge ratio.

    On the two legs' prices the slope is the pair's hedge ratio in the sense of Engle and Granger: units of x against
    one of y. On their moves it is the ratio of least variance, and beta if they are returns. With lagged values of a
    series as x it is its autoregression: see ReversionSpeed. On prices the usual standard error of the slope is not
    valid, since the residuals are autocorrelated: hence there is none.

    Centred sums move in O(1), as in RollingMoments: with d = new − old for both, S_xy′ = S_xy + d_x(new_y − mean_y′) +
    d_y(old_x − mean_x), and are computed afresh every 10⁴ points.

    Args:
        window: how many points, at least 3. Raises ValueError below.
    """

    __slots__ = ("_points", "_run_x", "_run_y", "_since_resync", "_sxx", "_sxy", "_syy", "_window", "_x", "_y")

    def __init__(self, window: int) -> None:
        if window < 3:
            raise ValueError(f"window must be at least 3, not {window}")
        self._window = window
        self._points: deque[tuple[float, float]] = deque(maxlen=window)
        self._x = self._y = 0.0  # the means
        self._sxx = self._sxy = self._syy = 0.0  # sums of products of deviations
        self._run_x = self._run_y = 0  # how many of the latest are equal
        self._since_resync = 0

    def update(self, x: float, y: float) -> None:
        """Take the next point; the oldest leaves once the window is full."""
        points = self._points
        self._run_x = self._run_x + 1 if points and x == points[-1][0] else 1
        self._run_y = self._run_y + 1 if points and y == points[-1][1] else 1
        if len(points) < self._window:
            points.append((x, y))
            dx, dy = x - self._x, y - self._y
            self._x += dx / len(points)
            self._y += dy / len(points)
            self._sxx += dx * (x - self._x)
            self._sxy += dx * (y - self._y)
            self._syy += dy * (y - self._y)
        else:
            old_x, old_y = points[0]
            points.append((x, y))
            dx, dy = x - old_x, y - old_y
            old_x, old_y = old_x - self._x, old_y - self._y
            self._x += dx / self._window
            self._y += dy / self._window
            self._sxx += dx * (x - self._x + old_x)
            self._sxy += dx * (y - self._y) + dy * old_x
            self._syy += dy * (y - self._y + old_y)
        # A window of equal values does not vary, whatever the rounding errors of the sums.
        if self._run_x >= self._window:
            self._x, self._sxx, self._sxy = x, 0.0, 0.0
        if self._run_y >= self._window:
            self._y, self._syy, self._sxy = y, 0.0, 0.0
        self._since_resync += 1
        if self._since_resync >= RESYNC_EVERY:
            self._resync()

    def _resync(self) -> None:
        points = self._points
        mean_x = self._x = fsum(x for x, _ in points) / len(points)
        mean_y = self._y = fsum(y for _, y in points) / len(points)
        self._sxx = fsum((x - mean_x) ** 2 for x, _ in points)
        self._sxy = fsum((x - mean_x) * (y - mean_y) for x, y in points)
        self._syy = fsum((y - mean_y) ** 2 for _, y in points)
        self._since_resync = 0

    @property
    def count(self) -> int:
        """Points in the window."""
        return len(self._points)

    @property
    def slope(self) -> float | None:
        """Units of y per unit of x; None below three points or while x does not vary."""
        return self._sxy / self._sxx if len(self._points) > 2 and self._sxx > 0.0 else None

    @property
    def intercept(self) -> float | None:
        """The line at x = 0, in y's unit; None when the slope is."""
        slope = self.slope
        return None if slope is None else self._y - slope * self._x

    @property
    def correlation(self) -> float | None:
        """Of x with y, −1 to 1; None below three points or while either does not vary.

        Between prices it is no evidence of anything: independent random walks are often highly correlated.
        """
        if len(self._points) < 3 or self._sxx <= 0.0 or self._syy <= 0.0:
            return None
        return max(-1.0, min(1.0, self._sxy / sqrt(self._sxx * self._syy)))

    @property
    def residual_deviation(self) -> float | None:
        """The residuals' standard deviation (n − 2 below) in y's unit; None when the slope is."""
        slope = self.slope
        if slope is None:
            return None
        return sqrt(max(0.0, self._syy - slope * self._sxy) / (len(self._points) - 2))

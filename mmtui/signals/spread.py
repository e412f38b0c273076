"""The spread relative to its mean."""

from __future__ import annotations

from collections import deque


class SpreadRatio:
    """The spread now, divided by its time-weighted mean over a window: 1 as usual, 2 twice as wide.

    The mean includes the present spread. Time without a spread, when a side is empty or trading has halted, does not
    count. Until the window is full the mean is over the time so far.

    A spread that doubles for good shows 2 at first and 2 / (1 + t/window) t seconds later: the ratio marks changes.

    Args:
        window_s: the window's length in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ("_area", "_past", "_past_ns", "_since_ns", "_spread", "_window_ns")

    def __init__(self, window_s: float) -> None:
        if not window_s > 0:
            raise ValueError(f"window_s must be positive, not {window_s}")
        self._window_ns = round(window_s * 1e9)
        self._past: deque[tuple[int, int, int]] = deque()  # from, to and size of past spreads
        self._past_ns = 0  # their total time
        self._area = 0  # Σ spread × how long, in whole numbers and so exact
        self._spread: int | None = None
        self._since_ns = 0

    def update(self, now_ns: int, spread: int | None) -> None:
        """Take the spread in ticks that stands from ``now_ns`` on; None while there is none."""
        if spread == self._spread:
            return
        if self._spread is not None and now_ns > self._since_ns:
            self._past.append((self._since_ns, now_ns, self._spread))
            self._past_ns += now_ns - self._since_ns
            self._area += (now_ns - self._since_ns) * self._spread
        self._spread = spread
        self._since_ns = now_ns
        self._expire(now_ns)

    def _expire(self, now_ns: int) -> None:
        """Drop the spreads before the window, and cut the one that reaches into it."""
        past = self._past
        horizon_ns = now_ns - self._window_ns
        while past and past[0][0] < horizon_ns:
            since, until, spread = past.popleft()
            gone = min(until, horizon_ns) - since
            self._past_ns -= gone
            self._area -= gone * spread
            if until > horizon_ns:
                past.appendleft((horizon_ns, until, spread))

    def mean(self, now_ns: int) -> float | None:
        """The mean spread in ticks over (now − window, now], None before any has stood."""
        self._expire(now_ns)
        time_ns, area = self._past_ns, self._area
        if self._spread is not None:
            # A spread older than the window is alone in it, and so its mean.
            time_ns += now_ns - self._since_ns
            area += (now_ns - self._since_ns) * self._spread
        return area / time_ns if time_ns else None

    def value(self, now_ns: int) -> float | None:
        """The spread now over its mean, None without a spread now or before any has stood."""
        mean = self.mean(now_ns)
        return self._spread / mean if self._spread is not None and mean else None

"""How far the price goes after a signal."""

from __future__ import annotations

from collections import deque
from math import exp

from mmtui.signals.grid import Grid


class Lead:
    """The slope, through the origin, of the price's move over the next seconds on a signal's value now.

    Both are sampled every second. With x the signal and y the move of the ``ahead_s`` seconds after it

        slope = Σ w x y / (doubt + Σ w x²),  w falling by exp(−age/τ)

    which is ridge regression (Hoerl and Kennard, Technometrics 12(1), 1970): at Σ x² = ``doubt`` the slope is half that
    of least squares. Without it the slopes of the first seconds would be nothing but noise. On a random walk of
    volatility σ a slope is noise of about σ ahead_s / √(t E x²) after t seconds, since overlapping moves are nearly one
    observation. An update is O(1).

    Args:
        ahead_s: the length of the move, in whole seconds, at least 1.
        doubt: in the signal's unit squared, positive.
        tau_s: the memory τ in seconds, positive. Raises ValueError for each otherwise.
    """

    __slots__ = ("_ahead", "_decay", "_doubt", "_price", "_signal", "_waiting", "_xx", "_xy")

    def __init__(self, ahead_s: int, doubt: float, tau_s: float = 300.0) -> None:
        if not (ahead_s >= 1 and doubt > 0 and tau_s > 0):
            raise ValueError(f"ahead_s, doubt and tau_s must be positive, not {ahead_s}, {doubt} and {tau_s}")
        self._ahead = ahead_s
        self._doubt = doubt
        self._decay = exp(-1.0 / tau_s)
        self._signal = Grid(1.0)
        self._price = Grid(1.0)
        self._waiting: deque[tuple[float, float]] = deque()
        self._xx = 0.0
        self._xy = 0.0

    def update(self, now_ns: int, signal: float, price: float) -> None:
        """Take the signal and the price, in any units, that stand from ``now_ns`` on."""
        passed = self._signal.update(now_ns, signal)
        self._price.update(now_ns, price)
        apart = min(passed, self._ahead + 1)
        for _ in range(apart):
            self._sample(self._signal.sample, self._price.sample)
        if passed > apart:
            # What waits is alike from here on, and the price has stood still.
            kept = self._decay ** (passed - apart)
            signal = self._signal.sample
            self._xx = self._xx * kept + signal * signal * (1.0 - kept) / (1.0 - self._decay)
            self._xy *= kept

    def _sample(self, signal: float, price: float) -> None:
        self._xx *= self._decay
        self._xy *= self._decay
        self._waiting.append((signal, price))
        if len(self._waiting) > self._ahead:
            x, before = self._waiting.popleft()
            self._xx += x * x
            self._xy += x * (price - before)

    @property
    def slope(self) -> float:
        """The price's unit per unit of the signal; 0 before the first observation."""
        return self._xy / (self._doubt + self._xx)

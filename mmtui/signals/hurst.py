"""The Hurst exponent: whether the mid reverts, is a random walk, or trends."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from enum import Enum
from functools import cache
from math import exp, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mmtui.signals.grid import Grid

Floats = npt.NDArray[np.float64]

#: The largest lag is this part of the samples, so that there are enough differences that hardly overlap.
LAG_PART = 16

#: Fewer samples per least lag give no reading.
LEAST_SAMPLES = 64

#: A walk is called random when two standard deviations around its H stay this close to 0.5.
RANDOM_WITHIN = 0.1


#: Differences of numbers up to this one, that are halves, are exact.
_MOST = 2.0**50


class HurstVerdict(Enum):
    """The conclusion from a Hurst exponent H with standard deviation sd.

    REVERTING: H + 2 sd < 0.5. TRENDING: H − 2 sd > 0.5. Otherwise 0.5 is within two standard deviations; it is RANDOM
    if H ± 2 sd is all within 0.4 to 0.6, so that there is no memory worth trading on, and NOT_DISTINGUISHABLE from 0.5
    otherwise, since there may be memory either way within the noise.
    """

    REVERTING = "reverting"
    RANDOM = "random"
    TRENDING = "trending"
    NOT_DISTINGUISHABLE = "not distinguishable"


class HurstReading(NamedTuple):
    """A Hurst exponent, its standard deviation, and the conclusion from them."""

    h: float
    sd: float
    verdict: HurstVerdict


class Hurst:
    """The Hurst exponent H of the mid by the variance of lags, over the last so many samples of a regular grid.

    The mean squared difference between mids l samples apart grows as l^(2H): H is half the slope of its logarithm on
    ln l, by least squares with weights 1/l. Lags are the whole numbers nearest to ``least_lag`` × 2^(i/3), up to a
    sixteenth of the samples. No mean is taken off the differences, so a steady drift counts as trending.

    On fractional Brownian motion (Mandelbrot and Van Ness, SIAM Review 10(4), 1968) the bias is within ±.01 for H from
    .3 to .7 and 256 samples or more, and the standard deviation is, with n samples per least lag,

        sd = 0.80 exp(−1.1 H) n^(0.35 H − 0.6),  H held to .1 to .9

    fitted to Monte Carlo: within 14% for H from .3 to .7 and n from 64 to 4096, and for .1 and .9 rather too large.
    It assumes steady volatility. Fat tails do no harm, but volatility that comes in clusters leaves H unbiased and
    its true deviation larger: 1.3 times where it alternates between 1 and 5 every 64 of 1024 samples.

    Bounce and flicker look like reversion: noise of one deviation of a step on a random walk shows H = .32. Use mids
    or microprices, never trade prices, and drop the small lags, which bounce distorts most, at the cost of a larger sd,
    since n falls in proportion.

    An update and a reading are O(lags) while all mids are halves; else the first reading is O(samples · lags).

    Args:
        samples: how many mids the window holds; at least 64 per least lag.
        sample_s: the grid's step in seconds, positive.
        least_lag: the smallest lag, in samples, at least 1. Raises ValueError for each otherwise.
    """

    __slots__ = ("_grid", "_in_halves", "_is_old", "_lags", "_least_lag", "_mids", "_reading", "_samples", "_squares")

    def __init__(self, samples: int = 1024, sample_s: float = 1.0, least_lag: int = 1) -> None:
        _check_least_lag(least_lag)
        if samples < LEAST_SAMPLES * least_lag:
            raise ValueError(f"samples must be at least {LEAST_SAMPLES * least_lag}, not {samples}")
        self._grid = Grid(sample_s)
        self._least_lag = least_lag
        self._samples = samples
        self._mids: deque[float] = deque(maxlen=samples)
        self._lags = _lags(least_lag, samples)
        # While all mids are halves, as those of whole prices are, the sum of squared differences of each lag, in
        # quarters: whole numbers, which add up whatever is added and taken off.
        self._squares = [0] * len(self._lags)
        self._in_halves = True
        self._reading: HurstReading | None = None
        self._is_old = False

    def update(self, now_ns: int, mid: float) -> None:
        """Take the mid that stands from ``now_ns`` on, in any unit."""
        passed = self._grid.update(now_ns, mid)
        for _ in range(min(passed, self._samples)):
            self.sample(self._grid.sample)

    def sample(self, mid: float) -> None:
        """Take the grid's next mid, for mids that are already sampled."""
        self._in_halves = self._in_halves and -_MOST <= mid <= _MOST and mid * 2.0 % 1.0 == 0.0
        if self._in_halves:
            self._add(mid)
        self._mids.append(mid)
        self._is_old = True

    def _add(self, mid: float) -> None:
        """Add the squares of the differences that end at a mid, and take off those of the one that it drives out."""
        mids, squares, count = self._mids, self._squares, len(self._mids)
        if count == self._samples:
            oldest = mids[0]
            for place, lag in enumerate(self._lags):
                squares[place] -= int(2.0 * (mids[lag] - oldest)) ** 2
        for place, lag in enumerate(self._lags):
            if lag > count:
                break
            squares[place] += int(2.0 * (mid - mids[-lag])) ** 2

    @property
    def count(self) -> int:
        """Mids in the window."""
        return len(self._mids)

    @property
    def reading(self) -> HurstReading | None:
        """H, its sd and the verdict; None below 64 samples per least lag, and while all mids are equal."""
        if self._is_old:
            self._is_old, count = False, len(self._mids)
            if self._in_halves:
                sums = zip(self._squares, self._lags, strict=True)
                means = [quarters / 4 / (count - lag) for quarters, lag in sums if lag < count]
                self._reading = _exponent(means, self._least_lag, count)
            else:
                self._reading = hurst_exponent(self._mids, self._least_lag)
        return self._reading


def hurst_exponent(mids: Sequence[float] | Floats, least_lag: int = 1) -> HurstReading | None:
    """Return the Hurst exponent of a whole series of mids sampled at regular instants: see Hurst.

    Args:
        mids: oldest first, in any unit.
        least_lag: the smallest lag, in samples, at least 1. Raises ValueError otherwise.
    """
    _check_least_lag(least_lag)
    count = len(mids)
    if count < LEAST_SAMPLES * least_lag:
        return None
    values = np.fromiter(mids, dtype=np.float64, count=count)
    return _exponent([_mean_square(values[lag:] - values[:-lag]) for lag in _lags(least_lag, count)], least_lag, count)


def _exponent(mean_squares: Sequence[float], least_lag: int, count: int) -> HurstReading | None:
    """Return the exponent from the mean squares of the differences by lag, those of larger lags than used included."""
    if count < LEAST_SAMPLES * least_lag:
        return None
    weighted_x, weighted_xx = _regressor(least_lag, count)
    slope = 0.0
    # There are no more weights than lags that are used.
    for square, weight in zip(mean_squares, weighted_x, strict=False):
        if not square > 0.0:
            return None
        slope += weight * log(square)
    h = slope / weighted_xx / 2.0
    sd = hurst_sd(h, count / least_lag)
    return HurstReading(h, sd, hurst_verdict(h, sd))


def hurst_sd(h: float, samples: float) -> float:
    """Return the standard deviation of H on fractional Brownian motion, by samples per least lag: see Hurst."""
    h = min(0.9, max(0.1, h))
    return 0.80 * exp(-1.1 * h + (0.35 * h - 0.6) * log(samples))


def hurst_verdict(h: float, sd: float) -> HurstVerdict:
    """Return the conclusion from H and its standard deviation: see HurstVerdict."""
    if h + 2.0 * sd < 0.5:
        return HurstVerdict.REVERTING
    if h - 2.0 * sd > 0.5:
        return HurstVerdict.TRENDING
    if abs(h - 0.5) + 2.0 * sd <= RANDOM_WITHIN:
        return HurstVerdict.RANDOM
    return HurstVerdict.NOT_DISTINGUISHABLE


def _check_least_lag(least_lag: int) -> None:
    if least_lag < 1:
        raise ValueError(f"least_lag must be at least 1, not {least_lag}")


def _mean_square(numbers: Floats) -> float:
    """Return the mean of squares, as ``np.mean`` computes it."""
    return float(np.add.reduce(np.square(numbers))) / len(numbers)


@cache
def _regressor(least: int, samples: int) -> tuple[list[float], float]:
    """Return, of the lags' centred logarithms x, w·x for each and Σ w x²."""
    lag = np.array(_lags(least, samples), dtype=np.float64)
    weights = 1.0 / lag
    x = np.log(lag)
    x -= np.sum(weights * x) / np.sum(weights)
    return (weights * x).tolist(), float(np.sum(weights * x * x))


@cache
def _lags(least: int, samples: int) -> tuple[int, ...]:
    """Return whole lags in steps of about a third of an octave, up to a sixteenth of the samples."""
    lags: list[int] = []
    step = 0
    while (lag := round(least * 2.0 ** (step / 3))) <= samples // LAG_PART:
        if not lags or lag > lags[-1]:
            lags.append(lag)
        step += 1
    return tuple(lags)

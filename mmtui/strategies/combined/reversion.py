"""Leans on a mid that comes back to its mean, once it has been shown to."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmtui.signals.grid import Grid
from mmtui.signals.hurst import Hurst
from mmtui.signals.hysteresis import Hysteresis
from mmtui.signals.reversion import ReversionSpeed
from mmtui.signals.rolling import RollingMoments
from mmtui.strategies.baselines.skew import Skew
from mmtui.strategies.defences.guards import HURST_LEAST_LAG_S, HURST_WINDOW_S
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, param

#: The mid's autocorrelation is measured on samples this far apart: at a second or two bounce and late quotes hide it.
_SAMPLE_S = 3.0
#: The fewest samples for an estimate.
_LEAST_SAMPLES = 30


@dataclass
class Reversion(Skew):
    """Skew, around where the mid is expected to be: back towards its mean, if it has been shown to come back.

    Idea: where prices revert, who sells above the mean and buys below it is paid for both the spread and the way
    back. Where they do not, the same trade loses, so it is measured first, and without proof this is plain skew.

    Formula: for a mid m with mean M and half-life T, an Ornstein-Uhlenbeck process is expected at
    M + (m - M) 2^(-t/T) after t seconds, so with t the horizon

        w = 1 - 2^(-t/T)        r = m - w (m - M) - s q        bid = r - h, ask = r + h

    T is that of a first-order autoregression of the mid, phi, sampled every 3 s over the window, without its bias
    (Kendall, Biometrika 41, 1954), and M the mean of the same samples. w is 0 unless

    - n (1 - phi) reaches ``proof``, phi as estimated from n pairs: on a random walk it does so one time in twenty
      (Dickey and Fuller, Journal of the American Statistical Association 74, 1979; Fuller, Introduction to Statistical
      Time Series, 1976, table 8.5.1: 14.1, a little less for few samples);
    - and Hurst's exponent is not ``trend_at`` deviations above 0.5. By itself it is no proof of reversion here:
      within its lags of some seconds it sees bounce, while the mid comes back over tens of seconds.

    Both have hysteresis: they change back at ``release`` times the threshold.

    Parameters: horizon in seconds (10); window in seconds (600); proof, a number (14.1); trend_at in standard
    deviations (2); release, a part (0.7); half_spread in ticks (0.4 of the market's usual spread), skew in ticks a lot
    (at the position limit the shift is the market's usual spread), size in lots (a tenth of the position limit).

    Fails: a jump to a new level looks like one that will come back until the mean has followed, and while a mid that
    used to revert stops doing so, the position is on the wrong side. Slow reversion cannot be told from none: with a
    half-life of 20 s it takes some five minutes, and it is believed by mistake one time in ten.
    """

    name = "reversion"
    idea = "skew around where the mid is expected, if it is shown to come back to its mean"

    horizon: float = param(10.0, "s", "how far ahead the mid is expected", least=0.0, most=86_400)
    window: float = param(
        600.0, "s", "what mean and half-life are measured over", least=_SAMPLE_S * _LEAST_SAMPLES, most=86_400
    )
    proof: float = param(14.1, "number", "n(1 - phi) from which the mid is believed to come back", least=0.0, most=1000)
    trend_at: float = param(
        2.0, "deviations", "of Hurst's exponent above 0.5, from which it is not", least=0.0, most=1000
    )
    release: float = param(0.7, "part", "of a threshold, below which it changes back", least=0.0, most=1.0)

    def __post_init__(self) -> None:
        self._pull = Pull(self.window, self.proof, self.trend_at, self.release)

    def quote(self, view: MarketView) -> Quotes:
        """Return both sides around the expected mid of others, less the skew."""
        mid = others_mid(view)
        self._pull.update(view.now_ns, mid)
        return self.around(self._pull.expected(mid, self.horizon), view)


class Pull:
    """The mean that the mid reverts to, and how fast, if reversion is proven.

    Args:
        window_s: window of mean and autoregression, in seconds.
        proof: n (1 − φ) from which reversion counts as proven.
        trend_at: deviations of Hurst's exponent above 0.5 from which it does not.
        release: part of both thresholds below which they change back, at most 1. Raises ValueError otherwise.
    """

    def __init__(self, window_s: float, proof: float, trend_at: float, release: float) -> None:
        if not release <= 1.0:
            raise ValueError(f"release must be at most 1, not {release:g}")
        self._samples = samples = round(window_s / _SAMPLE_S)
        self._grid = Grid(_SAMPLE_S)
        self._speed = ReversionSpeed(samples)
        self._moments = RollingMoments(samples)
        self._hurst = Hurst(HURST_WINDOW_S, 1.0, HURST_LEAST_LAG_S)
        self._proven = Hysteresis(proof, release * proof)
        self._trending = Hysteresis(trend_at, release * trend_at)
        self._half_life_s = math.inf
        self._mean: float | None = None

    def update(self, now_ns: int, mid: float) -> None:
        """Take the mid in ticks that stands from ``now_ns`` on."""
        self._hurst.update(now_ns, mid)
        passed = self._grid.update(now_ns, mid)
        # Beyond a window of them, more of the same change nothing.
        for _ in range(min(passed, self._samples + 2)):
            self._speed.update(self._grid.sample)
            self._moments.update(self._grid.sample)
        if passed:
            self._judge()

    def _judge(self) -> None:
        self._half_life_s, self._mean = math.inf, None
        hurst, reading, pairs = self._hurst.reading, self._speed.reading, self._moments.count - 1
        trending = self._trending.update((hurst.h - 0.5) / hurst.sd if hurst else 0.0)
        if reading is None or pairs < _LEAST_SAMPLES:
            return
        if self._proven.update(pairs * (1.0 - reading.phi)) and not trending:
            self._half_life_s, self._mean = _SAMPLE_S * reading.half_life, self._moments.mean

    def expected(self, mid: float, ahead_s: float) -> float:
        """Return the mid expected so many seconds later, in ticks; without proven reversion, the mid itself."""
        if self._mean is None:
            return mid
        left = 2.0 ** (-ahead_s / self._half_life_s) if self._half_life_s else 0.0
        return self._mean + (mid - self._mean) * left

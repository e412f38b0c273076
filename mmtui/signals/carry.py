"""A future against what it costs to carry the spot."""

from __future__ import annotations

from math import exp, inf, sqrt
from typing import NamedTuple

from mmtui.signals.rolling import RollingMoments


def fair_future(spot: float, rate: float, dividend_yield: float, years: float) -> float:
    """Return the future's price by carry, F = S e^((r − q)T), in the spot's unit.

    Args:
        spot: S, positive.
        rate: r, a year, continuously compounded, as a fraction.
        dividend_yield: q, likewise.
        years: T until expiry, not negative: 30/365 for thirty days. Raises ValueError otherwise, as for the spot.
    """
    if not (spot > 0 and years >= 0):
        raise ValueError(f"spot must be positive and years not negative, not {spot} and {years}")
    return spot * exp((rate - dividend_yield) * years)


class Basis(NamedTuple):
    """A future's mispricing: in its own unit, and in standard deviations (infinite if the deviation is 0)."""

    mispricing: float
    z: float


class BasisScore:
    """The mispricing future − F by carry, and how unusual it is against the last ``window`` of them.

    z = (mispricing − centre) / deviation, both from the window *before* the latest value, so that a jump does not
    shrink its own score. The centre is the window's mean by default, which leaves out what is always there, such as a
    dividend that is not in the yield. With ``centre=0.0`` the score is against carry itself, and the deviation is
    about that.

    A score is no test of reversion: the window's deviation of a wandering basis is small too. See ``engle_granger``.

    Args:
        window: how many values, sampled at regular times, at least 2. Raises ValueError below.
        centre: what to measure from, in the future's unit, None for the window's mean.
    """

    __slots__ = ("_centre", "_moments", "reading")

    def __init__(self, window: int, centre: float | None = None) -> None:
        self._moments = RollingMoments(window)
        self._centre = centre
        self.reading: Basis | None = None

    def update(self, future: float, fair: float) -> Basis | None:
        """Take the future's price and F by carry at one time, in one unit; None for the first two, which have no z."""
        moments = self._moments
        mispricing = future - fair
        mean, deviation = moments.mean, moments.deviation
        if mean is not None and deviation is not None:
            centre = mean
            if self._centre is not None:
                centre = self._centre
                n = moments.count
                deviation = sqrt(deviation**2 * (n - 1) / n + (mean - centre) ** 2)
            away = mispricing - centre
            z = away / deviation if deviation > 0.0 else inf if away > 0.0 else -inf if away < 0.0 else 0.0
            self.reading = Basis(mispricing, z)
        moments.update(mispricing)
        return self.reading

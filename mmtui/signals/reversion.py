"""How fast a series reverts to its mean."""

from __future__ import annotations

from math import inf, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mmtui.signals.regression import RollingRegression


class ReversionFit(NamedTuple):
    """A first-order autoregression's memory, and the half-life it implies.

    Attributes:
        phi: the coefficient on the previous value, estimated by least squares with a constant.
        corrected: the same without its bias, see ``corrected_phi``.
        half_life: of the corrected one, in samples; infinite when it shows no reversion at all.
    """

    phi: float
    corrected: float
    half_life: float


def corrected_phi(phi: float, n: int) -> float:
    """Return φ without the bias of least squares with a constant on n values: (nφ + 1)/(n − 3).

    Least squares has E φ̂ ≈ φ − (1 + 3φ)/n (Kendall, Biometrika 41, 1954; Marriott and Pope in the same volume), which
    is solved here for φ. It matters: with a true half-life of 60 and n = 250 half of the estimates are below 26.

    Args:
        phi: the estimate.
        n: the number of values, at least 4. Raises ValueError below.
    """
    if n < 4:
        raise ValueError(f"n must be at least 4, not {n}")
    return (n * phi + 1.0) / (n - 3)


def half_life(phi: float) -> float:
    """Return the samples until half of a deviation is gone, −ln 2/ln φ: 0 for φ ≤ 0, infinite for φ ≥ 1."""
    if phi <= 0.0:
        return 0.0
    return inf if phi >= 1.0 else -log(2.0) / log(phi)


class ReversionSpeed:
    """The memory φ of the last ``window`` values of a series sampled at regular times, and its half-life.

    Least squares of each value on the one before, with a constant, and the correction of ``corrected_phi``. Even
    corrected the half-life is imprecise: at a true 60 with 250 values, the median is 68 and a quarter of the estimates
    show no reversion at all. A half-life that is not well below the window should not be traded on.

    For a series that is itself a fitted residual, as in Engle and Granger, the bias is larger than the correction.

    Args:
        window: how many values, at least 4. Raises ValueError below.
    """

    __slots__ = ("_before", "_pairs")

    def __init__(self, window: int) -> None:
        if window < 4:
            raise ValueError(f"window must be at least 4, not {window}")
        self._pairs = RollingRegression(window - 1)
        self._before: float | None = None

    def update(self, value: float) -> None:
        """Take the next value, in any unit."""
        if self._before is not None:
            self._pairs.update(self._before, value)
        self._before = value

    @property
    def reading(self) -> ReversionFit | None:
        """φ, corrected φ and half-life in samples; None below four values or while they do not vary."""
        phi = self._pairs.slope
        return None if phi is None else _fit(phi, self._pairs.count + 1)


def _fit(phi: float, n: int) -> ReversionFit:
    corrected = corrected_phi(phi, n)
    return ReversionFit(phi, corrected, half_life(corrected))


def mean_reversion(values: npt.ArrayLike) -> ReversionFit | None:
    """Return the fit to a whole series: see ReversionSpeed. None if the values do not vary.

    Args:
        values: one dimension, oldest first, at least four. Raises ValueError below.
    """
    series = np.asarray(values, dtype=np.float64)
    if len(series) < 4:
        raise ValueError(f"a memory takes at least 4 values, not {len(series)}")
    if np.ptp(series[:-1]) == 0.0:
        return None
    before = series[:-1] - series[:-1].mean()
    return _fit(float(before @ series[1:] / (before @ before)), len(series))

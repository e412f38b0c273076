"""Cointegration of two prices: Engle and Granger's test."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mmtui.signals.reversion import ReversionFit, mean_reversion

# MacKinnon, Critical values for cointegration tests (Queen's Economics Department working paper 1227, 2010), table 2:
# two variables, constant, no trend. By significance level: β∞, β₁ and β₂.
_SURFACE = {
    0.01: (-3.89644, -10.9519, -33.527),
    0.05: (-3.33613, -6.1101, -6.823),
    0.10: (-3.04445, -4.2412, -2.720),
}


class Cointegration(NamedTuple):
    """The result of Engle and Granger's two steps.

    Attributes:
        hedge_ratio: β of y = α + βx, so many of x against one of y.
        intercept: α, in y's unit.
        t: the Dickey-Fuller t of the residuals: the more negative, the surer that the pair comes back.
        critical: its critical value at 5% for this many values.
        cointegrated: t is below it. If it is not, that proves nothing: the test finds a half-life of 15 samples in 250
            values one time in three or four, and one of 60 hardly more often than it errs.
        residual: y − α − βx for the last pair, in y's unit.
        deviation: the residuals' standard deviation (n − 2 below), in y's unit.
        reversion: the residuals' memory and half-life in samples, None if they do not vary. The correction does
            not account for the fit of the line, so that the half-life still comes out short: at a true 15 and 60
            in 250 values the medians are 13 and 30.
    """

    hedge_ratio: float
    intercept: float
    t: float
    critical: float
    cointegrated: bool
    residual: float
    deviation: float
    reversion: ReversionFit | None


def critical_value(n: int, level: float = 0.05) -> float:
    """Return the critical value of t in Engle and Granger's test: two series, a constant, no trend.

    β∞ + β₁/n + β₂/n², by MacKinnon's response surface (2010, table 2): −3.336 at 5% for n = ∞, −3.361 for 250. Those
    of the plain Dickey-Fuller test (−2.862) are too lenient: the first step has already fitted the line that makes the
    residuals most stationary.

    Args:
        n: pairs of values, positive.
        level: 0.01, 0.05 or 0.10.

    Raises:
        ValueError: another level, or n is not positive.
    """
    if level not in _SURFACE:
        raise ValueError(f"level must be one of {', '.join(map(str, _SURFACE))}, not {level}")
    if n < 1:
        raise ValueError(f"n must be positive, not {n}")
    limit, first, second = _SURFACE[level]
    return limit + first / n + second / (n * n)


def engle_granger(y: npt.ArrayLike, x: npt.ArrayLike, lags: int = 0) -> Cointegration | None:
    """Test whether y − βx reverts to a mean: Engle and Granger (Econometrica 55(2), 1987).

    First y = α + βx + e by least squares, then Δe_t = ρe_{t−1} + Σ γ_j Δe_{t−j} + u by least squares without a
    constant; t is ρ's. Correlation is not used: independent random walks are often correlated. The result depends on
    which of the two is y, a little if they are cointegrated; usually it is the one to be quoted.

    Args:
        y: prices of one, oldest first, at regular times.
        x: prices of the other at the same times.
        lags: lagged differences in the second step, for residuals whose moves are autocorrelated.

    Returns:
        None if one of them does not vary, or the residuals do not, as for two equal series.

    Raises:
        ValueError: different lengths, negative lags, or fewer than 10 + 2·lags pairs.
    """
    ys, xs = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    n = len(ys)
    if len(xs) != n:
        raise ValueError(f"y and x must have one length, not {n} and {len(xs)}")
    if lags < 0:
        raise ValueError(f"lags must not be negative, as {lags} is")
    if n < 10 + 2 * lags:
        raise ValueError(f"{n} pairs are too few for {lags} lags")
    if np.ptp(xs) == 0.0 or np.ptp(ys) == 0.0:
        return None
    mean_y, mean_x = float(ys.mean()), float(xs.mean())
    dy, dx = ys - mean_y, xs - mean_x
    beta = float(dx @ dy / (dx @ dx))
    residuals = dy - beta * dx
    if residuals @ residuals <= 1e-20 * (dy @ dy):  # rounding is all that is left
        return None
    moves = np.diff(residuals)
    target = moves[lags:]
    regressors = np.column_stack(
        [residuals[lags:-1], *(moves[lags - lag : len(moves) - lag] for lag in range(1, lags + 1))]
    )
    gram = np.linalg.pinv(regressors.T @ regressors)
    coefficients = gram @ (regressors.T @ target)
    errors = target - regressors @ coefficients
    variance = float(errors @ errors) / (len(target) - lags - 1)
    if variance == 0.0:
        return None
    t = float(coefficients[0]) / sqrt(variance * float(gram[0, 0]))
    critical = critical_value(n)
    return Cointegration(
        hedge_ratio=beta,
        intercept=mean_y - beta * mean_x,
        t=t,
        critical=critical,
        cointegrated=t < critical,
        residual=float(residuals[-1]),
        deviation=sqrt(float(residuals @ residuals) / (n - 2)),
        reversion=mean_reversion(residuals),
    )

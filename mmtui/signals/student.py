"""Student's t: p values, quantiles, and the power of a test by it, exact at every number of degrees of freedom."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

_NORMAL = NormalDist()
#: From so many seeds on the normal law replaces Student's; they agree to all displayed digits.
_MANY = 1_000_000
_MOST = 10**12


def student_p(t: float, freedom: int) -> float:
    """Return the two-sided p value of Student's t: I_x(freedom / 2, 1 / 2) at x = freedom / (freedom + t²).

    I is the regularised incomplete beta function (Abramowitz and Stegun 26.7.1, 26.5.8).
    """
    if math.isinf(t):
        return 0.0
    return _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t), t * t / (freedom + t * t))


@lru_cache
def student_quantile(probability: float, freedom: int) -> float:
    """Return where Student's distribution function is ``probability``, 0.5 to less than 1.

    By Newton's method from the normal quantile, which is smaller; the tail is convex, so that no step overshoots.
    """
    p = 2 * (1 - probability)
    height = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi * freedom)
    t, step = _NORMAL.inv_cdf(probability), 1.0
    while step > 1e-15 * t:
        density = height * (1 + t * t / freedom) ** (-(freedom + 1) / 2)
        step = (student_p(t, freedom) - p) / (2 * density)
        t += step
    return t


def power(effect: float, seeds: int, alpha: float) -> float:
    """Return the probability that a two-sided paired t test finds a difference.

    For normal differences: the noncentral t law, the sample's deviation integrated out numerically, to 0.0002 at two
    seeds and to nine digits from four on.

    Args:
        effect: the true mean difference over the true standard deviation of the differences.
        seeds: pairs, at least two.
        alpha: the level of the test.
    """
    freedom, shift = seeds - 1, effect * math.sqrt(seeds)
    critical = student_quantile(1 - alpha / 2, freedom) if seeds < _MANY else _NORMAL.inv_cdf(1 - alpha / 2)
    # The sample's deviation over the true one: the density of sqrt(chi² / freedom), up to a factor.
    width = 8 / math.sqrt(2 * freedom)
    ratios = np.linspace(max(1e-9, 1 - width), 1 + width, 201)
    logs = (freedom - 1) * np.log(ratios) - freedom * (ratios**2 - 1) / 2
    weights = np.exp(logs)
    weights[[0, -1]] /= 2
    found = [_NORMAL.cdf(shift - critical * r) + _NORMAL.cdf(-shift - critical * r) for r in ratios.tolist()]
    return float(weights @ np.array(found) / weights.sum())


@lru_cache
def seeds_needed(effect: float, alpha: float, wanted: float) -> int | None:
    """Return the fewest seeds with which the test has the wanted power; None without an effect."""
    if effect == 0 or math.isnan(effect):
        return None
    if math.isinf(effect):
        return 2
    about = ((_NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(wanted)) / effect) ** 2
    if about >= _MANY:
        return math.ceil(min(about, _MOST))
    # Student's heavier tails need a few seeds more than the normal law.
    seeds = max(2, math.ceil(about))
    while power(effect, seeds, alpha) < wanted:
        seeds += 1
    return seeds


@lru_cache
def detectable(seeds: int, alpha: float, wanted: float) -> float:
    """Return the effect that the test finds with the wanted power, in standard deviations of the differences."""
    low, high = 0.0, 1.0
    while power(high, seeds, alpha) < wanted:
        high *= 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle, seeds, alpha) >= wanted else (middle, high)
    return high


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """Return I_x(a, b) by its continued fraction; ``rest`` is 1 - x, which may be too small to be computed from x."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, rest) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction 26.5.8, by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1.0 / ((1.0 - (a + b) * x / (a + 1.0)) or tiny)
    value = d
    for m in range(1, 100_000):
        for coefficient in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / ((1.0 + coefficient * d) or tiny)
            c = (1.0 + coefficient / c) or tiny
            value *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return value

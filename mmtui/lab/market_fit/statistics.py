"""Statistics of a stretch of a market, each with its sampling error.

Every statistic is a function of sums over blocks of time, so that the moving of blocks costs nothing: a bootstrap draws
blocks with replacement (Künsch 1989) and adds up their sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from mmtui.lab.market_fit.observed import Observed
from mmtui.market.core.draws import Bools, Floats

#: From sums, shape (..., k), to the statistic, shape (...).
Value = Callable[[Floats], Floats]
#: Draws of the bootstrap.
DRAWS = 400
#: A stretch is at least so many times as long as what a statistic looks ahead.
_SPANS = 4


class Blocks:
    """Blocks of time of one length; what happens after the last whole one is left out.

    Args:
        seen: what is divided.
        length_s: seconds of a block.
    """

    def __init__(self, seen: Observed, length_s: float) -> None:
        self.seen = seen
        self.length_s = length_s
        self.count = max(1, int(seen.seconds / length_s + 1e-9))

    def add(self, times: Floats, *columns: Floats | Bools) -> Floats:
        """Sums by block of columns at some times, shape (blocks, columns)."""
        block = (times // self.length_s).astype(np.int64)
        inside = (block >= 0) & (block < self.count)
        return np.column_stack(
            [np.bincount(block[inside], np.asarray(column, float)[inside], self.count) for column in columns]
        )

    @property
    def lengths(self) -> Floats:
        """(blocks,) seconds of each."""
        return np.full(self.count, self.length_s)


class Statistic(NamedTuple):
    """One of them.

    Attributes:
        name, group: as in the JSON.
        words: what it is, with its unit.
        sums: what it is made of, by block, shape (blocks, k).
        value: what it comes to.
        floor: the least tolerance, in its own unit: below it, differences are of no consequence.
        span_s: how far it looks ahead; a stretch of fewer than four of these does not tell it.
    """

    name: str
    group: str
    words: str
    sums: Callable[[Blocks], Floats]
    value: Value
    floor: float = 0.0
    span_s: float = 0.0


def ratio(sums: Floats) -> Floats:
    """The first sum over the second; NaN where that is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(sums[..., 1] != 0, sums[..., 0] / sums[..., 1], np.nan)
    return found


def geometric(sums: Floats) -> Floats:
    """The exponential of a mean of logarithms."""
    return np.exp(ratio(sums))


def kurtosis(sums: Floats) -> Floats:
    """n·Σr⁴/(Σr²)²: 3 for normal returns."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = sums[..., 2] * sums[..., 1] / sums[..., 0] ** 2
    return found


def signature(sums: Floats) -> Floats:
    """The root of a ratio over another ratio."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.sqrt(ratio(sums[..., :2]) / ratio(sums[..., 2:]))
    return found


def variation(sums: Floats) -> Floats:
    """The coefficient of variation, from Σx², Σx and n."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums[..., 1] / sums[..., 2]
        found: Floats = np.sqrt(np.maximum(sums[..., 0] / sums[..., 2] - mean**2, 0.0)) / mean
    return found


def deviation(sums: Floats) -> Floats:
    """The standard deviation, from Σx², Σx and n."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums[..., 1] / sums[..., 2]
        found: Floats = np.sqrt(np.maximum(sums[..., 0] / sums[..., 2] - mean**2, 0.0))
    return found


def rms(sums: Floats) -> Floats:
    """The root of the mean square, from Σx², Σx⁴ and n."""
    return np.sqrt(ratio(sums[..., [0, 2]]))


def correlation(sums: Floats) -> Floats:
    """From Σxy, Σx, Σy, Σ(x² + y²)/2 and n."""
    n = sums[..., 4]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (sums[..., 1] + sums[..., 2]) / (2 * n)
        found: Floats = (sums[..., 0] / n - mean**2) / (sums[..., 3] / n - mean**2)
    return found


def difference(sums: Floats) -> Floats:
    """A ratio less another."""
    return ratio(sums[..., :2]) - ratio(sums[..., 2:])


def mean_of_known(values: Floats) -> Floats:
    """The mean of each column (N, K) over its rows that are not NaN; NaN without any."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        found: Floats = np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0)
    return found


class Measured(NamedTuple):
    """The statistics of a stretch.

    Attributes:
        values: (K,) NaN where there is nothing to measure.
        draws: (DRAWS, K) the same by the bootstrap.
    """

    values: Floats
    draws: Floats

    @property
    def errors(self) -> Floats:
        """(K,) standard errors."""
        middle = mean_of_known(self.draws)
        found: Floats = np.sqrt(mean_of_known((self.draws - middle) ** 2))
        return found


def block_length(seconds: float) -> float:
    """Seconds of a block: a twentieth of the stretch, from 5 to 60."""
    return min(60.0, max(5.0, seconds / 20))


def measure(
    stretches: Sequence[Observed],
    length_s: float,
    statistics: Sequence[Statistic],
    seed: int = 1,
    draws: int = DRAWS,
) -> Measured:
    """The statistics of one or several stretches taken together.

    Args:
        stretches: of one market.
        length_s: seconds of a block.
        statistics: which.
        seed: of the bootstrap.
        draws: of it.
    """
    blocks = [Blocks(seen, length_s) for seen in stretches]
    rng = np.random.default_rng(seed)
    total = sum(each.count for each in blocks)
    chosen = rng.integers(total, size=(draws, total))
    # How often each block was drawn: sums are a product of matrices.
    times = np.stack([np.bincount(row, minlength=total) for row in chosen]).astype(float)
    values, drawn = [], []
    whole_s = sum(each.seen.seconds for each in blocks)
    for statistic in statistics:
        sums = np.concatenate([statistic.sums(each) for each in blocks])
        known = whole_s >= _SPANS * statistic.span_s
        values.append(float(statistic.value(sums.sum(axis=0))) if known else np.nan)
        drawn.append(statistic.value(times @ sums))
    return Measured(np.array(values), np.column_stack(drawn))

"""Is one strategy better than another, by how much, and how sure is that? Paired over the same seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist, fmean, stdev

import msgspec
import numpy as np

from mmtui.game.result import Result

#: What is compared, each with the sign that makes more of it better.
MEASURES: Mapping[str, tuple[Callable[[Result], float], int]] = {
    "score": (lambda result: result.score, 1),
    "pnl": (lambda result: result.pnl.total, 1),
    "drawdown": (lambda result: result.drawdown, -1),
    "mean_abs": (lambda result: result.position.mean_abs, -1),
    "markout_10s": (lambda result: result.markout["10s"] or 0.0, 1),
}
#: The chance of calling a difference real when there is none, and of missing one of the size seen.
_LEVEL, _MISS = 0.05, 0.2
_RESAMPLES = 2000
_NORMAL = NormalDist()


class Comparison(msgspec.Struct, frozen=True):
    """One strategy against another in one measure, over the same seeds.

    Attributes:
        mean, against: the means of ``strategy`` and of ``baseline``; ``difference`` is the first less the second.
        low, high: 95% interval of the difference by Student's t; ``bootstrap_low``, ``bootstrap_high`` by resampling
            the seeds.
        win_rate: share of seeds on which the strategy has more, ties counted half.
        superiority: chance that it has more on one seed than the baseline on another, ties counted half.
        p: two-sided p value of the paired t test, after Holm's correction for all that is compared in the measure.
        verdict: "better", "worse" or "not distinguishable", at 5%.
        seeds_needed: seeds that would show a difference of this size four times in five; None without a difference.
    """

    level: str
    measure: str
    strategy: str
    baseline: str
    seeds: int
    mean: float
    against: float
    difference: float
    low: float
    high: float
    bootstrap_low: float
    bootstrap_high: float
    win_rate: float
    superiority: float
    p: float
    verdict: str
    seeds_needed: int | None


def compare(results: Sequence[Result], strategies: Sequence[str]) -> list[Comparison]:
    """Each strategy but the first against the first, by level and measure.

    Args:
        results: of every strategy on the same levels and seeds, strategy by strategy in the order of ``strategies``
            within each seed, as :func:`~mmtui.lab.batch.run_batch` gives them; at least two seeds.
        strategies: what they were called.
    """
    levels: dict[str, list[list[Result]]] = {}
    for index, result in enumerate(results):
        by_strategy = levels.setdefault(result.level, [[] for _ in strategies])
        by_strategy[index % len(strategies)].append(result)
    rows = []
    for level, by_strategy in levels.items():
        for measure, (value, sign) in MEASURES.items():
            columns = [[value(result) for result in column] for column in by_strategy]
            found = [
                _pair(level, measure, sign, (name, ours), (strategies[0], columns[0]))
                for name, ours in zip(strategies[1:], columns[1:], strict=True)
            ]
            rows += _corrected(found, sign)
    return rows


def _pair(
    level: str, measure: str, sign: int, ours: tuple[str, list[float]], theirs: tuple[str, list[float]]
) -> Comparison:
    differences = [mine - other for mine, other in zip(ours[1], theirs[1], strict=True)]
    count = len(differences)
    mean, deviation = fmean(differences), stdev(differences)
    error = deviation / math.sqrt(count)
    half = student_quantile(1.0 - _LEVEL / 2, count - 1) * error
    draws = np.random.default_rng(0).integers(0, count, (_RESAMPLES, count))
    low, high = np.quantile(np.array(differences)[draws].mean(axis=1), (_LEVEL / 2, 1.0 - _LEVEL / 2))
    return Comparison(
        level=level,
        measure=measure,
        strategy=ours[0],
        baseline=theirs[0],
        seeds=count,
        mean=fmean(ours[1]),
        against=fmean(theirs[1]),
        difference=mean,
        low=mean - half,
        high=mean + half,
        bootstrap_low=float(low),
        bootstrap_high=float(high),
        win_rate=fmean(_more(sign * difference) for difference in differences),
        superiority=fmean(_more(sign * (mine - other)) for mine in ours[1] for other in theirs[1]),
        p=student_p(mean / error, count - 1) if error else float(mean == 0.0),
        verdict="",
        seeds_needed=seeds_needed(mean, deviation),
    )


def _more(difference: float) -> float:
    return 0.5 if difference == 0 else float(difference > 0)


def _corrected(rows: list[Comparison], sign: int) -> list[Comparison]:
    """Holm's step-down correction: the smallest p counts for all, the next for all but one, and so on."""
    corrected: dict[int, float] = {}
    least = 0.0
    for rank, index in enumerate(sorted(range(len(rows)), key=lambda index: rows[index].p)):
        least = max(least, min(1.0, rows[index].p * (len(rows) - rank)))
        corrected[index] = least
    return [
        msgspec.structs.replace(row, p=corrected[index], verdict=_verdict(corrected[index], sign * row.difference))
        for index, row in enumerate(rows)
    ]


def _verdict(p: float, gain: float) -> str:
    if p >= _LEVEL:
        return "not distinguishable"
    return "better" if gain > 0 else "worse"


def seeds_needed(mean: float, deviation: float) -> int | None:
    """Seeds on which a paired difference of this mean and standard deviation is found at 5% with a power of 80%."""
    if mean == 0:
        return None
    needed = ((_NORMAL.inv_cdf(1.0 - _LEVEL / 2) + _NORMAL.inv_cdf(1.0 - _MISS)) * deviation / mean) ** 2
    # Two more make up for Student's t having heavier tails than the normal law.
    return math.ceil(min(needed, 1e12)) + 2


def student_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's t, by the expansion in Abramowitz and Stegun 26.7.5; to 1% from five degrees on.

    One to four degrees are met by the exact quantile at 97.5%.
    """
    exact = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}
    if freedom in exact and probability == 1.0 - _LEVEL / 2:
        return exact[freedom]
    z = _NORMAL.inv_cdf(probability)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def student_p(t: float, freedom: int) -> float:
    """Two-sided p value of Student's t, exact: the incomplete beta function by its finite sums.

    Abramowitz and Stegun 26.7.3 and 26.7.4.
    """
    theta = math.atan(abs(t) / math.sqrt(freedom))
    cosine, sine = math.cos(theta), math.sin(theta)
    term, total = 1.0, 1.0
    if freedom % 2:
        term = total = cosine
        for k in range(3, freedom - 1, 2):
            term *= cosine * cosine * (k - 1) / k
            total += term
        inside = 2.0 / math.pi * (theta + (sine * total if freedom > 1 else 0.0))
    else:
        for k in range(2, freedom - 1, 2):
            term *= cosine * cosine * (k - 1) / k
            total += term
        inside = sine * total
    return max(0.0, 1.0 - inside)

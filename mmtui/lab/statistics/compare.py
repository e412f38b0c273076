"""Is one strategy better than another, by how much, and how sure is that? Paired over the same seeds.

One measure, the score unless another is chosen, decides; the others say why. Each is tested by Student's t on the
differences, seed by seed, and each p is corrected by Holm's method for all that was compared: the deciding measure's
for every pair of strategies on every level, the others' for every pair, level and other measure. So among strategies
that are all the same, one is called better or worse in the deciding measure in at most one comparison in twenty, and
in any other measure likewise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from mmtui.errors import InputError
from mmtui.lab.statistics.paired import LEVEL, MEASURES, Measure, Paired, check_sample, pair
from mmtui.session.result import Result
from mmtui.signals.student import detectable, power, seeds_needed, student_quantile

#: The chance with which a difference that is meant to be found is found.
POWER = 0.8
#: Compared between sizes only: what each unit of the size makes.
PER_SIZE = "pnl_per_size"


class Comparison(msgspec.Struct, frozen=True):
    """One strategy against another in one measure, over the same seeds.

    Attributes:
        seeds: on which both have the measure.
        mean, against: the means of ``strategy`` and of ``baseline``; ``difference`` is the first less the second, and
            ``deviation`` the standard deviation of the differences over seeds. Of *sharpe* they are the two
            ratios, and the deviation is that of the jackknife's pseudo-values.
        low, high: 95% interval of the difference by Student's t; ``bootstrap_low``, ``bootstrap_high`` by resampling
            the seeds.
        win_rate: share of seeds on which the strategy is better, ties counted half; None for *sharpe*, which a
            single seed does not have, as ``superiority`` is: the chance that the strategy is better on one seed than
            the baseline on another.
        p: two-sided p value of the paired t test, corrected (Holm); the test's own p is held against ``alpha``.
        verdict: "better", "worse" or "not distinguishable", at 5%.
        identical: whether the two had the very same session on every seed.
        power: the chance that as many other seeds would find a true difference of the size seen here.
        seeds_needed: seeds that find it four times in five; None without a difference.
        detectable: the true difference that as many seeds as these find four times in five.
        words: the verdict in a sentence.
    """

    level: str
    measure: str
    strategy: str
    baseline: str
    seeds: int
    mean: float
    against: float
    difference: float
    deviation: float
    low: float
    high: float
    bootstrap_low: float
    bootstrap_high: float
    win_rate: float | None
    superiority: float | None
    p: float
    alpha: float
    verdict: str
    identical: bool
    power: float
    seeds_needed: int | None
    detectable: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Arm:
    """One strategy at one size on one level: what it is called, how large, and its results by seed."""

    name: str
    size: float
    results: Sequence[Result]


def compare(
    results: Sequence[Result], strategies: Sequence[str], sizes: Sequence[float] = (1.0,), measure: str = "score"
) -> list[Comparison]:
    """Each strategy but the first against the first at every size, and each at every size against its first size.

    Args:
        results: of every strategy at every size on the same levels and seeds: within each seed strategy by strategy
            in the order of ``strategies``, size by size within each, as :func:`~mmtui.lab.runs.run.run_batches` gives
            them; at least two seeds.
        strategies: what they were called.
        sizes: multiples of each strategy's size.
        measure: the one that decides.

    Returns:
        By level and pair, the deciding measure first. A measure that fewer than two seeds have is left out.

    Raises:
        InputError: the results are not whole, or there is no such measure.
    """
    if measure not in MEASURES:
        raise InputError(f"measure {measure!r}: expected one of {', '.join(MEASURES)}")
    rows: list[Comparison] = []
    for level, arms in _arms(results, strategies, sizes).items():
        at = len(sizes)
        pairs = [(arms[i], arms[i % at]) for i in range(at, len(arms))]
        pairs += [(arms[i], arms[i - i % at]) for i in range(len(arms)) if i % at]
        for ours, theirs in pairs:
            rows += _pair(level, ours, theirs, measure)
    deciding = _corrected([row for row in rows if row.measure == measure])
    others = iter(_corrected([row for row in rows if row.measure != measure]))
    decided = iter(deciding)
    return [_told(next(decided if row.measure == measure else others)) for row in rows]


def _arms(results: Sequence[Result], strategies: Sequence[str], sizes: Sequence[float]) -> dict[str, list[_Arm]]:
    names = [
        (name if size == sizes[0] else f"{name} ×{size / sizes[0]:g}", size / sizes[0])
        for name in strategies
        for size in sizes
    ]
    by_level: dict[str, list[Result]] = {}
    for result in results:
        by_level.setdefault(result.level, []).append(result)
    arms: dict[str, list[_Arm]] = {}
    for level, found in by_level.items():
        columns = [found[at :: len(names)] for at in range(len(names))]
        arms[level] = [_Arm(*name, column) for name, column in zip(names, columns, strict=True)]
        seeds = [[result.seed for result in column] for column in columns]
        if any(other != seeds[0] for other in seeds) or len(seeds[0]) < 2:
            raise InputError(f"level {level}: expected every strategy's result on the same seeds, two or more")
        check_sample(level, columns)
    return arms


def _pair(level: str, ours: _Arm, theirs: _Arm, decides: str) -> list[Comparison]:
    measures = dict(MEASURES)
    if ours.size != theirs.size:
        measures[PER_SIZE] = Measure(lambda result: result.pnl.total, 1, "PnL over the size's multiple, money")
    identical = all(mine.digest == other.digest for mine, other in zip(ours.results, theirs.results, strict=True))
    rows = []
    for name in sorted(measures, key=lambda name: name != decides):
        scales = (ours.size, theirs.size) if name == PER_SIZE else (1.0, 1.0)
        paired = pair(measures[name], ours.results, theirs.results, scales)
        if paired is not None:
            rows.append(_row(level, name, (ours.name, theirs.name), paired, identical))
    return rows


def _row(level: str, name: str, who: tuple[str, str], paired: Paired, identical: bool) -> Comparison:
    half = student_quantile(1.0 - LEVEL / 2, paired.count - 1) * paired.error
    low, high = paired.bootstrap()
    return Comparison(
        level=level,
        measure=name,
        strategy=who[0],
        baseline=who[1],
        seeds=paired.count,
        mean=float(paired.values[:, 0].mean()),
        against=float(paired.values[:, 1].mean()),
        difference=paired.difference,
        deviation=paired.deviation,
        low=paired.difference - half,
        high=paired.difference + half,
        bootstrap_low=low,
        bootstrap_high=high,
        win_rate=paired.win_rate(),
        superiority=paired.superiority(),
        p=paired.p,
        alpha=LEVEL,
        verdict="",
        identical=identical,
        power=0.0,
        seeds_needed=None,
        detectable=0.0,
    )


def _corrected(rows: list[Comparison]) -> list[Comparison]:
    """Holm's step-down correction: the smallest p counts for all, the next for all but one, and so on.

    ``alpha`` is what a row's own p was held against: its step's, or that of the step at which Holm stopped.
    """
    changed: dict[int, Comparison] = {}
    least, alpha = 0.0, LEVEL
    for rank, index in enumerate(sorted(range(len(rows)), key=lambda index: rows[index].p)):
        row = rows[index]
        if least < LEVEL:
            alpha = LEVEL / (len(rows) - rank)
        least = max(least, min(1.0, row.p * (len(rows) - rank)))
        effect = abs(row.difference) / row.deviation if row.deviation else math.inf if row.difference else 0.0
        changed[index] = msgspec.structs.replace(
            row,
            p=least,
            alpha=alpha,
            verdict=_verdict(least, row),
            power=1.0 if math.isinf(effect) else power(effect, row.seeds, alpha),
            seeds_needed=seeds_needed(effect, alpha, POWER),
            detectable=detectable(row.seeds, alpha, POWER) * row.deviation,
        )
    return [changed[index] for index in range(len(rows))]


def _verdict(p: float, row: Comparison) -> str:
    if p >= LEVEL:
        return "not distinguishable"
    better = 1 if row.measure == PER_SIZE else MEASURES[row.measure].better
    return "better" if better * row.difference > 0 else "worse"


def _told(row: Comparison) -> Comparison:
    """The row with its verdict in words."""
    change = f"{row.measure} {row.difference:+,.4g} (95% from {row.low:+,.4g} to {row.high:+,.4g})"
    seeds = f"over {row.seeds:,} seeds"
    apart = f"{row.strategy} is not distinguishable from {row.baseline}"
    if row.verdict != "not distinguishable":
        chance = "p < 0.001" if row.p < 0.001 else f"p {row.p:.3f}"
        wins = "" if row.win_rate is None else f", on {row.win_rate:.0%} of them"
        words = f"{row.strategy} is {row.verdict} than {row.baseline}: {change} {seeds}{wins}, {chance}"
    elif row.identical:
        words = f"{apart}: they had the same session on each of {row.seeds:,} seeds"
    elif row.seeds_needed is None:
        words = f"{apart}: no difference in {row.measure} {seeds}"
    else:
        words = (
            f"{apart}: {change} {seeds}, which find a true difference of this size {row.power:.0%} of the time; "
            f"{row.seeds_needed - row.seeds:,} more seeds would find it {POWER:.0%} of the time"
        )
    return msgspec.structs.replace(row, words=words)

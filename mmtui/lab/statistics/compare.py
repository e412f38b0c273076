"""Is one strategy better than another, by how much, and how sure is that? Paired over the same seeds.

One measure, by default the score, decides; the others explain it. Each is tested by Student's t on the differences,
seed by seed, and each p is corrected by Holm's method for all comparisons: the deciding measure's for every pair of
strategies on every level, the others' for every pair, level and other measure. So among equal strategies, the chance
that any is called better or worse in the deciding measure is at most one in twenty, and in the others likewise.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from mmtui.errors import InputError
from mmtui.lab.runs.run import Strategies, names_of
from mmtui.lab.statistics.paired import (
    LEVEL,
    MEASURES,
    Paired,
    SeedColumn,
    cannot_be_computed,
    check_measure,
    check_sample,
    pair,
)
from mmtui.lab.tables.columns import Rows
from mmtui.session.commands import Params
from mmtui.session.result import Result
from mmtui.signals.student import detectable, power, seeds_needed, student_quantile

#: The power for which ``seeds_needed`` and ``detectable`` are given.
POWER = 0.8
#: Compared between sizes only: PnL over the multiple of the size.
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

    def __repr__(self) -> str:
        return f"Comparison({self.level}: {self.words})"


class _Arm(NamedTuple):
    """One strategy at one size on one level: its name, its size and its sessions by seed."""

    name: str
    size: float
    column: SeedColumn


class _Pairing(NamedTuple):
    """One arm against another in one measure."""

    level: str
    measure: str
    ours: _Arm
    theirs: _Arm
    paired: Paired


def compare(
    results: Iterable[Result],
    strategies: Strategies | None = None,
    sizes: Sequence[float] = (1.0,),
    measure: str = "score",
) -> Rows[Comparison]:
    """Each strategy but the first against the first at every size, and each at every size against its first size.

    Args:
        results: of every strategy at every size on the same levels and seeds, at least two; of each strategy the sizes
            in the order of ``sizes``, as :func:`~mmtui.lab.runs.run.run` gives them, or, so that few are in memory at
            once, :func:`~mmtui.lab.runs.run.stream`.
        strategies: as they were run, or their names as the results have them, in any order, the base first; with
            parameters where two have one name. None for those of the results, the first of which is the base.
        sizes: multiples of each strategy's size.
        measure: the deciding one.

    Returns:
        Rows by level and pair, the deciding measure first. Another measure that fewer than two seeds have is left out.

    Raises:
        InputError: results are missing, or of other strategies, or the deciding measure cannot be computed.
    """
    check_measure(measure)
    if strategies is None:
        results = list(results)
        names: list[str | tuple[str, Params]] = [*dict.fromkeys(result.strategy or "the player" for result in results)]
    else:
        names = names_of(strategies)
    found: list[_Pairing] = []
    for level, arms in _arms(results, names, sizes).items():
        at = len(sizes)
        pairs = [(arms[i], arms[i % at]) for i in range(at, len(arms))]
        pairs += [(arms[i], arms[i - i % at]) for i in range(len(arms)) if i % at]
        for ours, theirs in pairs:
            found += _pairings(level, ours, theirs, measure)
    corrected: dict[int, tuple[float, float]] = {}
    for decides in (True, False):
        corrected |= _holm({i: each.paired.p for i, each in enumerate(found) if (each.measure == measure) is decides})
    return Rows(_comparison(pairing, *corrected[i]) for i, pairing in enumerate(found))


class _Columns:
    """The sessions of one level, from the results of one seed at a time."""

    def __init__(self, level: Result, arms: int) -> None:
        self.level, self._digest = level.level, level.level_digest
        self.columns = [SeedColumn() for _ in range(arms)]
        self.seeds = array("q")
        self.waiting: dict[int, list[Result]] = {}

    def add(self, result: Result) -> list[Result]:
        """Add a result; returns those of its seed that are waiting. Raises InputError for one of another level."""
        if result.level_digest != self._digest:
            raise InputError(f"level {self.level}: expected the results of one level, not of several with this id")
        found = self.waiting.setdefault(result.seed, [])
        found.append(result)
        return found

    def take(self, ordered: Sequence[Result]) -> None:
        """Take in the results of one seed, arm by arm."""
        seed = ordered[0].seed
        del self.waiting[seed]
        self.seeds.append(seed)
        for column, result in zip(self.columns, ordered, strict=True):
            column.add(result)

    def check(self) -> None:
        """Raise InputError unless there are two different seeds or more, each once, that are a sample."""
        if len(self.seeds) < 2:
            raise InputError(f"level {self.level}: expected every strategy's result on the same seeds, two or more")
        if len(np.unique(self.seeds)) < len(self.seeds):
            raise InputError(f"level {self.level}: expected each seed's results once, not the same seed's again")
        check_sample(self.level, self.columns)


def _arms(
    results: Iterable[Result], wanted: Sequence[str | tuple[str, Params]], sizes: Sequence[float]
) -> dict[str, list[_Arm]]:
    pairs = [(each, {}) if isinstance(each, str) else each for each in wanted]
    whole = len(pairs) * len(sizes)
    levels: dict[str, _Columns] = {}
    for result in results:
        if result.level not in levels:
            levels[result.level] = _Columns(result, whole)
        columns = levels[result.level]
        found = columns.add(result)
        if len(found) == whole:
            columns.take(_in_order(result.level, found, pairs, sizes))
    arms: dict[str, list[_Arm]] = {}
    names = [(name, size) for name, _ in pairs for size in sizes]
    for level, columns in levels.items():
        for found in [*columns.waiting.values()]:
            columns.take(_in_order(level, found, pairs, sizes))
        columns.check()
        arms[level] = [
            _Arm(name if size == sizes[0] else f"{name} ×{size / sizes[0]:g}", size / sizes[0], column)
            for (name, size), column in zip(names, columns.columns, strict=True)
        ]
    return arms


def _in_order(
    level: str, found: Sequence[Result], wanted: Sequence[tuple[str, Params]], sizes: Sequence[float]
) -> list[Result]:
    """The results of one seed, strategy by strategy as they are wanted. Raises InputError where they do not match."""
    ordered: list[Result] = []
    for name, params in wanted:
        own = [result for result in found if result.strategy == name and _has(result, params)]
        if len(own) != len(sizes) or not _are_multiples([_size(result) for result in own], sizes):
            there = ", ".join(dict.fromkeys(result.strategy or "the player" for result in found))
            how = "its result" if len(sizes) == 1 else f"its results at {len(sizes)} sizes, in their order,"
            raise InputError(
                f"level {level}, seed {found[0].seed}: expected {how} of strategy {name}, not {len(own)} of "
                f"{len(found)}, which are of {there}"
            )
        ordered += own
    if len(ordered) != len(found) or len({id(result) for result in ordered}) != len(found):
        raise InputError(
            f"level {level}, seed {found[0].seed}: expected {len(wanted) * len(sizes)} results, each of one of the "
            f"strategies, not {len(found)}"
        )
    return ordered


def _has(result: Result, params: Params) -> bool:
    return all(name in result.params and result.params[name] == value for name, value in params.items())


def _are_multiples(lots: Sequence[float | None], sizes: Sequence[float]) -> bool:
    """Whether there is a size, a lot or more, of which these, where they are known, are the multiples in lots."""
    known = [(lot, times) for lot, times in zip(lots, sizes, strict=True) if lot is not None]
    least = max([1.0, *((lot - 0.5) / times for lot, times in known if lot > 1)])
    most = min(((lot + 0.5) / times for lot, times in known), default=math.inf)
    return least <= most * (1 + 1e-9)


def _size(result: Result) -> float | None:
    """The size that a strategy, or the one that it quotes through, was set to; None if none was."""
    size = result.params.get("size")
    for setting in str(result.params.get("settings") or "").split():
        if setting.startswith("size="):
            size = setting.removeprefix("size=")
    try:
        return None if size is None else float(size)
    except (TypeError, ValueError):
        return None


def _pairings(level: str, ours: _Arm, theirs: _Arm, decides: str) -> Iterator[_Pairing]:
    measures = [*MEASURES, *([PER_SIZE] if ours.size != theirs.size else [])]
    for name in sorted(measures, key=lambda name: name != decides):
        if name == PER_SIZE:
            paired = pair("pnl", ours.column, theirs.column, (ours.size, theirs.size))
        else:
            paired = pair(name, ours.column, theirs.column)
        if paired is not None:
            yield _Pairing(level, name, ours, theirs, paired)
        elif name == decides:
            raise cannot_be_computed(name, level)


def _holm(ps: Mapping[int, float]) -> dict[int, tuple[float, float]]:
    """Holm's step-down correction: the smallest p counts for all, the next for all but one, and so on.

    Returns:
        The corrected p, and the level that the own p was held against: its step's, or that of the step at which Holm
        stopped.
    """
    corrected: dict[int, tuple[float, float]] = {}
    least, alpha = 0.0, LEVEL
    for rank, index in enumerate(sorted(ps, key=ps.__getitem__)):
        if least < LEVEL:
            alpha = LEVEL / (len(ps) - rank)
        least = max(least, min(1.0, ps[index] * (len(ps) - rank)))
        corrected[index] = least, alpha
    return corrected


def _comparison(pairing: _Pairing, p: float, alpha: float) -> Comparison:
    level, measure, ours, theirs, paired = pairing
    difference, deviation, seeds = paired.difference, paired.deviation, paired.count
    half = student_quantile(1.0 - LEVEL / 2, seeds - 1) * paired.error
    bootstrap_low, bootstrap_high = paired.bootstrap()
    effect = abs(difference) / deviation if deviation else math.inf if difference else 0.0
    row = Comparison(
        level=level,
        measure=measure,
        strategy=ours.name,
        baseline=theirs.name,
        seeds=seeds,
        mean=float(paired.values[:, 0].mean()),
        against=float(paired.values[:, 1].mean()),
        difference=difference,
        deviation=deviation,
        low=difference - half,
        high=difference + half,
        bootstrap_low=bootstrap_low,
        bootstrap_high=bootstrap_high,
        win_rate=paired.win_rate(),
        superiority=paired.superiority(),
        p=p,
        alpha=alpha,
        verdict=_verdict(measure, difference, p),
        identical=ours.column.is_same(theirs.column),
        power=1.0 if math.isinf(effect) else power(effect, seeds, alpha),
        seeds_needed=seeds_needed(effect, alpha, POWER),
        detectable=detectable(seeds, alpha, POWER) * deviation,
    )
    return msgspec.structs.replace(row, words=_words(row))


def _verdict(measure: str, difference: float, p: float) -> str:
    if p >= LEVEL:
        return "not distinguishable"
    better = 1 if measure == PER_SIZE else MEASURES[measure].better
    return "better" if better * difference > 0 else "worse"


def _words(row: Comparison) -> str:
    """The verdict in a sentence."""
    change = f"{row.measure} {row.difference:+,.4g} (95% from {row.low:+,.4g} to {row.high:+,.4g})"
    seeds = f"over {row.seeds:,} seeds"
    apart = f"{row.strategy} is not distinguishable from {row.baseline}"
    if row.verdict != "not distinguishable":
        chance = "p < 0.001" if row.p < 0.001 else f"p {row.p:.3f}"
        wins = "" if row.win_rate is None else f", on {row.win_rate:.0%} of them"
        return f"{row.strategy} is {row.verdict} than {row.baseline}: {change} {seeds}{wins}, {chance}"
    if row.identical:
        return f"{apart}: they had the same session on each of {row.seeds:,} seeds"
    if row.seeds_needed is None:
        return f"{apart}: no difference in {row.measure} {seeds}"
    return (
        f"{apart}: {change} {seeds}, which find a true difference of this size {row.power:.0%} of the time; "
        f"{row.seeds_needed - row.seeds:,} more seeds would find it {POWER:.0%} of the time"
    )

"""A strategy at many points of its parameters over the same seeds: which is best, and which are no worse."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from statistics import fmean, stdev

import msgspec

from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.run import run_batches
from mmtui.lab.runs.store import ResultStore, key_of
from mmtui.lab.statistics.paired import (
    LEVEL,
    MEASURES,
    Measure,
    cannot_be_computed,
    check_measure,
    check_sample,
    estimate,
    pair,
)
from mmtui.level.level import Level
from mmtui.session.commands import Params
from mmtui.session.result import Result
from mmtui.strategies.registry import make
from mmtui.strategies.sources import source_digest

#: Wraps the results still to come, given their number; for a progress bar.
Watch = Callable[[Iterator[Result], int], Iterator[Result]]


class SweepPoint(msgspec.Struct, frozen=True):
    """One point of a sweep. Means over seeds; money in the instrument's currency, positions in lots.

    Attributes:
        point: the parameters that were swept.
        failed: seeds on which the strategy failed; they count up to the failure.
        score_sd, pnl_sd: standard deviations over seeds; None for a single seed.
        behind: how much worse its deciding measure is than the best point's, on average; None where it has none, as
            markouts without fills, and then it is ranked last.
        verdict: whether the best point is "better" or "not distinguishable", by the paired t test; "best" for that
            one; None for the others on a single seed. The best point was chosen on the same results, so p is
            corrected for all pairs of points (Bonferroni).
    """

    level: str
    strategy: str
    point: Params
    seeds: int
    failed: int
    score: float
    score_sd: float | None
    pnl: float
    pnl_sd: float | None
    sharpe: float | None
    drawdown: float
    mean_abs: float
    markout_10s: float | None
    presence: float
    fills: float
    behind: float | None
    verdict: str | None


def sweep(
    level: Level,
    strategy: str,
    points: Sequence[Params],
    seeds: Sequence[int],
    *,
    params: Params | None = None,
    store: ResultStore | None = None,
    jobs: int = 1,
    cluster: str | None = None,
    traceback: bool = False,
    measure: str = "score",
    watch: Watch = lambda results, _: results,
) -> list[SweepPoint]:
    """Run a strategy at every point on every seed, and rank the points.

    Args:
        level: the level.
        strategy: name, ``file.py:Class`` or entry point.
        points: parameters by point, as :func:`~mmtui.lab.sweeps.space.points` gives them.
        seeds: the seeds.
        params: parameters that are the same at every point.
        store: of finished sessions.
        jobs: processes to use.
        cluster: the address of a Dask scheduler whose workers run the sessions instead.
        traceback: have a failed strategy's whole traceback in its result's ``error``.
        measure: the measure of :data:`~mmtui.lab.statistics.compare.MEASURES` that decides.
        watch: wraps the results of the sessions that are not in the store, as they are finished.

    Returns:
        The points, the best first.

    Raises:
        InputError: every one of several seeds is the same session, or the measure cannot be computed.
        UnknownStrategyError: the strategy cannot be made at one of the points.
        MmtuiError: see :func:`~mmtui.lab.runs.run.run_batches`.
    """
    check_measure(measure, len(seeds))
    whole = [{**(params or {}), **point} for point in points]
    for settings in whole:
        make(strategy, settings)

    def run(batches: Sequence[Batch]) -> Iterator[Result]:
        return run_batches(batches, jobs, cluster, traceback)

    found = _run(level, strategy, whole, seeds, store, run, watch)
    columns = [[found[at, seed] for seed in seeds] for at in range(len(points))]
    return _ranked(strategy, points, columns, measure)


def _run(
    level: Level,
    strategy: str,
    whole: Sequence[Params],
    seeds: Sequence[int],
    store: ResultStore | None,
    run: Callable[[Sequence[Batch]], Iterator[Result]],
    watch: Watch,
) -> dict[tuple[int, int], Result]:
    """Returns the result of every (index of a point, seed)."""
    keys = {} if store is None else _keys(level, strategy, whole, seeds)
    kept = {} if store is None else store.find(keys.values())
    found = {at_seed: kept[key] for at_seed, key in keys.items() if key in kept}
    # Seeds for which the same points are missing are run together.
    lacking: dict[tuple[int, ...], list[int]] = {}
    for seed in seeds:
        missing = tuple(at for at in range(len(whole)) if (at, seed) not in found)
        if missing:
            lacking.setdefault(missing, []).append(seed)
    batches = [Batch([level], [(strategy, whole[at]) for at in missing], some) for missing, some in lacking.items()]
    order = [(at, seed) for missing, some in lacking.items() for seed in some for at in missing]
    for at_seed, result in zip(order, watch(run(batches), len(order)), strict=True):
        found[at_seed] = result
        if store is not None:
            store.keep(keys[at_seed], result)
    return found


def _keys(level: Level, strategy: str, whole: Sequence[Params], seeds: Sequence[int]) -> dict[tuple[int, int], str]:
    """Returns the store's key of each (index of a point, seed)."""

    @cache
    def source(*texts: str) -> str:
        # Only text can name another strategy, whose code then counts too.
        return source_digest([(strategy, texts), (level.par, ())])

    keys: dict[tuple[int, int], str] = {}
    for at, settings in enumerate(whole):
        code = source(*(value for value in settings.values() if isinstance(value, str)))
        keys |= {(at, seed): key_of(level, strategy, code, settings, seed) for seed in seeds}
    return keys


def _ranked(
    strategy: str, points: Sequence[Params], columns: Sequence[Sequence[Result]], measure: str
) -> list[SweepPoint]:
    deciding = MEASURES[measure]
    if len(columns[0]) > 1:
        check_sample(columns[0][0].level, columns)
    values = [estimate(deciding, column) for column in columns]
    order = sorted(range(len(points)), key=lambda at: _rank(deciding, values[at]), reverse=True)
    best, most = order[0], values[order[0]]
    if most is None:
        raise cannot_be_computed(measure, columns[0][0].level)
    pairs = len(points) * (len(points) - 1) / 2
    ranked = []
    for at in order:
        paired = None if at == best else pair(deciding, columns[best], columns[at])
        verdict = "best" if at == best else None
        if paired is not None:
            verdict = "better" if paired.p * pairs < LEVEL else "not distinguishable"
        value = values[at]
        behind = None if value is None else deciding.better * (most - value)
        ranked.append(_point(strategy, points[at], columns[at], behind, verdict))
    return ranked


def _rank(measure: Measure, value: float | None) -> float:
    return -math.inf if value is None else measure.better * value


def _point(
    strategy: str, point: Params, column: Sequence[Result], behind: float | None, verdict: str | None
) -> SweepPoint:
    scores, pnls = [result.score for result in column], [result.pnl.total for result in column]
    markouts = [value for result in column if (value := result.markout["10s"]) is not None]
    pnl_sd = _deviation(pnls)
    return SweepPoint(
        level=column[0].level,
        strategy=strategy,
        point=point,
        seeds=len(column),
        failed=sum(result.error is not None for result in column),
        score=fmean(scores),
        score_sd=_deviation(scores),
        pnl=fmean(pnls),
        pnl_sd=pnl_sd,
        sharpe=fmean(pnls) / pnl_sd if pnl_sd else None,
        drawdown=fmean(result.drawdown for result in column),
        mean_abs=fmean(result.position.mean_abs for result in column),
        markout_10s=fmean(markouts) if markouts else None,
        presence=fmean(result.presence for result in column),
        fills=fmean(result.fills for result in column),
        behind=behind,
        verdict=verdict,
    )


def _deviation(values: Sequence[float]) -> float | None:
    return stdev(values) if len(values) > 1 else None

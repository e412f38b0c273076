"""A strategy at many points of its parameters over the same seeds: which is best, and which are no worse."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.run import run_batches
from mmtui.lab.runs.store import ResultStore, store_or_none
from mmtui.lab.statistics.paired import (
    LEVEL,
    MEASURES,
    SeedColumn,
    cannot_be_computed,
    check_measure,
    check_sample,
    estimate,
    pair,
)
from mmtui.lab.tables.columns import Rows
from mmtui.level.level import Level, load_level
from mmtui.session.commands import Params
from mmtui.session.result import Result
from mmtui.strategies.registry import AnyStrategy, named
from mmtui.strategies.variants import variant_name

if TYPE_CHECKING:
    from distributed import Client

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

    def __repr__(self) -> str:
        point = ", ".join(f"{name}={value}" for name, value in self.point.items())
        return f"SweepPoint({point}: score {self.score:.1f}, PnL {self.pnl:,.2f}, {self.verdict or 'a single seed'})"


def sweep(
    level: str | Level,
    strategy: AnyStrategy,
    points: Iterable[Mapping[str, Any]],
    seeds: Sequence[int],
    *,
    params: Mapping[str, Any] | None = None,
    opponent: AnyStrategy | None = None,
    store: ResultStore | Path | str | None = None,
    jobs: int = 1,
    cluster: str | Client | None = None,
    traceback: bool = False,
    measure: str = "score",
    watch: Watch = lambda results, _: results,
) -> Rows[SweepPoint]:
    """Run a strategy at every point on every seed, and rank the points.

    Args:
        level: the level, its id or its path.
        strategy: a text as on the command line, a class or an instance.
        points: parameters by point, as :func:`~mmtui.lab.sweeps.space.points` gives them.
        seeds: the seeds.
        params: parameters that are the same at every point.
        opponent: who makes the same market at the same time, in a duel.
        store: of finished sessions, which are not run again; or its folder.
        jobs: processes to use.
        cluster: as :func:`~mmtui.lab.runs.run.run` takes it.
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
    every: list[Params] = [dict(point) for point in points]
    found = load_level(level) if isinstance(level, str) else level
    if opponent is not None:
        found = found.against(opponent)
    name = named(strategy)
    batch = Batch([found], [(name, {**(params or {}), **point}) for point in every], seeds)
    columns = [SeedColumn() for _ in every]
    with nullcontext(store) if isinstance(store, ResultStore) else store_or_none(store) as kept:
        results = watch(run_batches([batch], jobs, cluster, traceback, kept), len(batch))
        for column, result in zip(cycle(columns), results, strict=False):
            column.add(result)
    return _ranked(found.id, variant_name(name), every, columns, measure)


def _ranked(
    level: str, strategy: str, points: Sequence[Params], columns: Sequence[SeedColumn], measure: str
) -> Rows[SweepPoint]:
    if len(columns[0]) > 1:
        check_sample(level, columns)
    values = [estimate(measure, column) for column in columns]
    order = sorted(range(len(points)), key=lambda at: _rank(measure, values[at]), reverse=True)
    best, most = order[0], values[order[0]]
    if most is None:
        raise cannot_be_computed(measure, level)
    pairs = len(points) * (len(points) - 1) / 2
    ranked: Rows[SweepPoint] = Rows()
    for at in order:
        paired = None if at == best else pair(measure, columns[best], columns[at])
        verdict = "best" if at == best else None
        if paired is not None:
            verdict = "better" if paired.p * pairs < LEVEL else "not distinguishable"
        value = values[at]
        behind = None if value is None else MEASURES[measure].better * (most - value)
        ranked.append(_point(level, strategy, points[at], columns[at], behind, verdict))
    return ranked


def _rank(measure: str, value: float | None) -> float:
    return -math.inf if value is None else MEASURES[measure].better * value


def _point(
    level: str, strategy: str, point: Params, column: SeedColumn, behind: float | None, verdict: str | None
) -> SweepPoint:
    return SweepPoint(
        level=level,
        strategy=strategy,
        point=point,
        seeds=len(column),
        failed=column.failed,
        score=column.mean("score") or 0.0,
        score_sd=column.deviation("score"),
        pnl=column.mean("pnl") or 0.0,
        pnl_sd=column.deviation("pnl"),
        sharpe=estimate("sharpe", column) if column.deviation("pnl") else None,
        drawdown=column.mean("drawdown") or 0.0,
        mean_abs=column.mean("mean_abs") or 0.0,
        markout_10s=column.mean("markout_10s"),
        presence=column.mean("presence") or 0.0,
        fills=column.mean("fills") or 0.0,
        behind=behind,
        verdict=verdict,
    )

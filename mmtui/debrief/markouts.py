"""Markout curves with their confidence bands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from mmtui.debrief.model import HORIZONS_NS, FillFacts, MarkoutCurve, MarkoutPoint
from mmtui.market.core.draws import Floats, Ints
from mmtui.signals.student import student_quantile
from mmtui.units import NS_PER_S

#: What fills are grouped by, and the group of each.
GROUPS: dict[str, Callable[[FillFacts], str]] = {
    "all": lambda _: "all",
    "side": lambda fill: fill.side.name.lower(),
    "other": lambda fill: fill.other,
    "placed": lambda fill: "manual" if fill.manual else "strategy",
}


def curves(fills: Sequence[FillFacts]) -> Iterator[MarkoutCurve]:
    """The curve of every group that has a fill, "all" first."""
    for by, group_of in GROUPS.items():
        groups: dict[str, list[FillFacts]] = {}
        for fill in fills:
            groups.setdefault(group_of(fill), []).append(fill)
        for group in sorted(groups):
            yield MarkoutCurve(by, group, tuple(_points(groups[group])))


def _points(fills: Sequence[FillFacts]) -> Iterator[MarkoutPoint]:
    times = np.array([fill.at_ns for fill in fills])
    lots = np.array([fill.quantity for fill in fills], dtype=float)
    markouts = np.array([[math.nan if value is None else value for value in fill.markouts] for fill in fills])
    for column, horizon_ns in enumerate(HORIZONS_NS):
        due = ~np.isnan(markouts[:, column])
        if due.any():
            yield mean_markout(horizon_ns, times[due], lots[due], markouts[due, column])


def mean_markout(horizon_ns: int, times_ns: Ints, lots: Floats, markouts: Floats) -> MarkoutPoint:
    """The mean weighted by lots, with a 95% band by clusters of fills.

    Fills closer together than the horizon are marked at much the same mid, so they do not count as so many independent
    ones: those of each stretch of two horizons (a second at least) are one cluster, and the variance is that of the
    clusters' sums (Liang and Zeger, Biometrika 73, 1986), with Student's t for their number.

    Args:
        horizon_ns: how long after the fill.
        times_ns: of the fills, ascending.
        lots: of the fills.
        markouts: ticks per share.
    """
    total = float(lots.sum())
    mean = float((lots * markouts).sum()) / total
    _, cluster = np.unique(times_ns // max(2 * horizon_ns, NS_PER_S), return_inverse=True)
    sums = np.bincount(cluster, weights=lots * (markouts - mean))
    count = len(sums)
    low = high = None
    if count > 1:
        error = math.sqrt(count / (count - 1) * float((sums**2).sum())) / total
        half = student_quantile(0.975, count - 1) * error
        low, high = mean - half, mean + half
    return MarkoutPoint(horizon_ns, mean, low, high, len(markouts), round(total))

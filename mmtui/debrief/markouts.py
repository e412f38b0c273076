"""Mean markouts of groups of fills, with their confidence bands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from mmtui.debrief.model import CURVE_HORIZONS_NS, FillFacts, MarkoutCurve, MarkoutPoint
from mmtui.market.core.draws import Floats, Ints
from mmtui.signals.student import student_quantile
from mmtui.units import NS_PER_S

#: The criteria that fills are grouped by, each with the group of a fill.
GROUPS: dict[str, Callable[[FillFacts], str]] = {
    "all": lambda _: "all",
    "side": lambda fill: fill.side.name.lower(),
    "other": lambda fill: fill.other,
    "placed": lambda fill: "manual" if fill.manual else "strategy",
}


def curves(fills: Sequence[FillFacts]) -> Iterator[MarkoutCurve]:
    """Yields the curve of every group that has a fill, "all" first."""
    for by, group_of in GROUPS.items():
        groups: dict[str, list[FillFacts]] = {}
        for fill in fills:
            groups.setdefault(group_of(fill), []).append(fill)
        for group in sorted(groups):
            points = (markout_point(groups[group], column) for column in range(len(CURVE_HORIZONS_NS)))
            yield MarkoutCurve(by, group, tuple(point for point in points if point is not None))


def markout_point(fills: Sequence[FillFacts], horizon: int) -> MarkoutPoint | None:
    """The mean markout of the fills that are due at ``CURVE_HORIZONS_NS[horizon]``, None if none is."""
    due = [(fill.at_ns, fill.quantity, value) for fill in fills if (value := fill.markouts[horizon]) is not None]
    if not due:
        return None
    times, lots, markouts = zip(*due, strict=True)
    return mean_markout(CURVE_HORIZONS_NS[horizon], np.array(times), np.array(lots, dtype=float), np.array(markouts))


def mean_markout(horizon_ns: int, times_ns: Ints, lots: Floats, markouts: Floats) -> MarkoutPoint:
    """The mean weighted by lots, with a 95% band by clusters of fills.

    Fills closer together than the horizon are marked at much the same mid, so they are not independent: the fills in
    each interval of two horizons (a second at least) are one cluster, and the variance is that of the clusters' sums
    (Liang and Zeger, Biometrika 73, 1986), with Student's t for their number.

    Args:
        horizon_ns: time after the fill.
        times_ns: (N,) of the fills.
        lots: (N,) of the fills.
        markouts: (N,) in ticks per share.
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

"""Paths of PnL into many futures, as a fan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmtui.market.core.draws import Floats
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, title_row
from mmtui.tui.widgets.pixels import Pixels, framed, time_axis

_ROOM = 9
#: The quantiles of the two bands, and their colours, the wider one first.
_BANDS = ((0.05, 0.95, "track"), (0.25, 0.75, "cursor"))


def fan_range(fans: Sequence[Sequence[Floats]], happened: Floats) -> tuple[float, float]:
    """The least and the most that charts of these paths show: what really came, and nine tenths of all at any time."""
    ends = [0.0, float(happened.min()), float(happened.max())]
    for paths in fans:
        if paths:
            bounds = np.quantile(np.array(paths), (0.05, 0.95), axis=0)
            ends += [float(bounds.min()), float(bounds.max())]
    return min(ends), max(ends)


def fan_rows(
    title: str,
    paths: Sequence[Floats],
    happened: Floats,
    until_ns: int,
    limits: tuple[float, float],
    width: int,
    height: int,
) -> list[Row]:
    """The bands in which half and nine tenths of the paths are at each time, their median dotted, and what really came.

    Args:
        title: above the chart.
        paths: PnL in currency, all at the same times, which are about equally far apart.
        happened: the path that really came, at these times.
        until_ns: how far they go.
        limits: the least and the most PnL to show.
        width: cells in all.
        height: rows in all: a title, the canvas and its times.
    """
    cells = max(8, width - _ROOM)
    pixels = Pixels(cells, height - 2, *limits)
    places = np.linspace(0, len(happened) - 1, 2 * cells)
    steps = range(len(happened))
    pixels.line([0.0] * 2 * cells, "muted", every=4)
    if paths:
        table = np.array(paths)
        for low, high, ink in _BANDS:
            lows, highs = (np.interp(places, steps, row).tolist() for row in np.quantile(table, (low, high), axis=0))
            for x in range(cells):
                pixels.bar(x, lows[2 * x], highs[2 * x], ink)
        pixels.line(np.interp(places, steps, np.median(table, axis=0)).tolist(), "live", every=2)
    pixels.line(np.interp(places, steps, happened).tolist(), "own")
    return [
        title_row(title, fmt.counted(len(paths), "future"), width),
        *framed(pixels, [0.0, *reversed(limits)], lambda value: fmt.money(value, 0, 0), _ROOM),
        time_axis(cells, until_ns),
    ]

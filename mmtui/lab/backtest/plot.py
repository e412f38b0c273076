"""Lines over time, with marks and an axis, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich.style import Style
from rich.text import Text

from mmtui.braille import Plot
from mmtui.market.core.draws import Floats

_LABEL = 12


class PlotLine(NamedTuple):
    """Values at equal steps, NaN for none, and their style."""

    values: Floats
    style: str


class PlotMark(NamedTuple):
    """A sign at a step and a value."""

    step: int
    value: float
    sign: str
    style: str


def chart(lines: Sequence[PlotLine], marks: Sequence[PlotMark], width: int, height: int) -> list[Text]:
    """Draw lines in order, each over those before, and marks over all but the last line; one text a row.

    Args:
        lines: at least one, all of the same length.
        marks: signs.
        width: columns, the axis labels included.
        height: rows.
    """
    columns = max(8, width - _LABEL - 1)
    values = np.concatenate([line.values for line in lines] + [np.array([mark.value for mark in marks])])
    low, high = (float(np.nanmin(values)), float(np.nanmax(values))) if np.isfinite(values).any() else (0.0, 0.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    plot = Plot(columns, height, low, high, blank=("⠀", ""))
    for line in reversed(lines):
        for x, (least, most) in enumerate(_ranges(line.values, columns * 2)):
            if not np.isnan(least):
                plot.line(line.style, x, least, most)
    steps = max(1, len(lines[0].values) - 1)
    for mark in marks:
        x = round(mark.step / steps * (columns - 1))
        dots = plot.dots(plot.row(mark.value) // 4, x)
        if dots is None or dots[1] != lines[-1].style:
            plot.mark(2 * x, mark.value, (mark.sign, mark.style))
    rows = []
    for y in range(height):
        label = high if y == 0 else low if y == height - 1 else None
        text = Text("" if label is None else f"{label:,.6g}", Style(dim=True))
        text.align("right", _LABEL)
        text.append("│", Style(dim=True))
        for glyphs, style in plot.spans(y):
            text.append(glyphs, style)
        rows.append(text)
    return rows


def _ranges(values: Floats, columns: int) -> list[tuple[float, float]]:
    """The least and the greatest value in each column, neighbours overlapping so that the line holds together."""
    edges = np.linspace(0, len(values) - 1, columns + 1)
    found = []
    for first, last in zip(np.floor(edges[:-1]).astype(int), np.ceil(edges[1:]).astype(int), strict=True):
        part = values[first : last + 1]
        part = part[~np.isnan(part)]
        found.append((float(part.min()), float(part.max())) if len(part) else (np.nan, np.nan))
    return found

"""Lines drawn with the eight dots of a braille character, two across and four down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich.style import Style
from rich.text import Text

from mmtui.market.core.draws import Floats

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_LABEL = 12


class Line(NamedTuple):
    """Values at equal steps, NaN for none, and their style."""

    values: Floats
    style: str


class Mark(NamedTuple):
    """A sign at a step and a value."""

    step: int
    value: float
    sign: str
    style: str


def chart(lines: Sequence[Line], marks: Sequence[Mark], width: int, height: int) -> list[Text]:
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
    dots = np.zeros((height, columns), dtype=int)
    styles: dict[tuple[int, int], str] = {}
    signs: dict[tuple[int, int], str] = {}

    def row(value: float) -> int:
        """The dot row of a value, 0 at the top."""
        return round((high - value) / (high - low) * (height * 4 - 1))

    for line in lines:
        for column, (least, most) in enumerate(_ranges(line.values, columns * 2)):
            if not np.isnan(least):
                for dot in range(row(most), row(least) + 1):
                    cell = dot // 4, column // 2
                    dots[cell] |= _DOTS[column % 2][dot % 4]
                    styles[cell] = line.style
    steps = max(1, len(lines[0].values) - 1)
    for mark in marks:
        cell = row(mark.value) // 4, round(mark.step / steps * (columns - 1))
        if styles.get(cell) != lines[-1].style:
            signs[cell], styles[cell] = mark.sign, mark.style
    rows = []
    for at in range(height):
        label = high if at == 0 else low if at == height - 1 else None
        text = Text("" if label is None else f"{label:,.6g}", Style(dim=True))
        text.align("right", _LABEL)
        text.append("│", Style(dim=True))
        for column in range(columns):
            sign = signs.get((at, column)) or chr(0x2800 + dots[at, column])
            text.append(sign, styles.get((at, column), ""))
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

"""A sweep as a heat map: two of its parameters across and down, the measure in the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from mmtui.lab.sweeps.space import Axis, AxisValue, position
from mmtui.session.commands import Params

#: Cells of a range.
_CELLS = 8


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Mean values by cell; None where there is no point.

    Attributes:
        across, down: labels of the columns and the rows; ``down`` has one empty label where one parameter was swept.
        cells: rows of columns.
    """

    across: Sequence[str]
    down: Sequence[str]
    cells: Sequence[Sequence[float | None]]


def heat_map(points: Sequence[tuple[Params, float]], across: Axis, down: Axis | None) -> HeatMap:
    """Returns the mean values over one or two parameters."""
    groups: dict[tuple[int, int], list[float]] = {}
    for params, value in points:
        row = 0 if down is None else _cell(down, params[down.key])
        groups.setdefault((row, _cell(across, params[across.key])), []).append(value)
    columns, rows = _labels(across), [""] if down is None else _labels(down)
    means: Mapping[tuple[int, int], float] = {cell: fmean(values) for cell, values in groups.items()}
    cells = [[means.get((row, column)) for column in range(len(columns))] for row in range(len(rows))]
    return HeatMap(columns, rows, cells)


def _cell(axis: Axis, value: AxisValue) -> int:
    if axis.values:
        return axis.values.index(value)
    return min(_CELLS - 1, int(position(axis, value) * _CELLS))


def _labels(axis: Axis) -> list[str]:
    if not axis.values:
        return [f"{axis.at(cell / _CELLS):.3g}…" for cell in range(_CELLS)]
    return [
        "auto" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in axis.values
    ]

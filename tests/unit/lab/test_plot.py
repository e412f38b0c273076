"""Lines drawn in braille."""

from __future__ import annotations

import numpy as np

from mmtui.lab.backtest.plot import PlotLine, PlotMark, chart


def rows(lines: list[PlotLine], marks: list[PlotMark], width: int, height: int) -> list[str]:
    return [text.plain for text in chart(lines, marks, width, height)]


def drawn(values: list[float], width: int = 13 + 8, height: int = 4) -> list[str]:
    return [row[13:] for row in rows([PlotLine(np.array(values), "")], [], width, height)]


def test_every_row_is_as_wide_as_asked_and_the_ends_are_labelled() -> None:
    shown = rows([PlotLine(np.array([1.0, 5.0]), "")], [], 60, 5)
    assert [len(row) for row in shown] == [60] * 5
    assert [row[:13].strip() for row in shown] == ["5│", "│", "│", "│", "1│"]


def test_a_rise_goes_from_the_lower_left_to_the_upper_right() -> None:
    shown = drawn([float(value) for value in range(16)])
    assert [row.strip("⠀") != "" for row in shown] == [True] * 4
    first = [next(i for i, sign in enumerate(row) if sign != "⠀") for row in shown]
    assert first == sorted(first, reverse=True)
    assert first[-1] == 0
    assert shown[0][-1] != "⠀"


def test_a_level_line_is_one_row_of_dots() -> None:
    shown = drawn([3.0] * 50)
    assert sum(row.strip("⠀") != "" for row in shown) == 1
    assert len({sign for row in shown for sign in row}) == 2


def test_a_spike_between_two_columns_is_not_lost() -> None:
    values = [0.0] * 1000
    values[501] = 9.0
    assert drawn(values)[0].strip("⠀") != ""


def test_values_that_are_missing_leave_a_gap() -> None:
    nothing = float("nan")
    shown = drawn([1.0] * 20 + [nothing] * 40 + [1.0] * 20)
    [row] = [row for row in shown if row.strip("⠀")]
    assert row[3] == row[4] == "⠀"
    assert row[0] != "⠀"
    assert row[-1] != "⠀"
    assert drawn([nothing, nothing]) == ["⠀" * 8] * 4


def test_marks_stand_at_their_step_and_value_but_never_hide_the_last_line() -> None:
    line = PlotLine(np.zeros(9), "")
    far, hidden = PlotMark(8, 1.0, "▲", "green"), PlotMark(0, 0.0, "▼", "red")
    shown = [row[13:] for row in rows([line], [far, hidden], 13 + 9, 3)]
    assert shown[0] == "⠀" * 8 + "▲"
    assert "▼" not in "".join(shown)

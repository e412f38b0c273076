"""The line to share."""

from __future__ import annotations

from datetime import date

import pytest

from mmtui.career.share import share_line, spark


def test_it_gives_neither_money_nor_side_away() -> None:
    day = date(2026, 11, 24)
    course = [float(second % 50) for second in range(301)]
    line = share_line("skew", day, 84.6, 2, course)
    assert line == share_line("skew", day, 84.6, 2, [1_000 * money - 5_000 for money in course])
    assert line.startswith("mmtui skew 2026-11-24 · 84 ★★☆ · ")
    assert len(line) < 60


def test_it_tells_how_long_one_paused() -> None:
    day = date(2026, 11, 24)
    assert share_line("skew", day, 84.6, 2, [1.0, 2.0], 0.9) == share_line("skew", day, 84.6, 2, [1.0, 2.0])
    assert share_line("skew", day, 84.6, 2, [1.0, 2.0], 3_725.0).endswith(" · paused 1:02:05")


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0], [-1.0, 1.0], list(range(1_000))])
def test_any_course_has_a_spark(values: list[float]) -> None:
    bars = spark(values)
    assert len(bars) == (10 if values else 0)
    if len(set(values)) > 1:
        assert (min(bars), max(bars)) == ("▁", "█")

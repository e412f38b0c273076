"""The verdict on two strategies."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from mmtui.cli import main
from mmtui.game.level import load_level
from mmtui.game.result import Result
from mmtui.lab.batch import simulate
from mmtui.lab.compare import MEASURES, compare, seeds_needed, student_p, student_quantile


@pytest.fixture(scope="module")
def template() -> Result:
    return simulate(msgspec.structs.replace(load_level("first-quotes"), duration_s=2), "idle", 1)


def scored(template: Result, *columns: Sequence[float]) -> list[Result]:
    """Results with these scores, a column a strategy, seed by seed."""
    return [
        msgspec.structs.replace(template, score=float(score)) for row in zip(*columns, strict=True) for score in row
    ]


def test_difference_is_the_strategy_less_the_first(template: Result) -> None:
    row = compare(scored(template, [1, 2, 3, 4], [2, 4, 3, 5]), ["base", "other"])[0]
    assert (row.measure, row.strategy, row.baseline, row.seeds) == ("score", "other", "base", 4)
    assert (row.mean, row.against, row.difference) == (3.5, 2.5, 1.0)
    assert row.win_rate == (3 + 0.5) / 4
    # t = 1 / (0.8165 / 2) = 2.449 on three degrees of freedom; by tables p = .0917.
    assert row.p == pytest.approx(0.0917, abs=2e-4)
    assert row.low == pytest.approx(1 - 3.182 * 0.40825, abs=1e-3)
    assert row.verdict == "not distinguishable"


def test_superiority_counts_every_pair_of_seeds(template: Result) -> None:
    row = compare(scored(template, [1, 3], [2, 3]), ["base", "other"])[0]
    assert row.superiority == (1 + 0 + 1 + 0.5) / 4


def test_less_drawdown_is_better(template: Result) -> None:
    falls = [msgspec.structs.replace(template, drawdown=fall) for fall in (9.0, 1.0, 8.0, 1.5, 9.5, 0.5, 8.5, 1.2)]
    row = next(row for row in compare(falls, ["base", "other"]) if row.measure == "drawdown")
    assert (row.verdict, row.win_rate) == ("better", 1.0)
    assert row.difference < 0


def test_equal_strategies_are_not_distinguishable(template: Result) -> None:
    row = compare(scored(template, [1, 2, 5], [1, 2, 5]), ["base", "same"])[0]
    assert (row.difference, row.p, row.verdict, row.seeds_needed, row.win_rate) == (
        0.0,
        1.0,
        "not distinguishable",
        None,
        0.5,
    )


def test_chance_alone_is_called_a_difference_one_time_in_twenty() -> None:
    rng = np.random.default_rng(5)
    rounds = 600
    found = 0
    for _ in range(rounds):
        columns = rng.standard_normal((2, 12))
        differences = columns[1] - columns[0]
        t = differences.mean() / (differences.std(ddof=1) / np.sqrt(12))
        found += student_p(float(t), 11) < 0.05
    # 5% of 600 is 30, with a standard deviation of 5.3; the band is four of them.
    assert 30 - 22 <= found <= 30 + 22


def test_many_strategies_are_corrected_for() -> None:
    from mmtui.lab.compare import Comparison, _corrected

    plain = Comparison("l", "score", "s", "b", 9, 1, 0, 1, 0, 2, 0, 2, 1, 1, 0.02, "", None)
    rows = _corrected([msgspec.structs.replace(plain, p=p) for p in (0.02, 0.04, 0.01)], 1)
    assert [round(row.p, 3) for row in rows] == [0.04, 0.04, 0.03]
    rows = _corrected([msgspec.structs.replace(plain, p=p) for p in (0.02, 0.04, 0.03)], 1)
    assert [row.verdict for row in rows] == ["not distinguishable"] * 3


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (19, 2.093), (199, 1.972)]
)
def test_student_s_t_agrees_with_tables(freedom: int, t: float) -> None:
    assert student_p(t, freedom) == pytest.approx(0.05, abs=2e-4)
    assert student_p(-t, freedom) == student_p(t, freedom)
    assert student_quantile(0.975, freedom) == pytest.approx(t, rel=2e-3)


def test_seeds_needed_find_the_difference_four_times_in_five() -> None:
    needed = seeds_needed(0.5, 1.0)
    assert needed == 34  # (1.960 + 0.842)² / 0.25 = 31.4, and two
    rng = np.random.default_rng(9)
    differences = 0.5 + rng.standard_normal((2000, needed))
    t = differences.mean(axis=1) / (differences.std(axis=1, ddof=1) / np.sqrt(needed))
    power = np.mean([student_p(float(value), needed - 1) < 0.05 for value in t])
    # The standard error of a share of .8 over 2,000 rounds is .009.
    assert power == pytest.approx(0.8, abs=0.036)


def test_command_compares_with_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "first-quotes", "-s", "idle", "-s", "fixed", "--seeds", "1:3", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["measure"] for row in rows] == list(MEASURES)
    assert (rows[0]["strategy"], rows[0]["baseline"], rows[0]["verdict"]) == ("fixed", "idle", "better")
    assert main(["compare", "first-quotes", "-s", "idle", "-s", "fixed", "--seeds", "1:2"]) == 0
    assert "Against idle, over 2 seeds." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["-s", "fixed"], "expected two strategies or more"),
        (["-s", "fixed", "-s", "skew", "--seeds", "4"], "expected at least two seeds"),
    ],
)
def test_command_refuses_what_cannot_be_compared(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert main(["compare", "first-quotes", *arguments]) == 2
    assert complaint in capsys.readouterr().err

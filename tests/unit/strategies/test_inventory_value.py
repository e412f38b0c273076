"""The equations behind the exact quotes, against other ways to solve them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mmtui.strategies.models.inventory_value import (
    CachedSteps,
    Floats,
    log_values,
    quotes_from,
    step_at,
    steps_up,
    units,
)
from tests.unit.strategies.fake_view import US


def matrix(penalty: float, rate: float, most: int) -> Floats:
    size = 2 * most + 1
    beside: Floats = rate * (np.eye(size, k=1) + np.eye(size, k=-1))
    return beside - np.diag(penalty * np.arange(-most, most + 1.0) ** 2)


def by_eigenvectors(penalty: float, rate: float, most: int, horizon: float, terminal: float) -> Floats:
    """Good while no value is smaller than a double's grain times the largest."""
    values, vectors = np.linalg.eigh(matrix(penalty, rate, most))
    start = np.exp(-terminal * np.arange(-most, most + 1.0) ** 2)
    grown = vectors @ (np.exp((values - values[-1]) * horizon) * (vectors.T @ start))
    logs: Floats = np.log(grown) + values[-1] * horizon
    return logs


@pytest.mark.parametrize(
    ("penalty", "rate", "most", "horizon", "terminal"),
    [
        (0.1, 1.0, 5, 3.0, 0.0),
        (0.01, 0.3, 10, 60.0, 0.2),
        (0.0, 1.0, 6, 1e4, 0.0),
        (1.0, 2.0, 3, 0.0, 0.5),
        (0.01, 0.4, 3, 30.0, 0.01),
        (2.0, 0.5, 1, 1.0, 0.0),
    ],
)
def test_finite_horizon_agrees_with_eigenvectors(
    penalty: float, rate: float, most: int, horizon: float, terminal: float
) -> None:
    expected = by_eigenvectors(penalty, rate, most, horizon, terminal)
    assert log_values(penalty, rate, most, horizon, terminal) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_short_horizon_agrees_with_the_series_where_values_are_tiny() -> None:
    """At the edge the end's penalty leaves e^-200, which eigenvectors lose in rounding."""
    most, penalty, rate, horizon, terminal = 10, 0.5, 1.0, 0.5, 2.0
    shift = penalty * most**2
    positive = matrix(penalty, rate, most) + shift * np.eye(2 * most + 1)
    term = total = np.exp(-terminal * np.arange(-most, most + 1.0) ** 2)
    for order in range(1, 300):
        term = positive @ term * (horizon / order)
        total = total + term
    expected = np.log(total) - shift * horizon
    assert log_values(penalty, rate, most, horizon, terminal) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("penalty", [0.0, 1e-9, 0.01, 1.0, 1e4])
@pytest.mark.parametrize("most", [1, 2, 10, 60])
def test_what_lasts_is_an_eigenvector(penalty: float, most: int) -> None:
    """(B v)_q / v_q is the same growth at every q, from logarithms alone: v itself may be below any double."""
    logs = log_values(penalty, 1.0, most)
    steps = np.diff(logs)
    growth = -penalty * np.arange(-most, most + 1.0) ** 2
    growth[:-1] += np.exp(steps)
    growth[1:] += np.exp(-steps)
    assert growth == pytest.approx(np.full_like(growth, growth[most]), abs=1e-11 * (1 + penalty * most**2))
    assert 0 < growth[most] <= 2
    assert logs[most] == 0


@pytest.mark.slow
@pytest.mark.parametrize(("penalty", "most"), [(0.01, 10), (30.0, 4), (1e4, 100)])
def test_long_horizon_becomes_what_lasts(penalty: float, most: int) -> None:
    found = log_values(penalty, 1.0, most, 1e6)
    assert np.isfinite(found).all()
    assert found - found[most] == pytest.approx(log_values(penalty, 1.0, most), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("horizon", [0.0, 0.1, 10.0, 1e5, math.inf])
def test_values_are_even_and_fall_with_the_position(horizon: float) -> None:
    values = log_values(0.05, 0.4, 12, horizon, 0.1)
    assert values == pytest.approx(values[::-1], abs=1e-9)
    assert (np.diff(values[12:]) < 0).all()


def test_steps_between_whole_positions_are_interpolated_and_end_at_the_limit() -> None:
    steps = steps_up(np.array([-4.0, -1.0, 0.0, -1.0, -4.0]))
    assert steps.tolist() == [-3.0, -1.0, 1.0, 3.0, math.inf]
    assert [step_at(steps, q) for q in (-3.0, -2.0, -0.5, 0.25, 1.0, 1.5)] == [-3.0, -3.0, 0.0, 1.5, 3.0, 3.0]
    assert step_at(steps, 2.0) == step_at(steps, 2.5) == math.inf


def test_cached_steps_are_solved_again_only_when_something_moved_by_a_hundredth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solved: list[float] = []

    def counted(penalty: float, *rest: float) -> Floats:
        solved.append(penalty)
        return log_values(penalty, rest[0], int(rest[1]), *rest[2:])

    monkeypatch.setattr("mmtui.strategies.models.inventory_value.log_values", counted)
    cached = CachedSteps()
    first = cached.steps(0.1, 1.0, 5)
    assert cached.steps(0.1005, 1.0, 5) is first
    assert solved == [0.1]
    assert cached.steps(0.102, 1.0, 5).tolist() == steps_up(log_values(0.102, 1.0, 5)).tolist()
    cached.steps(0.102, 1.0, 6)
    cached.steps(0.102, 1.0, 6, 10.0)
    cached.steps(0.102, 1.0, 6, 10.2)
    cached.steps(0.102, 1.0, 6, 10.2, 0.1)
    assert len(solved) == 6


@pytest.mark.parametrize(
    ("limit", "size", "expected"),
    [(20, 2, (2, 10)), (20, 3, (3, 6)), (20, 50, (20, 1)), (1, 1, (1, 1)), (5000, 1, (50, 100)), (150, 1, (2, 75))],
)
def test_units_are_sizes_and_at_most_a_hundred(limit: int, size: int, expected: tuple[int, int]) -> None:
    assert units(replace(US, position_limit=limit), size) == expected


def test_reservation_of_one_quote_alone_is_as_far_as_both_would_be() -> None:
    both = quotes_from(100.0, 1.5, 2.0, 1.0, 3)
    assert (both.bid, both.ask, both.reservation) == (98.0, 101.0, 99.5)
    long = quotes_from(100.0, 1.5, math.inf, 0.5, 3)
    assert (long.bid, long.ask, long.reservation) == (None, 100.5, 99.0)
    short = quotes_from(100.0, 1.5, 0.5, math.inf, 3)
    assert (short.bid, short.ask, short.reservation) == (99.5, None, 101.0)
    assert quotes_from(1.0, 1.5, 2.0, -3.0, 3).bid == quotes_from(1.0, 1.5, 2.0, -3.0, 3).ask == 0.0

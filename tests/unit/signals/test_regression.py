"""The rolling line, and the hedge ratio that it is."""

from __future__ import annotations

import numpy as np
import pytest

from mmtui.signals.regression import RollingRegression
from tests.unit.signals.fbm import Floats


def fed(x: Floats, y: Floats, window: int) -> RollingRegression:
    line = RollingRegression(window)
    for point in zip(x.tolist(), y.tolist(), strict=True):
        line.update(*point)
    return line


def two_walks(points: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    x, y = np.cumsum(rng.normal(size=(2, points)), axis=1)
    return 20_000 + x, 5_000 + y


@pytest.mark.parametrize("points", [3, 7, 40, 41, 300])
def test_it_is_the_least_squares_line_of_the_window(points: int) -> None:
    x, y = two_walks(points, seed=points)
    line = fed(x, y, 40)
    x, y = x[-40:], y[-40:]
    slope, intercept = np.polyfit(x - 20_000, y, 1)
    residuals = y - intercept - slope * (x - 20_000)
    assert line.count == len(x)
    assert line.slope == pytest.approx(slope, rel=1e-9)
    assert line.intercept == pytest.approx(intercept - 20_000 * slope, rel=1e-9)
    assert line.correlation == pytest.approx(np.corrcoef(x, y)[0, 1], rel=1e-9)
    assert line.residual_deviation == pytest.approx(np.sqrt(residuals @ residuals / (len(x) - 2)), rel=1e-9)


def test_it_finds_a_hedge_ratio_and_follows_when_it_changes() -> None:
    # Noise of deviation 1 on 200 values of x with deviation 5: the slope's sd is 1/(5√200) = .014; four of them.
    rng = np.random.default_rng(1)
    x = rng.normal(100.0, 5.0, 400)
    noise = rng.normal(size=400)
    assert fed(x[:200], 30 + 1.5 * x[:200] + noise[:200], 200).slope == pytest.approx(1.5, abs=0.06)
    ratio = np.where(np.arange(400) < 200, 1.5, 0.7)
    line = fed(x, 30 + ratio * x + noise, 200)
    assert line.slope == pytest.approx(0.7, abs=0.06)
    # A deviation from 200 residuals has a relative sd of 5%.
    assert line.residual_deviation == pytest.approx(1.0, rel=0.2)


def test_it_needs_three_points_and_an_x_that_varies() -> None:
    line = RollingRegression(5)
    for x, y in ((1.0, 2.0), (2.0, 3.0)):
        line.update(x, y)
        assert (line.slope, line.intercept, line.correlation, line.residual_deviation) == (None, None, None, None)
    line.update(3.0, 5.0)
    assert line.slope == pytest.approx(1.5)


def test_a_leg_that_stands_still_has_no_slope_however_it_moved_before() -> None:
    x, y = two_walks(500, seed=2)
    still = fed(np.concatenate([x, np.full(50, 0.1)]), np.concatenate([y, y[:50]]), 50)
    assert (still.slope, still.correlation) == (None, None)
    hedged = fed(np.concatenate([x, x[:50]]), np.concatenate([y, np.full(50, 0.1)]), 50)
    assert (hedged.slope, hedged.correlation, hedged.residual_deviation) == (0.0, None, 0.0)


def test_huge_values_leave_no_rounding_once_they_have_left_the_window() -> None:
    x, y = two_walks(60, seed=3)
    huge = 1e12 * np.random.default_rng(4).normal(size=20)
    line = fed(np.concatenate([huge, x]), np.concatenate([-huge, y]), 60)
    assert line.slope == pytest.approx(np.polyfit(x[-60:] - 20_000, y[-60:], 1)[0], rel=1e-8)


def test_independent_walks_are_often_highly_correlated() -> None:
    # Why correlation proves nothing: beyond ±.5 in a good third of pairs, with an sd of 3.5% over 200 of them.
    rng = np.random.default_rng(5)
    pairs = np.cumsum(rng.normal(size=(200, 2, 250)), axis=2)
    high = [abs(fed(x, y, 250).correlation or 0.0) > 0.5 for x, y in pairs]
    assert 0.25 < np.mean(high) < 0.6


@pytest.mark.parametrize("window", [2, 0, -1])
def test_a_window_below_three_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match="at least 3"):
        RollingRegression(window)

"""Rolling mean and deviation, by count and by time."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from mmtui.signals.rolling import RollingMoments

S = 1_000_000_000


def test_it_says_only_what_it_can() -> None:
    rolling = RollingMoments(3)
    assert (rolling.count, rolling.mean, rolling.deviation) == (0, None, None)
    rolling.update(4.0)
    assert (rolling.count, rolling.mean, rolling.deviation) == (1, 4.0, None)
    rolling.update(6.0)
    assert (rolling.count, rolling.mean) == (2, 5.0)
    assert rolling.deviation == pytest.approx(2**0.5)


def test_the_oldest_value_leaves_a_full_window() -> None:
    rolling = RollingMoments(3)
    for value in (50.0, 1.0, 2.0, 6.0):
        rolling.update(value)
    assert rolling.count == 3
    assert rolling.mean == pytest.approx(3.0)
    assert rolling.deviation == pytest.approx(statistics.stdev([1.0, 2.0, 6.0]))


def test_a_constant_has_no_deviation() -> None:
    rolling = RollingMoments(5)
    for _ in range(20):
        rolling.update(0.1)
    assert rolling.deviation == pytest.approx(0.0, abs=1e-9)


def test_it_finds_the_moments_of_seeded_noise() -> None:
    # 4,000 values: the mean has an sd of 2/√4000 = .032, the deviation of 2/√8000 = .022. The bands are four of them.
    rolling = RollingMoments(4_000)
    for value in np.random.default_rng(2).normal(10.0, 2.0, 9_000):
        rolling.update(float(value))
    assert rolling.mean == pytest.approx(10.0, abs=0.13)
    assert rolling.deviation == pytest.approx(2.0, abs=0.09)


@pytest.mark.parametrize("window", [10, 10_500])
def test_huge_values_leave_no_rounding_once_they_have_left_the_window(window: int) -> None:
    rolling = RollingMoments(window)
    rng = np.random.default_rng(3)
    huge = (1e12 * rng.normal(size=20)).tolist()
    small = rng.normal(size=window).tolist()
    for value in [*huge, *small]:
        rolling.update(value)
    assert rolling.mean == pytest.approx(statistics.fmean(small[-window:]), abs=1e-9)
    assert rolling.deviation == pytest.approx(statistics.stdev(small[-window:]), rel=1e-9)


@pytest.mark.parametrize("window", [1, 0, -5])
def test_a_window_below_two_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        RollingMoments(window)


def test_a_window_of_equal_values_has_exactly_their_mean_and_no_deviation() -> None:
    rolling = RollingMoments(4)
    for value in (1e9, -3.3, 7.1, 0.3, 0.1, 0.1, 0.1, 0.1):
        rolling.update(value)
    assert (rolling.mean, rolling.deviation) == (0.1, 0.0)

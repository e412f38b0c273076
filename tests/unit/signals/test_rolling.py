"""Rolling mean and deviation, by count and by time."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from mmtui.signals.rolling import RollingMoments, TimedMoments

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


def test_by_time_a_value_leaves_when_it_is_a_window_old() -> None:
    timed = TimedMoments(10.0)
    assert (timed.count(0), timed.mean(0), timed.deviation(0)) == (0, None, None)
    for second, value in ((0, 4.0), (3, 6.0), (3, 11.0)):
        timed.update(second * S, value)
    assert timed.mean(10 * S - 1) == pytest.approx(7.0)
    assert timed.deviation(10 * S - 1) == pytest.approx(13**0.5)
    assert timed.count(10 * S) == 2
    assert timed.mean(10 * S) == pytest.approx(8.5)
    assert timed.deviation(10 * S) == pytest.approx(12.5**0.5)
    assert (timed.count(13 * S), timed.mean(13 * S), timed.deviation(13 * S)) == (0, None, None)


def test_by_time_it_is_the_naive_mean_and_deviation_of_the_window() -> None:
    rng = np.random.default_rng(4)
    times = np.cumsum(rng.exponential(0.2 * S, 3_000)).astype(int)
    values = rng.normal(20_000.0, 5.0, 3_000)
    timed = TimedMoments(6.0)
    for i, (now_ns, value) in enumerate(zip(times.tolist(), values.tolist(), strict=True)):
        timed.update(now_ns, value)
        if i % 37 == 0:
            window = values[: i + 1][times[: i + 1] > now_ns - 6 * S]
            assert timed.count(now_ns) == len(window)
            assert timed.mean(now_ns) == pytest.approx(np.mean(window), rel=1e-12)
            if len(window) > 1:
                assert timed.deviation(now_ns) == pytest.approx(np.std(window, ddof=1), rel=1e-6)


def test_by_time_huge_values_leave_no_rounding_once_they_have_left_the_window() -> None:
    small = np.random.default_rng(5).normal(size=60).tolist()
    timed = TimedMoments(5.0)
    for i in range(10):
        timed.update(i, 1e12 * i)
    for i, value in enumerate(small):
        timed.update((i + 1) * S // 10, value)
    assert timed.mean(len(small) * S // 10) == pytest.approx(statistics.fmean(small[-50:]), abs=1e-9)
    assert timed.deviation(len(small) * S // 10) == pytest.approx(statistics.stdev(small[-50:]), rel=1e-9)


@pytest.mark.parametrize("window_s", [0.0, -1.0, float("nan")])
def test_by_time_the_window_must_be_positive(window_s: float) -> None:
    with pytest.raises(ValueError, match="window_s must be positive"):
        TimedMoments(window_s)

"""The trend of prices whose drift is known."""

from __future__ import annotations

from math import exp, inf, sqrt

import numpy as np
import pytest

from mmtui.signals.trend import EwmaTrend

S = 1_000_000_000


def test_before_the_first_price_there_is_nothing_and_at_it_no_slope() -> None:
    trend = EwmaTrend(10.0)
    assert (trend.deviation(0), trend.mean(0), trend.slope(0)) == (None, None, None)
    trend.update(7, 100.0)
    assert (trend.deviation(7), trend.mean(7), trend.slope(7)) == (0.0, 100.0, None)
    assert trend.slope_sd(7, 1.0) == inf
    assert trend.slope(8) == 0.0


def test_a_jump_is_forgotten_with_the_memory() -> None:
    trend = EwmaTrend(10.0)
    trend.update(0, 100.0)
    trend.update(3 * S, 104.0)
    assert trend.mean(3 * S) == 100.0
    assert trend.deviation(13 * S) == pytest.approx(4 * exp(-1))
    assert trend.mean(13 * S) == pytest.approx(104 - 4 * exp(-1))
    assert trend.slope(13 * S) == pytest.approx(4 * exp(-1) / (10 * (1 - exp(-1.3))))


def test_the_mean_is_that_of_the_price_as_it_stood() -> None:
    # The integral of a standing price, first price before the start: Σ price × (e^(−age of leaving) − e^(−of coming)).
    trend = EwmaTrend(5.0)
    times, prices = [0, 2, 3, 9], [100.0, 103.0, 99.0, 101.5]
    for second, price in zip(times, prices, strict=True):
        trend.update(second * S, price)
    leaving = [exp(-(12 - t) / 5) for t in (2, 3, 9, 12)]
    coming = [0.0, *leaving[:-1]]
    expected = sum(price * (b - a) for price, a, b in zip(prices, coming, leaving, strict=True))
    assert trend.mean(12 * S) == pytest.approx(expected, rel=1e-12)


def test_repeating_an_unchanged_price_changes_nothing() -> None:
    rare, often = EwmaTrend(5.0), EwmaTrend(5.0)
    rare.update(0, 100.0)
    rare.update(S, 102.0)
    often.update(0, 100.0)
    for tenth in range(10, 80):
        often.update(tenth * S // 10, 102.0)
    assert often.deviation(8 * S) == pytest.approx(rare.deviation(8 * S), rel=1e-12)


@pytest.mark.parametrize("seconds", [2, 20, 400])
def test_a_steady_climb_shows_its_slope_from_the_start(seconds: int) -> None:
    trend = EwmaTrend(20.0)
    for ms in range(0, seconds * 1_000 + 1, 10):
        trend.update(ms * S // 1_000, 50.0 - 0.3 * ms / 1_000)
    # Steps of 10 ms: the last counts as if it had been there all along, half of one in the two seconds.
    assert trend.slope(seconds * S) == pytest.approx(-0.3, rel=0.005)


@pytest.mark.parametrize("seconds", [10, 200])
def test_slopes_of_a_random_walk_have_the_deviation_stated(seconds: int) -> None:
    # 400 walks: the mean's sd is a twentieth of the slope's, the deviation's 3.5%; four of each.
    rng = np.random.default_rng(seconds)
    slopes = []
    for _ in range(400):
        trend = EwmaTrend(20.0)
        for i, price in enumerate(np.cumsum(rng.normal(0, 0.7 * sqrt(0.5), 2 * seconds)).tolist()):
            trend.update(i * S // 2, price)
        slopes.append(trend.slope(seconds * S) or 0.0)
    expected = trend.slope_sd(seconds * S, 0.7)
    assert np.mean(slopes) == pytest.approx(0.0, abs=expected / 5)
    assert np.std(slopes) == pytest.approx(expected, rel=0.15)
    if seconds == 200:
        assert expected == pytest.approx(0.7 / sqrt(40), rel=1e-3)


@pytest.mark.parametrize("tau_s", [0.0, -1.0, float("nan")])
def test_the_memory_must_be_positive(tau_s: float) -> None:
    with pytest.raises(ValueError, match="tau_s must be positive"):
        EwmaTrend(tau_s)

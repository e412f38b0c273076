"""Volatilities on seeded paths whose volatility is known."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import numpy as np
import pytest

from mmtui.signals.volatility import EwmaVolatility, HistoricalVolatility

S = 1_000_000_000


def brownian(sigma: float, rate: float, seconds: float, seed: int) -> Iterator[tuple[int, float]]:
    """A Brownian path in ticks, seen at Poisson times ``rate`` a second."""
    rng = np.random.default_rng(seed)
    gaps = rng.exponential(1 / rate, int(seconds * rate))
    moves = rng.normal(0, sigma * np.sqrt(gaps))
    yield from zip((np.cumsum(gaps) * S).astype(int).tolist(), (10_000 + np.cumsum(moves)).tolist(), strict=True)


def estimate(path: Iterator[tuple[int, float]], tau_s: float, sample_s: float = 1.0) -> float:
    volatility = EwmaVolatility(tau_s, sample_s)
    for now_ns, mid in path:
        volatility.update(now_ns, mid)
    assert volatility.value is not None
    return volatility.value


@pytest.mark.parametrize("rate", [0.3, 3.0, 30.0])
@pytest.mark.parametrize("sigma", [0.4, 2.0])
def test_it_finds_the_volatility_of_a_brownian_path_however_often_it_is_seen(sigma: float, rate: float) -> None:
    # Relative sd √(Δt/4τ) = 2.5% at one-second samples; seen every 3.3 s on average, the samples that carry news come
    # that much more rarely and unevenly, with about √(2·3.3/4τ) = 6%. The band is at least three of the larger.
    assert estimate(brownian(sigma, rate, 2_400, seed=5), tau_s=400) == pytest.approx(sigma, rel=0.2)


def test_it_is_unbiased_over_many_paths() -> None:
    # 60 paths of relative variance 2Δt/2τ = 1/40 each: their mean has an sd of 2%, and the band is four of them.
    squares = [estimate(brownian(1.5, 5.0, 240, seed), tau_s=40) ** 2 for seed in range(60)]
    assert np.mean(squares) == pytest.approx(1.5**2, rel=0.08)


def test_it_follows_a_jump_in_volatility_within_two_memories() -> None:
    volatility = EwmaVolatility(20.0)
    calm = list(brownian(1.0, 5.0, 200, seed=1))
    for now_ns, mid in calm:
        volatility.update(now_ns, mid)
    assert volatility.value is not None
    assert volatility.value < 1.5
    end_ns, end = calm[-1]
    for now_ns, mid in brownian(5.0, 5.0, 40, seed=2):
        volatility.update(end_ns + now_ns, end + mid - 10_000)
    # Expected √(25(1 − e⁻²) + e⁻²) = 4.66, relative sd √(1/80) = 11%: more than three of them either way.
    assert 3.0 < volatility.value < 6.4


@pytest.mark.slow
def test_bounce_adds_twice_its_variance_a_sample_and_not_a_quote() -> None:
    # A mid that flickers half a tick either way 50 times a second, around a value of σ = 1. Relative sd is 2.5%.
    rng = np.random.default_rng(3)
    path = [(now_ns, mid + rng.choice([-0.5, 0.5])) for now_ns, mid in brownian(1.0, 50.0, 1_200, seed=4)]
    assert estimate(iter(path), 400) == pytest.approx(sqrt(1 + 2 * 0.25), rel=0.1)
    # Sampled every 20 ms the bounce is nearly all there is: √(1 + 0.5/0.02) = 5.1. Some samples repeat the quote of
    # the sample before (e⁻¹ of them), so it shows 1 − e⁻¹ of the bounce's variance.
    assert estimate(iter(path), 400, 0.02) == pytest.approx(sqrt(1 + 0.5 / 0.02 * (1 - np.exp(-1))), rel=0.1)


def test_many_mids_at_one_nanosecond_count_as_the_last() -> None:
    clean, noisy = EwmaVolatility(30.0), EwmaVolatility(30.0)
    for now_ns, mid in brownian(1.0, 2.0, 60, seed=8):
        clean.update(now_ns, mid)
        for wrong in (mid + 50, mid - 50, mid):
            noisy.update(now_ns, wrong)
    assert noisy.value == clean.value


def test_repeating_an_unchanged_mid_changes_nothing() -> None:
    # To rounding: quiet steps are discounted one by one in the one and at once in the other.
    rare, often = EwmaVolatility(30.0), EwmaVolatility(30.0)
    for now_ns, mid in ((0, 100.0), (5 * S, 103.0), (30 * S, 101.5), (31 * S, 101.5)):
        rare.update(now_ns, mid)
    for tenth in range(311):
        mid = 100.0 if tenth < 50 else 103.0 if tenth < 300 else 101.5
        often.update(tenth * S // 10, mid)
    assert rare.value == pytest.approx(often.value, rel=1e-12)


def test_it_is_the_discounted_mean_of_squared_steps() -> None:
    volatility = EwmaVolatility(2.0)
    for second, mid in enumerate((100.0, 101.0, 101.0, 98.0, 98.0)):
        volatility.update(second * S, mid)
    weights = np.exp(-np.array([2, 1, 0]) / 2.0)
    # The fourth step ends now, and counts once this instant is past.
    assert volatility.value == pytest.approx(np.sqrt(np.sum(weights * [1.0, 0.0, 9.0]) / np.sum(weights)), rel=1e-12)


def test_a_quiet_market_has_none() -> None:
    assert estimate(iter([(0, 100.0), (100 * S, 100.0)]), 30) == 0.0


def test_it_says_nothing_before_the_first_step_is_past() -> None:
    volatility = EwmaVolatility(30.0)
    for now_ns, mid in ((7, 100.0), (S // 2, 105.0), (S + 7, 101.0)):
        volatility.update(now_ns, mid)
        assert volatility.value is None
    volatility.update(S + 8, 101.0)
    assert volatility.value == 1.0


@pytest.mark.parametrize(("tau_s", "sample_s"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.0), (float("nan"), 1.0)])
def test_times_must_be_positive(tau_s: float, sample_s: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        EwmaVolatility(tau_s, sample_s)


US_YEAR_S = 252 * 390 * 60.0


@pytest.mark.parametrize("bar_s", [60.0, 300.0])
def test_a_25_percent_stock_shows_25_percent_whatever_the_bar(bar_s: float) -> None:
    # 2,000 returns: relative sd √(1/4000) = 1.6%; the band is four of them.
    rng = np.random.default_rng(10)
    returns = rng.normal(0, 0.25 * sqrt(bar_s / US_YEAR_S), 2_500)
    volatility = HistoricalVolatility(bar_s, US_YEAR_S, bars=2_000)
    for price in (100 * np.exp(np.cumsum(returns))).tolist():
        volatility.close(price)
    assert volatility.value == pytest.approx(0.25, rel=0.065)
    # Scaled as if the bars were days it would be a twentieth of that on minutes: .0127.
    assert HistoricalVolatility(60.0, US_YEAR_S)._scale == pytest.approx(sqrt(252 * 390))


def test_historical_volatility_is_the_sample_deviation_of_log_returns_about_their_mean() -> None:
    prices = [100.0, 101.0, 102.0, 101.5, 103.0, 110.0]
    volatility = HistoricalVolatility(86_400.0, 252 * 86_400.0, bars=3)
    for price in prices:
        volatility.close(price)
    returns = np.diff(np.log(prices))[-3:]
    assert volatility.value == pytest.approx(np.std(returns, ddof=1) * sqrt(252), rel=1e-12)


def test_bars_close_with_the_price_that_stands_at_their_end() -> None:
    by_time, by_bar = (HistoricalVolatility(60.0, US_YEAR_S, bars=5) for _ in range(2))
    for second, price in ((0, 100.0), (10, 250.0), (59, 101.0), (60, 102.0), (61, 7.0), (190, 103.0), (301, 9.0)):
        by_time.update(second * S, price)
    for price in (100.0, 102.0, 7.0, 7.0, 103.0, 103.0):
        by_bar.close(price)
    assert by_time.value is not None
    assert by_time.value == pytest.approx(by_bar.value, rel=1e-12)


def test_a_steady_rise_is_no_volatility_and_one_return_says_nothing() -> None:
    volatility = HistoricalVolatility(60.0, US_YEAR_S)
    for i in range(10):
        volatility.close(100 * 1.001**i)
        assert (volatility.value is None) == (i < 2)
    assert volatility.value == pytest.approx(0.0, abs=1e-9)


def test_prices_must_be_positive() -> None:
    volatility = HistoricalVolatility(60.0, US_YEAR_S)
    for price in (0.0, -5.0, float("nan")):
        with pytest.raises(ValueError, match="must be positive"):
            volatility.update(0, price)
        with pytest.raises(ValueError, match="must be positive"):
            volatility.close(price)


def test_bars_windows_and_years_must_make_sense() -> None:
    with pytest.raises(ValueError, match="positive"):
        HistoricalVolatility(0.0, US_YEAR_S)
    with pytest.raises(ValueError, match="year_s"):
        HistoricalVolatility(60.0, 0.0)
    with pytest.raises(ValueError, match="at least 2"):
        HistoricalVolatility(60.0, US_YEAR_S, bars=1)

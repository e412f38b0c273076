"""Reversion: where the mid is expected, and what has to be shown first."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.strategies.combined.reversion import Pull, Reversion
from tests.unit.strategies.fake_view import S, market


def reverting(seconds: int, half_life: float, seed: int = 1, sd: float = 5.0) -> list[float]:
    """An Ornstein-Uhlenbeck path around 100, a value a second; a half-life of infinity is a random walk."""
    generator = np.random.default_rng(seed)
    phi = 2.0 ** (-1.0 / half_life)
    noise = sd * np.sqrt(1.0 - phi * phi) if phi < 1 else 0.5
    path = [100.0]
    for _ in range(seconds):
        path.append(100.0 + phi * (path[-1] - 100.0) + noise * generator.standard_normal())
    return path


def fed(path: list[float], window_s: float = 600.0, **thresholds: float) -> Pull:
    pull = Pull(window_s, **({"proof": 14.1, "trend_at": 2.0, "release": 0.7} | thresholds))
    for second, mid in enumerate(path):
        pull.update(second * S, mid)
    return pull


@pytest.mark.slow
def test_half_life_and_mean_of_a_reverting_mid_are_found() -> None:
    means, lives = [], []
    for seed in range(10):
        pull = fed(reverting(3000, 15.0, seed), window_s=3000.0)
        expected = pull.expected(110.0, 15.0)
        mean = pull.expected(0.0, 1e9)
        means.append(mean)
        lives.append((expected - mean) / (110.0 - mean))
    assert np.mean(means) == pytest.approx(100.0, abs=0.5)
    # Half of the deviation is left after a half-life.
    assert np.mean(lives) == pytest.approx(0.5, abs=0.05)


@pytest.mark.slow
def test_mid_that_shows_no_reversion_is_expected_where_it_is() -> None:
    believed = [fed(reverting(600, np.inf, seed)).expected(110.0, 10.0) != 110.0 for seed in range(100)]
    # One walk in twenty, and those which have not come back to the release since.
    assert np.mean(believed) <= 0.12


@pytest.mark.slow
def test_reversion_is_believed_in_time() -> None:
    believed = [fed(reverting(600, 15.0, seed)).expected(110.0, 10.0) != 110.0 for seed in range(40)]
    assert np.mean(believed) >= 0.9


def test_first_minute_and_a_half_proves_nothing() -> None:
    path = reverting(600, 3.0)
    assert fed(path[:90]).expected(110.0, 10.0) == 110.0
    assert fed(path[:120]).expected(110.0, 10.0) < 105.0


def test_trend_forbids_it() -> None:
    """A slow wave comes back to its mean, but over the lags that Hurst's exponent looks at it runs."""
    path = [100.0 + 5.0 * math.sin(2.0 * math.pi * second / 30.0) for second in range(400)]
    assert fed(path, trend_at=99.0).expected(110.0, 10.0) < 110.0
    assert fed(path).expected(110.0, 10.0) == 110.0


def test_proof_stays_until_it_is_below_the_release() -> None:
    quick = reverting(300, 5.0)
    path = quick + [quick[-1] + 0.1 * second for second in range(200)]
    # The drift takes n(1 − φ) from 90 down to 5.7, four tenths of 14.1.
    assert fed(quick).expected(110.0, 10.0) < 110.0
    assert fed(path, release=0.35).expected(110.0, 10.0) < 110.0
    assert fed(path, release=0.45).expected(110.0, 10.0) == 110.0


def test_mid_that_bounces_is_expected_at_its_mean() -> None:
    path = [100.0 + (-1) ** (second // 3) for second in range(300)]
    assert fed(path).expected(104.0, 10.0) == pytest.approx(100.0, abs=0.1)


def test_without_proof_it_is_skew() -> None:
    view = market(9_999, 10_001, position=10)
    quotes = Reversion().quote(view)
    assert quotes.reservation == pytest.approx(10_000 - 2.38 / 2)
    assert quotes.bid == pytest.approx(10_000 - 2.38 / 2 - 0.4 * 2.38)


def test_quotes_stand_around_the_expected_mid() -> None:
    strategy = Reversion(half_spread=2.0, skew=0.1, size=3)
    view = market(9_999, 10_001, position=5)
    for second, mid in enumerate(reverting(600, 5.0)):
        view.now_ns = second * S
        view.book.clear()
        middle = 9_900 + round(mid)
        view.others(Side.BUY, (middle - 1, 5))
        view.others(Side.SELL, (middle + 1, 5))
        quotes = strategy.quote(view)
    expected = strategy._pull.expected(view.mid, 10.0)
    assert expected != view.mid
    assert quotes.reservation == pytest.approx(expected - 0.5)
    assert quotes.bid == pytest.approx(expected - 0.5 - 2.0)
    assert quotes.ask == pytest.approx(expected - 0.5 + 2.0)


def test_release_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="release must be at most 1, not 2"):
        Reversion(release=2)

"""Noise with a stated Hurst exponent, and the latent value made of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.market.value.fractional import SPAN, FractionalNoise
from mmtui.market.value.latent_value import LatentValue, ValueSpec
from mmtui.signals.hurst import hurst_exponent
from mmtui.units import NS_PER_S


def covariance(hurst: float, lag: float) -> float:
    return float(0.5 * ((lag + 1) ** (2 * hurst) - 2 * lag ** (2 * hurst) + abs(lag - 1) ** (2 * hurst)))


@pytest.mark.parametrize("hurst", [0.1, 0.3, 0.7, 0.9])
def test_noise_has_the_covariance_of_fractional_noise(hurst: float) -> None:
    # Means over 20 spans of products of unit normals. For H = .9 the longest memory leaves them a standard error of
    # .01 at the most; for the others .001. Four of them are the bands.
    paths = np.array([FractionalNoise(hurst, seed).take(SPAN) for seed in range(20)])
    for lag in (0, 1, 2, 10, 1000):
        found = float(np.mean(paths[:, : SPAN - lag] * paths[:, lag:]))
        assert found == pytest.approx(covariance(hurst, lag), abs=0.04 if hurst == 0.9 else 0.004), lag


@pytest.mark.slow
@pytest.mark.parametrize("hurst", [0.2, 0.8])
def test_the_variance_of_sums_grows_as_a_power_of_time_from_the_first_step_on(hurst: float) -> None:
    # 400 paths: the standard error of a variance is 7.1%, and four of them are the band.
    sums = np.array([np.cumsum(FractionalNoise(hurst, seed).take(4096)) for seed in range(400)])
    for steps in (1, 16, 256, 4096):
        assert np.mean(sums[:, steps - 1] ** 2) == pytest.approx(steps ** (2 * hurst), rel=0.28), steps


def test_noise_does_not_depend_on_how_it_is_taken() -> None:
    whole, parts = FractionalNoise(0.3, 1), FractionalNoise(0.3, 1)
    taken = [parts.take(count) for count in (1, 600, SPAN, 7)]
    assert (np.concatenate(taken) == whole.take(SPAN + 608)).all()


def test_noise_hides_a_machine_s_last_bits() -> None:
    scaled = FractionalNoise(0.7, 1).take(1000) * 2**24
    assert (scaled == np.round(scaled)).all()


@pytest.mark.parametrize("hurst", [0.25, 0.5, 0.75])
def test_the_value_has_the_exponent_that_its_law_states(hurst: float) -> None:
    # 20 paths of 1,024 seconds: by models.md one has a deviation of .018 to .031, so their mean .007 at most; the
    # estimator's bias is within .01, and three errors more are the band.
    seconds = np.arange(1024) * NS_PER_S
    found = []
    for seed in range(20):
        value = LatentValue([(0, ValueSpec(sigma=1.0, hurst=hurst))], 10_000, seed, keep_ns=1024 * NS_PER_S)
        reading = hurst_exponent(value.at_times(seconds))
        assert reading is not None
        found.append(reading.h)
    assert np.mean(found) == pytest.approx(hurst, abs=0.03)


def test_sigma_is_the_deviation_of_a_second_whatever_the_exponent() -> None:
    # 3,000 moves of a second; at H = .3 they hardly depend on each other: standard error 1.3%.
    value = LatentValue([(0, ValueSpec(sigma=2.0, hurst=0.3))], 10_000, 1, keep_ns=3000 * NS_PER_S)
    moves = np.diff(value.at_times(np.arange(3000) * NS_PER_S))
    assert moves.std() == pytest.approx(2.0, rel=0.06)


def test_a_regime_has_its_own_exponent_and_leaves_what_was_before() -> None:
    plain, rough = ValueSpec(sigma=1.0), ValueSpec(sigma=1.0, hurst=0.2)
    regimes = [(0, plain), (100 * NS_PER_S, rough), (300 * NS_PER_S, plain)]
    times = np.arange(4000) * (NS_PER_S // 10)
    changing = LatentValue(regimes, 10_000, 1, keep_ns=400 * NS_PER_S).at_times(times)
    steady = LatentValue([(0, plain)], 10_000, 1, keep_ns=400 * NS_PER_S).at_times(times)
    assert (changing[:1000] == steady[:1000]).all()
    assert np.diff(changing[3000:]) == pytest.approx(np.diff(steady[3000:]), abs=1e-9)
    # The covariance of neighbours, −.34 at H = .2, over 2,000 steps: standard error .02.
    steps = np.diff(changing[1000:3000])
    assert np.mean(steps[1:] * steps[:-1]) / np.mean(steps**2) == pytest.approx(covariance(0.2, 1), abs=0.08)
    assert steps.std() == pytest.approx(math.pow(0.1, 0.2), rel=0.08)

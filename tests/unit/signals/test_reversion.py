"""Memory and half-life, with their bias put right."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from mmtui.signals.reversion import ReversionSpeed, corrected_phi, half_life, mean_reversion
from tests.unit.signals.fbm import autoregression


@pytest.mark.parametrize(("phi", "expected"), [(0.5, 1.0), (0.25, 0.5), (2**-0.1, 10.0)])
def test_half_of_a_deviation_is_gone_after_a_half_life(phi: float, expected: float) -> None:
    assert half_life(phi) == pytest.approx(expected, rel=1e-12)


def test_no_memory_has_no_half_life_and_no_reversion_an_endless_one() -> None:
    assert half_life(0.0) == half_life(-0.4) == 0.0
    assert half_life(1.0) == half_life(1.2) == inf


def test_the_correction_by_hand() -> None:
    assert corrected_phi(0.9, 100) == pytest.approx(91 / 97, rel=1e-14)
    with pytest.raises(ValueError, match="at least 4"):
        corrected_phi(0.9, 3)


def test_a_true_half_life_of_60_looks_short_and_the_correction_takes_the_bias_off() -> None:
    # 2,000 series of 250. Least squares finds φ .019 too low on average with an sd of .017, so the mean's sd is .0004;
    # corrected it is .003 too low. Half of the half-lives are below 26, with an sd of about .6;
    # another simulation's is 26.4.
    # Corrected, the median is 67, with an sd of about 4. The bands are four sd, beside that simulation's own.
    found = [mean_reversion(series) for series in autoregression(60, 250, 2_000, np.random.default_rng(1))]
    readings = [reading for reading in found if reading is not None]
    assert len(readings) == 2_000
    phi = 0.5 ** (1 / 60)
    assert np.mean([reading.phi for reading in readings]) - phi == pytest.approx(-0.0187, abs=0.002)
    assert np.mean([reading.corrected for reading in readings]) - phi == pytest.approx(-0.003, abs=0.002)
    assert np.median([half_life(reading.phi) for reading in readings]) == pytest.approx(26.4, abs=2.5)
    assert np.median([reading.half_life for reading in readings]) == pytest.approx(67, abs=16)
    assert 0.19 < np.mean([reading.half_life == inf for reading in readings]) < 0.28


def test_a_short_half_life_is_found_in_a_long_window() -> None:
    # φ = .87 with an sd of √((1 − φ²)/4000) = .008, which is .3 of a half-life of 5; the band is four of them.
    reading = mean_reversion(autoregression(5, 4_000, 1, np.random.default_rng(2))[0])
    assert reading is not None
    assert reading.half_life == pytest.approx(5.0, abs=1.3)


@pytest.mark.parametrize("values", [4, 30, 120, 121, 500])
def test_one_at_a_time_gives_what_the_window_gives_at_once(values: int) -> None:
    series = 100 + autoregression(8, values, 1, np.random.default_rng(values))[0]
    speed = ReversionSpeed(120)
    for value in series.tolist():
        speed.update(value)
    window = series[-120:]
    phi = np.polyfit(window[:-1], window[1:], 1)[0]
    reading, batch = speed.reading, mean_reversion(window)
    assert reading is not None
    assert batch is not None
    assert reading.phi == pytest.approx(phi, rel=1e-9)
    assert batch.phi == pytest.approx(phi, rel=1e-9)
    assert reading.corrected == pytest.approx((len(window) * phi + 1) / (len(window) - 3), rel=1e-9)
    assert reading.half_life == pytest.approx(half_life(reading.corrected))


def test_it_says_nothing_of_three_values_or_of_equal_ones() -> None:
    speed = ReversionSpeed(10)
    for value in (1.0, 3.0, 2.0):
        speed.update(value)
        assert speed.reading is None
    speed.update(2.5)
    assert speed.reading is not None
    for _ in range(10):
        speed.update(0.1)
    assert speed.reading is None
    assert mean_reversion([0.1] * 20) is None


@pytest.mark.parametrize("window", [3, 0])
def test_a_window_below_four_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match="at least 4"):
        ReversionSpeed(window)


def test_three_values_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        mean_reversion([1.0, 2.0, 1.0])

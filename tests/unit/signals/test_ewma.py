"""The time-aware EWMA."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from mmtui.signals.ewma import Ewma

S = 1_000_000_000


def test_it_has_no_value_before_the_first_observation() -> None:
    assert Ewma(1.0).value is None


def test_the_first_observation_is_the_mean() -> None:
    ewma = Ewma(10.0)
    assert ewma.update(123, 7.5) == ewma.value == 7.5


def test_an_observation_weighs_by_the_time_since_the_last() -> None:
    ewma = Ewma(2.0)
    ewma.update(0, 0.0)
    assert ewma.update(2 * S, 1.0) == pytest.approx(1 - exp(-1), rel=1e-14)
    assert ewma.update(3 * S, 0.0) == pytest.approx((1 - exp(-1)) * exp(-0.5), rel=1e-14)


def test_a_steady_value_is_forgotten_at_the_same_pace_however_often_it_is_given() -> None:
    often, once = Ewma(5.0), Ewma(5.0)
    often.update(0, 1.0)
    once.update(0, 1.0)
    for ms in range(1, 3_001):
        often.update(ms * S // 1_000, 0.0)
    assert often.value == pytest.approx(once.update(3 * S, 0.0), rel=1e-9)


def test_only_the_last_of_one_nanosecond_counts() -> None:
    ewma, clean = Ewma(2.0), Ewma(2.0)
    for now_ns, value in ((0, 1.0), (S, 4.0), (3 * S, 2.0)):
        for wrong in (100.0, -3.0, value):
            ewma.update(now_ns, wrong)
        clean.update(now_ns, value)
        assert ewma.value == clean.value


def test_a_nanosecond_moves_it_by_its_share() -> None:
    ewma = Ewma(1.0)
    ewma.update(0, 0.0)
    assert ewma.update(1, 1.0) == pytest.approx(1e-9, rel=1e-6)


def test_it_averages_noise_to_its_mean() -> None:
    # Unit noise every second with τ = 200 s leaves an sd of √(1/2τ) = .05; the band is four of them.
    rng = np.random.default_rng(1)
    ewma = Ewma(200.0)
    for second, value in enumerate(rng.normal(3.0, 1.0, 2_000)):
        ewma.update(second * S, float(value))
    assert ewma.value == pytest.approx(3.0, abs=0.2)


@pytest.mark.parametrize("tau_s", [0.0, -1.0, float("nan")])
def test_the_memory_must_be_positive(tau_s: float) -> None:
    with pytest.raises(ValueError, match="tau_s must be positive"):
        Ewma(tau_s)

"""A and k from how far orders reach, where both are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.signals.reach import ReachDecay, decay, reach_of

A = 0.7


def seen(k: float, orders: int, seed: int = 7) -> list[float]:
    """Distances from a mid anywhere between ticks of the last prices of orders whose reaches thin out with k."""
    draw = np.random.default_rng(seed)
    reaches, mids = draw.exponential(1 / k, orders), draw.random(orders)
    prices = np.floor(mids + reaches)
    return [float(distance) for distance in (prices - mids)[prices >= mids]]


@pytest.mark.parametrize("k", [0.01, 0.03, 0.1, 0.3, 1.0])
def test_the_bias_is_below_half_a_standard_error_whatever_k(k: float) -> None:
    """The mean of forty estimates from 2,500 orders each: it scatters by a sixth of an estimate's standard error."""
    estimates = []
    for seed in range(40):
        firsts, beyonds = np.array([reach_of(distance) for distance in seen(k, 2_500, seed)]).T
        found = decay(float(beyonds.mean()))
        estimates.append((found, A * np.exp(found * firsts).sum() / 2_500))
    means, deviations = np.mean(estimates, axis=0), np.std(estimates, axis=0, ddof=1)
    assert (np.abs(means - (k, A)) < 0.5 * deviations).all()
    assert deviations[0] < 0.05 * k


@pytest.mark.parametrize("k", [0.01, 0.1, 0.3, 1.0])
def test_a_mean_that_forgets_finds_the_same(k: float) -> None:
    """Its memory of a thousand orders is good to 2% or 3%."""
    means = ReachDecay(prior=0.5, memory=1_000)
    distances = seen(k, 30_000)
    found = []
    for distance in distances:
        means.update(distance)
        found.append((1 / means.value, means.scale))
    reach, scale = np.mean(found[10_000:], axis=0)
    assert 1 / reach == pytest.approx(k, rel=0.03)
    assert len(distances) / 30_000 * scale == pytest.approx(1.0, rel=0.02)


def test_a_reach_is_counted_from_the_first_tick_outside_the_mid() -> None:
    assert reach_of(0.0) == (0.0, 0)
    assert reach_of(2.0) == (0.0, 2)
    assert reach_of(0.25) == (0.25, 0)
    assert reach_of(3.5) == (0.5, 3)
    assert reach_of(-0.75) == (0.25, 0)


def test_orders_that_all_stop_at_the_first_tick_say_only_that_k_is_large() -> None:
    assert decay(0.0) == decay(0.05) == pytest.approx(math.log(11))


def test_the_means_start_at_the_prior_and_forget() -> None:
    means = ReachDecay(prior=0.25, memory=9)
    assert means.value == pytest.approx(0.25)
    before = 1 / math.expm1(0.25)
    means.update(14)
    assert 1 / math.expm1(means.value) == pytest.approx(before + (14 - before) / 10)
    for _ in range(300):
        means.update(2.5)
    assert means.value == pytest.approx(math.log(1.5))
    assert means.scale == pytest.approx(math.exp(0.5 * means.value))


@pytest.mark.parametrize(("prior", "memory"), [(0, 5), (-1, 5), (math.nan, 5), (1, 0)])
def test_what_makes_no_sense_is_refused(prior: float, memory: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        ReachDecay(prior, memory)

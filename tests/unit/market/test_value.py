from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from mmtui.market.core.draws import Floats
from mmtui.market.value.latent_value import LatentValue, ValueSpec
from mmtui.units import NS_PER_S

TENTH_NS = NS_PER_S // 10


def path(spec: ValueSpec, seconds: int, seed: int = 1, start: float = 10_000) -> Floats:
    """The value at each tenth of a second."""
    value = LatentValue([(0, spec)], start, seed, keep_ns=seconds * NS_PER_S)
    values: Floats = value.at_times(np.arange(seconds * 10) * TENTH_NS)
    return values


def test_without_changing_volatility_steps_are_normal_with_sigma() -> None:
    # 100,000 steps: the deviation's standard error is .22%, the kurtosis's .0155, and 5 of them are the bands.
    steps = np.diff(path(ValueSpec(sigma=0.95), 10_000))
    assert steps.std() == pytest.approx(0.95 * math.sqrt(0.1), rel=0.011)
    assert np.mean((steps - steps.mean()) ** 4) / steps.var() ** 2 - 3 == pytest.approx(0, abs=0.08)


def test_log_volatility_is_stationary_and_the_mean_square_is_sigma_squared() -> None:
    # With a time constant of 5 s, 40,000 s hold some 40,000/(2·5) = 4,000 independent volatilities. The volatility of
    # each second is measured from ten steps; log of a chi-square mean of ten adds a known variance (trigamma(5)/4).
    spec = ValueSpec(sigma=2.0, sv_std=0.5, sv_tau_s=5.0)
    steps = np.diff(path(spec, 40_000), prepend=10_000.0).reshape(-1, 10)
    mean_squares = (steps**2).mean(axis=1) * 10
    # exp(2(x − s²)) has mean 1 and deviation sqrt(e^(4s²) − 1) = 1.31: standard error 1.31/sqrt(4,000) = 2.1%.
    assert mean_squares.mean() == pytest.approx(4.0, rel=0.1)
    trigamma_5 = math.pi**2 / 6 - sum(1 / k**2 for k in range(1, 5))
    log_vol = np.log(mean_squares) / 2
    # The variance of 4,000 normals has a standard error of 2.2% (and less than that from the chi-square's part).
    assert log_vol.var() - trigamma_5 / 4 == pytest.approx(0.25, rel=0.12)
    centred = log_vol - log_vol.mean()
    correlation = (centred[5:] * centred[:-5]).mean() / (log_vol.var() - trigamma_5 / 4)
    # After one time constant the correlation is 1/e; its standard error is about 1/sqrt(4,000) = .016.
    assert correlation == pytest.approx(math.exp(-1), abs=0.08)


def test_volatility_starts_from_its_stationary_law() -> None:
    # 400 first seconds of ten steps each; the same law and bands as above with 400 independent volatilities.
    spec = ValueSpec(sigma=1.0, sv_std=0.6, sv_tau_s=1200.0)
    squares = [np.mean(np.diff(path(spec, 2, seed)) ** 2) * 10 for seed in range(400)]
    trigamma = math.pi**2 / 6 - sum(1 / k**2 for k in range(1, 9)) - 1 / (2 * 9**2)
    assert np.var(np.log(squares) / 2) - trigamma / 4 == pytest.approx(0.36, rel=0.4)


def test_jumps_come_at_their_rate_with_their_size() -> None:
    # 40,000 s at .05 a second: 2,000 jumps with a standard error of 45 (5 are 11%), and a deviation of 100 with one
    # of 1.6% (5 are 8%). A jump of less than 1 tick (.8% of them) is not told from the small steps of the rest.
    moves = np.diff(path(ValueSpec(sigma=0.3, jump_rate=0.05, jump_sd=100.0), 40_000))
    jumps = moves[np.abs(moves) > 1.0]
    assert len(jumps) == pytest.approx(2_000, rel=0.12)
    assert jumps.std() == pytest.approx(100, rel=0.09)


def test_reversion_keeps_the_value_near_its_start() -> None:
    # Stationary variance sigma²/(2κ) = 10; over 40,000 s with a time constant of 20 s there are 1,000 independent
    # squares: standard error 4.5%.
    values = path(ValueSpec(sigma=1.0, reversion=0.05), 40_000)[1_000:]
    assert values.mean() == pytest.approx(10_000, abs=0.7)
    assert values.var() == pytest.approx(10, rel=0.25)


def test_a_trend_adds_up() -> None:
    values = path(ValueSpec(sigma=0.0, trend=0.5), 100)
    assert values[-1] - values[0] == pytest.approx(0.5 * 99.9, abs=0.01)


def test_one_question_at_a_time_gets_the_same_answers_as_many_at_once() -> None:
    spec = ValueSpec(sigma=1.0, sv_std=0.4, jump_rate=0.01, jump_sd=5.0)
    times = np.sort(np.random.default_rng(1).integers(-NS_PER_S, 170 * NS_PER_S, 500))
    one, many = LatentValue([(0, spec)], 100, 1), LatentValue([(0, spec)], 100, 1)
    assert many.at_times(times).tolist() == [one.at(int(time)) for time in times]
    assert len(many.at_times(times[:0])) == 0


def test_the_value_at_a_time_does_not_depend_on_what_was_asked_before() -> None:
    spec = ValueSpec(sigma=1.0, sv_std=0.4)
    asked_late, asked_early = LatentValue([(0, spec)], 100, 1), LatentValue([(0, spec)], 100, 1)
    asked_late.at(400 * NS_PER_S)
    # Three minutes back is as far as it is kept.
    assert [asked_late.at(time * NS_PER_S) for time in range(220, 400)] == [
        asked_early.at(time * NS_PER_S) for time in range(220, 400)
    ]


def test_memory_does_not_grow_with_time() -> None:
    value = LatentValue([(0, ValueSpec(sigma=1.0))], 100, 1)
    sizes = set()
    for minute in range(10, 30):
        value.at(minute * 60 * NS_PER_S)
        sizes.add(len(pickle.dumps(value)))
    # Eight bytes a tenth of a second, of what it keeps and of two blocks.
    assert max(sizes) <= 8 * 10 * (180 + 2 * 60) + 2_000


def test_a_regime_changes_the_law_from_its_second_on() -> None:
    calm, wild = ValueSpec(sigma=0.5), ValueSpec(sigma=5.0)
    value = LatentValue([(0, calm), (100 * NS_PER_S, wild)], 1_000, 1, keep_ns=200 * NS_PER_S)
    steps = np.diff(value.at_times(np.arange(2_000) * TENTH_NS))
    # 1,000 steps each: the standard error of a deviation is 2.2%.
    assert steps[:999].std() == pytest.approx(0.5 * math.sqrt(0.1), rel=0.11)
    assert steps[999:].std() == pytest.approx(5.0 * math.sqrt(0.1), rel=0.11)
    before = LatentValue([(0, calm)], 1_000, 1)
    assert before.at(99 * NS_PER_S) == value.at(99 * NS_PER_S)


def test_values_lie_on_a_grid_that_hides_a_machine_s_last_bits() -> None:
    scaled = path(ValueSpec(sigma=1.0, sv_std=0.5, reversion=0.01), 60) * 2**20
    assert (scaled == np.round(scaled)).all()


def test_a_set_jump_comes_in_the_step_of_its_time_and_moves_nothing_else() -> None:
    spec = ValueSpec(sigma=0.9, sv_std=0.5, jump_rate=0.05, jump_sd=4.0)
    times = np.arange(200 * 10) * TENTH_NS
    plain = LatentValue([(0, spec)], 10_000, 1, keep_ns=200 * NS_PER_S).at_times(times)
    jumps = [(90 * NS_PER_S + 1, 25.0), (150 * NS_PER_S, -40.5)]
    moved = LatentValue([(0, spec)], 10_000, 1, jumps, keep_ns=200 * NS_PER_S).at_times(times)
    expected = np.where(times >= 90 * NS_PER_S, 25.0, 0.0) + np.where(times >= 150 * NS_PER_S, -40.5, 0.0)
    assert moved - plain == pytest.approx(expected)

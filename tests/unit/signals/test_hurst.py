"""Hurst on fractional Brownian motion, and on what only looks like it."""

from __future__ import annotations

import numpy as np
import pytest

from mmtui.signals.hurst import Hurst, HurstReading, HurstVerdict, hurst_exponent, hurst_sd, hurst_verdict
from tests.unit.signals.fbm import Floats, fbm

S = 1_000_000_000


def readings(paths: Floats, least_lag: int = 1) -> list[HurstReading]:
    found = [hurst_exponent(path, least_lag) for path in paths]
    assert None not in found
    return [reading for reading in found if reading is not None]


def walks(samples: int, paths: int, seed: int) -> Floats:
    return np.cumsum(np.random.default_rng(seed).normal(size=(paths, samples)), axis=1)


def fed(mids: Floats, samples: int, least_lag: int = 1) -> Hurst:
    signal = Hurst(samples, least_lag=least_lag)
    for mid in mids.tolist():
        signal.sample(mid)
    return signal


@pytest.mark.slow
@pytest.mark.parametrize("hurst", [0.3, 0.5, 0.7])
def test_the_generator_makes_fractional_brownian_motion(hurst: float) -> None:
    # Mean squares over 4,000 independent paths have a relative sd of √(2/4000) = 2.2%; the bands are four of them.
    paths = fbm(hurst, 300, 4_000, np.random.default_rng(1))
    for early, late in ((0, 1), (10, 14), (20, 84), (40, 296)):
        moves = paths[:, late] - paths[:, early]
        assert np.mean(moves**2) == pytest.approx((late - early) ** (2 * hurst), rel=0.09)


# The biases of an independent simulation. The mean of p paths has an sd of sd/√p, and the bands are four of them
# beside the bias. The deviation of p paths has a relative sd of 1/√2p, 3% to 6% here; the formula is within 12% of
# the truth at these H; 30% is four of the one or three and a half of the other, beside that.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("samples", "paths", "biases"),
    [(256, 600, (-0.003, -0.005, -0.008)), (1024, 300, (-0.001, -0.003, -0.004)), (4096, 150, (0.0, -0.001, -0.003))],
)
def test_bias_and_deviation_on_fractional_brownian_motion(
    samples: int, paths: int, biases: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(samples)
    for hurst, bias in zip((0.3, 0.5, 0.7), biases, strict=True):
        found = np.array([reading.h for reading in readings(fbm(hurst, samples, paths, rng))])
        expected = hurst_sd(hurst, samples)
        assert np.mean(found) == pytest.approx(hurst + bias, abs=4 * expected / np.sqrt(paths))
        assert np.std(found) == pytest.approx(expected, rel=0.3)


def test_the_deviations_of_the_table() -> None:
    # Simulated ranges over H = .3 to .7; 15% is the formula's own error and that of 1000 paths.
    for samples, least, most in ((256, 0.039, 0.053), (1024, 0.018, 0.029), (4096, 0.009, 0.017)):
        assert hurst_sd(0.3, samples) == pytest.approx(least, rel=0.15)
        assert hurst_sd(0.7, samples) == pytest.approx(most, rel=0.15)


@pytest.mark.parametrize("least_lag", [2, 4, 8])
def test_dropping_small_lags_costs_as_much_as_dropping_samples(least_lag: int) -> None:
    rng = np.random.default_rng(least_lag)
    found = readings(fbm(0.5, 1024, 300, rng), least_lag)
    deviation = np.std([reading.h for reading in found])
    assert deviation == pytest.approx(hurst_sd(0.5, 1024 / least_lag), rel=0.25)
    assert np.median([reading.sd for reading in found]) == pytest.approx(deviation, rel=0.25)


def test_a_random_walk_is_rarely_called_anything_else() -> None:
    # A false alarm in about 5% of 500 walks has an sd of 1%; the band is four of them.
    found = [reading.verdict for reading in readings(walks(1024, 500, seed=4))]
    alarms = found.count(HurstVerdict.REVERTING) + found.count(HurstVerdict.TRENDING)
    assert 0.01 < alarms / 500 < 0.09
    assert found.count(HurstVerdict.RANDOM) > 400


def test_few_samples_cannot_tell_a_random_walk_from_its_neighbours() -> None:
    found = [reading.verdict for reading in readings(walks(128, 200, seed=5))]
    assert found.count(HurstVerdict.NOT_DISTINGUISHABLE) > 150
    assert found.count(HurstVerdict.RANDOM) == 0


@pytest.mark.parametrize(("hurst", "expected"), [(0.3, HurstVerdict.REVERTING), (0.7, HurstVerdict.TRENDING)])
def test_memory_is_called_by_its_name(hurst: float, expected: HurstVerdict) -> None:
    # H is .2 from a half and the sd .02 to .03, so that two sd are cleared by more than four.
    paths = fbm(hurst, 1024, 60, np.random.default_rng(6))
    assert {reading.verdict for reading in readings(paths)} == {expected}


@pytest.mark.parametrize(
    ("h", "sd", "expected"),
    [
        (0.44, 0.029, HurstVerdict.REVERTING),
        (0.44, 0.031, HurstVerdict.NOT_DISTINGUISHABLE),
        (0.56, 0.029, HurstVerdict.TRENDING),
        (0.56, 0.031, HurstVerdict.NOT_DISTINGUISHABLE),
        (0.48, 0.039, HurstVerdict.RANDOM),
        (0.48, 0.041, HurstVerdict.NOT_DISTINGUISHABLE),
        (0.52, 0.039, HurstVerdict.RANDOM),
        (0.5, 0.06, HurstVerdict.NOT_DISTINGUISHABLE),
        (0.49, 0.001, HurstVerdict.REVERTING),
    ],
)
def test_the_verdict_goes_by_two_deviations(h: float, sd: float, expected: HurstVerdict) -> None:
    assert hurst_verdict(h, sd) is expected


def test_bounce_looks_like_reversion_and_less_so_without_small_lags() -> None:
    # Noise of one deviation of a step: squared differences are l + 2, so H is half the slope of ln(l + 2) on ln l.
    rng = np.random.default_rng(7)
    paths = walks(1024, 100, seed=7)
    bounced = paths + rng.choice([-1.0, 1.0], size=paths.shape)
    clean, all_lags, large_lags = (
        float(np.mean([reading.h for reading in readings(mids, least)]))
        for mids, least in ((paths, 1), (bounced, 1), (bounced, 8))
    )
    # Means over 100 paths have an sd of .0024 with all lags and .006 with the large ones; the bands are four of each.
    assert clean == pytest.approx(0.5, abs=0.013)
    assert all_lags == pytest.approx(0.323, abs=0.013)
    assert large_lags == pytest.approx(0.441, abs=0.025)
    assert {reading.verdict for reading in readings(bounced)} == {HurstVerdict.REVERTING}


def test_clustered_volatility_widens_h_but_does_not_move_it() -> None:
    rng = np.random.default_rng(8)
    volatility = np.where(np.arange(1024) // 64 % 2, 5.0, 1.0)
    found = [reading.h for reading in readings(np.cumsum(volatility * rng.normal(size=(400, 1024)), axis=1))]
    # The mean's sd is .0016, the deviation's 3.5%: four of each.
    assert np.mean(found) == pytest.approx(0.497, abs=0.007)
    assert np.std(found) == pytest.approx(1.3 * hurst_sd(0.5, 1024), rel=0.15)


def test_a_steady_drift_is_a_trend() -> None:
    reading = hurst_exponent(np.arange(256.0))
    assert reading is not None
    assert reading.h == pytest.approx(1.0, abs=1e-12)
    assert reading.verdict is HurstVerdict.TRENDING


def test_by_hand_it_is_half_the_weighted_slope() -> None:
    # 64 mids that climb one a sample and stand 1.5 above, then below that line: over an even lag l the move is l, over
    # an odd one l − 3 from above and l + 3 from below, and one pair more starts above if they are odd in number.
    mids = np.arange(64.0) + 1.5 * (-1.0) ** np.arange(64)
    lags = np.array([1.0, 2.0, 3.0, 4.0])
    up, down = lags + 3.0, lags - 3.0
    pairs = 64 - lags
    squares = np.where(lags % 2, (np.ceil(pairs / 2) * down**2 + np.floor(pairs / 2) * up**2) / pairs, lags**2)
    slope = np.polyfit(np.log(lags), np.log(squares), 1, w=np.sqrt(1 / lags))[0]
    reading = hurst_exponent(mids)
    assert reading is not None
    assert reading.h == pytest.approx(slope / 2, rel=1e-12)


@pytest.mark.parametrize("least_lag", [1, 3])
@pytest.mark.parametrize("fed_so_far", [192, 255, 256, 257, 900])
def test_one_at_a_time_gives_what_the_window_gives_at_once(fed_so_far: int, least_lag: int) -> None:
    mids = 20_000 + np.round(2 * walks(fed_so_far, 1, seed=9)[0]) / 2
    signal = fed(mids, 256, least_lag)
    window = mids[-256:]
    assert signal.count == len(window)
    batch = hurst_exponent(window, least_lag)
    assert batch is not None
    assert signal.reading is not None
    assert signal.reading.h == pytest.approx(batch.h, rel=1e-12)
    assert signal.reading.sd == pytest.approx(batch.sd, rel=1e-12)


def test_huge_values_leave_no_rounding_once_they_have_left_the_window() -> None:
    small = walks(256, 1, seed=10)[0]
    signal = fed(np.concatenate([1e13 * walks(50, 1, seed=11)[0], small]), 256)
    batch = hurst_exponent(small[-256:])
    assert batch is not None
    assert signal.reading is not None
    assert signal.reading.h == pytest.approx(batch.h, rel=1e-12)


def test_mids_are_taken_at_the_grids_instants() -> None:
    mids = walks(200, 1, seed=12)[0].tolist()
    signal = Hurst(128, sample_s=2.0)
    for i, mid in enumerate(mids):
        signal.update(2 * S * i, mid + 99.0)  # put right within the nanosecond
        signal.update(2 * S * i, mid)
        signal.update(2 * S * i + S // 3, mid - 50.0)  # gone before the next instant
        signal.update(2 * S * i + S // 2, mid)
    signal.update(2 * S * 200, 0.0)
    batch = hurst_exponent(np.array(mids[-128:]))
    assert batch is not None
    assert signal.reading is not None
    assert signal.reading.h == pytest.approx(batch.h, rel=1e-12)


def test_it_says_nothing_of_too_few_samples_or_of_none_that_moved() -> None:
    mids = walks(400, 1, seed=13)[0]
    assert fed(mids[:63], 256).reading is None
    assert fed(mids[:64], 256).reading is not None
    assert fed(mids[:127], 256, least_lag=2).reading is None
    assert hurst_exponent(mids[:63]) is None
    assert hurst_exponent(np.ones(100)) is None


def test_a_window_that_saw_a_halt_only_has_no_reading() -> None:
    # Whatever rounding has left in its sums: after one walk in twenty it would pass for moves.
    for walk in walks(100, 100, seed=14):
        signal = fed(np.concatenate([walk, np.full(64, 0.1)]), 64)
        assert signal.count == 64
        assert signal.reading is None


@pytest.mark.parametrize(
    ("samples", "sample_s", "least_lag", "message"),
    [(63, 1.0, 1, "at least 64"), (255, 1.0, 4, "at least 256"), (256, 0.0, 1, "positive"), (256, 1.0, 0, "least_lag")],
)
def test_bad_arguments_are_refused(samples: int, sample_s: float, least_lag: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Hurst(samples, sample_s, least_lag)


def test_a_least_lag_below_one_is_refused_at_once_too() -> None:
    with pytest.raises(ValueError, match="least_lag"):
        hurst_exponent(np.arange(100.0), 0)

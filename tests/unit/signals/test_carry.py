"""The future by carry, and the score of its mispricing."""

from __future__ import annotations

import statistics
from math import inf, sqrt

import numpy as np
import pytest

from mmtui.signals.carry import BasisScore, fair_future


def test_an_index_at_four_percent_with_three_paid_out_over_thirty_days() -> None:
    assert fair_future(20_000, 0.04, 0.03, 30 / 365) == pytest.approx(20_016.4451, abs=5e-5)


def test_carry_at_expiry_is_nothing_and_below_the_yield_is_negative() -> None:
    assert fair_future(100, 0.05, 0.01, 0.0) == 100
    assert fair_future(100, 0.01, 0.05, 0.5) == pytest.approx(98.0199, abs=1e-4)


@pytest.mark.parametrize(("spot", "years"), [(0.0, 1.0), (-1.0, 1.0), (100.0, -0.1), (float("nan"), 1.0)])
def test_impossible_spots_and_times_are_refused(spot: float, years: float) -> None:
    with pytest.raises(ValueError, match="spot must be positive"):
        fair_future(spot, 0.04, 0.03, years)


def test_a_score_is_against_the_window_before_it() -> None:
    score = BasisScore(4)
    for mispricing in (9.0, 1.0, 3.0, 2.0, 6.0):
        score.update(100.0 + mispricing, 100.0)
    reading = score.update(108.0, 100.0)
    assert reading is not None
    assert reading.mispricing == 8.0
    assert reading.z == pytest.approx((8 - 3) / statistics.stdev([1.0, 3.0, 2.0, 6.0]))
    assert score.reading == reading


def test_against_carry_itself_a_steady_mispricing_shows() -> None:
    mean, carry = BasisScore(50), BasisScore(50, centre=0.0)
    rng = np.random.default_rng(1)
    values = (5.0 + rng.normal(size=200)).tolist()
    for value in values:
        mean.update(100.0 + value, 100.0)
        carry.update(100.0 + value, 100.0)
    assert mean.reading is not None
    assert carry.reading is not None
    about_carry = sqrt(statistics.fmean(value**2 for value in values[-51:-1]))
    assert carry.reading.z == pytest.approx(values[-1] / about_carry)
    assert abs(mean.reading.z) < 4.0


def test_scores_of_noise_have_unit_deviation() -> None:
    # Against a window of 100 the score is a Student t's, sd 1.015; over 2,000 scores it is known to 2%.
    score = BasisScore(100)
    values = (0.4 + 3 * np.random.default_rng(2).normal(size=2_100)).tolist()
    found = [reading.z for value in values if (reading := score.update(value, 0.0)) is not None]
    assert np.std(found[98:]) == pytest.approx(1.015, abs=0.08)


def test_the_first_two_have_no_score() -> None:
    score = BasisScore(10)
    assert score.update(101.0, 100.0) is None
    assert score.update(102.0, 100.0) is None
    assert score.update(102.0, 100.0) is not None


def test_leaving_a_basis_that_never_moved_is_infinitely_unusual() -> None:
    score = BasisScore(5)
    for value in (3.3, -7.1, 4.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1):
        score.update(value, 0.0)
    assert score.reading is not None
    assert score.reading.z == 0.0
    up = score.update(0.2, 0.0)
    assert up is not None
    assert up.z == inf
    for _ in range(5):
        score.update(0.2, 0.0)
    down = score.update(0.1, 0.0)
    assert down is not None
    assert down.z == -inf

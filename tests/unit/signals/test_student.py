"""Student's t and the power of a test by it, against tables and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.signals.student import detectable, power, seeds_needed, student_p, student_quantile

#: Quantiles at 97.5% and 99.5%, as printed in tables of Student's distribution.
TABLE = {
    1: (12.7062, 63.6567),
    2: (4.3027, 9.9248),
    3: (3.1824, 5.8409),
    4: (2.7764, 4.6041),
    5: (2.5706, 4.0321),
    10: (2.2281, 3.1693),
    19: (2.0930, 2.8609),
    30: (2.0423, 2.7500),
    120: (1.9799, 2.6174),
    1_000_000: (1.95997, 2.57583),
}


@pytest.mark.parametrize("freedom", TABLE)
def test_quantiles_are_those_of_the_tables(freedom: int) -> None:
    for probability, printed in zip((0.975, 0.995), TABLE[freedom], strict=True):
        assert student_quantile(probability, freedom) == pytest.approx(printed, abs=6e-5)


def test_quantiles_invert_the_distribution_at_every_number_of_degrees() -> None:
    for freedom in range(1, 200):
        for probability in (0.5, 0.6, 0.9, 0.975, 0.9999):
            t = student_quantile(probability, freedom)
            assert 1 - student_p(t, freedom) / 2 == pytest.approx(probability, abs=1e-12)


def test_p_has_its_closed_forms_at_one_and_two_degrees() -> None:
    for t in (0.0, 1e-6, 0.3, 1.0, 7.0, 1e4):
        assert student_p(t, 1) == pytest.approx(1 - 2 / math.pi * math.atan(t), rel=1e-9)
        assert student_p(-t, 2) == pytest.approx(1 - t / math.sqrt(2 + t * t), rel=1e-7)
    assert student_p(math.inf, 5) == 0.0


@pytest.mark.parametrize(("effect", "seeds"), [(0.5, 10), (1.2, 4), (0.1, 200), (0.0, 7)])
def test_power_is_what_happens(effect: float, seeds: int) -> None:
    rounds = 4000
    rng = np.random.default_rng(seeds)
    differences = effect + rng.standard_normal((rounds, seeds))
    t = differences.mean(axis=1) / differences.std(axis=1, ddof=1) * math.sqrt(seeds)
    found = float(np.mean(np.abs(t) > student_quantile(0.975, seeds - 1)))
    expected = power(effect, seeds, 0.05)
    # Four standard errors of a share over so many rounds.
    assert found == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / rounds))


def test_seeds_needed_are_the_fewest_with_the_power() -> None:
    for effect in (0.05, 0.3, 0.5, 2.0, 9.0):
        needed = seeds_needed(effect, 0.05, 0.8)
        assert needed is not None
        assert power(effect, needed, 0.05) >= 0.8
        assert needed == 2 or power(effect, needed - 1, 0.05) < 0.8
    # Cohen's tables: an effect of .5, paired, at 5%, power .8.
    assert seeds_needed(0.5, 0.05, 0.8) == 34
    assert seeds_needed(0.0, 0.05, 0.8) is None
    assert seeds_needed(1e-9, 0.05, 0.8) == 10**12


def test_detectable_is_the_effect_that_so_many_seeds_find() -> None:
    for seeds in (2, 5, 50):
        assert power(detectable(seeds, 0.05, 0.8), seeds, 0.05) == pytest.approx(0.8, abs=1e-6)

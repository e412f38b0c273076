"""How far the price goes after a signal, on paths where that is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.signals.lead import Lead

S = 1_000_000_000


def test_nothing_is_known_before_the_move_is_over() -> None:
    lead = Lead(ahead_s=3, doubt=1.0)
    for second in range(4):
        lead.update(second * S, 1.0, float(second))
        assert lead.slope == 0.0


def test_slope_is_least_squares_through_the_origin_with_a_prior() -> None:
    lead = Lead(ahead_s=2, doubt=3.0, tau_s=1e9)
    signals, prices = [1.0, -0.5, 0.25, 0.0, 0.0, 0.0], [100.0, 101.0, 104.0, 99.0, 99.0, 98.0]
    for second, (signal, price) in enumerate(zip(signals, prices, strict=True)):
        lead.update(second * S, signal, price)
    # An instant is sampled once it is past, so the last second is missing: moves from 0, 1 and 2 s.
    lead.update(5 * S, 0.0, 98.0)
    moves = [104.0 - 100.0, 99.0 - 101.0, 99.0 - 104.0]
    xy = sum(x * y for x, y in zip(signals, moves, strict=False))
    xx = sum(x * x for x in signals[:3])
    assert lead.slope == pytest.approx(xy / (3.0 + xx))


def test_price_that_follows_the_signal_is_found_and_one_that_does_not_is_not() -> None:
    generator = np.random.default_rng(3)
    follows, ignores = Lead(5, 10.0), Lead(5, 10.0)
    signal, price, other = 0.0, 0.0, 0.0
    for second in range(3000):
        signal = 0.9 * signal + 0.15 * generator.standard_normal()
        follows.update(second * S, signal, price)
        ignores.update(second * S, signal, other)
        price += 0.6 * signal + 0.2 * generator.standard_normal()
        other += 0.2 * generator.standard_normal()
    # Σ 0.6 × 0.9^i over five seconds, of which the doubt takes a part: Σ w x² is about 300 × 0.12.
    expected = 0.6 * (1 - 0.9**5) / 0.1 * 36 / 46
    assert follows.slope == pytest.approx(expected, abs=0.4)
    assert abs(ignores.slope) < 0.4


def test_what_was_seen_long_ago_fades() -> None:
    lead = Lead(1, doubt=1e-9, tau_s=10.0)
    lead.update(0, 1.0, 0.0)
    lead.update(1 * S, 0.0, 4.0)
    lead.update(2 * S + 1, 0.0, 4.0)
    first = lead.slope
    lead.update(30 * S, 1.0, 4.0)
    lead.update(31 * S, 0.0, 2.0)
    lead.update(33 * S, 0.0, 2.0)
    kept = math.exp(-30 / 10)
    assert first == pytest.approx(4.0)
    assert lead.slope == pytest.approx((4.0 * kept - 2.0) / (kept + 1.0), rel=1e-6)


@pytest.mark.parametrize(("ahead_s", "doubt", "tau_s"), [(0, 1.0, 1.0), (1, 0.0, 1.0), (1, 1.0, 0.0), (1, math.nan, 1)])
def test_arguments_that_make_no_sense_are_refused(ahead_s: int, doubt: float, tau_s: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Lead(ahead_s, doubt, tau_s)

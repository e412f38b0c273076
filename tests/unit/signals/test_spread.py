"""The spread against its time-weighted mean."""

from __future__ import annotations

import numpy as np
import pytest

from mmtui.signals.spread import SpreadRatio

S = 1_000_000_000


def test_a_spread_that_never_changes_is_as_usual() -> None:
    ratio = SpreadRatio(60.0)
    ratio.update(5, 3)
    assert ratio.value(5) is None
    assert ratio.value(6) == ratio.value(500 * S) == 1.0
    assert ratio.mean(500 * S) == 3.0


def test_spreads_weigh_by_how_long_they_stood() -> None:
    ratio = SpreadRatio(100.0)
    ratio.update(0, 2)
    ratio.update(30 * S, 8)
    ratio.update(40 * S, 4)
    assert ratio.mean(50 * S) == (30 * 2 + 10 * 8 + 10 * 4) / 50
    assert ratio.value(50 * S) == pytest.approx(4 / 3.6)


def test_what_stood_before_the_window_is_cut_off() -> None:
    ratio = SpreadRatio(20.0)
    ratio.update(0, 2)
    ratio.update(30 * S, 8)
    ratio.update(40 * S, 4)
    assert ratio.mean(45 * S) == (5 * 2 + 10 * 8 + 5 * 4) / 20
    assert ratio.mean(55 * S) == (5 * 8 + 15 * 4) / 20
    assert ratio.mean(60 * S) == 4.0


def test_a_spread_that_doubles_shows_two_and_comes_down_over_the_window() -> None:
    ratio = SpreadRatio(50.0)
    ratio.update(0, 3)
    ratio.update(200 * S, 6)
    assert ratio.value(200 * S) == 2.0
    assert ratio.value(225 * S) == pytest.approx(2 / 1.5)
    assert ratio.value(250 * S) == 1.0


def test_time_without_a_spread_does_not_count() -> None:
    ratio = SpreadRatio(100.0)
    ratio.update(0, 2)
    ratio.update(10 * S, None)
    assert ratio.value(15 * S) is None
    assert ratio.mean(15 * S) == 2.0
    ratio.update(60 * S, 6)
    assert ratio.mean(70 * S) == 4.0
    assert ratio.value(70 * S) == 1.5


def test_a_book_that_starts_empty_has_no_mean() -> None:
    ratio = SpreadRatio(100.0)
    assert ratio.mean(S) is None
    ratio.update(0, None)
    assert ratio.value(S) is None


def test_a_flicker_within_a_nanosecond_leaves_no_trace() -> None:
    ratio = SpreadRatio(100.0)
    ratio.update(0, 2)
    for spread in (9, 1, 2):
        ratio.update(S, spread)
    assert ratio.mean(2 * S) == 2.0


def test_it_is_the_mean_of_the_window_sampled_finely() -> None:
    rng = np.random.default_rng(1)
    ratio = SpreadRatio(3.0)
    spreads: list[int] = []  # one a millisecond
    for _ in range(400):
        spread = int(rng.integers(1, 9))
        ratio.update(len(spreads) * S // 1_000, spread)
        spreads += [spread] * int(rng.integers(1, 90))
        now_ns = len(spreads) * S // 1_000
        assert ratio.mean(now_ns) == pytest.approx(np.mean(spreads[-3_000:]), rel=1e-12)
    assert len(ratio._past) < 200


@pytest.mark.parametrize("window_s", [0.0, -1.0, float("nan")])
def test_the_window_must_be_positive(window_s: float) -> None:
    with pytest.raises(ValueError, match="window_s must be positive"):
        SpreadRatio(window_s)

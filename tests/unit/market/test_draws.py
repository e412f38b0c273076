from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmtui.market.core.draws import (
    DiscreteLaw,
    Floats,
    column,
    durations_ns,
    generator,
    geometric,
    poisson_counts,
    poisson_times,
    power_law,
    sizes,
)
from mmtui.units import NS_PER_S


def law(table: DiscreteLaw, first: int = 1, grid: int = 1_000_000) -> Floats:
    """The values' probabilities, from the first on: the shares of an even grid of uniforms that each is given."""
    values = table.pick((np.arange(grid) + 0.5) / grid)
    shares: Floats = np.bincount(values)[first:] / grid
    return shares


# The grid has a million points, so that each share is exact to 2e-6.
EXACT = 2e-6


@pytest.mark.parametrize("mean", [1.0, 1.6, 3.0, 12.0])
def test_sizes_are_geometric(mean: float) -> None:
    shares = law(geometric(mean))
    values = np.arange(1, len(shares) + 1)
    assert shares == pytest.approx((1 / mean) * (1 - 1 / mean) ** (values - 1), abs=EXACT)
    assert values @ shares == pytest.approx(mean, rel=1e-4)


def test_distances_follow_their_power_law() -> None:
    shares = law(power_law(0.6, 30))
    weights = np.arange(1, 31) ** -0.6
    assert shares == pytest.approx(weights / weights.sum(), abs=EXACT)


@pytest.mark.parametrize("mean", [0.0, 0.5, 4.0])
def test_counts_are_poisson(mean: float) -> None:
    shares = law(poisson_counts(mean), first=0)
    counts = np.arange(len(shares))
    factorials = np.cumprod(np.maximum(counts, 1)).astype(np.float64)
    assert shares == pytest.approx(np.exp(-mean) * mean**counts / factorials, abs=EXACT)


def test_a_table_s_ends_are_its_first_and_last_value() -> None:
    table = DiscreteLaw([1.0, 1.0, 2.0])
    assert table.pick(np.array([0.0, 0.25, 0.5, np.nextafter(1.0, 0.0)])).tolist() == [1, 2, 3, 3]


def test_a_poisson_process_has_its_rate_and_is_neither_bunched_nor_regular() -> None:
    # 200,000 s at 1.5 a second: the count's standard error is 548, and 5 of them are .9%. Counts in 10 s windows have
    # a variance-to-mean ratio of 1 with a standard error of sqrt(2/20,000) = .01; 5 of them are .05.
    seconds = 200_000
    times = poisson_times(generator(1, "test"), 1.5, 0, seconds * NS_PER_S)
    assert len(times) == pytest.approx(1.5 * seconds, rel=0.009)
    counts = np.bincount(times // (10 * NS_PER_S), minlength=seconds // 10)
    assert counts.var() / counts.mean() == pytest.approx(1, abs=0.05)


def test_times_ascend_within_their_block() -> None:
    times = poisson_times(generator(2, "test"), 50.0, -60 * NS_PER_S, 0)
    assert times[0] >= -60 * NS_PER_S
    assert times[-1] < 0
    assert (np.diff(times) >= 0).all()


def test_a_process_drawn_block_by_block_has_the_law_of_one_drawn_at_once() -> None:
    # 20,000 blocks of 1 s at .8 a second. Gaps across a block's end are as exponential as others: mean and deviation
    # of 16,000 gaps are within 5 standard errors, 4%, of 1/.8 (the deviation's error is sqrt(2) as large: 6%).
    rng = generator(3, "test")
    blocks = [poisson_times(rng, 0.8, second * NS_PER_S, (second + 1) * NS_PER_S) for second in range(20_000)]
    gaps: Floats = np.diff(np.concatenate(blocks)).astype(np.float64) / NS_PER_S
    assert gaps.mean() == pytest.approx(1 / 0.8, rel=0.04)
    assert gaps.std() == pytest.approx(1 / 0.8, rel=0.06)
    # P(gap > 2 mean) = .135 with a standard error of .0027.
    assert (gaps > 2 / 0.8).mean() == pytest.approx(np.exp(-2), abs=0.0135)


class Always:
    """In place of a generator: every exponential duration is the same."""

    def __init__(self, *durations: float) -> None:
        self.durations = durations

    def standard_exponential(self, count: int) -> Floats:
        return np.resize(np.array(self.durations), count)


def test_durations_are_rounded_to_the_nearest_nanosecond() -> None:
    rng: Any = Always(0.4e-9, 0.6e-9, 1.4e-9)
    assert durations_ns(rng, 1.0, 3).tolist() == [0, 1, 1]
    assert durations_ns(rng, 2.0, 3).tolist() == [0, 0, 1]


def test_an_event_at_a_block_s_end_is_not_in_it() -> None:
    rng: Any = Always(1.0)
    assert poisson_times(rng, 1.0, 0, 3 * NS_PER_S).tolist() == [NS_PER_S, 2 * NS_PER_S]


def test_a_block_is_drawn_to_its_end_however_short_the_durations_are() -> None:
    rng: Any = Always(0.01)
    assert len(poisson_times(rng, 1.0, 0, 3 * NS_PER_S)) == 299


@pytest.mark.parametrize("rate", [0.0, 1e-30])
def test_what_hardly_ever_happens_does_not_happen(rate: float) -> None:
    assert len(poisson_times(generator(4, "test"), rate, 0, 60 * NS_PER_S)) == 0


def test_the_longest_durations_can_be_added_to_a_time() -> None:
    durations = durations_ns(generator(5, "test"), 1e-30, 8)
    assert (durations > 365 * 86_400 * NS_PER_S).all()
    assert (np.cumsum(durations) > 0).all()


def test_names_and_seeds_have_streams_of_their_own() -> None:
    streams = {
        tuple(generator(seed, name).random(4))
        for seed in (1, 2)
        for name in ("value", "informed", "rival-0", "rival-1")
    }
    assert len(streams) == 8
    assert tuple(generator(1, "value").random(4)) in streams


@pytest.mark.parametrize("mean", [1.6, 2.0, 3.0, 4.0, 12.0])
@pytest.mark.parametrize("tail", [0.02, 0.05, 0.1, 0.5])
def test_sizes_with_a_tail_keep_their_mean(mean: float, tail: float) -> None:
    shares = law(sizes(mean, tail))
    values = np.arange(1, len(shares) + 1)
    # An even grid of a million points is exact to the largest size's part of a point.
    assert values @ shares == pytest.approx(mean, abs=1e-4 * mean)


@pytest.mark.slow
def test_large_sizes_follow_a_power_law_and_are_mostly_round() -> None:
    mean = 3.0
    shares, plain = law(sizes(mean, 0.1), grid=10_000_000), law(geometric(mean))
    values = np.arange(1, len(shares) + 1)
    assert len(shares) == 75
    assert shares.sum() == pytest.approx(1)
    # Beyond 40 lots the geometric part is nothing: what is left is size^−2.5, four times as much at multiples of five
    # and eight times at those of ten.
    far = slice(40, 75)
    times = np.where(values % 10 == 0, 8.0, np.where(values % 5 == 0, 4.0, 1.0))
    heights = shares[far] / (times[far] * values[far] ** -2.5)
    assert heights == pytest.approx(heights.mean(), rel=0.03)
    assert shares[values >= 20].sum() > 10 * plain[19:].sum()
    round_lots = shares[(values >= 20) & (values % 5 == 0)].sum()
    assert round_lots > 0.5 * shares[values >= 20].sum()


def test_without_a_tail_or_room_for_one_sizes_are_geometric() -> None:
    assert sizes(3.0, 0.0) is geometric(3.0)
    assert law(sizes(1.0, 0.1)) == pytest.approx([1.0])
    # The largest share that a mean of 1.01 leaves room for is a hundredth or so: nearly all orders are of one lot.
    assert law(sizes(1.01, 0.5))[0] > 0.99


@pytest.mark.parametrize("tail", [0.0, 0.1])
def test_a_size_takes_one_uniform(tail: float) -> None:
    uniforms = np.random.default_rng(1).random(1_000)
    table = sizes(2.0, tail)
    assert (table.pick(uniforms) == np.array([int(table.pick(uniforms[at : at + 1])[0]) for at in range(1_000)])).all()
    assert (np.diff(table.pick(np.sort(uniforms))) >= 0).all()


@pytest.mark.parametrize("drawn", [np.array([-(2**40), 3]), np.array([0.1, -1e300]), np.array([True, False])])
def test_a_column_holds_what_was_drawn(drawn: Any) -> None:
    assert column(drawn).tolist() == drawn.tolist()
    assert column(np.stack([drawn, drawn]).T[0]).tolist() == [drawn[0], drawn[0]]

"""Which quotes each fill model fills, by what it promises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.errors import InputError
from mmtui.lab.backtest.fill_models import Reaches, coin, intensity, path_intensity, through
from mmtui.market.core.draws import Floats
from mmtui.market.papers.intensity import IntensitySpec

STEPS = 40_000


def seconds(count: int, every_s: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return (np.arange(count) * every_s * 1e9).astype(np.int64)


def filled(reaches: Reaches, bid: Floats | float, ask: Floats | float) -> tuple[Floats, Floats]:
    return (bid >= reaches.low).astype(float), (ask <= reaches.high).astype(float)


# Coin


def test_coin_fills_each_side_alike_and_independently_wherever_it_quotes() -> None:
    bought, sold = filled(coin(STEPS, 1), 1.0, 1e9)
    allowed = 4 * 0.5 / math.sqrt(STEPS)
    assert bought.mean() == pytest.approx(0.5, abs=allowed)
    assert sold.mean() == pytest.approx(0.5, abs=allowed)
    assert (bought * sold).mean() == pytest.approx(0.25, abs=4 * math.sqrt(0.1875 / STEPS))


def test_coin_s_chance_is_the_one_given() -> None:
    bought, _ = filled(coin(STEPS, 1, 0.1), 1.0, 1e9)
    assert bought.mean() == pytest.approx(0.1, abs=4 * 0.3 / math.sqrt(STEPS))
    assert filled(coin(50, 1, 0.0), 1.0, 1e9)[1].sum() == 0
    assert filled(coin(50, 1, 1.0), 1.0, 1e9)[1].sum() == 50


# Through

PATH = np.array([100.0, 98.0, 98.5, 101.0])


@pytest.mark.parametrize(
    ("bid", "ask", "bought", "sold"),
    [
        (98, 101, [0, 0, 0], [0, 0, 0]),  # touched by 98 and 101, not traded through
        (99, 100, [1, 1, 0], [0, 0, 1]),
        (97, 98, [0, 0, 0], [0, 1, 1]),
    ],
)
def test_through_fills_only_what_the_next_price_is_beyond(bid: float, ask: float, bought: list, sold: list) -> None:  # type: ignore[type-arg]
    found = filled(through(PATH), bid, ask)
    assert (found[0].tolist(), found[1].tolist()) == (bought, sold)


def test_touching_fills_at_the_price_too() -> None:
    bought, sold = filled(through(PATH, touching=True), 98, 101)
    assert (bought.tolist(), sold.tolist()) == ([1, 0, 0], [0, 0, 1])


# Intensity


def intensity_law(rate: float, decay: float) -> IntensitySpec:
    return IntensitySpec(sigma=0, rate=rate, decay=decay, fills="poisson")


@pytest.mark.parametrize("distance", [0.0, 1.0, 3.0, -2.0])
def test_intensity_fills_with_the_chance_of_the_papers_market(distance: float) -> None:
    law = intensity_law(0.8, 0.5)
    path = np.full(STEPS + 1, 100.0)
    bought, sold = filled(intensity(path, seconds(STEPS + 1, 0.25), 3, law), 100 - distance, 100 + distance)
    expected = law.chance(np.array([distance]), 0.25)[0]
    assert expected == pytest.approx(1 - math.exp(-0.8 * math.exp(-0.5 * distance) * 0.25))
    allowed = 4 * math.sqrt(expected * (1 - expected) / STEPS)
    assert bought.mean() == pytest.approx(expected, abs=allowed)
    assert sold.mean() == pytest.approx(expected, abs=allowed)
    assert (bought * sold).mean() == pytest.approx(expected**2, abs=4 * expected / math.sqrt(STEPS))


def test_intensity_counts_distance_from_the_step_s_first_price_and_time_by_its_length() -> None:
    prices = np.array([100.0, 500.0, 500.0])
    law = intensity_law(1.0, 1.0)
    far = np.array([intensity(prices, np.array([0, 1, 10**12]), seed, law).high for seed in range(400)])
    # A nanosecond hardly ever brings an order; a thousand seconds bring the furthest of a thousand.
    assert far[:, 0].max() < 100
    assert np.median(far[:, 1] - 500) == pytest.approx(math.log(1000 / math.log(2)), abs=0.25)


@pytest.mark.parametrize("model", ["coin", "intensity"])
def test_the_seed_decides(model: str) -> None:
    def low(seed: int) -> list[float]:
        if model == "coin":
            return list(coin(50, seed).low)
        return list(intensity(np.full(51, 9.0), seconds(51), seed, intensity_law(1.0, 1.0)).low)

    assert low(1) == low(1)
    assert low(1) != low(2)


def test_a_path_s_own_a_and_k_are_those_it_was_made_with() -> None:
    # Moves of exponential size, mean 2, up or down, in a fifth of the seconds: 0.1 a second and side.
    rng = np.random.default_rng(7)
    moves = rng.exponential(2.0, STEPS) * rng.choice([-1, 1], STEPS) * (rng.random(STEPS) < 0.2)
    found = path_intensity(np.concatenate([[0.0], np.cumsum(moves)]), seconds(STEPS + 1))
    orders = STEPS * 0.2
    assert found.decay == pytest.approx(0.5, rel=4 / math.sqrt(orders))
    assert found.rate == pytest.approx(0.1, rel=4 / math.sqrt(orders))


def test_a_price_that_never_changes_has_no_a_and_k() -> None:
    with pytest.raises(InputError, match="never changes; give --A and --k"):
        path_intensity(np.full(5, 100.0), seconds(5))

"""The market without a book: its mid's moves, its fills, and its accounts."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from mmtui.market.core.draws import Floats, Ints, generator
from mmtui.market.papers.intensity import IntensitySpec, simulate

SPEC = IntensitySpec(sigma=2.0, rate=140.0, decay=1.5)
DT = 0.005


def at(*distances: float) -> Floats:
    return np.array(distances)


@pytest.mark.parametrize("distance", [0.3, 0.7, 1.5, 4.0])
def test_chance_of_a_fill_is_the_rate_times_the_step(distance: float) -> None:
    rate = 140.0 * math.exp(-1.5 * distance)
    assert SPEC.chance(at(distance), DT)[0] == pytest.approx(rate * DT)
    poisson = msgspec.structs.replace(SPEC, fills="poisson")
    assert poisson.chance(at(distance), DT)[0] == pytest.approx(1 - math.exp(-rate * DT))


@pytest.mark.parametrize("fills", ["linear", "poisson"])
def test_chance_is_never_more_than_one_and_nil_without_a_quote(fills: str) -> None:
    spec = msgspec.structs.replace(SPEC, fills=fills)
    chances = spec.chance(at(-1e6, -10.0, 1e6, np.inf), DT)
    assert chances == pytest.approx([1, 1, 0, 0])


@pytest.mark.parametrize("fills", ["linear", "poisson"])
def test_fills_come_as_often_as_they_should_on_each_side(fills: str) -> None:
    spec = msgspec.structs.replace(SPEC, fills=fills)
    paths = 400_000
    mid, bid, ask = (np.full(paths, price) for price in (100.0, 99.5, 101.0))
    bought, sold, _ = spec.step(mid, bid, ask, DT, generator(5, "intensity"))
    for filled, distance in ((bought, 0.5), (sold, 1.0)):
        chance = spec.chance(at(distance), DT)[0]
        assert filled.mean() == pytest.approx(chance, abs=4 * math.sqrt(chance / paths))
    both = float((bought & sold).mean())
    independent = float(bought.mean() * sold.mean())
    assert both == pytest.approx(independent, abs=4 * math.sqrt(independent / paths))


def test_mid_moves_by_sigma_root_dt_either_way() -> None:
    none = np.full(1_000, np.inf)
    _, _, mid = SPEC.step(np.full(1_000, 100.0), -none, none, DT, generator(5, "intensity"))
    assert np.unique(np.abs(mid - 100.0)) == pytest.approx(2.0 * math.sqrt(DT))


@pytest.mark.slow
def test_variance_of_the_mid_is_sigma_squared_times_time() -> None:
    paths = 40_000
    seen: list[Floats] = []

    def watch(mid: Floats, *_: object) -> tuple[Floats, Floats]:
        seen.append(mid)
        return np.full(paths, -np.inf), np.full(paths, np.inf)

    outcome = simulate(SPEC, watch, horizon=1.0, steps=200, paths=paths, seed=2, position=1)
    # One unit held throughout, nothing traded: wealth is the mid's change.
    assert outcome.wealth.var() == pytest.approx(4.0, rel=4 * math.sqrt(2 / paths))
    assert outcome.wealth.mean() == pytest.approx(0.0, abs=4 * 2.0 / math.sqrt(paths))
    assert outcome.squares == pytest.approx(np.ones(paths))
    assert np.isnan(outcome.spread).all()
    assert seen[100].var() == pytest.approx(2.0, rel=4 * math.sqrt(2 / paths))
    assert not outcome.fills.any()


def test_accounts_are_those_of_the_fills() -> None:
    """With certain fills on one side, every step buys one unit a tenth below the mid."""
    spec = IntensitySpec(sigma=0.0, rate=1e6, decay=1.0)

    def rule(mid: Floats, _: Ints, time: float) -> tuple[Floats, Floats]:
        return mid - 0.1, np.full(len(mid), np.inf if time < 0.35 else mid[0] + 0.3)

    outcome = simulate(spec, rule, horizon=0.5, steps=5, paths=3, seed=1)
    assert outcome.position.tolist() == [4, 4, 4]
    assert outcome.fills.tolist() == [6, 6, 6]
    assert outcome.wealth == pytest.approx([5 * 0.1 + 0.3] * 3)
    assert outcome.spread == pytest.approx([0.4] * 3)
    # Positions 0, 1, 2, 3 and 4 for a tenth each.
    assert outcome.squares == pytest.approx([0.1 * (0 + 1 + 4 + 9 + 16)] * 3)


def test_same_seed_gives_the_same_paths_and_another_one_others() -> None:
    def rule(mid: Floats, *_: object) -> tuple[Floats, Floats]:
        return mid - 0.7, mid + 0.7

    first, second, other = (simulate(SPEC, rule, horizon=1.0, steps=50, paths=100, seed=seed) for seed in (1, 1, 2))
    assert first.wealth.tolist() == second.wealth.tolist() != other.wealth.tolist()


@pytest.mark.parametrize("field", ["sigma", "rate", "decay"])
def test_levels_cannot_ask_for_a_market_that_makes_no_sense(field: str) -> None:
    given: dict[str, object] = {"sigma": 1.0, "rate": 1.0, "decay": 1.0, field: -1.0}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given, IntensitySpec)

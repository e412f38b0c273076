"""Price impact measured on pairs of sessions."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from mmtui.lab.research.price_impact import (
    BLOCKS,
    METAORDERS,
    PAIRS,
    ROUND_TRIPS,
    Slice,
    impact_of_pair,
    measure_impact,
    trade,
    worked,
)
from mmtui.level.level import load_preset
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.impact import ImpactSpec


@pytest.fixture(scope="module")
def us() -> BookMarketSpec:
    return load_preset("us-100")


@pytest.fixture(scope="module")
def dull(us: BookMarketSpec) -> BookMarketSpec:
    """A market of fixed value in which nobody has an impact, and noise traders only rest orders."""
    value = msgspec.structs.replace(us.value, sigma=0.0, sv_std=0.0, jump_rate=0.0)
    noise = msgspec.structs.replace(us.noise_market, rate=0.0)
    return msgspec.structs.replace(us, value=value, noise_market=noise, impact=ImpactSpec())


@pytest.mark.parametrize("lots", [80, -80, 10, 1, 3])
def test_a_metaorder_is_worked_in_even_slices(lots: int) -> None:
    slices = worked(lots, 5.0, 60.0)
    assert {each.lots for each in slices} == {2 * lots // abs(lots) if abs(lots) > 3 else lots}
    assert sum(each.lots for each in slices) == lots
    times = [each.at_s for each in slices]
    assert all(5 < time < 65 for time in times)
    assert {round(later - at, 9) for at, later in pairwise(times)} <= {round(60 / len(times), 9)}


def test_a_round_trip_ends_with_nothing() -> None:
    assert {name: sum(order.lots for order in orders) for name, orders in ROUND_TRIPS.items()} == dict.fromkeys(
        ROUND_TRIPS, 0
    )
    assert all(orders == sorted(orders, key=lambda order: order.at_s) for orders in ROUND_TRIPS.values())


def test_who_does_nothing_leaves_the_market_as_it_is(us: BookMarketSpec) -> None:
    nothing, later = trade(us, 1, (), (10, 20)), trade(us, 1, [Slice(15.0, 5)], (10, 20))
    assert (nothing.lots, nothing.pnl) == (0, 0)
    assert later.mids[0] == nothing.mids[0]
    assert later.lots == 5
    assert later.pnl < 0


def test_what_was_traded_is_worth_the_last_mid_less_the_trader_s_own_impact(dull: BookMarketSpec) -> None:
    impact = ImpactSpec(weight=0.5, linear_lots=0.25, permanent=0.0)
    bought = trade(msgspec.structs.replace(dull, impact=impact), 1, [Slice(0.0, 4)], (0.0,))
    # Right after it the maker's own impact is 3·.5·(√4.25 − √.25), which no lot is valued at.
    free = trade(dull, 1, [Slice(0.0, 4)], (0.0,))
    assert bought.mids == free.mids
    assert bought.pnl == pytest.approx(free.pnl - 4 * 1.5 * (4.25**0.5 - 0.5), abs=1e-4)


@pytest.mark.slow
def test_moves_are_in_the_direction_of_the_orders_and_less_what_happens_without(us: BookMarketSpec) -> None:
    """Buying and selling have the same names, and large orders large moves; over eight seeds, with errors near .3."""
    found = [impact_of_pair(us, seed) for seed in range(8)]
    mean = {name: sum(each[name] for each in found) / len(found) for name in found[0]}
    assert 3 < mean["metaorder_80"] < 7
    assert mean["metaorder_10"] < mean["metaorder_40"] < mean["metaorder_80"]
    assert mean["later_80"] < mean["metaorder_80"]
    assert mean["block_2"] < mean["block_40"]
    assert all(mean[f"block_{lots}_filled"] == lots for lots in BLOCKS[:3])
    assert all(mean[f"round_trip_{name}"] < 0 for name in ROUND_TRIPS)


def test_days_have_pairs_of_their_own(us: BookMarketSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    def noted(_: BookMarketSpec, seed: int) -> dict[str, float]:
        seeds.append(seed)
        return {f"metaorder_{METAORDERS[0]}": float(seed)}

    monkeypatch.setattr("mmtui.lab.research.price_impact.impact_of_pair", noted)
    assert measure_impact(us, 4) == {"metaorder_10": 4 * PAIRS + (PAIRS - 1) / 2}
    measure_impact(us, 5)
    assert seeds == list(range(4 * PAIRS, 6 * PAIRS))

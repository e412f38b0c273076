"""How much to hold of a hedge, the strategy that hedges another, and the one that quotes a pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.errors import StrategyError, UnknownStrategyError
from mmtui.market.hedges.hedge_gateway import HedgeOrder
from mmtui.strategies.baselines.skew import Skew
from mmtui.strategies.combined.hedged import Hedged
from mmtui.strategies.combined.pairs import Pairs
from mmtui.strategies.hedging import banded, hedge_orders
from mmtui.strategies.protocol import HedgeQuote, Quotes
from mmtui.strategies.registry import make
from tests.unit.strategies.fake_view import FakeView, S, market

FUTURE = HedgeQuote(
    name="IDX",
    kind="future",
    bid=20_000,
    ask=20_002,
    position=0,
    coming=0,
    limit=100,
    cost=0.0,
    fee=0.5,
    tick=0.25,
    multiplier=4.0,
    ratio=0.5,
    rate=0.0,
    dividend_yield=0.0,
    years=0.1,
    beta=1.2,
)
PUT = replace(FUTURE, name="P", kind="put", bid=90, ask=94, ratio=-2.0, delta=-0.5, beta=None, strike=100.0)
#: The index of the fake market's future: a tick is one point, in both.
INDEX = replace(FUTURE, name="SPOT", kind="index", bid=99, ask=101, tick=1.0, multiplier=1.0, ratio=1.0, beta=None)


def view(position: int, *hedges: HedgeQuote) -> FakeView:
    found = market(99, 101, position=position)
    found.hedges = {hedge.name: hedge for hedge in hedges}
    return found


# Quotes of hedges


@pytest.mark.parametrize(
    ("hedge", "lots", "contracts"),
    [
        (FUTURE, 20, -10),
        (FUTURE, -7, 4),
        (FUTURE, 500, -100),
        (PUT, 20, 40),
        (PUT, -20, 0),
        (PUT, 500, 100),
        (replace(PUT, kind="call", ratio=2.0), -20, 40),
        (replace(PUT, kind="call", ratio=2.0), 20, 0),
    ],
)
def test_what_to_hold_against_a_position(hedge: HedgeQuote, lots: int, contracts: int) -> None:
    assert hedge.against(lots) == contracts


def test_a_contract_costs_half_the_spread_and_the_fee() -> None:
    assert FUTURE.unit_cost == 1.5
    assert PUT.unit_cost == 2.5


# Within a band


@pytest.mark.parametrize(
    ("held", "lots", "contracts"),
    [
        (0, 8, 0),
        (0, 10, 0),
        (0, 20, -5),
        (-5, 20, -5),
        (-8, 20, -8),
        (-15, 20, -15),
        (-16, 20, -15),
        (-8, 0, -5),
        (5, 20, -5),
        (0, -20, 5),
    ],
)
def test_the_hedge_is_traded_to_the_edge_of_the_band(held: int, lots: int, contracts: int) -> None:
    """At half a contract a lot, a band of ten lots is five contracts either way."""
    assert banded(replace(FUTURE, position=held), lots, band=10) == contracts


def test_orders_on_their_way_count_as_held() -> None:
    assert banded(replace(FUTURE, position=-2, coming=-3), 20, band=10) == -5


def test_a_share_of_the_position_is_hedged() -> None:
    assert banded(FUTURE, 40, band=0, share=0.5) == -10
    assert banded(FUTURE, 40, band=10, share=0.5) == -5
    assert banded(FUTURE, 40, band=0, share=0.0) == 0


def test_a_put_is_bought_and_given_back() -> None:
    assert banded(PUT, 20, band=5) == 30
    assert banded(replace(PUT, position=30), 0, band=5) == 10
    assert banded(replace(PUT, position=30), -20, band=5) == 0


def test_an_option_that_hedges_nothing_is_left_alone() -> None:
    assert banded(replace(PUT, position=7, ratio=0.0), 20, band=0) == 7


def test_what_closing_costs_is_set_aside() -> None:
    # 1.5 in and 1.5 out: 31 buys ten contracts and their closing.
    assert banded(FUTURE, 200, band=0, budget=31.0) == -10
    spent = replace(FUTURE, position=-10, cost=15.0)
    assert banded(spent, 200, band=0, budget=31.0) == -10
    assert banded(spent, 2, band=0, budget=31.0) == -1
    assert banded(spent, -20, band=0, budget=31.0) == 0
    assert banded(spent, -20, band=0, budget=36.0) == 2
    assert banded(replace(FUTURE, coming=-10), 200, band=0, budget=31.0) == -10


def test_a_budget_already_overspent_still_closes() -> None:
    assert banded(replace(FUTURE, position=-10, cost=90.0), 0, band=0, budget=31.0) == 0
    assert banded(replace(FUTURE, position=-10, cost=90.0), 50, band=0, budget=31.0) == -10


# Orders


def test_orders_bring_what_is_missing_and_no_more() -> None:
    hedges = {hedge.name: hedge for hedge in (replace(FUTURE, position=-3, coming=-2), PUT)}

    def orders(wanted: Mapping[str, int]) -> list[HedgeOrder]:
        return hedge_orders(Quotes(hedges=wanted), hedges)

    assert orders({}) == []
    assert orders({"IDX": -5}) == []
    assert orders({"IDX": 1, "P": 4}) == [HedgeOrder("IDX", Side.BUY, 6), HedgeOrder("P", Side.BUY, 4)]
    assert orders({"IDX": -1_000}) == [HedgeOrder("IDX", Side.SELL, 95)]
    found = orders({"P": np.int64(4)})  # type: ignore[dict-item]
    assert found == [HedgeOrder("P", Side.BUY, 4)]


# Hedged


def test_hedged_quotes_like_its_base_and_hedges() -> None:
    seen = view(20, FUTURE, PUT)
    quotes = Hedged(band=4).quote(seen)
    assert quotes == Quotes(**{**fields(Skew().quote(seen)), "hedges": {"IDX": -8}})
    assert Hedged(band=4, instrument="P").quote(seen).hedges == {"P": 32}
    # Left alone, a thirtieth of the limit of 20 lots is left to the quotes: less than what half a contract hedges.
    assert Hedged().quote(seen).hedges == {"IDX": -10}


def test_hedged_passes_settings_on_to_its_base() -> None:
    assert Hedged(base="fixed", settings="half_spread=3 size=2").quote(view(0)) == Quotes(97, 103, 2, 2, 100)


def test_without_a_hedge_hedged_is_its_base_and_pairs_is_skew() -> None:
    seen = view(7)
    for strategy in (Hedged(), Hedged(instrument="IDX"), Pairs(), Pairs(instrument="SPOT")):
        assert strategy.quote(seen) == Skew().quote(seen)
    assert Pairs().quote(view(7, FUTURE)) == Skew().quote(seen)


def test_an_instrument_that_is_not_among_the_levels_is_told() -> None:
    for name in ("hedged", "pairs"):
        with pytest.raises(StrategyError, match="there is no hedge instrument 'XYZ'; there are IDX"):
            make(name, {"instrument": "XYZ"}).quote(view(0, FUTURE))


def test_a_base_that_is_not_there_is_told() -> None:
    with pytest.raises(UnknownStrategyError, match=r"^there is no strategy 'skw'; did you mean 'skew'\?$"):
        make("hedged", {"base": "skw"})
    with pytest.raises(UnknownStrategyError, match="base must be another strategy"):
        make("hedged", {"base": "hedged"})
    with pytest.raises(UnknownStrategyError, match="strategy skew has no parameter 'skwe'; did you mean 'skew'"):
        make("hedged", {"settings": "skwe=1"})


def fields(quotes: Quotes) -> dict[str, Any]:
    return {name: getattr(quotes, name) for name in quotes.__struct_fields__}


# Pairs


def followed(strategy: Pairs, course: Sequence[tuple[float, int]], index: HedgeQuote = INDEX) -> Quotes:
    """Asked every half second while index and future stand where a course says; what it wants in the end."""
    quotes = Quotes()
    for step, (spot, future) in enumerate(course):
        seen = market(future - 1, future + 1)
        seen.now_ns = step * S // 2
        seen.hedges = {"SPOT": replace(index, bid=int(spot) - 1, ask=int(spot) + 1)}
        quotes = strategy.quote(seen)
    return quotes


def test_pairs_quotes_around_the_index_by_carry_and_the_usual_basis() -> None:
    quotes = followed(Pairs(half_spread=2, lean=0, size=3, memory=1), [(1_000, 1_004)] * 60)
    assert quotes == Quotes(1_002, 1_006, 3, 3, 1_004, {"SPOT": 0})
    carried = replace(INDEX, rate=0.05, dividend_yield=0.01, years=0.5)
    quotes = followed(Pairs(half_spread=2, lean=0), [(1_000, 1_004)] * 60, carried)
    assert quotes.reservation == pytest.approx(1_004)


def test_pairs_follows_the_index_before_the_future_does() -> None:
    quotes = followed(Pairs(lean=0, memory=10), [(1_000, 1_004)] * 60 + [(1_006, 1_004)])
    # Half a second of ten is believed to be basis.
    assert quotes.reservation == pytest.approx(1_010 - 6 * (1 - np.exp(-0.05)))


@pytest.mark.slow
def test_pairs_leans_against_a_basis_that_is_unusual() -> None:
    rng = np.random.default_rng(1)
    usual = [(1_000.0, 1_000 + round(each)) for each in rng.normal(0, 2, 400)]

    def shift(future: int, **params: Any) -> float:
        course = [*usual, *[(1_000.0, future)] * 8]
        leaning, plain = (followed(Pairs(memory=0.5, lean=lean, **params), course).reservation for lean in (0.5, 0.0))
        assert leaning is not None
        assert plain is not None
        return leaning - plain

    assert -1.25 <= shift(1_004) < -0.5
    assert 0.5 < shift(996) <= 1.25
    # Never more than two and a half deviations.
    assert shift(1_060) == shift(1_090) == -1.25
    assert shift(1_004, mean=4) == pytest.approx(0, abs=0.2)


def test_pairs_trusts_a_basis_only_as_its_window_fills() -> None:
    course = [(1_000.0, 1_000 + step % 2) for step in range(20)]
    shifts = []
    for window in (15.0, 150.0):
        quotes = followed(Pairs(memory=0.5, lean=1, window=window), [*course, (1_000.0, 1_050)])
        plain = followed(Pairs(memory=0.5, lean=0), [*course, (1_000.0, 1_050)])
        shifts.append((quotes.reservation or 0) - (plain.reservation or 0))
    # Ten seconds have passed, of fifteen and of a hundred and fifty.
    assert shifts == pytest.approx([-2.5 * 10 / 15, -2.5 * 10 / 150])


def test_pairs_leans_against_its_position_and_hedges_it() -> None:
    seen = market(1_003, 1_005, position=10)
    seen.hedges = {"SPOT": replace(INDEX, bid=999, ask=1_001)}
    quotes = Pairs(half_spread=2, skew=0.25, band=1).quote(seen)
    # At first the index alone is believed, at 1,000, and not yet the future's basis of four.
    assert quotes.reservation == pytest.approx(1_000 - 2.5)
    assert quotes.hedges == {"SPOT": -9}

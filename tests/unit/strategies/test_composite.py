"""Composite: another strategy's quotes, defended as those of rules are."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from mmtui.book import Side
from mmtui.errors import StrategyError, UnknownStrategyError
from mmtui.strategies.combined.composite import Composite
from mmtui.strategies.combined.rules import RulesOfThumb
from mmtui.strategies.defences.defences import (
    BandDefence,
    Defence,
    HurstDefence,
    ImbalanceDefence,
    PositionDefence,
    StressDefence,
    ToxicityDefence,
)
from mmtui.strategies.params import params_of
from mmtui.strategies.protocol import PublicTrade, Quotes
from mmtui.strategies.registry import make
from tests.unit.session.support import strategy_file
from tests.unit.strategies.fake_view import S, market

DEFENCES = (StressDefence, PositionDefence, ImbalanceDefence, ToxicityDefence, BandDefence, HurstDefence)
OFF: dict[str, Any] = dict.fromkeys(
    ("volatility", "spread", "crowding", "imbalance", "toxicity", "band", "hurst", "oblige"), False
) | {"floor": 0.0}


@pytest.mark.parametrize("base", ["fixed", "touch", "skew", "avellaneda-stoikov", "glft", "reversion"])
def test_without_defences_it_is_its_base(base: str) -> None:
    for position in (-20, 0, 13, 20):
        view = market(9_999, 10_002, position=position)
        wanted = make(base).quote(view)
        got = Composite(base=base, **OFF).quote(view)
        assert (got.bid, got.ask) == pytest.approx((wanted.bid, wanted.ask))
        assert (got.bid_size, got.ask_size) == (wanted.bid_size, wanted.ask_size)


def test_defences_are_those_of_rules() -> None:
    view = market(9_999, 10_001, position=16)
    view.now_ns = 20 * S
    view.trades += [PublicTrade(19 * S, Side.BUY, 10_001, 9), PublicTrade(19 * S, Side.SELL, 9_999, 1)]
    base = make("glft").quote(view)
    quotes = make("composite", {"shade": 2.0, "stale": 0.5}).quote(view)
    assert base.bid is not None
    assert base.ask is not None
    assert base.reservation is not None
    shift = 2.0 * 0.8
    assert quotes.reservation == pytest.approx(base.reservation + shift)
    assert quotes.bid == pytest.approx(base.bid + shift)
    assert quotes.ask == pytest.approx(base.ask + 1.5 * shift)
    assert (quotes.bid_size, quotes.ask_size) == (1, 2)


@pytest.mark.parametrize(("half_spread", "distance"), [(0.2, 1.428), (1.0, 1.428), (2.0, 2.0)])
def test_no_quote_is_nearer_than_the_floor(half_spread: float, distance: float) -> None:
    # The market is usually 2.38 ticks wide, so the usual half-spread is 0.952.
    strategy = Composite(base="fixed", settings=f"half_spread={half_spread}", **OFF | {"floor": 1.5})

    quotes = strategy.quote(market(9_999, 10_001))

    assert quotes.bid == pytest.approx(10_000 - distance)
    assert quotes.ask == pytest.approx(10_000 + distance)


def test_side_that_the_base_does_not_quote_stays_empty() -> None:
    assert Composite().quote(market(9_999, 10_001, position=20)).bid is None


def test_base_may_be_a_file(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(9_990.5, 10_010.0, 3, 4)")
    assert make("composite", {"base": spec}).quote(market(9_999, 10_001)) == Quotes(9_990.5, 10_010.0, 3, 4, 10_000.0)


def test_base_takes_its_settings() -> None:
    strategy = Composite(base="fixed", settings="half_spread=2 size=3", **OFF)
    assert strategy.quote(market(9_999, 10_001)) == Quotes(9_998.0, 10_002.0, 3, 3, 10_000.0)
    with pytest.raises(UnknownStrategyError, match="has no parameter 'width'"):
        Composite(base="fixed", settings="width=2")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("return 1 / 0", r"its base .*mine.py:Mine failed: ZeroDivisionError: division by zero \(mine.py, line 14\)"),
        ("return Quotes(bid=float('nan'), bid_size=1)", "bid must be a number from 0 to 2\\^53, not nan"),
        ("return 'buy!'", r"quote\(\) must return Quotes, not 'buy!'"),
    ],
)
def test_failing_base_is_told_as_such(tmp_path: Path, body: str, why: str) -> None:
    strategy = make("composite", {"base": strategy_file(tmp_path, body)})
    with pytest.raises(StrategyError, match=why):
        strategy.quote(market(9_999, 10_001))


@pytest.mark.parametrize("strategy", [Composite, RulesOfThumb])
@pytest.mark.parametrize("defence", DEFENCES)
def test_each_defence_owns_its_parameters_and_acts_by_the_strategy_s_values(
    defence: type[Defence], strategy: type[Composite | RulesOfThumb]
) -> None:
    known = {param.name: param for param in params_of(strategy)}
    declared = {field.name: field for field in fields(defence) if field.metadata}
    assert declared
    for name, field in declared.items():
        assert known[name].default == field.default
        assert (known[name].unit, known[name].about) == (field.metadata["unit"], field.metadata["about"])
    made = strategy(**dict.fromkeys(declared, 0.25))  # type: ignore[arg-type]
    (own,) = (each for each in made._defences if isinstance(each, defence))
    assert {getattr(own, name) for name in declared} == {0.25}


@pytest.mark.parametrize("base", ["composite", "rules"])
def test_base_with_defences_of_its_own_is_refused(base: str) -> None:
    with pytest.raises(UnknownStrategyError, match=f"{base} has these defences itself"):
        make("composite", {"base": base})


def test_base_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownStrategyError, match="did you mean 'glft'"):
        make("composite", {"base": "glf"})

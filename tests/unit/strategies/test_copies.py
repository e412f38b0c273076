"""A strategy copied or pickled in the middle of a session goes on as the original does, and apart from it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.market.rules.halts import Band
from mmtui.strategies.protocol import MarketView, OwnFill, PublicTrade, Quotes, Strategy
from mmtui.strategies.registry import make, strategy_names
from tests.unit.strategies.fake_view import FakeView, S
from tests.unit.strategies.test_hedging import INDEX

BUY, SELL = Side.BUY, Side.SELL
#: Enough for every estimate: Hurst's exponent needs 128 s, toxicity eight bursts of 20 s, reversion 30 samples of 3 s.
MIDDLE_S, END_S = 240, 400
SPECS = [*strategy_names(baselines=True), "hedged glft", "composite skew", "composite pairs"]

#: Those whose answers depend on the present view, or on the one before it.
FORGETFUL = ("fixed", "touch", "skew", "hedged", "chase", "idle", "reckless", "wide", "one-lot", "bracket", "recipe")


class Market(NamedTuple):
    """Everything that happens, whoever looks."""

    mids: list[int]
    trades: list[PublicTrade]
    fills: list[OwnFill]
    positions: list[int]


def market() -> Market:
    """A mid that jumps and comes back, taken in one direction at a time, and fills that lose."""
    generator = np.random.default_rng(5)
    deviation, mids = 0.0, []
    for second in range(END_S):
        deviation = 0.9 * deviation + generator.normal(0.0, 4.0 if second // 100 % 2 else 1.0)
        mids.append(10_000 + round(deviation))
    trades, fills, positions, position = list[PublicTrade](), list[OwnFill](), list[int](), 0
    for second, mid in enumerate(mids):
        side = BUY if second // 15 % 2 else SELL
        trades.append(PublicTrade(second * S - 1, side, mid + side, int(generator.integers(1, 5))))
        if second % 10 == 0:
            own = BUY if position <= 0 else SELL
            fills.append(OwnFill(second * S - 1, own, mid + 2 * own, 3, float(mid), True))
            position += own * 3
        positions.append(position)
    return Market(mids, trades, fills, positions)


MARKET = market()


def views(start_s: int, end_s: int) -> Iterator[MarketView]:
    for second in range(start_s, end_s):
        now_ns, mid, gap = second * S, MARKET.mids[second], 4 if second % 60 > 50 else 1
        index = mid - 2 + second * 7 % 5
        view = FakeView(
            now_ns=now_ns,
            position=MARKET.positions[second],
            trades=[trade for trade in MARKET.trades if now_ns - 60 * S < trade.time_ns <= now_ns],
            fills=[fill for fill in MARKET.fills if fill.time_ns <= now_ns],
            hedges={INDEX.name: replace(INDEX, bid=index, ask=index + 2)},
            band=Band(9_990, 10_010, 10_000.0, binding=second % 200 > 150),
        )
        view.others(BUY, *((mid - gap - i, 10) for i in range(3)))
        view.others(SELL, *((mid + gap + i, 10) for i in range(3)))
        yield view


def answers(strategy: Strategy, start_s: int, end_s: int) -> list[Quotes]:
    return [strategy.quote(view) for view in views(start_s, end_s)]


def made(spec: str) -> Strategy:
    name, _, base = spec.partition(" ")
    return make(name, {"base": base} if base else {})


def pickled(strategy: Strategy) -> Strategy:
    found = pickle.loads(pickle.dumps(strategy))
    assert isinstance(found, Strategy)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
@pytest.mark.parametrize("spec", SPECS)
def test_a_copy_answers_as_the_original_does_from_there_on(
    spec: str, duplicate: Callable[[Strategy], Strategy]
) -> None:
    strategy = made(spec)
    answers(strategy, 0, MIDDLE_S)
    twin, untouched = duplicate(strategy), duplicate(strategy)
    first = answers(strategy, MIDDLE_S, END_S)
    assert answers(twin, MIDDLE_S, END_S) == first
    # Neither moved the other: one made before both went on still answers the same.
    assert answers(duplicate(untouched), MIDDLE_S, END_S) == first


@pytest.mark.slow
@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec not in FORGETFUL])
def test_what_was_seen_before_the_copy_matters(spec: str) -> None:
    """Or the copies above would answer the same whatever they had lost."""
    seasoned, fresh = made(spec), made(spec)
    answers(seasoned, 0, MIDDLE_S)
    assert answers(seasoned, MIDDLE_S, END_S) != answers(fresh, MIDDLE_S, END_S)

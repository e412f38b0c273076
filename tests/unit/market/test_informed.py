from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.market.book_market import INFORMED, MOMENTUM
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.informed import Informed, InformedSpec, Momentum, MomentumSpec
from mmtui.market.value.latent_value import LatentValue, ValueSpec
from mmtui.units import NS_PER_S
from tests.inside import book_of

Rest = Callable[..., int]
BUY, SELL = Side.BUY, Side.SELL


def flat(at: float) -> LatentValue:
    """A value that never moves."""
    return LatentValue([(0, ValueSpec(sigma=0.0))], at, 1)


def informed(exchange: Exchange, value: LatentValue, **changes: float) -> Informed:
    spec = {"rate": 0.4, "rate_per_gap": 0.2, "noise": 0.0, "edge": 0.3, "mean_size": 1.0} | changes
    return Informed(exchange, value, InformedSpec(**spec), 1, INFORMED)


def wake(trader: Informed | Momentum, blocks: int) -> None:
    """Carry out every wake of some minutes."""
    for block in range(blocks):
        (stream,) = trader.draw(block * 60 * NS_PER_S, (block + 1) * 60 * NS_PER_S)
        for time, row in zip(stream.times.tolist(), stream.rows.tolist(), strict=True):
            stream.action(time, row)


def test_the_bounding_clock_runs_at_the_highest_rate_whatever_the_market_does(exchange: Exchange) -> None:
    # a + 10b = 2.4 a second over 12,000 s: 28,800 wakes, standard error 170, .6%.
    trader = informed(exchange, flat(100))
    drawn = [next(iter(trader.draw(b * 60 * NS_PER_S, (b + 1) * 60 * NS_PER_S))) for b in range(200)]
    assert sum(len(stream.times) for stream in drawn) == pytest.approx(28_800, rel=0.03)


@pytest.mark.parametrize(("gap", "rate"), [(3.0, 1.0), (10.0, 2.4), (40.0, 2.4)])
def test_wakes_are_thinned_to_a_rate_that_grows_with_the_gap(
    exchange: Exchange, rest: Rest, monkeypatch: pytest.MonkeyPatch, gap: float, rate: float
) -> None:
    # Every wake has an edge and would take. Over 30,000 s the least rate gives 30,000: standard error .6%.
    rest(BUY, 99)
    rest(SELL, 101)
    acted: list[object] = []
    monkeypatch.setattr(exchange, "take", lambda *order: acted.append(order))
    wake(informed(exchange, flat(100 + gap)), 500)
    assert len(acted) / 30_000 == pytest.approx(rate, rel=0.03)


@pytest.mark.parametrize(
    ("value", "side"), [(101.29, None), (101.31, BUY), (98.71, None), (98.69, SELL), (100.0, None)]
)
def test_the_informed_trade_only_for_more_than_their_edge(
    exchange: Exchange, rest: Rest, value: float, side: Side | None
) -> None:
    rest(BUY, 99, 1_000)
    rest(SELL, 101, 1_000)
    wake(informed(exchange, flat(value)), 5)
    assert {trade.taker_side for _, trade in exchange.tape} == ({side} if side else set())


def test_the_informed_buy_up_to_their_valuation_and_no_further(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    for price in (101, 103, 104):
        rest(SELL, price)
    wake(informed(exchange, flat(103.6), mean_size=50.0), 5)
    assert [trade.price for _, trade in exchange.tape] == [101, 103]


def test_the_informed_sell_down_to_their_valuation_and_no_further(exchange: Exchange, rest: Rest) -> None:
    rest(SELL, 101)
    for price in (99, 97, 96):
        rest(BUY, price)
    wake(informed(exchange, flat(96.4), mean_size=50.0), 5)
    assert [trade.price for _, trade in exchange.tape] == [99, 97]


def test_the_informed_see_as_far_ahead_as_they_are_told(exchange: Exchange) -> None:
    spec = ValueSpec(sigma=1.0)
    now = informed(exchange, LatentValue([(0, spec)], 100, 1))
    ahead = informed(exchange, LatentValue([(0, spec)], 100, 1), ahead_s=8.0)
    truth = LatentValue([(0, spec)], 100, 1)
    (stream,) = now.draw(0, 60 * NS_PER_S)
    ahead.draw(0, 60 * NS_PER_S)
    times = stream.times.tolist()
    assert now._values == [truth.at(time) for time in times]
    assert ahead._values == [truth.at(time + 8 * NS_PER_S) for time in times]


def momentum(exchange: Exchange, **changes: float) -> Momentum:
    spec = {"rate": 1.0, "threshold": 4.0, "tau_s": 30.0, "mean_size": 1.0} | changes
    return Momentum(exchange, MomentumSpec(**spec), 1, MOMENTUM)


def move_to(exchange: Exchange, rest: Rest, mid: int) -> None:
    """Empty the book and quote a spread of two around another mid."""
    book_of(exchange).clear()
    rest(BUY, mid - 1, 1_000)
    rest(SELL, mid + 1, 1_000)


@pytest.mark.parametrize(("mid", "side"), [(104, None), (105, BUY), (96, None), (95, SELL)])
def test_momentum_follows_a_move_beyond_its_threshold(
    exchange: Exchange, rest: Rest, mid: int, side: Side | None
) -> None:
    move_to(exchange, rest, 100)
    trader = momentum(exchange)
    trader.draw(0, 60 * NS_PER_S)
    trader._wake(0, 0)
    move_to(exchange, rest, mid)
    trader._wake(1, 1)
    assert [trade.taker_side for _, trade in exchange.tape] == ([side] if side else [])


def test_momentum_s_average_is_exponential_in_time(exchange: Exchange, rest: Rest) -> None:
    move_to(exchange, rest, 100)
    trader = momentum(exchange, threshold=1_000.0)
    trader.draw(0, 60 * NS_PER_S)
    trader._wake(0, 0)
    move_to(exchange, rest, 200)
    trader._wake(30 * NS_PER_S, 1)
    # After one time constant it has covered 1 − 1/e of the way.
    assert trader._average == pytest.approx(200 - 100 * np.exp(-1))


def test_momentum_trades_no_further_than_its_collar(exchange: Exchange, rest: Rest) -> None:
    move_to(exchange, rest, 100)
    trader = momentum(exchange, mean_size=100.0, collar=5.0)
    trader.draw(0, 60 * NS_PER_S)
    trader._wake(0, 0)
    book_of(exchange).clear()
    rest(BUY, 109)
    for price in (111, 115, 116, 117):
        rest(SELL, price)
    trader._sizes[1] = 50
    trader._wake(1, 1)
    assert [trade.price for _, trade in exchange.tape] == [111, 115]

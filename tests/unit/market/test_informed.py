from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from mmtui.book import Side
from mmtui.market.book_market import INFORMED, MOMENTUM
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.informed import Informed, InformedSpec, Momentum, MomentumSpec
from mmtui.market.value.latent_value import LatentValue, ValueSpec
from mmtui.units import NS_PER_S
from tests.inside import book_of
from tests.unit.market.acting import MINUTE_NS, NotingExchange, act, action_of

Rest = Callable[..., int]
BUY, SELL = Side.BUY, Side.SELL


def flat(at: float) -> LatentValue:
    """A value that never moves."""
    return LatentValue([(0, ValueSpec(sigma=0.0))], at, 1)


def informed(exchange: Exchange, value: LatentValue, **changes: float) -> Informed:
    spec = {"rate": 0.4, "rate_per_gap": 0.2, "noise": 0.0, "edge": 0.3, "mean_size": 1.0} | changes
    return Informed(exchange, value, InformedSpec(**spec), 1, INFORMED)


def test_the_bounding_clock_runs_at_the_highest_rate_whatever_the_market_does(exchange: Exchange) -> None:
    # a + 10b = 2.4 a second over 12,000 s: 28,800 wakes, standard error 170, .6%.
    trader = informed(exchange, flat(100))
    drawn = [next(iter(trader.draw(b * 60 * NS_PER_S, (b + 1) * 60 * NS_PER_S))) for b in range(200)]
    assert sum(len(stream.times) for stream in drawn) == pytest.approx(28_800, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("gap", "rate"), [(3.0, 1.0), (10.0, 2.4), (40.0, 2.4)])
def test_wakes_are_thinned_to_a_rate_that_grows_with_the_gap(gap: float, rate: float) -> None:
    # Every wake has an edge and would take. Over 30,000 s the least rate gives 30,000: standard error .6%.
    exchange = NotingExchange(99, 101)
    act(informed(exchange, flat(100 + gap)), 500)
    assert len(exchange.taking) / 30_000 == pytest.approx(rate, rel=0.03)


@pytest.mark.parametrize(
    ("value", "side"), [(101.29, None), (101.31, BUY), (98.71, None), (98.69, SELL), (100.0, None)]
)
def test_the_informed_trade_only_for_more_than_their_edge(
    exchange: Exchange, rest: Rest, value: float, side: Side | None
) -> None:
    rest(BUY, 99, 1_000)
    rest(SELL, 101, 1_000)
    act(informed(exchange, flat(value)), 5)
    assert {trade.taker_side for _, trade in exchange.tape} == ({side} if side else set())


def test_the_informed_buy_up_to_their_valuation_and_no_further(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    for price in (101, 103, 104):
        rest(SELL, price)
    act(informed(exchange, flat(103.6), mean_size=50.0), 5)
    assert [trade.price for _, trade in exchange.tape] == [101, 103]


def test_the_informed_sell_down_to_their_valuation_and_no_further(exchange: Exchange, rest: Rest) -> None:
    rest(SELL, 101)
    for price in (99, 97, 96):
        rest(BUY, price)
    act(informed(exchange, flat(96.4), mean_size=50.0), 5)
    assert [trade.price for _, trade in exchange.tape] == [99, 97]


@pytest.mark.parametrize("ahead_s", [0.0, 8.0])
def test_the_informed_see_as_far_ahead_as_they_are_told(ahead_s: float) -> None:
    # They wake at a constant rate and take up to what they see, rounded towards the price.
    spec = ValueSpec(sigma=1.0)
    exchange = NotingExchange(100, 101)
    act(informed(exchange, LatentValue([(0, spec)], 100, 1), rate=2.0, rate_per_gap=0.0, ahead_s=ahead_s), 1)
    truth = LatentValue([(0, spec)], 100, 1)
    assert len(exchange.taking) > 30
    for order in exchange.taking:
        value = truth.at(order.now_ns + round(ahead_s * NS_PER_S))
        assert order.price == (math.floor(value) if order.side is BUY else math.ceil(value))


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
    (wakes,) = momentum(exchange).draw(0, MINUTE_NS)
    action_of(wakes)(0, 0)
    move_to(exchange, rest, mid)
    action_of(wakes)(1, 1)
    assert [trade.taker_side for _, trade in exchange.tape] == ([side] if side else [])


@pytest.mark.parametrize(("part", "trades"), [(0.999, 1), (1.001, 0)])
def test_momentum_s_average_is_exponential_in_time(exchange: Exchange, rest: Rest, part: float, trades: int) -> None:
    # After one time constant the average has covered 1 − 1/e of the way: the price is 100/e away from it.
    move_to(exchange, rest, 100)
    (wakes,) = momentum(exchange, threshold=part * 100 * math.exp(-1)).draw(0, MINUTE_NS)
    action_of(wakes)(0, 0)
    move_to(exchange, rest, 200)
    action_of(wakes)(30 * NS_PER_S, 1)
    assert exchange.trades == trades


def test_momentum_trades_no_further_than_its_collar(exchange: Exchange, rest: Rest) -> None:
    move_to(exchange, rest, 100)
    (wakes,) = momentum(exchange, mean_size=100.0, collar=5.0).draw(0, MINUTE_NS)
    action_of(wakes)(0, 0)
    book_of(exchange).clear()
    rest(BUY, 109)
    for price in (111, 115, 116, 117):
        rest(SELL, price)
    action_of(wakes)(1, 1)
    assert [trade.price for _, trade in exchange.tape] == [111, 115]

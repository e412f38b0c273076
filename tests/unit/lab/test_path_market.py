"""The market along a path: what a maker sees, and what becomes of his orders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmtui.book import Side
from mmtui.desk import Desk
from mmtui.lab.backtest.path_market import PathMarket
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import PublicTrade, Quotes, Rules
from mmtui.strategies.quoter import CancelOrder, PlaceOrder, ReduceOrder, requote

S = 1_000_000_000
BUY, SELL = Side.BUY, Side.SELL


def rules(latency_ns: int = 0, limit: int = 10) -> Rules:
    return Rules(
        end_ns=100 * S,
        interval_ns=S,
        latency_ns=latency_ns,
        position_limit=limit,
        max_order=limit,
        max_width=None,
        min_size=1,
        normal_spread=2.0,
        normal_volatility=1.0,
        normal_size=5,
        tick_value=1.0,
    )


def market(price: float = 100.0, spread: float = 2.0, latency_ns: int = 0, limit: int = 10) -> PathMarket:
    found = PathMarket(rules(latency_ns, limit), spread, 5, Desk(1.0, mid=price))
    found.move(0, price)
    return found


def send(target: PathMarket, *actions: PlaceOrder | CancelOrder | ReduceOrder) -> None:
    for action in actions:
        target.send(action)
    target.arrive()


# The others' quotes


@pytest.mark.parametrize(
    ("price", "spread", "bid", "ask"),
    [
        (100, 2, 99, 101),
        (100, 1, 99, 101),
        (100.5, 1, 100, 101),
        (100.2, 2, 99, 102),
        (100.5, 3, 99, 102),
        (1, 4, 1, 3),
    ],
)
def test_others_stand_half_the_spread_away_rounded_outwards(price: float, spread: float, bid: int, ask: int) -> None:
    found = market(price, spread)
    assert (found.best_bid, found.best_ask) == (bid, ask)
    assert (found.others_best(BUY), found.others_best(SELL)) == (bid, ask)


def test_depth_counts_own_orders_and_others_best_does_not() -> None:
    found = market(100, 6)
    send(found, PlaceOrder(BUY, 99, 2), PlaceOrder(BUY, 96, 1))
    assert [tuple(level) for level in found.depth(BUY, 3)] == [(99, 2, 1), (97, 5, 1), (96, 6, 2)]
    assert (found.best_bid, found.best_ask, found.mid) == (99, 103, 101)
    assert others_mid(found) == 100


# Orders


def test_quotes_become_orders_and_an_order_at_the_wanted_price_is_left_alone() -> None:
    found = market()
    for _ in range(2):
        for action in requote(Quotes(98.7, 101.2, 3, 2), found):
            found.send(action)
        found.arrive()
        assert [(o.order_id, o.side, o.price, o.quantity) for o in found.orders] == [(1, BUY, 98, 3), (2, SELL, 102, 2)]


def test_an_instruction_takes_effect_at_the_first_price_after_the_latency() -> None:
    found = market(latency_ns=S + 1)
    send(found, PlaceOrder(BUY, 99, 3))
    assert [order.quantity for order in found.orders] == [3]  # seen as on its way
    assert found.own_best(BUY) is None
    found.move(S, 100)
    assert found.own_best(BUY) is None
    found.move(2 * S, 100)
    assert found.own_best(BUY) == 99
    send(found, ReduceOrder(1, 1))
    assert [order.quantity for order in found.orders] == [2]
    send(found, CancelOrder(1))
    assert found.orders == []
    assert found.own_best(BUY) == 99
    assert found.depth(BUY, 1)[0].quantity == 8
    found.move(4 * S, 100)
    assert found.own_best(BUY) is None


def test_an_order_that_would_trade_on_arrival_is_refused() -> None:
    found = market(latency_ns=S)
    send(found, PlaceOrder(BUY, 100, 1), PlaceOrder(SELL, 101, 1))
    found.move(S, 98)  # others now ask 99
    assert [(order.side, order.price) for order in found.orders] == [(SELL, 101)]


def test_an_order_that_the_price_has_passed_is_withdrawn() -> None:
    found = market()
    send(found, PlaceOrder(BUY, 99, 1), PlaceOrder(SELL, 101, 1))
    found.move(S, 99)
    assert len(found.orders) == 2
    found.move(2 * S, 98)
    assert [order.side for order in found.orders] == [SELL]
    assert found.best_bid < found.best_ask


# Fills


def test_orders_that_are_reached_are_filled_whole_at_their_price() -> None:
    found = market()
    send(found, PlaceOrder(BUY, 99, 3), PlaceOrder(BUY, 97, 4), PlaceOrder(SELL, 101, 2))
    assert found.fill(S, BUY, 98.5, 100.0, 0.0) == 3
    assert found.fill(S, SELL, 100.5, 100.0, 0.0) == 0
    assert found.position == 3
    assert [order.price for order in found.orders] == [97, 101]
    [fill] = found.fills_since(0)
    assert (fill.time_ns, fill.side, fill.price, fill.quantity, fill.mid_before) == (S, BUY, 99, 3, 100.0)
    assert list(found.fills_since(S)) == []


def test_the_limit_stops_the_side_that_makes_the_position_larger_and_only_that() -> None:
    found = market(limit=4)
    send(found, PlaceOrder(BUY, 99, 3), PlaceOrder(BUY, 98, 3), PlaceOrder(SELL, 101, 3))
    assert found.fill(S, BUY, 0.0, 100.0, 0.0) == 4
    assert found.position == 4
    assert found.fill(S, BUY, 0.0, 100.0, 0.0) == 0
    assert found.fill(S, SELL, 1e9, 100.0, 0.0) == 3
    assert found.position == 1


def test_a_fee_is_in_basis_points_of_the_value() -> None:
    desk = Desk(2.0, mid=100.0)
    found = PathMarket(replace(rules(), tick_value=2.0), 2.0, 5, desk)
    found.move(0, 100.0)
    send(found, PlaceOrder(BUY, 99, 3))
    found.fill(S, BUY, 99.0, 100.0, 10.0)
    assert desk.fees == pytest.approx(99 * 3 * 2.0 * 0.001)


def test_trades_are_kept_two_minutes() -> None:
    found = market()
    for second in (1, 2, 122):
        found.print_trade(PublicTrade(second * S, BUY, 101, 1))
    assert [trade.time_ns // S for trade in found.trades_since(0)] == [2, 122]
    assert [trade.time_ns // S for trade in found.trades_since(2 * S)] == [122]

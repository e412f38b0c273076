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
    target.send(actions)


def best(target: PathMarket, side: Side) -> int | None:
    """The best price at which an own order rests."""
    return max(target.gateway.lots(side), key=lambda price: side * price, default=None)


def lots(target: PathMarket, side: Side, reach: float) -> int:
    """Fill what an order reaches, a price of 100 standing before, and count the lots."""
    return sum(fill.quantity for fill in target.fill(S, side, reach, 100.0))


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
    view = found.view
    assert (view.best_bid, view.best_ask) == (bid, ask)
    assert (view.others_best(BUY), view.others_best(SELL)) == (bid, ask)


def test_depth_counts_own_orders_and_others_best_does_not() -> None:
    found = market(100, 6)
    send(found, PlaceOrder(BUY, 99, 2), PlaceOrder(BUY, 96, 1))
    view = found.view
    assert [tuple(level) for level in view.depth(BUY, 3)] == [(99, 2, 1), (97, 5, 1), (96, 6, 2)]
    assert (view.best_bid, view.best_ask, view.mid) == (99, 103, 101)
    assert others_mid(view) == 100


def test_others_follow_the_price_with_ten_levels_a_side() -> None:
    found = market(100, 2)
    for price in (100, 104, 97.5, 4):
        found.move(0, price)
        for side, first in ((BUY, found.view.best_bid), (SELL, found.view.best_ask)):
            prices = [first - side * step for step in range(10) if first - side * step > 0]
            assert [tuple(level) for level in found.view.depth(side)] == [(price, 5, 1) for price in prices]


# Orders


def test_quotes_become_orders_and_an_order_at_the_wanted_price_is_left_alone() -> None:
    found = market()
    first_ids: tuple[int, ...] = ()
    for _ in range(2):
        found.send(requote(Quotes(98.7, 101.2, 3, 2), found.view))
        ids, orders = zip(*((o.order_id, (o.side, o.price, o.quantity)) for o in found.view.orders), strict=True)
        assert orders == ((BUY, 98, 3), (SELL, 102, 2))
        assert ids == (first_ids := first_ids or ids)


def test_an_instruction_takes_effect_at_the_first_price_after_the_latency() -> None:
    found = market(latency_ns=S + 1)
    send(found, PlaceOrder(BUY, 99, 3))
    [order] = found.view.orders
    assert order.quantity == 3  # seen as on its way
    assert best(found, BUY) is None
    found.move(S, 100)
    assert best(found, BUY) is None
    found.move(2 * S, 100)
    assert best(found, BUY) == 99
    send(found, ReduceOrder(order.order_id, 1))
    assert [order.quantity for order in found.view.orders] == [2]
    send(found, CancelOrder(order.order_id))
    assert found.view.orders == []
    assert best(found, BUY) == 99
    assert found.view.depth(BUY, 1)[0].quantity == 8
    found.move(4 * S, 100)
    assert best(found, BUY) is None


def test_what_arrives_between_two_prices_meets_the_later_one() -> None:
    found = market(latency_ns=S // 2)
    send(found, PlaceOrder(BUY, 100, 1), PlaceOrder(SELL, 103, 1))
    found.move(S, 102)  # others now bid 101 and ask 103: the bid no longer crosses
    assert [(order.side, order.price) for order in found.view.orders] == [(BUY, 100), (SELL, 103)]
    assert (best(found, BUY), best(found, SELL)) == (100, 103)


def test_an_order_that_would_trade_on_arrival_is_refused() -> None:
    found = market(latency_ns=S)
    send(found, PlaceOrder(BUY, 100, 1), PlaceOrder(SELL, 101, 1))
    found.move(S, 98)  # others now ask 99
    assert [(order.side, order.price) for order in found.view.orders] == [(SELL, 101)]


def test_an_order_that_the_price_has_passed_is_withdrawn() -> None:
    found = market()
    send(found, PlaceOrder(BUY, 99, 1), PlaceOrder(SELL, 101, 1))
    found.move(S, 99)
    assert len(found.view.orders) == 2
    found.move(2 * S, 98)
    assert [order.side for order in found.view.orders] == [SELL]
    assert found.view.best_bid < found.view.best_ask


# Fills


def test_orders_that_are_reached_are_filled_whole_at_their_price() -> None:
    found = market()
    send(found, PlaceOrder(BUY, 99, 3), PlaceOrder(BUY, 97, 4), PlaceOrder(SELL, 101, 2))
    [fill] = found.fill(S, BUY, 98.5, 100.0)
    assert found.fill(S, SELL, 100.5, 100.0) == []
    assert found.view.position == 3
    assert [order.price for order in found.view.orders] == [97, 101]
    [seen] = found.view.fills_since(0)
    for booked in (fill, seen):
        assert (booked.time_ns, booked.side, booked.price, booked.quantity) == (S, BUY, 99, 3)
        assert booked.mid_before == 100.0
    assert list(found.view.fills_since(S)) == []
    assert found.view.depth(BUY, 1)[0].quantity == 5


def test_the_limit_stops_the_side_that_makes_the_position_larger_and_only_that() -> None:
    found = market(limit=4)
    send(found, PlaceOrder(BUY, 99, 3), PlaceOrder(BUY, 98, 3), PlaceOrder(SELL, 101, 3))
    assert lots(found, BUY, 0.0) == 4
    assert found.view.position == 4
    # What the limit left of an order that was reached is withdrawn.
    assert [order.side for order in found.view.orders] == [SELL]
    assert lots(found, BUY, 0.0) == 0
    assert lots(found, SELL, 1e9) == 3
    assert found.view.position == 1


def test_a_fee_is_in_basis_points_of_the_value() -> None:
    desk = Desk(2.0, mid=100.0)
    found = PathMarket(replace(rules(), tick_value=2.0), 2.0, 5, desk, fee_bps=10.0)
    found.move(0, 100.0)
    send(found, PlaceOrder(BUY, 99, 3))
    found.fill(S, BUY, 99.0, 100.0)
    assert desk.fees == pytest.approx(99 * 3 * 2.0 * 0.001)


def test_trades_are_kept_two_minutes() -> None:
    found = market()
    for second in (1, 2, 122):
        found.others.print_trade(second * S, BUY, 101, 1)
    assert found.view.trades_since(0) == [PublicTrade(second * S, BUY, 101, 1) for second in (2, 122)]
    assert [trade.time_ns // S for trade in found.view.trades_since(2 * S)] == [122]

"""Trade imbalance and order-flow imbalance on cases worked by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mmtui.signals.imbalance import OrderFlowImbalance, TradeImbalance

S = 1_000_000_000


def test_no_trades_are_no_imbalance() -> None:
    assert TradeImbalance(10.0).value(0) == 0.0


def test_trades_weigh_by_their_lots() -> None:
    imbalance = TradeImbalance(10.0)
    imbalance.update(0, 6)
    imbalance.update(S, -2)
    assert imbalance.value(S) == 0.5


def test_one_sided_trading_is_one() -> None:
    imbalance = TradeImbalance(10.0)
    imbalance.update(0, -6)
    imbalance.update(S, -1)
    assert imbalance.value(S) == -1.0


def test_a_trade_leaves_when_it_is_a_window_old() -> None:
    imbalance = TradeImbalance(10.0)
    imbalance.update(0, 6)
    imbalance.update(4 * S, -2)
    assert imbalance.value(10 * S - 1) == 0.5
    assert imbalance.value(10 * S) == -1.0
    assert imbalance.value(14 * S) == 0.0


def test_balance_is_one_while_only_buyers_press_and_less_when_sellers_answer() -> None:
    flow = OrderFlowImbalance(10.0)
    assert flow.balance(0) == 0.0
    flow.update(0, 99, 10, 101, 8)
    flow.update(S, 99, 16, 101, 8)
    assert flow.balance(S) == 1.0
    flow.update(2 * S, 99, 16, 101, 10)
    assert flow.balance(2 * S) == (6 - 2) / (6 + 2)
    assert flow.balance(11 * S) == -1.0
    assert flow.balance(12 * S) == 0.0


def test_nothing_is_kept_beyond_the_window() -> None:
    trades, flow = TradeImbalance(1.0), OrderFlowImbalance(1.0)
    for i in range(1_000):
        trades.update(i * S // 10, 1)
        flow.update(i * S // 10, 99, 10 + i % 2, 101, 10)
    assert (len(trades._moves), len(flow._moves)) == (10, 10)


# From a best bid of 99 for 10 and a best ask of 101 for 8.
@pytest.mark.parametrize(
    ("bid", "bid_size", "ask", "ask_size", "e"),
    [
        (99, 10, 101, 8, 0),
        (99, 14, 101, 8, 4),
        (99, 7, 101, 8, -3),
        (100, 5, 101, 8, 5),
        (98, 20, 101, 8, -10),
        (99, 10, 101, 5, 3),
        (99, 10, 101, 12, -4),
        (99, 10, 100, 6, -6),
        (99, 10, 103, 9, 8),
        (100, 5, 102, 3, 13),
        (None, 0, 101, 8, -10),
        (99, 10, None, 0, 8),
        (None, 0, None, 0, -2),
    ],
    ids=[
        "nothing",
        "bid grows",
        "bid shrinks",
        "bid improves",
        "bid falls back",
        "ask shrinks",
        "ask grows",
        "ask improves",
        "ask falls back",
        "both up",
        "bids gone",
        "asks gone",
        "both gone",
    ],
)
def test_each_move_of_the_best_quotes_has_its_flow(
    bid: int | None, bid_size: int, ask: int | None, ask_size: int, e: int
) -> None:
    flow = OrderFlowImbalance(10.0)
    assert flow.update(0, 99, 10, 101, 8) == 0
    assert flow.update(1, bid, bid_size, ask, ask_size) == e
    assert flow.value(1) == e


def test_a_side_that_comes_back_counts_whole() -> None:
    flow = OrderFlowImbalance(10.0)
    flow.update(0, None, 0, 101, 8)
    assert flow.update(0, 99, 10, 101, 8) == 10


def test_a_mirrored_book_has_the_opposite_flow() -> None:
    quotes = [(99, 10, 101, 8), (99, 4, 101, 8), (98, 7, 100, 2), (98, 7, 102, 5), (101, 1, 102, 6)]
    flow, mirror = OrderFlowImbalance(10.0), OrderFlowImbalance(10.0)
    for bid, bid_size, ask, ask_size in quotes:
        e = flow.update(0, bid, bid_size, ask, ask_size)
        assert mirror.update(0, 200 - ask, ask_size, 200 - bid, bid_size) == -e
    assert flow.value(0) != 0


def test_flow_leaves_when_it_is_a_window_old() -> None:
    flow = OrderFlowImbalance(2.0)
    flow.update(0, 99, 10, 101, 8)
    flow.update(S, 99, 14, 101, 8)
    flow.update(2 * S, 99, 14, 101, 18)
    assert flow.value(2 * S) == 4 - 10
    assert flow.value(3 * S - 1) == 4 - 10
    assert flow.value(3 * S) == -10
    assert flow.value(4 * S) == 0


@pytest.mark.parametrize("make", [TradeImbalance, OrderFlowImbalance])
@pytest.mark.parametrize("window_s", [0.0, -1.0, float("nan")])
def test_the_window_must_be_positive(make: Callable[[float], object], window_s: float) -> None:
    with pytest.raises(ValueError, match="window_s must be positive"):
        make(window_s)

"""The desk's position, average entry, PnL, inventory and drawdown on cases worked by hand."""

from __future__ import annotations

import pytest

from mmtui.book import Side
from mmtui.desk import Desk, Fill, HedgeBook, PnL

S = 1_000_000_000


def trade(desk: Desk, side: Side, price: int, quantity: int, *, mid: float, now_ns: int = 0, fee: float = 0.0) -> Fill:
    return desk.fill(now_ns, side, price, quantity, mid, fee, maker=True, order_id=1, manual=False)


def test_a_new_desk_is_flat_and_has_earned_nothing() -> None:
    desk = Desk(1.0, mid=100.5)
    assert desk.position == desk.volume == desk.max_abs == 0
    assert desk.average_entry is None
    assert desk.attribution(250.0) == PnL(0.0, 0.0, 0.0, 0.0, 0.0)


def test_a_round_trip_at_an_unmoved_mid_earns_both_half_spreads_less_fees() -> None:
    desk = Desk(0.5, mid=100.5)
    trade(desk, Side.BUY, 99, 4, mid=100.5, fee=0.25)
    trade(desk, Side.SELL, 102, 4, mid=100.5, fee=0.25)
    assert desk.attribution(100.5) == PnL(total=5.5, spread=6.0, position=0.0, hedge=0.0, fees=0.5)
    assert desk.realised == 6.0
    assert desk.volume == 8


def test_a_buyer_run_over_earns_the_spread_and_loses_on_the_position() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.BUY, 99, 10, mid=100.0)
    assert desk.attribution(96.5) == PnL(total=-25.0, spread=10.0, position=-35.0, hedge=0.0, fees=0.0)


def test_two_fills_of_one_sweep_share_the_mid_before_it() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.SELL, 101, 2, mid=100.0)
    trade(desk, Side.SELL, 103, 2, mid=100.0)
    assert desk.attribution(104.0) == PnL(total=-8.0, spread=8.0, position=-16.0, hedge=0.0, fees=0.0)


def test_a_taker_pays_the_half_spread() -> None:
    desk = Desk(1.0, mid=100.0)
    desk.fill(0, Side.BUY, 101, 3, 100.0, 0.5, maker=False, order_id=7, manual=True)
    assert desk.attribution(100.0) == PnL(total=-3.5, spread=-3.0, position=0.0, hedge=0.0, fees=0.5)


def test_cash_is_the_total_without_the_position_s_value() -> None:
    desk = Desk(0.5, mid=100.0)
    trade(desk, Side.SELL, 102, 4, mid=100.0, fee=0.25)
    assert desk.cash == 0.5 * 4 * 102 - 0.25
    assert desk.total(103.0) == desk.cash - 0.5 * 4 * 103


def test_a_rebate_adds_to_the_total() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.BUY, 100, 1, mid=100.0, fee=-0.25)
    assert desk.total(100.0) == 0.25


def test_hedge_pnl_is_part_of_the_total() -> None:
    marks = {"put": 10.0}
    desk = Desk(1.0, mid=100.0, hedges=HedgeBook({"put": 5.0}, marks.__getitem__, {"put": -2.0}.__getitem__))
    trade(desk, Side.BUY, 99, 1, mid=100.0)
    desk.hedge_fill(0, "put", Side.BUY, 11, 2, mark=10.0, fee=0.75)
    assert desk.attribution(100.0) == PnL(total=-9.75, spread=1.0, position=0.0, hedge=-10.0, fees=0.75)
    assert desk.hedges.legs["put"].cost == 10.75
    marks["put"] = 12.5
    assert desk.attribution(100.0) == PnL(total=15.25, spread=1.0, position=0.0, hedge=15.0, fees=0.75)


def test_an_initial_position_is_entered_at_the_starting_mid() -> None:
    desk = Desk(2.0, position=500, mid=10_000.5)
    assert (desk.average_entry, desk.max_abs, desk.total(10_000.5)) == (10_000.5, 500, 0.0)
    assert desk.attribution(10_001.0) == PnL(total=500.0, spread=0.0, position=500.0, hedge=0.0, fees=0.0)
    assert (desk.realised, desk.unrealised(10_001.0)) == (0.0, 500.0)


def test_adding_averages_the_entry() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.SELL, 100, 1, mid=100.0)
    trade(desk, Side.SELL, 104, 3, mid=100.0)
    assert desk.average_entry == 103.0


def test_closing_a_part_realises_it_and_leaves_the_entry() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.BUY, 100, 4, mid=100.0)
    trade(desk, Side.SELL, 103, 3, mid=100.0)
    assert (desk.average_entry, desk.realised, desk.unrealised(102.0)) == (100.0, 9.0, 2.0)


def test_closing_all_leaves_nothing_unrealised() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.SELL, 100, 4, mid=100.0)
    trade(desk, Side.BUY, 99, 4, mid=100.0)
    assert (desk.average_entry, desk.realised, desk.unrealised(250.0)) == (None, 4.0, 0.0)


def test_trading_through_zero_starts_a_new_entry() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.BUY, 100, 4, mid=100.0)
    fill = trade(desk, Side.SELL, 103, 6, mid=102.0)
    assert (desk.position, fill.position_after) == (-2, -2)
    assert (desk.average_entry, desk.realised, desk.unrealised(100.0)) == (103.0, 12.0, 6.0)


def test_the_mean_position_is_weighted_by_time_and_ignores_the_sign() -> None:
    desk = Desk(1.0, mid=100.0, now_ns=5 * S)
    trade(desk, Side.BUY, 100, 6, mid=100.0, now_ns=7 * S)
    trade(desk, Side.SELL, 100, 10, mid=100.0, now_ns=8 * S)
    assert desk.mean_abs(10 * S) == (0 * 2 + 6 * 1 + 4 * 2) / 5
    assert desk.max_abs == 6


def test_the_mean_position_at_the_start_is_the_initial_one() -> None:
    assert Desk(1.0, position=-3, mid=100.0, now_ns=S).mean_abs(S) == 3.0


def test_the_net_position_counts_hedges_at_their_ratios_as_these_change() -> None:
    ratios = {"index": 2.0, "put": -4.0, "far": 0.0}
    marks = dict.fromkeys(ratios, 0.0)
    desk = Desk(1.0, position=10, mid=100.0, hedges=HedgeBook(marks, marks.__getitem__, ratios.__getitem__))
    # Two contracts of the index hedge a lot, and so do four puts; the last hedges nothing.
    desk.hedge_fill(1 * S, "index", Side.SELL, 5, 8, mark=5.0, fee=0.0)
    assert desk.net == 6.0
    desk.hedge_fill(2 * S, "put", Side.BUY, 5, 32, mark=5.0, fee=0.0)
    desk.hedge_fill(2 * S, "far", Side.BUY, 5, 32, mark=5.0, fee=0.0)
    assert desk.net == -2.0
    ratios["put"] = -8.0
    desk.weigh(4 * S)
    assert desk.net == 2.0
    trade(desk, Side.SELL, 100, 5, mid=100.0, now_ns=5 * S)
    assert desk.net == -3.0
    assert desk.mean_net(7 * S) == (10 * 1 + 6 * 1 + 2 * 2 + 2 * 1 + 3 * 2) / 7
    assert desk.mean_abs(7 * S) == (10 * 5 + 5 * 2) / 7


def test_without_hedges_the_net_position_is_the_position() -> None:
    desk = Desk(1.0, position=-3, mid=100.0)
    trade(desk, Side.BUY, 100, 5, mid=100.0, now_ns=2 * S)
    assert (desk.net, desk.mean_net(3 * S)) == (2.0, desk.mean_abs(3 * S)) == (2.0, 8 / 3)


def test_the_drawdown_is_the_largest_fall_from_the_highest_total() -> None:
    desk = Desk(1.0, position=1, mid=100.0)
    for mid in (98.0, 105.0, 101.0, 106.0, 99.0, 110.0, 105.0):
        desk.mark(mid)
    assert desk.drawdown == 7.0


def test_the_drawdown_counts_from_zero_when_the_desk_never_makes_money() -> None:
    desk = Desk(1.0, position=1, mid=100.0)
    desk.mark(96.0)
    assert desk.drawdown == 4.0


def test_a_fill_is_marked_at_the_mid_before_it() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.BUY, 104, 2, mid=100.0)
    assert desk.drawdown == 8.0


def test_a_fill_keeps_what_it_was_booked_with() -> None:
    desk = Desk(1.0, mid=100.0)
    fill = desk.fill(3, Side.SELL, 101, 2, 100.5, 0.1, maker=False, order_id=42, manual=True, other_id=9)
    assert fill == Fill(3, Side.SELL, 101, 2, 100.5, 0.1, False, 42, True, -2, 9, [None, None, None])
    assert desk.fills == [fill]


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_fill_of_no_lots_is_refused_and_changes_nothing(quantity: int) -> None:
    desk = Desk(1.0, mid=100.0)
    with pytest.raises(ValueError, match="at least one lot"):
        trade(desk, Side.BUY, 100, quantity, mid=100.0)
    assert (desk.position, desk.fills) == (0, [])


def test_a_fill_out_of_order_is_refused_and_changes_nothing() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, Side.BUY, 100, 1, mid=100.0, now_ns=10)
    with pytest.raises(ValueError, match="earlier than the last"):
        trade(desk, Side.BUY, 100, 1, mid=100.0, now_ns=9)
    assert desk.position == 1

"""Markouts by horizon on cases worked by hand."""

from __future__ import annotations

from copy import deepcopy

from mmtui.book import Side
from mmtui.desk import HORIZONS_NS, Desk, Fill

S = 1_000_000_000


def trade(desk: Desk, now_ns: int, side: Side, price: int, quantity: int, mid: float) -> Fill:
    return desk.fill(now_ns, side, price, quantity, mid, 0.0, maker=True, order_id=1, manual=False)


def test_the_horizons_are_one_ten_and_sixty_seconds() -> None:
    assert HORIZONS_NS == (S, 10 * S, 60 * S)


def test_without_fills_nothing_is_due() -> None:
    desk = Desk(1.0, mid=100.0)
    assert desk.next_due_ns is None
    desk.mature(100 * S, 100.0)
    assert [desk.markout(h) for h in range(3)] == [None, None, None]
    assert desk.recent_markout(0, 5) is None


def test_each_horizon_takes_the_mid_at_its_own_instant() -> None:
    desk = Desk(1.0, mid=100.0)
    fill = trade(desk, 2 * S, Side.SELL, 101, 5, 100.0)
    due = []
    for mid in (102.0, 100.5, 98.0):
        assert desk.next_due_ns is not None
        due.append(desk.next_due_ns)
        desk.mature(desk.next_due_ns, mid)
    assert due == [3 * S, 12 * S, 62 * S]
    assert fill.markouts == [-1.0, 0.5, 3.0]
    assert desk.next_due_ns is None


def test_a_markout_is_not_taken_a_nanosecond_early() -> None:
    desk = Desk(1.0, mid=100.0)
    fill = trade(desk, 0, Side.BUY, 99, 1, 100.0)
    desk.mature(S - 1, 100.0)
    assert fill.markouts[0] is None
    assert desk.next_due_ns == S


def test_a_new_fill_comes_due_before_an_older_ones_longer_horizon() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, 0, Side.BUY, 99, 1, 100.0)
    desk.mature(S, 100.0)
    assert desk.next_due_ns == 10 * S
    trade(desk, 3 * S, Side.BUY, 99, 1, 100.0)
    assert desk.next_due_ns == 4 * S


def test_a_new_fill_does_not_put_off_what_is_due_sooner() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, 0, Side.BUY, 99, 1, 100.0)
    trade(desk, S // 2, Side.BUY, 99, 1, 100.0)
    assert desk.next_due_ns == S


def test_the_mean_is_weighted_by_quantity() -> None:
    desk = Desk(1.0, mid=100.0)
    trade(desk, 0, Side.BUY, 99, 1, 100.0)
    trade(desk, 0, Side.SELL, 101, 3, 100.0)
    desk.mature(S, 102.0)
    assert desk.markout(0) == (1 * 3.0 + 3 * -1.0) / 4
    assert desk.markout(1) is None


def test_the_recent_mean_takes_the_last_fills_that_are_due() -> None:
    desk = Desk(1.0, mid=100.0)
    for i, price in enumerate((90, 98, 97, 50)):
        trade(desk, i * S, Side.BUY, price, i + 1, 100.0)
        desk.mature(i * S, 100.0)
    # The last one is not due yet.
    assert desk.recent_markout(0, 2) == (2 * 2.0 + 3 * 3.0) / 5
    assert desk.recent_markout(0, 99) == desk.markout(0) == (10.0 + 4.0 + 9.0) / 6
    assert desk.recent_markout(0, 0) is None


def test_what_is_overdue_at_several_horizons_is_taken_at_once() -> None:
    desk = Desk(1.0, mid=100.0)
    first = trade(desk, 0, Side.BUY, 99, 1, 100.0)
    second = trade(desk, 55 * S, Side.BUY, 98, 1, 100.0)
    desk.mature(60 * S, 100.0)
    assert first.markouts == [1.0, 1.0, 1.0]
    assert second.markouts == [2.0, None, None]
    assert desk.next_due_ns == 65 * S


def test_a_copy_of_a_fill_is_its_own_until_it_changes_no_more() -> None:
    desk = Desk(1.0, mid=100.0)
    fill = trade(desk, 0, Side.BUY, 99, 1, 100.0)
    desk.mature(S, 101.0)
    copy = deepcopy(fill)
    desk.mature(10 * S, 102.0)
    assert (copy.markouts, fill.markouts) == ([2.0, None, None], [2.0, 3.0, None])
    assert not fill.is_finished
    desk.mature(60 * S, 103.0)
    assert fill.is_finished
    assert deepcopy(fill) is fill

"""Self-trade prevention: decided order by order, as an owner's orders are met in the queue."""

from __future__ import annotations

import pytest

from mmtui.book import OrderBook, OrderReport, OrderStatus, Reason, SelfTrade, TimeInForce
from tests.unit.book.helpers import BUY, SELL, fills, picture

FOK = TimeInForce.FOK


def make_book(self_trade: SelfTrade) -> OrderBook:
    """My orders stand behind others', deep in the first level and again in the second."""
    book = OrderBook(self_trade=self_trade)
    book.limit(1, SELL, 101, 5, owner="ann")
    book.limit(2, SELL, 101, 3, owner="me")
    book.limit(3, SELL, 101, 4)
    book.limit(4, SELL, 102, 2, owner="me")
    book.limit(5, SELL, 102, 6, owner="bob")
    return book


def test_allowed_self_trade_is_a_trade_like_any_other() -> None:
    book = make_book(SelfTrade.ALLOW)

    assert fills(book.limit(9, BUY, 101, 10, owner="me")) == [(1, 101, 5), (2, 101, 3), (3, 101, 2)]


def test_cancel_resting_removes_own_orders_met_and_trades_on_past_them() -> None:
    book = make_book(SelfTrade.CANCEL_RESTING)

    report = book.limit(9, BUY, 102, 12, owner="me")

    assert report.status is OrderStatus.FILLED
    assert fills(report) == [(1, 101, 5), (3, 101, 4), (5, 102, 3)]
    assert report.removed == (2, 4)
    assert picture(book)[1] == [(102, [(5, 3)])]
    assert book.quantity_at(SELL, 102) == 3


def test_cancel_resting_leaves_own_orders_that_are_not_met() -> None:
    book = make_book(SelfTrade.CANCEL_RESTING)

    report = book.limit(9, BUY, 102, 5, owner="me")

    assert (fills(report), report.removed) == ([(1, 101, 5)], ())
    assert picture(book)[1] == [(101, [(2, 3), (3, 4)]), (102, [(4, 2), (5, 6)])]


def test_cancel_resting_keeps_the_place_of_a_partly_filled_order_behind_the_removed() -> None:
    book = make_book(SelfTrade.CANCEL_RESTING)

    report = book.limit(9, BUY, 101, 6, owner="me")

    assert (fills(report), report.removed) == ([(1, 101, 5), (3, 101, 1)], (2,))
    assert picture(book)[1][0] == (101, [(3, 3)])


def test_cancel_resting_of_a_whole_level_lets_the_order_rest() -> None:
    book = OrderBook(self_trade=SelfTrade.CANCEL_RESTING)
    book.limit(1, SELL, 101, 5, owner="me")

    assert book.limit(2, BUY, 101, 4, owner="me") == OrderReport(OrderStatus.RESTING, removed=(1,))
    assert picture(book) == ([(101, [(2, 4)])], [])


def test_cancel_incoming_trades_up_to_the_own_order_and_cancels_the_rest() -> None:
    book = make_book(SelfTrade.CANCEL_INCOMING)

    report = book.limit(9, BUY, 102, 12, owner="me")

    assert (report.status, report.reason) == (OrderStatus.CANCELLED, Reason.SELF_TRADE)
    assert fills(report) == [(1, 101, 5)]
    assert picture(book) == ([], [(101, [(2, 3), (3, 4)]), (102, [(4, 2), (5, 6)])])


def test_cancel_incoming_does_not_mind_own_orders_behind_what_it_needs() -> None:
    book = make_book(SelfTrade.CANCEL_INCOMING)

    assert book.limit(9, BUY, 102, 5, owner="me").status is OrderStatus.FILLED


def test_cancel_incoming_at_the_head_of_the_queue_changes_nothing() -> None:
    book = make_book(SelfTrade.CANCEL_INCOMING)
    book.cancel(1)
    before = picture(book)

    assert book.market(9, BUY, 1, owner="me") == OrderReport(OrderStatus.CANCELLED, reason=Reason.SELF_TRADE)
    assert picture(book) == before


def test_fok_does_not_count_own_orders_that_would_be_cancelled() -> None:
    book = make_book(SelfTrade.CANCEL_RESTING)
    before = picture(book)

    assert book.limit(9, BUY, 101, 10, FOK, owner="me") == OrderReport(
        OrderStatus.CANCELLED, reason=Reason.NOT_FILLABLE
    )
    assert picture(book) == before
    assert book.limit(9, BUY, 101, 9, FOK, owner="me").removed == (2,)


def test_fok_does_not_count_what_stands_behind_an_own_order_that_would_stop_it() -> None:
    book = make_book(SelfTrade.CANCEL_INCOMING)

    assert book.limit(9, BUY, 102, 6, FOK, owner="me").reason is Reason.NOT_FILLABLE
    assert fills(book.limit(9, BUY, 102, 5, FOK, owner="me")) == [(1, 101, 5)]


def test_fok_of_another_owner_counts_every_order() -> None:
    book = make_book(SelfTrade.CANCEL_INCOMING)

    assert book.limit(9, BUY, 102, 20, FOK, owner="eve").status is OrderStatus.FILLED


@pytest.mark.parametrize("self_trade", SelfTrade)
def test_orders_without_an_owner_are_never_own(self_trade: SelfTrade) -> None:
    book = OrderBook(self_trade=self_trade)
    book.limit(1, SELL, 101, 5)
    book.limit(2, SELL, 101, 5, owner="me")

    assert fills(book.market(9, BUY, 10)) == [(1, 101, 5), (2, 101, 5)]


def test_market_order_is_guarded_too() -> None:
    book = make_book(SelfTrade.CANCEL_RESTING)

    report = book.market(9, BUY, 100, owner="me")

    assert (report.reason, report.filled, report.removed) == (Reason.NO_LIQUIDITY, 15, (2, 4))
    assert len(book) == 0


def test_replaced_order_keeps_its_owner() -> None:
    book = make_book(SelfTrade.CANCEL_INCOMING)
    book.limit(9, BUY, 90, 1, owner="me")
    book.cancel(1)

    assert book.replace(9, 101, 1).reason is Reason.SELF_TRADE
    assert 9 not in book


def test_remainder_that_rests_keeps_its_owner() -> None:
    book = OrderBook(self_trade=SelfTrade.CANCEL_RESTING)
    book.limit(1, SELL, 101, 1)
    book.limit(2, BUY, 101, 5, owner="me")

    assert book.market(3, SELL, 5, owner="me").removed == (2,)


@pytest.mark.parametrize("fate", ["cancelled", "filled", "removed"])
def test_reused_id_does_not_inherit_the_dead_orders_owner(fate: str) -> None:
    book = OrderBook(self_trade=SelfTrade.CANCEL_RESTING)
    book.limit(1, SELL, 101, 1, owner="me")
    if fate == "cancelled":
        book.cancel(1)
    else:
        book.market(2, BUY, 1, owner="me" if fate == "removed" else "bob")
    book.limit(1, SELL, 101, 1)

    assert book.market(2, BUY, 1, owner="me").status is OrderStatus.FILLED


def test_post_only_is_refused_at_an_own_order_too() -> None:
    book = OrderBook(self_trade=SelfTrade.CANCEL_RESTING)
    book.limit(1, SELL, 101, 1, owner="me")

    assert book.limit(2, BUY, 101, 1, post_only=True, owner="me").reason is Reason.WOULD_TRADE
    assert 1 in book

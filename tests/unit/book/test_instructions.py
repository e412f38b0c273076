"""Each instruction, and what it leaves behind."""

from __future__ import annotations

import pytest

from mmtui.book import Depth, OrderBook, OrderReport, OrderStatus, QueueAhead, Reason, Side, TimeInForce, Trade
from tests.unit.book.helpers import BUY, SELL, fills, picture

IOC, FOK = TimeInForce.IOC, TimeInForce.FOK


@pytest.fixture
def book() -> OrderBook:
    """Two offers at 101, one at 102; one bid at 99."""
    book = OrderBook("ABC")
    book.limit(1, SELL, 101, 5)
    book.limit(2, SELL, 101, 7)
    book.limit(3, SELL, 102, 4)
    book.limit(4, BUY, 99, 6)
    return book


# Limit


def test_limit_order_that_does_not_cross_rests(book: OrderBook) -> None:
    assert book.limit(10, BUY, 100, 3) == OrderReport(OrderStatus.RESTING)
    assert picture(book) == ([(100, [(10, 3)]), (99, [(4, 6)])], [(101, [(1, 5), (2, 7)]), (102, [(3, 4)])])


def test_limit_order_trades_at_the_resting_price_and_reports_every_match(book: OrderBook) -> None:
    report = book.limit(10, BUY, 105, 14)

    assert report == OrderReport(
        OrderStatus.FILLED, (Trade(101, 5, 1, 10, BUY), Trade(101, 7, 2, 10, BUY), Trade(102, 2, 3, 10, BUY))
    )
    assert report.filled == 14
    assert picture(book) == ([(99, [(4, 6)])], [(102, [(3, 2)])])


def test_sell_order_trades_at_the_higher_resting_bid(book: OrderBook) -> None:
    assert fills(book.limit(10, SELL, 95, 2)) == [(4, 99, 2)]


def test_limit_order_at_exactly_the_best_price_trades(book: OrderBook) -> None:
    assert fills(book.limit(10, BUY, 101, 1)) == [(1, 101, 1)]


def test_limit_order_does_not_trade_beyond_its_price_and_rests_what_is_left(book: OrderBook) -> None:
    report = book.limit(10, BUY, 101, 15)

    assert report.status is OrderStatus.RESTING
    assert fills(report) == [(1, 101, 5), (2, 101, 7)]
    assert picture(book) == ([(101, [(10, 3)]), (99, [(4, 6)])], [(102, [(3, 4)])])


def test_sell_order_rests_what_is_left_at_its_own_price(book: OrderBook) -> None:
    report = book.limit(10, SELL, 98, 8)

    assert fills(report) == [(4, 99, 6)]
    assert book.best_ask == 98
    assert book.remaining(10) == 2


def test_first_come_is_first_served_whatever_the_sizes() -> None:
    book = OrderBook()
    for order_id, quantity in ((1, 9), (2, 1), (3, 5)):
        book.limit(order_id, BUY, 100, quantity)

    assert fills(book.market(9, SELL, 12)) == [(1, 100, 9), (2, 100, 1), (3, 100, 2)]


def test_better_price_goes_before_earlier_arrival() -> None:
    book = OrderBook()
    book.limit(1, BUY, 100, 1)
    book.limit(2, BUY, 101, 1)

    assert fills(book.market(9, SELL, 2)) == [(2, 101, 1), (1, 100, 1)]


def test_partial_fill_keeps_priority(book: OrderBook) -> None:
    book.limit(10, BUY, 101, 2)
    book.limit(11, SELL, 101, 1)

    assert picture(book)[1][0] == (101, [(1, 3), (2, 7), (11, 1)])
    assert fills(book.limit(12, BUY, 101, 4)) == [(1, 101, 3), (2, 101, 1)]


# Time in force


def test_ioc_cancels_what_does_not_trade_at_once(book: OrderBook) -> None:
    report = book.limit(10, BUY, 101, 20, IOC)

    assert (report.status, report.reason) == (OrderStatus.CANCELLED, Reason.NO_LIQUIDITY)
    assert fills(report) == [(1, 101, 5), (2, 101, 7)]
    assert picture(book) == ([(99, [(4, 6)])], [(102, [(3, 4)])])


def test_ioc_that_trades_in_full_is_filled(book: OrderBook) -> None:
    assert book.limit(10, BUY, 101, 12, IOC).status is OrderStatus.FILLED


def test_ioc_that_does_not_cross_is_cancelled_whole(book: OrderBook) -> None:
    before = picture(book)

    assert book.limit(10, BUY, 99, 1, IOC) == OrderReport(OrderStatus.CANCELLED, reason=Reason.NO_LIQUIDITY)
    assert book.limit(10, BUY, 100, 1, IOC) == OrderReport(OrderStatus.CANCELLED, reason=Reason.NO_LIQUIDITY)
    assert picture(book) == before
    assert 10 not in book


def test_fok_trades_everything_at_once_over_several_levels(book: OrderBook) -> None:
    report = book.limit(10, BUY, 102, 16, FOK)

    assert report.status is OrderStatus.FILLED
    assert fills(report) == [(1, 101, 5), (2, 101, 7), (3, 102, 4)]


@pytest.mark.parametrize(("price", "quantity"), [(101, 13), (102, 17), (100, 1), (99, 1)])
def test_fok_that_cannot_trade_in_full_moves_nothing(book: OrderBook, price: int, quantity: int) -> None:
    before = picture(book)

    assert book.limit(10, BUY, price, quantity, FOK) == OrderReport(OrderStatus.CANCELLED, reason=Reason.NOT_FILLABLE)
    assert picture(book) == before
    assert 10 not in book


def test_sell_fok_counts_bids_down_to_its_price_only(book: OrderBook) -> None:
    book.limit(5, BUY, 98, 10)

    assert book.limit(10, SELL, 99, 7, FOK).reason is Reason.NOT_FILLABLE
    assert fills(book.limit(10, SELL, 98, 7, FOK)) == [(4, 99, 6), (5, 98, 1)]


# Post-only


def test_post_only_order_that_does_not_cross_rests(book: OrderBook) -> None:
    assert book.limit(10, BUY, 100, 1, post_only=True).status is OrderStatus.RESTING


@pytest.mark.parametrize(("side", "price"), [(BUY, 101), (BUY, 200), (SELL, 99), (SELL, 1)])
def test_post_only_order_that_would_trade_is_rejected(book: OrderBook, side: Side, price: int) -> None:
    before = picture(book)

    assert book.limit(10, side, price, 1, post_only=True) == OrderReport(
        OrderStatus.REJECTED, reason=Reason.WOULD_TRADE
    )
    assert picture(book) == before


# Market


def test_market_order_takes_the_best_prices_first(book: OrderBook) -> None:
    assert fills(book.market(10, BUY, 13)) == [(1, 101, 5), (2, 101, 7), (3, 102, 1)]


def test_what_a_market_order_cannot_trade_is_cancelled(book: OrderBook) -> None:
    report = book.market(10, BUY, 20)

    assert (report.status, report.reason, report.filled) == (OrderStatus.CANCELLED, Reason.NO_LIQUIDITY, 16)
    assert picture(book) == ([(99, [(4, 6)])], [])


@pytest.mark.parametrize("side", Side)
def test_market_order_in_an_empty_book_is_cancelled(side: Side) -> None:
    book = OrderBook()

    assert book.market(1, side, 5) == OrderReport(OrderStatus.CANCELLED, reason=Reason.NO_LIQUIDITY)
    assert len(book) == 0


def test_market_order_takes_even_a_price_too_large_for_a_float() -> None:
    book = OrderBook()
    book.limit(1, BUY, 10**400, 1)

    assert fills(book.market(2, SELL, 1)) == [(1, 10**400, 1)]


# Cancel


def test_cancel_takes_an_order_out_of_its_queue(book: OrderBook) -> None:
    assert book.cancel(1) == OrderReport(OrderStatus.CANCELLED)
    assert picture(book)[1] == [(101, [(2, 7)]), (102, [(3, 4)])]
    assert book.quantity_at(SELL, 101) == 7


def test_cancel_of_the_last_order_closes_the_level(book: OrderBook) -> None:
    book.cancel(1)
    book.cancel(2)

    assert book.best_ask == 102
    assert book.depth(SELL) == [Depth(102, 4, 1)]
    assert book.quantity_at(SELL, 101) == 0


def test_cancel_after_a_partial_fill_takes_what_is_left(book: OrderBook) -> None:
    book.market(10, BUY, 3)
    book.cancel(1)

    assert book.quantity_at(SELL, 101) == 7


def test_id_of_a_dead_order_can_be_used_again(book: OrderBook) -> None:
    book.cancel(1)

    assert book.limit(1, BUY, 98, 1).status is OrderStatus.RESTING
    assert book.price_of(1) == 98


# Reduce


def test_reduce_keeps_the_place_in_the_queue(book: OrderBook) -> None:
    assert book.reduce(1, 4) == OrderReport(OrderStatus.RESTING)
    assert picture(book)[1][0] == (101, [(1, 1), (2, 7)])
    assert book.quantity_at(SELL, 101) == 8


@pytest.mark.parametrize("quantity", [5, 6])
def test_reduce_to_nothing_or_less_is_rejected(book: OrderBook, quantity: int) -> None:
    before = picture(book)

    assert book.reduce(1, quantity) == OrderReport(OrderStatus.REJECTED, reason=Reason.NOT_A_REDUCTION)
    assert picture(book) == before


# Replace


def test_replace_moves_to_the_back_of_the_new_level(book: OrderBook) -> None:
    assert book.replace(1, 102, 9) == OrderReport(OrderStatus.RESTING)
    assert picture(book)[1] == [(101, [(2, 7)]), (102, [(3, 4), (1, 9)])]


@pytest.mark.parametrize("quantity", [3, 5, 8])
def test_replace_at_the_same_price_loses_the_place(book: OrderBook, quantity: int) -> None:
    book.replace(1, 101, quantity)

    assert picture(book)[1][0] == (101, [(2, 7), (1, quantity)])
    assert book.queue_ahead(1) == QueueAhead(7, 1)


def test_replace_may_trade(book: OrderBook) -> None:
    report = book.replace(4, 101, 8)

    assert report == OrderReport(OrderStatus.FILLED, (Trade(101, 5, 1, 4, BUY), Trade(101, 3, 2, 4, BUY)))
    assert picture(book) == ([], [(101, [(2, 4)]), (102, [(3, 4)])])


def test_replace_that_trades_in_part_rests_what_is_left_under_its_id(book: OrderBook) -> None:
    report = book.replace(4, 101, 20)

    assert (report.status, report.filled) == (OrderStatus.RESTING, 12)
    assert picture(book) == ([(101, [(4, 8)])], [(102, [(3, 4)])])


@pytest.mark.parametrize(("order_id", "price"), [(4, 101), (4, 150), (1, 99), (1, 50)])
def test_post_only_replace_that_would_trade_leaves_the_old_order(book: OrderBook, order_id: int, price: int) -> None:
    before = picture(book)

    assert book.replace(order_id, price, 8, post_only=True) == OrderReport(
        OrderStatus.REJECTED, reason=Reason.WOULD_TRADE
    )
    assert picture(book) == before


def test_post_only_replace_that_would_not_trade_rests(book: OrderBook) -> None:
    assert book.replace(4, 100, 8, post_only=True).status is OrderStatus.RESTING
    assert book.best_bid == 100


def test_replaced_order_does_not_trade_with_its_old_self() -> None:
    book = OrderBook()
    book.limit(1, BUY, 100, 5)

    assert book.replace(1, 90, 5).status is OrderStatus.RESTING
    assert picture(book) == ([(90, [(1, 5)])], [])


# Clear, and several books


def test_clear_empties_the_book_and_it_can_be_used_again(book: OrderBook) -> None:
    bids = book.bids
    book.limit(10, BUY, 100, 1, owner="me")
    book.clear()

    assert picture(book) == ([], [])
    assert (len(book), book.best_bid, book.best_ask) == (0, None, None)
    assert book.limit(1, BUY, 105, 2).status is OrderStatus.RESTING
    assert bids is book.bids, "a side once taken hold of stays the book's"
    assert bids.best is not None
    assert bids.best.price == 105


def test_several_symbols_are_several_books() -> None:
    books = {symbol: OrderBook(symbol) for symbol in ("ABC", "XYZ")}
    books["ABC"].limit(1, BUY, 100, 5)

    assert books["XYZ"].market(2, SELL, 5).reason is Reason.NO_LIQUIDITY
    assert books["XYZ"].limit(1, SELL, 90, 5).status is OrderStatus.RESTING
    assert books["ABC"].best_ask is None
    assert [book.symbol for book in books.values()] == ["ABC", "XYZ"]

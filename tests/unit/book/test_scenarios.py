"""Longer hand-made scenarios, and the notebook's engine and book put right."""

from __future__ import annotations

from mmtui.book import Depth, OrderBook, OrderReport, OrderStatus, QueueAhead, Reason, Trade
from tests.unit.book.helpers import BUY, SELL, fills, picture


def test_level_of_a_thousand_orders_is_eaten_one_lot_at_a_time() -> None:
    book = OrderBook()
    for order_id in range(1_000):
        book.limit(order_id, SELL, 100, 2)

    for step in range(2_000):
        assert book.queue_ahead(999) == QueueAhead(2 * 999 - min(step, 1_998), 999 - min(step // 2, 999))
        report = book.market(10_000 + step, BUY, 1)
        assert fills(report) == [(step // 2, 100, 1)]
        assert book.quantity_at(SELL, 100) == 1_999 - step
    assert (len(book), book.best_ask) == (0, None)


def test_level_of_a_thousand_orders_is_swept_in_one_order() -> None:
    book = OrderBook()
    for order_id in range(1_000):
        book.limit(order_id, BUY, 100, 1 + order_id % 3)
    lots = book.quantity_at(BUY, 100)

    report = book.limit(5_000, SELL, 90, lots + 7)

    assert [trade.maker_id for trade in report.trades] == list(range(1_000))
    assert (report.filled, report.status) == (lots, OrderStatus.RESTING)
    assert picture(book) == ([], [(90, [(5_000, 7)])])


def test_thousand_levels_are_swept_from_the_best_on() -> None:
    book = OrderBook()
    for price in range(1_000, 0, -1):
        book.limit(price, SELL, price, 1)

    report = book.market(5_000, BUY, 999)

    assert [trade.price for trade in report.trades] == list(range(1, 1_000))
    assert book.depth(SELL) == [Depth(1_000, 1, 1)]


def test_queue_that_turns_over_many_times_stays_first_come_first_served() -> None:
    book = OrderBook()
    standing = list(range(50))
    for order_id in standing:
        book.limit(order_id, BUY, 100, 1)

    for order_id in range(50, 5_000):
        book.limit(order_id, BUY, 100, 1)
        standing.append(order_id)
        if order_id % 7 == 0:
            book.cancel(standing.pop(len(standing) // 2))
        else:
            assert fills(book.market(100_000, SELL, 1)) == [(standing.pop(0), 100, 1)]
        assert book.queue_ahead(standing[-1]) == QueueAhead(len(standing) - 1, len(standing) - 1)


def test_touch_moves_up_and_down_as_levels_open_and_close() -> None:
    book = OrderBook()
    touch: list[tuple[int | None, int | None]] = []

    def look(report: OrderReport) -> None:
        assert report.accepted
        touch.append((book.best_bid, book.best_ask))

    look(book.limit(1, BUY, 99, 1))
    look(book.limit(2, SELL, 103, 1))
    look(book.limit(3, BUY, 101, 1))
    look(book.limit(4, SELL, 102, 1))
    look(book.cancel(3))
    look(book.limit(5, BUY, 102, 2))
    look(book.market(6, SELL, 1))
    look(book.replace(2, 99, 1))

    assert touch == [
        (99, None),
        (99, 103),
        (101, 103),
        (101, 102),
        (99, 102),
        (102, 103),
        (99, 103),
        (None, None),
    ]


def test_ladder_of_a_day_in_small() -> None:
    """An opening ladder, a maker who quotes inside it, is hit, requotes and is run over."""
    book = OrderBook()
    for order_id, (side, price, quantity) in enumerate(
        [(BUY, 9_998, 300), (BUY, 9_997, 500), (SELL, 10_003, 200), (SELL, 10_004, 400)], start=1
    ):
        book.limit(order_id, side, price, quantity)
    book.limit(11, BUY, 9_999, 100, post_only=True, owner="maker")
    book.limit(12, SELL, 10_001, 100, post_only=True, owner="maker")

    assert fills(book.market(21, SELL, 60)) == [(11, 9_999, 60)]
    assert book.limit(13, SELL, 9_999, 100, post_only=True, owner="maker").reason is Reason.WOULD_TRADE
    assert book.replace(12, 10_000, 100, post_only=True).status is OrderStatus.RESTING
    assert fills(book.limit(22, SELL, 9_997, 1_000)) == [(11, 9_999, 40), (1, 9_998, 300), (2, 9_997, 500)]
    assert picture(book) == (
        [],
        [(9_997, [(22, 160)]), (10_000, [(12, 100)]), (10_003, [(3, 200)]), (10_004, [(4, 400)])],
    )


# The notebook's OrderMatchingEngine: a heap keyed on quantity, always the seller's price, trades thrown away, no cancel


def test_earlier_order_trades_before_a_smaller_one_at_its_price() -> None:
    book = OrderBook(tick=10)
    book.limit(1, SELL, 10_000, 500)
    book.limit(2, SELL, 10_000, 100)

    assert fills(book.limit(3, BUY, 10_000, 100)) == [(1, 10_000, 100)]


def test_partly_filled_order_is_still_first_though_larger_than_the_next() -> None:
    book = OrderBook()
    book.limit(1, BUY, 100, 300)
    book.limit(2, BUY, 100, 50)
    book.market(3, SELL, 100)

    assert fills(book.market(4, SELL, 220)) == [(1, 100, 200), (2, 100, 20)]


def test_trade_is_at_the_resting_bid_of_100_10_and_not_at_the_sellers_99_90() -> None:
    book = OrderBook(tick=5)
    book.limit(1, BUY, 10_010, 100)

    assert book.limit(2, SELL, 9_990, 100).trades == (Trade(10_010, 100, 1, 2, SELL),)


def test_adding_an_order_tells_its_trades() -> None:
    book = OrderBook()
    book.limit(1, SELL, 101, 30)
    book.limit(2, SELL, 102, 30)

    assert fills(book.limit(3, BUY, 102, 50)) == [(1, 101, 30), (2, 102, 20)]


def test_order_can_be_cancelled_by_its_id() -> None:
    book = OrderBook()
    book.limit(1, SELL, 101, 30)
    book.cancel(1)

    assert book.limit(2, BUY, 101, 30).trades == ()


# The notebook's OrderBook: anonymous quantities, may stand crossed, levels of zero, a price of 0 taken for none


def test_book_offered_a_crossing_pair_does_not_stand_crossed() -> None:
    book = OrderBook()
    book.limit(1, BUY, 101, 10)
    book.limit(2, SELL, 99, 4)

    assert (book.best_bid, book.best_ask) == (101, None)
    assert book.best(BUY) == Depth(101, 6, 1)


def test_level_traded_to_zero_is_gone() -> None:
    book = OrderBook()
    book.limit(1, BUY, 100, 5)
    book.limit(2, BUY, 99, 5)
    book.market(3, SELL, 5)

    assert book.depth(BUY) == [Depth(99, 5, 1)]


def test_level_total_is_kept_through_adds_fills_and_cancels() -> None:
    book = OrderBook()
    for order_id, quantity in ((1, 10), (2, 20), (3, 30)):
        book.limit(order_id, BUY, 100, quantity)
    book.market(4, SELL, 15)
    book.cancel(3)

    assert book.best(BUY) == Depth(100, 15, 1)


def test_missing_side_is_none_and_a_price_of_zero_cannot_be() -> None:
    book = OrderBook()

    assert book.limit(1, BUY, 0, 10).reason is Reason.BAD_PRICE
    assert book.best_bid is None
    assert book.best(BUY) is None

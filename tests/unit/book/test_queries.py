"""What can be asked of a book."""

from __future__ import annotations

from mmtui.book import Depth, OrderBook, QueueAhead
from tests.unit.book.helpers import BUY, SELL


def test_empty_book_has_no_best_no_depth_and_no_quantity() -> None:
    book = OrderBook()

    assert (book.best_bid, book.best_ask, book.best(BUY), book.best(SELL)) == (None, None, None, None)
    assert book.depth(BUY) == book.depth(SELL) == []
    assert book.quantity_at(BUY, 100) == book.quantity_at(SELL, 100) == 0


def test_unknown_order_has_no_price_quantity_or_queue() -> None:
    book = OrderBook()

    assert (book.price_of(1), book.remaining(1), book.queue_ahead(1)) == (None, None, None)
    assert 1 not in book


def test_best_is_the_highest_bid_and_the_lowest_offer() -> None:
    book = OrderBook()
    for order_id, (side, price) in enumerate([(BUY, 98), (BUY, 99), (BUY, 97), (SELL, 103), (SELL, 102), (SELL, 104)]):
        book.limit(order_id, side, price, order_id + 1)

    assert (book.best_bid, book.best_ask) == (99, 102)
    assert (book.best(BUY), book.best(SELL)) == (Depth(99, 2, 1), Depth(102, 5, 1))


def test_depth_gives_levels_best_first_with_lots_and_orders() -> None:
    book = OrderBook()
    for order_id, (price, quantity) in enumerate([(98, 4), (99, 1), (98, 6), (95, 2)]):
        book.limit(order_id, BUY, price, quantity)

    everything = [Depth(99, 1, 1), Depth(98, 10, 2), Depth(95, 2, 1)]
    assert book.depth(BUY) == everything
    assert book.depth(BUY, 2) == everything[:2]
    assert book.depth(BUY, 10) == everything
    assert book.depth(BUY, 0) == []


def test_quantity_at_a_price_is_of_one_side_and_price_only() -> None:
    book = OrderBook()
    book.limit(1, BUY, 98, 4)
    book.limit(2, BUY, 98, 5)
    book.limit(3, SELL, 99, 7)

    assert book.quantity_at(BUY, 98) == 9
    assert book.quantity_at(SELL, 98) == 0
    assert book.quantity_at(SELL, 99) == 7
    assert book.quantity_at(BUY, 97) == 0


def test_queue_ahead_follows_fills_cancels_reductions_and_later_arrivals() -> None:
    book = OrderBook()
    book.limit(1, BUY, 100, 10)
    book.limit(2, BUY, 100, 20)
    book.limit(3, BUY, 101, 99)
    book.limit(4, BUY, 100, 5)
    assert book.queue_ahead(4) == QueueAhead(30, 2), "orders at better prices are not in this queue"
    book.limit(5, BUY, 100, 7)
    assert book.queue_ahead(4) == QueueAhead(30, 2), "who comes later stands behind"
    book.reduce(2, 8)
    assert book.queue_ahead(4) == QueueAhead(22, 2)
    book.market(90, SELL, 99 + 4)
    assert book.queue_ahead(4) == QueueAhead(18, 2)
    book.cancel(1)
    assert book.queue_ahead(4) == QueueAhead(12, 1)
    book.replace(2, 100, 12)
    assert book.queue_ahead(4) == QueueAhead(0, 0)
    assert book.queue_ahead(2) == QueueAhead(12, 2)


def test_length_counts_resting_orders() -> None:
    book = OrderBook()
    book.limit(1, BUY, 100, 1)
    book.limit(2, SELL, 105, 3)
    book.limit(3, BUY, 105, 1)

    assert len(book) == 2
    assert 1 in book
    assert 3 not in book


def test_a_book_that_adds_up_has_no_fault_and_whatever_does_not_is_told() -> None:
    book = OrderBook()
    book.limit(1, BUY, 100, 3)
    book.limit(2, BUY, 100, 4)
    level = book.level_of(1)
    assert level is not None
    assert book.fault() is None

    for wrong in (6, 8):
        level.total = wrong
        assert book.fault() == "level 100 does not add up"

    level.total, level.queue[1] = 4, 0
    assert book.fault() == "level 100 does not add up", "an order of no lots"

    del level.queue[1]
    assert book.fault() == "1 orders rest, the book counts 2"
    level.queue |= {1: 1, 3: 2}
    level.total = 7
    assert book.fault() == "3 orders rest, the book counts 2"

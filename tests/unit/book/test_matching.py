"""Sharing an order out among those at a price: the figures that CME Globex publishes, and what a place is worth."""

from __future__ import annotations

import pytest

from mmtui.book import Matching, OrderBook, Reason, SelfTrade, Side, TimeInForce, allocate, part_of

#: CME Globex's algorithm A: the top order, pro rata in parts of at least two lots, then time.
ALLOCATION = Matching(pro_rata=1.0, top=True, minimum=2)


def trades(book: OrderBook, lots: int) -> list[tuple[int, int]]:
    return [(trade.maker_id, trade.quantity) for trade in book.market(99, Side.SELL, lots).trades]


def bids(book: OrderBook, *lots: int, price: int = 9_704) -> None:
    for order_id, quantity in enumerate(lots, start=1):
        book.limit(order_id, Side.BUY, price, quantity)


def test_the_exchange_s_own_example_of_top_order_pro_rata_and_fractions() -> None:
    # CME notice 11985 (2005): 60 lots meet a top order of 10 and orders of 5, 20, 50 and 75.
    book = OrderBook(matching=ALLOCATION)
    bids(book, 10, 5, 20, 50, 75)
    assert trades(book, 60) == [(1, 10), (2, 3), (3, 6), (4, 16), (5, 25)]


def test_parts_under_the_minimum_go_by_time() -> None:
    book = OrderBook(matching=ALLOCATION)
    bids(book, 1, 2, 3, 30)
    # One lot is the top order's; of the other 5, 2 and 3 of 35 lots get none of their own, the last 4 of 4.29.
    assert trades(book, 6) == [(1, 1), (2, 1), (4, 4)]


def test_plain_pro_rata_divides_in_proportion() -> None:
    book = OrderBook(matching=Matching(pro_rata=1.0))
    bids(book, 50, 150, 200)
    assert trades(book, 100) == [(1, 13), (2, 37), (3, 50)]
    assert book.quantity_at(Side.BUY, 9_704) == 300


def test_a_split_gives_its_part_by_time_first() -> None:
    book = OrderBook(matching=Matching(pro_rata=0.6))
    bids(book, 30, 70)
    # 4 of 10 lots by time, then 6 among 26 and 70 lots: 1.6 and 4.4, and the lot left over by time.
    assert trades(book, 10) == [(1, 6), (2, 4)]


def test_an_order_for_all_there_is_takes_it_by_time_and_goes_on() -> None:
    book = OrderBook(matching=ALLOCATION)
    bids(book, 4, 6)
    book.limit(7, Side.BUY, 9_703, 5)
    assert trades(book, 12) == [(1, 4), (2, 6), (7, 2)]


def test_a_better_price_takes_the_top_place_for_good() -> None:
    book = OrderBook(matching=ALLOCATION)
    bids(book, 10, 30)
    book.limit(3, Side.BUY, 9_705, 1)
    book.cancel(3)
    assert trades(book, 8) == [(1, 2), (2, 6)]


def test_an_id_used_again_does_not_bring_the_top_place_back() -> None:
    book = OrderBook(matching=ALLOCATION)
    bids(book, 10, 30)
    book.cancel(1)
    book.limit(1, Side.BUY, 9_704, 10)
    assert trades(book, 8) == [(2, 6), (1, 2)]


@pytest.mark.parametrize(
    ("matching", "part"),
    [(Matching(), 0.0), (Matching(pro_rata=1.0), 0.5), (Matching(pro_rata=0.5), 0.25), (Matching(top=True), 1.0)],
)
def test_a_place_is_worth_what_it_would_trade_of_half_the_level(matching: Matching, part: float) -> None:
    assert part_of(2, {1: 40, 2: 40}, matching, top=2) == pytest.approx(part, abs=0.13)


def test_all_lots_are_shared_out_and_none_twice() -> None:
    queue = {1: 3, 2: 9, 3: 1, 4: 27}
    for lots in range(1, 41):
        parts = allocate(queue, lots, ALLOCATION, top=3)
        assert sum(parts.values()) == lots
        assert all(0 < part <= queue[order_id] for order_id, part in parts.items())


@pytest.mark.parametrize("keys", [{"pro_rata": -0.1}, {"pro_rata": 1.1}, {"pro_rata": float("nan")}, {"minimum": 0}])
def test_a_rule_out_of_bounds_is_refused(keys: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(keys))):
        Matching(**keys)  # type: ignore[arg-type]


def test_an_order_that_must_trade_whole_counts_no_price_at_which_it_meets_its_owner() -> None:
    book = OrderBook(matching=Matching(pro_rata=1.0), self_trade=SelfTrade.CANCEL_INCOMING)
    book.limit(1, Side.BUY, 100, 5, owner="ann")
    book.limit(2, Side.BUY, 99, 5, owner="ann")
    book.limit(3, Side.BUY, 99, 5)
    assert book.limit(9, Side.SELL, 99, 5, TimeInForce.FOK, owner="bob").filled == 5
    book.limit(4, Side.BUY, 99, 5, owner="bob")
    report = book.limit(9, Side.SELL, 99, 4, TimeInForce.FOK, owner="bob")
    assert (report.filled, report.reason) == (0, Reason.NOT_FILLABLE)

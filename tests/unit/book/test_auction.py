"""Call auctions against books made by hand; the first is the example that HKEX publishes for its closing auction."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mmtui.book import AuctionBook, Indication, Reason, Side, Trade

BUY, SELL = Side.BUY, Side.SELL


def collected(bids: Sequence[tuple[int, int]], asks: Sequence[tuple[int, int]]) -> AuctionBook:
    """An auction with (price, lots) in the order of arrival; bids have the ids 1, 2, …, asks 101, 102, …."""
    auction = AuctionBook()
    for order_id, (price, lots) in enumerate(bids, start=1):
        assert auction.limit(order_id, BUY, price, lots).accepted
    for order_id, (price, lots) in enumerate(asks, start=101):
        assert auction.limit(order_id, SELL, price, lots).accepted
    return auction


def test_the_published_example_trades_most_at_24_00() -> None:
    # Prices in cents, sizes in hundreds: at 24.05, 24.00 and 23.95 there would trade 2, 10 and 4.
    auction = collected([(2395, 4), (2400, 10), (2405, 2)], [(2405, 4), (2405, 4), (2400, 6), (2395, 4)])

    assert auction.indication(0) == Indication(2400, 10, 2)


def test_of_prices_with_the_same_volume_the_least_surplus_decides() -> None:
    # At 102 and at 100 ten lots trade, but at 102 nobody is left.
    auction = collected([(102, 10), (100, 5)], [(100, 10)])

    assert auction.indication(0) == Indication(102, 10, 0)


@pytest.mark.parametrize(
    ("bids", "asks", "price", "surplus"),
    [
        ([(105, 20)], [(100, 10)], 105, 10),
        ([(105, 10)], [(100, 20)], 100, -10),
    ],
    ids=["buyers are left: the highest", "sellers are left: the lowest"],
)
def test_of_equal_surpluses_their_sign_decides(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], price: int, surplus: int
) -> None:
    assert collected(bids, asks).indication(102.9) == Indication(price, 10, surplus)


@pytest.mark.parametrize(("reference", "price"), [(101.0, 100), (104.0, 105), (102.5, 105), (90.0, 100), (200.0, 105)])
def test_without_surplus_the_price_nearest_to_the_reference_is_taken(reference: float, price: int) -> None:
    assert collected([(105, 10)], [(100, 10)]).indication(reference) == Indication(price, 10, 0)


@pytest.mark.parametrize(("reference", "price", "surplus"), [(100.0, 101, 2), (101.5, 102, -2), (103.0, 102, -2)])
def test_of_equal_surpluses_on_both_sides_the_nearest_price_is_taken(
    reference: float, price: int, surplus: int
) -> None:
    # Five lots trade at either price: at 101 two more are bid, at 102 two more are offered.
    auction = collected([(102, 5), (101, 2)], [(101, 5), (102, 2)])

    assert auction.indication(reference) == Indication(price, 5, surplus)


def test_an_auction_that_is_not_crossed_does_nothing() -> None:
    auction = collected([(99, 10)], [(100, 10)])

    assert auction.indication(99.0) is None
    assert auction.uncross(99.0) == ()
    assert (auction.best_bid, auction.best_ask) == (99, 100)


def test_an_auction_that_just_touches_trades() -> None:
    assert collected([(100, 3)], [(100, 2)]).indication(99.0) == Indication(100, 2, 1)


def test_without_surplus_the_buyers_count_as_takers() -> None:
    assert collected([(100, 3)], [(100, 3)]).uncross(100.0) == (Trade(100, 3, 101, 1, BUY),)


def test_an_empty_side_does_nothing() -> None:
    assert collected([(99, 10)], []).indication(99.0) is None


def test_better_prices_trade_first_and_then_those_who_came_first() -> None:
    auction = collected([(100, 3), (101, 2), (100, 4)], [(99, 4), (100, 2), (98, 1)])

    trades = auction.uncross(100.0)

    # Nine lots are bid at 100 and seven offered: the buyers have the surplus and count as takers.
    assert trades == (
        Trade(100, 1, 103, 2, BUY),
        Trade(100, 1, 101, 2, BUY),
        Trade(100, 3, 101, 1, BUY),
        Trade(100, 2, 102, 3, BUY),
    )
    assert auction.remaining(3) == 2
    assert len(auction) == 1


def test_what_is_left_is_not_crossed_and_keeps_its_place() -> None:
    auction = collected([(103, 5), (102, 5), (101, 5)], [(100, 4), (101, 4), (104, 1)])

    auction.uncross(102.0)

    assert auction.best_bid is not None
    assert auction.best_ask is not None
    assert auction.best_bid < auction.best_ask
    assert [(order.order_id, order.quantity) for order in auction.orders(BUY)] == [(2, 2), (3, 5)]


def test_left_tells_the_best_price_after_so_many_lots() -> None:
    auction = collected([(103, 5), (102, 5)], [])

    assert [auction.left(BUY, lots) for lots in (0, 4, 5, 9, 10)] == [103, 103, 102, 102, None]


@pytest.mark.parametrize(("side", "price", "taken"), [(SELL, 100, False), (SELL, 101, True), (BUY, 100, True)])
def test_orders_of_one_owner_may_not_cross(side: Side, price: int, taken: bool) -> None:
    auction = AuctionBook()
    auction.limit(1, BUY, 101, 1)
    auction.limit(2, BUY, 100, 1, owner="me")

    report = auction.limit(3, side, price, 1, owner="me")

    assert report.accepted is taken
    assert taken or report.reason is Reason.SELF_TRADE


def test_an_own_order_is_found_behind_others_at_its_price() -> None:
    auction = AuctionBook()
    auction.limit(1, BUY, 100, 1)
    auction.limit(2, BUY, 100, 1, owner="me")

    assert auction.limit(3, SELL, 100, 1, owner="me").reason is Reason.SELF_TRADE


@pytest.mark.parametrize(
    ("price", "lots", "order_id"), [(0, 1, 9), (100, 0, 9), (101, 1, 1)], ids=["price", "lots", "id that is there"]
)
def test_what_the_book_refuses_leaves_no_empty_level(price: int, lots: int, order_id: int) -> None:
    auction = collected([(99, 1)], [(100, 1)])

    assert not auction.limit(order_id, BUY, price, lots).accepted
    assert [level.price for level in auction.depth(BUY)] == [99]


def test_nothing_trades_at_once() -> None:
    auction = collected([(105, 1)], [(100, 1)])

    assert not auction.market(7, BUY, 1).accepted
    assert (auction.quantity_at(BUY, 105), auction.quantity_at(SELL, 100)) == (1, 1)

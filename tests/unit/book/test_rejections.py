"""What the book refuses, with which reason, and that it then changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from mmtui.book import OrderBook, OrderReport, OrderStatus, Reason, Side, TimeInForce
from tests.unit.book.helpers import BUY, SELL, picture


@pytest.fixture
def book() -> OrderBook:
    """A book on a grid of five ticks."""
    book = OrderBook(tick=5)
    book.limit(1, BUY, 100, 5)
    book.limit(2, SELL, 110, 5)
    return book


def assert_rejected(book: OrderBook, instruction: Callable[[OrderBook], OrderReport], reason: Reason) -> None:
    before = picture(book)
    assert instruction(book) == OrderReport(OrderStatus.REJECTED, reason=reason)
    assert picture(book) == before
    assert len(book) == sum(len(queue) for side in before for _, queue in side)


@pytest.mark.parametrize(
    "instruction",
    [
        lambda book: book.limit(1, BUY, 95, 1),
        lambda book: book.limit(2, BUY, 110, 1),
        lambda book: book.limit(1, SELL, 100, 1, TimeInForce.IOC),
        lambda book: book.market(1, SELL, 1),
    ],
    ids=["rests", "would trade with itself", "immediate", "market"],
)
def test_id_of_a_live_order_is_refused(book: OrderBook, instruction: Callable[[OrderBook], OrderReport]) -> None:
    assert_rejected(book, instruction, Reason.DUPLICATE_ID)


@pytest.mark.parametrize(
    "instruction",
    [
        lambda book, order_id: book.cancel(order_id),
        lambda book, order_id: book.reduce(order_id, 1),
        lambda book, order_id: book.replace(order_id, 100, 1),
    ],
    ids=["cancel", "reduce", "replace"],
)
@pytest.mark.parametrize("fate", ["never seen", "cancelled", "filled", "immediate", "replaced and filled"])
def test_unknown_or_dead_id_is_refused(
    book: OrderBook, instruction: Callable[[OrderBook, int], OrderReport], fate: str
) -> None:
    if fate == "cancelled":
        book.limit(9, BUY, 95, 1)
        book.cancel(9)
    elif fate == "filled":
        book.limit(9, BUY, 105, 1)
        book.market(10, SELL, 1)
    elif fate == "immediate":
        book.limit(9, BUY, 110, 7, TimeInForce.IOC)
    elif fate == "replaced and filled":
        book.limit(9, BUY, 95, 1)
        book.replace(9, 110, 1)

    assert_rejected(book, lambda book: instruction(book, 9), Reason.UNKNOWN_ID)


@pytest.mark.parametrize(
    "quantity", [0, -3, 1.5, 2.0, True, False, float("nan"), "4", None, np.float64(3), np.int64(0)]
)
@pytest.mark.parametrize(
    "instruction",
    [
        lambda book, quantity: book.limit(9, BUY, 100, quantity),
        lambda book, quantity: book.limit(9, BUY, 110, quantity),
        lambda book, quantity: book.market(9, BUY, quantity),
        lambda book, quantity: book.reduce(1, quantity),
        lambda book, quantity: book.replace(1, 95, quantity),
    ],
    ids=["limit", "crossing limit", "market", "reduce", "replace"],
)
def test_quantity_that_is_not_a_positive_integer_is_refused(
    book: OrderBook, instruction: Callable[[OrderBook, Any], OrderReport], quantity: object
) -> None:
    assert_rejected(book, lambda book: instruction(book, quantity), Reason.BAD_QUANTITY)


PRICED = pytest.mark.parametrize(
    "instruction",
    [
        lambda book, price: book.limit(9, BUY, price, 1),
        lambda book, price: book.limit(9, SELL, price, 1),
        lambda book, price: book.limit(9, SELL, price, 1, TimeInForce.FOK),
        lambda book, price: book.replace(1, price, 1),
    ],
    ids=["buy", "sell", "fill or kill", "replace"],
)


@PRICED
@pytest.mark.parametrize(
    "price", [0, -100, -2.5, 0.0, float("nan"), True, False, "100", None, Decimal(100), 1j], ids=repr
)
def test_price_that_is_not_a_positive_number_is_refused(
    book: OrderBook, instruction: Callable[[OrderBook, Any], OrderReport], price: object
) -> None:
    assert_rejected(book, lambda book: instruction(book, price), Reason.BAD_PRICE)


@PRICED
@pytest.mark.parametrize(
    "price", [101, 4, 107, 100.5, 100.0, 110.0, float("inf"), np.int64(103), np.float64(100), 10**400 + 1]
)
def test_price_off_the_grid_is_refused_and_so_is_every_float(
    book: OrderBook, instruction: Callable[[OrderBook, Any], OrderReport], price: object
) -> None:
    assert_rejected(book, lambda book: instruction(book, price), Reason.OFF_GRID)


def test_fraction_of_a_tick_is_off_the_grid_of_one() -> None:
    book = OrderBook()
    price: Any = 99.5

    assert book.limit(1, BUY, price, 1).reason is Reason.OFF_GRID


@pytest.mark.parametrize("side", ["buy", 1, None])
def test_side_that_is_not_a_side_is_refused(book: OrderBook, side: Any) -> None:
    assert_rejected(book, lambda book: book.limit(9, side, 100, 1), Reason.BAD_SIDE)
    assert_rejected(book, lambda book: book.market(9, side, 1), Reason.BAD_SIDE)


def test_numpy_integers_are_taken_and_kept_as_plain_ones(book: OrderBook) -> None:
    price: Any = np.int64(105)
    quantity: Any = np.uint8(4)
    assert book.limit(9, BUY, price, quantity).status is OrderStatus.RESTING
    book.reduce(9, np.int32(1))  # type: ignore[arg-type]
    report = book.market(10, SELL, np.int16(2))  # type: ignore[arg-type]
    book.replace(9, np.int64(95), np.int64(7))  # type: ignore[arg-type]

    assert report.filled == 2
    assert picture(book)[0] == [(100, [(1, 5)]), (95, [(9, 7)])]
    numbers = [*report.trades[0][:2], book.price_of(9), book.remaining(9), book.quantity_at(BUY, 95)]
    assert {type(number) for number in numbers} == {int}


@pytest.mark.parametrize("tick", [0, -1, 0.5, 2.0, True, None])
def test_grid_must_be_a_positive_integer(tick: Any) -> None:
    with pytest.raises(ValueError, match="tick must be a positive integer"):
        OrderBook(tick=tick)


def test_rejected_instruction_is_not_accepted_and_a_cancelled_one_is(book: OrderBook) -> None:
    assert not book.cancel(9).accepted
    assert book.cancel(1).accepted
    assert book.market(9, SELL, 1).accepted


def test_reasons_have_stable_codes() -> None:
    assert [reason.value for reason in Reason] == [
        "duplicate-id",
        "unknown-id",
        "bad-side",
        "bad-quantity",
        "bad-price",
        "off-grid",
        "not-a-reduction",
        "would-trade",
        "not-fillable",
        "no-liquidity",
        "self-trade",
    ]


def test_a_side_is_the_sign_of_the_position_it_adds() -> None:
    assert (int(Side.BUY), int(Side.SELL)) == (1, -1)
    assert Side.BUY.opposite is Side.SELL
    assert Side.SELL.opposite is Side.BUY

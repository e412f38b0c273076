"""The book against a naive one, over random streams of every instruction."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmtui.book import Matching, OrderBook, OrderReport, OrderStatus, Reason, SelfTrade, Side, TimeInForce
from tests.property.naive_book import NaiveBook

# Few prices, sizes, ids and owners, so that orders cross, ids repeat and owners meet themselves all the time.
IDS = st.integers(1, 16)
SIDES = st.sampled_from(Side)
PRICES = st.integers(0, 9)
QUANTITIES = st.integers(0, 6)
OWNERS = st.sampled_from([None, "ann", "bob"])

Operation = tuple[str, tuple[Any, ...]]


def operation(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Operation]:
    return st.tuples(st.just(name), st.tuples(*arguments))


LIMIT = operation("limit", IDS, SIDES, PRICES, QUANTITIES, st.sampled_from(TimeInForce), st.booleans(), OWNERS)
RESTING_LIMIT = operation(
    "limit", IDS, SIDES, st.integers(1, 9), st.integers(1, 6), st.just(TimeInForce.GTC), st.just(False), OWNERS
)
OPERATIONS = st.one_of(
    RESTING_LIMIT,
    RESTING_LIMIT,
    LIMIT,
    operation("market", IDS, SIDES, QUANTITIES, OWNERS),
    operation("cancel", IDS),
    operation("reduce", IDS, QUANTITIES),
    operation("replace", IDS, PRICES, QUANTITIES, st.booleans()),
    operation("clear"),
)
# A list left to itself has a handful of entries: not enough to fill a book.
STREAMS = st.integers(1, 100).flatmap(lambda length: st.lists(OPERATIONS, min_size=length, max_size=length))


#: Rules at a price: by time, CME Globex's algorithms A and C, a split as in K, and a rule with nothing round.
MATCHINGS = (
    Matching(),
    Matching(pro_rata=1.0, top=True, minimum=2),
    Matching(pro_rata=1.0),
    Matching(pro_rata=0.6, top=True),
    Matching(pro_rata=0.29, minimum=3),
    Matching(top=True),
)


def random_operation(rng: random.Random, ids: int, prices: int) -> Operation:
    """The same instructions for streams longer than hypothesis will draw.

    Bids come to the ``prices`` lowest prices and offers to as many above, with two prices in common.
    """
    order_id, side = rng.randint(1, ids), rng.choice(list(Side))
    price = rng.randint(1, prices) if side is Side.BUY else rng.randint(prices - 1, 2 * prices - 2)
    price *= rng.random() < 0.99
    quantity = rng.randint(1, 6) * (rng.random() < 0.98)
    owner = rng.choice([None, "ann", "bob"])
    draw = rng.random()
    if draw < 0.50:
        return "limit", (order_id, side, price, quantity, TimeInForce.GTC, rng.random() < 0.2, owner)
    if draw < 0.70:
        return "limit", (order_id, side, price, 3 * quantity, rng.choice(list(TimeInForce)), False, owner)
    if draw < 0.75:
        return "market", (order_id, side, 3 * quantity, owner)
    if draw < 0.85:
        return "cancel", (order_id,)
    if draw < 0.92:
        return "reduce", (order_id, quantity)
    if draw < 0.999:
        return "replace", (order_id, price, quantity, rng.random() < 0.5)
    return "clear", ()


def apply(book: OrderBook, naive: NaiveBook, operation: Operation) -> OrderReport | None:
    """Carry out an instruction in both books, which must report the same and end the same."""
    name, arguments = operation
    report: OrderReport | None = getattr(book, name)(*arguments)
    assert report == getattr(naive, name)(*arguments), operation
    check_invariants(book)
    check_same(book, naive)
    return report


def check_invariants(book: OrderBook) -> None:
    """What must hold of any book at any time, whatever was done to it."""
    for side in (book.bids, book.asks):
        levels = list(side.levels.values())
        assert side.best is (levels[0] if levels else None), "the cached best is the first level"
        assert list(side.levels) == sorted(side.levels), "levels run from best to worst"
        for key, level in side.levels.items():
            assert level.queue, "no empty level"
            assert level.total == sum(level.queue.values()), "a level's total is the sum of its queue"
            assert min(level.queue.values()) > 0, "no order of zero lots"
            assert key == level.key == -level.price * side.side
            assert level.side is side
            assert all(book._orders[order_id] is level for order_id in level.queue)
    count = sum(len(level.queue) for side in (book.bids, book.asks) for level in side.levels.values())
    assert len(book) == len(book._orders) == count, "every order rests in one level"
    assert set(book._owners) <= set(book._orders), "owners are kept of live orders only"
    bid, ask = book.best_bid, book.best_ask
    assert bid is None or ask is None or bid < ask, "never crossed"


def check_same(book: OrderBook, naive: NaiveBook) -> None:
    """Everything that can be asked of both books, and the order of every queue."""
    for side, ladder in ((Side.BUY, book.bids), (Side.SELL, book.asks)):
        queue = [entry for level in ladder.levels.values() for entry in level.queue.items()]
        assert queue == [(order.order_id, order.quantity) for order in naive.queue(side)], "first come, first served"
        depth = naive.depth(side)
        assert book.depth(side) == depth
        assert book.depth(side, 2) == depth[:2]
        assert book.best(side) == (depth[0] if depth else None)
        for level in depth:
            assert book.quantity_at(side, level.price) == level.quantity
    for order in naive.orders:
        assert order.order_id in book
        assert book.remaining(order.order_id) == order.quantity
        assert book.price_of(order.order_id) == order.price
        assert book.queue_ahead(order.order_id) == naive.queue_ahead(order.order_id)
        assert book._owners.get(order.order_id) == order.owner


@pytest.mark.parametrize("apart", [1, 3, 20])
def test_levels_that_are_seldom_looked_at_are_those_of_the_naive_book(apart: int) -> None:
    rng = random.Random(apart)
    book, naive = OrderBook(), NaiveBook(1, SelfTrade.ALLOW, Matching())
    for step in range(3_000):
        name, arguments = random_operation(rng, 60, 30)
        if name in ("limit", "replace"):
            place = 2 if name == "limit" else 1
            arguments = (*arguments[:place], arguments[place] * apart, *arguments[place + 1 :])
        assert getattr(book, name)(*arguments) == getattr(naive, name)(*arguments)
        for side, best in ((Side.BUY, book.best_bid), (Side.SELL, book.best_ask)):
            assert best == next((order.price for order in naive.queue(side)), None)
        if step % 100 == 99:
            check_invariants(book)
            check_same(book, naive)


@pytest.mark.slow
@pytest.mark.parametrize("self_trade", SelfTrade)
@given(tick=st.sampled_from([1, 1, 2]), matching=st.sampled_from(MATCHINGS), stream=STREAMS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_stream_of_instructions_leaves_the_book_as_the_naive_one(
    self_trade: SelfTrade, tick: int, matching: Matching, stream: list[Operation]
) -> None:
    book = OrderBook(tick=tick, self_trade=self_trade, matching=matching)
    naive = NaiveBook(tick, self_trade, matching)
    for operation in stream:
        apply(book, naive, operation)


@pytest.mark.slow
@pytest.mark.parametrize("self_trade", SelfTrade)
@pytest.mark.parametrize(("ids", "prices", "steps"), [(100, 6, 2_000), (80, 2, 2_500)], ids=["deep", "crossing"])
@pytest.mark.parametrize("matching", MATCHINGS[:4], ids=["time", "allocation", "pro rata", "split"])
def test_long_stream_leaves_the_book_as_the_naive_one(
    self_trade: SelfTrade, ids: int, prices: int, steps: int, matching: Matching
) -> None:
    rng = random.Random(f"{self_trade} {ids}")
    book, naive = OrderBook(self_trade=self_trade, matching=matching), NaiveBook(1, self_trade, matching)
    seen: Counter[OrderStatus | Reason] = Counter()
    deepest = 0
    for _ in range(steps):
        report = apply(book, naive, random_operation(rng, ids, prices))
        if report:
            seen[report.status] += 1
            if report.reason:
                seen[report.reason] += 1
        deepest = max(deepest, len(book))

    expected = {*OrderStatus, *Reason} - {Reason.BAD_SIDE, Reason.OFF_GRID}
    if self_trade is not SelfTrade.CANCEL_INCOMING:
        expected.discard(Reason.SELF_TRADE)
    assert set(seen) == expected, "the stream meets every outcome"
    assert deepest > 10, "the book fills up"

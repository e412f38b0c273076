"""The ladder inside the exchange is the public book, order by order and trade by trade."""

from __future__ import annotations

from copy import deepcopy
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmtui.book import PRICE_TIME, Matching, OrderBook, OrderStatus, Resting, SelfTrade, Side, TimeInForce
from mmtui.market.core.ladder import PriceLadder
from mmtui.market.core.order_ids import FIRST_BACKGROUND, INDEX, PARTICIPANTS
from mmtui.market.core.pro_rata import ProRataLadder
from tests.property.test_book import MATCHINGS

#: Two makers and two of the background, whose orders meet at few prices, so that most things happen.
PARTICIPANT = st.sampled_from((0, 1, FIRST_BACKGROUND, FIRST_BACKGROUND + 5))
PRICE = st.integers(95, 105) | st.sampled_from((1, 50, 160))
LOTS = st.integers(1, 9)
STEP = st.tuples(
    st.sampled_from(("rest", "rest", "rest", "cancel", "withdraw", "reduce", "take", "spare")),
    PARTICIPANT,
    st.sampled_from(Side),
    PRICE,
    LOTS,
    st.integers(0, 50),
)


class Pair:
    """The ladder and the book, given the same."""

    def __init__(self, matching: Matching = PRICE_TIME) -> None:
        self.ladder = PriceLadder() if matching.by_time else ProRataLadder(1, 2, matching)
        self.book = OrderBook(self_trade=SelfTrade.CANCEL_RESTING, matching=matching)
        self.last = self.ladder.touch
        self._ids = 0

    def do(self, what: str, index: int, side: Side, price: int, lots: int, which: int) -> None:
        """One step in both; what they answer is the same."""
        self._ids += PARTICIPANTS
        order_id, ladder, book = self._ids + index, self.ladder, self.book
        resting = sorted(ladder.levels)
        chosen = resting[which % len(resting)] if resting else order_id
        owner = str(index) if index < FIRST_BACKGROUND else None
        if what == "rest":
            report = book.limit(order_id, side, price, lots, post_only=True, owner=owner)
            put = ladder.rest if owner is None else ladder.quote
            assert put(order_id, side, price, lots) is (report.status is OrderStatus.RESTING)
        elif what == "cancel":
            book.cancel(chosen)
            ladder.cancel(chosen)
        elif what == "withdraw" and chosen & INDEX >= FIRST_BACKGROUND:
            last = resting and self.others(ladder.levels[chosen].side) == [chosen]
            assert ladder.withdraw(chosen) is not bool(last)
            if not last:
                book.cancel(chosen)
        elif what == "reduce" and resting and lots < (book.remaining(chosen) or 0):
            book.reduce(chosen, lots)
            ladder.reduce(chosen, lots)
        elif what == "take":
            report = book.limit(order_id, side, price, lots, TimeInForce.IOC, owner=owner)
            taken = ladder.take(order_id, side, lots, price, index if owner is not None else None)
            assert (*taken.trades,) == report.trades
            assert (*taken.removed,) == report.removed
            assert taken.filled == report.filled
        elif what == "spare":
            self.spare(side, lots * 5, index if owner is not None else None)

    def spare(self, side: Side, lots: int, own: int | None) -> None:
        """What may be taken leaves an order of the background, if there is one."""
        spare = self.ladder.spare(side, lots, own)
        assert 0 <= spare <= lots
        if not self.others(side):
            assert not spare
            return
        rehearsal = deepcopy(self.ladder)
        assert rehearsal.take(-1, side.opposite, spare, -side * 10**6, own).filled == spare
        assert any(order.order_id & INDEX >= FIRST_BACKGROUND for order in rehearsal.orders(side))

    def others(self, side: Side) -> list[int]:
        """Orders of the background on a side."""
        orders = self.book.orders(side)
        return [order.order_id for order in orders if order.order_id & INDEX >= FIRST_BACKGROUND]

    def check(self) -> None:
        """Everything that can be asked of both has one answer."""
        ladder, book = self.ladder, self.book
        assert ladder.fault() is None
        assert len(ladder) == len(book)
        for side in Side:
            assert ladder.orders(side) == [Resting(*order[:4], owner=None) for order in book.orders(side)]
            assert ladder.depth(side) == book.depth(side)
            for levels in (1, 2):
                assert ladder.depth(side, levels) == book.depth(side, levels)
            assert ladder.best(side) == book.best(side)
            assert ladder.touch_lots(side) == (0 if (best := book.best(side)) is None else best.quantity)
            own: dict[int, int] = {}
            for order in book.orders(side):
                if order.owner == "0":
                    own[order.price] = own.get(order.price, 0) + order.quantity
            there = [level.price for level in book.depth(side) if level.quantity > own.get(level.price, 0)]
            assert ladder.best_excluding(side, own) == (there[0] if there else None)
        for order_id in ladder.levels:
            assert ladder.queue_ahead(order_id) == book.queue_ahead(order_id)
            assert ladder.remaining(order_id) == book.remaining(order_id)
        self.check_touch()

    def check_touch(self) -> None:
        """The best price of an empty side is the last one there was, away from the other side."""
        bid, ask = self.book.best_bid, self.book.best_ask
        last_bid, last_ask = self.last
        expected_bid, expected_ask = last_bid if bid is None else bid, last_ask if ask is None else ask
        assert (self.ladder.best_bid, self.ladder.best_ask) == self.ladder.touch
        if bid is not None and ask is not None:
            assert self.ladder.touch == (expected_bid, expected_ask)
        assert self.ladder.best_bid < self.ladder.best_ask
        self.last = self.ladder.touch


@given(st.sampled_from(MATCHINGS), st.lists(STEP, max_size=60))
def test_the_ladder_is_the_public_book(matching: Matching, steps: list[tuple[str, int, Side, int, int, int]]) -> None:
    pair = Pair(matching)
    for step in steps:
        pair.do(*step)
        pair.check()


@pytest.mark.parametrize("matching", MATCHINGS[1:])
def test_a_long_stream_at_few_prices_is_shared_out_as_in_the_public_book(matching: Matching) -> None:
    rng = Random(str(matching))
    pair = Pair(matching)
    for _ in range(1_500):
        what = rng.choice(("rest", "rest", "rest", "take", "cancel", "reduce", "spare"))
        index = rng.choice((0, FIRST_BACKGROUND, FIRST_BACKGROUND + 5))
        pair.do(what, index, rng.choice(list(Side)), rng.randint(99, 102), rng.randint(1, 30), rng.randint(0, 50))
    pair.check()
    assert len(pair.ladder) > 10


def test_a_long_queue_is_taken_from_its_front_in_order() -> None:
    pair = Pair()
    for _ in range(500):
        pair.do("rest", FIRST_BACKGROUND, Side.SELL, 100, 1, 0)
    for _ in range(450):
        pair.do("take", FIRST_BACKGROUND + 5, Side.BUY, 100, 1, 0)
    pair.check()
    assert pair.ladder.touch_lots(Side.SELL) == 50


def test_an_order_at_the_other_side_s_best_price_would_trade_and_does_not_rest() -> None:
    pair = Pair()
    pair.do("rest", FIRST_BACKGROUND, Side.BUY, 99, 1, 0)
    pair.do("rest", FIRST_BACKGROUND, Side.SELL, 101, 1, 0)
    for side, price in ((Side.BUY, 101), (Side.SELL, 99), (Side.BUY, 102), (Side.SELL, 98)):
        pair.do("rest", 0, side, price, 1, 0)
        assert len(pair.ladder) == 2
    pair.check()

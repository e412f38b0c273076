from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mmtui.book import Side, Trade
from mmtui.market.book_market import NOISE_MARKET
from mmtui.market.core.exchange import FIRST_BACKGROUND, PARTICIPANTS, Exchange
from mmtui.units import NS_PER_S
from tests.inside import book_of
from tests.unit.market.acting import orders_of, where

BUY, SELL = Side.BUY, Side.SELL
MAKER = 0
TAKER = PARTICIPANTS * 900 + NOISE_MARKET
Rest = Callable[..., int]


def quote(exchange: Exchange, order_id: int, side: Side, price: int, quantity: int) -> None:
    """A maker's order, as its gateway would enter it."""
    assert exchange.quote(order_id, side, price, quantity) is None


def test_a_taker_leaves_the_last_background_lot(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 101, 2)
    last = rest(SELL, 102, 3)
    report = exchange.take(0, TAKER, BUY, 100, 200)
    assert [(trade.price, trade.quantity) for trade in report.trades] == [(101, 2), (102, 2)]
    assert book_of(exchange).remaining(last) == 1
    assert exchange.take(1, TAKER + PARTICIPANTS, BUY, 1, 200).trades == []


def test_makers_lots_do_not_count_as_the_last_one(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 101, 2)
    quote(exchange, PARTICIPANTS, SELL, 102, 50)
    report = exchange.take(0, TAKER, BUY, 100, 200)
    assert [(trade.price, trade.quantity) for trade in report.trades] == [(101, 1)]


def test_makers_lots_before_the_last_background_one_all_trade(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    quote(exchange, PARTICIPANTS, SELL, 101, 50)
    rest(SELL, 102, 2)
    report = exchange.take(0, TAKER, BUY, 100, 200)
    assert [(trade.price, trade.quantity) for trade in report.trades] == [(101, 50), (102, 1)]


@pytest.mark.parametrize("levels", [1, 2, 3, 5])
def test_a_maker_whose_own_orders_stand_before_the_last_lot_leaves_it_too(
    exchange: Exchange, rest: Rest, levels: int
) -> None:
    # Self-trade prevention takes its own lots away, so they are not part of what its order can trade with.
    rest(BUY, 99)
    quote(exchange, PARTICIPANTS, SELL, 101, 10)
    for level in range(levels):
        rest(SELL, 102 + level)
    report = exchange.take(0, 2 * PARTICIPANTS, BUY, 10, 200)
    assert report.removed == ([] if levels == 1 else [PARTICIPANTS])
    assert report.filled == levels - 1
    assert exchange.best_ask == (101 if levels == 1 else 101 + levels)


def test_another_maker_s_lots_are_there_for_a_maker_to_trade(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    quote(exchange, PARTICIPANTS + 1, SELL, 101, 10)
    rest(SELL, 102)
    assert exchange.take(0, PARTICIPANTS, BUY, 10, 200).filled == 10


def test_the_last_order_is_withdrawn_when_the_side_next_gets_one(exchange: Exchange, rest: Rest) -> None:
    bid = rest(BUY, 99)
    ask = rest(SELL, 101)
    exchange.withdraw(1, ask)
    assert exchange.rests(ask)
    rest(BUY, 98)
    assert exchange.rests(ask)
    later = rest(SELL, 105)
    assert not exchange.rests(ask)
    assert exchange.best_ask == 105
    assert {bid, later} <= orders_of(exchange)


def test_a_maker_s_order_does_not_let_the_last_one_go(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    ask = rest(SELL, 101)
    quote(exchange, PARTICIPANTS, SELL, 100, 5)
    quote(exchange, 2 * PARTICIPANTS, SELL, 103, 5)
    exchange.withdraw(1, ask)
    assert exchange.rests(ask)
    rest(SELL, 104)
    assert not exchange.rests(ask)


def test_a_refused_withdrawal_of_what_has_traded_meanwhile_does_no_harm(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    first = rest(SELL, 101)
    exchange.withdraw(1, first)
    # As with a rival's order that is gone: nothing to withdraw, nothing to remember.
    exchange.withdraw(2, 12345 * PARTICIPANTS)
    later = rest(SELL, 103)
    assert not exchange.rests(first)
    assert exchange.rests(later)


def test_an_order_that_would_trade_is_refused_and_rests_nowhere(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 101)
    assert not exchange.rest(0, 5 * PARTICIPANTS, BUY, 101, 1)
    assert len(book_of(exchange)) == 2


def test_both_parties_are_told_of_a_trade_with_the_mid_before_it(exchange: Exchange, rest: Rest) -> None:
    told: list[tuple[str, int, int, float, bool]] = []

    def listener(name: str) -> Callable[[int, Trade, float, bool], None]:
        return lambda now, trade, mid, maker: told.append((name, now, trade.price, mid, maker))

    exchange.listen(32, listener("rival"))
    exchange.listen(NOISE_MARKET, listener("taker"))
    rest(BUY, 99)
    rest(SELL, 101, 1, 32)
    rest(SELL, 104)
    exchange.take(7, TAKER, BUY, 1, 200)
    assert told == [("rival", 7, 101, 100.0, True), ("taker", 7, 101, 100.0, False)]


def test_the_tape_holds_the_last_two_minutes(exchange: Exchange, rest: Rest) -> None:
    printed: list[int] = []
    exchange.on_print.append(lambda now, _trade, _mid: printed.append(now))
    rest(BUY, 99)
    rest(SELL, 101, 1_000)
    for second in (0, 60, 119, 120, 121, 240):
        exchange.take(second * NS_PER_S, (1_000 + second) * PARTICIPANTS + NOISE_MARKET, BUY, 1, 101)
    assert [now // NS_PER_S for now, _ in exchange.tape] == [120, 121, 240]
    assert len(printed) == exchange.trades == 6


def test_trades_and_lots_are_counted_and_a_taker_leaves_no_order(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 101, 2)
    rest(SELL, 102, 3)
    rest(SELL, 103, 10)
    assert exchange.take(0, TAKER, BUY, 9, 102).filled == 5
    assert (exchange.trades, exchange.volume) == (2, 5)
    assert not exchange.rests(TAKER)
    assert exchange.touch == (99, 103)


def test_the_mid_may_be_half_a_tick(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 102)
    assert exchange.mid == 100.5


def test_a_maker_s_lots_are_counted_until_they_are_gone(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 105)
    quote(exchange, PARTICIPANTS, SELL, 101, 10)
    exchange.reduce_quote(PARTICIPANTS, 3)
    assert exchange.maker_orders == {PARTICIPANTS: 7}
    exchange.take(0, TAKER, BUY, 2, 101)
    assert exchange.maker_orders == {PARTICIPANTS: 5}
    exchange.take(1, TAKER + PARTICIPANTS, BUY, 5, 101)
    assert exchange.maker_orders == {}


def test_orders_that_rest_keep_to_the_price_step_away_from_the_other_side(exchange: Exchange, rest: Rest) -> None:
    exchange.base_step = 5
    rest(BUY, 99)
    rest(SELL, 101)
    assert exchange.touch == (95, 105)
    assert [exchange.on_step(side, price) for side in (BUY, SELL) for price in (100, 104)] == [100, 100, 100, 105]
    refused = [
        exchange.refusal(0, BUY, price, immediate=immediate) for price in (95, 96) for immediate in (False, True)
    ]
    assert refused == [None, None, "prices move in steps of 5 ticks there", None]


def test_the_best_price_of_others_is_where_there_is_more_than_one_s_own(exchange: Exchange, rest: Rest) -> None:
    rest(SELL, 105)
    rest(BUY, 99, 2)
    for number, (price, lots) in enumerate([(101, 4), (100, 3), (99, 5)], start=1):
        quote(exchange, number * PARTICIPANTS, BUY, price, lots)
    own = {101: 4, 100: 3, 99: 5}
    assert exchange.best_excluding(BUY, own) == 99
    assert exchange.best_excluding(BUY, {**own, 100: 2}) == 100
    assert exchange.best_excluding(BUY, {}) == 101
    assert exchange.best_excluding(BUY, {**own, 99: 7}) is None
    assert exchange.best_excluding(SELL, {}) == 105


def test_an_order_is_where_it_rests_until_it_is_gone(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 101)
    order_id = rest(SELL, 102)
    assert where(exchange, order_id) == (SELL, 102)
    assert book_of(exchange).price_of(order_id) == 102
    exchange.withdraw(0, order_id)
    assert where(exchange, order_id) is None
    assert book_of(exchange).price_of(order_id) == 0


def test_ids_tell_their_participant_and_never_repeat(exchange: Exchange) -> None:
    first, second = exchange.id_range(9), exchange.id_range(10)
    ids = [first.one(), *first.take(3), first.one(), second.one(), *second.take(0), *second.take(2)]
    assert [order_id % PARTICIPANTS for order_id in ids] == [9] * 5 + [10] * 3
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("seed", range(5))
def test_a_side_is_never_without_a_background_lot(seed: int) -> None:
    """Random flow in a thin book, makers' and takers' orders among it, keeps a background lot on each side."""
    rng = np.random.default_rng(seed)
    exchange = Exchange("TEST")
    exchange.rest(0, 10 * PARTICIPANTS + FIRST_BACKGROUND, BUY, 99, 1)
    exchange.rest(0, 11 * PARTICIPANTS + FIRST_BACKGROUND, SELL, 101, 1)
    background, makers = [10 * PARTICIPANTS + FIRST_BACKGROUND, 11 * PARTICIPANTS + FIRST_BACKGROUND], set[int]()
    for step in range(12, 2_000):
        what, side, distance, quantity = (int(draw) for draw in rng.integers((0, 0, 1, 1), (10, 2, 6, 9)))
        taken = BUY if side else SELL
        price = exchange.best_ask - distance if taken is BUY else exchange.best_bid + distance
        if what < 3:
            exchange.rest(step, step * PARTICIPANTS + FIRST_BACKGROUND, taken, price, quantity)
            background.append(step * PARTICIPANTS + FIRST_BACKGROUND)
        elif what < 6:
            exchange.withdraw(step, background.pop(int(rng.integers(len(background)))) if background else 0)
        elif what < 7 and len(makers) < 4:
            if exchange.quote(step * PARTICIPANTS, taken, price, quantity) is None:
                makers.add(step * PARTICIPANTS)
        elif what < 8 and makers:
            exchange.cancel(makers.pop())
        else:
            order_id = step * PARTICIPANTS + (MAKER if what == 9 else NOISE_MARKET)
            exchange.take(step, order_id, taken, quantity * 3, price + taken * 50)
        makers = {order_id for order_id in makers if exchange.rests(order_id)}
        assert set(exchange.maker_orders) == makers
        assert book_of(exchange).makers == len(makers)
        assert exchange.fault() is None
        for book_side in (book_of(exchange).bids, book_of(exchange).asks):
            ids = [order_id for level in book_side.values() for order_id in level.queue]
            assert any(order_id % PARTICIPANTS == FIRST_BACKGROUND for order_id in ids)
    assert exchange.trades > 100

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from mmtui.book import Side, Trade
from mmtui.market.book_market import FIRST_INSTITUTION, BookMarket, BookMarketSpec, kind_of_order
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.core.instrument import Instrument
from mmtui.market.traders.institution import Institution, InstitutionSpec
from mmtui.units import NS_PER_S
from tests.inside import book_of
from tests.unit.market.acting import action_of, orders_of, where

Rest = Callable[..., int]
BUY, SELL = Side.BUY, Side.SELL
SHARE = Instrument(symbol="ABC", currency="USD", tick=0.01, lot=100, price=100.0)


def institution(exchange: Exchange, **changes: Any) -> Institution:
    spec = msgspec.convert({"side": "sell", "lots": 1_000, "rate": 1.0, "mean_size": 2.0} | changes, InstitutionSpec)
    return Institution(exchange, SHARE, spec, 1, FIRST_INSTITUTION, "fund")


def looks(source: Institution, seconds: int, start_s: int = 0) -> None:
    """Draw and act, minute by minute."""
    for minute in range(start_s // 60, (start_s + seconds) // 60):
        (stream,) = source.draw(minute * 60 * NS_PER_S, (minute + 1) * 60 * NS_PER_S)
        for time_ns, row in zip(stream.times.tolist(), stream.rows.tolist(), strict=True):
            action_of(stream)(time_ns, row)


def deep(rest: Rest) -> None:
    """A market that takes whatever comes, at 100.00 and 100.02."""
    rest(BUY, 10_000, 1_000_000)
    rest(SELL, 10_002, 1_000_000)


def test_it_trades_at_its_rate_on_its_side_until_the_order_is_done(exchange: Exchange, rest: Rest) -> None:
    deep(rest)
    seller = institution(exchange)
    looks(seller, 600)
    # It sends a piece as soon as it owes one, so it is behind by no more than a large piece and a look.
    assert 580 <= seller.traded <= 600
    assert {trade.taker_side for _, trade in exchange.tape} == {SELL}
    looks(seller, 600, start_s=600)
    assert seller.traded == 1_000
    assert {kind_of_order(trade.taker_id) for _, trade in exchange.tape} == {"institution"}


def test_a_buyer_that_starts_late_owes_nothing_before(exchange: Exchange, rest: Rest) -> None:
    deep(rest)
    buyer = institution(exchange, side="buy", start_s=300, rate=2.0)
    looks(buyer, 300)
    assert buyer.traded == 0
    looks(buyer, 120, start_s=300)
    assert 220 <= buyer.traded <= 240
    assert {trade.taker_side for _, trade in exchange.tape} == {BUY}


def test_it_is_its_share_of_the_volume(exchange: Exchange, rest: Rest) -> None:
    deep(rest)
    seller = institution(exchange, rate=0.0, participation=0.25, lots=100_000)
    others = 0
    for minute in range(60):
        (stream,) = seller.draw(minute * 60 * NS_PER_S, (minute + 1) * 60 * NS_PER_S)
        for time_ns, row in zip(stream.times.tolist(), stream.rows.tolist(), strict=True):
            exchange.take(time_ns, (1_000 + others) * PARTICIPANTS + 9, BUY, 3, 10_002)
            others += 3
            action_of(stream)(time_ns, row)
    assert seller.traded / (seller.traded + others) == pytest.approx(0.25, abs=0.005)


def test_its_price_limit_holds_and_what_it_forbids_is_due(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 9_999, 1_000)
    rest(SELL, 10_002, 1_000)
    seller = institution(exchange, limit=100.0)
    looks(seller, 120)
    assert seller.traded == 0
    bid = rest(BUY, 10_000, 1_000)
    looks(seller, 120, start_s=120)
    assert seller.traded > 150
    assert {trade.price for _, trade in exchange.tape} == {10_000}
    book_of(exchange).cancel(bid)
    done = seller.traded
    looks(seller, 60, start_s=240)
    assert seller.traded == done


def test_passive_pieces_join_the_queue_wait_and_are_worked_again(exchange: Exchange, rest: Rest) -> None:
    deep(rest)
    # With a limit above the best ask they wait there instead.
    for limit, price in ((None, 10_002), (100.05, 10_005)):
        seller = institution(exchange, passive=1.0, patience_s=5.0, limit=limit, lots=50)
        looks(seller, 60)
        own = {order_id for order_id in orders_of(exchange) if order_id % PARTICIPANTS == FIRST_INSTITUTION}
        waiting = 0
        for order_id in own:
            assert where(exchange, order_id) == (SELL, price)
            waiting += book_of(exchange).remaining(order_id) or 0
        # Nobody came: all that it ever sent is on the book or owed, and it never shows more than it means to trade.
        assert seller.traded == 0
        assert 0 < waiting <= 8 + 12
        assert waiting + seller._due == pytest.approx(min(50, 60), abs=3)
        looks(seller, 60, start_s=60)
        assert not own & orders_of(exchange)
        for order_id in orders_of(exchange):
            if order_id % PARTICIPANTS == FIRST_INSTITUTION:
                book_of(exchange).cancel(order_id)


def test_lots_of_passive_pieces_count_once(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 10_000, 1_000_000)
    rest(SELL, 10_002, 1)
    rest(SELL, 10_010, 1_000_000)
    seller = institution(exchange, passive=0.5, lots=200, rate=2.0)
    for minute in range(10):
        (stream,) = seller.draw(minute * 60 * NS_PER_S, (minute + 1) * 60 * NS_PER_S)
        for count, (time_ns, row) in enumerate(zip(stream.times.tolist(), stream.rows.tolist(), strict=True)):
            action_of(stream)(time_ns, row)
            # A buyer takes some of what is offered first.
            if count % 3 == 0 and exchange.best_ask < 10_010:
                exchange.take(time_ns, (100_000 + 1_000 * minute + count) * PARTICIPANTS + 9, BUY, 3, 10_005)
    sold = sum(
        trade.quantity
        for _, trade in exchange.tape
        if FIRST_INSTITUTION in (trade.maker_id % PARTICIPANTS, trade.taker_id % PARTICIPANTS)
    )
    assert seller.traded == 200
    assert sold <= 200


def lots_by_participant(market: BookMarket) -> Counter[int]:
    """Lots that each participant trades from now on."""
    lots = Counter[int]()

    def note(_now_ns: int, trade: Trade, _mid: float) -> None:
        lots[trade.maker_id % PARTICIPANTS] += trade.quantity
        lots[trade.taker_id % PARTICIPANTS] += trade.quantity

    market.exchange.on_print.append(note)
    return lots


def test_several_work_at_once_and_one_moves_no_other_s_draws(us: BookMarketSpec) -> None:
    fund = {"side": "sell", "lots": 500, "rate": 2.0, "mean_size": 3.0}
    bank = {"side": "buy", "lots": 400, "rate": 1.0, "mean_size": 2.0, "passive": 0.5}
    one = msgspec.structs.replace(us, institutions=msgspec.convert({"fund": fund}, dict[str, InstitutionSpec]))
    two = msgspec.structs.replace(
        us, institutions=msgspec.convert({"bank": bank, "fund": fund}, dict[str, InstitutionSpec])
    )
    alone, both = BookMarket([(0, one)], 1), BookMarket([(0, two)], 1)
    by_alone, by_both = lots_by_participant(alone), lots_by_participant(both)
    alone.clock.advance(200 * NS_PER_S)
    both.clock.advance(200 * NS_PER_S)
    first, second = alone._institutions["fund"], both._institutions["fund"]
    assert (first._sizes, first._passive) == (second._sizes, second._passive)
    # By name, the bank comes before the fund.
    assert 380 <= by_alone[FIRST_INSTITUTION] <= 400
    assert 380 <= by_both[FIRST_INSTITUTION + 1] <= 400
    assert 150 <= by_both[FIRST_INSTITUTION] <= 200
    # A seller of two lots a second, where some two lots a second trade, presses the price below the value.
    plain = BookMarket([(0, us)], 1)
    plain.clock.advance(0)
    gaps = []
    for second_s in range(1, 201):
        plain.clock.advance(second_s * NS_PER_S)
        gaps.append(plain.exchange.mid)
    pressed = BookMarket([(0, one)], 1)
    mids = []
    for second_s in range(1, 201):
        pressed.clock.advance(second_s * NS_PER_S)
        mids.append(pressed.exchange.mid)
    assert np.mean(mids) < np.mean(gaps) - 0.3


def test_an_event_changes_its_rate(us: BookMarketSpec) -> None:
    spec = msgspec.convert({"side": "sell", "lots": 500, "rate": 0.0, "mean_size": 2.0}, InstitutionSpec)
    quiet = msgspec.structs.replace(us, institutions={"fund": spec})
    busy = msgspec.structs.replace(us, institutions={"fund": msgspec.structs.replace(spec, rate=2.0)})
    market = BookMarket([(0, quiet), (100 * NS_PER_S, busy)], 1)
    lots = lots_by_participant(market)
    market.clock.advance(100 * NS_PER_S)
    assert lots[FIRST_INSTITUTION] == 0
    market.clock.advance(150 * NS_PER_S)
    assert 90 <= lots[FIRST_INSTITUTION] <= 104

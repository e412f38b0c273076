from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from mmtui.book import Side, Trade
from mmtui.market.book_market import FIRST_RIVAL, NOISE_MARKET, BookMarket, BookMarketSpec
from mmtui.market.core.draws import Floats, Ints
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.traders.rivals import Rival, RivalsSpec
from mmtui.market.value.latent_value import LatentValue, ValueSpec
from mmtui.units import NS_PER_S
from tests.unit.market.acting import MINUTE_NS, action_of, events

Rest = Callable[..., int]
BUY, SELL = Side.BUY, Side.SELL
SPEC = RivalsSpec(rate=2.0, lag_s=1.0, noise=0.0, half_spread=1.5, skew=0.5, size=4, snipe=1.5, mid_weight=0.0)


class Belief:
    """A value that is always the same, until it is set to another."""

    def __init__(self) -> None:
        self.value = 100.0

    def at(self, time_ns: int) -> float:
        return self.value

    def at_times(self, times_ns: Ints) -> Floats:
        return np.full(len(times_ns), self.value)


class Told:
    """A rival that is told what to believe, alone with far-off background orders of one lot."""

    def __init__(self, exchange: Exchange, rest: Rest, spec: RivalsSpec = SPEC) -> None:
        self.exchange = exchange
        self.far = rest(BUY, 50), rest(SELL, 150)
        self.belief = Belief()
        self.rival = Rival(exchange, self.belief, spec, 1, FIRST_RIVAL, 0)

    def believes(self, value: float) -> None:
        self.belief.value = value
        (wakes,) = self.rival.draw(0, MINUTE_NS)
        action_of(wakes)(0, 0)

    def orders(self) -> dict[int, tuple[Side, int, int]]:
        """Its orders in the book: side, price, lots."""
        return {
            order.order_id: (side, order.price, order.quantity)
            for side in Side
            for order in self.exchange.orders(side)
            if order.order_id % PARTICIPANTS == FIRST_RIVAL
        }

    def quotes(self) -> set[tuple[Side, int, int]]:
        return set(self.orders().values())


@pytest.fixture
def told(exchange: Exchange, rest: Rest) -> Told:
    return Told(exchange, rest)


def trade_with(told: Told, side: Side, lots: int) -> None:
    """Somebody takes from the best price."""
    told.exchange.take(0, 900 * PARTICIPANTS + NOISE_MARKET, side, lots, 200 if side is BUY else 1)


def test_quotes_are_rounded_away_from_the_reservation_price(told: Told) -> None:
    told.believes(100.2)
    assert told.quotes() == {(BUY, 98, 4), (SELL, 102, 4)}


def test_the_mid_has_its_weight_in_the_reference(exchange: Exchange, rest: Rest) -> None:
    told = Told(exchange, rest, msgspec.structs.replace(SPEC, mid_weight=0.2))
    rest(SELL, 130)
    # Mid 90: .8 · 100 + .2 · 90 = 98.
    told.believes(100.0)
    assert told.quotes() == {(BUY, 96, 4), (SELL, 100, 4)}


def test_a_quote_whose_price_is_unchanged_keeps_its_place(told: Told) -> None:
    told.believes(100.0)
    before = told.orders()
    told.believes(100.4)
    after = told.orders()
    # The bid stays at 98, first in its queue; the offer moved from 102 to 102 as well.
    assert after == before
    told.believes(100.6)
    moved = told.orders()
    assert set(moved.values()) == {(BUY, 99, 4), (SELL, 103, 4)}
    assert not set(moved) & set(before)


def test_what_is_left_of_a_partly_filled_quote_keeps_its_place_and_a_filled_one_is_renewed(told: Told) -> None:
    exchange = told.exchange
    told.rival.spec = msgspec.structs.replace(SPEC, skew=0.0)
    told.believes(100.0)
    before = told.orders()
    trade_with(told, BUY, 3)
    told.believes(100.0)
    assert told.quotes() == {(BUY, 98, 4), (SELL, 102, 1)}
    assert set(told.orders()) == set(before)
    trade_with(told, BUY, 1)
    assert exchange.best_ask == 150
    told.believes(100.0)
    assert told.quotes() == {(BUY, 98, 4), (SELL, 102, 4)}


@pytest.mark.parametrize(("taker", "inventory"), [(SELL, 4), (BUY, -4)])
def test_inventory_shifts_both_quotes_against_itself(told: Told, taker: Side, inventory: int) -> None:
    told.believes(100.0)
    trade_with(told, taker, 4)
    assert told.rival.inventory == inventory
    told.believes(100.0)
    shift = -2 if inventory > 0 else 2
    assert told.quotes() == {(BUY, 98 + shift, 4), (SELL, 102 + shift, 4)}


def test_a_quote_that_would_trade_is_clipped_to_rest(told: Told, rest: Rest) -> None:
    rest(SELL, 98, 10)
    told.rival.spec = msgspec.structs.replace(SPEC, snipe=100.0)
    told.believes(100.0)
    assert told.quotes() == {(BUY, 97, 4), (SELL, 102, 4)}
    assert told.exchange.trades == 0


@pytest.mark.parametrize(("side", "price", "worst"), [(SELL, 97, 98), (BUY, 103, 102)])
def test_a_quote_stale_by_more_than_the_threshold_is_taken(
    told: Told, rest: Rest, side: Side, price: int, worst: int
) -> None:
    rest(side, price)
    rest(side, worst)
    rest(side, worst + (1 if side is SELL else -1))
    told.believes(100.0)
    assert [(trade.price, trade.taker_side) for _, trade in told.exchange.tape] == [
        (price, side.opposite),
        (worst, side.opposite),
    ]


@pytest.mark.parametrize(("side", "price"), [(SELL, 99), (BUY, 101)])
def test_a_quote_less_stale_than_the_threshold_is_left(told: Told, rest: Rest, side: Side, price: int) -> None:
    rest(side, price)
    told.believes(100.0)
    assert told.exchange.trades == 0


def test_what_is_stale_depends_on_the_inventory(told: Told, rest: Rest) -> None:
    # Worth 100 but long 4 lots at half a tick each: to this rival an offer at 97.5 would be fair, one at 97 cheap by 1.
    told.believes(100.0)
    trade_with(told, SELL, 4)
    rest(SELL, 97, 1)
    trades = told.exchange.trades
    told.believes(100.0)
    assert told.exchange.trades == trades


def test_a_rival_learns_the_value_of_a_second_ago(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 50)
    rest(SELL, 150)
    spec = ValueSpec(sigma=1.0)
    rival = Rival(exchange, LatentValue([(0, spec)], 100, 1), SPEC, 1, FIRST_RIVAL, 0)
    truth = LatentValue([(0, spec)], 100, 1)
    wakes = 0
    for now_ns, action, row in events(rival, 0):
        action(now_ns, row)
        learnt = truth.at(now_ns - NS_PER_S)
        assert exchange.touch == (math.floor(learnt - 1.5), math.ceil(learnt + 1.5))
        wakes += 1
    # 120 wakes are due in a minute; 5 standard errors are 55.
    assert wakes == pytest.approx(120, abs=55)


def test_rivals_never_trade_with_themselves_and_hold_one_order_a_side(us: BookMarketSpec) -> None:
    market = BookMarket([(0, us)], 1)
    parties: list[tuple[int, int]] = []
    market.exchange.on_print.append(
        lambda _now, trade, _mid: parties.append((trade.maker_id % PARTICIPANTS, trade.taker_id % PARTICIPANTS))
    )
    for second in range(1, 1_200):
        market.clock.advance(second * NS_PER_S)
        orders = [
            (order.order_id % PARTICIPANTS, side)
            for side in Side
            for order in market.exchange.orders(side)
            if order.order_id % PARTICIPANTS >= FIRST_RIVAL
        ]
        assert len(orders) == len(set(orders)) <= 6
        assert market.exchange.best_bid < market.exchange.best_ask
    assert not [pair for pair in parties if pair[0] == pair[1]]
    assert {taker for _, taker in parties if taker >= FIRST_RIVAL} == {FIRST_RIVAL + number for number in range(3)}


def test_a_rival_s_inventory_is_what_its_trades_add_up_to(us: BookMarketSpec) -> None:
    market = BookMarket([(0, us)], 2)
    held = [0] * PARTICIPANTS

    def note(_now_ns: int, trade: Trade, _mid: float) -> None:
        held[trade.maker_id % PARTICIPANTS] -= trade.taker_side * trade.quantity
        held[trade.taker_id % PARTICIPANTS] += trade.taker_side * trade.quantity

    market.exchange.on_print.append(note)
    market.clock.advance(600 * NS_PER_S)
    assert [rival.inventory for rival in market._rivals] == held[FIRST_RIVAL : FIRST_RIVAL + 3]
    assert any(held)

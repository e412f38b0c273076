"""Desired quotes into orders."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.errors import StrategyError
from mmtui.market.rules.halts import Band
from mmtui.market.rules.phases import Phase
from mmtui.strategies.protocol import Quotes, Working
from mmtui.strategies.quoter import (
    Action,
    CancelOrder,
    PlaceOrder,
    ReduceOrder,
    Target,
    Targets,
    changes,
    checked,
    requote,
    targets,
)
from tests.unit.strategies.fake_view import US, market

BUY, SELL = Side.BUY, Side.SELL


def test_bid_is_floored_and_ask_ceiled() -> None:
    assert targets(Quotes(98.9, 101.1, 2, 3), market()) == (Target(98, 2), Target(102, 3))


def test_the_nearest_step_where_that_is_wanted() -> None:
    assert targets(Quotes(97.6, 102.4, 1, 1, nearest=True), market()) == (Target(98, 1), Target(102, 1))
    assert targets(Quotes(97.4, 102.6, 1, 1, nearest=True), market()) == (Target(97, 1), Target(103, 1))
    view = market(bid=90, ask=110)
    view.step = 5
    assert targets(Quotes(97.6, 107.4, 1, 1, nearest=True), view) == (Target(100, 1), Target(105, 1))


def test_rounding_errors_do_not_cost_a_tick() -> None:
    assert 0.1 + 0.2 > 0.3  # so that a price computed with them lies beside the tick it means
    assert targets(Quotes(97 - 1e-12, 103 + 1e-12, 1, 1), market()) == (Target(97, 1), Target(103, 1))


def test_quotes_stop_a_tick_short_of_the_other_side() -> None:
    assert targets(Quotes(bid=105, bid_size=1), market()) == (Target(100, 1), None)
    assert targets(Quotes(ask=95, ask_size=1), market()) == (None, Target(100, 1))


def test_prices_are_on_the_step_and_a_step_short_of_the_other_side() -> None:
    view = market(bid=90, ask=110)
    view.step = 5
    assert targets(Quotes(98.9, 101.1, 1, 1), view) == (Target(95, 1), Target(105, 1))
    assert targets(Quotes(bid=120, bid_size=1), view) == (Target(105, 1), None)
    assert targets(Quotes(ask=80, ask_size=1), view) == (None, Target(95, 1))
    assert targets(Quotes(101.0, 100.0, 1, 1), view) == (Target(95, 1), Target(105, 1))


def test_a_band_that_binds_bounds_a_bid_from_above_and_an_ask_from_below() -> None:
    view = market(90, 110)
    for binding, expected in ((True, (97, 99)), (False, (100, 95))):
        view.band = Band(99, 97, 98, binding)
        bid, _ = targets(Quotes(bid=100, bid_size=1), view)
        _, ask = targets(Quotes(ask=95, ask_size=1), view)
        assert bid is not None
        assert ask is not None
        assert (bid.price, ask.price) == expected


@pytest.mark.parametrize("phase", list(Phase))
def test_nothing_stands_while_trading_is_not_continuous(phase: Phase) -> None:
    view = market()
    view.phase = phase
    wanted = targets(Quotes(98, 102, 2, 2), view)

    assert (wanted != (None, None)) is (phase in (Phase.OPEN, Phase.COOLING_OFF, Phase.LIMIT_STATE))


def test_own_ask_in_the_way_does_not_hold_the_bid_back() -> None:
    view = market(bid=95, ask=105)
    own = view.rest(SELL, 98, 3)
    actions = requote(Quotes(100, 102, 1, 1), view)
    assert actions == [CancelOrder(own), PlaceOrder(BUY, 100, 1), PlaceOrder(SELL, 102, 1)]
    view.send(actions)


def test_own_ask_beside_others_still_bounds_the_bid() -> None:
    view = market(bid=95, ask=105)
    view.rest(SELL, 105, 3)
    assert targets(Quotes(bid=110, bid_size=1), view)[0] == Target(104, 1)


def test_own_bids_at_several_prices_do_not_hold_the_ask_back() -> None:
    view = market(bid=95, ask=105)
    for price in range(96, 102):
        view.rest(BUY, price, 1)
    assert targets(Quotes(ask=90, ask_size=1), view)[1] == Target(96, 1)


def test_without_others_on_a_side_there_is_nothing_to_cross() -> None:
    view = market()
    view.book.clear()
    view.others(BUY, (99, 1))
    view.rest(SELL, 101, 1)
    assert targets(Quotes(bid=120, bid_size=1), view)[0] == Target(120, 1)


@pytest.mark.parametrize(
    ("bid", "ask", "expected"),
    [
        (100.0, 100.0, (99, 101)),
        (100.5, 100.5, (100, 101)),
        (103.0, 98.0, (100, 101)),
        (102.0, 98.0, (99, 101)),
        (99.2, 99.8, (99, 100)),
    ],
)
def test_quotes_that_meet_are_drawn_back_to_either_side_of_their_centre(
    bid: float, ask: float, expected: tuple[int, int]
) -> None:
    bid_target, ask_target = targets(Quotes(bid, ask, 1, 1), market(bid=90, ask=110))
    assert bid_target is not None
    assert ask_target is not None
    assert (bid_target.price, ask_target.price) == expected


def test_size_is_capped_by_the_largest_order() -> None:
    view = market(rules=replace(US, max_order=5))
    assert targets(Quotes(98, 102, 9, 4), view) == (Target(98, 5), Target(102, 4))


@pytest.mark.parametrize(
    ("position", "bid_lots", "ask_lots"), [(0, 20, 20), (15, 5, 20), (-15, 20, 5), (20, 0, 20), (-25, 20, 0)]
)
def test_size_is_capped_by_the_room_to_the_limit(position: int, bid_lots: int, ask_lots: int) -> None:
    bid, ask = targets(Quotes(98, 102, 99, 99), market(position=position))
    assert (bid.quantity if bid else 0) == bid_lots
    assert (ask.quantity if ask else 0) == ask_lots


def test_no_price_or_no_size_is_no_quote() -> None:
    assert targets(Quotes(), market()) == (None, None)
    assert targets(Quotes(98, 102, 0, 0), market()) == (None, None)
    assert targets(Quotes(None, None, 5, 5), market()) == (None, None)


def test_bid_below_the_first_tick_is_no_quote() -> None:
    assert targets(Quotes(0.4, 102, 1, 1), market()) == (None, Target(102, 1))


def test_the_first_tick_is_a_price() -> None:
    assert targets(Quotes(1.0, 102, 1, 1), market()) == (Target(1, 1), Target(102, 1))
    view = market()
    view.book.clear()
    assert targets(Quotes(ask=1.0, ask_size=1), view) == (None, Target(1, 1))
    assert targets(Quotes(ask=0.0, ask_size=1), view) == (None, None)


def test_a_reservation_price_may_be_any_number() -> None:
    assert targets(Quotes(98, 102, 1, 1, reservation=-5.0), market()) == (Target(98, 1), Target(102, 1))


def test_checked_quotes_are_numbers_of_pythons_own_and_the_same_where_they_were() -> None:
    own = Quotes(98.5, 102.0, 2, 3, 100.0)
    assert checked(own) is own
    wanted = {"index": 4}
    quotes: Any = Quotes(np.float64(98.5), 102, np.int64(2), 3.0, hedges=wanted)  # type: ignore[arg-type]
    found = checked(quotes)
    wanted["index"] = 5
    assert found == Quotes(98.5, 102.0, 2, 3, hedges={"index": 4})
    assert [type(each) for each in (found.bid, found.ask, found.bid_size, found.ask_size)] == [float, float, int, int]


def test_numpy_scalars_are_numbers() -> None:
    quotes: Any = Quotes(np.float32(98.5), np.int64(102), np.int64(2), np.float64(3.0))  # type: ignore[arg-type]
    assert targets(quotes, market()) == (Target(98, 2), Target(102, 3))


@pytest.mark.parametrize(
    ("quotes", "complaint"),
    [
        (Quotes(bid=math.nan, bid_size=1), "bid must be a number from 0 to 2^53, not nan"),
        (Quotes(ask=math.inf, ask_size=1), "ask must be a number from 0 to 2^53, not inf"),
        (Quotes(bid=-1.0, bid_size=1), "bid must be a number from 0 to 2^53, not -1.0"),
        (Quotes(bid=98.0, bid_size=-2), "bid_size must be a number from 0 to 2^53, not -2"),
        (Quotes(ask=102, ask_size=1.5), "ask_size must be a whole number of lots, not 1.5"),  # type: ignore[arg-type]
        (Quotes(bid="98", bid_size=1), "bid must be a number, not '98'"),  # type: ignore[arg-type]
        (Quotes(bid=True, bid_size=1), "bid must be a number, not True"),
        (Quotes(bid=98, bid_size=None), "bid_size must be a number, not None"),  # type: ignore[arg-type]
        (Quotes(bid=math.nan), "bid must be a number from 0 to 2^53, not nan"),
        (Quotes(98, 102, 1, 1, reservation=math.nan), "reservation must be a number from -2^53 to 2^53, not nan"),
        (Quotes(98, 102, 1, 1, reservation=math.inf), "reservation must be a number from -2^53 to 2^53, not inf"),
        ((98, 102), "quote() must return Quotes, not (98, 102)"),
        (None, "quote() must return Quotes, not None"),
        ("x" * 99, f"quote() must return Quotes, not '{'x' * 56}..."),
    ],
)
def test_nonsense_is_named(quotes: Any, complaint: str) -> None:
    with pytest.raises(StrategyError) as raised:
        targets(quotes, market())
    assert str(raised.value) == complaint


# changes


def want(bid: tuple[int, int] | None, ask: tuple[int, int] | None = None) -> Targets:
    return (Target(*bid) if bid else None, Target(*ask) if ask else None)


def buy(order_id: int, price: int, quantity: int) -> Working:
    return Working(order_id, BUY, price, quantity)


def sell(order_id: int, price: int, quantity: int) -> Working:
    return Working(order_id, SELL, price, quantity)


@pytest.mark.parametrize(
    ("scenario", "wanted", "working", "expected"),
    [
        ("nothing there", want((99, 5), (101, 4)), [], [PlaceOrder(BUY, 99, 5), PlaceOrder(SELL, 101, 4)]),
        ("order still serves", want((99, 5)), [buy(1, 99, 5)], []),
        ("price moved", want((98, 5)), [buy(1, 99, 5)], [CancelOrder(1), PlaceOrder(BUY, 98, 5)]),
        ("not wanted any more", want(None), [buy(1, 99, 5), sell(2, 101, 1)], [CancelOrder(1), CancelOrder(2)]),
        ("too large", want((99, 2)), [buy(1, 99, 5)], [ReduceOrder(1, 3)]),
        ("youngest gives way first", want((99, 4)), [buy(1, 99, 3), buy(2, 99, 5)], [ReduceOrder(2, 4)]),
        ("youngest cancelled whole", want((99, 3)), [buy(1, 99, 3), buy(2, 99, 5)], [CancelOrder(2)]),
        (
            "cancel and reduce",
            want((99, 2)),
            [buy(1, 99, 3), buy(2, 99, 5), buy(3, 99, 1)],
            [ReduceOrder(1, 1), CancelOrder(2), CancelOrder(3)],
        ),
        ("half is left", want((99, 10)), [buy(1, 99, 5)], []),
        ("less than half is left", want((99, 10)), [buy(1, 99, 4)], [PlaceOrder(BUY, 99, 6)]),
        ("less than half in two", want((99, 10)), [buy(1, 99, 1), buy(2, 99, 3)], [PlaceOrder(BUY, 99, 6)]),
        (
            "removals before placements",
            want((99, 5), (101, 5)),
            [sell(1, 100, 5), buy(2, 98, 5), sell(3, 101, 9)],
            [CancelOrder(2), CancelOrder(1), ReduceOrder(3, 4), PlaceOrder(BUY, 99, 5)],
        ),
        ("same price, other side", want((99, 5)), [sell(1, 99, 5)], [CancelOrder(1), PlaceOrder(BUY, 99, 5)]),
    ],
)
def test_changes(scenario: str, wanted: Targets, working: list[Working], expected: list[Action]) -> None:
    assert changes(wanted, working) == expected, scenario


def test_what_the_obligation_needs_is_topped_up_at_once() -> None:
    assert changes(want((99, 10)), [buy(1, 99, 6)], least=7) == [PlaceOrder(BUY, 99, 4)]
    assert changes(want((99, 10)), [buy(1, 99, 7)], least=7) == []
    assert changes(want((99, 2)), [buy(1, 99, 2)], least=7) == []


def test_partly_filled_order_keeps_its_place_when_topped_up() -> None:
    view = market()
    own = view.rest(BUY, 100, 10)
    view.others(BUY, (100, 3))
    view.market_order(SELL, 8)
    assert view.position == 8
    view.send(requote(Quotes(bid=100, bid_size=10), view))
    ahead = view.book.queue_ahead(own)
    assert ahead is not None
    assert ahead.lots == 0
    assert view.own_quantity(BUY, 100) == 10
    assert len(view.orders) == 2


def test_order_smaller_than_the_obligation_asks_is_topped_up() -> None:
    view = market(rules=replace(US, min_size=7))
    view.send(requote(Quotes(bid=99, bid_size=6), view))
    assert requote(Quotes(bid=99, bid_size=9), view) == [PlaceOrder(BUY, 99, 3)]
    view.rules = US
    assert requote(Quotes(bid=99, bid_size=9), view) == []


def test_side_never_has_more_than_two_orders() -> None:
    view = market()
    for _ in range(200):
        view.position = 0
        view.send(requote(Quotes(100, 101, 10, 10), view))
        assert len(view.orders) <= 4
        assert len([order for order in view.orders if order.side is BUY]) <= 2
        view.market_order(SELL, 1)


def test_order_in_its_place_stays_when_only_the_other_side_moves() -> None:
    view = market()
    view.send(requote(Quotes(99, 102, 5, 5), view))
    bid, ask = view.orders
    assert requote(Quotes(99, 103, 5, 5), view) == [CancelOrder(ask.order_id), PlaceOrder(SELL, 103, 5)]
    assert bid.side is BUY

"""What each of the player's commands does to the orders, also while earlier ones are still on their way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmtui.errors import UnknownStrategyError
from mmtui.market.book_market import kind_of_order
from mmtui.market.core.exchange import PARTICIPANTS
from mmtui.market.core.gateway import Event
from mmtui.session.commands import Cancel, Flatten, HandOver, Join, Quote, Ready, Shift, Take, TakeBack
from mmtui.session.digest import Digest
from tests.unit.session.support import BUY, SELL, Stand, strategy_file

# Quote


def test_an_order_takes_its_latency_to_arrive() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), arrive=False)
    stand.wait(19.999)
    assert stand.book == {"bid": [], "ask": []}
    stand.wait(0.001)
    assert stand.book == {"bid": [(9_995, 5)], "ask": []}


def test_a_quote_replaces_the_orders_of_its_side_only() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Quote(SELL, 10_005, 4))
    stand.do(Quote(BUY, 9_996, 3))
    assert stand.book == {"bid": [(9_996, 3)], "ask": [(10_005, 4)]}


def test_an_order_that_serves_keeps_its_place() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5))
    (order,) = stand.maker.gateway.orders
    stand.others(BUY, 9_995, 7)
    stand.do(Quote(BUY, 9_995, 5))
    stand.do(Quote(BUY, 9_995, 3))
    assert stand.book["bid"] == [(9_995, 3)]
    assert list(stand.maker.gateway.orders) == [order]
    assert stand.market.exchange.queue_ahead(order) == (0, 0)


def test_a_larger_quote_at_the_same_price_goes_to_the_back() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 3))
    stand.others(BUY, 9_995, 7)
    stand.do(Quote(BUY, 9_995, 5))
    (order,) = stand.maker.gateway.orders
    assert stand.book["bid"] == [(9_995, 5)]
    assert stand.market.exchange.queue_ahead(order) == (7, 1)


def test_commands_given_while_others_are_on_their_way_count_on_them() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Quote(BUY, 9_994, 5), Quote(BUY, 9_994, 3), Quote(BUY, 9_994, 3))
    assert stand.book["bid"] == [(9_994, 3)]


def test_a_reduction_that_a_fill_overtakes_leaves_nothing() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5))
    stand.do(Quote(BUY, 9_995, 3), arrive=False)
    stand.hit(SELL, 4)
    stand.wait()
    assert stand.book["bid"] == []
    assert stand.maker.gateway.orders == {}
    assert stand.maker.gateway.position == 4


def test_a_quote_that_would_trade_is_rejected_and_said_so() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 10_010, 5))
    assert stand.book["bid"] == []
    assert stand.maker.notices == ["buy 5 @ 100.10 rejected: it would trade at once"]


@pytest.mark.parametrize(
    ("command", "notice"),
    [
        (Quote(BUY, 9_995, 11), "buy 11 @ 99.95 rejected: an order is 1 to 10 lots, not 11"),
        (Quote(BUY, 0, 1), "buy 1 @ 0.00 rejected: a price is at least one tick"),
        (Quote(SELL, -3, 1), "sell 1 @ -0.03 rejected: a price is at least one tick"),
    ],
)
def test_orders_the_exchange_does_not_take_are_said_so(command: Quote, notice: str) -> None:
    stand = Stand()
    stand.do(command)
    assert stand.maker.notices == [notice]
    assert stand.book == {"bid": [], "ask": []}


def test_an_order_that_could_take_the_position_beyond_the_limit_is_rejected() -> None:
    stand = Stand(position=15)
    stand.do(Quote(BUY, 9_995, 5))
    assert stand.book["bid"] == [(9_995, 5)]
    stand.do(Take(BUY, 1))
    refused = "buy 1 @ 100.12 rejected: position limit 20: this order could make it 21 with what rests"
    assert stand.maker.notices == [refused]
    assert stand.maker.gateway.position == 15


# Join


@pytest.mark.parametrize(
    ("side", "improve", "price"),
    [
        (BUY, 0, 9_990),
        (BUY, 1, 9_991),
        (BUY, -2, 9_988),
        (BUY, 19, 10_009),
        (BUY, 20, 10_009),
        (BUY, 500, 10_009),
        (SELL, 0, 10_010),
        (SELL, 1, 10_009),
        (SELL, 500, 9_991),
    ],
)
def test_joining_and_improving_never_cross(side: Any, improve: int, price: int) -> None:
    stand = Stand()
    stand.do(Join(side, 2, improve))
    assert stand.book["bid" if side is BUY else "ask"] == [(price, 2)]
    assert stand.maker.notices == []


# Take


def test_a_take_trades_no_further_than_its_protection() -> None:
    stand = Stand()
    stand.others(SELL, 10_005, 1)
    stand.others(SELL, 10_007, 1)
    stand.others(SELL, 10_008, 1)
    stand.do(Take(BUY, 5, protection=2))
    assert [(fill.price, fill.quantity, fill.maker, fill.manual) for fill in stand.maker.desk.fills] == [
        (10_005, 1, False, True),
        (10_007, 1, False, True),
    ]
    assert stand.maker.gateway.orders == {}


def test_a_take_meets_the_market_as_it_is_on_arrival() -> None:
    stand = Stand()
    stand.others(SELL, 10_005, 1)
    stand.do(Take(BUY, 1, protection=2), arrive=False)
    stand.hit(BUY, 1)
    stand.wait()
    assert stand.maker.gateway.position == 0
    assert stand.maker.notices == []


def test_a_large_take_goes_out_in_orders_of_the_largest_size() -> None:
    stand = Stand()
    stand.do(Take(SELL, 10**9))
    assert stand.maker.gateway.position == -20
    assert [fill.quantity for fill in stand.maker.desk.fills] == [10, 10]


def test_a_take_on_its_way_is_not_taken_for_a_quote() -> None:
    stand = Stand()
    stand.do(Take(BUY, 2, protection=-20), Quote(BUY, 9_990, 2))
    assert stand.book["bid"] == [(9_990, 2)]
    assert stand.maker.gateway.position == 0


def test_a_take_that_meets_own_orders_withdraws_them() -> None:
    stand = Stand()
    stand.do(Quote(SELL, 10_005, 3))
    stand.do(Take(BUY, 2, protection=5))
    assert stand.book["ask"] == []
    assert [fill.price for fill in stand.maker.desk.fills] == [10_010]


# Shift


def test_shift_moves_each_side_by_its_own_ticks() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Quote(SELL, 10_005, 4))
    stand.do(Shift(bid=-1, ask=2))
    assert stand.book == {"bid": [(9_994, 5)], "ask": [(10_007, 4)]}


def test_a_side_shifted_by_nothing_keeps_its_order() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Quote(SELL, 10_005, 4))
    bid, ask = stand.maker.gateway.orders
    stand.do(Shift(bid=0, ask=1))
    assert bid in stand.maker.gateway.orders
    assert ask not in stand.maker.gateway.orders


@pytest.mark.parametrize("ticks", [1, -1, 5, -5])
def test_tight_quotes_shift_through_each_other(ticks: int) -> None:
    stand = Stand()
    stand.do(Quote(BUY, 10_000, 5), Quote(SELL, 10_001, 4))
    stand.do(Shift(ticks, ticks))
    assert stand.book == {"bid": [(10_000 + ticks, 5)], "ask": [(10_001 + ticks, 4)]}
    assert stand.maker.notices == []


def test_shifts_add_up_while_on_their_way() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Shift(1, 1), Shift(1, 1))
    assert stand.book["bid"] == [(9_997, 5)]


# Cancel


@pytest.mark.parametrize(
    ("command", "left"),
    [
        (Cancel(), {"bid": [], "ask": []}),
        (Cancel(side=BUY), {"bid": [], "ask": [(10_005, 4)]}),
        (Cancel(price=10_005), {"bid": [(9_995, 5)], "ask": []}),
        (Cancel(side=BUY, price=10_005), {"bid": [(9_995, 5)], "ask": [(10_005, 4)]}),
    ],
)
def test_cancel_by_price_side_or_all(command: Cancel, left: dict[str, list[tuple[int, int]]]) -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Quote(SELL, 10_005, 4))
    stand.do(command)
    assert stand.book == left


def test_an_order_can_still_trade_while_its_cancel_is_on_the_way() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5))
    stand.do(Cancel(), Cancel(), arrive=False)
    stand.hit(SELL, 2)
    stand.wait()
    assert stand.maker.gateway.position == 2
    assert stand.book["bid"] == []


def test_an_order_not_yet_there_can_be_cancelled() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Cancel())
    assert stand.book["bid"] == []
    assert stand.maker.gateway.orders == {}


# Flatten


@pytest.mark.parametrize("position", [3, -3, 20, -20])
def test_flatten_trades_the_position_away_in_orders_of_the_largest_size(position: int) -> None:
    stand = Stand(position=position)
    stand.do(Quote(BUY if position < 0 else SELL, 9_995 if position < 0 else 10_005, 2))
    stand.do(Flatten())
    assert stand.maker.gateway.position == stand.maker.desk.position == 0
    assert stand.book == {"bid": [], "ask": []}
    assert all(fill.quantity <= 10 for fill in stand.maker.desk.fills)


def test_flatten_is_limit_protected() -> None:
    stand = Stand(position=3)
    stand.others(BUY, 9_996, 1)
    stand.do(Flatten(protection=5))
    assert stand.maker.gateway.position == 2


def test_flatten_twice_does_not_turn_the_position_around() -> None:
    stand = Stand(position=7)
    stand.do(Flatten(), Flatten())
    assert stand.maker.gateway.position == 0


# Strategies


@pytest.fixture
def wide(tmp_path: Path) -> str:
    """Quotes 9,994 / 10,006 and counts how often it was asked."""
    return strategy_file(tmp_path, "return Quotes(9_994, 10_006, 2, 2, reservation=10_000.0)")


def asked(stand: Stand) -> int:
    count: int = stand.maker.strategy.asked  # type: ignore[union-attr]
    return count


def test_a_ready_strategy_watches_and_sends_nothing(wide: str) -> None:
    stand = Stand(interval_ms=100)
    stand.do(Ready(wide), arrive=False)
    stand.wait(2_000)
    assert asked(stand) == 5  # It asks for half a second itself.
    assert stand.book == {"bid": [], "ask": []}
    (bid, ask), reservation = stand.maker.ghosts()
    assert (bid, ask, reservation) == ((9_994, 2), (10_006, 2), 10_000.0)


def test_the_level_bounds_how_often_a_strategy_is_asked(wide: str) -> None:
    stand = Stand(interval_ms=800)
    stand.do(HandOver(wide), arrive=False)
    stand.wait(1_600)
    assert asked(stand) == 3


def test_a_strategy_takes_over_warm_if_it_was_ready(wide: str) -> None:
    stand = Stand()
    stand.do(Ready(wide))
    strategy = stand.maker.strategy
    stand.do(HandOver(wide))
    assert stand.maker.strategy is strategy
    assert stand.maker.auto
    assert stand.book == {"bid": [(9_994, 2)], "ask": [(10_006, 2)]}
    assert stand.maker.ghosts() == ((None, None), 10_000.0)


def test_other_parameters_are_another_strategy() -> None:
    stand = Stand()
    stand.do(Ready("fixed", {"size": 3}))
    strategy = stand.maker.strategy
    stand.do(HandOver("fixed", {"size": 4}))
    assert stand.maker.strategy is not strategy
    assert stand.maker.params["size"] == 4


def test_handing_over_and_taking_back_again_and_again_asks_no_more_often(wide: str) -> None:
    stand = Stand(interval_ms=500)
    for _ in range(10):
        stand.do(HandOver(wide), TakeBack(), arrive=False)
    before = asked(stand)
    stand.do(HandOver(wide), arrive=False)
    stand.wait(5_000)
    assert asked(stand) == before + 11


def test_the_strategy_s_orders_replace_the_player_s(wide: str) -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5), Quote(SELL, 10_005, 4))
    stand.do(HandOver(wide))
    assert stand.book == {"bid": [(9_994, 2)], "ask": [(10_006, 2)]}


def test_taking_back_leaves_the_orders_working(wide: str) -> None:
    stand = Stand()
    stand.do(HandOver(wide))
    stand.do(TakeBack())
    assert not stand.maker.auto
    assert stand.book == {"bid": [(9_994, 2)], "ask": [(10_006, 2)]}
    stand.wait(5_000)
    assert stand.book == {"bid": [(9_994, 2)], "ask": [(10_006, 2)]}


@pytest.mark.parametrize(
    "command", [Quote(BUY, 9_995, 1), Join(BUY, 1), Take(BUY, 1), Shift(0, 0), Cancel(), Flatten()]
)
def test_what_the_player_does_by_hand_takes_back(wide: str, command: Any) -> None:
    stand = Stand()
    stand.do(HandOver(wide))
    stand.do(command)
    assert not stand.maker.auto
    assert stand.maker.strategy is not None


def test_choosing_another_strategy_takes_back_and_choosing_the_same_does_not(wide: str) -> None:
    stand = Stand()
    stand.do(HandOver(wide))
    stand.do(Ready(wide))
    assert stand.maker.auto
    stand.do(Ready("skew"))
    assert not stand.maker.auto
    assert stand.maker.strategy_name == "skew"


def test_a_strategy_is_asked_once_after_fills_of_one_instant(wide: str) -> None:
    stand = Stand(interval_ms=10_000)
    stand.do(HandOver(wide))
    assert asked(stand) == 1
    stand.hit(SELL, 2)
    stand.hit(BUY, 2)
    stand.wait(1)
    assert asked(stand) == 2


def test_fills_know_whose_order_it_was(wide: str) -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 1))
    stand.do(HandOver("idle"), arrive=False)
    stand.hit(SELL, 1)
    stand.do(HandOver(wide))
    stand.do(TakeBack())
    stand.hit(SELL, 1)
    assert [fill.manual for fill in stand.maker.desk.fills] == [True, False]


def test_a_strategy_that_is_not_there_changes_nothing(wide: str) -> None:
    stand = Stand()
    stand.do(HandOver(wide))
    for command in (Ready("skw"), HandOver("skw")):
        with pytest.raises(UnknownStrategyError, match="did you mean 'skew'"):
            stand.do(command)
    assert stand.maker.auto
    assert stand.maker.strategy_name == wide
    assert stand.maker.notices == ["there is no strategy 'skw'; did you mean 'skew'?"] * 2


# What is counted


def test_presence_is_the_time_with_both_sides_within_the_obligation() -> None:
    stand = Stand(latency_ms=0)
    stand.do(Quote(BUY, 9_996, 1), arrive=False)
    stand.wait(1_000)
    stand.do(Quote(SELL, 10_004, 1), arrive=False)
    stand.wait(1_000)
    stand.do(Quote(SELL, 10_005, 1), arrive=False)
    stand.wait(1_000)
    stand.do(Quote(SELL, 10_003, 1), arrive=False)
    stand.wait(500)
    stand.hit(BUY, 1)
    stand.wait(500)
    assert stand.maker.presence.share(stand.market.clock.now_ns) == pytest.approx(1.5 / 4)


def test_every_event_of_an_own_order_enters_the_digest() -> None:
    records: list[tuple[int, ...]] = []

    class Noting(Digest):
        def add(self, numbers: tuple[int, ...]) -> None:
            records.append(numbers)

    stand = Stand(digest=Noting())
    stand.do(Quote(BUY, 9_995, 5))
    stand.hit(SELL, 1)
    stand.do(Quote(BUY, 9_995, 3))
    stand.do(Cancel())
    stand.do(Quote(BUY, 10_010, 1))
    stand.do(Take(BUY, 1, protection=-30))
    events = [Event(record[2]) for record in records if record[0] == 2]
    assert events == [
        Event.ACCEPTED,
        Event.REDUCED,
        Event.CANCELLED,
        Event.REJECTED,
        Event.ACCEPTED,
        Event.UNFILLED,
    ]
    assert [record[0] for record in records].count(3) == 1


def test_fills_keep_the_order_of_the_other_side() -> None:
    stand = Stand()
    resting = stand.others(SELL, 10_005, 3)
    stand.do(Quote(BUY, 9_995, 5), Take(BUY, 3))
    stand.hit(SELL, 5)
    taken, given = stand.maker.desk.fills
    assert (taken.other_id, taken.maker) == (resting, False)
    assert given.other_id == resting + PARTICIPANTS
    assert kind_of_order(resting) == "noise"

"""What the floor says of orders, fills and hedges: the whole of them, and why a key did nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmtui.book import Side
from mmtui.observe.snapshot import FillLine
from mmtui.session.commands import HedgeAll, Quote, Take
from mmtui.tui.reports import TakeOrder, fill_report, take_report
from mmtui.units import NS_PER_S
from tests.tui.small import INSTRUMENT, _short, hedged, quiet, seat_in, trading
from tests.tui.test_floor import ASK, BID, on_floor

pytestmark = pytest.mark.slow


def fill(time_ns: int, side: Side, price: int, quantity: int) -> FillLine:
    return FillLine(time_ns, side, price, quantity, (None, None, None))


def test_fills_of_one_instant_are_one_report() -> None:
    fills = [fill(5, Side.BUY, 10017, 2), fill(5, Side.BUY, 10016, 6), fill(4, Side.BUY, 10018, 9)]
    assert fill_report(fills, INSTRUMENT) == "Bought 8 at 100.163 on average"
    assert fill_report(fills[2:], INSTRUMENT) == "Bought 9 at 100.18"
    assert fill_report([fill(5, Side.SELL, 10017, 2), *fills], INSTRUMENT) == "Sold 2 at 100.17"


def test_an_order_that_was_filled_in_part_says_of_how_many_and_why() -> None:
    view = quiet().view()
    fills = (fill(9, Side.SELL, 10017, 2), fill(9, Side.SELL, 10016, 6), fill(8, Side.SELL, 10018, 9))
    view = replace(view, desk=replace(view.desk, last_fills=fills))
    order = TakeOrder(Side.SELL, 12, 9, 5)
    assert take_report(order, view, INSTRUMENT) == (
        "Sold 8 of 12 at 100.163 on average: no more was bid for within 5 ticks"
    )
    assert take_report(order._replace(lots=8, for_="flat"), view, INSTRUMENT) == "Flat: sold 8 at 100.163 on average"
    assert take_report(order._replace(due_ns=7), view, INSTRUMENT) == "Nothing sold: none was bid for within 5 ticks"
    assert take_report(TakeOrder(Side.BUY, 3, 9, 2), view, INSTRUMENT) == (
        "Nothing bought: none was offered within 2 ticks"
    )


async def test_a_reverse_reports_the_whole_order() -> None:
    async with on_floor(trading) as floor:
        position = floor.screen.view.desk.position
        assert position > 0
        await floor.press("r")
        floor.driver.step(0.1)
        assert f"Reversed: sold {2 * position} at " in floor.message
        assert floor.screen.view.desk.position == -position
        await floor.press("f")
        floor.driver.step(0.1)
        assert f"Flat: bought {position} at " in floor.message


async def test_an_order_larger_than_what_is_offered_says_so() -> None:
    async with on_floor() as floor:
        await floor.press("5", "B")
        floor.driver.step(0.1)
        bought = floor.screen.view.desk.position
        assert 0 < bought < 20
        assert f"Bought {bought} of 20 at " in floor.message
        assert "no more was offered within 2 ticks" in floor.message


async def test_a_hedge_is_named_with_what_is_still_missing() -> None:
    async with on_floor(hedged) as floor:
        # The limit leaves less than the order asks for.
        lacks = floor.screen.view.hedges[0].missing
        await floor.press("H")
        floor.driver.step(0.1)
        held = floor.screen.view.hedges[0].position
        assert held == -8 + lacks
        assert f"Sold {-lacks} IDX: held {held}, covered" in floor.message
        assert await floor.press("H") == []
        assert "Nothing to hedge" in floor.message


async def test_one_instrument_alone_hedges_the_whole_position() -> None:
    long = seat_in(_short("index-future"), 5, Take(Side.BUY, 3))
    async with on_floor(lambda: long) as floor:
        assert await floor.press("H") == [HedgeAll("IX")]
        floor.driver.step(0.1)
        assert "Sold 3 IX: held -3, covered" in floor.message


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("comma", "no quotes to move"),
        ("full_stop", "no quotes to move"),
        ("semicolon", "no quotes to move"),
        ("apostrophe", "no quotes to move"),
        ("left_square_bracket", "no quotes to move"),
        ("u", "nothing to undo"),
        ("c", "no order of yours at the cursor"),
        ("x", "You have no bid to withdraw"),
        ("z", "You have no offer to withdraw"),
        ("grave_accent", "You have no order to withdraw"),
        ("f", "Your position is 0"),
        ("r", "Your position is 0"),
    ],
)
async def test_a_key_that_does_nothing_says_why(key: str, says: str) -> None:
    async with on_floor() as floor:
        await floor.press(key)
        assert says in floor.message


@pytest.mark.parametrize("key", ["comma", "semicolon", "c", "x", "grave_accent"])
async def test_a_key_that_does_something_says_nothing_of_the_kind(key: str) -> None:
    async with on_floor(trading) as floor:
        floor.ladder.point_at(floor.screen.view.orders[0].price)
        await floor.press(key)
        assert " no " not in floor.message


async def test_undo_says_what_it_did() -> None:
    async with on_floor() as floor:
        for command in (Quote(Side.BUY, BID - 4, 1), Quote(Side.SELL, ASK + 2, 1)):
            floor.seat.submit(command)
        floor.driver.step(1 / NS_PER_S)
        await floor.press("u")
        assert "Back to the quotes of before your last change" in floor.message

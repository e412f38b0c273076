"""A seat in somebody's room, on the floor: what it shows, what it sends, and what it cannot reach."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from textual.widgets import OptionList, Static

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.room.core.redaction import published
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.room.protocol.messages import End, Place, Places
from mmtui.room.protocol.seat import RoomSeat
from mmtui.session.commands import AnyCommand, HandOver, Join
from mmtui.strategies.registry import shipped_names
from mmtui.tui.app import MmtuiApp
from mmtui.tui.room_app import RoomApp, RoomEngine
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.leave import LeaveRoomScreen
from mmtui.tui.screens.room_floor import RoomFloorScreen
from tests.unit.room.rooms import S, opened, short

Picture = Callable[[MmtuiApp], bool]


def a_seat() -> tuple[Room, RoomSeat]:
    room = opened(RoomSpec(seats=3, bots=("skew", "glft")), level=short(duration_s=60))
    room.join("a", "frog")
    seat = RoomSeat(published(room.level), "frog", room.view(0), _sender(room))
    return room, seat


def _sender(room: Room) -> Callable[[AnyCommand], None]:
    def send(command: AnyCommand) -> None:
        room.submit(0, command)

    return send


def ended(seat: RoomSeat) -> None:
    places = [
        Place(seat=number, name=name, score=90.0 - number, parts={}, pnl=12.5 - 20 * number, position=0, fills=3)
        for number, name in enumerate(("newt", "frog", "(glft)"))
    ]
    seat.end = End(ended="time", result=None, digest="", seed="7", nonce="")
    seat.places = Places(at_ns=seat.end_ns, places=places)


@pytest.mark.parametrize("recorded", [False, True])
async def test_whoever_comes_in_is_told_whether_it_is_recorded(recorded: bool) -> None:
    _, seat = a_seat()
    seat.recorded = recorded
    app = RoomApp(partial(RoomFloorScreen, seat))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RoomFloorScreen)
        said = "what you do is recorded" if recorded else "nothing is recorded"
        assert screen.message == f"You are {seat.name}; {said}; your seat is yours while you are away"


async def test_whoever_has_shown_nothing_to_be_known_by_is_promised_no_seat() -> None:
    _, seat = a_seat()
    seat.kept = False
    app = RoomApp(partial(RoomFloorScreen, seat))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, RoomFloorScreen)
        assert app.screen.message.endswith("no seat is kept without a word of yours")


@pytest.mark.slow
@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
@pytest.mark.parametrize("over", [False, True], ids=["playing", "ended"])
async def test_the_floor_of_a_room_looks_as_it_did(size: tuple[int, int], over: bool, picture: Picture) -> None:
    room, seat = a_seat()
    app = RoomApp(partial(RoomFloorScreen, seat))
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await pilot.press("q", "w")
        room.advance(20 * S)
        if over:
            ended(seat)
        seat.update(room.view(0))
        screen = app.screen
        assert isinstance(screen, RoomFloorScreen)
        screen.paint()
        await pilot.pause()
        assert picture(app)


async def test_keys_send_commands_and_what_the_room_refuses_is_said() -> None:
    room, seat = a_seat()
    app = RoomApp(partial(RoomFloorScreen, seat))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2", "q")
        room.advance(S)
        seat.update(room.view(0))
        screen = app.screen
        assert isinstance(screen, RoomFloorScreen)
        screen.paint()
        order = screen.view.orders[0]
        assert (order.side, order.quantity) == (Side.BUY, room.level.maker.sizes[1])
        room.mute(0, on=True)
        await pilot.press("w")
        assert "muted" in screen.message
        await pilot.press("p")
        assert not screen.driver.paused
        seat.told = "The room says so"
        screen.paint()
        assert screen.message == "The room says so"


async def test_a_floor_paints_what_is_new_whenever_it_is_told_also_after_what_was_told_before_it_was_there() -> None:
    room, seat = a_seat()
    seat.update(room.view(0))
    app = RoomApp(partial(RoomFloorScreen, seat))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, RoomFloorScreen)
        for second in (1, 2):
            room.advance(second * S)
            seat.update(room.view(0))
            await pilot.pause()
            assert screen.view.now_ns == second * S
        await pilot.press("A")
        room.advance(3 * S)
        seat.update(room.view(0))
        await pilot.press("escape")
        await pilot.pause()
        assert screen.view.now_ns == 3 * S


@pytest.mark.parametrize("kept", [True, False])
async def test_whoever_leaves_is_asked_while_the_market_goes_on(kept: bool) -> None:
    room, seat = a_seat()
    seat.kept = kept
    app = RoomApp(partial(RoomFloorScreen, seat))
    async with app.run_test(size=(120, 40)) as pilot:
        floor = app.screen
        assert isinstance(floor, RoomFloorScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, LeaveRoomScreen)
        assert ("is yours" in str(app.screen.query_one(Static).content)) is kept
        room.advance(S)
        seat.update(room.view(0))
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, RoomFloorScreen)
        assert floor.view.now_ns == S
        await pilot.press("escape", "enter")
    assert not app.is_running


async def test_the_end_is_shown_once_and_enter_leaves() -> None:
    _, seat = a_seat()
    app = RoomApp(partial(RoomFloorScreen, seat))
    async with app.run_test(size=(120, 40)) as pilot:
        ended(seat)
        screen = app.screen
        assert isinstance(screen, RoomFloorScreen)
        screen.paint()
        screen.paint()
        await pilot.pause()
        assert len(app.screen_stack) == 3
        await pilot.press("enter")
    assert not app.is_running


async def test_nothing_of_this_machine_is_within_reach_of_a_key() -> None:
    _, seat = a_seat()
    app = RoomApp(partial(RoomFloorScreen, seat), "256")
    async with app.run_test(size=(120, 40)) as pilot:
        for key in ("ctrl+p", "ctrl+z", "o", "ctrl+s", "f5"):
            await pilot.press(key)
            assert isinstance(app.screen, RoomFloorScreen), key
        app.open_url("file:///etc/passwd")
        await pilot.press("A")
        await pilot.pause()
        assert isinstance(app.screen, ChooseStrategy)
        offered = [app.screen.query_one(OptionList).get_option_at_index(n).id for n in range(len(shipped_names()))]
        assert offered == list(shipped_names())
        assert app.screen.query_one(OptionList).option_count == len(shipped_names())


def test_a_strategy_is_chosen_without_being_made_and_never_from_a_file() -> None:
    engine = RoomEngine()
    assert engine.params("skew", {"half_spread": "2"}) == {"half_spread": 2.0}
    with pytest.raises(InputError, match="no strategy's file"):
        engine.params("composite", {"base": "/tmp/x.py:Mine"})


def test_a_seat_sends_what_it_is_given() -> None:
    sent: list[AnyCommand] = []
    room, _ = a_seat()
    seat = RoomSeat(published(room.level), "frog", room.view(0), sent.append)
    for command in (Join(Side.BUY, 1), HandOver("skew")):
        seat.submit(command)
    assert sent == [Join(Side.BUY, 1), HandOver("skew")]
    assert (seat.now_ns, seat.end_ns, seat.over) == (0, 60 * S, None)

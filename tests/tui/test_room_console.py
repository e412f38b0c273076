"""An instructor's console, and a wall."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from textual.widgets import Static

from mmtui.book import Side
from mmtui.room.core.instructions import (
    HaltTrading,
    Headline,
    InstitutionOrder,
    Jump,
    Message,
    NextEvent,
    SetMarket,
    Spike,
    Withdraw,
)
from mmtui.room.core.public import market_of
from mmtui.room.core.redaction import published
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.room.protocol.desk import RoomDesk
from mmtui.room.protocol.messages import Freeze, Kick, Mute, Place, Shown, Speed, Start
from mmtui.tui.app import MmtuiApp
from mmtui.tui.room_app import RoomApp
from mmtui.tui.screens.help import HelpScreen
from mmtui.tui.screens.leave import LeaveRoomScreen
from mmtui.tui.screens.room_console import ConsoleScreen, PromptScreen, WatchedFloorScreen, place_rows
from tests.unit.room.rooms import S, opened, short

Picture = Callable[[MmtuiApp], bool]


def a_desk(*, instructs: bool = True) -> tuple[Room, RoomDesk, list[msgspec.Struct]]:
    room = opened(RoomSpec(seats=3, bots=("skew", "glft")), level=short(duration_s=60))
    room.join("a", "frog")
    room.advance(20 * S)
    room.instruct(Headline(text="Talks have failed"))
    sent: list[msgspec.Struct] = []
    desk = RoomDesk(published(room.level), instructs, sent.append)
    places = [
        Place(seat=seat, name=name, score=90.0 - seat, parts={}, pnl=12.5 - 20 * seat, position=seat - 1, fills=3)
        for seat, name in enumerate(("frog", "(glft)", "(skew)"))
    ]
    desk.shown = Shown(market=market_of(room), places=places, started=False, frozen=False, speed=1.0)
    return room, desk, sent


@pytest.mark.slow
@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
@pytest.mark.parametrize("instructs", [True, False], ids=["console", "wall"])
async def test_the_console_and_the_wall_look_as_they_did(
    size: tuple[int, int], instructs: bool, picture: Picture
) -> None:
    app = RoomApp(partial(ConsoleScreen, a_desk(instructs=instructs)[1]))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ConsoleScreen)
        screen.paint()
        await pilot.pause()
        assert picture(app)


async def test_what_was_said_of_a_market_not_there_yet_goes_as_it_comes() -> None:
    _, desk, _ = a_desk(instructs=False)
    later, desk.shown = desk.shown, None
    desk.told = "The market is shown 30 seconds late: there is nothing yet"
    app = RoomApp(partial(ConsoleScreen, desk))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ConsoleScreen)
        said = screen.query_one("#console-message", Static)
        assert "nothing yet" in str(said.content)
        desk.shown = later
        screen.paint()
        assert "nothing yet" not in str(said.content)
        desk.told = "No such seat"
        screen.paint()
        assert "No such seat" in str(said.content)


def test_a_seat_is_one_row_also_where_it_is_narrow() -> None:
    place = Place(
        seat=1, name="a-name-of-some-length", score=100.0, parts={}, pnl=-123456.7, position=-1000, fills=1234
    )
    for width in (41, 65):
        rows = place_rows([place], 1, {1}, width, 10)
        assert all(len("".join(text for text, _ in row)) <= width for row in rows)


async def test_keys_say_to_the_room_what_an_instructor_may() -> None:
    _, desk, sent = a_desk()
    app = RoomApp(partial(ConsoleScreen, desk))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("space", "greater_than_sign", "b", "s", "h", "h", "down", "u", "u", "w", "K")
        assert sent == [
            Start(),
            Speed(2.0),
            Spike(side=Side.BUY, lots=20),
            Spike(side=Side.SELL, lots=20),
            HaltTrading(on=True),
            HaltTrading(on=False),
            Mute(1, True),
            Mute(1, False),
            Withdraw(seat=1),
            Kick(1),
        ]
        assert desk.shown is not None
        desk.shown = msgspec.structs.replace(desk.shown, started=True)
        sent.clear()
        await pilot.press("space", "m")
        assert isinstance(app.screen, PromptScreen)
        await pilot.press("h", "i", "enter")
        await pilot.press("M", "x", "enter", "n", "y", "enter", "n", "escape")
        assert sent == [Freeze(True), Message(seat=1, text="hi"), Message(text="x"), Headline(text="y")]
        sent.clear()
        await pilot.press("e", "j", *"-20", "enter", "i", *"informed.rate=2", "enter", "o", *"-90 30", "enter")
        assert sent == [
            NextEvent(),
            Jump(ticks=-20.0),
            SetMarket(key="informed.rate", value=2.0),
            InstitutionOrder(side=Side.SELL, lots=90, seconds=30),
        ]
        await pilot.press("j", "x", "enter")
        assert len(sent) == 4
        assert "x is no answer" in str(app.screen.query_one("#console-message", Static).content)


async def test_the_mark_stays_with_its_seat_when_the_ranks_change() -> None:
    _, desk, sent = a_desk()
    app = RoomApp(partial(ConsoleScreen, desk))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        assert desk.shown is not None
        desk.shown = msgspec.structs.replace(desk.shown, places=desk.shown.places[::-1])
        await pilot.press("down", "up", "w")
        assert sent == [Withdraw(seat=1)]


async def test_a_floor_is_seen_and_nothing_is_done_on_it() -> None:
    room, desk, sent = a_desk()
    app = RoomApp(partial(ConsoleScreen, desk))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("v")
        assert desk.watched == 0
        desk.floor = room.view(0)
        screen = app.screen
        assert isinstance(screen, ConsoleScreen)
        screen.paint()
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, WatchedFloorScreen)
        await pilot.press("q")
        assert "you look on" in floor.message.lower()
        await pilot.press("escape")
        assert app.screen is screen
        assert desk.watched is None
        assert sent == []


async def test_the_console_names_all_its_keys() -> None:
    app = RoomApp(partial(ConsoleScreen, a_desk()[1]))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        told = "\n".join(str(column.render()) for column in app.screen.query("#help-columns Static").results(Static))
        for does in ("jump of the value", "next event", "change the market", "institution", "put out"):
            assert does in told
        await pilot.press("escape")
        assert isinstance(app.screen, ConsoleScreen)


async def test_nobody_leaves_a_console_by_a_key_too_many() -> None:
    _, desk, _ = a_desk()
    app = RoomApp(partial(ConsoleScreen, desk))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("m", "escape", "escape")
        assert isinstance(app.screen, LeaveRoomScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, ConsoleScreen)
        await pilot.press("escape", "enter")
    assert not app.is_running


async def test_a_wall_can_do_nothing_and_says_when_the_room_has_gone() -> None:
    _, desk, sent = a_desk(instructs=False)
    app = RoomApp(partial(ConsoleScreen, desk))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "b", "K", "m", "v")
        assert isinstance(app.screen, ConsoleScreen)
        assert sent == []
        desk.gone = "The room has closed the connection"
        app.screen.paint()
        await pilot.press("escape")
    assert not app.is_running

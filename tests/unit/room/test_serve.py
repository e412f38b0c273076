"""A room over TCP: its clock, its clients, attacks, and what becomes of it when it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mmtui.book import Side
from mmtui.cli.main import main
from mmtui.cli.room import link
from mmtui.errors import InputError
from mmtui.room.client import AsyncClient, Client, desk_of, level_of, seat_of
from mmtui.room.core.instructions import HaltTrading, Headline
from mmtui.room.core.resume import played_again
from mmtui.room.core.spec import RoomSpec
from mmtui.room.protocol.messages import (
    MOST_LINE,
    End,
    Freeze,
    Hello,
    Places,
    Refused,
    SeatView,
    SeeMarket,
    Shown,
    Speed,
    Standings,
    Start,
    Step,
    Watch,
)
from mmtui.room.protocol.seat import RoomSeat
from mmtui.room.serve.callers import Callers
from mmtui.room.serve.failures import Failures
from mmtui.room.serve.host import Host, Line
from mmtui.room.serve.opening import open_room, reopen_room
from mmtui.room.serve.tcp import TcpServer
from mmtui.room.serve.turns import Turns
from mmtui.session.commands import Join, Quote
from mmtui.units import NS_PER_MS
from tests.unit.room.rooms import S, opened, quiet, short

#: A failure takes so long; success does not wait.
PATIENCE_S = 120.0


def a_room(folder: Path | None = None, *, seats: int = 2, duration_s: int = 4, password: str = "") -> Host:
    return open_room(
        short(duration_s=duration_s),
        lambda commitment: RoomSpec(seats=seats, commitment=commitment),
        seed=7,
        folder=folder,
        password=password,
        starts_at=seats,
        on_trouble=quiet,
    )


@asynccontextmanager
async def served(host: Host, *, speed: float = 8.0) -> AsyncIterator[int]:
    """The room on a port."""
    host.speed = speed
    async with TcpServer(host).listening("127.0.0.1", 0) as port:
        running = asyncio.create_task(host.run())
        try:
            yield port
        finally:
            running.cancel()


@asynccontextmanager
async def entered(port: int, **hello: Any) -> AsyncIterator[AsyncClient]:
    client = await AsyncClient.connect("127.0.0.1", port, Hello(hello=1, **hello))
    try:
        yield client
    finally:
        await client.close()


async def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := condition():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


async def test_two_programs_play_a_level_to_its_end_and_the_journal_plays_it_again(tmp_path: Path) -> None:
    host = a_room(tmp_path)
    async with served(host) as port, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(entered(port, name=name)) for name in ("a", "b")]
        assert [client.welcome.seat for client in clients] == [0, 1]
        assert level_of(clients[0].welcome).id == "skew"
        clients[0].watch(20)
        ends = []
        async for answer in clients[0].answers():
            assert not isinstance(answer, Refused)
            if isinstance(answer, SeatView) and answer.view.ended is None:
                clients[0].send(Join(Side.BUY, 2))
                clients[0].send(Join(Side.SELL, 2))
            elif isinstance(answer, End | Places):
                ends.append(answer)
    end, places = ends
    assert isinstance(end, End)
    assert isinstance(places, Places)
    assert host.secret.commitment == clients[0].welcome.commitment
    assert (end.seed, end.nonce) == ("7", host.secret.nonce)
    assert end.result == host.room.result(0)
    assert {place.name for place in places.places} == {"a", "b"}
    assert end.result is not None
    assert end.result.presence > 0
    again, journal = played_again(tmp_path / "room.jsonl")
    assert journal.end is not None
    assert again.digest == host.room.digest == end.digest == journal.end.digest


async def test_the_market_waits_until_enough_seats_are_taken_and_while_it_is_frozen() -> None:
    host = a_room()
    async with served(host) as port, entered(port):
        await asyncio.sleep(0.1)
        assert host.room.now_ns == 0
        async with entered(port, role="instructor", token=host.instructor) as teacher:
            for request in (Start(), Speed(2.0), Freeze()):
                teacher.send(request)
            await until(lambda: host.frozen)
            assert (host.started, host.speed) == (True, 2.0)
            at_ns = host.room.now_ns
            await asyncio.sleep(0.1)
            assert host.room.now_ns == at_ns
            teacher.send(Freeze(False))
            await until(lambda: not host.frozen)
        assert host.room.view(0).notices[-3:] == (
            "The clock goes at ×2",
            "The instructor has stopped the clock",
            "The clock goes at ×2",
        )


async def test_what_a_seat_has_sent_is_shown_when_it_has_arrived_and_nothing_else_hurries() -> None:
    host, shown = a_room(seats=1), []
    line = Line(None, lambda: 0.0, lambda: None, lambda: None)
    host.sit("somebody", "frog", line)
    line.on_answer = lambda: shown.append((host.room.now_ns, host.view(0).orders))
    host.advance(1.001)
    assert not shown
    host.submit(line, Join(Side.BUY, 2))
    for _ in range(10):
        host.advance(0.02)
    (sent_ns, sent), (rests_ns, rests) = shown
    # At the end of the slot it is on its way, and after the level's latency it has a place in the queue.
    assert 1.001 * S < sent_ns < 1.05 * S
    assert sent[0].lots_ahead is None
    assert rests_ns - sent_ns == pytest.approx(0.02 * S, abs=0.001 * S)
    assert rests[0].lots_ahead is not None


async def test_a_watcher_that_asks_for_it_is_sent_a_view_as_soon_as_what_it_sent_has_arrived() -> None:
    async with served(a_room(seats=1, duration_s=60), speed=1.0) as port, entered(port) as client:
        client.send(Watch(0.1, answers=True))
        client.send(Join(Side.BUY, 2))
        found = []
        async for answer in client.answers():
            if isinstance(answer, SeatView):
                found.append(answer.view)
                if found[-1].orders and found[-1].orders[0].lots_ahead is not None:
                    break
        # Ten seconds before the first view that it would have been sent anyway.
        assert found[-1].now_ns < 5 * S


async def test_floors_of_a_process_take_turns_and_one_that_does_not_paint_stops_no_other() -> None:
    room = opened(RoomSpec(seats=3))
    for name in "abc":
        room.join(name)
    seats = [RoomSeat(room.level, name, room.view(number), print) for number, name in enumerate("abc")]
    order: list[str] = []
    for seat in seats[:2]:

        def paint(seat: RoomSeat = seat) -> None:
            order.append(seat.name)
            seat.unseen = False

        seat.on_change = paint
    turns = Turns()
    taken = [turns.take(seat, seat.changed) for seat in seats]
    await until(lambda: len(order) >= 6)
    assert order[:6] == ["a", "b"] * 3
    for turn in taken:
        turns.leave(turn)
    gc.unfreeze()


async def test_a_client_that_is_gone_has_its_seat_back_and_a_second_line_of_it_closes_the_first() -> None:
    host = a_room(duration_s=60)
    async with served(host, speed=1.0) as port:
        async with entered(port, name="frog") as first:
            token = first.welcome.token
        await until(lambda: not host.room.seats[0].connected)
        assert host.room.sessions[0].makers[0].auto
        async with entered(port, token=token) as again:
            assert (again.welcome.seat, again.welcome.name) == (0, "frog")
            assert not host.room.sessions[0].makers[0].auto
            async with entered(port, token=token) as third:
                assert third.welcome.seat == 0
                assert [answer async for answer in again.answers()] == []
                await asyncio.sleep(0.05)
                assert host.room.seats[0].connected


async def test_a_screen_s_seat_shows_what_comes_and_says_when_the_room_has_gone() -> None:
    host = a_room(seats=1, duration_s=30)
    async with served(host, speed=1.0) as port, entered(port, name="frog") as client:
        seat, keep = await seat_of(client)
        keeping = asyncio.create_task(keep())
        at_ns = seat.now_ns
        await until(lambda: seat.now_ns > at_ns)
        seat.submit(Quote(Side.BUY, (seat.view().best_bid or 1) - 1, 1))
        await until(lambda: seat.view().orders)
        host.room.mute(0, on=True)
        seat.submit(Join(Side.BUY, 1))
        assert "muted" in await until(lambda: seat.told)
        host.lines[0].close()
        await keeping
        assert "closed the connection" in seat.gone


def test_a_program_in_one_thread_plays_by_the_reference_client(tmp_path: Path) -> None:
    with started(tmp_path, "--set", "duration_s=3") as (process, port):
        with Client("127.0.0.1", port, name="frog") as client:
            assert client.submit(Join(Side.BUY, 2)) >= 0
            with pytest.raises(InputError, match="goes on by itself"):
                client.ask(Step(5))
            while client.look() is not None:
                pass
            assert client.submit(Join(Side.BUY, 2)) == 0
        assert process.wait(PATIENCE_S) == 0, process.stdout and process.stdout.read()
    assert client.end is not None
    page = (tmp_path / "class" / "debrief.html").read_text()
    assert "Who paid whom" in page
    assert "Made in each seat by strategies" in page


def test_commands_are_held_back_for_the_slowest_line_from_the_first_one_on() -> None:
    host = a_room(seats=2)
    for name, round_trip_s in (("frog", 0.005), ("newt", 0.12)):
        assert host.room.delay_ns == 0
        host.sit(name, name, Line(None, lambda it=round_trip_s: it, lambda: None, lambda: None))  # type: ignore[misc]
    assert host.started
    assert host.room.delay_ns == 120 * NS_PER_MS


# Attacks


async def _raw(port: int, data: bytes, *, ends: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    with contextlib.suppress(ConnectionError):
        writer.write(data)
        if ends:
            writer.write_eof()
        said = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return said


async def test_huge_frames_and_other_protocols_get_a_sentence_and_no_more() -> None:
    host = a_room(duration_s=60)
    async with served(host) as port:
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"x" * 3 * MOST_LINE + b"\n", b"\x16\x03\x01" * 20 + b"\n"):
            said = await _raw(port, data)
            assert said.count(b"\n") <= 1
            assert len(said) < 500
        assert not host.lines


async def test_silent_connections_keep_nobody_out() -> None:
    host = a_room(duration_s=60)
    async with served(host) as port, AsyncExitStack() as silent:
        for _ in range(520):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            silent.callback(writer.close)
        async with entered(port) as client:
            assert client.welcome.seat == 0


def test_of_too_many_callers_the_oldest_of_who_has_most_is_let_go() -> None:
    callers, gone = Callers(), list[tuple[str, int]]()
    for number in range(3):
        callers.add(partial(gone.append, ("192.0.2.1", number)), "192.0.2.1")
    flood = [partial(gone.append, (f"2001:db8::{number}", number)) for number in range(255)]
    for number, let_go in enumerate(flood):
        callers.add(let_go, f"2001:db8::{number}")
        if number == 1:
            callers.remove(flood[0])
    assert gone == [(f"2001:db8::{number}", number) for number in range(1, 8)]


def test_guesses_get_slower_and_no_address_is_shut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 5.0
    monkeypatch.setattr("mmtui.room.serve.failures.monotonic", lambda: now_s)
    failures = Failures()
    for _ in range(10):
        assert failures.pause_s("192.0.2.7") == 0.0
        failures.add("192.0.2.7")
    # Who has the right password waits as long as everybody else, a turn after the other.
    assert [failures.pause_s("192.0.2.7") for _ in range(3)] == pytest.approx([0.0, 0.1, 0.2])
    assert failures.pause_s("::ffff:192.0.2.7") == pytest.approx(0.3)
    assert failures.pause_s("192.0.2.8") == 0.0
    waiting = 0
    while (pause_s := failures.pause_s("192.0.2.7")) is not None:
        assert pause_s < 10.1
        waiting += 1
    assert waiting > 90
    guesses = 0
    while now_s < 3600.0:
        now_s += failures.pause_s("192.0.2.9") or 0.0
        failures.add("192.0.2.9")
        guesses += 1
    assert 1000 < guesses < 2000
    now_s += 601.0
    assert [failures.pause_s("192.0.2.9") for _ in range(3)] == [0.0, 0.0, 0.0]
    for number in range(10):
        failures.add(f"2001:db8::{number}")
    assert failures.pause_s("2001:db8::ffff") == 0.0
    assert failures.pause_s("2001:db8::fffe") == pytest.approx(0.1)
    assert failures.pause_s("2001:db8:0:1::1") == failures.pause_s("2001:db8:0:1::1") == 0.0


async def test_after_wrong_passwords_the_right_one_is_heard_from_the_same_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = a_room(duration_s=60, password="right")
    async with served(host) as port:
        said = await asyncio.gather(*(_raw(port, b'{"hello":1,"password":"%d"}\n' % number) for number in range(30)))
        assert all(b"password" in each for each in said)
        async with entered(port, password="right") as client:
            assert client.welcome.seat == 0
        # Where too many wait already, one is told so; whoever was let in before need not wait.
        monkeypatch.setattr("mmtui.room.serve.failures._LONGEST_S", -1.0)
        assert b"try again" in await _raw(port, b'{"hello":1,"password":"right"}\n')
        async with entered(port, password="right", token=client.welcome.token) as client:
            assert client.welcome.seat == 0
        async with entered(port, role="instructor", token=host.instructor):
            pass
        assert b"try again" in await _raw(port, b'{"hello":1,"role":"instructor","token":"guess"}\n')
        # Whoever says nothing has failed nothing.
        counted = sum(host.failures._counts.values())
        assert await _raw(port, b"", ends=True) == b""
        assert sum(host.failures._counts.values()) == counted == 30


async def test_a_flood_is_read_no_faster_than_it_may_be_sent() -> None:
    host = a_room(seats=1, duration_s=60)
    async with served(host, speed=1.0) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b'{"hello":1}\n' + b'{"do":"join","side":1,"size":1}\n' * 5000)
        await until(lambda: host.room.now_ns > S)
        # 200 at once and 100 a second for as long as it took, of 5,000.
        assert len(host.room.sessions[0].commands) < 1500
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_who_does_not_read_is_sent_no_more_than_waits() -> None:
    host = a_room(seats=1, duration_s=60)
    async with served(host, speed=1.0) as port:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(b'{"hello":1}\n{"do":"watch","per_second":20}\n')
        await until(lambda: host.room.now_ns > 2 * S)
        assert host.room.seats[0].connected
        sock.close()


# A room that is killed


@contextmanager
def started(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``mmtui room`` in a process of its own, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mmtui", "room", "skew", "--seats", "2", "--tcp", str(port), "--instead", "skew"]
    record = () if "--resume" in options else ("--record", str(folder / "class"))
    with subprocess.Popen(
        [*command, *record, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not (said and said[-1].startswith("Recorded")):
            line = process.stdout.readline()
            assert line, "".join(said)
            said.append(line)
        try:
            yield process, port
        finally:
            process.kill()


def test_a_room_that_is_killed_goes_on_with_the_same_seats_and_the_same_digest(tmp_path: Path) -> None:
    journal_file = tmp_path / "class" / "room.jsonl"
    with (
        started(tmp_path, "--set", "duration_s=6", "--drop", "cancel") as (process, port),
        Client("127.0.0.1", port, name="frog") as client,
    ):
        deadline = time.monotonic() + PATIENCE_S
        while (view := client.look()) is not None and view.now_ns < 2 * S and time.monotonic() < deadline:
            client.submit(Join(Side.BUY, 2))
        process.kill()
        process.wait()
    at_ns = played_again(journal_file)[0].now_ns
    assert at_ns >= 1.4 * S
    with started(tmp_path, "--resume", str(tmp_path / "class")) as (process, port):
        with Client("127.0.0.1", port, token=client.welcome.token) as again:
            assert (again.welcome.seat, again.welcome.name) == (0, "frog")
            assert again.welcome.now_ns >= at_ns
            while again.look() is not None:
                again.submit(Join(Side.SELL, 1))
        assert process.wait(PATIENCE_S) == 0, process.stdout and process.stdout.read()
    played, journal = played_again(journal_file)
    assert journal.end is not None
    assert again.end is not None
    assert again.end.digest == played.digest == journal.end.digest


def test_a_seat_is_kept_for_a_minute_and_for_who_was_put_out_never_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr("mmtui.room.serve.host.monotonic", lambda: now_s)

    def sits(host: Host, who: str) -> int:
        line = Line(None, lambda: 0.0, lambda: None, lambda: None)
        return host.sit(who, who, line)

    host = a_room(tmp_path, seats=3)
    assert [sits(host, name) for name in ("frog", "newt", "toad")] == [0, 1, 2]
    host.room.advance(S)
    host.gone(host.lines[1])
    now_s = 130.0
    host.gone(host.lines[0])
    now_s = 159.0
    with pytest.raises(InputError, match="all 3 seats are taken"):
        sits(host, "late")
    now_s = 160.0
    assert sits(host, "late") == 1
    host.kick(2)
    host.room.close()
    # Everybody was cut off as the room was.
    now_s = 300.0
    again = reopen_room(tmp_path, password="", on_trouble=quiet)
    with pytest.raises(InputError, match="has put you out"):
        sits(again, "toad")
    assert sits(again, "other") == 2
    with pytest.raises(InputError, match="all 3 seats are taken"):
        sits(again, "more")
    now_s = 360.0
    assert sits(again, "more") == 0
    again.room.close()


def test_par_of_a_room_that_goes_on_is_not_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = a_room(tmp_path)
    host.sit("somebody", "frog", Line(None, lambda: 0.0, lambda: None, lambda: None))
    host.room.advance(2 * S)
    par = host.room.sessions[0].par
    host.room.close()
    assert (tmp_path / "par.json").stat().st_mode & 0o077 == 0
    with monkeypatch.context() as patched:
        patched.setattr("mmtui.room.core.par._par_session", lambda *_: pytest.fail("it is worked out again"))
        again = reopen_room(tmp_path, password="", on_trouble=quiet)
    kept = again.room.sessions[0].par
    assert [kept.at(second) for second in range(5)] == [par.at(second) for second in range(5)]
    assert [kept.volume_at(second) for second in range(5)] == [par.volume_at(second) for second in range(5)]
    assert again.room.digest == host.room.digest
    again.room.close()
    (tmp_path / "par.json").write_text('{"made":[],"traded":[]}')
    with pytest.raises(InputError, match="expected par of this room"):
        reopen_room(tmp_path, password="", on_trouble=quiet)


def test_what_a_room_keeps_is_private_from_its_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rights = set[int]()
    made = os.open

    def noting(path: str, flags: int, mode: int = 0o777, **more: Any) -> int:
        if flags & os.O_CREAT:
            rights.add(mode)
        return made(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", noting)
    monkeypatch.setattr(Path, "chmod", lambda *_: pytest.fail("it is private too late"))
    a_room(tmp_path).room.close()
    assert rights == {0o600}


def test_who_has_which_seat_is_private_and_in_no_journal(tmp_path: Path) -> None:
    host = a_room(tmp_path)
    host.people.write(host.room, host.secret)
    # Until the end nobody knows the seed, which a journal begins with.
    assert all((tmp_path / name).stat().st_mode & 0o077 == 0 for name in ("people.json", "room.jsonl"))
    with pytest.raises(InputError, match="there already"):
        a_room(tmp_path)
    host.room.close()
    (tmp_path / "people.json").write_text('{"seats": 3}')
    with pytest.raises(InputError, match="who has which seat"):
        reopen_room(tmp_path, password="", on_trouble=quiet)


# Who looks on


async def test_who_looks_on_is_shown_the_market_late_and_can_do_nothing() -> None:
    host = a_room(duration_s=60)
    host.late_s = 1.5
    host.started = True
    async with served(host, speed=1.0) as port, entered(port, role="spectator") as wall:
        answers = wall.answers()
        for asked in (SeeMarket(), Standings()):
            wall.send(asked)
            early = await anext(answers)
            assert isinstance(early, Refused)
            assert "late" in early.why
        await until(lambda: host.room.now_ns > 2.5 * S)
        for request in (SeeMarket(), Standings(), Join(Side.BUY, 1), Freeze(), Watch(5.0)):
            wall.send(request)
        shown, places, *refused = [await anext(answers) for _ in range(5)]
        assert isinstance(shown, Shown)
        assert isinstance(places, Places)
        assert shown.market.at_ns <= host.room.now_ns - 1.4 * S
        assert places.at_ns <= host.room.now_ns - 1.4 * S
        assert all(isinstance(each, Refused) for each in refused)
        assert [place.name for place in shown.places] == ["(skew)", "(skew)"]
    assert not host.frozen


async def test_who_looks_on_late_is_shown_the_end_all_the_same() -> None:
    host = a_room(duration_s=2)
    host.started = True
    async with served(host) as port, entered(port, role="spectator") as client:
        desk, keep = desk_of(client, instructs=False)
        await asyncio.wait_for(keep(), 60.0)
    assert desk.shown is not None
    assert desk.shown.market.at_ns == host.room.end_ns
    assert desk.shown.places == host.places().places
    assert desk.gone == "The level is over"


async def test_a_console_follows_the_market_and_the_floor_that_it_watches() -> None:
    host = a_room(seats=1, duration_s=60)
    async with (
        served(host, speed=1.0) as port,
        entered(port, name="frog"),
        entered(port, role="instructor", token=host.instructor) as client,
    ):
        desk, keep = desk_of(client, instructs=True)
        keeping = asyncio.create_task(keep())
        await until(lambda: desk.shown)
        desk.watched = 0
        await until(lambda: desk.floor)
        desk.send(Headline(text="Talks have failed"))
        await until(lambda: desk.shown and desk.shown.market.news)
        desk.send(HaltTrading())
        assert "no rules" in await until(lambda: desk.told)
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping


def test_an_exam_ends_with_every_journal_played_again(tmp_path: Path) -> None:
    with started(tmp_path, "--set", "duration_s=2", "--own-market") as (process, port):
        with Client("127.0.0.1", port, name="frog") as client:
            while client.look() is not None:
                client.submit(Join(Side.BUY, 2))
        out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "2 of 2 journals, played again, are the same sessions." in out
    assert sorted(path.name for path in (tmp_path / "class").glob("seat-*")) == ["seat-000.jsonl", "seat-001.jsonl"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "no room of version 1"),
        (b'{"is":"welcome","line":1,"version":2,"chair":3}\n', "no room of version 1"),
        (b'{"is":"ok","line":1,"at_ns":3}\n', "no room of version 1"),
        (b'{"is":"error","line":1,"why":"not today"}\n', "not today"),
        (b"x" * 2 * MOST_LINE, "expected a line of at most"),
        (b"", "has closed the connection"),
        (None, "no room answers within"),
    ],
)
async def test_what_answers_and_is_no_room_is_told_in_a_sentence(
    answer: bytes | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        await reader.readline()
        if answer is None:
            await reader.read()
        writer.write(answer or b"")
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if answer is None:
        monkeypatch.setattr("mmtui.room.client._PATIENCE_S", 0.1)
    else:
        with pytest.raises(InputError, match=told):
            await asyncio.to_thread(Client, "127.0.0.1", port)
    with pytest.raises(InputError, match=told):
        await AsyncClient.connect("127.0.0.1", port, Hello(hello=1))
    server.close()
    await asyncio.gather(*filter(None, talks))


@pytest.mark.parametrize("host", ["a..b", "a" * 100])
def test_a_name_that_no_machine_can_have_is_told(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mmtui.tui.run.has_terminal", lambda: True)
    assert main(["join", host]) == main(["room", "skew", "--host", host]) == 2
    said = capsys.readouterr().err
    assert f"{host}:7373: there is no room: " in said
    assert f"cannot listen on {host}: " in said


def test_the_link_to_send_round_carries_any_password() -> None:
    password = "a&b #c/+wörd%"
    query = urlsplit(link("room.example", 8000, password)).query
    assert parse_qs(query) == {"password": [password]}
    assert urlsplit(link("room.example", 8000, "")).query == ""

"""A room's pages and its protocol over WebSocket, asked for by aiohttp."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from mmtui.cli.room_pages import RoomPages
from mmtui.room.protocol.messages import MOST_LINE
from mmtui.room.serve.host import Host
from mmtui.room.serve.tcp import TcpServer
from tests.unit.room.test_serve import PATIENCE_S, a_room, until


@asynccontextmanager
async def pages(host: Host) -> AsyncIterator[str]:
    """The room's pages, at an address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = TcpServer(host)
    async with server.listening("127.0.0.1", 0) as tcp, RoomPages(host, "127.0.0.1", port, server, tcp).listening():
        running = asyncio.create_task(host.run())
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            running.cancel()


async def test_a_page_has_a_seat_in_its_address_and_keeps_it_when_it_is_loaded_again() -> None:
    host = a_room(seats=2, duration_s=60)
    async with pages(host) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as first:
            assert first.status == 200
            path = first.url.path
            assert f"{path}/ws" in await first.text()
        for _ in range(2):
            async with session.ws_connect(f"{url}{path}/ws?width=120&height=40") as websocket:
                drawn = b""
                async with asyncio.timeout(PATIENCE_S):
                    while b"ANT-1" not in drawn:
                        message = await websocket.receive()
                        drawn += message.data if isinstance(message.data, bytes) else b""
            await until(lambda: not host.room.seats[0].connected)
        assert [seat.taken for seat in host.room.seats] == [True, False]


async def test_without_the_password_there_is_no_seat_and_no_made_up_address_is_one() -> None:
    host = a_room(duration_s=60, password="open sesame")
    async with pages(host) as url, aiohttp.ClientSession() as session:
        for path in ("/", "/?password=sesame"):
            async with session.get(f"{url}{path}") as answer:
                assert answer.status == 403
        async with session.get(f"{url}/?password=open%20sesame") as answer:
            assert answer.status == 200
        for path in ("/ws", "/seat/aaaaaaaaaaaaaaaaaaaaaaaa/ws"):
            async with session.get(f"{url}{path}", headers={"Upgrade": "websocket"}) as answer:
                assert answer.status == 403
        async with session.get(url, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
    assert not any(seat.taken for seat in host.room.seats)


async def test_the_protocol_is_the_same_over_a_websocket() -> None:
    host = a_room(seats=1, duration_s=60, password="right")
    async with pages(host) as url, aiohttp.ClientSession() as session:
        async with session.ws_connect(f"{url}/protocol") as websocket:
            await websocket.send_str('{"hello":1,"name":"frog","password":"right"}')
            assert json.loads((await websocket.receive()).data)["name"] == "frog"
            await websocket.send_str('{"do":"join","side":1,"size":1}')
            assert json.loads((await websocket.receive()).data)["is"] == "ok"
            await websocket.send_str('{"do":"nothing"}')
            assert json.loads((await websocket.receive()).data)["is"] == "error"
        await until(lambda: not host.room.seats[0].connected)
        for sent in ('{"hello":1,"password":"wrong"}', '{"hello":1}\n{"hello":1}', "x" * (MOST_LINE + 1)):
            async with session.ws_connect(f"{url}/protocol") as websocket:
                await websocket.send_str(sent)
                async with asyncio.timeout(PATIENCE_S):
                    kinds = [message.type async for message in websocket]
                assert len(kinds) <= 1


async def test_after_wrong_passwords_an_address_waits_for_its_turn_and_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = a_room(seats=3, duration_s=60, password="right")
    connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with pages(host) as url, aiohttp.ClientSession(connector=connector) as session:
        for number in range(10):
            if number % 2:
                async with session.get(url) as answer:
                    assert answer.status == 403
            else:
                await tried(session, url, "wrong")
        async with session.get(f"{url}/?password=right") as answer:
            assert answer.status == 200
            token = answer.url.name
        assert "welcome" in (await tried(session, url, "right"))[0]
        monkeypatch.setattr("mmtui.room.serve.failures._LONGEST_S", -1.0)
        async with session.get(f"{url}/?password=right") as answer:
            assert answer.status == 429
        assert "try again" in (await tried(session, url, "right"))[0]
        # As the page does that was given it.
        assert "welcome" in (await tried(session, url, "right", token))[0]
        async with aiohttp.ClientSession() as other:
            assert "welcome" in (await tried(other, url, "right"))[0]


async def tried(session: aiohttp.ClientSession, url: str, password: str, token: str = "") -> list[str]:
    """What is answered to a password over a WebSocket."""
    async with session.ws_connect(f"{url}/protocol") as websocket, asyncio.timeout(PATIENCE_S):
        await websocket.send_json({"hello": 1, "password": password, "token": token})
        message = await websocket.receive()
        return [message.data] if message.type == aiohttp.WSMsgType.TEXT else []

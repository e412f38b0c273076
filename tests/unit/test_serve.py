from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from mmtui.cli import server
from mmtui.cli.main import main
from mmtui.cli.server import Served, serving

PORT = 8000
PATIENCE_S = 120.0
EVIL = "http://evil.example"


def test_without_its_extra_serve_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "mmtui.cli.server")
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert main(["serve"]) == 2
    assert capsys.readouterr().err == (
        "Error: mmtui serve needs textual-serve, which is not installed: pip install 'mmtui[serve]'\n"
    )


def test_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["x", "ftp://a", "http://", "http://[::1", "javascript:alert(1)", "http://a/?b"])
def test_a_public_address_that_is_none_is_told(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--public-url", url]) == 2
    assert "expected an address such as https://play.example.org" in capsys.readouterr().err


# Whose pages


class Playing:
    """A page's app that plays nothing, and what it was sent."""

    sent: list[tuple[object, ...]]
    running: int

    def __init__(self, command: str, **_: Any) -> None:
        pass

    async def start(self, *size: int) -> None:
        Playing.running += 1
        Playing.sent.append(size)

    async def stop(self) -> None:
        Playing.running -= 1

    async def send_bytes(self, data: bytes) -> None:
        Playing.sent.append((data,))

    async def set_terminal_size(self, *size: int) -> None:
        Playing.sent.append(size)

    async def blur(self) -> None:
        Playing.sent.append(("blur",))

    async def focus(self) -> None:
        Playing.sent.append(("focus",))


@pytest.fixture
def playing(monkeypatch: pytest.MonkeyPatch) -> type[Playing]:
    monkeypatch.setattr(server, "_Service", Playing)
    Playing.sent, Playing.running = [], 0
    return Playing


async def served(host: str = "127.0.0.1", public_url: str | None = None, most: int = 16) -> TestClient[Any, Any]:
    client = TestClient(TestServer(await Served(host, PORT, public_url, most)._make_app()))
    await client.start_server()
    return client


@pytest.fixture
async def client(playing: type[Playing]) -> AsyncIterator[TestClient[Any, Any]]:
    assert not playing.sent
    found = await served()
    yield found
    await found.close()


PAGES = ("/", "/static/js/textual.js", "/ws", "/download/x", "/nosuch")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "localhost:9000"])
async def test_a_page_is_reached_by_the_names_of_this_machine(client: TestClient[Any, Any], host: str) -> None:
    response = await client.get("/", headers={"Host": host})
    assert response.status == 200
    # Whatever it needs comes from where it came from itself.
    text = await response.text()
    assert f'src="http://{host}/static/js/textual.js"' in text
    assert f'data-session-websocket-url="ws://{host}/ws"' in text


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "[::1", "0.0.0.0:1"],
)
async def test_by_another_name_nothing_is_shown(
    client: TestClient[Any, Any], host: str, playing: type[Playing]
) -> None:
    """As when that name resolves to this machine."""
    for page in PAGES:
        response = await client.get(page, headers={"Host": host})
        assert response.status == 403
    with pytest.raises(WSServerHandshakeError, match="403"):
        await client.ws_connect("/ws", headers={"Host": host})
    assert playing.sent == []


@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost:8001", "http://[::1", "x", "http://127.0.0.1"])
async def test_a_page_of_somebody_else_is_not_let_in(
    client: TestClient[Any, Any], origin: str, playing: type[Playing]
) -> None:
    for page in PAGES:
        assert (await client.get(page, headers={"Host": "localhost:8000", "Origin": origin})).status == 403
    with pytest.raises(WSServerHandshakeError, match="403"):
        await client.ws_connect("/ws", headers={"Host": "localhost:8000", "Origin": origin})
    assert playing.sent == []


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("localhost:9000", "http://localhost:9000"),
        ("127.0.0.1:8000", "http://localhost:8000"),
    ],
)
async def test_its_own_pages_play(client: TestClient[Any, Any], host: str, origin: str) -> None:
    async with client.ws_connect("/ws", headers={"Host": host, "Origin": origin}) as socket:
        await socket.send_str('["ping", 1]')
        assert await socket.receive_json() == ["pong", 1]


@pytest.mark.usefixtures("playing")
async def test_it_is_reached_by_its_public_name_and_host_too() -> None:
    client = await served("play.local", "https://play.example.org/room")
    for host, status in (("play.example.org", 200), ("play.local:8000", 200), ("evil.example", 403)):
        assert (await client.get("/", headers={"Host": host})).status == status
    text = await (await client.get("/", headers={"Host": "play.example.org"})).text()
    assert 'data-session-websocket-url="wss://play.example.org/room/ws"' in text
    own = {"Host": "play.example.org", "Origin": "https://play.example.org"}
    async with client.ws_connect("/ws", headers=own) as socket:
        await socket.send_str('["ping", 1]')
        assert await socket.receive_json() == ["pong", 1]
    await client.close()


async def test_no_other_page_can_show_it_in_itself(client: TestClient[Any, Any]) -> None:
    for page in PAGES[:2]:
        headers = (await client.get(page, headers={"Host": "localhost"})).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


# What pages send

LOCAL = {"Host": "localhost:8000"}


@pytest.mark.parametrize(
    "message",
    [
        "x", "{}", "[]", "[1]", "null", '["stdin"]', '["stdin", 5]', '["stdin", "a", "b"]', '["resize"]',
        '["resize", {}]', '["resize", {"width": "80", "height": 24}]', '["resize", {"width": 1e3, "height": 24}]',
        '["quit"]', "[" * 100_000, b"\xff", "9" * 10_000,
    ],
)  # fmt: skip
async def test_what_is_no_message_closes_the_page_alone(
    client: TestClient[Any, Any], playing: type[Playing], message: str | bytes
) -> None:
    async with client.ws_connect("/ws", headers=LOCAL) as other:
        async with client.ws_connect("/ws", headers=LOCAL) as socket:
            await (socket.send_bytes(message) if isinstance(message, bytes) else socket.send_str(message))
            closed = await socket.receive()
            assert (closed.type, closed.data) == (WSMsgType.CLOSE, 1008)
        await other.send_str('["ping", 1]')
        assert await other.receive_json() == ["pong", 1]
    assert playing.sent == [(80, 24), (80, 24)]


async def test_a_page_has_a_size_within_bounds(client: TestClient[Any, Any], playing: type[Playing]) -> None:
    async with client.ws_connect("/ws?width=999999999&height=-5", headers=LOCAL) as socket:
        for width, height in ((10**400, 10**9), (-1, 0), (120, 40)):
            await socket.send_str(json.dumps(["resize", {"width": width, "height": height}]))
        await socket.send_str('["stdin", "\\ud800a"]')
        await socket.send_str('["ping", 1]')
        assert await socket.receive_json() == ["pong", 1]
    assert playing.sent == [(500, 24), (500, 200), (80, 1), (120, 40), (b"?a",)]


async def test_no_more_pages_play_than_told(playing: type[Playing]) -> None:
    client = await served(most=3)
    playing_now = [await client.ws_connect("/ws", headers=LOCAL) for _ in range(3)]
    for _ in range(100):
        with pytest.raises(WSServerHandshakeError, match="503"):
            await client.ws_connect("/ws", headers=LOCAL)
    assert playing.running == 3
    await playing_now.pop().close()
    async with client.ws_connect("/ws", headers=LOCAL) as socket:
        await socket.send_str('["ping", 1]')
        assert await socket.receive_json() == ["pong", 1]
    await client.close()
    assert playing.running == 0


# Processes


def started_by(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid,stat"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()[1:]]
    return {int(child) for child, parent, state in rows if int(parent) == pid and not state.startswith("Z")}


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_there(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


async def until(condition: Any) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_no_app_outlives_its_page_or_its_server(tmp_path: Path) -> None:
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "mmtui", "serve", "--port", str(port)],
        env={**os.environ, **folders}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().startswith("mmtui is at ")
    await until(lambda: answers(port))
    address = f"http://localhost:{port}/ws?width=80&height=24"
    async with ClientSession() as session:
        try:
            for leave in ("close", "abort", "at once"):
                page = await session.ws_connect(address)
                if leave != "at once":
                    await page.receive_bytes()
                apps = started_by(process.pid)
                if leave == "abort":
                    transport = page.get_extra_info("socket")
                    transport.shutdown(socket.SHUT_RDWR)
                await page.close()
                await until(lambda: not started_by(process.pid))
                assert not any(map(is_there, apps))
            page = await session.ws_connect(address)
            await page.receive_bytes()
            (app,) = started_by(process.pid)
            process.send_signal(signal.SIGKILL)
            await until(lambda: not is_there(app))
        finally:
            process.kill()
            said, _ = process.communicate()
    assert said == ""


async def test_silent_connections_are_few_and_pages_go_on() -> None:
    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    app = web.Application()
    app.router.add_get("/ws", talk)
    port = unused_port()
    async with (
        serving(app, "127.0.0.1", port),
        AsyncExitStack() as silent,
        ClientSession() as browser,
        browser.ws_connect(f"http://127.0.0.1:{port}/ws") as page,
    ):
        first, writer = await asyncio.open_connection("127.0.0.1", port)
        silent.callback(writer.close)
        for _ in range(300):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            silent.callback(writer.close)
        # It is the oldest that says nothing.
        assert await asyncio.wait_for(first.read(), PATIENCE_S) == b""
        await page.send_str("still here")
        assert await page.receive_str() == "still here"
        async with browser.get(f"http://127.0.0.1:{port}/nosuch") as response:
            assert response.status == 404

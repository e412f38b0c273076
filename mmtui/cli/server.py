"""The server of ``mmtui serve``: the app's own pages, and nobody else's, each with a process that ends with it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shlex
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp_jinja2
import click
from aiohttp import WSCloseCode, WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from mmtui.errors import InputError
from mmtui.room.serve.failures import TOO_MANY

if TYPE_CHECKING:
    from mmtui.room.serve.host import Lobby

#: The page, around textual-serve's terminal.
_PAGE = Path(__file__).with_name("page.html")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Seconds for an app to end by itself when its page has gone.
_PATIENCE_S = 5.0
#: The largest message of a page, in bytes: a long text that is pasted.
_MOST_MESSAGE = 1 << 18
_MOST_COLUMNS, _MOST_ROWS = 500, 200
#: Connections at once that are no page's socket, and how often they are counted, in seconds.
_MOST_BRIEF = 250
_LOOK_S = 0.1
#: A page loads nothing of anybody else's, whatever is in it, and is shown in no other.
_POLICY = "default-src 'self' 'unsafe-inline' data:{}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
#: A page of somebody else must not load anything of the app's.
_HEADERS = {
    "Content-Security-Policy": _POLICY.format(""),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Served(Server):
    """Serves the app.

    Args:
        host, port: where it listens.
        public_url: how browsers reach it, when that is otherwise.
        most: how many pages may play at once.
        arguments: those of the program that each page runs.
    """

    def __init__(self, host: str, port: int, public_url: str | None, most: int, arguments: str = "") -> None:
        # The shell that starts it becomes the app, so that ending the one ends the other.
        command = f"{'exec ' * (os.name == 'posix')}{shlex.quote(sys.executable)} -m mmtui {arguments}"
        address = f"[{host}]" if ":" in host else host
        super().__init__(
            command, host, port, "mmtui", public_url or f"http://{address}:{port}", templates_path=_PAGE.parent
        )
        self._told = public_url is not None
        self._most = most
        self._playing: set[web.WebSocketResponse] = set()

    def initialize_logging(self) -> None:
        """Say nothing of what pages send."""
        for name in ("aiohttp", "asyncio", "textual-serve"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)

    async def on_startup(self, app: web.Application) -> None:
        """Print the address."""
        click.echo(f"mmtui is at {self.public_url}, until Ctrl-C.")

    async def on_shutdown(self, app: web.Application) -> None:
        """End all sessions."""
        for websocket in list(self._playing):
            await websocket.close(code=WSCloseCode.GOING_AWAY)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._for_own_pages)
        app.on_response_prepare.append(add_headers)
        return app

    # Who may

    @web.middleware
    async def _for_own_pages(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Refuse requests by another name, as after DNS rebinding, and by pages of others."""
        if not self._is_own_name(request):
            raise web.HTTPForbidden(text="mmtui is not served by this name; mmtui serve --public-url sets one.")
        if not self._is_own_page(request):
            raise web.HTTPForbidden(text="This page may not play here.")
        response: web.StreamResponse = await handler(request)
        return response

    def _is_own_name(self, request: web.Request) -> bool:
        names = {*_LOOPBACK, self.host, urlsplit(self.public_url).hostname}
        if request.transport is not None:
            # The address by which it was reached is no name that somebody else could have made.
            names.add(str(request.transport.get_extra_info("sockname")[0]).removeprefix("::ffff:"))
        return _host_of(f"//{request.host}") in names

    def _is_own_page(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        own = {f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}" for name in (*_LOOPBACK, self.host)}
        own |= {request.host.lower(), urlsplit(self.public_url).netloc.lower()}
        return origin is None or origin.lower().partition("://")[2] in own

    # Pages

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page, whose parts and socket are where it was asked for."""
        base = (self.public_url if self._told else f"http://{request.host}").rstrip("/")
        socket = f"ws{base.removeprefix('http')}{self.socket_path(request)}"
        page = aiohttp_jinja2.render_template(_PAGE.name, request, {"static": f"{base}/static", "socket": socket})
        # By name too: what is told may be another than the page was asked for by, and not every browser takes a socket
        # for its page's own.
        origins = [f" {parts.scheme}://{parts.netloc}" for parts in map(urlsplit, (base, socket))]
        page.headers["Content-Security-Policy"] = _POLICY.format("".join(origins))
        return page

    def socket_path(self, request: web.Request) -> str:
        """Where a page's socket is."""
        return "/ws"

    def environment(self, request: web.Request) -> dict[str, str]:
        """What the program of a page finds in its environment besides."""
        return {}

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Play with a page."""
        if len(self._playing) >= self._most:
            raise web.HTTPServiceUnavailable(text=f"{self._most} pages play already.")
        environment = self.environment(request)
        websocket = web.WebSocketResponse(heartbeat=15, max_msg_size=_MOST_MESSAGE)
        self._playing.add(websocket)

        async def close() -> None:
            await websocket.close()

        service = _Service(
            self.command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        service.besides = environment
        try:
            await websocket.prepare(request)
            columns, rows = (request.query.get(name, "") for name in ("width", "height"))
            await service.start(_within(columns, _MOST_COLUMNS, 80), _within(rows, _MOST_ROWS, 24))
            await self._process_messages(websocket, service)
        except (ConnectionError, RuntimeError):
            pass  # The page has gone.
        finally:
            self._playing.discard(websocket)
            await service.stop()
        return websocket

    async def _process_messages(self, websocket: web.WebSocketResponse, app_service: AppService) -> None:
        """Hand on what a page sends; one that sends anything else is let go."""
        async for message in websocket:
            try:
                sent = json.loads(message.data) if message.type == WSMsgType.TEXT else None
            except (ValueError, RecursionError):
                sent = None
            match sent:
                case ["stdin", str(data)]:
                    await app_service.send_bytes(data.encode(errors="replace"))
                case ["resize", {"width": int(width), "height": int(height)}]:
                    await app_service.set_terminal_size(
                        _within(width, _MOST_COLUMNS, 80), _within(height, _MOST_ROWS, 24)
                    )
                case ["ping", data]:
                    await websocket.send_json(["pong", data])
                case ["blur", *_]:
                    await app_service.blur()
                case ["focus", *_]:
                    await app_service.focus()
                case _:
                    await websocket.close(code=WSCloseCode.POLICY_VIOLATION)


class _Service(AppService):
    """A page's app."""

    #: What the app finds in its environment besides.
    besides: Mapping[str, str] = MappingProxyType({})

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        driver = {"TEXTUAL_DRIVER": "mmtui.tui.served_driver:ServedDriver"}
        return super()._build_environment(width, height) | driver | {**self.besides}

    async def stop(self) -> None:
        """Ask the app to end, and end it if it does not."""
        if (process := self._process) is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        await self.send_meta({"type": "quit"})
        self.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE_S)
        except (TimeoutError, asyncio.CancelledError):
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def serving(app: web.Application, address: str, port: int) -> AsyncIterator[None]:
    """Serve an application's pages, in the loop of whoever calls. Raises OSError.

    Connections that are no page's socket are few: of more the oldest are let go, so that whoever opens very many and
    says nothing leaves the process what it needs for others.
    """
    sockets: set[object] = set()

    async def note(request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, web.WebSocketResponse):
            sockets.add(request.protocol)

    app.on_response_prepare.append(note)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    looking = asyncio.create_task(_let_go(runner, sockets))
    try:
        await web.TCPSite(runner, address, port).start()
        yield
    finally:
        looking.cancel()
        await runner.cleanup()


async def _let_go(runner: web.AppRunner, sockets: set[object]) -> None:
    while runner.server is not None:
        connections = runner.server.connections
        sockets &= {*connections}
        for connection in [each for each in connections if each not in sockets][:-_MOST_BRIEF]:
            connection.force_close()
        await asyncio.sleep(_LOOK_S)


async def check_visitor(lobby: Lobby, request: web.Request) -> None:
    """Refuse a page to who does not have the room's password in its address."""
    address = request.remote or ""
    if not await lobby.failures.turn(address):
        raise web.HTTPTooManyRequests(text=TOO_MANY)
    try:
        lobby.check_password(request.query.get("password", ""))
    except InputError:
        lobby.failures.add(address)
        raise web.HTTPForbidden(text="The room has a password: add ?password=… to this address.") from None


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Have a page be nobody else's."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _within(told: str | int, most: int, otherwise: int) -> int:
    """A number of cells that a page tells, within bounds."""
    text = str(told)[:10]
    return max(1, min(most, int(text))) if text.isascii() and text.isdecimal() else otherwise

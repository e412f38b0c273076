"""The pages of a room: each has a seat, whose token is in the page's address, so that reloading keeps it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

from mmtui.cli.server import Served, check_visitor, serving
from mmtui.room.protocol.messages import MOST_LINE
from mmtui.room.serve.host import Host, identity_of, new_token
from mmtui.room.serve.tcp import TcpServer


class RoomPages(Served):
    """Serves floors of a room to browsers, and its protocol over WebSocket.

    Args:
        room: the room.
        address, port: where it listens.
        server: serves the room's protocol.
        tcp: the port of that.
    """

    def __init__(self, room: Host, address: str, port: int, server: TcpServer, tcp: int) -> None:
        super().__init__(address, port, None, len(room.room.seats), f"join 127.0.0.1:{tcp}")
        self._room = room
        self._server = server

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Serve, in the loop of whoever calls. Raises OSError."""
        self.initialize_logging()
        async with serving(await self._make_app(), self.host, self.port):
            yield

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the room says where it is."""

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.add_routes(
            [
                web.get("/seat/{token}", super().handle_index),
                web.get("/seat/{token}/ws", self.handle_websocket),
                web.get("/protocol", self._handle_protocol),
            ]
        )
        return app

    async def handle_index(self, request: web.Request) -> web.Response:
        """Give whoever has the room's password a seat's page."""
        await check_visitor(self._room, request)
        token = new_token()
        self._room.invited.append(identity_of("token", token))
        raise web.HTTPSeeOther(f"/seat/{token}")

    def socket_path(self, request: web.Request) -> str:
        """Where a page's socket is."""
        return f"{request.path}/ws"

    def environment(self, request: web.Request) -> dict[str, str]:
        """The seat of a page's floor."""
        token = request.match_info.get("token", "")
        if not self._room.knows(identity_of("token", token)):
            raise web.HTTPForbidden(text="This is nobody's seat.")
        return {"MMTUI_ROOM_TOKEN": token, "MMTUI_ROOM_PASSWORD": self._room.password}

    async def _handle_protocol(self, request: web.Request) -> web.WebSocketResponse:
        """The protocol: each message of the socket is a line."""
        websocket = web.WebSocketResponse(heartbeat=15, max_msg_size=MOST_LINE)
        await websocket.prepare(request)
        # Through a pair of sockets, so that whoever tries passwords here is known by his own address.
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours, limit=2 * MOST_LINE)
        talking = asyncio.create_task(self._server.serve_socket(theirs, request.remote or ""))

        async def answer() -> None:
            while line := await reader.readline():
                await websocket.send_str(line.decode().rstrip("\n"))

        async def hear() -> None:
            async for message in websocket:
                if message.type != WSMsgType.TEXT or "\n" in message.data:
                    break
                writer.write(message.data.encode(errors="replace") + b"\n")
                await writer.drain()

        both = [asyncio.create_task(each) for each in (answer(), hear())]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            writer.close()
            await talking
        await websocket.close()
        return websocket

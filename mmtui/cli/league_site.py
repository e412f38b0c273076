"""The page of a league of people, served to browsers: it loads itself anew, and nothing on it can be pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from mmtui.cli.server import add_headers, check_visitor, serving
from mmtui.room.serve.host import Lobby

#: How often a browser asks again, in seconds.
_EVERY_S = "5"


@asynccontextmanager
async def page_served(lobby: Lobby, address: str, port: int, page: Callable[[], str]) -> AsyncIterator[None]:
    """Serve a page to who has the league's password. Raises OSError."""

    async def handle(request: web.Request) -> web.Response:
        await check_visitor(lobby, request)
        return web.Response(text=page(), content_type="text/html", headers={"Refresh": _EVERY_S})

    app = web.Application()
    app.add_routes([web.get("/", handle)])
    app.on_response_prepare.append(add_headers)
    async with serving(app, address, port):
        yield

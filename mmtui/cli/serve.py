"""``mmtui serve``: the app in a browser."""

from __future__ import annotations

import shlex
import sys
from urllib.parse import urlsplit

import click

from mmtui.cli.number import whole
from mmtui.errors import InputError

_EPILOG = """\b
Examples:
  mmtui serve
  mmtui serve --port 9000
"""


@click.command(epilog=_EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; this machine's own.")
@click.option("--port", type=whole(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--public-url", help="How browsers reach it, when that is not http://HOST:PORT.")
def command(host: str, port: int, public_url: str | None) -> None:
    """Serve the app to browsers until Ctrl-C; each page that is opened plays a game of its own.

    Whoever can reach the address can play, with your settings and progress: it is this machine only unless you say
    otherwise. There is no password and no encryption, each page is a process of its own, and strategies in files, which
    are code, are not to be chosen there.
    """
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError:
        raise InputError(
            "mmtui serve needs textual-serve, which is not installed: pip install 'mmtui[serve]'"
        ) from None

    class Served(Server):
        """The app's server, for its own pages only."""

        async def on_startup(self, app: web.Application) -> None:
            """Print the address."""
            click.echo(f"mmtui is at {self.public_url}, until Ctrl-C.")

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            """Refuse pages of other sites, which must not control the app."""
            origin = request.headers.get("Origin")
            own = {urlsplit(self.public_url).netloc, request.host}
            if origin is not None and urlsplit(origin).netloc not in own:
                raise web.HTTPForbidden(text="This page may not play here.")
            return await super().handle_websocket(request)

    played = f"{shlex.quote(sys.executable)} -m mmtui"
    try:
        Served(played, host=host, port=port, title="mmtui", public_url=public_url).serve()
    except OSError as error:
        raise InputError(f"cannot listen on {host}:{port}: {error.strerror}") from None

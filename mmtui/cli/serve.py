"""``mmtui serve``: the app in a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from mmtui.cli.number import whole
from mmtui.errors import InputError, shortened

_EPILOG = """\b
Examples:
  mmtui serve
  mmtui serve --port 9000
"""


def _url(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Check a page's address."""
    if value is not None:
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        except ValueError:
            good = False
        if not good:
            raise click.BadParameter(f"expected an address such as https://play.example.org, not {shortened(value)!r}")
    return value


@click.command(epilog=_EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; this machine's own.")
@click.option("--port", type=whole(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--public-url", callback=_url, help="How browsers reach it, when that is not http://HOST:PORT.")
@click.option("--most", type=whole(1, 10_000), default=16, show_default=True, help="Pages that may play at once.")
def command(host: str, port: int, public_url: str | None, most: int) -> None:
    """Serve the app to browsers until Ctrl-C; each page that is opened plays a game of its own.

    Whoever can reach the address can play, with your settings and progress: it is this machine only unless you say
    otherwise. There is no password and no encryption, each page is a process of its own, and strategies in files, which
    are code, are neither to be chosen there nor run for a journal's sake.

    It answers by the names of this machine itself (localhost), by --host, by the address it was reached at, and by
    --public-url; not by any other name, nor to pages of other sites.
    """
    try:
        from mmtui.cli.server import Served
    except ImportError:
        raise InputError(
            "mmtui serve needs textual-serve, which is not installed: pip install 'mmtui[serve]'"
        ) from None
    try:
        Served(host, port, public_url, most).serve()
    except (OSError, UnicodeError) as error:
        raise InputError(f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}") from None

"""``mmtui join``: a seat in somebody's room, on the floor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING

import click

from mmtui.errors import InputError
from mmtui.room.protocol.messages import Hello, Role

if TYPE_CHECKING:
    from textual.screen import Screen

    from mmtui.room.client import AsyncClient

_EPILOG = """\b
Examples:
  mmtui join localhost
  mmtui join room.example.org:7373 --name frog --password s3cret
  mmtui join localhost --watch
"""
_PORT = 7373


@click.command(epilog=_EPILOG)
@click.argument("room", metavar="HOST[:PORT]")
@click.option("--name", default="", help="What you want to be called; a pseudonym when left out.")
@click.option("--password", default="", envvar="MMTUI_ROOM_PASSWORD", help="The room's, if it has one.")
@click.option("--instructor", default="", metavar="TOKEN", help="Open the instructor's console, by the room's token.")
@click.option("--watch", is_flag=True, help="Look on, as on a wall: the market and how all do, half a minute late.")
@click.option("--token", default="", envvar="MMTUI_ROOM_TOKEN", help="Of a seat that you had before.")
def command(room: str, name: str, password: str, instructor: str, watch: bool, token: str) -> int:
    """Take a seat in the room at HOST, and play there. The market goes on by itself; others are in it.

    What you do may be recorded; the room says so as you come in. The way there is not encrypted: over a network that
    others listen on, use the room's SSH.
    """
    from mmtui.tui.run import has_terminal

    host, port = address_of(room)
    if not has_terminal():
        raise InputError("the floor needs a terminal; a program joins by the protocol, see mmtui docs protocol")
    if instructor or watch:
        role: Role = "instructor" if instructor else "spectator"
        hello = Hello(hello=1, name=name, password=password, token=instructor, role=role)
        return asyncio.run(_look_on(host, port, hello))
    return asyncio.run(_play(host, port, Hello(hello=1, name=name, password=password, token=token)))


def address_of(text: str) -> tuple[str, int]:
    """Host and port of a room. Raises InputError."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        return text.strip("[]"), _PORT
    if not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise InputError(f"{text}: expected HOST or HOST:PORT")
    return host.strip("[]"), int(port)


async def _play(host: str, port: int, hello: Hello) -> int:
    from mmtui.room.client import seat_of
    from mmtui.tui.screens.room_floor import RoomFloorScreen

    client = await _connected(host, port, hello)
    seat, keep = await seat_of(client)
    code = await _run(client, partial(RoomFloorScreen, seat), keep)
    if client.welcome.token and seat.end is None:
        click.echo(f"Your seat is yours: mmtui join {host}:{port} --token {client.welcome.token}")
    return code


async def _look_on(host: str, port: int, hello: Hello) -> int:
    from mmtui.room.client import desk_of
    from mmtui.tui.screens.room_console import ConsoleScreen

    client = await _connected(host, port, hello)
    desk, keep = desk_of(client, instructs=hello.role == "instructor")
    return await _run(client, partial(ConsoleScreen, desk), keep)


async def _connected(host: str, port: int, hello: Hello) -> AsyncClient:
    from mmtui.room.client import AsyncClient

    try:
        return await AsyncClient.connect(host, port, hello)
    except (OSError, UnicodeError) as error:
        raise InputError(f"{host}:{port}: there is no room: {getattr(error, 'strerror', None) or error}") from None


async def _run(
    client: AsyncClient, screen: Callable[[], Screen[None]], keep: Callable[[], Coroutine[None, None, None]]
) -> int:
    from mmtui.tui.room_app import RoomApp

    app = RoomApp(screen)
    reading = asyncio.create_task(keep())
    try:
        await app.run_async()
    finally:
        reading.cancel()
        await client.close()
    return app.return_code or 0

"""``mmtui join``: a seat in somebody's room, on the floor."""

from __future__ import annotations

import asyncio

import click

from mmtui.errors import InputError

_EPILOG = """\b
Examples:
  mmtui join localhost
  mmtui join room.example.org:7373 --name frog --password s3cret
"""
_PORT = 7373


@click.command(epilog=_EPILOG)
@click.argument("room", metavar="HOST[:PORT]")
@click.option("--name", default="", help="What you want to be called; a pseudonym when left out.")
@click.option("--password", default="", envvar="MMTUI_ROOM_PASSWORD", help="The room's, if it has one.")
@click.option("--token", default="", envvar="MMTUI_ROOM_TOKEN", help="Of a seat that you had before.")
def command(room: str, name: str, password: str, token: str) -> int:
    """Take a seat in the room at HOST, and play there. The market goes on by itself; others are in it.

    What you do may be recorded; the room says so as you come in. The way there is not encrypted: over a network that
    others listen on, use the room's SSH.
    """
    from mmtui.tui.run import has_terminal

    host, port = _address(room)
    if not has_terminal():
        raise InputError("the floor needs a terminal; a program joins by the protocol, see mmtui docs protocol")
    return asyncio.run(_play(host, port, name, password, token))


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        return text.strip("[]"), _PORT
    if not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise InputError(f"{text}: expected HOST or HOST:PORT")
    return host.strip("[]"), int(port)


async def _play(host: str, port: int, name: str, password: str, token: str) -> int:
    from mmtui.room.client import AsyncClient, seat_of
    from mmtui.room.protocol.messages import Hello
    from mmtui.tui.room_app import RoomApp

    try:
        hello = Hello(hello=1, name=name, password=password, token=token)
        client = await AsyncClient.connect(host, port, hello)
    except OSError as error:
        raise InputError(f"{host}:{port}: there is no room: {error.strerror or error}") from None
    seat, keep = await seat_of(client)
    app = RoomApp(seat)
    reading = asyncio.create_task(keep())
    try:
        await app.run_async()
    finally:
        reading.cancel()
        await client.close()
    if client.welcome.token and seat.end is None:
        click.echo(f"Your seat is yours: mmtui join {host}:{port} --token {client.welcome.token}")
    return app.return_code or 0

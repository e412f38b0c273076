"""Floors over SSH: in the process of their room, or apart from it, in as many processes as people need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from mmtui.errors import InputError

if TYPE_CHECKING:
    from mmtui.room.serve.entrances import Entrance
    from mmtui.room.serve.host import Host

#: How long people may look at the standings before the room closes, and floors take to leave their terminals as they
#: found them, in seconds.
_AFTERWARDS_S, _LEAVING_S = 120, 5
#: The largest file of a key, in bytes.
_MOST_KEY = 10_000


def key_path(folder: Path | None) -> Path:
    """Where the host's key is: the room's folder, or this user's."""
    return (folder or user_data_path("mmtui")) / "room-host-key"


@asynccontextmanager
async def listening(
    entrance: Entrance,
    address: str,
    port: int,
    folder: Path | None,
    floors: set[asyncio.Task[None]],
    *,
    shares_port: bool = False,
) -> AsyncIterator[None]:
    """Listen for SSH; the tasks of those who play are kept in ``floors`` until they are done. Raises OSError."""
    try:
        from mmtui.room.serve.ssh import SshChannel, host_key, listen
    except ImportError:
        raise InputError("--ssh needs asyncssh, which is not installed: pip install 'mmtui[room]'") from None
    from mmtui.room.protocol.seat import RoomSeat
    from mmtui.tui.channel_driver import driver_for
    from mmtui.tui.room_app import RoomApp
    from mmtui.tui.screens.room_floor import RoomFloorScreen

    async def floor(seat: RoomSeat, channel: SshChannel) -> None:
        task = asyncio.current_task()
        assert task is not None
        floors.add(task)
        task.add_done_callback(floors.discard)
        app = RoomApp(partial(RoomFloorScreen, seat), channel.colours)
        app.driver_class = driver_for(channel)
        await app.run_async()

    acceptor = await listen(entrance, floor, address, port, host_key(key_path(folder)), shares_port=shares_port)
    try:
        yield
    finally:
        acceptor.close()


async def linger(host: Host, floors: set[asyncio.Task[None]]) -> None:
    """Wait until everybody has left a room that is over, or for as long as they may look at how all did."""
    for _ in range(_AFTERWARDS_S * 10):
        if not host.lines:
            break
        await asyncio.sleep(0.1)
    if floors:
        await asyncio.wait(floors, timeout=_LEAVING_S)


async def serve_apart(
    core: tuple[str, int], address: str, port: int, password: str, say: Callable[[str], None]
) -> None:
    """Serve floors of a room that is somewhere else, until it ends. Raises InputError where there is none."""
    from mmtui.files import read
    from mmtui.room.client import AsyncClient, level_of
    from mmtui.room.protocol.messages import Hello
    from mmtui.room.serve.entrances import FarEntrance
    from mmtui.room.serve.ssh import host_key

    host, tcp = core
    try:
        room = await AsyncClient.connect(host, tcp, Hello(hello=1, password=password, role="spectator"))
    except OSError as error:
        raise InputError(f"{host}:{tcp}: there is no room: {error.strerror or error}") from None
    host_key(key_path(None))
    key = read(key_path(None), _MOST_KEY)
    floors: set[asyncio.Task[None]] = set()
    try:
        async with listening(FarEntrance(host, tcp, password, key), address, port, None, floors, shares_port=True):
            say(f"{level_of(room.welcome).title}: floors of the room at {host}:{tcp}.")
            say(f"Join by     ssh -p {port} as-YOUR-NAME@{address}")
            async for _ in room.answers():
                pass
            if floors:
                await asyncio.wait(floors, timeout=_AFTERWARDS_S)
    except OSError as error:
        raise InputError(f"cannot listen on {address}: {error.strerror or error}") from None
    finally:
        await room.close()

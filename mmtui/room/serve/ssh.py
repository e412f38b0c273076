"""A room over SSH: whoever has an SSH client gets a floor, and nothing else of this machine.

There is no shell, no command, no forwarding, no file transfer and no agent: a session that asks for a terminal gets the
floor, every other request is refused. A player is known by the fingerprint of a key or, where the room has a password,
by a name and a word of his own: the password that he types is then the room's, a colon and that word.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol

import asyncssh

from mmtui.errors import InputError
from mmtui.files import make_folder, write
from mmtui.room.protocol.seat import RoomSeat
from mmtui.room.serve.callers import Callers
from mmtui.room.serve.entrances import Entrance, is_password
from mmtui.room.serve.failures import TOO_MANY
from mmtui.room.serve.host import new_token
from mmtui.room.serve.tcp import round_trip_s
from mmtui.wording import visible

#: Connections in all; what a terminal may have unread before it is sent no more, in bytes.
_MOST_OPEN, _WAITING = 250, 2**20
_LOGIN_S = 20
#: How long a terminal may take to read the last that was drawn, in seconds.
_GOODBYE_S = 4
#: Said before a password is asked for.
_BANNER = "Type the room's password, a colon and a word of your own: by that word your seat is yours again.\r\n"
#: How much a terminal may send a second on average and at once, in bytes; a key or a move of the mouse is some ten.
_BYTES_PER_S, _BYTES_AT_ONCE = 2_000.0, 8_000.0


class Floor(Protocol):
    """Runs an app on a channel for a seat, until its player leaves."""

    def __call__(self, seat: RoomSeat, channel: SshChannel) -> Coroutine[None, None, None]:
        """Run it."""


class SshChannel:
    """A player's terminal. See :class:`mmtui.tui.channel_driver.Channel`."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], size: tuple[int, int]) -> None:
        self._channel = channel
        self._size = size
        self.on_data: Callable[[bytes], None] = _ignore
        self.on_resize: Callable[[int, int], None] = _ignore_size

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._size

    @property
    def colours(self) -> Literal["standard", "256", "truecolor"]:
        """What the terminal says that it can show."""
        if self._channel.get_environment().get("COLORTERM") in ("truecolor", "24bit"):
            return "truecolor"
        return "standard" if self._channel.get_terminal_type() in ("linux", "vt100", "ansi", None) else "256"

    def write(self, data: str) -> None:
        """Draw; a terminal that reads too slowly is let go, since half a drawing is none."""
        if not self._channel.is_closing():
            self._channel.write(data.encode())
            if self._channel.get_write_buffer_size() > _WAITING:
                self._channel.abort()

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""
        self._size = columns, rows
        self.on_resize(columns, rows)


class _Session(asyncssh.SSHServerSession[bytes]):
    """A session on a connection: the floor, if it asks for a terminal."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self._terminal: SshChannel | None = None
        self._task: asyncio.Task[None] | None = None
        self._size: tuple[int, int] | None = None
        self._allowance, self._counted_s = _BYTES_AT_ONCE, 0.0

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:
        self._size = term_size[0], term_size[1]
        return True

    def shell_requested(self) -> bool:
        return self._size is not None and not self._server.playing

    def session_started(self) -> None:
        assert self._size is not None, "only a terminal is let in"
        self._server.playing = True
        self._terminal = SshChannel(self._channel, self._size)
        self._task = asyncio.create_task(self._server.play(self._terminal, self._channel))

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        if self._terminal is not None:
            self._terminal.on_data(data)
        # Heard no faster than hands are: what waits fills the client's own buffers.
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        self._allowance = min(_BYTES_AT_ONCE, self._allowance + (now_s - self._counted_s) * _BYTES_PER_S) - len(data)
        self._counted_s = now_s
        if self._allowance < 0:
            self._channel.pause_reading()
            loop.call_later(-self._allowance / _BYTES_PER_S, self._channel.resume_reading)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        if self._terminal is not None:
            self._terminal.resize(width, height)

    def break_received(self, msec: int) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self._task is not None:
            self._task.cancel()


class _Server(asyncssh.SSHServer):
    """A connection."""

    def __init__(self, entrance: Entrance, floor: Floor, counts: _Counts, callers: Callers) -> None:
        self._entrance = entrance
        self._floor = floor
        self._counts, self._callers = counts, callers
        self._proof = ""
        self.playing = False

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._counts.open += 1
        self._address = str((conn.get_extra_info("peername") or ("",))[0])
        if self._counts.open > _MOST_OPEN:
            conn.abort()
        else:
            self._callers.add(conn.abort, self._address)

    def auth_completed(self) -> None:
        self._callers.remove(self._connection.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._counts.open -= 1
        self._callers.remove(self._connection.abort)

    def begin_auth(self, username: str) -> bool:
        self._name = username
        # Without a password whoever can reach it may sit down; it is still asked for a key, which tells people apart.
        if self._entrance.password:
            self._connection.send_auth_banner(_BANNER)
        return True

    def public_key_auth_supported(self) -> bool:
        return not self._entrance.password

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._proof = key.get_fingerprint()
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        # After the room's comes, behind a colon, a word of the player's own, without which nobody has the same seat.
        own = password
        if self._entrance.password:
            if not await self._entrance.failures.turn(self._address):
                self._connection.disconnect(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, TOO_MANY)
                return False
            length = len(self._entrance.password)
            room, colon, own = password[:length], password[length : length + 1], password[length + 1 :]
            if not is_password(self._entrance, room) or colon not in ("", ":"):
                self._entrance.failures.add(self._address)
                return False
        self._proof = f"{username}:{own}" if own else ""
        return True

    def session_requested(self) -> _Session:
        return _Session(self)

    async def play(self, terminal: SshChannel, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        """Have a floor run on a terminal until its player leaves or the connection ends."""
        sock = self._connection.get_extra_info("socket")
        # Whoever has shown nothing that is his own gets a seat, and not the same one again.
        proof = self._proof or new_token()
        try:
            async with self._entrance.enter(
                proof, self._name, lambda: 0.0 if sock is None else round_trip_s(sock), self._connection.close
            ) as seat:
                seat.kept = bool(self._proof)
                await self._floor(seat, terminal)
        except InputError as error:
            channel.write(f"{visible(str(error))}\r\n".encode())
        finally:
            channel.exit(0)
        # The terminal is given back by the last that was drawn, which a slow one has yet to read.
        with suppress(TimeoutError):
            await asyncio.wait_for(channel.wait_closed(), _GOODBYE_S)


class _Counts:
    """What the connections share."""

    open = 0


def host_key(path: Path) -> asyncssh.SSHKey:
    """The host's key from its file; made, private, if it is not there. Raises InputError, OutputError."""
    if not path.exists():
        make_folder(path.parent)
        write(path, asyncssh.generate_private_key("ssh-ed25519").export_private_key(), private=True)
    try:
        return asyncssh.read_private_key(path)
    except (OSError, asyncssh.KeyImportError) as error:
        raise InputError(f"{path}: expected the room's private key: {error}") from None


async def listen(
    entrance: Entrance, floor: Floor, address: str, port: int, key: asyncssh.SSHKey, *, shares_port: bool = False
) -> asyncssh.SSHAcceptor:
    """Serve a room over SSH, at an address and port.

    Args:
        entrance: lets people into the room.
        floor: runs the app for a seat.
        address: where to listen.
        port: likewise.
        key: the host's.
        shares_port: whether other processes listen there too, each for some of those who come.

    Raises OSError.
    """
    # What clients do is nothing to say on this terminal.
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL + 1)
    counts, callers = _Counts(), Callers()
    return await asyncssh.create_server(
        lambda: _Server(entrance, floor, counts, callers),
        address,
        port,
        reuse_port=shares_port or None,
        server_host_keys=[key],
        encoding=None,
        line_editor=False,
        allow_pty=True,
        agent_forwarding=False,
        x11_forwarding=False,
        sftp_factory=None,
        allow_scp=False,
        gss_host=None,
        login_timeout=_LOGIN_S,
        keepalive_interval=15,
        keepalive_count_max=3,
        server_version="mmtui",
    )


def _ignore(_data: bytes) -> None:
    """Do nothing."""


def _ignore_size(_columns: int, _rows: int) -> None:
    """Do nothing."""

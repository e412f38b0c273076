"""The protocol over TCP: a line of JSON a message."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic

from mmtui.room.protocol.conversation import Conversation
from mmtui.room.protocol.lines import encode, line_of
from mmtui.room.protocol.messages import MOST_LINE, Refused, SeatView, Watch
from mmtui.room.serve.callers import Callers
from mmtui.room.serve.failures import TOO_MANY
from mmtui.room.serve.guests import RoomDoor
from mmtui.room.serve.host import Host, Line, Lobby, nothing

#: How long a client may take for its first line, and how many lines it may send a second on average and at once.
_FIRST_LINE_S, _PER_S, _AT_ONCE = 10.0, 100.0, 200.0
#: How long one may take to go once everything is said.
_PARTING_S = 5.0
#: A client that reads so slowly that this waits for it is sent no views; with more, it is let go. In bytes.
_WAITING, _TOO_MUCH = 2**18, 2**22
#: Connections in all.
_MOST_OPEN = 500
#: Where the kernel tells the smallest round trip of the last minutes, in microseconds, in Linux's tcp_info. The
#: smoothed one has in it how long the other end waits before it acknowledges, which is none of the line's.
_TCP_INFO, _RTT_AT, _UNKNOWN = 11, 148, 2**32 - 1


class TcpServer:
    """Serves a room's protocol.

    Args:
        lobby: the room, or what leads to several.
    """

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self._open = 0
        self._callers = Callers()
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self, address: str, port: int) -> AsyncIterator[int]:
        """Listen, and let everybody go in the end; yields the port, one that is free for 0. Raises OSError."""
        server = await asyncio.start_server(self._serve, address, port, limit=MOST_LINE)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in [*self._tasks]:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def serve_socket(self, sock: socket.socket, address: str) -> None:
        """Serve a connection that came otherwise, from an address, until it ends."""
        await self._serve(*await asyncio.open_connection(sock=sock, limit=MOST_LINE), address)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str = "") -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection has a task"
        self._tasks.add(task)
        try:
            await self._talk(reader, writer, address or str((writer.get_extra_info("peername") or ("",))[0]))
        except asyncio.CancelledError:
            pass  # The room closes.
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> None:
        client = _Client(self._lobby, writer, address)
        if self._open >= _MOST_OPEN:
            return
        self._open += 1
        try:
            if first := await self._first_line(reader, writer, address):
                await client.talk(first, reader)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass  # It has gone.
        finally:
            self._open -= 1
            client.leave()

    async def _first_line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> bytes:
        let_go = writer.transport.abort
        self._callers.add(let_go, address)
        try:
            async with asyncio.timeout(_FIRST_LINE_S):
                return await _line(reader)
        finally:
            self._callers.remove(let_go)


class _Client:
    """A connection."""

    def __init__(self, lobby: Lobby, writer: asyncio.StreamWriter, address: str) -> None:
        self._failures, self._address = lobby.failures, address
        self._writer = writer
        self._line = Line(None, self._round_trip_s, writer.close, self._on_end)
        self.door = RoomDoor(lobby, self._line, self._watch)
        self.conversation = Conversation(self.door)
        self._views: asyncio.Task[None] | None = None
        self._told_end = False
        self._allowance, self._counted = _AT_ONCE, monotonic()

    async def talk(self, first: bytes, reader: asyncio.StreamReader) -> None:
        """Answer its first line, and others until it leaves or is let go."""
        conversation = self.conversation
        if self.door.knows(first) or await self._failures.turn(self._address):
            self._say(conversation.hear(first))
            if not self.door.passed:
                self._failures.add(self._address)
        else:
            self._say(line_of(Refused(why=TOO_MANY), 1))
            conversation.over = True
        while not conversation.over:
            await self._pace()
            line = await _line(reader)
            if not line:
                return
            if self._told_end:
                break
            self._say(conversation.hear(line))
        # To close on what was not read yet would take back what was said last.
        self._say_no_more()
        async with asyncio.timeout(_PARTING_S):
            while await reader.read(MOST_LINE):
                pass

    async def _pace(self) -> None:
        """Read no faster than a client may send: what waits fills its own buffers."""
        now = monotonic()
        self._allowance = min(_AT_ONCE, self._allowance + (now - self._counted) * _PER_S) - 1
        self._counted = now
        if self._allowance < 0:
            await asyncio.sleep(-self._allowance / _PER_S)
        await self._writer.drain()

    def leave(self) -> None:
        """Give up the seat for now."""
        if self._views is not None:
            self._views.cancel()
        if self.door.host is not None:
            self.door.host.gone(self._line)

    @property
    def _host(self) -> Host:
        assert self.door.host is not None, "it was let in"
        return self.door.host

    def _say(self, line: bytes) -> None:
        self._writer.write(line)
        if self._writer.transport.get_write_buffer_size() > _TOO_MUCH:
            self._writer.transport.abort()

    def _watch(self, request: Watch) -> None:
        if self._views is not None:
            self._views.cancel()
            self._views = None
        self._line.on_answer = self._send_view if request.answers else nothing
        if request.per_second:
            self._views = asyncio.create_task(self._send_views(1 / request.per_second))

    async def _send_views(self, every_s: float) -> None:
        while not self._host.ended.is_set():
            await asyncio.sleep(every_s)
            self._send_view()

    def _send_view(self) -> None:
        # What it has not read yet is not worth more of the same.
        if self._line.number is not None and self._writer.transport.get_write_buffer_size() < _WAITING:
            self._say(encode(SeatView(view=self._host.view(self._line.number))))

    def _on_end(self) -> None:
        if self._line.number is None:
            # What is shown late would otherwise never be seen to its end.
            self._say(encode(self._host.shown()))
        self._say(encode(self._host.outcome(self._line.number)))
        self._say(encode(self._host.places()))
        self._told_end = True
        self._say_no_more()

    def _say_no_more(self) -> None:
        with suppress(OSError):  # It may have gone.
            self._writer.write_eof()

    def _round_trip_s(self) -> float:
        sock = self._writer.get_extra_info("socket")
        return 0.0 if sock is None else round_trip_s(sock)


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line, empty at the end; of one that is too long, no more than shows that it is."""
    too_long = b""
    while True:
        try:
            line = await reader.readuntil(b"\n")
            return too_long or line
        except asyncio.IncompleteReadError as error:
            return too_long or error.partial
        except asyncio.LimitOverrunError as error:
            too_long = bytes(MOST_LINE + 1)
            await reader.readexactly(error.consumed)


def round_trip_s(sock: socket.socket) -> float:
    """A connection's round trip, in seconds, as the kernel has measured it; 0 where it tells none."""
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _RTT_AT + 4)
        round_trip_us: int = struct.unpack_from("I", info, _RTT_AT)[0]
        return 0.0 if round_trip_us == _UNKNOWN else round_trip_us / 1e6
    except (OSError, struct.error, AttributeError):
        return 0.0

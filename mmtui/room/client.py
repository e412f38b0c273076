"""A client of the protocol, to take a seat in somebody's room by a program: in one thread, or with asyncio.

>>> from mmtui.room.client import Client
>>> with Client("localhost", 7373, name="frog") as room:  # doctest: +SKIP
...     while (view := room.look()) is not None:
...         room.submit(Join(Side.BUY, 2))
...         print(view.best_bid)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from types import TracebackType

import msgspec

from mmtui.errors import InputError
from mmtui.level.level import Level, level_from_json
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.room.protocol.desk import RoomDesk
from mmtui.room.protocol.lines import decode_answer, encode
from mmtui.room.protocol.messages import (
    MOST_LINE,
    VERSION,
    AnyAnswer,
    End,
    Hello,
    Look,
    Ok,
    Places,
    Refused,
    SeatView,
    SeeMarket,
    Shown,
    Watch,
    Welcome,
)
from mmtui.room.protocol.seat import RoomSeat
from mmtui.session.commands import AnyCommand

#: How often a screen is sent what there is to see.
_VIEWS_PER_S = 8.0
#: How often a console asks for a floor, while it asks once for the market.
_LOOKS_A_MARKET = 5
#: How long a room may take to let somebody in, who may have to wait for a turn, in seconds.
_PATIENCE_S = 20.0
_NO_ROOM = f"what answers there is no room of version {VERSION} of the protocol"


class LeftError(InputError):
    """The room has closed the connection."""


class Client:
    """A seat in a room, in one thread.

    Args:
        host, port: where the room is.
        name, password, token: see :class:`~mmtui.room.protocol.messages.Hello`.
        timeout_s: how long to wait for an answer.

    Attributes:
        welcome: what was said on entering.
        end: what was said at the end; None before.

    Raises:
        InputError: the room refuses, in its words.
        OSError: there is no connection.
    """

    def __init__(
        self, host: str, port: int, *, name: str = "", password: str = "", token: str = "", timeout_s: float = 30.0
    ) -> None:
        self._socket = socket.create_connection((host, port), timeout=timeout_s)
        self._lines = self._socket.makefile("rb")
        self.end: End | None = None
        try:
            self._socket.sendall(encode(Hello(hello=1, name=name, password=password, token=token)))
            self.welcome = welcome_in(self._lines.readline(MOST_LINE + 1))
        except (InputError, OSError):
            self.close()
            raise

    def ask(self, message: msgspec.Struct) -> AnyAnswer:
        """Say something, and return the answer; once the level is over that is what was said at the end.

        Raises InputError for a refusal, LeftError when the room has gone.
        """
        if self.end is not None:
            return self.end
        self._socket.sendall(encode(message))
        while True:
            answer = answer_in(self._lines.readline(MOST_LINE + 1))
            if isinstance(answer, End):
                self.end = answer
            if answer.line or isinstance(answer, End):
                return answer

    def submit(self, command: AnyCommand) -> int:
        """Send a command; returns when it reaches the exchange, in nanoseconds, 0 at the end. Raises InputError."""
        answer = self.ask(command)
        return answer.at_ns if isinstance(answer, Ok) else 0

    def look(self) -> FloorSnapshot | None:
        """What there is to see now; None once the level is over."""
        answer = self.ask(Look())
        return answer.view if isinstance(answer, SeatView) else None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Go."""
        self._lines.close()
        self._socket.close()


class AsyncClient:
    """A seat in a room, for asyncio: views and all else come by :meth:`answers`, whenever the room sends them.

    Attributes:
        welcome: what was said on entering.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: Welcome) -> None:
        self._reader = reader
        self._writer = writer
        self.welcome = welcome

    @classmethod
    async def connect(cls, host: str, port: int, hello: Hello) -> AsyncClient:
        """Enter a room. Raises InputError if it refuses or is none, OSError where there is nothing."""
        async with _answered_soon():
            reader, writer = await asyncio.open_connection(host, port, limit=MOST_LINE)
            writer.write(encode(hello))
            try:
                return cls(reader, writer, welcome_in(await _line(reader)))
            except BaseException:
                writer.close()
                raise

    def send(self, message: msgspec.Struct) -> None:
        """Say something; the answer comes among the others."""
        self._writer.write(encode(message))

    def watch(self, per_second: float) -> None:
        """Have views sent."""
        self.send(Watch(per_second))

    async def answers(self) -> AsyncIterator[SeatView | Ok | Refused | Places | Shown | End]:
        """What the room says, until it closes the connection."""
        while line := await _line(self._reader):
            answer = decode_answer(line)
            if not isinstance(answer, Welcome):
                yield answer

    async def close(self) -> None:
        """Go."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


def answer_in(line: bytes) -> AnyAnswer:
    """The answer in a line of the room's. Raises InputError for a refusal, LeftError at the end of all lines."""
    if not line:
        raise LeftError("the room has closed the connection")
    answer = decode_answer(line)
    if isinstance(answer, Refused):
        raise InputError(answer.why)
    return answer


def welcome_in(line: bytes) -> Welcome:
    """The answer to Hello. Raises InputError: it is a refusal, or none of this protocol; LeftError: there is none."""
    try:
        welcome = decode_answer(line) if line else None
    except InputError as error:
        raise InputError(f"{_NO_ROOM}: {error}") from None
    match welcome:
        case Welcome(version=version) if version == VERSION:
            return welcome
        case Refused(why=why):
            raise InputError(why)
        case None:
            raise LeftError("the room has closed the connection")
    raise InputError(_NO_ROOM)


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line, empty at the end. Raises InputError for one that is too long."""
    try:
        return await reader.readline()
    except ValueError:
        raise InputError(f"expected a line of at most {MOST_LINE} bytes") from None


@asynccontextmanager
async def _answered_soon() -> AsyncIterator[None]:
    """Raise InputError unless it is done before long."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            yield
    except TimeoutError:
        raise InputError(f"no room answers within {_PATIENCE_S:g} seconds") from None


def level_of(welcome: Welcome) -> Level:
    """What is published of the room's level. Raises LevelError."""
    return level_from_json(bytes(welcome.level), "the room's level")


async def seat_of(client: AsyncClient) -> tuple[RoomSeat, Callable[[], Coroutine[None, None, None]]]:
    """The seat that a client has taken, for a screen, and what keeps it up to date, to be run beside the screen.

    Raises InputError for a room that closes before it has sent a view.
    """
    client.send(Watch(_VIEWS_PER_S, answers=True))
    answers = client.answers()
    async with _answered_soon():
        async for answer in answers:
            if isinstance(answer, SeatView):
                break
        else:
            raise LeftError("the room has closed the connection")
    seat = RoomSeat(level_of(client.welcome), client.welcome.name, answer.view, client.send)
    seat.recorded = client.welcome.recorded

    async def keep() -> None:
        try:
            async for answer in answers:
                _take_in(seat, answer)
        except (OSError, ValueError, InputError) as error:
            seat.gone = f"the connection to the room is lost: {error}"
        seat.gone = seat.gone or "the room has closed the connection"
        seat.changed()

    return seat, keep


def desk_of(client: AsyncClient, *, instructs: bool) -> tuple[RoomDesk, Callable[[], Coroutine[None, None, None]]]:
    """The line of an instructor or of who looks on, and what keeps it up to date, to be run beside a screen."""
    desk = RoomDesk(level_of(client.welcome), instructs, client.send)

    async def ask() -> None:
        while True:
            client.send(SeeMarket())
            for _ in range(_LOOKS_A_MARKET):
                if desk.watched is not None:
                    client.send(Look(desk.watched))
                await asyncio.sleep(1 / _LOOKS_A_MARKET)

    async def keep() -> None:
        asking = asyncio.create_task(ask())
        try:
            async for answer in client.answers():
                match answer:
                    case Shown():
                        desk.shown = answer
                    case SeatView(view=view):
                        desk.floor = view
                    case End():
                        desk.gone = "The level is over"
                    case Refused(why=why):
                        desk.told = why[:1].upper() + why[1:]
        except (OSError, ValueError, InputError) as error:
            desk.gone = f"The connection to the room is lost: {error}"
        finally:
            asking.cancel()
        desk.gone = desk.gone or "The room has closed the connection"

    return desk, keep


def _take_in(seat: RoomSeat, answer: SeatView | Ok | Refused | Places | Shown | End) -> None:
    match answer:
        case SeatView(view=view):
            seat.update(view)
        case Refused(why=why):
            seat.told = why[:1].upper() + why[1:]
        case End():
            seat.end = answer
        case Places():
            seat.places = answer
    seat.changed()

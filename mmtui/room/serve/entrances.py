"""How somebody at a terminal comes into a room: the one in this process, or one that floors are apart from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Protocol

from mmtui.errors import InputError
from mmtui.level.level import level_from_json
from mmtui.room.client import AsyncClient, seat_of
from mmtui.room.protocol.messages import Hello
from mmtui.room.protocol.seat import RoomSeat
from mmtui.room.serve.failures import Failures
from mmtui.room.serve.host import Host, Line, Lobby, identity_of
from mmtui.room.serve.turns import Turns
from mmtui.session.commands import AnyCommand

#: What is before the name in a login.
_CALLED = "as-"


class Entrance(Protocol):
    """Lets people in.

    Attributes:
        password: what lets people in; empty for nothing.
        failures: tries that failed.
    """

    password: str
    failures: Failures

    def enter(
        self, proof: str, login: str, round_trip_s: Callable[[], float], close: Callable[[], None]
    ) -> AbstractAsyncContextManager[RoomSeat]:
        """Take a seat, and give it up for now in the end.

        Args:
            proof: what the same person has again, and nobody else.
            login: the name by which the player has logged in; what he wants to be called is said by ``as-NAME``, since
                a program that asks for no name sends that of its own machine's user. In a league it is the name there.
            round_trip_s: measures how long the way to the terminal and back takes.
            close: ends the connection.

        Raises InputError: there is no seat.
        """


def is_password(entrance: Entrance, password: str) -> bool:
    """Whether a password is the room's."""
    return compare_digest(password.encode(), entrance.password.encode())


def wanted_name(login: str) -> str:
    """What somebody wants to be called who has logged in by a name; empty for a pseudonym."""
    return login.removeprefix(_CALLED) if login.startswith(_CALLED) else ""


class OwnEntrance:
    """Into a room in this process, or one of several. See :class:`Entrance`."""

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self.password = lobby.password
        self.failures = lobby.failures
        self._turns = Turns()

    @asynccontextmanager
    async def enter(
        self, proof: str, login: str, round_trip_s: Callable[[], float], close: Callable[[], None]
    ) -> AsyncIterator[RoomSeat]:
        """Take a seat."""
        host, line = self._lobby.host_of(login), Line(None, round_trip_s, close, lambda: None)
        name = wanted_name(login) if host.claims is None else login
        number = host.sit(identity_of("ssh", proof), name, line)
        try:
            level = level_from_json(bytes(host.level), "the room's level")
            seat = RoomSeat(level, host.room.seats[number].name, host.view(number), _sender(host, line))
            seat.recorded = host.recorded
            line.on_answer = lambda: seat.update(host.view(number))
            line.on_end = lambda: _end(seat, host, number)
            turn = self._turns.take(seat, line.on_answer)
            try:
                yield seat
            finally:
                self._turns.leave(turn)
        finally:
            host.gone(line)


class FarEntrance:
    """Into a room that these floors are apart from. See :class:`Entrance`.

    Args:
        address, port: where the room's protocol is.
        password: the room's.
        key: what nobody else knows, of which with somebody's proof his token is made: the same after a restart.
    """

    def __init__(self, address: str, port: int, password: str, key: bytes) -> None:
        self._address, self._port = address, port
        self.password = password
        self.failures = Failures()
        self._key = sha256(key).digest()
        self._turns = Turns()

    @asynccontextmanager
    async def enter(
        self, proof: str, login: str, round_trip_s: Callable[[], float], close: Callable[[], None]
    ) -> AsyncIterator[RoomSeat]:
        """Take a seat."""
        token = digest(self._key, proof.encode(), "sha256").hex()
        hello = Hello(hello=1, name=wanted_name(login), password=self.password, token=token)
        try:
            client = await AsyncClient.connect(self._address, self._port, hello)
        except OSError as error:
            raise InputError(f"there is no room any more: {error.strerror or error}") from None
        try:
            seat, keep = await seat_of(client)
            keeping = asyncio.create_task(keep())
            # Painted as views come; garbage is searched for as where they are painted in turn.
            turn = self._turns.take(seat, lambda: None)
            try:
                yield seat
            finally:
                self._turns.leave(turn)
                keeping.cancel()
        finally:
            await client.close()


def _sender(host: Host, line: Line) -> Callable[[AnyCommand], None]:
    def send(command: AnyCommand) -> None:
        host.submit(line, command)

    return send


def _end(seat: RoomSeat, host: Host, number: int) -> None:
    seat.end, seat.places = host.outcome(number), host.places()
    seat.update(host.view(number))

"""Clients of a room over the protocol: players, instructors, and who looks on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mmtui.errors import InputError
from mmtui.room.core.slots import SLOT_NS
from mmtui.room.protocol.lines import decode_hello
from mmtui.room.protocol.messages import (
    VERSION,
    Answer,
    Freeze,
    Hello,
    Instructors,
    Kick,
    Mute,
    Ok,
    Places,
    SeatView,
    Speed,
    Start,
    Watch,
    Welcome,
)
from mmtui.room.serve.host import Host, Line, Lobby, identity_of, new_token
from mmtui.session.commands import AnyCommand
from mmtui.session.maker import rules_of


@dataclass
class RoomGuest:
    """A client who was let in. See :class:`~mmtui.room.protocol.conversation.Guest`.

    Attributes:
        host, line: the room, and the connection.
        instructs: whether it is an instructor.
        on_watch: told what views are asked for.
    """

    host: Host
    line: Line
    instructs: bool
    on_watch: Callable[[Watch], None]

    def submit(self, command: AnyCommand) -> Answer:
        """Send a command to the exchange."""
        return Ok(at_ns=self.host.submit(self.line, command))

    def look(self, seat: int) -> Answer:
        """A view: a player's own, or of the seat that an instructor names."""
        number = seat if self.instructs else self.line.number
        if number is None:
            raise InputError("whoever looks on is told the standings, and has no view of a seat")
        return SeatView(view=self.host.view(number))

    def watch(self, request: Watch) -> Answer:
        """Send views from now on."""
        if self.line.number is None:
            raise InputError("there is no seat to send views of; look at one")
        self.on_watch(request)
        return Ok(at_ns=self.host.room.now_ns)

    def step(self, ns: int) -> Answer:
        """Refused."""
        raise InputError("the market of a room goes on by itself")

    def standings(self) -> Answer:
        """How all do; a player is told at the end, and who looks on as late as of the market."""
        if self.line.number is not None and not self.host.room.over:
            raise InputError("the standings are told at the end")
        if self.line.number is not None or self.instructs:
            return self.host.places()
        late = self.host.shown_late()
        return Places(at_ns=late.market.at_ns, places=late.places)

    def market(self) -> Answer:
        """The market as everybody may see it; a player has a view of his own."""
        if self.line.number is not None:
            raise InputError("your views have all that you may see")
        return self.host.shown() if self.instructs else self.host.shown_late()

    def instruct(self, request: Instructors) -> Answer:
        """Do what only an instructor may."""
        if not self.instructs:
            raise InputError("only an instructor may do that")
        host = self.host
        if host.room.over:
            raise InputError("the level is over")
        match request:
            case Start():
                host.start()
            case Freeze(on=on):
                host.change_clock(frozen=on)
            case Speed(speed=speed):
                host.change_clock(speed=speed)
            case Mute(seat=seat, on=on):
                host.view(seat)
                host.room.mute(seat, on=on)
            case Kick(seat=seat):
                host.view(seat)
                host.kick(seat)
            case _:
                host.room.instruct(request)
        return Ok(at_ns=host.room.now_ns)


@dataclass
class RoomDoor:
    """Lets a connection in. See :class:`~mmtui.room.protocol.conversation.Door`.

    Attributes:
        lobby, line: where people come in, and the connection.
        on_watch: told what views are asked for.
        host: the room that this one has come into; None before.
        passed: whether the password was right, or the token; there may yet be no seat.
    """

    lobby: Lobby
    line: Line
    on_watch: Callable[[Watch], None]
    host: Host | None = None
    passed: bool = False

    def knows(self, first: bytes) -> bool:
        """Whether a first line has a token that nobody guesses: the instructor's, or of who was let in before."""
        try:
            hello = decode_hello(first)
            host = self.lobby.host_of(hello.name)
        except InputError:
            return False
        if hello.role == "instructor":
            return host.is_instructor(hello.token)
        return bool(hello.token) and host.knows(identity_of("token", hello.token))

    def enter(self, hello: Hello) -> tuple[RoomGuest, Answer]:
        """Let a client in. Raises InputError for a wrong password or token, a bad name, and a full room."""
        name, token = "", ""
        if hello.role != "instructor":
            self.lobby.check_password(hello.password)
            self.passed = True
        self.host = host = self.lobby.host_of(hello.name)
        if hello.role == "instructor" and not host.is_instructor(hello.token):
            raise InputError("that is not the instructor's token")
        self.passed = True
        if hello.role != "seat":
            host.lines.append(self.line)
        else:
            token = hello.token or new_token()
            name = host.room.seats[host.sit(identity_of("token", token), hello.name, self.line)].name
        welcome = Welcome(
            version=VERSION,
            seat=self.line.number,
            name=name,
            token=token,
            level=host.level,
            rules=rules_of(host.room.level),
            now_ns=host.room.now_ns,
            delay_ns=host.room.delay_ns,
            slot_ns=SLOT_NS,
            recorded=host.recorded,
            commitment=host.secret.commitment,
        )
        return RoomGuest(host, self.line, hello.role == "instructor", self.on_watch), welcome

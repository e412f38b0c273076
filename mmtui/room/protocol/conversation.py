"""One client's lines and what is answered to them, over whatever they come."""

from __future__ import annotations

from typing import Protocol, get_args

from mmtui.errors import InputError, MmtuiError
from mmtui.room.protocol.lines import decode_hello, decode_request, line_of, shortened_sentence
from mmtui.room.protocol.messages import (
    Answer,
    AnyRequest,
    Hello,
    Instructors,
    Leave,
    Look,
    Ok,
    Refused,
    SeeMarket,
    Standings,
    Step,
    Watch,
)
from mmtui.session.commands import AnyCommand

_COMMANDS = get_args(AnyCommand)
_INSTRUCTORS = get_args(Instructors)
#: So many lines in a row that are none, and the client is let go.
_MOST_FAULTS = 1000


class Guest(Protocol):
    """What a client who was let in may do; each raises InputError for what may not be."""

    def submit(self, command: AnyCommand) -> Answer:
        """Carry a command out, or send it on."""

    def look(self, seat: int) -> Answer:
        """A view."""

    def watch(self, request: Watch) -> Answer:
        """Send views from now on."""

    def step(self, ns: int) -> Answer:
        """Have the market go on."""

    def standings(self) -> Answer:
        """How all do."""

    def market(self) -> Answer:
        """The market as everybody may see it."""

    def instruct(self, request: Instructors) -> Answer:
        """Do what only an instructor may."""


class Door(Protocol):
    """Who lets clients in."""

    def enter(self, hello: Hello) -> tuple[Guest, Answer]:
        """Let a client in, or raise InputError."""


class Conversation:
    """A client, from the first line on.

    Args:
        door: lets the client in.

    Attributes:
        guest: the client, once let in.
        over: whether the client is to be let go.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._line = 0
        self._faults = 0
        self.guest: Guest | None = None
        self.over = False

    def hear(self, line: bytes) -> bytes:
        """The answer to a line, which is a line too."""
        self._line += 1
        try:
            if self.guest is None:
                self.guest, answer = self._door.enter(decode_hello(line))
            else:
                answer = self._answer(self.guest, decode_request(line))
            self._faults = 0
        except MmtuiError as error:
            answer = Refused(why=shortened_sentence(error))
            self._faults += 1
            self.over = self.over or self.guest is None or self._faults >= _MOST_FAULTS
        return line_of(answer, self._line)

    def _answer(self, guest: Guest, request: AnyRequest) -> Answer:
        match request:
            case Look(seat=seat):
                return guest.look(seat)
            case Watch():
                return guest.watch(request)
            case Step(ns=ns):
                return guest.step(ns)
            case Standings():
                return guest.standings()
            case SeeMarket():
                return guest.market()
            case Leave():
                self.over = True
                return Ok(at_ns=0)
            case _ if isinstance(request, _COMMANDS):
                return guest.submit(request)
            case _ if isinstance(request, _INSTRUCTORS):
                return guest.instruct(request)
        raise InputError("nothing is known of that")

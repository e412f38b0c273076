"""The messages of the protocol, as schemas; ``mmtui/docs/protocol.md`` describes them.

A client says :class:`Hello` first, and then a :data:`Request` a line. Each line gets one answer, which bears the line's
number; views that were asked for by :class:`Watch` come besides, and bear 0.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.room.core.instructions import AnyInstruction
from mmtui.room.core.public import Market
from mmtui.session.commands import AnyCommand
from mmtui.session.result import Result
from mmtui.strategies.protocol import Rules
from mmtui.units import NS_PER_S

VERSION = 1
#: The longest line, newline included, in bytes.
MOST_LINE = 64 * 1024

_Short = Annotated[str, msgspec.Meta(max_length=200)]
Role = Literal["seat", "instructor", "spectator"]


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A client's first line.

    Attributes:
        hello: the protocol's version.
        name: what the player wants to be called; a pseudonym when empty.
        password: the room's, where it has one.
        token: of a seat that was taken before, to take it again; or an instructor's.
        role: a seat, the instructor, or somebody who only looks on.
    """

    hello: Literal[1]
    name: _Short = ""
    password: _Short = ""
    token: _Short = ""
    role: Role = "seat"


class Request(msgspec.Struct, frozen=True, tag_field="do", forbid_unknown_fields=True):
    """The base of what is no command."""


class Look(Request, frozen=True, tag="look"):
    """Ask for a view; an instructor names the seat."""

    seat: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0


class Watch(Request, frozen=True, tag="watch"):
    """Ask for so many views a second from now on; 0 for no more.

    Attributes:
        per_second: how many.
        answers: whether one comes besides as soon as what was sent has arrived.
    """

    per_second: Annotated[float, msgspec.Meta(ge=0, le=20)]
    answers: bool = False


class Step(Request, frozen=True, tag="step"):
    """Have the market go on by so many nanoseconds, where it waits for the client; the answer is a view, or the end."""

    ns: Annotated[int, msgspec.Meta(ge=1, le=86_400 * NS_PER_S)]


class Standings(Request, frozen=True, tag="standings"):
    """Ask how all seats do; players are told at the end."""


class SeeMarket(Request, frozen=True, tag="market"):
    """Ask for the market as everybody may see it, and how all do; who looks on is shown it late."""


class Leave(Request, frozen=True, tag="leave"):
    """Go."""


class Start(Request, frozen=True, tag="start"):
    """An instructor opens the market."""


class Freeze(Request, frozen=True, tag="freeze"):
    """An instructor stops the clock, or lets it go on."""

    on: bool = True


class Speed(Request, frozen=True, tag="speed"):
    """An instructor has so many seconds of the market pass in one."""

    speed: Annotated[float, msgspec.Meta(ge=0.5, le=16)]


class Mute(Request, frozen=True, tag="mute"):
    """An instructor lets a seat do nothing, or act again."""

    seat: Annotated[int, msgspec.Meta(ge=0, le=255)]
    on: bool = True


class Kick(Request, frozen=True, tag="kick"):
    """An instructor puts a seat's player out."""

    seat: Annotated[int, msgspec.Meta(ge=0, le=255)]


#: What only an instructor may ask for.
Instructors = AnyInstruction | Start | Freeze | Speed | Mute | Kick
AnyRequest = AnyCommand | Instructors | Look | Watch | Step | Standings | SeeMarket | Leave


class Answer(msgspec.Struct, frozen=True, tag_field="is", kw_only=True):
    """The base of all that the server says. ``line`` is which of the client's lines it answers; 0 for none."""

    line: int = 0


class Welcome(Answer, frozen=True, kw_only=True, tag="welcome"):
    """The answer to Hello.

    Attributes:
        version: the protocol's.
        seat: which seat it is; None for who has none.
        name: what the player is called.
        token: takes the same seat again; to be kept secret. Empty where there is no need.
        level: what is published of the level, in the level format.
        rules: the same as numbers.
        now_ns, delay_ns, slot_ns: the clock, the common delay, and the length of a slot.
        stepped: whether the market waits for Step.
        recorded: whether what everybody does is recorded.
        commitment: what is published of the seed; empty where it is no secret.
    """

    version: int
    seat: int | None
    name: str
    token: str = ""
    level: msgspec.Raw
    rules: Rules
    now_ns: int
    delay_ns: int = 0
    slot_ns: int = 0
    stepped: bool = False
    recorded: bool = False
    commitment: str = ""


class Ok(Answer, frozen=True, kw_only=True, tag="ok"):
    """Understood; a command reaches the exchange at ``at_ns``."""

    at_ns: int


class Refused(Answer, frozen=True, kw_only=True, tag="error"):
    """Not done; ``why`` says in one sentence why not."""

    why: str


class SeatView(Answer, frozen=True, kw_only=True, tag="view"):
    """What there is to see from the seat."""

    view: FloorSnapshot


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How a seat does. Money in the instrument's currency."""

    seat: int
    name: str
    score: float
    parts: dict[str, float]
    pnl: float
    position: int
    fills: int


class Places(Answer, frozen=True, kw_only=True, tag="standings"):
    """How the seats do, best first."""

    at_ns: int
    places: list[Place]


class Shown(Answer, frozen=True, kw_only=True, tag="market"):
    """The market as everybody may see it, and how the seats do, best first."""

    market: Market
    places: list[Place]
    started: bool
    frozen: bool
    speed: float


class End(Answer, frozen=True, kw_only=True, tag="end"):
    """The level is over; nothing follows.

    Attributes:
        ended: why: "time", "left" (the room was closed) or "loss".
        result: what the seat has come to; None for who has none.
        digest: the session's.
        seed, nonce: what the commitment was made of; the seed in decimal, since it may have 128 bits.
    """

    ended: str
    result: Result | None
    digest: str
    seed: str
    nonce: str = ""


AnyAnswer = Welcome | Ok | Refused | SeatView | Places | Shown | End

"""The lines of a journal: what each kind holds, and how it is sealed. See :mod:`mmtui.session.journal`."""

from __future__ import annotations

from typing import Annotated, Any, get_args
from zlib import crc32

import msgspec

from mmtui.session.commands import AnyCommand
from mmtui.session.outcome import FillColumns, WhoQuoted
from mmtui.session.result import Result
from mmtui.units import NonNegativeFloat

FORMAT = 3

_Time = Annotated[int, msgspec.Meta(ge=0)]
_Seat = Annotated[int, msgspec.Meta(ge=0)]
_Hex32 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Parent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The journal that a session was taken over from: its file's name, its digest if it had ended, and when."""

    name: str
    digest: str | None
    at_ns: _Time


class Player(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who played: a name or pseudonym, and an Ed25519 public key, 64 hexadecimal digits; each may be missing."""

    name: str | None = None
    key: _Hex32 | None = None


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The first line.

    Attributes:
        journal: the format's version.
        engine: the engine's number, see :mod:`mmtui.version`.
        mmtui: the program's version.
        seed, level: what is played, the level whole.
        attempt: which try of the player's on this level and seed it is, from 1; None where nobody counts.
        player: who plays; None where that is not said.
        begun: when, UTC, as 2026-11-24T16:58:31Z; None where that is not said.
        parent: what it was taken over from, if it was.
        opponent: the strategy of a duel's opponent, if no level's file could name it: one in a file or with parameters.
        files: SHA-256 of the opponent's files, by path as written.
    """

    journal: int
    engine: Annotated[int, msgspec.Meta(ge=1)]
    mmtui: str
    seed: Annotated[int, msgspec.Meta(ge=0)]
    attempt: Annotated[int, msgspec.Meta(ge=1)] | None = msgspec.field(default=None, name="try")
    player: Player | None = None
    begun: str | None = None
    parent: Parent | None = None
    level: msgspec.Raw
    opponent: str | msgspec.UnsetType = msgspec.UNSET
    files: dict[str, _Hex32] | msgspec.UnsetType = msgspec.UNSET


class OldHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of formats 1 and 2."""

    journal: int
    mmtui: str
    seed: Annotated[int, msgspec.Meta(ge=0)]
    level: msgspec.Raw
    parent: Parent | None = None


class JournalLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="line"):
    """A line after the first: its time in nanoseconds since the level's start, and the seat, 0 for the only player."""

    at_ns: _Time
    seat: _Seat = 0


class Entry(JournalLine, frozen=True, kw_only=True, tag="command"):
    """A command.

    ``files`` is there if its strategy is in files: SHA-256 of each, by its path as written in the command.
    """

    command: AnyCommand
    files: dict[str, _Hex32] | msgspec.UnsetType = msgspec.UNSET


class Clock(JournalLine, frozen=True, kw_only=True, tag="clock"):
    """So far the session had come."""


class SpeedChange(JournalLine, frozen=True, kw_only=True, tag="speed"):
    """From here on the player has the market run at a speed, in its seconds for one of ours, or stand still.

    ``stood_s`` is there once it has stood still: for how long so far, in seconds of ours, under dialogs too.
    """

    speed: Annotated[float, msgspec.Meta(gt=0)]
    paused: bool
    stood_s: NonNegativeFloat | msgspec.UnsetType = msgspec.UNSET


class InstructorAction(JournalLine, frozen=True, kw_only=True, tag="instructor"):
    """What an instructor did.

    Attributes:
        do: what, by name; ``args`` says more of it.
        alters: whether it changes the session, as a spike does and a message does not.
        seat: whom it is about; −1 is everybody.
    """

    seat: Annotated[int, msgspec.Meta(ge=-1)] = -1
    do: str
    alters: bool
    args: dict[str, Any] = {}


class RoomLine(JournalLine, frozen=True, kw_only=True, tag="room"):
    """What happened in a room, where several seats make the market.

    Attributes:
        do: what, by name; ``args`` says more of it. See :mod:`mmtui.room.core.record`.
    """

    do: str
    alters: bool = False
    args: dict[str, Any] = {}


class Outcome(JournalLine, frozen=True, kw_only=True, tag="result"):
    """What the session came to for a seat: its result (None where par was not known yet), who quoted, its fills."""

    result: Result | None
    quoted: WhoQuoted
    fills: FillColumns


class JournalEnd(JournalLine, frozen=True, kw_only=True, tag="end"):
    """When and why the session ended, and its digest."""

    ended: str
    digest: str


class Signature(JournalLine, frozen=True, kw_only=True, tag="signature"):
    """A seat's Ed25519 signature of the journal's statement, and the public key that verifies it, in hexadecimal."""

    key: _Hex32
    signature: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}$")]


class UnknownLine(msgspec.Struct, frozen=True):
    """A line of a kind that only later versions know; every such line says whether it alters the session."""

    line: str
    at_ns: _Time
    seat: int
    alters: bool


class LaterLine(UnknownLine, frozen=True):
    """A line of another engine that cannot be read; it need not say more than its kind and when it was."""

    seat: int = 0
    alters: bool = True


OldLine = Entry | Clock | JournalEnd
Line = Entry | Clock | SpeedChange | InstructorAction | RoomLine | Outcome | JournalEnd | Signature
#: The kinds of line that this version knows.
KINDS = frozenset(kind.__struct_config__.tag for kind in get_args(Line))


def sealed(record: msgspec.Struct, crc: int) -> tuple[bytes, int]:
    """A line of a journal with its checksum, carried on from the line before; and the checksum."""
    body = msgspec.json.encode(record)[:-1]
    crc = crc32(body, crc)
    return b'%b,"crc":"%08x"}\n' % (body, crc), crc

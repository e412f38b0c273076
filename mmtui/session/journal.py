"""The journal: one file a session, from which the session can be played again to the byte.

Format 2 is JSON lines, in the order of time:

1. ``{"journal": 2, "mmtui": version, "seed": …, "level": the whole level, "parent": …}``; the parent is null, or the
   journal that this session was taken over from, with the time;
2. ``{"line": "command", "at_ns": …, "command": {"do": …}}`` for each command;
3. ``{"line": "clock", "at_ns": …}`` when half a second of the market has passed without another line, so that a session
   that breaks off is known to have come so far;
4. ``{"line": "end", "at_ns": …, "ended": …, "digest": …}``, once.

Each line's last key is ``"crc"``, eight hexadecimal digits: CRC-32 of the line up to the comma before it, carried on
from the line before. So an altered, lost or foreign line is found, whichever it is, and a file whose last lines are
gone is one that breaks off. Format 1 had no clock, no parent and no checksums; it is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any
from zlib import crc32

import msgspec

from mmtui.errors import JournalError, LevelError
from mmtui.level.level import Level, level_from_json
from mmtui.session.commands import AnyCommand
from mmtui.session.replay import Script

FORMAT = 2
_OLDEST = _UNSEALED = 1

_Time = Annotated[int, msgspec.Meta(ge=0)]
#: What a line ends in, instead of a closing brace.
_CRC = re.compile(rb',"crc":"([0-9a-f]{8})"}')
_CRC_LENGTH = len(b',"crc":"00000000"}')


class Parent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The journal that a session was taken over from: its file's name, its digest if it had ended, and when."""

    name: str
    digest: str | None
    at_ns: _Time


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: ``journal`` is the format's version, ``level`` the whole level."""

    journal: int
    mmtui: str
    seed: Annotated[int, msgspec.Meta(ge=0)]
    level: msgspec.Raw
    parent: Parent | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="command"):
    """A command and its time, in nanoseconds since the level's start."""

    at_ns: _Time
    command: AnyCommand


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="clock"):
    """So far the session had come."""

    at_ns: _Time


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="end"):
    """The last line: when and why the session ended, and its digest."""

    at_ns: _Time
    ended: str
    digest: str


Line = Entry | Clock | End


def sealed(record: msgspec.Struct, crc: int) -> tuple[bytes, int]:
    """A line of a journal with its checksum, carried on from the line before; and the checksum."""
    body = msgspec.json.encode(record)[:-1]
    crc = crc32(body, crc)
    return b'%b,"crc":"%08x"}\n' % (body, crc), crc


class Journal(msgspec.Struct, frozen=True):
    """A journal, read.

    Attributes:
        format: of the file.
        version: of the program that wrote it.
        level, seed: what was played.
        parent: what it was taken over from, if it was.
        entries: the commands, in the order of time.
        until_ns: how far it goes.
        end: how it ended; None when the journal breaks off.
        size: bytes of the file that hold all this, without a half line at its end.
        crc: the last line's checksum.
    """

    format: int
    version: str
    level: Level
    seed: int
    parent: Parent | None
    entries: Sequence[Entry]
    until_ns: int
    end: End | None
    size: int
    crc: int

    @property
    def script(self) -> Script:
        """What is needed to play the session again."""
        commands = tuple((entry.at_ns, entry.command) for entry in self.entries)
        return Script(self.level, self.seed, commands, self.until_ns, None if self.end is None else self.end.ended)


def read_journal(path: Path) -> Journal:
    """A journal from its file, without the half line that a session broken off may have left at its end.

    Raises JournalError with what is wrong and in which line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be read: {error.strerror}") from None
    return parse_journal(content, str(path))


def parse_journal(content: bytes, source: str) -> Journal:
    """A journal from what its file holds; ``source`` names it in errors. Raises JournalError."""
    *lines, half = content.split(b"\n")
    if not lines:
        raise JournalError(f"{source}: line 1: expected a journal's first line, not {_quoted(half)}")
    bodies, crc = lines, 0
    if _CRC.fullmatch(lines[0][-_CRC_LENGTH:]) or _format(lines[0], source) > _UNSEALED:
        bodies, crc = _checked(lines, source)
    form = _format(bodies[0], source)
    header = _decode(source, 1, bodies[0], Header)
    level = _level(header, source)
    entries: list[Entry] = []
    until_ns, end = 0, None
    for number, body in enumerate(bodies[1:], start=2):
        if end is not None:
            raise JournalError(f"{source}: line {number}: expected nothing after the session's end")
        record: Line = _decode(source, number, body, Line)
        if not until_ns <= record.at_ns <= level.end_ns:
            raise JournalError(
                f"{source}: line {number}: expected a time between {until_ns} and {level.end_ns}, not {record.at_ns}"
            )
        until_ns = record.at_ns
        match record:
            case Entry():
                entries.append(record)
            case End():
                end = record
    size = len(content) - len(half)
    return Journal(form, header.mmtui, level, header.seed, header.parent, entries, until_ns, end, size, crc)


def _format(line: bytes, source: str) -> int:
    """The version of a journal's format, from its first line, which may be of a version that only later ones know."""
    form = _decode(source, 1, line, dict[str, msgspec.Raw]).get("journal", msgspec.Raw(b"null"))
    version = _decode(source, 1, bytes(form), int)
    if not isinstance(version, int) or not _OLDEST <= version <= FORMAT:
        raise JournalError(
            f"{source}: line 1: journal format {version}, where this version reads {_OLDEST} to {FORMAT}"
        )
    return version


def _checked(lines: Sequence[bytes], source: str) -> tuple[list[bytes], int]:
    """The lines without their checksums, and the last of these. Raises JournalError for one that does not match."""
    crc, bodies = 0, []
    for number, line in enumerate(lines, start=1):
        body, found = line[:-_CRC_LENGTH], _CRC.fullmatch(line[-_CRC_LENGTH:])
        crc = crc32(body, crc)
        if found is None or int(found[1], 16) != crc:
            raise JournalError(
                f"{source}: line {number}: its checksum does not match: this line or one before it was altered"
            )
        bodies.append(body + b"}")
    return bodies, crc


def _level(header: Header, source: str) -> Level:
    data = bytes(header.level)
    if header.journal == _UNSEALED:
        data = _with_kinds(data)
    try:
        return level_from_json(data, f"{source}: line 1: level")
    except LevelError as error:
        raise JournalError(str(error)) from None


def _with_kinds(data: bytes) -> bytes:
    """A level of format 1, in which all markets were of one kind and did not say so."""
    level = msgspec.json.decode(data)
    for market in _markets(level):
        market.setdefault("kind", "book")
    return msgspec.json.encode(level)


def _markets(level: Any) -> Iterator[dict[str, Any]]:
    if isinstance(level, dict):
        events = level.get("events")
        for part in (level, *(events if isinstance(events, list) else ())):
            if isinstance(part, dict) and isinstance(market := part.get("market"), dict):
                yield market


def _decode(source: str, number: int, line: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise JournalError(f"{source}: line {number}: not a line of a journal: {told}") from None


def _quoted(line: bytes) -> str:
    return repr(line[:40].decode("utf-8", "replace")) if line else "an empty file"

"""The journal: one file a session, from which the session can be played again to the byte.

JSON lines, in the order of time; ``mmtui/docs/journal.md`` shows each kind. Format 3:

1. the header: ``{"journal": 3, "engine": …, "mmtui": …, "seed": …, "level": the whole level, …}``;
2. ``command``, ``clock`` (so far the session had come: when half a second of the market has passed without another
   line), ``speed`` (the player's) and ``instructor`` lines;
3. ``result``, one a seat: what the session came to; ``end``, once: when and why it ended, and its digest;
4. ``signature`` lines, by players, of everything before the first of them.

Each line's last key is ``"crc"``, eight hexadecimal digits: CRC-32 of the line up to the comma before it, carried on
from the line before. So an altered, lost or foreign line is found, whichever it is, and a file whose last lines are
gone is one that breaks off.

A journal is played again only by the engine that its header names, since any other would make another session of it.
Formats 1 and 2 are of engine 1. They had no lines but ``command``, ``clock`` and ``end`` (format 1 no ``clock`` either,
no parent and no checksums), and are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from mmtui.errors import JournalError, LevelError, UntrustedError, one_line
from mmtui.files import NO_JSON, most_bytes, opened, read
from mmtui.level.decoding import decode_json
from mmtui.level.level import Level, level_from_json
from mmtui.session.held_level import HeldLevel, held_level
from mmtui.session.journal_lines import (
    FORMAT,
    KINDS,
    Entry,
    Header,
    InstructorAction,
    JournalEnd,
    LaterLine,
    Line,
    OldHeader,
    OldLine,
    Outcome,
    Parent,
    Player,
    RoomLine,
    Signature,
    SpeedChange,
    UnknownLine,
)
from mmtui.session.replay import Script
from mmtui.session.trust import NOBODY, NamedFile, Trust, files_of, opponents_files, placed, told
from mmtui.version import ENGINE

_OLDEST = _UNSEALED = 1
#: The first format whose header names its engine, and the engine of those before.
_WITH_ENGINE, _FIRST_ENGINE = 3, 1
#: What a signature begins with, so that it signs nothing else.
_SIGNED = b"mmtui journal "

#: A journal may be so much smaller than other files, since it takes that much more memory: a day of play, many times.
_SHARE = 4
#: The longest line but for results, whose fills may be many, in bytes.
_LONGEST_LINE, _MAY_BE_LONG = 2**22, b'{"line":"result"'

#: What a line ends in, instead of a closing brace.
_CRC = re.compile(rb',"crc":"([0-9a-f]{8})"}')
_CRC_LENGTH = len(b',"crc":"00000000"}')


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """A journal, read.

    Attributes:
        source: the file, as errors name it.
        format, engine, version: of the format, of the engine that played the session, and of the program.
        level, seed: what was played; of another engine as much of the level as can still be read.
        attempt, player, begun, parent: see :class:`Header`.
        entries: the commands, in the order of time.
        speeds: the player's speeds and pauses.
        actions: what instructors did.
        records: all its lines between the first and the end, in their order.
        several: whether it is a room's, with several seats; empty when it is not.
        outcomes: what the session came to for each seat; empty when the journal breaks off.
        until_ns: how far it goes.
        end: how it ended; None when the journal breaks off.
        statement: what signatures sign; empty when the journal breaks off.
        signatures: of the statement; whether they are good is only looked at where that of the player matters.
        unplayable: why this version cannot play the session again, in one sentence; empty when it can.
        untrusted: files that it names and that the player has not said to use; the session is not played again then.
        size: bytes of the file that hold all this, without what a session broken off may have left at its end.
        crc: the last line's checksum.
    """

    source: str
    format: int
    engine: int
    version: str
    level: Level | HeldLevel
    seed: int
    attempt: int | None
    player: Player | None
    begun: str | None
    parent: Parent | None
    entries: Sequence[Entry]
    speeds: Sequence[SpeedChange]
    actions: Sequence[InstructorAction]
    records: Sequence[Line | UnknownLine]
    several: str
    outcomes: Sequence[Outcome]
    until_ns: int
    end: JournalEnd | None
    statement: bytes
    signatures: Sequence[Signature]
    unplayable: str
    untrusted: Sequence[NamedFile]
    size: int
    crc: int

    @property
    def refused(self) -> JournalError | None:
        """Why the session cannot or shall not be played again; None when it can."""
        if self.unplayable or self.several:
            return JournalError(self.unplayable or self.several)
        if self.untrusted:
            return UntrustedError(self.source, told(self.untrusted))
        return None

    @property
    def stood_s(self) -> float:
        """For how long it stood still while it was played, in the player's seconds, as far as that was written."""
        return max((change.stood_s for change in self.speeds if change.stood_s is not msgspec.UNSET), default=0.0)

    @property
    def script(self) -> Script:
        """What is needed to play the session again. Raises JournalError if that is refused."""
        if (refused := self.refused) is not None:
            raise refused
        assert isinstance(self.level, Level), "this engine's level was read whole"
        commands = tuple((entry.at_ns, entry.command) for entry in self.entries)
        return Script(self.level, self.seed, commands, self.until_ns, None if self.end is None else self.end.ended)


def read_journal(path: Path, trust: Trust = NOBODY, *, most: int | None = None) -> Journal:
    """A journal from its file, without the half line that a session broken off may have left at its end.

    Args:
        path: the file.
        trust: what of this machine it may have the program use.
        most: the largest file, in bytes; None for one that one player may have made.

    Raises JournalError with what is wrong and in which line.
    """
    try:
        content = read(path, most_bytes() // _SHARE if most is None else most)
    except OSError as error:
        raise _unreadable(path, error) from None
    return parse_journal(content, str(path), trust)


def read_header(path: Path) -> Header:
    """The first line of a journal. Raises JournalError."""
    try:
        with opened(path) as file:
            line = file.readline(most_bytes())
    except OSError as error:
        raise _unreadable(path, error) from None
    header, _, _ = _opened(line.split(b"\n"), str(path))
    return header


def parse_journal(content: bytes, source: str, trust: Trust = NOBODY) -> Journal:
    """A journal from what its file holds; ``source`` is the file's path. Raises JournalError."""
    *lines, half = content.split(b"\n")
    header, bodies, crcs = _opened([*lines, half], source)
    level = level_of(header, source) if header.engine == ENGINE else _level_of_another(header, source)
    records: list[Line | UnknownLine] = []
    settled: set[int] = set()
    until_ns, end, statement = 0, None, b""
    for number, body in enumerate(bodies[1:], start=2):
        record = _line(source, number, body, header)
        if (end is not None) != isinstance(record, Signature):
            expected = "nothing after" if end is not None else "no signature before"
            raise JournalError(f"{source}: line {number}: expected {expected} the session's end")
        if not until_ns <= record.at_ns <= level.end_ns:
            raise JournalError(
                f"{source}: line {number}: expected a time between {until_ns} and {level.end_ns}, not {record.at_ns}"
            )
        if isinstance(record, Outcome):
            if record.seat in settled:
                raise JournalError(f"{source}: line {number}: expected one result of seat {record.seat}, not another")
            settled.add(record.seat)
        until_ns = record.at_ns
        records.append(record)
        if isinstance(record, JournalEnd):
            end = record
            statement = signed_statement(sha256(content[: _size(lines[:number])]).hexdigest())
    while end is None and records and isinstance(records[-1], Outcome):
        # It broke off between the outcome and the end, which is written anew when the session ends again.
        records.pop()
    room = any(isinstance(record, RoomLine) for record in records)
    refusal = engine_refusal(header, ended=end is not None) or _unplayable(records, room=room)
    entries = [record for record in records if isinstance(record, Entry)]
    signatures = [record for record in records if isinstance(record, Signature)]
    files = [*opponents_files(header), *files_of(entries)]
    if isinstance(level, Level):
        level, tape = placed(level, Path(source).parent)
        files += tape
    return Journal(
        source=source,
        format=header.journal,
        engine=header.engine,
        version=header.mmtui,
        level=level,
        seed=header.seed,
        attempt=header.attempt,
        player=header.player,
        begun=header.begun,
        parent=header.parent,
        entries=entries,
        speeds=[record for record in records if isinstance(record, SpeedChange)],
        actions=[record for record in records if isinstance(record, InstructorAction)],
        records=records,
        several=f"{source}: a room's session, of several seats; mmtui room --replay plays it again" if room else "",
        outcomes=[record for record in records if isinstance(record, Outcome)],
        until_ns=records[-1].at_ns if records else 0,
        end=end,
        statement=statement,
        signatures=signatures,
        unplayable=f"{source}: {refusal}" if refusal else "",
        untrusted=[] if not files or trust.covers(files, statement, signatures) else files,
        size=_size(lines[: 1 + len(records)]),
        crc=crcs[len(records)],
    )


def signed_statement(digest: str) -> bytes:
    """What is signed of a journal whose bytes, to its end line's own end, have this SHA-256."""
    return _SIGNED + digest.encode()


def engine_refusal(header: Header, *, ended: bool) -> str:
    """Why a journal with this first line is not played again: another engine played it; empty if this one did.

    Args:
        header: the first line.
        ended: whether the session had ended.
    """
    if header.engine == ENGINE:
        return ""
    if not ended:
        held = "its level, seed and commands"
    elif header.journal < _WITH_ENGINE:
        held = "its level, seed, commands and how it ended"
    else:
        held = "its result and fills"
    return (
        f"a session of engine {header.engine}, which this version (engine {ENGINE}) cannot play again; mmtui report "
        f"still shows {held}"
    )


def _unplayable(records: Sequence[Line | UnknownLine], *, room: bool) -> str:
    """The first line that this version cannot play again, in a sentence; empty without one."""
    for number, record in enumerate(records, start=2):
        match record:
            case Entry(seat=seat) if seat and not room:
                what = f"commands of seat {seat}"
            case InstructorAction(alters=True) if not room:
                what = f"the instructor's {record.do!r}"
            case UnknownLine(alters=True):
                what = f"lines of the kind {record.line!r}"
            case _:
                continue
        return f"line {number}: a session with {what}, which this version cannot play again"
    return ""


def _opened(lines: Sequence[bytes], source: str) -> tuple[Header, list[bytes], list[int]]:
    """The header, and all lines without their checksums, with these; the last of ``lines`` is half. Raises."""
    *whole, half = lines
    if not whole:
        raise JournalError(f"{source}: line 1: expected a journal's first line, not {_quoted(half)}")
    for number, line in enumerate(whole, start=1):
        if len(line) > _LONGEST_LINE and not line.startswith(_MAY_BE_LONG):
            raise JournalError(f"{source}: line {number}: expected a line of at most {_LONGEST_LINE:,} bytes")
    bodies, crcs = whole, [0] * len(whole)
    if _CRC.fullmatch(whole[0][-_CRC_LENGTH:]) or _format(whole[0], source) > _UNSEALED:
        bodies, crcs = _checked(whole, source)
    if _format(bodies[0], source) >= _WITH_ENGINE:
        header: Header = _decode(source, 1, bodies[0], Header)
    else:
        old: OldHeader = _decode(source, 1, bodies[0], OldHeader)
        header = Header(engine=_FIRST_ENGINE, **msgspec.structs.asdict(old))
    return header, bodies, crcs


def _line(source: str, number: int, body: bytes, header: Header) -> Line | UnknownLine:
    """A line after the first; of another engine one that cannot be read is an unknown one. Raises JournalError."""
    if header.journal < _WITH_ENGINE:
        old: OldLine = _decode(source, number, body, OldLine)
        return old
    try:
        line: Line = _decode(source, number, body, Line)
    except JournalError as error:
        known_engine = header.engine == ENGINE
        try:
            unknown: UnknownLine = _decode(source, number, body, UnknownLine if known_engine else LaterLine)
        except JournalError:
            raise error from None
        if known_engine and unknown.line in KINDS:
            raise
        return unknown
    return line


def _size(lines: Iterable[bytes]) -> int:
    return sum(len(line) + 1 for line in lines)


def _format(line: bytes, source: str) -> int:
    """The version of a journal's format, from its first line, which may be of a version that only later ones know."""
    form = _decode(source, 1, line, dict[str, msgspec.Raw]).get("journal", msgspec.Raw(b"null"))
    version = _decode(source, 1, bytes(form), int)
    if not isinstance(version, int) or not _OLDEST <= version <= FORMAT:
        raise JournalError(
            f"{source}: line 1: journal format {version}, where this version reads {_OLDEST} to {FORMAT}"
        )
    return version


def _checked(lines: Sequence[bytes], source: str) -> tuple[list[bytes], list[int]]:
    """The lines without their checksums, and these. Raises JournalError for one that does not match."""
    crc, bodies, crcs = 0, [], []
    for number, line in enumerate(lines, start=1):
        body, found = line[:-_CRC_LENGTH], _CRC.fullmatch(line[-_CRC_LENGTH:])
        crc = crc32(body, crc)
        if found is None or int(found[1], 16) != crc:
            raise JournalError(
                f"{source}: line {number}: its checksum does not match: this line or one before it was altered"
            )
        bodies.append(body + b"}")
        crcs.append(crc)
    return bodies, crcs


def level_of(header: Header, source: str) -> Level:
    """The level of a journal. Raises JournalError."""
    data = bytes(header.level)
    try:
        if header.journal == _UNSEALED:
            data = _with_kinds(data)
        level = level_from_json(data, f"{source}: line 1: level")
        return level.against(header.opponent) if header.opponent else level
    except LevelError as error:
        raise JournalError(str(error)) from None
    except ValueError as error:
        raise JournalError(f"{source}: line 1: level: {error}") from None


def _level_of_another(header: Header, source: str) -> Level | HeldLevel:
    """The level of another engine's journal, whole if it still can be read so. Raises JournalError."""
    try:
        return level_of(header, source)
    except JournalError as error:
        try:
            return held_level(bytes(header.level))
        except (*NO_JSON, KeyError, TypeError, ValueError, AttributeError):
            raise error from None


def _with_kinds(data: bytes) -> bytes:
    """A level of format 1, in which all markets were of one kind and did not say so."""
    level = decode_json(data)
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
    except NO_JSON as error:
        raise JournalError(f"{source}: line {number}: not a line of a journal: {one_line(error)}") from None


def _unreadable(path: Path, error: OSError) -> JournalError:
    return JournalError(f"{path}: the journal cannot be read: {error.strerror}")


def _quoted(line: bytes) -> str:
    return repr(line[:40].decode("utf-8", "replace")) if line else "an empty file"

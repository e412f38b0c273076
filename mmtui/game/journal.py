"""The journal: one file a session, from which the session can be played again to the byte.

JSON lines. The first holds the format's version, the level (whole) and the seed; then one line a command with its
time; the last, when there is one, how the session ended and its digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

from mmtui import __version__
from mmtui.errors import JournalError, LevelError
from mmtui.game.commands import AnyCommand
from mmtui.game.level import Level, level_from_json
from mmtui.game.session import Session

FORMAT = 1


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: ``journal`` is the format's version, ``level`` the whole level."""

    journal: int
    mmtui: str
    seed: int
    level: msgspec.Raw


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="command"):
    """A command and its time, in nanoseconds since the level's start."""

    at_ns: int
    command: AnyCommand


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="end"):
    """The last line: when and why the session ended, and its digest."""

    at_ns: int
    ended: str
    digest: str


class JournalWriter:
    """Writes a session's journal as it is played; give ``entry`` to the session as its ``on_command``."""

    def __init__(self, path: Path, level: Level, seed: int) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("wb")
        except OSError as error:
            raise JournalError(f"{path}: the journal cannot be written: {error.strerror}") from None
        self._line(Header(FORMAT, __version__, seed, msgspec.Raw(msgspec.json.encode(level))))

    def entry(self, now_ns: int, command: AnyCommand) -> None:
        """Record a command."""
        self._line(Entry(now_ns, command))

    def close(self, session: Session) -> None:
        """Record the end of a session that is over, and close the file."""
        if session.over is not None:
            self._line(End(session.now_ns, session.over, session.result().digest))
        self._file.close()

    def _line(self, record: msgspec.Struct) -> None:
        self._file.write(msgspec.json.encode(record) + b"\n")
        self._file.flush()


class Journal(msgspec.Struct, frozen=True):
    """A journal, read."""

    level: Level
    seed: int
    entries: Sequence[Entry]
    end: End | None

    def replay(self) -> Session:
        """Play the session again, to where it ended or, if the journal breaks off, to the last command."""
        session = Session(self.level, self.seed)
        for entry in self.entries:
            session.advance(entry.at_ns)
            session.submit(entry.command)
        if self.end is not None:
            session.advance(self.end.at_ns)
            if session.over is None:
                session.leave()
        return session


def read_journal(path: Path) -> Journal:
    """A journal from its file. Raises JournalError with what is wrong and in which line."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be read: {error.strerror}") from None
    if not lines:
        raise JournalError(f"{path}: not a journal: the file is empty")
    header = _decode(path, 1, lines[0], Header)
    if header.journal != FORMAT:
        raise JournalError(f"{path}: line 1: journal format {header.journal}, where this version reads {FORMAT}")
    try:
        level = level_from_json(bytes(header.level), f"{path}: line 1: level")
    except LevelError as error:
        raise JournalError(str(error)) from None
    entries: list[Entry] = []
    end = None
    for number, line in enumerate(lines[1:], start=2):
        if end is not None:
            raise JournalError(f"{path}: line {number}: expected nothing after the session's end")
        record = _decode(path, number, line, Entry | End)
        if isinstance(record, End):
            end = record
            continue
        if entries and record.at_ns < entries[-1].at_ns:
            raise JournalError(f"{path}: line {number}: a command is earlier than the one before it")
        entries.append(record)
    return Journal(level, header.seed, entries, end)


def _decode(path: Path, number: int, line: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.MsgspecError as error:
        raise JournalError(f"{path}: line {number}: not a line of a journal: {error}") from None

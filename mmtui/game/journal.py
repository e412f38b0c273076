"""The journal: one file a session, from which the session can be played again to the byte.

JSON lines. The first holds the format's version, the level (whole) and the seed; then one line a command with its
time; the last, when there is one, how the session ended and its digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec

from mmtui import __version__
from mmtui.errors import JournalError, LevelError
from mmtui.game.commands import AnyCommand
from mmtui.game.level import Level, level_from_json
from mmtui.game.session import Session

FORMAT = 1


_Time = Annotated[int, msgspec.Meta(ge=0)]


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: ``journal`` is the format's version, ``level`` the whole level."""

    journal: int
    mmtui: str
    seed: Annotated[int, msgspec.Meta(ge=0)]
    level: msgspec.Raw


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="command"):
    """A command and its time, in nanoseconds since the level's start."""

    at_ns: _Time
    command: AnyCommand


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="end"):
    """The last line: when and why the session ended, and its digest."""

    at_ns: _Time
    ended: str
    digest: str


class JournalWriter:
    """Writes a session's journal as it is played; give ``entry`` to the session as its ``on_command``.

    Every line is in the file before the game goes on, so a session that breaks off keeps its journal. Raises
    JournalError where the file cannot be written.
    """

    def __init__(self, path: Path, level: Level, seed: int) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered, so that a line that cannot be written is not tried again on closing.
            self._file: IO[bytes] = path.open("wb", buffering=0)
        except OSError as error:
            raise self._unwritten(error) from None
        try:
            self._line(Header(FORMAT, __version__, seed, msgspec.Raw(msgspec.json.encode(level))))
        except JournalError:
            self._file.close()
            raise

    def entry(self, now_ns: int, command: AnyCommand) -> None:
        """Record a command."""
        self._line(Entry(now_ns, command))

    def close(self, session: Session | None = None) -> None:
        """Record the end of the session, if it is over, and close the file."""
        try:
            if session is not None and session.over is not None:
                self._line(End(session.now_ns, session.over, session.digest))
        finally:
            self._file.close()

    def _line(self, record: msgspec.Struct) -> None:
        try:
            self._file.write(msgspec.json.encode(record) + b"\n")
        except OSError as error:
            raise self._unwritten(error) from None

    def _unwritten(self, error: OSError) -> JournalError:
        return JournalError(f"{self.path}: the journal cannot be written: {error.strerror}")


class Journal(msgspec.Struct, frozen=True):
    """A journal, read.

    Attributes:
        version: of the program that wrote it.
        level, seed: what was played.
        entries: the commands, in the order of time.
        end: how it ended; None when the journal breaks off.
    """

    version: str
    level: Level
    seed: int
    entries: Sequence[Entry]
    end: End | None

    def replay(self) -> Session:
        """Play the session again, to where it ended or, if the journal breaks off, to the last command.

        Raises UnknownStrategyError for a strategy that is not there any more.
        """
        session = Session(self.level, self.seed, unattended=self.end is not None and self.end.ended == "error")
        for entry in self.entries:
            session.advance(entry.at_ns)
            session.submit(entry.command)
        if self.end is not None:
            session.advance(self.end.at_ns)
            session.leave()
        return session


def read_journal(path: Path) -> Journal:
    """A journal from its file, without the half line that a session broken off may have left at its end.

    Raises JournalError with what is wrong and in which line.
    """
    try:
        *lines, half = path.read_bytes().split(b"\n")
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be read: {error.strerror}") from None
    if not lines:
        raise JournalError(f"{path}: line 1: expected a journal's first line, not {_quoted(half)}")
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
        earliest_ns = entries[-1].at_ns if entries else 0
        if not earliest_ns <= record.at_ns <= level.end_ns:
            raise JournalError(
                f"{path}: line {number}: expected a time between {earliest_ns} and {level.end_ns}, not {record.at_ns}"
            )
        if isinstance(record, End):
            end = record
        else:
            entries.append(record)
    return Journal(header.mmtui, level, header.seed, entries, end)


def _decode(path: Path, number: int, line: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise JournalError(f"{path}: line {number}: not a line of a journal: {error}") from None


def _quoted(line: bytes) -> str:
    return repr(line[:40].decode("utf-8", "replace")) if line else "an empty file"

"""A room played again from the journal of its one book: to its end, or to where it broke off, to go on from there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from mmtui.errors import JournalError, one_line
from mmtui.files import most_bytes
from mmtui.level.level import Level
from mmtui.room.core.instructions import carry_out, decode_instruction
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.session.commands import Cancel, HandOver
from mmtui.session.journal import Journal, read_journal
from mmtui.session.journal_file import JournalWriter
from mmtui.session.journal_lines import Entry, InstructorAction, RoomLine
from mmtui.session.par import ParSource
from mmtui.session.session import Session


class Playback:
    """A room played again, to any time forwards.

    Args:
        journal: its journal; :meth:`extend` takes in what was written to it since.
        seat: the seat that its session is seen from.
        instead: who plays that seat instead of its players, anew from when each took it; None for them themselves.
        par: where par comes from; the room's own unless given.
        views: see :class:`~mmtui.room.core.room.Room`.

    Attributes:
        journal, room: the journal, and the room as it stands.

    Raises:
        JournalError: it is no room's, or cannot be played again.
    """

    def __init__(
        self,
        journal: Journal,
        seat: int = 0,
        *,
        instead: str | None = None,
        par: ParSource | None = None,
        views: bool = True,
    ) -> None:
        self.journal, source = journal, journal.source
        refused = journal.unplayable or ("" if journal.several else f"{source}: expected the journal of a room")
        if refused:
            raise JournalError(refused)
        if journal.untrusted:
            raise JournalError(f"{source}: it names files, which a room does not use")
        self.room = _opened(journal, par, views=views)
        if not 0 <= seat < len(self.room.seats):
            raise JournalError(f"{source}: expected a seat from 0 to {len(self.room.seats) - 1}, not {seat}")
        self.session.look_from(seat)
        self._seat, self._instead = seat, instead
        self._replaced = False
        self._next = 0

    @property
    def session(self) -> Session:
        """The session of all seats."""
        return self.room.sessions[0]

    @property
    def end_ns(self) -> int:
        """How far it can go."""
        return self.journal.until_ns

    def extend(self, journal: Journal) -> None:
        """Take in the same journal, read again after more was written to it."""
        self.journal = journal

    def advance(self, to_ns: int) -> None:
        """Go forward to a time, with what was done just then, or to the end. Raises JournalError."""
        room, records = self.room, self.journal.records
        while self._next < len(records) and (record := records[self._next]).at_ns <= to_ns:
            room.advance(record.at_ns)
            self._next += 1
            try:
                if not self._is_replaced(record):
                    _carry_out(room, record)
            except (msgspec.ValidationError, KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
                where = f"{self.journal.source}: line {self._next + 1}"
                raise JournalError(f"{where}: expected what a room does: {one_line(error)}") from None
        room.advance(min(to_ns, self.end_ns))
        if to_ns >= self.end_ns and self.journal.end is not None:
            room.leave_off()

    def _is_replaced(self, record: object) -> bool:
        """Whether a record is of what the seat's player did, instead of whom another plays."""
        if self._instead is None or getattr(record, "seat", None) != self._seat:
            return False
        if isinstance(record, RoomLine) and record.do == "join":
            self._replaced = True
            _carry_out(self.room, record)
            self.session.submit(Cancel(), self._seat)
            self.session.submit(HandOver(self._instead), self._seat)
            return True
        return self._replaced and isinstance(record, Entry | RoomLine)


def read_room(path: Path) -> Journal:
    """The journal of a room, which many may have filled. Raises JournalError."""
    return read_journal(path, most=most_bytes())


def played_again(path: Path, par: ParSource | None = None) -> tuple[Room, Journal]:
    """The room of a journal, as far as that goes, with its own par unless it is known; and the journal.

    Raises JournalError: as :class:`Playback`, or it cannot be read.
    """
    playback = Playback(read_room(path), par=par)
    playback.advance(playback.end_ns)
    return playback.room, playback.journal


def resumed(path: Path, on_trouble: Callable[[str], None], par: ParSource | None = None) -> Room:
    """A room that goes on where its journal broke off, and writes on in it; with its own par unless it is known.

    Raises:
        JournalError: as :func:`played_again`; or it has ended.
        OutputError: the journal cannot be written, or another process plays it.
    """
    room, journal = played_again(path, par)
    if journal.end is not None:
        raise JournalError(f"{path}: the session has ended; there is nothing to go on with")
    room.write_to(JournalWriter.resumed(path, journal, room.sessions[0], on_trouble))
    return room


def spec_of(journal: Journal) -> RoomSpec:
    """What a room is, from its journal. Raises JournalError."""
    first = next(record for record in journal.records if isinstance(record, RoomLine))
    try:
        return msgspec.convert(first.args, RoomSpec)
    except msgspec.ValidationError as error:
        raise JournalError(f"{journal.source}: {error}") from None


def _opened(journal: Journal, par: ParSource | None, *, views: bool) -> Room:
    assert isinstance(journal.level, Level), "this engine's level was read whole"
    return Room(journal.level, journal.seed, spec_of(journal), par, views=views)


def _carry_out(room: Room, record: object) -> None:
    session = room.sessions[0]
    match record:
        case Entry(seat=seat, command=command):
            session.submit(command, seat)
        case InstructorAction(seat=seat, do=do, args=args):
            seats = [*range(len(room.seats))] if seat == -1 else [seat]
            carry_out(decode_instruction(do, args, seat), session, seats)
        case RoomLine(do="join", seat=seat, args=args):
            room.take(seat, str(args["name"]))
        case RoomLine(do="back", seat=seat):
            room.back(seat)
        case RoomLine(do="delay", args=args):
            room.delay_ns = int(args["ns"])

"""A room: one market, or the same one for each, several seats, and who sits in them. No sockets, no wall clock.

Whoever drives it does only this: ``join``, ``leave``, ``submit``, ``instruct``, ``advance`` and reading ``view``. What
was decided is in the journal, in the order in which it was carried out, so that
:func:`mmtui.room.core.resume.resumed` comes to the same session to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from mmtui.errors import InputError
from mmtui.level.level import Level
from mmtui.observe.indicators import Indicators
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.observe.snapshot_builder import SnapshotBuilder
from mmtui.room.core.instructions import AnyInstruction, Headline, Withdraw, carry_out
from mmtui.room.core.par import room_par
from mmtui.room.core.slots import Slots
from mmtui.room.core.spec import RoomSpec, seat_name
from mmtui.room.core.strangers import check_command
from mmtui.session.commands import AnyCommand, Cancel, HandOver
from mmtui.session.journal_file import JournalWriter
from mmtui.session.journal_lines import InstructorAction, JournalLine, RoomLine
from mmtui.session.outcome import result_of
from mmtui.session.par import ParSource
from mmtui.session.result import Result
from mmtui.session.session import Session, par_of
from mmtui.units import NS_PER_MS
from mmtui.wording import visible

#: How many commands of a seat may be on their way at once.
_MOST_COMING = 64
#: A command counts as sent this long ago at most, whatever its line says.
_LONGEST_NS = 250 * NS_PER_MS


@dataclass
class SeatState:
    """A place in the room.

    Attributes:
        number: which, from 0.
        name: what its player is called; empty while nobody has taken it.
        identity: who has taken it, as the server tells people apart; empty for nobody. It is in no journal.
        connected: whether that person is here now.
        muted: whether an instructor lets it do nothing.
    """

    number: int
    name: str = ""
    identity: str = ""
    connected: bool = False
    muted: bool = False

    @property
    def taken(self) -> bool:
        """Whether somebody has taken it."""
        return bool(self.name)


class Former(NamedTuple):
    """Whose seat another has taken since: its name, which seat, until when, and what was made of it."""

    name: str
    seat: int
    until_ns: int
    score: float
    pnl: float


class Room:
    """A room.

    Args:
        level, seed: what is played.
        spec: the room.
        par: where par comes from; the room's own, or the level's where each seat has a market for itself.
        views: whether anybody will look from a seat, for which much is remembered.

    Attributes:
        seats: the places.
        sessions: the one session of all seats, or one for each.
        formers: whose seats others have taken since, the first first.
        delay_ns: the common delay of commands.
        barred: who was put out, by identity.
        news: what an instructor has said to all, with the times.

    Raises InputError for a level that no room plays.
    """

    def __init__(
        self, level: Level, seed: int, spec: RoomSpec, par: ParSource | None = None, *, views: bool = True
    ) -> None:
        spec.check(level)
        self.level, self.seed, self.spec = level, seed, spec
        self.delay_ns = spec.delay_ns
        self.seats = [SeatState(number) for number in range(spec.seats)]
        if spec.own_market:
            par = par or par_of(level, seed)
            self.sessions = [Session(level, seed, par=par) for _ in self.seats]
        else:
            self.sessions = [Session(level, seed, par=par or room_par(level, seed, spec), seats=spec.seats)]
        self.formers: list[Former] = []
        self._indicators = [Indicators(session) for session in self.sessions if views]
        self._builders: dict[int, SnapshotBuilder] = {}
        self._slots = Slots(seed)
        self._writers: list[JournalWriter] = []
        self.barred: set[str] = set()
        self.news: list[tuple[int, str]] = []

    def open(self) -> None:
        """Have bots quote for every seat of the one book; once, before anything else."""
        if not self.spec.own_market:
            for seat in self.seats:
                self._bot(seat)

    def fix_par(self) -> None:
        """Work par out to the level's end, before anybody joins; takes seconds where there are many seats."""
        self.sessions[0].par.advance(self.end_ns)

    # The journal

    def record(self, paths: Sequence[Path], on_trouble: Callable[[str], None]) -> None:
        """Write journals from now on, one for each session. Raises OutputError."""
        for session, path in zip(self.sessions, paths, strict=True):
            # It has the seed, which is told at the end.
            self.write_to(JournalWriter(path, session, on_trouble=on_trouble, private=True))
        if not self.spec.own_market:
            self.note(RoomLine(at_ns=0, do="open", alters=True, args=msgspec.to_builtins(self.spec)))

    def write_to(self, writer: JournalWriter) -> None:
        """Write to a journal from now on; one for each session, in their order."""
        self._writers.append(writer)

    def close(self) -> None:
        """Close the journals, with results where the sessions are over. Raises OutputError."""
        while self._writers:
            self._writers.pop().close()

    def note(self, line: JournalLine) -> None:
        """Write what happened in the room to the journal of its one book; those of own markets are the players'."""
        if not self.spec.own_market:
            for writer in self._writers:
                writer.record(line)

    def _noted(self, do: str, seat: int, **args: Any) -> None:
        self.note(RoomLine(at_ns=self.now_ns, seat=seat, do=do, args=args))

    # Time

    @property
    def now_ns(self) -> int:
        """The room's clock."""
        return max(session.now_ns for session in self.sessions)

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self.level.end_ns

    @property
    def over(self) -> bool:
        """Whether every session is over."""
        return all(session.over is not None for session in self.sessions)

    def advance(self, to_ns: int) -> None:
        """Run the market up to a time, with the commands that arrive until then."""
        for at_ns, number, command in self._slots.until(to_ns):
            self._run(at_ns)
            self._carry_out(number, command)
        self._run(to_ns)

    def _run(self, to_ns: int) -> None:
        for session in self.sessions:
            session.advance(to_ns)

    def leave_off(self) -> None:
        """End all sessions here."""
        for session in self.sessions:
            session.leave()

    # Seats

    def session_of(self, number: int) -> tuple[Session, int]:
        """The session of a seat, and which of that session's seats it is."""
        return (self.sessions[number], 0) if self.spec.own_market else (self.sessions[0], number)

    def join(self, identity: str, name: str = "", away: Sequence[int] = ()) -> SeatState:
        """Take a seat, or take one's own again.

        Args:
            identity: who it is; the same again gets the same seat.
            name: what the player wants to be called; a pseudonym when empty.
            away: seats whose players have been gone for long: the first is a newcomer's where there is no other.

        Raises InputError: every seat is taken, the level is over, or the name is none.
        """
        if self.over:
            raise InputError("the level is over")
        if identity in self.barred:
            raise InputError("the instructor has put you out")
        seat = next((seat for seat in self.seats if seat.identity == identity), None)
        if seat is None:
            seat = self._free(away)
            if seat is None:
                raise InputError(f"all {len(self.seats)} seats are taken")
            self.take(seat.number, seat_name(name, {each.name for each in self.seats}, seat.number))
            seat.identity = identity
        elif not seat.connected:
            self.back(seat.number)
        seat.connected = True
        session, index = self.session_of(seat.number)
        if session.seats[index].auto:
            session.submit(Cancel(), index)
        return seat

    def _free(self, away: Sequence[int]) -> SeatState | None:
        """A newcomer's seat: one that nobody has taken, or whose player was put out, or is away; None for none."""
        untaken = next((seat for seat in self.seats if not seat.taken), None)
        if untaken or (self.spec.own_market and self.now_ns):
            # A market for each by himself is whole only if it is his from the start.
            return untaken
        return next((seat for seat in self.seats if not seat.identity), self.seats[away[0]] if away else None)

    def take(self, number: int, name: str) -> None:
        """Have a seat be somebody's from now on; in one book the score counts from here."""
        seat = self.seats[number]
        session, index = self.session_of(number)
        if seat.taken and self.now_ns and (result := result_of(session, index)):
            pnl = session.measures(session.seats[index]).pnl
            self.formers.append(Former(seat.name, number, self.now_ns, result.score, pnl))
        seat.name, seat.muted = name, False
        if not self.spec.own_market:
            session.join(index)
            session.seats[index].dismiss()
        if self._indicators:
            indicators = self._indicators[self.sessions.index(session)]
            self._builders[number] = SnapshotBuilder(session, index, indicators)
        self._noted("join", number, name=name)

    def back(self, number: int) -> None:
        """Have a seat's player be there again, and no bot."""
        session, index = self.session_of(number)
        if session.seats[index].auto:
            session.seats[index].dismiss()
        self._noted("back", number)

    def leave(self, number: int) -> None:
        """Note that a seat's player has gone, or was cut off: a bot quotes, or its orders are withdrawn."""
        seat = self.seats[number]
        seat.connected = False
        self._slots.drop(number)
        self._noted("gone", number)
        if self.spec.drop == "bot" and not seat.muted and not self.spec.own_market:
            self._bot(seat)
        else:
            session, index = self.session_of(number)
            session.submit(Cancel(), index)

    def _bot(self, seat: SeatState) -> None:
        session, index = self.session_of(seat.number)
        session.submit(HandOver(self.spec.bot(seat.number)), index)

    def submit(self, number: int, command: AnyCommand, sent_ns: int | None = None) -> int:
        """Send a seat's command; returns when it reaches the exchange, in nanoseconds.

        Args:
            number: the seat.
            command: what is to be done.
            sent_ns: when it was sent, on the session's clock, as far as its line tells; now unless given.

        Raises InputError: it is nothing that a seat may send, or not now.
        """
        if self.seats[number].muted:
            raise InputError("the instructor has muted this seat")
        check_command(command)
        if self._slots.count(number) >= _MOST_COMING:
            raise InputError(f"{_MOST_COMING} commands are on their way; wait until they have arrived")
        now_ns = self.now_ns
        sent_ns = now_ns if sent_ns is None else max(now_ns - _LONGEST_NS, min(now_ns, sent_ns))
        return self._slots.add(now_ns, sent_ns + self.delay_ns, number, command)

    def _carry_out(self, number: int, command: AnyCommand) -> None:
        session, index = self.session_of(number)
        try:
            session.submit(command, index)
        except InputError:
            # The maker has been told.
            return

    def set_delay(self, delay_ns: int) -> None:
        """Hold back commands so long from now on."""
        if delay_ns != self.delay_ns:
            self.delay_ns = delay_ns
            self._noted("delay", 0, ns=delay_ns)

    # The instructor

    def instruct(self, instruction: AnyInstruction) -> None:
        """Carry out an instruction now. Raises InputError if it cannot be."""
        if self.spec.own_market and instruction.alters:
            raise InputError("each seat has the same market here, which an instructor does not change")
        if instruction.seat >= len(self.seats):
            raise InputError(f"expected a seat from 0 to {len(self.seats) - 1}, or -1 for all, not {instruction.seat}")
        for number, session in enumerate(self.sessions):
            if session.over is None:
                carry_out(instruction, session, self._about(instruction.seat, number))
        if isinstance(instruction, Headline):
            self.news.append((self.now_ns, visible(instruction.text)))
        if not isinstance(instruction, Withdraw):
            self.note(
                InstructorAction(
                    at_ns=self.now_ns,
                    seat=instruction.seat,
                    do=instruction.name,
                    alters=instruction.alters,
                    args=instruction.args,
                )
            )

    def _about(self, seat: int, session: int) -> list[int]:
        """The seats of a session that an instruction for a seat of the room, or for all, is about."""
        if self.spec.own_market:
            return [0] if seat in (-1, session) else []
        return [*range(len(self.seats))] if seat == -1 else [seat]

    def mute(self, number: int, *, on: bool) -> None:
        """Let a seat do nothing from now on, its orders withdrawn; or let it act again."""
        self.seats[number].muted = on
        if on:
            self._slots.drop(number)
            self.instruct(Withdraw(seat=number))

    def kick(self, number: int) -> None:
        """Put a seat's player out for good; a bot quotes for the seat until a newcomer takes it."""
        self.mute(number, on=False)
        seat = self.seats[number]
        self.barred.add(seat.identity)
        seat.identity = ""
        self.leave(number)

    # Reading

    def view(self, number: int) -> FloorSnapshot:
        """What there is to see from a seat that was taken; reading it changes nothing."""
        return self._builders[number].snapshot()

    def changes(self, number: int) -> int:
        """How often the orders of a seat have changed, or something was said to it; cheap to read."""
        session, index = self.session_of(number)
        maker = session.seats[index]
        return int(maker.gateway.changes + maker.gateway.lots_changes) + len(maker.notices)

    def result(self, number: int) -> Result:
        """What a seat has come to; par must be known so far."""
        session, index = self.session_of(number)
        return session.result(index)

    @property
    def digest(self) -> str:
        """That of the one session, or of all, in the order of their seats, joined by points."""
        return ".".join(session.digest for session in self.sessions)

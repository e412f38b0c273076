"""The room while it is open: its clock, who is let in, and what everybody is told.

Wall time exists here only, and reaches the room as ``advance``.
"""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from time import monotonic

import msgspec

from mmtui.errors import InputError
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.room.core.commitment import Secret
from mmtui.room.core.instructions import Message
from mmtui.room.core.public import market_of
from mmtui.room.core.redaction import published
from mmtui.room.core.room import Room
from mmtui.room.core.slots import SLOT_NS
from mmtui.room.core.spec import MOST_DELAY_MS
from mmtui.room.protocol.messages import End, Place, Places, Shown
from mmtui.room.serve.failures import Failures
from mmtui.room.serve.people import Claims, People
from mmtui.session.commands import AnyCommand
from mmtui.session.journal_lines import SpeedChange
from mmtui.units import NS_PER_MS, NS_PER_S

#: How often the market goes on about, how long after a slot's end, and how much of its time passes at most in one go.
_TICK_S, _AFTER_S, _LONGEST_S = 0.02, 0.0005, 0.25
#: How often the common delay is measured anew.
_MEASURE_S = 5.0
_DELAY_STEP_NS = 10 * NS_PER_MS
#: After so many seconds the seat of a player who has gone is a newcomer's, where there is no other.
_AWAY_S = 60.0
_MOST_INVITED = 10_000


def nothing() -> None:
    """Do nothing."""


@dataclass
class Line:
    """A connection that sits in a seat, or looks on.

    Attributes:
        number: the seat; None for who has none.
        round_trip_s: measures how long something takes there and back.
        close: ends it.
        on_end: told when the level is over.
        on_answer: told when there is something new to see of what the seat has sent.
    """

    number: int | None
    round_trip_s: Callable[[], float]
    close: Callable[[], None]
    on_end: Callable[[], None]
    on_answer: Callable[[], None] = field(default=nothing)
    _seen: int = field(default=0, init=False)
    _waits_ns: int = field(default=-1, init=False)

    def sent(self, arrives_ns: int, changes: int) -> None:
        """Note that what was sent last reaches the exchange at a time."""
        self._seen, self._waits_ns = changes, arrives_ns + SLOT_NS

    def look(self, now_ns: int, changes: Callable[[int], int]) -> None:
        """Tell it what its seat has waited for."""
        if self._waits_ns < 0 or self.number is None:
            return
        seen = changes(self.number)
        if now_ns > self._waits_ns:
            self._waits_ns = -1
        if seen != self._seen:
            self._seen = seen
            self.on_answer()


class Lobby(ABC):
    """Where people come in.

    Attributes:
        password: what lets them in; empty for nothing.
        failures: tries that failed.
    """

    password: str
    failures: Failures

    def check_password(self, password: str) -> None:
        """Raise InputError unless it is the one that lets people in."""
        if self.password and not compare_digest(password.encode(), self.password.encode()):
            raise InputError("that is not the room's password")

    @abstractmethod
    def host_of(self, name: str) -> Host:
        """The room that somebody of a name plays in. Raises InputError for none."""


@dataclass
class Host(Lobby):
    """An open room. See :class:`Lobby`.

    Args:
        room: the room.
        secret: its seed, which is opened at the end.
        password: what lets people in; empty for nothing.
        instructor: the instructor's token.
        people: who has which seat.
        starts_at: so many seats taken open the market; an instructor may do so before.
        recorded: whether a journal is written.
        late_s: how late who looks on is shown the market, in seconds.
        claims: whose names are whose, where seats are for people of certain names; None where they are for anybody.

    Attributes:
        started, frozen, speed: the market's clock.
        lines: the connections that are open.
        failures: tries to come in that failed.
        invited: who was given a token and has not sat down yet, the latest, by identity.
        ended: set once all is over.
    """

    room: Room
    secret: Secret
    password: str
    instructor: str
    people: People
    starts_at: int = 1
    recorded: bool = False
    late_s: float = 30.0
    claims: Claims | None = None
    started: bool = False
    frozen: bool = False
    speed: float = 1.0
    lines: list[Line] = field(default_factory=list)
    failures: Failures = field(default_factory=Failures)
    invited: deque[str] = field(default_factory=partial(deque[str], maxlen=_MOST_INVITED))
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        # What who looks on will be shown, and when it was so.
        self._past: deque[tuple[float, Shown]] = deque()
        # When players have gone; those of before the room was opened again with that.
        self._left_s: dict[int, float] = {}
        self._opened_s = monotonic()
        self.level = msgspec.Raw(msgspec.json.encode(published(self.room.level)))

    # Time

    @property
    def runs(self) -> bool:
        """Whether the market's clock goes."""
        return self.started and not self.frozen

    async def run(self) -> None:
        """Have the market go on, to its end."""
        last = measured = monotonic()
        while not self.room.over:
            await asyncio.sleep(self._pause_s())
            now = monotonic()
            if self.runs:
                self.advance(min(now - last, _LONGEST_S))
            last = now
            self.remember(now)
            if now - measured > _MEASURE_S:
                measured = now
                self.measure()
        self.end()

    def advance(self, elapsed_s: float) -> None:
        """Have the market go on by some wall time."""
        room = self.room
        room.advance(min(room.end_ns, room.now_ns + round(elapsed_s * self.speed * NS_PER_S)))
        for line in [*self.lines]:
            line.look(room.now_ns, room.changes)

    def start(self) -> None:
        """Open the market, fair from the first command on."""
        if not self.started:
            self.started = True
            self.measure()

    def _pause_s(self) -> float:
        """The wall time until a slot ends, when what was sent arrives; at high speed several slots."""
        slot_s = SLOT_NS / NS_PER_S / self.speed
        pause_s = _AFTER_S + slot_s * (1 - self.room.now_ns % SLOT_NS / SLOT_NS)
        return pause_s + slot_s * max(0, round((_TICK_S - pause_s) / slot_s - 0.5))

    def measure(self) -> None:
        """Hold commands back as long as the slowest line takes there and back: what it sees is late too."""
        slowest_s = max((line.round_trip_s() for line in self.lines if line.number is not None), default=0.0)
        steps = -(-round(slowest_s * self.speed * NS_PER_S) // _DELAY_STEP_NS)
        self.room.set_delay(min(MOST_DELAY_MS * NS_PER_MS, steps * _DELAY_STEP_NS))

    def change_clock(self, *, frozen: bool | None = None, speed: float | None = None) -> None:
        """Stop the clock, let it go on, or change its speed, and say so to all: their floors do not show it."""
        before = self.frozen, self.speed
        self.frozen = self.frozen if frozen is None else frozen
        self.speed = self.speed if speed is None else speed
        if before != (self.frozen, self.speed):
            goes = f"The clock goes at ×{self.speed:g}"
            self.room.instruct(Message(text="The instructor has stopped the clock" if self.frozen else goes))
        self.room.note(SpeedChange(at_ns=self.room.now_ns, speed=self.speed, paused=self.frozen))

    def end(self) -> None:
        """Tell everybody what it came to."""
        if not self.ended.is_set():
            self.room.close()
            self.ended.set()
            for line in [*self.lines]:
                line.on_end()

    # People

    def host_of(self, _name: str) -> Host:
        """This room: everybody plays in it."""
        return self

    def knows(self, identity: str) -> bool:
        """Whether somebody has a seat, or has been given a token for one."""
        return identity in self.invited or any(seat.identity == identity for seat in self.room.seats)

    def is_instructor(self, token: str) -> bool:
        """Whether a token is the instructor's."""
        return compare_digest(token.encode(), self.instructor.encode())

    def sit(self, identity: str, name: str, line: Line) -> int:
        """Have somebody take a seat; a connection of the same person's that is still open is closed.

        Raises InputError where that cannot be.
        """
        if self.claims is not None:
            self.claims.claim(self.room, identity, name)
        seat = self.room.join(identity, name, self._away())
        for other in [other for other in self.lines if other.number == seat.number]:
            self.lines.remove(other)
            other.close()
        line.number = seat.number
        self.lines.append(line)
        self.people.write(self.room, self.secret)
        if sum(bool(each.identity) for each in self.room.seats) >= self.starts_at:
            self.start()
        return seat.number

    def _away(self) -> list[int]:
        """The seats whose players have been gone for long, the longest first."""
        long_ago_s = monotonic() - _AWAY_S
        left_s = {
            seat.number: self._left_s.get(seat.number, self._opened_s) for seat in self.room.seats if not seat.connected
        }
        return sorted((number for number in left_s if left_s[number] <= long_ago_s), key=left_s.__getitem__)

    def gone(self, line: Line) -> None:
        """Note that a connection has ended."""
        if line in self.lines:
            self.lines.remove(line)
            if line.number is not None and not self.room.over:
                self._left_s[line.number] = monotonic()
                self.room.leave(line.number)

    def kick(self, number: int) -> None:
        """Put a seat's player out."""
        self.room.kick(number)
        for line in [line for line in self.lines if line.number == number]:
            self.lines.remove(line)
            line.close()
        self.people.write(self.room, self.secret)

    def submit(self, line: Line, command: AnyCommand) -> int:
        """Send a command on; returns when it reaches the exchange, in nanoseconds."""
        if line.number is None:
            raise InputError("whoever has no seat sends no command")
        if self.room.over:
            raise InputError("the level is over")
        room = self.room
        sent_ns = room.now_ns - round(line.round_trip_s() * self.speed * NS_PER_S)
        arrives_ns = room.submit(line.number, command, sent_ns)
        line.sent(arrives_ns + room.level.latency_ns, room.changes(line.number))
        return arrives_ns

    # What there is to see

    def view(self, number: int) -> FloorSnapshot:
        """What there is to see from a seat. Raises InputError for one that nobody has taken."""
        if number >= len(self.room.seats) or not self.room.seats[number].taken:
            raise InputError(f"nobody has taken seat {number}")
        return self.room.view(number)

    def places(self) -> Places:
        """How the seats do, best first."""
        places = []
        for seat in self.room.seats:
            result = self.room.result(seat.number)
            places.append(
                Place(
                    seat=seat.number,
                    name=seat.name or f"({self.room.spec.bot(seat.number)})",
                    score=result.score,
                    parts=result.parts,
                    pnl=result.pnl.total,
                    position=result.position.final,
                    fills=result.fills,
                )
            )
        return Places(at_ns=self.room.now_ns, places=sorted(places, key=lambda place: -place.score))

    def shown(self) -> Shown:
        """The market as everybody may see it now, and how all do."""
        return Shown(
            market=market_of(self.room),
            places=self.places().places,
            started=self.started,
            frozen=self.frozen,
            speed=self.speed,
        )

    def remember(self, now_s: float) -> None:
        """Once a second, remember what is to be shown late, while anybody looks on."""
        if not any(line.number is None for line in self.lines):
            self._past.clear()
        elif not self._past or now_s - self._past[-1][0] >= 1.0:
            self._past.append((now_s, self.shown()))
            while len(self._past) > 1 and now_s - self._past[1][0] >= self.late_s:
                self._past.popleft()

    def shown_late(self) -> Shown:
        """The market as it was some time ago. Raises InputError before there is anything so old."""
        if self.room.over:
            return self.shown()
        if not self._past or monotonic() - self._past[0][0] < self.late_s:
            raise InputError(f"the market is shown {self.late_s:g} seconds late: there is nothing yet")
        return self._past[0][1]

    def outcome(self, number: int | None) -> End:
        """What is said at the end."""
        room = self.room
        return End(
            ended=room.sessions[0].over or "left",
            result=None if number is None else room.result(number),
            digest=room.digest,
            seed=str(self.secret.seed),
            nonce=self.secret.nonce,
        )


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(18)


def identity_of(kind: str, proof: str) -> str:
    """Who somebody is, as the room knows people: no token and no fingerprint is kept itself."""
    return sha256(f"{kind}:{proof}".encode()).hexdigest()


def journal_paths(folder: Path, room: Room) -> list[Path]:
    """Where the journals of a room go: one, or one for each seat."""
    if room.spec.own_market:
        return [folder / f"seat-{number:03}.jsonl" for number in range(len(room.seats))]
    return [folder / "room.jsonl"]

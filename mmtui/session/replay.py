"""A session played again: to any time, forwards or back, a step at a time, or on from there in another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from mmtui.level.level import Level
from mmtui.session.commands import AnyCommand, HandOver, Ready
from mmtui.session.kept import Kept
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.strategies.registry import make
from mmtui.units import NS_PER_S


def _unwatched(session: Session) -> None:
    """Attach no watcher."""


#: How far apart a replay's copies of the session are, and how many there are at most.
_LEAST_APART_NS, _MOST_APART_NS, _COPIES = 10 * NS_PER_S, 600 * NS_PER_S, 128

Watched = TypeVar("Watched")


def apart_ns(lasts_ns: int) -> int:
    """How far apart the copies of a session that lasts so long are kept."""
    return max(_LEAST_APART_NS, min(_MOST_APART_NS, lasts_ns // _COPIES))


@dataclass(frozen=True)
class Script:
    """All that is needed to play a session again.

    Attributes:
        level, seed: what was played.
        commands: the commands with their times, in the order of time.
        until_ns: how far it was played.
        ended: why it ended there; None when it broke off.
    """

    level: Level
    seed: int
    commands: Sequence[tuple[int, AnyCommand]]
    until_ns: int
    ended: str | None = None

    @classmethod
    def of(cls, session: Session) -> Script:
        """The script of a session, as far as it has come."""
        return cls(session.level, session.seed, tuple(session.commands), session.now_ns, session.over)

    def check(self) -> None:
        """Raise UnknownStrategyError if a strategy in it is not there any more."""
        for _, command in self.commands:
            if isinstance(command, HandOver | Ready):
                make(command.strategy, command.params)

    def open(self) -> Session:
        """The session at its start, before the first command."""
        return Session(self.level, self.seed, ends_on_failure=self.ended == "error")

    def played(self) -> Session:
        """The session played again, as far as it went. Raises UnknownStrategyError."""
        session = self.open()
        carry_out(session, self.commands, self.until_ns)
        if self.ended is not None:
            session.leave()
        return session


class Replay(Generic[Watched]):
    """A session played again from its script, with copies kept on the way from which any moment is soon reached.

    Args:
        script: what is played.
        watch: attaches watchers to the session and returns them; they are copied with it.
        seeks: whether copies are kept on the way; without, it is played once sooner, but goes back from the start.

    Every method that moves raises UnknownStrategyError for a strategy that no longer exists.

    Attributes:
        script: what is played.
        session: the session as it stands; another one after going back.
        watched: what ``watch`` returned for it.
    """

    @overload
    def __init__(self: Replay[None], script: Script, *, seeks: bool = True) -> None: ...

    @overload
    def __init__(self, script: Script, watch: Callable[[Session], Watched], *, seeks: bool = True) -> None: ...

    def __init__(self, script: Script, watch: Callable[[Session], Any] = _unwatched, *, seeks: bool = True) -> None:
        self.script = script
        self.session = script.open()
        self.watched: Watched = watch(self.session)
        self._next = 0
        self._apart_ns = apart_ns(script.until_ns) if seeks else script.until_ns + 1
        self._copies: list[tuple[int, Kept[tuple[Session, Watched, int]]]] = []
        self._keep()

    @property
    def now_ns(self) -> int:
        """Where it stands."""
        return self.session.now_ns

    @property
    def end_ns(self) -> int:
        """How far it can go."""
        return self.script.until_ns

    @property
    def over(self) -> str | None:
        """Why the session ended, None while it stands before its end."""
        return self.session.over

    def advance(self, to_ns: int) -> None:
        """Go forward to a time, commands given just then included, or to the end."""
        to_ns = min(to_ns, self.end_ns)
        while (next_ns := self._copies[-1][0] + self._apart_ns) < to_ns and self.over is None:
            self._play(max(next_ns, self.now_ns))
            self._keep()
        self._play(to_ns)
        if to_ns >= self.end_ns and self.script.ended is not None:
            self.session.leave()

    def seek(self, to_ns: int) -> None:
        """Go to a time, forwards or back, from the nearest copy before it."""
        self.rewind(max(0, to_ns))
        self.advance(max(0, to_ns))

    def rewind(self, to_ns: int) -> None:
        """Go where the way to a time is the shortest: to the nearest copy before it, or stay."""
        from_ns, kept = next(copy for copy in reversed(self._copies) if copy[0] <= to_ns)
        if to_ns < self.now_ns or from_ns > self.now_ns:
            self.session, self.watched, self._next = kept.copy()

    def branch(self) -> tuple[Session, Watched]:
        """An independent copy of the session as it stands, with its watchers, to play on with; it is not over."""
        now_ns = self.now_ns
        kept = next(kept for at_ns, kept in reversed(self._copies) if at_ns <= now_ns)
        session, watched, following = kept.copy()
        session.maker.on_failure = None
        carry_out(session, self.script.commands, now_ns, following)
        return session, watched

    def before(self, at_ns: int) -> Session:
        """An independent copy of the session at a time, before any command given just then; it knows no par."""
        kept = next((kept for from_ns, kept in reversed(self._copies) if from_ns < at_ns), None)
        session, _, following = (self.script.open(), None, 0) if kept is None else kept.copy()
        session.maker.on_failure, session.par = None, NoPar()
        carry_out(session, self.script.commands, at_ns - 1, following)
        session.advance(at_ns)
        return session

    def _keep(self) -> None:
        if self.over is None:
            self._copies.append((self.now_ns, Kept((self.session, self.watched, self._next))))

    def _play(self, to_ns: int) -> None:
        self._next = carry_out(self.session, self.script.commands, to_ns, self._next)

    def take_in(self, copies: Sequence[tuple[int, Kept[tuple[Session, Watched, int]]]]) -> None:
        """Use copies that were kept while the session was played, of a replay that stands at its start."""
        self._copies += copies

    def step(self) -> None:
        """Go to the next event of the market or the next command, whichever comes first."""
        self.advance(self._next_ns)

    def step_back(self) -> None:
        """Go to the event before the last, as far as there was one within a second; else a second back."""
        before_ns = self.now_ns
        self.seek(before_ns - NS_PER_S)
        self.step_up_to(before_ns)

    def step_up_to(self, before_ns: int) -> None:
        """Go to the last event before a time."""
        while self._next_ns < before_ns:
            self.step()

    @property
    def _next_ns(self) -> int:
        commands = self.script.commands
        next_ns = min(self.session.market.clock.next_ns, self.end_ns)
        return min(next_ns, commands[self._next][0]) if self._next < len(commands) else next_ns


def carry_out(session: Session, commands: Sequence[tuple[int, AnyCommand]], to_ns: int, first: int = 0) -> int:
    """Run a session up to a time with the commands from the ``first`` on; the number of the next one."""
    while first < len(commands) and commands[first][0] <= to_ns:
        at_ns, command = commands[first]
        session.advance(at_ns)
        session.submit(command)
        first += 1
    session.advance(to_ns)
    return first

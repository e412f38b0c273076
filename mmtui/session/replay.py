"""A session played again: to any time, forwards or back, a step at a time, or on from there in another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmtui.level.level import Level
from mmtui.session.commands import AnyCommand, HandOver, Ready
from mmtui.session.session import Session
from mmtui.strategies.registry import make
from mmtui.units import NS_PER_S


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
        return Session(self.level, self.seed, unattended=self.ended == "error")


class Replay:
    """A session played again from its script. Going back plays it from the start, which takes moments.

    Raises UnknownStrategyError, wherever it goes, for a strategy that is not there any more.

    Attributes:
        script: what is played.
        session: the session as it stands; another one after going back.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.session = script.open()
        self._next = 0

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
        commands, session = self.script.commands, self.session
        while self._next < len(commands) and commands[self._next][0] <= to_ns:
            at_ns, command = commands[self._next]
            session.advance(at_ns)
            session.submit(command)
            self._next += 1
        session.advance(min(to_ns, self.end_ns))
        if to_ns >= self.end_ns and self.script.ended is not None:
            session.leave()

    def seek(self, to_ns: int) -> None:
        """Go to a time, forwards or back."""
        if to_ns < self.now_ns:
            self.session = self.script.open()
            self._next = 0
        self.advance(max(0, to_ns))

    def step(self) -> None:
        """Go to the next event of the market or the next command, whichever comes first."""
        self.advance(self._next_ns)

    def step_back(self) -> None:
        """Go to the event before the last, as far as there was one within a second; else a second back."""
        before_ns = self.now_ns
        self.seek(before_ns - NS_PER_S)
        while self._next_ns < before_ns:
            self.step()

    @property
    def _next_ns(self) -> int:
        commands = self.script.commands
        next_ns = min(self.session.market.clock.next_ns, self.end_ns)
        return min(next_ns, commands[self._next][0]) if self._next < len(commands) else next_ns

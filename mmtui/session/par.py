"""Par: what a level's par strategy has made and traded on the same seed at the same time, for the score's sake.

It is simulated in ``advance``, no further than was asked, and only read in ``at``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol

from mmtui.units import NS_PER_S


class ParSource(Protocol):
    """Where a session's par comes from."""

    def advance(self, to_ns: int) -> None:
        """Have par known up to a time."""

    def at(self, second: int) -> float | None:
        """What par was at a whole second, in money; None while that is not known."""

    def volume_at(self, second: int) -> int | None:
        """What the par strategy had traded by a whole second, in lots; None while that is not known."""


class ParSession(Protocol):
    """A session of the par strategy, as par needs it."""

    @property
    def over(self) -> str | None:
        """Why it ended, None while it has not."""

    @property
    def pnl_by_second(self) -> Sequence[float]:
        """Money made at each whole second so far."""

    @property
    def volume_by_second(self) -> Sequence[int]:
        """Lots traded by each whole second so far."""

    def advance(self, to_ns: int) -> None:
        """Run the market up to a time."""


class NoPar:
    """Par of a session that is never scored: not known at any time."""

    def advance(self, to_ns: int) -> None:
        """Do nothing."""

    def at(self, second: int) -> float | None:
        """None."""
        return None

    def volume_at(self, second: int) -> int | None:
        """None."""
        return None


class Par:
    """Par of a level and seed, for all sessions of these in the process, whichever threads they are in.

    Args:
        start: opens the session of the par strategy; called when par is first needed.
        end_ns: the level's end.
        reopen: opens the same par in another process; what is known here is not sent.
    """

    def __init__(
        self, start: Callable[[], ParSession], end_ns: int, reopen: tuple[Callable[..., Par], tuple[object, ...]]
    ) -> None:
        self._start = start
        self._end_ns = end_ns
        self._reopen = reopen
        self._session: ParSession | None = None
        self._made: Sequence[float] = (0.0,)
        self._traded: Sequence[int] = (0,)
        self._known_ns = 0
        self._lock = Lock()

    def __deepcopy__(self, memo: object) -> Par:
        return self

    def __reduce__(self) -> tuple[Callable[..., Par], tuple[object, ...]]:
        return self._reopen

    @property
    def known_ns(self) -> int:
        """How far par is known; at the start it has made nothing."""
        return self._known_ns

    @property
    def holds_session(self) -> bool:
        """Whether a session that has not ended is kept to go on with."""
        return self._session is not None

    def advance(self, to_ns: int) -> None:
        """Play the par strategy up to a time, or the level's end, if it was not played so far yet."""
        to_ns = min(to_ns, self._end_ns)
        if to_ns <= self._known_ns:
            return
        with self._lock:
            if to_ns <= self._known_ns:
                return
            # One that fails is not gone on with: whoever asks again is told again.
            session, self._session = self._session or self._start(), None
            session.advance(to_ns)
            self._session = session
            self._made, self._traded = session.pnl_by_second, session.volume_by_second
            self._known_ns = to_ns
            if session.over is not None:
                self._finish(session.pnl_by_second, session.volume_by_second)

    def learn(self, made: Sequence[float], traded: Sequence[int]) -> None:
        """Take in what a whole session of the par strategy made at each second; one cut short stays where it was."""
        with self._lock:
            self._finish(made, traded)

    def _finish(self, made: Sequence[float], traded: Sequence[int]) -> None:
        self._made, self._traded = list(made), list(traded)
        self._known_ns, self._session = self._end_ns, None

    def at(self, second: int) -> float | None:
        """What par was at a whole second, in money; None while that is not known."""
        if second * NS_PER_S > self._known_ns:
            return None
        return self._made[min(second, len(self._made) - 1)]

    def volume_at(self, second: int) -> int | None:
        """What the par strategy had traded by a whole second, in lots; None while that is not known."""
        if second * NS_PER_S > self._known_ns:
            return None
        return self._traded[min(second, len(self._traded) - 1)]


class ParInSteps:
    """Par simulated a little at a time, for a session shown on a screen: no call takes long.

    Args:
        par: the par.
        step_ns: how much of the market's time is simulated at most in one call.
    """

    def __init__(self, par: Par, step_ns: int = 20 * NS_PER_S) -> None:
        self.par = par
        self._step_ns = step_ns

    def advance(self, to_ns: int) -> None:
        """Have par known up to a time, or a step further than before."""
        self.par.advance(min(to_ns, self.par.known_ns + self._step_ns))

    def at(self, second: int) -> float | None:
        """What par was at a whole second, in money; None while that is not known."""
        return self.par.at(second)

    def volume_at(self, second: int) -> int | None:
        """What the par strategy had traded by a whole second, in lots; None while that is not known."""
        return self.par.volume_at(second)

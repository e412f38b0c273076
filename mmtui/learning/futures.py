"""Futures of a moment: a session copied there, its future drawn anew many times, and what it makes in each of them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from mmtui.errors import InputError
from mmtui.lab.runs.workers import map_in_processes
from mmtui.learning.alternatives import Alternative, tend
from mmtui.learning.play import DECISION_NS, Play
from mmtui.market.core.draws import Floats
from mmtui.session.commands import AnyCommand, HandOver, Ready
from mmtui.session.replay import Replay, Watched
from mmtui.session.session import Session
from mmtui.strategies.registry import make
from mmtui.units import NS_PER_S
from mmtui.wording import clock

#: How far futures go, and from where on they go to the level's end, in seconds before it.
HORIZON_S, _NEAR_END_S = 60, 120
#: What is done at a moment: an alternative, what somebody played, or None for what was done.
Conduct = Alternative | Play | None
#: Futures in a task for a worker process.
_TASK = 5


@dataclass(frozen=True)
class Moment:
    """A moment of a session, of which futures can be drawn in any process.

    Attributes:
        session: the session's copy, pickled, before any command given just then.
        strategies: those that have had a part in it, whose code is loaded first.
        level, seed: what was played.
        at_ns, end_ns: the moment, and how far futures go.
        done: the commands of a second from then on, with their times.
        times_ns: when PnL is read: at the moment, at each whole second, at the end.
        happened: the PnL since the moment at these times, as it really came; it stays where the session was left.
    """

    session: bytes
    strategies: tuple[tuple[str, dict[str, float | int | bool | str | None]], ...]
    seed: int
    currency: str
    at_ns: int
    end_ns: int
    done: tuple[tuple[int, AnyCommand], ...]
    times_ns: tuple[int, ...]
    happened: Floats

    @property
    def horizon_s(self) -> float:
        """How far futures go, in seconds."""
        return (self.end_ns - self.at_ns) / NS_PER_S

    def copy(self) -> Session:
        """The session as it was just before. Raises UnknownStrategyError for a strategy that is not there any more."""
        for name, params in self.strategies:
            make(name, params)
        session: Session = pickle.loads(self.session)
        return session

    def future(self, number: int) -> Session:
        """The session with its future drawn anew; each number has its own. Raises InputError for a recorded market."""
        session = self.copy()
        session.redraw(self.future_seed(number))
        return session

    def future_seed(self, number: int) -> int:
        """The seed of a future: one that no session of a person's has."""
        drawn = np.random.SeedSequence([self.seed, self.at_ns, number]).generate_state(2, np.uint64)
        return (int(drawn[0]) << 64) | int(drawn[1])

    def pnl(self, session: Session, instead: Conduct) -> Floats:
        """Play a copy on with what was done, or with something else, as PnL since the moment at ``times_ns``.

        What was done are the commands of the first second. From then on nobody decides anything: a strategy or pegged
        quotes go on, fixed quotes on both sides follow the mid at the distance they have.
        """
        before = session.maker.total
        if isinstance(instead, Play):
            instead.carry_out(session, self.at_ns, self.end_ns)
            return _path(session, self.times_ns, before)
        if instead is None:
            for at_ns, command in self.done:
                session.advance(at_ns)
                session.submit(command)
        elif (command_now := instead.command(session)) is not None:
            session.submit(command_now)
        session.advance(min(self.at_ns + DECISION_NS, self.end_ns))
        tend(session)
        session.advance(self.end_ns)
        return _path(session, self.times_ns, before)


def _path(session: Session, times_ns: Sequence[int], before: float) -> Floats:
    """The PnL less what it was at the first of these times; the last one is now, those between are whole seconds."""
    samples = session.pnl_by_second
    last = len(samples) - 1
    seconds = [samples[min(time_ns // NS_PER_S, last)] for time_ns in times_ns[1:-1]]
    return np.array([before, *seconds, session.maker.total]) - before


def moment(replay: Replay[Watched], at_ns: int, horizon_s: float | None = None) -> Moment:
    """A moment of a replay, before what was done in it.

    Args:
        replay: of the session; it stays where it stands.
        at_ns: the moment.
        horizon_s: how far futures go, at most to the level's end; a minute unless given, and to the level's end where
            that is less than two minutes away.

    Raises:
        InputError: the session was over then, or its market is a recorded one.
        UnknownStrategyError: a strategy in it is not there any more.
    """
    script = replay.script
    level = script.level
    session = replay.before(at_ns)
    if session.over is not None or at_ns >= min(script.until_ns, level.end_ns):
        raise InputError(f"--at: the session ends at {clock(script.until_ns)}; expected a time before")
    if horizon_s is None:
        horizon_s = HORIZON_S if level.end_ns - at_ns >= _NEAR_END_S * NS_PER_S else _NEAR_END_S
    end_ns = min(level.end_ns, at_ns + round(horizon_s * NS_PER_S))
    seconds = range((at_ns // NS_PER_S + 1) * NS_PER_S, end_ns, NS_PER_S)
    chosen = [command for from_ns, command in script.commands if from_ns < at_ns]
    strategies = [(each.strategy, each.params) for each in chosen if isinstance(each, HandOver | Ready)]
    later = [(given_ns, command) for given_ns, command in script.commands if given_ns >= at_ns]
    times_ns = (at_ns, *seconds, end_ns)
    content = pickle.dumps(session, pickle.HIGHEST_PROTOCOL)
    before = session.maker.total
    for given_ns, command in later:
        if given_ns <= end_ns:
            session.advance(given_ns)
            session.submit(command)
    session.advance(min(end_ns, script.until_ns))
    return Moment(
        session=content,
        strategies=tuple(strategies),
        seed=script.seed,
        currency=level.market.instrument.currency,
        at_ns=at_ns,
        end_ns=end_ns,
        done=tuple((given_ns, command) for given_ns, command in later if given_ns < at_ns + DECISION_NS),
        times_ns=times_ns,
        happened=_path(session, times_ns, before),
    )


def _played(moment: Moment, conducts: Sequence[Conduct], numbers: Sequence[int]) -> list[Floats]:
    """Play some futures, in each all conducts; a row a conduct, a column a time."""
    found = []
    for number in numbers:
        rows = [moment.pnl(moment.future(number), conduct) for conduct in conducts]
        found.append(np.vstack(rows))
    return found


def play_futures(moment: Moment, conducts: Sequence[Conduct], count: int, jobs: int = 1) -> Iterator[Floats]:
    """Yields the PnL paths in each of the first ``count`` futures, the same for all conducts, as they are finished.

    Args:
        moment: where futures begin.
        conducts: alternatives, what was played, or None for what was done.
        count: futures.
        jobs: processes; the results do not depend on it.

    Raises:
        InputError: an alternative cannot be had at the moment, or the market is a recorded one.
    """
    # At once, rather than in a worker.
    for conduct in conducts:
        if isinstance(conduct, Alternative):
            conduct.command(moment.copy())
    tasks = [range(first, min(first + _TASK, count)) for first in range(0, count, _TASK)]
    for found in map_in_processes(partial(_played, moment, conducts), tasks, jobs):
        yield from found

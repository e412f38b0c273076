"""Sessions of a level by many players on the same seeds, as calibration compares them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from mmtui.coach.watched import WatchedSession
from mmtui.desk import PnL
from mmtui.errors import LevelError
from mmtui.lab.research.players import player
from mmtui.lab.runs.workers import map_in_processes
from mmtui.level.level import Level
from mmtui.session.score import ScoreInputs
from mmtui.session.session import Session


class Trial(msgspec.Struct, frozen=True):
    """One session of a player.

    Attributes:
        score, stars, pnl, par: as in its result.
        measures: what the score was computed from.
        done, missed: how often the level's checks were, where they were looked at.
    """

    score: float
    stars: int
    pnl: PnL
    par: float
    measures: ScoreInputs
    done: int = 0
    missed: int = 0

    @property
    def trade(self) -> float:
        """How far inventory and markout count, 0 to 1."""
        return self.measures.trade


def trials(
    level: Level, names: Sequence[str], seeds: Sequence[int], checked: Collection[str] = (), jobs: int = 1
) -> dict[str, list[Trial]]:
    """Have each player play each seed; returns the trials of each by seed.

    Args:
        level: the level.
        names: strategies, or players of :mod:`mmtui.lab.research.players`.
        seeds: the seeds.
        checked: those of whom the level's checks are looked at.
        jobs: processes to use; the results do not depend on it.

    Raises:
        LevelError: a strategy fails on the level.
    """
    names = list(dict.fromkeys(names))
    tasks = [(level, seed, names, [name for name in names if name in checked]) for seed in seeds]
    rows = list(map_in_processes(_seed, tasks, jobs))
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


_Task = tuple[Level, int, list[str], list[str]]


def _seed(task: _Task) -> list[Trial]:
    """All players on one seed, in one process, so that par is played once."""
    level, seed, names, checked = task
    return [_play(level, seed, name, checked=name in checked) for name in names]


def _play(level: Level, seed: int, name: str, *, checked: bool) -> Trial:
    session = Session(level, seed)
    watched = WatchedSession(session) if checked else None
    player(name)(session)
    if session.maker.error is not None:
        raise LevelError(f"level {level.id}: {session.maker.error}")
    result = session.result()
    occasions = () if watched is None else watched.occasions
    return Trial(
        score=result.score,
        stars=result.stars,
        pnl=result.pnl,
        par=result.par,
        measures=session.measures(),
        done=sum(occasion.done for occasion in occasions),
        missed=sum(not occasion.done for occasion in occasions),
    )

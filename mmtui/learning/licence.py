"""The licence: what one has shown to be able to do and when, skill by week without luck, and whom one has met.

A skill has two stamps: of a *drill* of it that was passed, and of a *level* of it played by hand in which nine tenths
of what its checks ask were done. The levels of a skill are those that its shipped drills are on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple, get_args

import msgspec

from mmtui.debrief.model import Debrief
from mmtui.json_file import JsonFile, Versioned
from mmtui.learning.drills import Skill, shipped
from mmtui.learning.luck import Luck
from mmtui.level.level import Level
from mmtui.signals.student import student_quantile

SKILLS: tuple[Skill, ...] = get_args(Skill)
#: The file in the player's data folder, and how many sessions it holds at most.
FILE, _MOST = "licence.json", 2_000
#: The share of the lesson's occasions that must have been done, of at least so many.
_DONE, _OCCASIONS = 0.9, 3


class CountedSession(msgspec.Struct, frozen=True):
    """A session that counts.

    Attributes:
        digest: of the session.
        day: on which it was played, as 2026-11-27.
        level: the level's id.
        points: its PnL without luck less par, in points of the score's PnL part.
    """

    digest: str
    day: str
    level: str
    points: float


class Acquaintance(msgspec.Struct, frozen=True):
    """A participant with a name whom one has traded with: its tell, when last, in how many sessions, to what end."""

    tell: str
    day: str
    sessions: int
    money: float


class Licence(Versioned, frozen=True, kw_only=True):
    """What the file holds.

    Attributes:
        drills, levels: skill to the day of its stamp, as 2026-11-27.
        sessions: those that count, oldest first.
        met: name to what is known.
        seen: digests of the sessions whose participants are counted in ``met``.
    """

    drills: dict[str, str] = msgspec.field(default_factory=dict)
    levels: dict[str, str] = msgspec.field(default_factory=dict)
    sessions: tuple[CountedSession, ...] = ()
    met: dict[str, Acquaintance] = msgspec.field(default_factory=dict)
    seen: tuple[str, ...] = ()


class Week(NamedTuple):
    """A week's Monday, its sessions, their mean of ``Played.points``, and half its 95% interval (None of one)."""

    monday: date
    sessions: int
    points: float
    within: float | None


@cache
def _taught() -> Mapping[str, frozenset[Skill]]:
    """Level to the skills of its drills."""
    found: dict[str, set[Skill]] = {}
    for drill in shipped():
        found.setdefault(drill.level, set()).add(drill.skill)
    return {level: frozenset(skills) for level, skills in found.items()}


def skills_of(level: Level) -> frozenset[Skill]:
    """What a level trains: as its drills do, and auctions where it has some."""
    auctions: frozenset[Skill] = frozenset(
        ("auctions",) if any(phase.kind == "auction" for phase in level.exchange.phases) else ()
    )
    return _taught().get(level.id, frozenset()) | auctions


class LicenceBook:
    """The licence in its file.

    Args:
        folder: the player's data folder; None keeps everything for this run only.

    Attributes:
        held: what it says.
        trouble: a sentence on what is wrong with the file; empty for nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = JsonFile(folder and folder / FILE)
        self.held, self.trouble = self._file.read(Licence())

    def passed(self, skill: Skill, today: date) -> str:
        """Keep that a drill was passed; returns a sentence on what went wrong, empty for nothing. So do the others."""
        if skill in self.held.drills:
            return ""
        return self._keep(drills={**self.held.drills, skill: today.isoformat()})

    def played(self, level: Level, found: Debrief, day: date) -> str:
        """Keep the stamps of a session by hand and whom one met in it."""
        held, digest, on = self.held, found.result.digest, day.isoformat()
        if digest in held.seen:
            return ""
        done = sum(occasion.done for occasion in found.occasions)
        levels = dict(held.levels)
        if len(found.occasions) >= _OCCASIONS and done >= _DONE * len(found.occasions):
            for skill in skills_of(level):
                levels.setdefault(skill, on)
        met = dict(held.met)
        for each in found.met:
            before = met.get(each.called, Acquaintance(each.tell, on, 0, 0.0))
            met[each.called] = Acquaintance(each.tell, on, before.sessions + 1, before.money + each.money)
        return self._keep(levels=levels, met=met, seen=(*held.seen, digest)[-_MOST:])

    def measured(self, level: Level, found: Debrief, luck: Luck, day: date) -> str:
        """Keep the skill of a session by hand, apart from its luck; nothing where there is no par."""
        sessions, digest, par = self.held.sessions, found.result.digest, found.result.par
        if par is None or any(each.digest == digest for each in sessions):
            return ""
        points = (luck.skill - par) / level.score.point
        return self._keep(sessions=(*sessions, CountedSession(digest, day.isoformat(), level.id, points))[-_MOST:])

    def _keep(self, **changes: object) -> str:
        self.held = msgspec.structs.replace(self.held, **changes)
        return self._file.write(self.held)


def weeks(sessions: Sequence[CountedSession]) -> list[Week]:
    """Skill by week, the earliest first; the interval by Student's t."""
    by_week: dict[date, list[float]] = {}
    for each in sessions:
        day = date.fromisoformat(each.day)
        by_week.setdefault(day - timedelta(days=day.weekday()), []).append(each.points)
    found = []
    for monday, points in sorted(by_week.items()):
        count = len(points)
        within = None if count == 1 else student_quantile(0.975, count - 1) * stdev(points) / math.sqrt(count)
        found.append(Week(monday, count, fmean(points), within))
    return found

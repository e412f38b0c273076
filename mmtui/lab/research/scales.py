"""The scales of a level's score, fitted so that the lesson's strategy has three stars on just under half the seeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import msgspec

from mmtui.errors import LevelError
from mmtui.files import write
from mmtui.lab.research.trials import trials
from mmtui.level.level import Level, Part, read_level
from mmtui.session.score import PAR_POINTS, STARS, points, score

#: Who does the lesson has three stars on this share of the seeds.
_SHARE = 0.45
#: Earning nothing gives so many points of the PnL part, where par earns; elsewhere the spread that the lesson captures
#: is worth as many as are missing to par's.
_IDLE_POINTS = 30.0
#: No part is aimed higher.
_MOST = 96.0


class Scales(NamedTuple):
    """The keys of a level's score that are fitted, see :class:`~mmtui.level.level.ScoreSpec`."""

    point: float
    inventory: float
    markout: float


def fitted_scales(level: Level, seeds: Sequence[int], jobs: int = 1) -> Scales:
    """Returns the scales, to three digits, from sessions of the lesson's strategy."""
    found = trials(level, [level.lesson_strategy], seeds, jobs=jobs)[level.lesson_strategy]
    weights = level.score.weights
    par = fmean(trial.par for trial in found)
    earned = par if par > 0 else fmean(trial.pnl.spread for trial in found)
    point = max(earned / (PAR_POINTS - _IDLE_POINTS), 0.01)
    # Who holds the least size that counts on average has half of the inventory part, however flat the lesson is.
    least = max(0.005, 2 * level.obligation.min_size / level.maker.position_limit)

    def scaled(**scale: float) -> Level:
        return msgspec.structs.replace(level, score=msgspec.structs.replace(level.score, **scale))

    def mean(part: Part, **scale: float) -> float:
        """The mean points of a part, with a scale of it set."""
        return fmean(points(scaled(**scale), part, trial.measures) for trial in found)

    rest = weights.get("inventory", 0.0) + weights.get("markout", 0.0)
    known = weights.get("pnl", 0.0) * mean("pnl", point=point) + weights.get("presence", 0.0) * mean("presence")

    def scales(aim: float) -> Scales:
        """Those that make the mean score ``aim``, inventory and markout alike."""
        part = min(_MOST, (aim - known) / rest) if rest else _MOST
        return Scales(
            _digits(point),
            _digits(_where(lambda most: mean("inventory", inventory=most), part, least, 10.0)),
            _digits(_where(lambda full: -mean("markout", markout=full), -part, -200.0, 200.0)),
        )

    def share(aim: float) -> float:
        """The share of the seeds with three stars. Scores have a longer tail below, so no mean gives it."""
        fitted = scaled(**scales(aim)._asdict())
        return fmean(score(fitted, trial.measures).stars == len(STARS) for trial in found)

    return scales(_where(share, _SHARE, STARS[-2], 100.0))


def _where(rising: Callable[[float], float], value: float, low: float, high: float) -> float:
    """Returns where a function that rises has a value, between two bounds."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return low


def _digits(number: float) -> float:
    return float(f"{number:.3g}")


def write_scales(path: Path, scales: Scales) -> None:
    """Set the score's scales in a level's file, leaving every other line as it is."""
    text = read_level(path)
    lines = "".join(f"{name} = {value:g}\n" for name, value in zip(Scales._fields, scales, strict=True))
    changed, count = re.subn(r"(?m)^point\s*=.*\n(?:inventory\s*=.*\n)?(?:markout\s*=.*\n)?", lines, text)
    if count != 1:
        raise LevelError(f"{path}: score.point: expected one line 'point = …'")
    write(path, changed)

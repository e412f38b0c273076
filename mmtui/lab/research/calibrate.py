"""The teaching table: on every level the lesson's strategy must win by more than chance."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median, stdev

import msgspec
import numpy as np

from mmtui.errors import LevelError
from mmtui.files import write
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.run import run_batches
from mmtui.lab.statistics.paired import MEASURES, Paired, pair
from mmtui.level.level import Level, read_level
from mmtui.session.commands import Params
from mmtui.session.result import Result

#: The bounds over this many seeds: the lesson wins by LEAST_T standard errors and on LEAST_WINS of the seeds, and idle
#: scores less than MOST_IDLE.
FULL_SEEDS = 200
LEAST_T = 4.0
LEAST_WINS = 0.7
MOST_IDLE = 35.0
#: Points of the PnL part between the naive strategy and par, on the middle seed.
_MIDDLE_GAP = 50.0
#: Over fewer seeds a bound gives by so many standard errors, so that a level that only just teaches misses one in one
#: case of forty.
_SLACK = 2.0


class Teaching(msgspec.Struct, frozen=True):
    """One level of the table.

    Attributes:
        score: mean score by role: naive, lesson, idle, reckless.
        deviation: standard deviation of the score over seeds, by role.
        difference: mean score of lesson minus naive; ``t`` its paired t, 0 where all seeds agree; ``win_rate`` the
            share of seeds where it is positive.
        pnl: mean PnL by role; ``pnl_p10`` its tenth percentile.
        profitable: whether the level claims that the lesson strategy's PnL is positive on average.
        lesson_pnl: the mean parts of its PnL: spread, position, hedge, fees.
        teaches: whether the level teaches; ``why`` it does not.
    """

    level: str
    naive: str
    lesson: str
    seeds: int
    score: dict[str, float]
    deviation: dict[str, float]
    difference: float
    t: float
    win_rate: float
    pnl: dict[str, float]
    pnl_p10: dict[str, float]
    profitable: bool
    lesson_pnl: dict[str, float]
    teaches: bool
    why: str | None


def calibrate(level: Level, seeds: Sequence[int], jobs: int = 1) -> Teaching:
    """Play a level with its naive and lesson strategies and the baselines, over the same seeds, at least three."""
    roles = {"naive": level.naive, "lesson": level.lesson_strategy, "idle": "idle", "reckless": "reckless"}
    by_strategy = _run(level, roles.values(), seeds, jobs)
    results = {role: by_strategy[name] for role, name in roles.items()}
    scores = {role: [result.score for result in found] for role, found in results.items()}
    pnls = {role: [result.pnl.total for result in found] for role, found in results.items()}
    made = [msgspec.structs.asdict(result.pnl) for result in results["lesson"]]
    gap, lead = (_paired(results["lesson"], results[role]) for role in ("naive", "reckless"))
    row = Teaching(
        level=level.id,
        naive=level.naive,
        lesson=level.lesson_strategy,
        seeds=len(seeds),
        score={role: fmean(values) for role, values in scores.items()},
        deviation={role: stdev(values) for role, values in scores.items()},
        difference=gap.difference,
        t=gap.difference / gap.error if gap.error else 0.0,
        win_rate=float((gap.differences > 0).mean()),
        pnl={role: fmean(values) for role, values in pnls.items()},
        pnl_p10={role: float(np.quantile(values, 0.1)) for role, values in pnls.items()},
        profitable=level.profitable,
        lesson_pnl={part: fmean(each[part] for each in made) for part in ("spread", "position", "hedge", "fees")},
        teaches=True,
        why=None,
    )
    errors = {
        "idle": _error(scores["idle"]),
        "reckless": lead.error,
        "pnl": _error(pnls["lesson"]),
        "gap": gap.error,
    }
    why = "; ".join(_faults(row, errors))
    return msgspec.structs.replace(row, teaches=not why, why=why or None)


def _faults(row: Teaching, errors: Mapping[str, float]) -> Iterable[str]:
    """Yields the bounds that a level misses.

    Args:
        row: the level.
        errors: standard errors of the mean score of idle, of the lesson's lead over reckless and over naive ("gap")
            in score, and of the lesson's mean PnL; used below FULL_SEEDS only.
    """
    n = row.seeds
    slack = 0.0 if n >= FULL_SEEDS else _SLACK
    # The t of the same effect over fewer seeds: it grows as their root.
    least_t = LEAST_T * min(1.0, math.sqrt(n / FULL_SEEDS))
    if row.t < least_t:
        yield f"lesson − naive has t {row.t:.1f}, not {least_t:.3g}"
    least_wins = LEAST_WINS - slack * math.sqrt(LEAST_WINS * (1.0 - LEAST_WINS) / n)
    if row.win_rate < least_wins:
        yield f"the lesson wins on {row.win_rate:.0%} of seeds, not {least_wins:.0%}"
    if row.score["idle"] >= MOST_IDLE + slack * errors["idle"]:
        yield f"idle scores {row.score['idle']:.1f}, not under {MOST_IDLE:g}"
    if row.score["reckless"] >= row.score["lesson"] + slack * errors["reckless"]:
        yield "reckless scores as much as the lesson"
    if row.pnl_p10["reckless"] >= row.pnl_p10["lesson"]:
        yield "reckless has no worse tenth percentile of PnL"
    if row.profitable and row.pnl["lesson"] <= -slack * errors["pnl"]:
        yield f"the lesson makes {row.pnl['lesson']:,.0f} on average, and should be profitable"
    if row.profitable and row.lesson_pnl["spread"] <= 0:
        yield "the lesson earns no spread"
    # A deviation over n seeds is itself uncertain by about the deviation over √(2(n − 1)).
    widest = (row.difference + slack * errors["gap"]) * (1.0 + slack / math.sqrt(2 * (n - 1)))
    for role in ("naive", "lesson"):
        if row.deviation[role] >= widest:
            yield f"the {role} score's deviation {row.deviation[role]:.1f} hides the gap {row.difference:.1f}"


def _paired(ours: Sequence[Result], theirs: Sequence[Result]) -> Paired:
    paired = pair(MEASURES["score"], ours, theirs)
    assert paired is not None
    return paired


def _error(values: Sequence[float]) -> float:
    """Returns the standard error of the mean."""
    return stdev(values) / math.sqrt(len(values))


def fitted_point(level: Level, seeds: Sequence[int], jobs: int = 1) -> float:
    """Returns the money that one point of the PnL part should be worth, to two digits."""
    results = _run(level, [level.naive], seeds, jobs)[level.naive]
    point = median(abs(result.pnl.total - result.par) for result in results) / _MIDDLE_GAP
    return float(f"{max(point, 0.01):.2g}")


def write_point(path: Path, point: float) -> None:
    """Set ``score.point`` in a level's file, leaving every other character as it is."""
    text = read_level(path)
    changed, count = re.subn(r"(?m)^(point\s*=\s*)[0-9.eE+-]+", rf"\g<1>{point}", text)
    if count != 1:
        raise LevelError(f"{path}: score.point: expected one line 'point = …'")
    write(path, changed)


def _run(level: Level, names: Iterable[str], seeds: Sequence[int], jobs: int) -> dict[str, list[Result]]:
    strategies: list[tuple[str, Params]] = [(name, {}) for name in dict.fromkeys(names)]
    found: dict[str, list[Result]] = {name: [] for name, _ in strategies}
    order = [name for name, _ in strategies]
    for index, result in enumerate(run_batches([Batch([level], strategies, seeds)], jobs)):
        if result.error is not None:
            raise LevelError(f"level {level.id}: {result.error}")
        found[order[index % len(order)]].append(result)
    return found

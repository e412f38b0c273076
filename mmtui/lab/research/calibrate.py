"""The teaching table: on every level the lesson's strategy must win by more than chance, and whoever avoids it lose."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, stdev

import msgspec
import numpy as np

from mmtui.desk import PnL
from mmtui.lab.research.players import CHEATS
from mmtui.lab.research.trials import Trial, trials
from mmtui.level.level import Level
from mmtui.strategies.registry import shipped_names

#: The bounds over this many seeds.
FULL_SEEDS = 100
#: The lesson's score less the naive one's, paired: standard errors, and share of the seeds.
LEAST_T = 4.0
LEAST_WINS = 0.7
MOST_IDLE = 35.0
#: A cheat's score less the lesson's, in standard errors, and its share of seeds with three stars.
CHEAT_T = -3.0
CHEAT_STARS = 0.05
#: Shares of seeds: three stars for the lesson's strategy; two, and three, for the person-like player.
LESSON_STARS = (0.3, 0.6)
PERSON_TWO = 0.5
PERSON_THREE = (0.05, 0.3)
#: What is done of what the level's checks ask: at least by the lesson's strategy, at most by the naive one.
LESSON_CHECKS, NAIVE_CHECKS = 0.9, 0.4
#: Seeds on which checks are looked at, at most.
_CHECKED = 20
#: Over fewer seeds a bound gives by so many standard errors, so that a level that only just teaches misses one in one
#: case of forty.
_SLACK = 2.0
#: Over fewer seeds a tenth percentile is only the worst of them.
_LEAST_FOR_P10 = 30
#: These may not win on any level, whatever it says.
NO_EXCUSE = ("idle", "wide", "wide-flat", "leaver")


class Contender(msgspec.Struct, frozen=True):
    """Who is compared with the lesson's strategy: mean score, paired t of its difference, share of seeds at ★★★."""

    score: float
    t: float
    three_stars: float


class Teaching(msgspec.Struct, frozen=True):
    """One level of the table.

    Attributes:
        score: mean score by role: naive, lesson, idle, reckless.
        deviation: standard deviation of the score over seeds, by role.
        difference: mean score of lesson minus naive; ``t`` its paired t, 0 where all seeds agree; ``win_rate`` the
            share of seeds where it is positive.
        pnl: mean PnL by role; ``pnl_p10`` its tenth percentile.
        stars: shares of seeds with 0, 1, 2, 3 stars, of the lesson's strategy and of the person-like player.
        baselines: the cheats by name.
        others: the other shipped strategies by name.
        checks: what is done of what the level's checks ask, by the lesson's and the naive strategy; None where they
            ask nothing.
        asked: how often they ask it.
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
    stars: dict[str, list[float]]
    baselines: dict[str, Contender]
    others: dict[str, Contender]
    checks: dict[str, float | None]
    asked: dict[str, int]
    profitable: bool
    lesson_pnl: dict[str, float]
    teaches: bool
    why: str | None


def calibrate(level: Level, seeds: Sequence[int], jobs: int = 1) -> Teaching:
    """Play a level with its strategies, the cheats, a person and all other strategies, over at least three seeds."""
    others = [name for name in shipped_names() if name not in (level.naive, level.lesson_strategy)]
    names = [level.naive, level.lesson_strategy, *CHEATS, "person", *others]
    taught = (level.naive, level.lesson_strategy)
    found = trials(level, names, seeds[:_CHECKED], taught, jobs)
    if len(seeds) > _CHECKED:
        for name, more in trials(level, names, seeds[_CHECKED:], (), jobs).items():
            found[name] += more
    return _teaching(level, found, others)


def _teaching(level: Level, found: Mapping[str, Sequence[Trial]], others: Sequence[str]) -> Teaching:
    roles = {"naive": level.naive, "lesson": level.lesson_strategy, "idle": "idle", "reckless": "reckless"}
    scores = {role: [trial.score for trial in found[name]] for role, name in roles.items()}
    pnls = {role: [trial.pnl.total for trial in found[name]] for role, name in roles.items()}
    lesson, naive = found[level.lesson_strategy], found[level.naive]
    gaps = [ours.score - theirs.score for ours, theirs in zip(lesson, naive, strict=True)]
    row = Teaching(
        level=level.id,
        naive=level.naive,
        lesson=level.lesson_strategy,
        seeds=len(lesson),
        score={role: fmean(values) for role, values in scores.items()},
        deviation={role: stdev(values) for role, values in scores.items()},
        difference=fmean(gaps),
        t=_t(gaps),
        win_rate=fmean(gap > 0 for gap in gaps),
        pnl={role: fmean(values) for role, values in pnls.items()},
        pnl_p10={role: float(np.quantile(values, 0.1)) for role, values in pnls.items()},
        stars={"lesson": _stars(lesson), "person": _stars(found["person"])},
        baselines={name: _rival(found[name], lesson) for name in CHEATS if name != level.naive},
        others={name: _rival(found[name], lesson) for name in others},
        checks={"lesson": _done(lesson), "naive": _done(naive)},
        asked={"lesson": _asked(lesson), "naive": _asked(naive)},
        profitable=level.profitable,
        lesson_pnl={part: fmean(_part(trial.pnl, part) for trial in lesson) for part in PnL.__struct_fields__[1:]},
        teaches=True,
        why=None,
    )
    errors = {"idle": _error(scores["idle"]), "pnl": _error(pnls["lesson"]), "gap": _error(gaps)}
    why = "; ".join(_faults(level, row, errors))
    return msgspec.structs.replace(row, teaches=not why, why=why or None)


def _faults(level: Level, row: Teaching, errors: Mapping[str, float]) -> Iterable[str]:
    """Yields the bounds that a level misses.

    Args:
        level: the level, which may excuse two rivals.
        row: the measures.
        errors: standard errors of the mean score of idle, of the lesson's lead over naive ("gap") in score, and of the
            lesson's mean PnL; used below FULL_SEEDS only.
    """
    n = row.seeds
    slack = 0.0 if n >= FULL_SEEDS else _SLACK
    # The t of the same effect over fewer seeds: it grows as their root.
    fewer = min(1.0, math.sqrt(n / FULL_SEEDS))
    if row.t < LEAST_T * fewer:
        yield f"lesson − naive has t {row.t:.1f}, not {LEAST_T * fewer:.3g}"
    least_wins = LEAST_WINS - slack * _share_error(LEAST_WINS, n)
    if row.win_rate < least_wins:
        yield f"the lesson wins on {row.win_rate:.0%} of seeds, not {least_wins:.0%}"
    if row.score["idle"] >= MOST_IDLE + slack * errors["idle"]:
        yield f"idle scores {row.score['idle']:.1f}, not under {MOST_IDLE:g}"
    if n >= _LEAST_FOR_P10 and row.pnl_p10["reckless"] >= row.pnl_p10["lesson"]:
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
    yield from _winners(level, row, CHEAT_T * fewer, CHEAT_STARS + slack * _share_error(CHEAT_STARS, n))
    yield from _outside("the lesson's strategy has three stars", row.stars["lesson"][3], *LESSON_STARS, n, slack)
    if "person" not in level.exceptions:
        two = row.stars["person"][2] + row.stars["person"][3]
        yield from _outside("a person has two stars", two, PERSON_TWO, 1.0, n, slack)
        yield from _outside("a person has three stars", row.stars["person"][3], *PERSON_THREE, n, slack)
    for role, low, high in (("lesson", LESSON_CHECKS, 1.0), ("naive", 0.0, NAIVE_CHECKS)):
        done = row.checks[role]
        if done is not None:
            yield from _outside(
                f"{row.lesson if role == 'lesson' else row.naive} does what the checks ask",
                done,
                low,
                high,
                # What is asked in one session is done or missed alike.
                row.asked[role] if n >= FULL_SEEDS else min(n, row.asked[role]),
                _SLACK,
            )


def _winners(level: Level, row: Teaching, most_t: float, most_stars: float) -> Iterable[str]:
    """Yields who does not lose to the lesson, and has no excuse."""
    excused = {name for name in level.exceptions if name not in NO_EXCUSE}
    for name, rival in (*row.baselines.items(), *row.others.items()):
        if name in excused or (name in level.teaches_too and name in row.others):
            continue
        if rival.t >= most_t:
            yield f"{name} scores {rival.score:.1f}, with a t of {rival.t:.1f} against the lesson, not {most_t:.2g}"
        if rival.three_stars > most_stars:
            yield f"{name} has three stars on {rival.three_stars:.0%} of seeds, not {most_stars:.0%}"


def _outside(what: str, share: float, low: float, high: float, n: int, slack: float) -> Iterable[str]:
    least, most = low - slack * _share_error(low, n), high + slack * _share_error(high, n)
    if not least <= share <= most:
        yield f"{what} on {share:.0%}, not {max(0.0, least):.0%} to {min(1.0, most):.0%}"


def _share_error(share: float, n: int) -> float:
    return math.sqrt(share * (1.0 - share) / n)


def _rival(theirs: Sequence[Trial], lesson: Sequence[Trial]) -> Contender:
    differences = [other.score - ours.score for other, ours in zip(theirs, lesson, strict=True)]
    return Contender(fmean(trial.score for trial in theirs), _t(differences), _stars(theirs)[3])


def _t(differences: Sequence[float]) -> float:
    error = _error(differences)
    return fmean(differences) / error if error else 0.0


def _stars(found: Sequence[Trial]) -> list[float]:
    return [fmean(trial.stars == stars for trial in found) for stars in range(4)]


def _asked(found: Sequence[Trial]) -> int:
    return sum(trial.done + trial.missed for trial in found)


def _done(found: Sequence[Trial]) -> float | None:
    asked = _asked(found)
    return sum(trial.done for trial in found) / asked if asked else None


def _part(pnl: PnL, part: str) -> float:
    amount: float = getattr(pnl, part)
    return amount


def _error(values: Sequence[float]) -> float:
    """Returns the standard error of the mean."""
    return stdev(values) / math.sqrt(len(values))

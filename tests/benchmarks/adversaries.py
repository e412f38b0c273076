"""Does anybody come level who does no lesson? A grid of small policies, none of which any level was tuned against.

A policy is a recipe (:class:`~mmtui.strategies.baselines.recipe.Recipe`) and a time of the level at which it is played;
the rest of the level it is the least at the widest that counts. Those are printed that do not lose to the lesson's
strategy with a t of -3, or have three stars on more than 5% of the seeds: they do what the level teaches, or the level
must be mended.

``python -m tests.benchmarks adversaries`` plays each eleventh over twenty seeds of every short level, a quarter of an
hour of one core, compiled; ``python -m tests.benchmarks.adversaries vcm --every 1`` all of them on one level.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from itertools import product
from statistics import fmean, stdev
from typing import NamedTuple

from mmtui.cli.arguments import seeds_from
from mmtui.lab.research.calibrate import CHEAT_STARS, CHEAT_T
from mmtui.level.level import Level, load_level
from mmtui.session.commands import HandOver
from mmtui.session.score import STARS
from mmtui.session.session import Session
from tests.benchmarks.learner import LEVELS

#: What a recipe is made of; a width of 0 is at others' best prices.
_WIDTHS = ("width=0", "width=0.5", "width=0.8", "width=1e6")
_SKEWS = ("skew=0", "skew=0.3", "skew=1")
_SIZES = ("share=0", "share=1")
_WAYS = ("", ",ahead=true", ",adding=1", ",follow=-0.7")
#: When it is played, in parts of the level.
_TIMES = ((0.0, 1.0), (0.0, 0.5), (0.0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1.0))
_REST = "recipe[width=1e6,skew=0.3,share=0]"


class Policy(NamedTuple):
    """A recipe, and from when to when it is played, in parts of the level."""

    recipe: str
    start: float
    stop: float

    def score(self, level: Level, seed: int) -> float:
        """What it scores on a seed."""
        session = Session(level, seed)
        for at, recipe in ((0.0, _REST), (self.start, self.recipe), (self.stop, _REST)):
            session.advance(round(at * session.end_ns))
            if session.over is None:
                session.submit(HandOver(recipe))
        session.advance(session.end_ns)
        return session.score().total


def policies() -> list[Policy]:
    """All of them."""
    return [
        Policy(f"recipe[{width},{skew},{size}{way}]", *time)
        for width, skew, size, way, time in product(_WIDTHS, _SKEWS, _SIZES, _WAYS, _TIMES)
    ]


def level_with(level: Level, lesson: Sequence[float], policy: Policy, seeds: Sequence[int]) -> str | None:
    """Says how a policy comes level with the lesson's strategy; None where it loses as it should."""
    found = [policy.score(level, seed) for seed in seeds]
    gaps = [theirs - ours for theirs, ours in zip(found, lesson, strict=True)]
    t = fmean(gaps) / (stdev(gaps) / math.sqrt(len(gaps)) or 1e-9)
    stars = fmean(score >= STARS[-1] for score in found)
    if t < CHEAT_T and stars <= CHEAT_STARS:
        return None
    return f"{policy.recipe} {policy.start:.2f} to {policy.stop:.2f}: {fmean(found):.1f}, t {t:.1f}, ★★★ {stars:.0%}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print, for each level, who comes level."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("levels", nargs="*", default=LEVELS)
    parser.add_argument("--seeds", default="8201:8220", help="the seeds, A:B")
    parser.add_argument("--every", type=int, default=11, help="play each so-many-th policy only")
    options = parser.parse_args(arguments)
    seeds = seeds_from(options.seeds)
    for level_id in options.levels:
        level = load_level(level_id)
        lesson = []
        for seed in seeds:
            session = Session(level, seed, level.lesson_strategy)
            session.advance(session.end_ns)
            lesson.append(session.score().total)
        tried = policies()[:: options.every]
        told = [line for policy in tried if (line := level_with(level, lesson, policy, seeds)) is not None]
        print(f"{level_id}: {fmean(lesson):.1f}; of {len(tried)} policies {len(told)} come level", flush=True)
        for line in told:
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()

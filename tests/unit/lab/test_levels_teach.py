"""On every level the right behaviour wins: a small sample of what ``mmtui calibrate`` measures over 200 seeds."""

from __future__ import annotations

import math
from statistics import fmean, stdev

import pytest

from mmtui.lab.research.calibrate import MOST_IDLE
from mmtui.lab.research.trials import trials
from mmtui.level.level import Level, level_ids, load_level

#: The longest level that is played here.
LONGEST_S = 600
SEEDS = range(9_001, 9_005)

LEVELS = [load_level(name) for name in level_ids()]
TAUGHT = [level for level in LEVELS if level.naive != level.lesson_strategy and level.duration_s <= LONGEST_S]


@pytest.mark.slow
@pytest.mark.parametrize("level", TAUGHT, ids=lambda level: level.id)
def test_the_lesson_wins(level: Level) -> None:
    """Over 200 seeds a level must show t > 4 and wins on 70% of the seeds; here are four of them.

    The seeds are fixed, so the bands only have to tell a level that teaches from one that does not: where the lesson
    won on half of the seeds, it would win on three of four or more in 5 of 16 samples.
    """
    names = [level.naive, level.lesson_strategy, "idle", "reckless"]
    found = trials(level, names, SEEDS)
    naive, lesson, idle, reckless = ([trial.score for trial in found[name]] for name in names)
    gaps = [ours - theirs for ours, theirs in zip(lesson, naive, strict=True)]
    assert fmean(gaps) > 0
    assert sum(gap > 0 for gap in gaps) >= 3
    # Two standard errors, as calibration gives over fewer seeds.
    assert fmean(idle) < MOST_IDLE + 2 * stdev(idle) / math.sqrt(len(idle))
    assert fmean(reckless) < fmean(lesson)

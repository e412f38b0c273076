"""Drills: the shipped ones have right answers, those of mistakes are found, and both are judged by futures."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from mmtui.errors import InputError
from mmtui.learning.alternatives import Alternative
from mmtui.learning.drills import Drill, find, judge, of_journal, passes, ready, shipped, verdict
from mmtui.level.level import load_level
from mmtui.session.commands import Take
from tests.unit.learning.classroom import by_hand, write
from tests.unit.session.support import BUY, S, short

#: Enough to tell the shipped answers from what was done, in the drills that are soon played.
FUTURES = 16
QUICK = ("too-wide", "chasing-the-touch", "the-spike", "picked-off", "near-the-band")


@cache
def drills() -> tuple[Drill, ...]:
    return tuple(ready(each) for each in shipped())


def test_fifteen_ship_one_or_two_a_level() -> None:
    assert len(drills()) == 15
    levels = Counter(drill.script.level.id for drill in drills())
    assert max(levels.values()) <= 2
    assert len({drill.name for drill in drills()}) == 15
    assert all(load_level(level).campaign for level in levels)
    for drill in drills():
        assert 0 < drill.at_ns < drill.script.level.end_ns
        Alternative.read(drill.answer).check(drill.script.level)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_the_answer_of_a_shipped_drill_passes(name: str) -> None:
    drill = find(name, None)
    assert judge(drill, drill.answer, futures=FUTURES).passed


@pytest.fixture
def mistaken(tmp_path: Path) -> Path:
    """A session in which the spread is paid again and again."""
    commands = [*by_hand(6.0), *((second * S, Take(BUY, 2)) for second in range(3, 20, 2))]
    return write(tmp_path / "mine.jsonl", short("skew", 40), 5, 1, commands)


@pytest.mark.slow
def test_a_mistake_becomes_a_drill_that_the_right_action_passes_and_the_wrong_one_fails(mistaken: Path) -> None:
    drill = next(drill for drill in of_journal(mistaken) if drill.name == "mine:crossing")
    assert drill.repeated == "mistake-crossing"
    assert drill.at_ns % (2 * S) == S
    assert "You paid the spread" in drill.why
    right, wrong = judge(drill, "nothing", futures=40), judge(drill, "strategy=reckless", futures=40)
    assert right.passed
    assert right.sentence.startswith("Right: nothing makes more than what was done there")
    assert not wrong.passed
    assert right.answer == right.chosen
    assert find("mine:crossing", mistaken.parent).at_ns == drill.at_ns


def test_a_verdict_says_by_how_much() -> None:
    drill = drills()[0]
    found = judge(drill, "nothing", futures=4).chosen
    assert not passes(found)
    assert verdict(found) == (
        "Not enough: nothing cannot be told from what was done there, +0 USD on average, better in 0 of 4 futures."
    )


@pytest.mark.parametrize("name", ["no-such", "mine:skew", "../mine:crossing", ":"])
def test_what_is_no_drill_is_said(name: str, mistaken: Path) -> None:
    with pytest.raises(InputError):
        find(name, mistaken.parent)

"""The fill that a level ends with: which one it is, and that its numbers are the debrief's."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from mmtui.debrief.build import debrief
from mmtui.debrief.finale import finale
from mmtui.debrief.model import Debrief
from mmtui.session.replay import Script
from mmtui.session.session import Session
from tests.unit.session.support import S, short


@cache
def played(strategy: str) -> Debrief:
    session = Session(short("skew", 60), 3, strategy)
    session.advance(session.end_ns)
    return debrief(Script.of(session))


def with_stars(found: Debrief, stars: int) -> Debrief:
    return msgspec.structs.replace(found, result=msgspec.structs.replace(found.result, stars=stars))


def test_it_is_the_worst_fill_and_the_best_where_every_star_was_earned() -> None:
    found = with_stars(played("skew"), 2)
    worst, best = finale(found), finale(with_stars(found, 3))
    assert worst is not None
    assert best is not None
    assert (worst.verdict, worst.best) == (found.worst[0], False)
    assert (best.verdict, best.best) == (found.best[0], True)
    assert best.fill == found.fills[found.best[0].fill]
    only_good = finale(msgspec.structs.replace(found, worst=()))
    assert only_good is not None
    assert only_good.verdict == found.best[0]


def test_without_a_fill_that_was_judged_there_is_none() -> None:
    assert finale(played("idle")) is None


def test_any_of_the_worst_and_best_can_be_asked_for() -> None:
    found = played("skew")
    number = found.best[1].fill
    told = finale(found, number)
    assert told is not None
    assert (told.verdict.fill, told.best) == (number, True)
    others = {verdict.fill for verdict in (*found.worst, *found.best)}
    assert finale(found, next(each for each in range(len(found.fills)) if each not in others)) is None


def test_what_it_has_made_ends_at_the_verdict_of_the_debrief() -> None:
    found = played("skew")
    for verdict in (*found.worst, *found.best):
        told = finale(found, verdict.fill)
        assert told is not None
        assert told.made_by(told.fill.at_ns) == 0.0
        assert told.made_by(told.to_ns) == pytest.approx(verdict.money)
        assert told.to_ns == told.fill.at_ns + 10 * S


def test_the_value_between_two_seconds_lies_between_their_samples() -> None:
    told = finale(played("skew"))
    assert told is not None
    seconds = told.debrief.seconds
    first, second = seconds.value[20], seconds.value[21]
    assert first is not None
    assert second is not None
    assert told.value_at(seconds.at_ns[20]) == first
    assert told.value_at(seconds.at_ns[20] + S // 4) == pytest.approx(first + (second - first) / 4)
    blind = msgspec.structs.replace(seconds, value=[None] * len(seconds.value))
    told = finale(msgspec.structs.replace(told.debrief, seconds=blind))
    assert told is not None
    assert told.value_at(20 * S) is None

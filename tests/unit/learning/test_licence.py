"""The licence: stamps with their days, skill by week, and those with a name whom one has met."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest

from mmtui.coach.coach import Occasion
from mmtui.debrief.build import debrief
from mmtui.debrief.model import Debrief
from mmtui.learning.licence import CountedSession, LicenceBook, skills_of, weeks
from mmtui.learning.luck import Luck
from mmtui.level.level import Level, load_level
from mmtui.market.book_market import BookMarketSpec
from mmtui.session.replay import Script
from mmtui.session.session import Session

DAY, LATER = date(2026, 11, 27), date(2026, 11, 30)


@cache
def level() -> Level:
    """The whale sells from the start on."""
    return msgspec.structs.replace(load_level("unwanted-inventory"), duration_s=60, events=())


@cache
def found() -> Debrief:
    session = Session(level(), 3, "fixed")
    session.advance(session.end_ns)
    return debrief(Script.of(session))


def done(made: int, missed: int) -> Debrief:
    occasions = [Occasion(0, "x", 0, 1, done) for done in (*[True] * made, *[False] * missed)]
    digest = f"{made}-{missed}"
    result = msgspec.structs.replace(found().result, digest=digest)
    return msgspec.structs.replace(found(), occasions=tuple(occasions), result=result)


def test_a_drill_stamps_its_skill_once(tmp_path: Path) -> None:
    book = LicenceBook(tmp_path)
    assert book.passed("width", DAY) == ""
    assert book.passed("width", LATER) == ""
    assert LicenceBook(tmp_path).held.drills == {"width": "2026-11-27"}


@pytest.mark.parametrize(("made", "missed", "stamped"), [(9, 1, True), (8, 2, False), (2, 0, False), (3, 0, True)])
def test_a_level_stamps_its_skills_when_nine_tenths_of_the_lesson_were_done(
    made: int, missed: int, stamped: bool
) -> None:
    book = LicenceBook(None)
    book.played(level(), done(made, missed), DAY)
    assert book.held.levels == ({"hedge": "2026-11-27"} if stamped else {})
    book.played(level(), done(10, 0), LATER)
    assert book.held.levels == {"hedge": "2026-11-27" if stamped else "2026-11-30"}


def test_a_level_trains_what_its_drills_do_and_auctions_where_it_has_some() -> None:
    assert skills_of(load_level("volatility-spike")) == {"width", "size"}
    assert "auctions" in skills_of(load_level("full-day"))
    assert skills_of(load_level("sandbox")) == set()


def test_those_with_a_name_are_revealed_and_kept(tmp_path: Path) -> None:
    (whale,) = found().met
    assert whale.called == "the Whale of Wan Chai"
    own = [fill for fill in found().fills if fill.called]
    assert (len(own), sum(fill.quantity for fill in own)) == (whale.fills, whale.lots)
    assert {fill.other for fill in own} == {"institution"}
    assert {fill.called for fill in found().fills if fill.other != "institution"} == {""}
    judged = [fill for fill in own if fill.markouts[6] is not None]
    tick_value = found().instrument.tick_value
    assert whale.money == pytest.approx(sum((fill.markouts[6] or 0) * fill.quantity * tick_value for fill in judged))
    named = [verdict for verdict in found().worst if found().fills[verdict.fill].called]
    assert all("The Whale of Wan Chai" in verdict.why for verdict in named)
    book = LicenceBook(tmp_path)
    book.played(level(), found(), DAY)
    book.played(level(), found(), LATER)
    kept = LicenceBook(tmp_path).held.met[whale.called]
    assert (kept.sessions, kept.day, kept.money, kept.tell) == (1, "2026-11-27", whale.money, whale.tell)


def test_the_same_ones_come_back_in_other_levels() -> None:
    names: dict[str, set[str]] = {}
    for name in ("unwanted-inventory", "full-day", "vcm", "showpiece"):
        market = load_level(name).market
        assert isinstance(market, BookMarketSpec)
        for each in market.institutions.values():
            if each.called:
                names.setdefault(each.called, set()).add(each.tell)
    assert set(names) == {"the Whale of Wan Chai", "the Hammer of Hollywood Road"}
    assert all(len(tells) == 1 for tells in names.values())


def test_skill_is_what_is_left_of_the_pnl_against_par_in_points() -> None:
    book = LicenceBook(None)
    result = msgspec.structs.replace(found().result, par=100.0)
    told = msgspec.structs.replace(found(), result=result)
    luck = Luck(money=70.0, percentile=0.8, skill=130.0, low=0.0, high=200.0)
    book.measured(level(), told, luck, DAY)
    book.measured(level(), told, luck, LATER)
    (kept,) = book.held.sessions
    assert kept.points == pytest.approx(30.0 / level().score.point)
    book.measured(level(), msgspec.structs.replace(told, result=msgspec.structs.replace(result, par=None)), luck, DAY)
    assert len(book.held.sessions) == 1


def test_weeks_have_their_mean_and_interval() -> None:
    days = (("2026-11-23", 1.0), ("2026-11-29", 3.0), ("2026-11-30", -2.0))
    first, second = weeks([CountedSession(day, day, "skew", points) for day, points in days])
    assert (first.monday, first.sessions, first.points) == (date(2026, 11, 23), 2, 2.0)
    # Student's t of one degree of freedom: 12.706 standard errors.
    assert first.within == pytest.approx(12.706, abs=0.001)
    assert (second.monday, second.sessions, second.points, second.within) == (date(2026, 11, 30), 1, -2.0, None)

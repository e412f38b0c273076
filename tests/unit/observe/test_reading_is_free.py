"""Reading a session changes nothing, simulates nothing, and shows the same whatever the frame rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest

from mmtui.coach.coach import Occasion
from mmtui.coach.watched import WatchedSession
from mmtui.level.level import load_level
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Hedge, Join, Ready
from mmtui.session.par import NoPar, Par
from mmtui.session.session import Session
from tests.unit.session.support import BUY, MS, SELL, S

SEED = 2
#: Levels and how many seconds of them are played: with a hedge, a band of prices that holds, and an auction in them.
LEVELS = {"first-quotes": 40, "hedge": 40, "vcm": 130, "full-day": 80}
levels = pytest.mark.parametrize("level_id", LEVELS)


def commands(level_id: str) -> list[tuple[int, AnyCommand]]:
    """By hand at first, then with a strategy that is ready, then by that strategy."""
    level = load_level(level_id)
    hedges: list[AnyCommand] = [Hedge(spec.name, SELL, 1) for spec in level.hedges[:1]]
    return [
        (0, Ready(level.lesson_strategy)),
        *((1 * S, command) for command in (Join(BUY, 3), Join(SELL, 3), *hedges, Join(BUY, 10**6, add=True))),
        (12 * S + 300 * MS, Cancel()),
        (14 * S, HandOver(level.lesson_strategy)),
        (30 * S, Join(BUY, 2)),
        (31 * S, HandOver("touch")),
    ]


def moments(level_id: str) -> list[int]:
    """Whole seconds and others, with each kind of quoting under way, and the end."""
    end_ns = LEVELS[level_id] * S
    return [8 * S, 13 * S, 25 * S + 400 * MS, end_ns - 7 * S, end_ns]


def play(watched: WatchedSession, level_id: str, to_ns: int, step_ns: int, look: Callable[[], None]) -> None:
    """Play on to a time in steps, looking at each stop; commands come at their times."""
    ahead = [entry for entry in commands(level_id) if entry[0] > watched.now_ns or watched.now_ns == 0]
    while watched.now_ns < to_ns:
        while ahead and ahead[0][0] == watched.now_ns:
            watched.submit(ahead.pop(0)[1])
            look()
        next_ns = (watched.now_ns // step_ns + 1) * step_ns
        watched.advance(min(next_ns, to_ns, *(at_ns for at_ns, _ in ahead[:1])))
        look()
    for at_ns, command in ahead:
        if at_ns == to_ns:
            watched.submit(command)
    if to_ns == moments(level_id)[-1]:
        watched.leave()


@dataclass
class Seen:
    """What there is to read of a session at one time."""

    view: FloorSnapshot
    occasions: list[Occasion]
    digest: str
    commands: list[tuple[int, AnyCommand]]


def seen(watched: WatchedSession) -> Seen:
    session = watched.session
    return Seen(watched.view(), [*watched.occasions], session.digest, [*session.commands])


@cache
def unread(level_id: str) -> list[Seen]:
    """What is seen at each moment in a session that nobody looked at before."""
    level = load_level(level_id)
    found = []
    for moment_ns in moments(level_id):
        watched = WatchedSession(Session(level, SEED))
        play(watched, level_id, moment_ns, 10**18, lambda: None)
        found.append(seen(watched))
    return found


def read_all(watched: WatchedSession) -> list[Any]:
    """Everything that can be read."""
    session = watched.session
    return [
        watched.view(),
        watched.result(),
        [*watched.occasions],
        session.score(),
        session.measures(),
        session.opposition(),
        session.market_facts(),
        session.digest,
        session.maker.ghosts(),
    ]


@pytest.mark.slow
@levels
def test_the_sessions_looked_at_have_something_to_show(level_id: str) -> None:
    """Or the other tests would show little."""
    ready, nobody, strategy, later, end = (found.view for found in unread(level_id))
    lesson = load_level(level_id).lesson_strategy
    assert (ready.ready, ready.active, nobody.active, strategy.active) == (lesson, None, None, lesson)
    if level_id == "full-day":
        assert strategy.indication is not None
    else:
        assert ready.ghosts
    assert (later.band is not None) is (level_id == "vcm")
    assert any(hedge.position for hedge in end.hedges) is (level_id == "hedge")
    assert (later.active, end.ended) == ("touch", "left")
    assert end.desk.fills
    assert end.volume
    assert later.stacked
    assert ready.notices
    if level_id != "full-day":  # Its first minute is an auction's, and the next may be quiet.
        assert later.coach is not None or unread(level_id)[-1].occasions
    assert later.signals.volatility is not None


@pytest.mark.slow
@levels
@pytest.mark.parametrize(("step_ns", "looks"), [(S // 15, 1), (S, 3), (700 * MS, 1), (10 * S, 1), (10 * S, 0)])
def test_a_view_is_the_same_whatever_the_frame_rate(level_id: str, step_ns: int, looks: int) -> None:
    level = load_level(level_id)
    watched = WatchedSession(Session(level, SEED))

    def look() -> None:
        for _ in range(looks):
            watched.view()

    for moment_ns, expected in zip(moments(level_id), unread(level_id), strict=True):
        play(watched, level_id, moment_ns, step_ns, look)
        assert seen(watched) == expected


@pytest.mark.slow
@levels
@pytest.mark.parametrize("looks", [1, 50])
def test_reading_changes_neither_what_is_read_nor_what_comes(level_id: str, looks: int) -> None:
    level = load_level(level_id)
    watched = WatchedSession(Session(level, SEED))
    for moment_ns, expected in zip(moments(level_id), unread(level_id), strict=True):
        play(watched, level_id, moment_ns, 5 * S, lambda: None)
        first = read_all(watched)
        for _ in range(looks - 1):
            assert read_all(watched) == first
        assert seen(watched) == expected


@pytest.mark.slow
@levels
def test_two_who_watch_see_the_same(level_id: str) -> None:
    level = load_level(level_id)
    session = Session(level, SEED)
    watched, other = WatchedSession(session), WatchedSession(session)

    def look() -> None:
        read_all(other)

    for moment_ns, expected in zip(moments(level_id), unread(level_id), strict=True):
        play(watched, level_id, moment_ns, S, look)
        assert seen(watched) == seen(other) == expected


@pytest.mark.slow
@levels
def test_reading_simulates_nothing(level_id: str) -> None:
    level = load_level(level_id)
    pars: list[Session] = []

    def start() -> Session:
        pars.append(Session(level, SEED, par=NoPar()))
        pars[-1].submit(HandOver(level.par))
        return pars[-1]

    par = Par(start, level.end_ns, (partial(pytest.fail, "nothing is sent elsewhere"), ()))
    watched = WatchedSession(Session(level, SEED, par=par))

    def simulated() -> list[tuple[int, int]]:
        return [(one.market.clock.events, one.now_ns) for one in (watched.session, *pars)]

    for moment_ns in (0, *moments(level_id)):
        play(watched, level_id, moment_ns, 5 * S, lambda: None)
        before = simulated()
        for _ in range(3):
            read_all(watched)
        assert simulated() == before
    # It was left then, and par goes on to the level's end.
    assert (watched.now_ns, watched.over) == (moments(level_id)[-1], "left")
    assert [one.now_ns for one in pars] == [level.end_ns]

"""Sessions played again: there, back, and by steps."""

from __future__ import annotations

from functools import cache

import pytest

from mmtui.session.commands import HandOver, Join, TakeBack
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from tests.unit.session.support import BUY, SELL, S, short


@cache
def script() -> Script:
    session = Session(short("skew"), 5)
    for at_ns, command in ((S, Join(BUY, 2)), (S, Join(SELL, 2)), (3 * S + 7, HandOver("skew")), (9 * S, TakeBack())):
        session.advance(at_ns)
        session.submit(command)
    session.advance(16 * S)
    session.leave()
    return Script.of(session)


def at(to_ns: int) -> Session:
    """The session advanced without stops."""
    replay = Replay(script())
    replay.advance(to_ns)
    return replay.session


def test_the_end_is_that_of_the_session() -> None:
    found = at(99 * S)
    assert (found.over, found.now_ns) == ("left", 16 * S)
    assert Script.of(found) == script()


@pytest.mark.parametrize("steps", [(12, 4, 8), (16, 0, 16), (1, 3, 2, 1), (5, 5, 15, 14)])
def test_wherever_it_comes_from_a_moment_is_the_same(steps: tuple[int, ...]) -> None:
    replay = Replay(script())
    for second in steps:
        replay.seek(second * S)
        assert replay.now_ns == second * S
        assert replay.session.digest == at(second * S).digest
        assert replay.session.commands == [entry for entry in script().commands if entry[0] <= second * S]


def test_steps_stop_at_every_event_and_command() -> None:
    replay = Replay(script())
    times = []
    while replay.session.over is None:
        replay.step()
        times.append(replay.now_ns)
    events: list[int] = []
    watched = Replay(script())
    watched.session.market.clock.watch = events.append
    watched.advance(99 * S)
    assert {*events, *(at_ns for at_ns, _ in script().commands), 16 * S} == {*times}
    assert replay.session.digest == watched.session.digest


def test_a_step_back_undoes_a_step() -> None:
    replay = Replay(script())
    replay.seek(4 * S)
    replay.step()
    first, digest = replay.now_ns, replay.session.digest
    replay.step()
    assert replay.now_ns > first
    replay.step_back()
    assert (replay.now_ns, replay.session.digest) == (first, digest)


def test_back_from_the_start_stays_there() -> None:
    replay = Replay(script())
    replay.step_back()
    assert replay.now_ns == 0


def test_what_broke_off_is_not_ended() -> None:
    session = Session(short("skew"), 5)
    session.advance(S)
    replay = Replay(Script.of(session))
    replay.advance(99 * S)
    assert (replay.now_ns, replay.session.over) == (S, None)

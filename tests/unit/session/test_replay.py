"""Sessions played again: there, back, and by steps."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mmtui.coach.watched import WatchedReplay, WatchedSession
from mmtui.level.level import load_level
from mmtui.session.commands import HandOver, Join, Ready, TakeBack
from mmtui.session.kept import Kept
from mmtui.session.par import NoPar
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from tests.unit.session.support import BUY, MS, SELL, S, short, strategy_file


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


class Events(Watcher):
    """Writes down when something happened."""

    def __init__(self, session: Session) -> None:
        self.times: list[int] = []
        super().__init__(session)

    def on_event(self, now_ns: int) -> None:
        self.times.append(now_ns)


def test_steps_stop_at_every_event_and_command() -> None:
    replay = Replay(script())
    times = []
    while replay.session.over is None:
        replay.step()
        times.append(replay.now_ns)
    watched = Replay(script(), Events)
    watched.advance(99 * S)
    assert {*watched.watched.times, *(at_ns for at_ns, _ in script().commands), 16 * S} == {*times}
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


# Copies on the way

#: Copies are ten seconds apart in it.
APART_NS = 10 * S


@cache
def long_script(until_s: int = 100) -> Script:
    """Played by hand and by strategies, with those who watch something to show."""
    session = Session(load_level("volatility-spike"), 5)
    for second in range(0, until_s, 4):
        session.advance(second * S + 7)
        for command in ((Join(BUY, 2), Join(SELL, 2)), (HandOver("skew"),), (TakeBack(), Ready("touch")))[second % 3]:
            session.submit(command)
    session.advance(until_s * S)
    session.leave()
    return Script.of(session)


def seen(seat: WatchedReplay) -> list[Any]:
    return [seat.view(), [*seat.watched.occasions], seat.session.digest, seat.session.market.clock.events]


@cache
def straight_to(to_ns: int) -> list[Any]:
    """What is seen at a time by who went there without a stop."""
    replay = WatchedReplay(long_script())
    replay.advance(to_ns)
    return seen(replay)


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much of the market's time each call of advance has simulated, in nanoseconds."""
    found: list[int] = []
    advance = Session.advance

    def counted(session: Session, to_ns: int) -> None:
        before_ns = session.now_ns
        advance(session, to_ns)
        found.append(session.now_ns - before_ns)

    monkeypatch.setattr(Session, "advance", counted)
    return found


MOMENTS_NS = [95 * S, 12 * S, 88 * S + 3 * MS, 0, 60 * S, 59 * S + 999 * MS, 100 * S, 30 * S + 7, 1, 99 * S]


@pytest.mark.slow
def test_a_seek_simulates_no_more_than_lies_between_two_copies(simulated: list[int]) -> None:
    replay = WatchedReplay(long_script())
    replay.advance(replay.end_ns)
    for moment_ns in MOMENTS_NS:
        simulated.clear()
        replay.seek(moment_ns)
        assert replay.now_ns == moment_ns
        assert sum(simulated) <= APART_NS
        assert seen(replay) == straight_to(moment_ns)


@pytest.mark.slow
def test_the_way_back_to_a_moment_shows_what_the_way_there_showed() -> None:
    """Sought without having been at the end before."""
    replay = WatchedReplay(long_script())
    for moment_ns in MOMENTS_NS:
        replay.seek(moment_ns)
        assert replay.watched.session is replay.session
        assert seen(replay) == straight_to(moment_ns)


def test_a_step_back_simulates_no_more_than_lies_between_two_copies_and_a_second(simulated: list[int]) -> None:
    replay = WatchedReplay(long_script())
    replay.advance(75 * S)
    simulated.clear()
    replay.step_back()
    assert sum(simulated) <= APART_NS + S
    assert 74 * S <= replay.now_ns < 75 * S
    assert seen(replay) == straight_to(replay.now_ns)


def test_going_on_from_a_copy_makes_no_copies_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class Counted(Kept[Any]):
        def __init__(self, held: Any) -> None:
            made.append(held[0].now_ns)
            super().__init__(held)

    monkeypatch.setattr("mmtui.session.replay.Kept", Counted)
    replay = WatchedReplay(long_script())
    for moment_ns in (35 * S, 5 * S, 95 * S, 5 * S, 95 * S, 100 * S, 5 * S):
        replay.seek(moment_ns)
    replay.advance(100 * S)
    assert made == [APART_NS * number for number in range(10)]


def test_of_a_long_session_there_are_not_so_many_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class Uncopied(Kept[Any]):
        def __init__(self, held: Any) -> None:
            made.append(held[0].now_ns)

    monkeypatch.setattr("mmtui.session.replay.Kept", Uncopied)
    level = msgspec.structs.replace(load_level("first-quotes"), duration_s=3_000)
    replay = Replay(Script(level, 1, (), level.end_ns))
    replay.session.par = NoPar()
    replay.advance(level.end_ns)
    assert 100 < len(made) <= 129
    assert {later - earlier for earlier, later in pairwise(made)} == {level.end_ns // 128}


# On from there by oneself


@pytest.mark.slow
@pytest.mark.parametrize("at_ns", [0, 30 * S + 7, 55 * S, 99 * S])
def test_a_branch_is_a_session_of_its_own(at_ns: int, simulated: list[int]) -> None:
    script = long_script()
    witness = WatchedSession(script.open())
    for given_ns, command in script.commands:
        if given_ns <= at_ns:
            witness.advance(given_ns)
            witness.submit(command)
    witness.advance(at_ns)
    replay = WatchedReplay(script)
    replay.advance(replay.end_ns)
    replay.seek(at_ns)
    before = seen(replay)
    simulated.clear()
    session, branch = replay.branch()
    assert sum(simulated) <= APART_NS
    assert (session, session.now_ns, session.over) == (branch.session, at_ns, None)
    for one in (branch, witness):
        one.submit(HandOver("reckless"))
        one.advance(100 * S)
    assert branch.view() == witness.view()
    assert (session.digest, branch.occasions) == (witness.session.digest, witness.occasions)
    assert seen(replay) == before
    replay.seek(100 * S)
    assert seen(replay) == straight_to(100 * S)


def test_before_the_end_that_a_failure_made_one_can_go_on(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(view.best_bid, view.best_ask, 1, 1 // (30 - self.asked))")
    run = Session(short("skew"), 1, spec, ends_on_failure=True)
    run.advance(20 * S)
    assert run.over == "error"
    replay = Replay(Script.of(run))
    replay.advance(20 * S)
    assert (replay.over, replay.session.digest) == ("error", run.digest)
    replay.seek(run.now_ns - 1)
    assert replay.over is None
    session, _ = replay.branch()
    # The strategy fails again, and whoever plays goes on.
    session.advance(20 * S)
    assert session.over == "time"
    assert session.maker.error == run.maker.error
    assert replay.over is None


def test_nobody_gives_commands_in_a_replay() -> None:
    replay = WatchedReplay(long_script())
    replay.advance(50 * S)
    before = seen(replay)
    replay.submit(HandOver("reckless"))
    replay.leave()
    assert seen(replay) == before
    assert replay.result().ended == "running"
    assert replay.seed == 5
    replay.advance(100 * S)
    assert seen(replay) == straight_to(100 * S)
    assert replay.result() == long_script().played().result()

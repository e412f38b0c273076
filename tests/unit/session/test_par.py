"""Par: in step with those who need it, no further than asked for, and the same for everybody."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from threading import Barrier, Event, Thread

import msgspec
import pytest

from mmtui.coach.watched import WatchedSession
from mmtui.level.level import Level
from mmtui.session.commands import HandOver, Params, Take
from mmtui.session.par import NoPar, Par, ParInSteps, ParSource
from mmtui.session.score import PAR_POINTS
from mmtui.session.session import Session, par_of
from tests.unit.session.support import BUY, MS, S, short, still, strategy_file

NOWHERE = (partial(pytest.fail, "nothing is sent elsewhere"), ())


class Played:
    """A session of the par strategy that makes ten and trades three lots a second, and ends at a loss of time."""

    def __init__(self, over_ns: int = 100 * S) -> None:
        self.asked: list[int] = []
        self.over: str | None = None
        self.pnl_by_second: Sequence[float] = [0.0]
        self.volume_by_second: Sequence[int] = [0]
        self._over_ns = over_ns

    def advance(self, to_ns: int) -> None:
        self.asked.append(to_ns)
        seconds = range(min(to_ns, self._over_ns) // S + 1)
        self.pnl_by_second = [10.0 * second for second in seconds]
        self.volume_by_second = [3 * second for second in seconds]
        self.over = "loss" if to_ns >= self._over_ns else None


def at(par: ParSource, *seconds: int) -> list[float | None]:
    return [par.at(second) for second in seconds]


def traded(par: ParSource, *seconds: int) -> list[int | None]:
    return [par.volume_at(second) for second in seconds]


# Par by itself


def test_par_is_known_as_far_as_it_was_asked_for() -> None:
    played = Played()
    par = Par(lambda: played, 60 * S, NOWHERE)
    assert (par.known_ns, at(par, 0, 1), traded(par, 0, 1)) == (0, [0.0, None], [0, None])
    par.advance(7 * S)
    assert (par.known_ns, at(par, 0, 7, 8)) == (7 * S, [0.0, 70.0, None])
    assert traded(par, 0, 7, 8) == [0, 21, None]
    par.advance(8 * S + 400 * MS)
    assert at(par, 7, 8, 9) == [70.0, 80.0, None]
    assert played.asked == [7 * S, 8 * S + 400 * MS]


def test_what_is_known_is_not_simulated_again() -> None:
    starts: list[Played] = []

    def start() -> Played:
        starts.append(Played())
        return starts[-1]

    par = Par(start, 60 * S, NOWHERE)
    par.advance(0)
    assert starts == []
    for second in (9, 3, 9, 0, 12, 11):
        par.advance(second * S)
    assert [played.asked for played in starts] == [[9 * S, 12 * S]]
    assert at(par, 9, 12) == [90.0, 120.0]


def test_a_par_strategy_that_loses_its_level_stays_where_it_was() -> None:
    played = Played(over_ns=20 * S)
    par = Par(lambda: played, 60 * S, NOWHERE)
    par.advance(20 * S)
    assert (par.known_ns, at(par, 19, 20, 21, 60)) == (60 * S, [190.0, 200.0, 200.0, 200.0])
    assert traded(par, 19, 20, 21, 60) == [57, 60, 60, 60]
    par.advance(60 * S)
    assert played.asked == [20 * S]


def test_nothing_is_simulated_beyond_the_end() -> None:
    played = Played()
    par = Par(lambda: played, 60 * S, NOWHERE)
    par.advance(10**18)
    par.advance(10**18)
    assert (played.asked, par.known_ns) == ([60 * S], 60 * S)


def test_a_session_that_fails_is_not_gone_on_with() -> None:
    class Failing(Played):
        def advance(self, to_ns: int) -> None:
            super().advance(to_ns)
            raise ZeroDivisionError

    starts: list[Failing] = []

    def start() -> Failing:
        starts.append(Failing())
        return starts[-1]

    par = Par(start, 60 * S, NOWHERE)
    for second in (5, 5, 9):
        with pytest.raises(ZeroDivisionError):
            par.advance(second * S)
        assert at(par, 0, 5) == [0.0, None]
    assert [played.asked for played in starts] == [[5 * S], [5 * S], [9 * S]]


def test_copies_of_a_session_share_its_par() -> None:
    played = Played()
    par = Par(lambda: played, 60 * S, NOWHERE)
    par.advance(7 * S)
    assert deepcopy([par]) == [par]


def test_in_steps_no_call_simulates_more_than_a_step() -> None:
    played = Played()
    par = Par(lambda: played, 60 * S, NOWHERE)
    steps = ParInSteps(par, 20 * S)
    steps.advance(3 * S)
    steps.advance(50 * S)
    assert (played.asked, at(steps, 23, 24)) == ([3 * S, 23 * S], [230.0, None])
    assert traded(steps, 23, 24) == [69, None]
    steps.advance(50 * S)
    steps.advance(50 * S)
    steps.advance(50 * S)
    assert (played.asked, at(steps, 50, 51)) == ([3 * S, 23 * S, 43 * S, 50 * S], [500.0, None])


# For sessions


def opened(level: Level, starts: list[Session], seed: int = 3) -> Par:
    """Par of a level that nobody has asked for yet; the sessions that it opens are listed."""

    def start() -> Session:
        starts.append(Session(level, seed, par=NoPar()))
        starts[-1].submit(HandOver(level.par))
        return starts[-1]

    return Par(start, level.end_ns, NOWHERE)


@pytest.fixture
def nobody_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has asked for any par in this process yet."""
    monkeypatch.setattr("mmtui.session.session._PARS", {})


def test_par_goes_in_step_with_the_session() -> None:
    level = short("skew")
    starts: list[Session] = []
    session = Session(level, 3, par=opened(level, starts))
    assert starts == []
    for now_ns in (1, 3 * S + 7, 3 * S + 8, 10 * S, 20 * S):
        session.advance(now_ns)
        assert [par.now_ns for par in starts] == [now_ns]
        assert session.measures().par == starts[0].pnl_by_second[-1]
    session.result()
    assert len(starts) == 1


def test_a_second_session_simulates_no_par_again() -> None:
    level = short("skew")
    starts: list[Session] = []
    par = opened(level, starts)
    first = Session(level, 3, "fixed", par=par)
    first.advance(12 * S)
    events = starts[0].market.clock.events
    second = Session(level, 3, "touch", par=par)
    for now_ns in range(0, 12 * S + 1, S):
        second.advance(now_ns)
        assert second.measures().par == starts[0].pnl_by_second[now_ns // S]
    assert starts[0].market.clock.events == events
    assert len(starts) == 1


def test_a_score_is_pending_until_par_is_known() -> None:
    level = short("skew")
    starts: list[Session] = []
    whole = Session(level, 3, "skew", {"size": 2}, par=opened(level, []))
    watched = WatchedSession(Session(level, 3, "skew", {"size": 2}, par=ParInSteps(opened(level, starts), 4 * S)))
    watched.advance(15 * S)
    for known_s in (4, 8, 12):
        whole.advance(watched.now_ns)
        assert starts[0].now_ns == known_s * S
        shown = watched.view().score
        assert (shown.pending, shown.stars, shown.parts["pnl"]) == (True, 0, 0.0)
        assert {**shown.parts, "pnl": 0.0} == {**whole.score().parts, "pnl": 0.0}
        assert shown == watched.session.score()
        with pytest.raises(RuntimeError, match="par is not known as far as a result needs it"):
            watched.result()
        watched.advance(watched.now_ns + 1)
    assert starts[0].now_ns == 15 * S + 3
    whole.advance(watched.now_ns)
    assert watched.view().score == whole.score()
    assert not whole.score().pending
    assert watched.result() == whole.result()


def test_a_level_that_does_not_weigh_pnl_needs_no_par() -> None:
    weights = msgspec.structs.replace(short("skew").score, weights={"presence": 1.0})
    session = Session(msgspec.structs.replace(short("skew"), score=weights), 3, "fixed", par=NoPar())
    session.advance(5 * S)
    assert session.measures().par is None
    assert not session.score().pending
    assert session.score().stars > 0


def test_the_par_handed_in_is_compared_with() -> None:
    class Fixed:
        def __init__(self) -> None:
            self.asked: list[int] = []

        def advance(self, to_ns: int) -> None:
            self.asked.append(to_ns)

        def at(self, second: int) -> float | None:
            return 100.0 + second

        def volume_at(self, second: int) -> int | None:
            return 10 * second

    par = Fixed()
    session = Session(short("skew"), 3, par=par)
    session.advance(4 * S)
    session.advance(9 * S + 400 * MS)
    assert par.asked == [4 * S, 9 * S + 400 * MS]
    assert (session.measures().par, session.measures().par_volumes) == (109.0, (60, 30, 0))
    point = session.level.score.point
    assert session.score().parts["pnl"] == max(0.0, PAR_POINTS - 109.0 / point)
    assert session.result().par == 109.0


def test_of_a_session_that_is_left_par_goes_on_to_the_level_s_end() -> None:
    level = short("skew")
    starts: list[Session] = []
    session = Session(level, 3, par=opened(level, starts))
    session.advance(7 * S)
    assert session.measures().par == starts[0].pnl_by_second[7]
    session.leave()
    (par,) = starts
    result = session.result()
    assert par.now_ns == level.end_ns
    assert (result.par, result.par_volume) == (par.pnl_by_second[20], par.volume_by_second[20])


@pytest.mark.usefixtures("nobody_s")
def test_a_session_that_ends_by_a_loss_has_the_par_of_the_level_s_end() -> None:
    level = msgspec.structs.replace(short("skew", max_loss=1.0), par="fixed")
    starts: list[Session] = []
    session = Session(level, 3, par=opened(level, starts))
    for _ in range(4):
        session.submit(Take(BUY, 10, 100))
    session.advance(9 * S)
    assert session.over == "loss"
    assert session.now_ns < 9 * S
    (par,) = starts
    # Par has the same limit.
    assert par.over is not None
    assert session.result().par == par.pnl_by_second[-1]


@pytest.mark.usefixtures("nobody_s")
@pytest.mark.parametrize("asked", [1, 5])
def test_a_session_that_ends_by_a_failure_has_the_par_of_the_level_s_end(tmp_path: Path, asked: int) -> None:
    """At once, too: then nobody ever runs the session on."""
    spec = strategy_file(tmp_path, f"return Quotes(9_999, 10_001, 1, 1 // ({asked} - self.asked))")
    level = short("skew")
    session = Session(level, 3, spec, ends_on_failure=True)
    assert (session.over == "error") is (asked == 1)
    session.advance(20 * S)
    assert session.over == "error"
    found = session.result().par
    whole = Session(level, 3, level.par)
    whole.advance(20 * S)
    assert found == whole.pnl_by_second[20]


@pytest.mark.usefixtures("nobody_s")
def test_a_failure_at_a_command_of_the_player_s_has_the_par_of_the_level_s_end(tmp_path: Path) -> None:
    level = short("skew")
    session = Session(level, 3, ends_on_failure=True)
    session.advance(5 * S)
    session.submit(HandOver(strategy_file(tmp_path, "return 1 / 0")))
    assert session.over == "error"
    found = session.result().par
    whole = Session(level, 3, level.par)
    whole.advance(20 * S)
    assert found == whole.pnl_by_second[20]


# A session that is par itself


@pytest.mark.usefixtures("nobody_s")
def test_a_run_of_the_par_strategy_is_par_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    level = short("skew")
    monkeypatch.setattr("mmtui.session.session._par_session", lambda *_: pytest.fail("it is simulated twice"))
    session = Session(level, 3, level.par, ends_on_failure=True)
    while session.over is None:
        session.advance(session.now_ns + 700 * MS)
        assert session.measures().par == session.pnl_by_second[-1]
    result = session.result()
    assert (result.par, result.par_volume) == (result.pnl.total, result.volume)
    # From then on it is everybody's.
    par = par_of(level, 3)
    assert par.known_ns == level.end_ns
    assert at(par, *range(21)) == session.pnl_by_second.tolist()
    assert traded(par, *range(21)) == [*session.volume_by_second]
    other = Session(level, 3, "touch")
    other.advance(20 * S)
    assert other.measures().par == session.pnl_by_second[20]


@pytest.mark.usefixtures("nobody_s")
@pytest.mark.parametrize(
    ("strategy", "params", "alone"), [("skew", {"size": 1}, True), ("idle", {}, True), ("skew", {}, False)]
)
def test_any_other_run_is_not(strategy: str, params: Params, alone: bool) -> None:
    level = short("skew")
    assert level.par == "skew"
    par = Session(level, 3, level.par, par=NoPar())
    par.advance(20 * S)
    session = Session(level, 3, strategy, params, ends_on_failure=alone)
    session.advance(20 * S)
    assert at(par_of(level, 3), *range(21)) == par.pnl_by_second.tolist()
    assert session.measures().par == par.pnl_by_second[20]


@pytest.mark.usefixtures("nobody_s")
def test_a_run_of_the_par_strategy_that_somebody_meddles_with_is_par_no_more() -> None:
    level = short("skew")
    par = Session(level, 3, level.par, par=NoPar())
    session = Session(level, 3, level.par, ends_on_failure=True)
    for one in (session, par):
        one.advance(5 * S)
    session.submit(Take(BUY, 10, 100))
    for one in (session, par):
        one.advance(20 * S)
    assert session.pnl_by_second[20] != par.pnl_by_second[20] == session.measures().par
    assert at(par_of(level, 3), *range(21)) == par.pnl_by_second.tolist()


# Whose par it is


def test_what_is_handed_in_while_it_is_being_simulated_is_not_lost() -> None:
    entered, released = Event(), Event()

    class Slow(Played):
        def advance(self, to_ns: int) -> None:
            entered.set()
            assert released.wait(60)
            super().advance(to_ns)

    par = Par(Slow, 60 * S, NOWHERE)
    simulating = Thread(target=par.advance, args=(5 * S,))
    handing_in = Thread(target=par.learn, args=([10.0 * second for second in range(61)], range(0, 183, 3)))
    simulating.start()
    assert entered.wait(60)
    handing_in.start()
    handing_in.join(0.05)
    released.set()
    for thread in (simulating, handing_in):
        thread.join()
    assert (par.known_ns, at(par, 5, 60), traded(par, 5, 60)) == (60 * S, [50.0, 600.0], [15, 180])


@pytest.mark.slow
@pytest.mark.usefixtures("nobody_s")
def test_a_level_and_seed_have_one_par_and_the_oldest_are_let_go_of() -> None:
    first = par_of(still(), 0)
    assert par_of(still(), 0) is first
    assert par_of(still(max_loss=30.0), 0) is not first
    for seed in range(1, 300):
        par_of(still(), seed)
    assert par_of(still(), 299) is par_of(still(), 299)
    assert par_of(still(), 0) is not first


class Asking(Thread):
    """Asks for par in steps, and hands in what it has, if anything, at the end."""

    def __init__(self, par: Par, barrier: Barrier, step_ns: int, whole: Session | None = None) -> None:
        super().__init__()
        self.found: list[dict[int, float | None]] = []
        self._par, self._barrier, self._step_ns, self._whole = par, barrier, step_ns, whole

    def run(self) -> None:
        self._barrier.wait()
        for to_ns in range(self._step_ns, 20 * S + 1, self._step_ns):
            self._par.advance(to_ns)
            # All that was known before must be known still.
            self.found.append({second: self._par.at(second) for second in range(to_ns // S + 1)})
        if self._whole is not None:
            self._par.learn(self._whole.pnl_by_second, self._whole.volume_by_second)


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns much more often than usual."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("quick_switches")
def test_threads_that_need_the_same_par_get_the_same() -> None:
    """Some play, one runs ahead, and one is the par strategy's own run, which hands in all of it."""
    level = short("skew")
    whole = Session(level, 3, level.par, par=NoPar())
    whole.advance(20 * S)
    for _ in range(3):
        starts: list[Session] = []
        par, barrier = opened(level, starts), Barrier(4)
        threads = [Asking(par, barrier, step_ns) for step_ns in (500 * MS, 250 * MS, 4 * S)]
        threads.append(Asking(par, barrier, 10 * S, whole))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
            assert len(thread.found) == 20 * S // thread._step_ns
            for found in thread.found:
                assert found == {second: whole.pnl_by_second[second] for second in found}
        assert len(starts) == 1
        assert par.known_ns == 20 * S


def test_a_session_of_the_par_strategy_that_was_left_is_no_par(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmtui.session.session._PARS", {})
    level = short("skew")
    left = Session(level, 41, level.par, ends_on_failure=True)
    left.advance(5 * S)
    left.leave()
    other = Session(level, 41, "fixed")
    other.advance(other.end_ns)
    whole = Session(level, 41, level.par, par=NoPar())
    whole.advance(whole.end_ns)
    assert other.result().par == whole.pnl_by_second[-1] != left.pnl_by_second[-1]

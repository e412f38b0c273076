"""Par: played no further than was asked, once for all who ask, and only read by the score."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from copy import deepcopy

import pytest

from mmtui.session.par import NoPar, Par, ParInSteps
from mmtui.units import NS_PER_S as S


class Earner:
    """In place of a session of the par strategy: it makes 10 a second, and ends when it is told to."""

    def __init__(self, until_s: int = 100, fails_at_s: int = 1_000) -> None:
        self.until_s, self.fails_at_s = until_s, fails_at_s
        self.asked_s: list[float] = []
        self.over: str | None = None
        self.made = [0.0]

    @property
    def pnl_by_second(self) -> Sequence[float]:
        return self.made

    def advance(self, to_ns: int) -> None:
        self.asked_s.append(to_ns / S)
        if to_ns >= self.fails_at_s * S:
            raise ArithmeticError
        last = min(to_ns // S, self.until_s)
        self.made += [10.0 * second for second in range(len(self.made), last + 1)]
        if to_ns >= self.until_s * S:
            self.over = "time"


class Opened:
    """A par of 100 seconds, and the sessions that it opened."""

    def __init__(self, **session: int) -> None:
        self.sessions: list[Earner] = []
        self.settings = session
        self.par = Par(self.open, 100 * S, (reopened, (7,)))

    def open(self) -> Earner:
        self.sessions.append(Earner(**self.settings))
        return self.sessions[-1]


def reopened(seed: int) -> Par:
    return Par(Earner, seed * S, (reopened, (seed,)))


def test_it_has_made_nothing_at_the_start_and_opens_no_session_for_that() -> None:
    opened = Opened()
    opened.par.advance(0)
    assert (opened.par.at(0), opened.par.at(1), opened.sessions) == (0.0, None, [])


def test_it_is_played_as_far_as_was_asked_and_never_twice() -> None:
    opened = Opened()
    for to_ns in (5 * S, 5 * S, 3 * S, 8 * S + S // 2):
        opened.par.advance(to_ns)
    (session,) = opened.sessions
    assert session.asked_s == [5.0, 8.5]
    assert [opened.par.at(second) for second in (0, 5, 8, 9)] == [0.0, 50.0, 80.0, None]


def test_it_is_known_at_the_very_second_to_which_it_was_played() -> None:
    opened = Opened()
    opened.par.advance(5 * S)
    assert (opened.par.at(5), opened.par.at(6)) == (50.0, None)


def test_it_ends_with_the_level() -> None:
    opened = Opened()
    opened.par.advance(1_000 * S)
    assert opened.sessions[0].asked_s == [100.0]
    assert (opened.par.at(100), opened.par.known_ns) == (1_000.0, 100 * S)


def test_one_that_ended_early_stays_at_what_it_had() -> None:
    opened = Opened(until_s=4)
    opened.par.advance(10 * S)
    assert [opened.par.at(second) for second in (3, 4, 50, 100)] == [30.0, 40.0, 40.0, 40.0]


def test_one_that_is_given_is_not_played() -> None:
    opened = Opened()
    opened.par.learn([0.0, 1.0, 2.0])
    opened.par.advance(50 * S)
    assert (opened.par.at(1), opened.par.at(90), opened.sessions) == (1.0, 2.0, [])


def test_one_that_fails_fails_again_for_whoever_asks_again() -> None:
    opened = Opened(fails_at_s=3)
    for _ in range(2):
        with pytest.raises(ArithmeticError):
            opened.par.advance(3 * S)
    assert (len(opened.sessions), opened.par.known_ns) == (2, 0)


def test_in_steps_no_call_plays_more_than_a_step() -> None:
    opened = Opened()
    steps = ParInSteps(opened.par, step_ns=20 * S)
    known = []
    for to_s in (5, 60, 60, 60, 90):
        steps.advance(to_s * S)
        known.append(opened.par.known_ns // S)
    assert known == [5, 25, 45, 60, 80]
    assert (steps.at(80), steps.at(81)) == (800.0, None)


def test_copies_of_a_session_share_it_and_another_process_opens_it_anew() -> None:
    opened = Opened()
    opened.par.advance(5 * S)
    assert deepcopy(opened.par) is opened.par
    there = pickle.loads(pickle.dumps(opened.par))
    assert there.known_ns == 0
    there.advance(50 * S)
    assert (there.known_ns, there.at(7)) == (50 * S, 70.0)


def test_without_par_nothing_is_known() -> None:
    none = NoPar()
    none.advance(10 * S)
    assert none.at(0) is None

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from mmtui.coach.watched import WatchedSession
from mmtui.tui.driver import Driver
from mmtui.units import NS_PER_S
from tests.tui.small import LEVEL, seat_in


def session_at(seconds: float = 0) -> WatchedSession:
    return seat_in(LEVEL, seconds)


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0, 16.0])
def test_speed_is_seconds_of_market_for_one_of_ours(speed: float) -> None:
    session = session_at()
    Driver(session, speed).advance(1.5)
    assert session.now_ns == round(1.5 * speed * NS_PER_S)


def test_clock_stops_at_the_end_of_the_level() -> None:
    session = session_at(39)
    driver = Driver(session, 16.0)
    driver.advance(1.0)
    assert session.now_ns == session.end_ns
    assert not driver.behind


def test_what_cannot_be_simulated_in_time_slows_the_clock_instead_of_the_screen() -> None:
    session = session_at()
    driver = Driver(session, 16.0)
    seconds = count()
    driver.advance(1.0, wall=lambda: float(next(seconds)))
    assert 0 < session.now_ns < 16 * NS_PER_S
    assert driver.behind


def test_slices_end_exactly_at_the_frame() -> None:
    session = session_at()
    driver = Driver(session)
    for _ in range(3):
        driver.advance(1 / 15, wall=lambda: 0.0)
    assert session.now_ns == 3 * round(NS_PER_S / 15)
    assert not driver.behind


def test_speed_doubles_and_halves_between_a_half_and_sixteen() -> None:
    driver = Driver(session_at())
    seen = []
    for _ in range(6):
        driver.change_speed(1)
        seen.append(driver.speed)
    assert seen == [2.0, 4.0, 8.0, 16.0, 16.0, 16.0]
    for _ in range(6):
        driver.change_speed(-1)
    assert driver.speed == 0.5


def test_who_watches_a_driver_is_told_its_speed_and_every_change_of_it() -> None:
    driver, seen = Driver(session_at(), 2.0), []
    driver.watch(lambda speed, paused: seen.append((speed, paused)))
    driver.paused = True
    driver.paused = True
    driver.change_speed(1)
    driver.speed, driver.paused = 4.0, False
    assert seen == [(2.0, False), (2.0, True), (4.0, True), (4.0, False)]


def test_how_long_the_market_stood_still_is_counted_until_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    session, seconds = session_at(), count()
    monkeypatch.setattr("mmtui.tui.driver.perf_counter", lambda: float(next(seconds)))
    driver, frames, running = Driver(session), [], [True]
    screen: Any = SimpleNamespace(set_interval=lambda _every, frame: frames.append(frame))
    driver.start(screen, lambda: None, lambda: running[0])
    frames[0]()
    assert driver.stood_s == 0
    running[0] = False
    frames[0]()
    between = driver.stood_s
    assert between > 0
    running[0], driver.paused = True, True
    frames[0]()
    assert driver.stood_s > between
    session.advance(session.end_ns)
    after = driver.stood_s
    frames[0]()
    assert driver.stood_s == after


def test_a_long_way_is_gone_in_steps_of_a_frame() -> None:
    session, seconds, steps = session_at(), count(), 1
    driver = Driver(session)
    while not driver.go(NS_PER_S, wall=lambda: float(next(seconds))):
        steps += 1
    assert steps > 10
    assert session.now_ns == NS_PER_S
    assert driver.go(2 * NS_PER_S, wall=None)
    assert session.now_ns == 2 * NS_PER_S

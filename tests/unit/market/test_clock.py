from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmtui.market.core.clock import Actor, Scheduler, Stream

Log = list[tuple[int, str, int]]


class Drawn(Actor):
    """Events at fixed times, noted in a log with their name; every other one loudly, if asked for."""

    def __init__(self, name: str, times: list[int], log: Log, loud: bool = False) -> None:
        self.name, self.times, self.log, self.loud = name, sorted(times), log, loud
        self.blocks: list[tuple[int, int]] = []

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        self.blocks.append((start_ns, end_ns))
        times = np.array([time for time in self.times if start_ns <= time < end_ns], dtype=np.int64)
        rows = np.arange(len(times), dtype=np.int64)
        return (Stream(times, self, rows, rows % 2 if self.loud else None),)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        (self.shout if kind else self.note)(now_ns, row)

    def note(self, now_ns: int, row: int) -> None:
        self.log.append((now_ns, self.name, row))

    def shout(self, now_ns: int, row: int) -> None:
        self.log.append((now_ns, self.name.upper(), row))


def test_events_of_one_instant_run_in_the_order_of_their_sources_then_timers_as_set() -> None:
    log: Log = []
    first, second = Drawn("first", [5, 5], log), Drawn("second", [5], log)
    clock = Scheduler([first, second], 0, 10)
    clock.at(5, lambda now, row: log.append((now, "late timer", row)), 7)
    clock.at(5, lambda now, row: log.append((now, "later timer", row)), 8)
    clock.at(4, lambda now, row: log.append((now, "early timer", row)))
    clock.advance(5)
    assert log == [
        (4, "early timer", 0),
        (5, "first", 0),
        (5, "first", 1),
        (5, "second", 0),
        (5, "late timer", 7),
        (5, "later timer", 8),
    ]


def test_events_of_one_instant_keep_their_order_however_many_there_are() -> None:
    """Few events are sorted by another method than many, and one that is not stable goes unnoticed with few."""
    log: Log = []
    times = [at % 3 for at in range(600)]
    Scheduler([Drawn("first", times, log), Drawn("second", times, log)], 0, 10).advance(5)
    rows = [(time, name, 200 * time + at) for time in range(3) for name in ("first", "second") for at in range(200)]
    assert log == rows


def test_each_event_of_a_source_may_do_something_else() -> None:
    log: Log = []
    Scheduler([Drawn("one", [1, 2, 3], log, loud=True)], 0, 10).advance(5)
    assert [name for _, name, _ in log] == ["one", "ONE", "one"]
    log.clear()
    Scheduler([Drawn("one", [1, 2, 3], log, loud=True), Drawn("two", [2], log)], 0, 10).advance(5)
    assert [name for _, name, _ in log] == ["one", "ONE", "two", "one"]


def test_the_next_event_is_a_timer_or_one_drawn_or_not_before_what_is_not_drawn_yet() -> None:
    clock = Scheduler([Drawn("drawn", [5], [])], 0, 10)
    assert clock.next_ns == 0
    clock.advance(0)
    assert clock.next_ns == 5
    clock.at(7, lambda _now, _row: None)
    assert clock.next_ns == 5
    clock.at(3, lambda _now, _row: None)
    assert clock.next_ns == 3
    clock.advance(8)
    assert clock.next_ns == 10


def test_a_copy_goes_on_as_the_original_does_and_runs_nothing_again() -> None:
    drawn = Drawn("drawn", [1, 4, 6, 12], [])
    clock = Scheduler([drawn], 0, 10)
    clock.at(5, drawn.note, 77)
    clock.advance(4)
    copy, copied = deepcopy((clock, drawn))
    clock.advance(20)
    assert [time for time, _, _ in drawn.log] == [1, 4, 5, 6, 12]
    assert [time for time, _, _ in copied.log] == [1, 4]
    copy.advance(20)
    assert copied.log == drawn.log
    assert (copy.now_ns, copy.events) == (clock.now_ns, clock.events)


def test_a_timer_set_for_now_runs_in_the_same_instant_after_what_was_drawn_for_it() -> None:
    log: Log = []
    clock = Scheduler([Drawn("drawn", [5, 6], log)], 0, 10)
    clock.at(5, lambda now, _row: clock.at(now, lambda now, row: log.append((now, "second timer", row))))
    clock.advance(10)
    assert [name for _, name, _ in log] == ["drawn", "second timer", "drawn"]


def test_a_timer_on_a_block_s_first_instant_waits_for_the_block_to_be_drawn() -> None:
    log: Log = []
    clock = Scheduler([Drawn("drawn", [10], log)], 0, 10)
    clock.at(10, lambda now, row: log.append((now, "timer", row)))
    clock.advance(10)
    assert [name for _, name, _ in log] == ["drawn", "timer"]


def test_blocks_follow_each_other_and_end_where_parameters_change() -> None:
    source = Drawn("drawn", [], [])
    entered: list[int] = []
    Scheduler([source], -10, 10, cuts=[25, 3], on_block=entered.append).advance(31)
    assert source.blocks == [(-10, 0), (0, 3), (3, 13), (13, 23), (23, 25), (25, 35)]
    assert entered == [start for start, _ in source.blocks]


def test_a_block_ends_at_the_first_change_in_it() -> None:
    source = Drawn("drawn", [], [])
    Scheduler([source], 0, 10, cuts=[8, 3]).advance(9)
    assert source.blocks == [(0, 3), (3, 8), (8, 18)]


def test_from_the_end_on_nothing_is_drawn_and_timers_run() -> None:
    log: Log = []
    source = Drawn("drawn", [9, 19, 20], log)
    clock = Scheduler([source], 0, 10, end_ns=20)
    for time in (20, 35):
        clock.at(time, lambda now, row: log.append((now, "timer", row)))
    clock.advance(40)
    assert source.blocks == [(0, 10), (10, 20)]
    assert [(time, name) for time, name, _ in log] == [(9, "drawn"), (19, "drawn"), (20, "timer"), (35, "timer")]


def test_the_clock_shows_each_event_s_time_and_ends_where_it_was_sent() -> None:
    shown: list[int] = []
    clock = Scheduler([Drawn("drawn", [], [])], 0, 10)
    for time in (3, 17, 19):
        clock.at(time, lambda _now, _row: shown.append(clock.now_ns))
    clock.advance(17)
    assert shown == [3, 17]
    assert clock.now_ns == 17
    assert clock.events == 2
    clock.advance(18)
    assert clock.now_ns == 18


def test_the_clock_shows_the_time_of_what_was_drawn_too() -> None:
    shown: list[int] = []

    class Looking(Drawn):
        def note(self, now_ns: int, row: int) -> None:
            shown.append(clock.now_ns)

    clock = Scheduler([Looking("looking", [3, 17], [])], -5, 10)
    assert clock.now_ns == -5
    clock.advance(20)
    assert shown == [3, 17]


def test_timers_are_dropped_by_their_number_and_the_others_stay() -> None:
    log: Log = []
    clock = Scheduler([Drawn("drawn", [], log)], 0, 100)
    actor = Drawn("actor", [], log)
    number = clock.enter(actor)
    assert clock.enter(actor) == number != clock.enter(actor.note)
    for time in (9, 3, 7, 5, 8, 1, 6, 2, 4):
        clock.set(time, number + time % 2, time)
    clock.drop(number + 1)
    assert clock.next_ns == 0
    clock.advance(0)
    assert clock.next_ns == 2
    clock.advance(20)
    assert log == [(time, "actor", time) for time in (2, 4, 6, 8)]
    clock.set(30, number + 1, 30)
    clock.drop(number + 1)
    clock.advance(200)
    assert len(log) == 4


def test_whoever_watches_is_called_after_each_event() -> None:
    log: Log = []
    drawn = Drawn("drawn", [2, 4], log)
    clock = Scheduler([drawn], 0, 10)
    clock.at(3, drawn.note, 7)
    clock.watch = lambda now: log.append((now, "watch", 0))
    clock.advance(9)
    assert log == [
        (2, "drawn", 0),
        (2, "watch", 0),
        (3, "drawn", 7),
        (3, "watch", 0),
        (4, "drawn", 1),
        (4, "watch", 0),
    ]


def test_a_stopped_clock_stays_at_the_timer_that_stopped_it() -> None:
    log: Log = []
    clock = Scheduler([Drawn("drawn", [2, 4], log)], 0, 10)
    clock.at(3, lambda _now, _row: clock.stop())
    clock.advance(100)
    clock.advance(200)
    assert log == [(2, "drawn", 0)]
    assert clock.now_ns == 3


def test_what_an_action_raises_leaves_the_clock_usable_past_it() -> None:
    log: Log = []

    def fail(_now_ns: int, _row: int) -> None:
        raise ZeroDivisionError

    source = Drawn("drawn", [2, 4], log)
    clock = Scheduler([source], 0, 10)
    clock.at(3, fail)
    try:
        clock.advance(5)
    except ZeroDivisionError:
        log.append((clock.now_ns, "raised", 0))
    clock.advance(5)
    assert log == [(2, "drawn", 0), (3, "raised", 0), (4, "drawn", 1)]


times = st.lists(st.integers(0, 60), max_size=20)


@pytest.mark.slow
@given(times, times, times, st.lists(st.integers(0, 70), max_size=20), st.integers(1, 25))
def test_advancing_in_any_steps_runs_the_same_events(
    first: list[int], second: list[int], timers: list[int], stops: list[int], block: int
) -> None:
    def run(stops: list[int]) -> tuple[Log, int]:
        log: Log = []
        clock = Scheduler([Drawn("first", first, log), Drawn("second", second, log)], 0, block, cuts=[13])

        def again(now_ns: int, row: int) -> None:
            log.append((now_ns, "timer", row))
            if row < 3:
                clock.at(now_ns + row * 5, again, row + 1)

        for time in timers:
            clock.at(time, again)
        for stop in [*sorted(stops), 70]:
            clock.advance(stop)
        return log, clock.events

    log, events = run(stops)
    assert (log, events) == run([])
    assert all(before[0] <= after[0] for before, after in pairwise(log))
    assert len(log) == events

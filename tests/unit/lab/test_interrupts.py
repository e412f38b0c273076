"""Signals that end a program while it waits for others' work."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial

import pytest

from mmtui.errors import Interrupted
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.interrupts import Interrupts
from mmtui.lab.runs.workers import Done, Pace, finish, in_order
from mmtui.level.level import Level
from tests.unit.session.support import short

interrupt = partial(signal.raise_signal, signal.SIGINT)


@pytest.fixture
def level() -> Level:
    return short("skew", 5)


class _Dropped(Future[Done]):
    """The first one is interrupted where Python drops what is raised, as in the callbacks of weak references."""

    first = True

    def __del__(self) -> None:
        if _Dropped.first:
            _Dropped.first = False
            interrupt()


def test_one_that_comes_in_a_destructor_is_not_lost(level: Level) -> None:
    def submit(chunk: Batch) -> Future[Done]:
        future = _Dropped()
        future.set_result(finish(chunk))
        return future

    batch = Batch([level], [("idle", {})], range(1, 30))
    results = in_order([batch], len(batch), submit, lambda: 1, Pace(), lambda *_: None)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        list(results)
    assert signal.getsignal(signal.SIGINT) is before


def test_what_works_is_not_cut_short_and_its_user_is() -> None:
    whole = []

    def work() -> Iterator[int]:
        interrupt()
        whole.append(True)
        yield 1

    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        next(interrupts.iterate(work()))
    assert whole
    with Interrupts() as interrupts:
        assert next(interrupts.iterate(iter([1]))) == 1
        with pytest.raises(KeyboardInterrupt):
            interrupt()


def test_a_second_one_comes_through_and_so_does_its_kind() -> None:
    came = []

    def ended(number: int, _: object) -> None:
        came.append(number)
        raise Interrupted

    def work() -> Iterator[int]:
        interrupt()
        assert came == []
        signal.raise_signal(signal.SIGTERM)
        came.append(0)
        yield 1

    before = signal.signal(signal.SIGTERM, ended)
    try:
        with Interrupts() as interrupts, pytest.raises(Interrupted):
            next(interrupts.iterate(work()))
    finally:
        assert signal.signal(signal.SIGTERM, before) is ended
    assert came == [signal.SIGTERM]


def test_waiting_ends_with_what_never_comes() -> None:
    with Interrupts() as interrupts, pytest.raises(TimeoutError):
        interrupts.wait(Future(), lambda: True)

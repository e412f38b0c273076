"""Batches in many processes: in chunks long enough to be worth handing over, with the results in order."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from functools import partial
from multiprocessing import active_children, get_context, resource_tracker
from typing import NamedTuple, TypeVar

from mmtui.errors import MmtuiError
from mmtui.lab.runs.batch import Batch, run_here
from mmtui.level.level import Level
from mmtui.session.result import Result

#: How long a chunk should take, in seconds: handing one to a process takes about two thousandths.
_CHUNK_S = 0.5
#: Chunks handed out ahead for each worker, so that none waits while an earlier chunk takes its time.
_AHEAD = 4
#: A seed's strategies are divided into chunks no smaller than this, since each chunk may have to compute par first.
_LEAST_STRATEGIES = 8

_Task = TypeVar("_Task")
_Found = TypeVar("_Found")


class Done(NamedTuple):
    """A chunk's results, and the seconds they took."""

    results: list[Result]
    seconds: float


class Pace:
    """Divides batches into chunks of about one duration, by how long sessions of each level have taken so far."""

    def __init__(self, chunk_s: float = _CHUNK_S) -> None:
        self._chunk_s = chunk_s
        self._spent: dict[str, tuple[int, float]] = {}

    def learn(self, chunk: Batch, seconds: float) -> None:
        """Record how long a chunk took."""
        for level in chunk.levels:
            sessions, before_s = self._spent.get(level.digest, (0, 0.0))
            self._spent[level.digest] = sessions + len(chunk), before_s + seconds

    def chunks(self, batches: Sequence[Batch], workers: Callable[[], int] = lambda: 1) -> Iterator[Batch]:
        """Yields the batches' sessions in order, some seeds of one level at a time; each chunk is cut when needed.

        Towards the end chunks become smaller, so that all workers finish at about the same time.
        """
        left = sum(map(len, batches))
        for batch in batches:
            for level in batch.levels:
                first = 0
                while first < len(batch.seeds):
                    fitting = min(self._sessions(level), math.ceil(left / (2 * workers())))
                    seeds = max(1, fitting // len(batch.strategies))
                    part = replace(batch, levels=[level], seeds=batch.seeds[first : first + seeds])
                    first += seeds
                    left -= len(part)
                    yield from [part] if seeds > 1 else _by_strategies(part, max(_LEAST_STRATEGIES, fitting))

    def _sessions(self, level: Level) -> int:
        """Returns how many sessions of a level fit into a chunk; one before any was run."""
        sessions, seconds = self._spent.get(level.digest, (1, self._chunk_s))
        return int(self._chunk_s * sessions / max(seconds, 1e-9))


def _by_strategies(batch: Batch, most: int) -> Iterator[Batch]:
    for first in range(0, len(batch.strategies), most):
        yield replace(batch, strategies=batch.strategies[first : first + most])


def finish(chunk: Batch) -> Done:
    """Run a chunk to its end in this process."""
    start = time.perf_counter()
    return Done(list(run_here(chunk)), time.perf_counter() - start)


def in_order(
    batches: Sequence[Batch], submit: Callable[[Batch], Future[Done]], workers: Callable[[], int], pace: Pace
) -> Iterator[Result]:
    """Yields the results of batches in order, their chunks being run elsewhere.

    When interrupted by Ctrl-C, it still yields those that were finished out of turn. The caller cancels what is
    waiting then: a pool that loses a process fails on futures that others have cancelled.

    Args:
        batches: what to run.
        submit: starts a chunk.
        workers: returns how many chunks run at once.
        pace: divides the batches.
    """
    waiting: deque[tuple[Batch, Future[Done]]] = deque()

    def first() -> list[Result]:
        chunk, future = waiting[0]
        done = future.result()
        waiting.popleft()
        pace.learn(chunk, done.seconds)
        return done.results

    try:
        for chunk in pace.chunks(batches, workers):
            waiting.append((chunk, submit(chunk)))
            while len(waiting) >= _AHEAD * workers():
                yield from first()
        while waiting:
            yield from first()
    except KeyboardInterrupt:
        for _, future in waiting:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield from future.result().results
        raise


def run_in_processes(batches: Sequence[Batch], jobs: int) -> Iterator[Result]:
    """Run batches in ``jobs`` processes of this machine; yields their results in order.

    Raises:
        MmtuiError: as a session does, or when a process was ended from outside.
    """
    with _processes(jobs) as submit:
        yield from in_order(batches, partial(submit, finish), lambda: jobs, Pace())


def map_in_processes(call: Callable[[_Task], _Found], tasks: Iterable[_Task], jobs: int) -> Iterator[_Found]:
    """Yields what a function of a module returns for each task, in order; with one job it is called in this process.

    Raises:
        MmtuiError: as the function does, or when a process was ended from outside.
    """
    if jobs == 1:
        yield from map(call, tasks)
        return
    with _processes(jobs) as submit:
        for waiting in [submit(call, task) for task in tasks]:
            yield waiting.result()


@contextmanager
def _processes(jobs: int) -> Iterator[Callable[[Callable[[_Task], _Found], _Task], Future[_Found]]]:
    """A pool's ``submit``. Its processes are ended when the caller fails, is interrupted or wants no more."""
    if os.name == "posix":
        # A screen that captures what is printed has no file, which this process of multiprocessing's asks for.
        with redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()
    others = set(active_children())
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:

        def submit(call: Callable[[_Task], _Found], task: _Task) -> Future[_Found]:
            with _interrupts_held():
                return pool.submit(call, task)

        try:
            yield submit
        except BrokenProcessPool:
            raise MmtuiError("a process that ran sessions was ended from outside") from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(active_children()) - others:
                process.terminate()
            raise


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Block Ctrl-C; processes started meanwhile never receive it, so that the parent alone handles it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

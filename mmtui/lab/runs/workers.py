"""Batches in many processes: in chunks long enough to be worth handing over, with the results in order."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from functools import partial
from multiprocessing import active_children, get_context, parent_process, resource_tracker
from typing import NamedTuple, TypeVar

from mmtui.errors import MmtuiError
from mmtui.lab.runs.batch import Batch, run_here
from mmtui.lab.runs.interrupts import Interrupts
from mmtui.level.level import Level
from mmtui.session.result import Result
from mmtui.strategies.offered import unpack

#: How long a chunk should take, in seconds: handing one to a process takes about two thousandths.
_CHUNK_S = 0.5
#: Chunks handed out ahead for each worker, so that none waits while an earlier chunk takes its time.
_AHEAD = 4
#: A seed's strategies are divided into chunks no smaller than this, since each chunk may have to compute par first.
_LEAST_STRATEGIES = 8
#: So many processes in turn may be lost at the same sessions.
_MOST_LOST = 3

_Task = TypeVar("_Task")
_Found = TypeVar("_Found")


class Done(NamedTuple):
    """A chunk's results, and the seconds they took."""

    results: list[Result]
    seconds: float


class StoredResults(NamedTuple):
    """Results that are there already, in their place among those to come."""

    results: Sequence[Result]


#: What is to run, in order: batches, and results that are there already.
Piece = Batch | StoredResults


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

    def chunks(self, pieces: Iterable[Piece], total: int, workers: Callable[[], int] = lambda: 1) -> Iterator[Piece]:
        """Yields the pieces' sessions in order, some seeds of one level at a time; each chunk is cut when needed.

        Towards the end chunks become smaller, so that all workers finish at about the same time.

        Args:
            pieces: the batches, and what need not be run.
            total: their sessions.
            workers: returns how many chunks run at once.
        """
        left = total
        for batch in pieces:
            if isinstance(batch, StoredResults):
                left -= len(batch.results)
                yield batch
                continue
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
    unpack(chunk.objects)
    return Done(list(run_here(chunk)), time.perf_counter() - start)


#: Is given each chunk with its results as soon as these are there, in any order.
Finished = Callable[[Batch, Sequence[Result]], None]


def in_order(
    pieces: Iterable[Piece],
    total: int,
    submit: Callable[[Batch], Future[Done]],
    workers: Callable[[], int],
    pace: Pace,
    finished: Finished,
    gone: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Yields the results of batches in order, their chunks being run elsewhere.

    When interrupted by Ctrl-C, it still yields those that were finished out of turn. The caller cancels what is
    waiting then: a pool that loses a process fails on futures that others have cancelled. When a process is lost, what
    was not finished is run again; sessions at which one is lost again and again are given up.

    Args:
        pieces: what to run, and what need not be.
        total: how many sessions these are.
        submit: starts a chunk.
        workers: returns how many chunks run at once.
        pace: divides the batches.
        finished: is given the results of each chunk.
        gone: whether chunks that are not done never will be.

    Raises:
        MmtuiError: as a session does, or when processes were lost at the same sessions.
        TimeoutError: they are gone.
    """
    with Interrupts() as interrupts:
        wait = partial(interrupts.wait, gone=gone)
        yield from interrupts.iterate(_in_order(pieces, total, submit, workers, pace, finished, wait))


def _in_order(
    pieces: Iterable[Piece],
    total: int,
    submit: Callable[[Batch], Future[Done]],
    workers: Callable[[], int],
    pace: Pace,
    finished: Finished,
    wait: Callable[[Future[Done]], Done],
) -> Iterator[Result]:
    waiting: deque[tuple[Piece, Future[Done]]] = deque()
    lost = 0

    def first() -> Sequence[Result]:
        nonlocal lost
        chunk, future = waiting[0]
        try:
            done = wait(future)
        except BrokenProcessPool:
            lost += 1
            if lost > _MOST_LOST:
                raise MmtuiError(
                    f"{lost} processes were ended from outside, the last ones at {_named(chunk)}"
                ) from None
            for at, (piece, begun) in enumerate(waiting):
                if isinstance(piece, Batch) and not _is_done(begun):
                    waiting[at] = piece, submit(piece)
            return []
        waiting.popleft()
        lost = 0
        if isinstance(chunk, Batch):
            pace.learn(chunk, done.seconds)
            finished(chunk, done.results)
        return done.results

    try:
        for chunk in pace.chunks(pieces, total, workers):
            waiting.append((chunk, submit(chunk) if isinstance(chunk, Batch) else _finished_already(chunk)))
            while len(waiting) >= _AHEAD * workers():
                yield from first()
        while waiting:
            yield from first()
    except KeyboardInterrupt:
        for chunk, future in waiting:
            if _is_done(future):
                if isinstance(chunk, Batch):
                    finished(chunk, future.result().results)
                yield from future.result().results
        raise


def _is_done(future: Future[Done]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _finished_already(kept: StoredResults) -> Future[Done]:
    future: Future[Done] = Future()
    future.set_result(Done(list(kept.results), 0.0))
    return future


def _named(chunk: Piece) -> str:
    """Returns which sessions a chunk is of, in words."""
    first = next(iter(chunk.cells())) if isinstance(chunk, Batch) else chunk.results[0]
    level = first.level if isinstance(first.level, str) else first.level.id
    return f"level {level}, strategy {first.strategy}, seed {first.seed} and after"


class Processes:
    """Processes of this machine, which end with this one; when one is ended from outside, all are replaced."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._others = set(active_children())
        self._start()

    def _start(self) -> None:
        if os.name == "posix":
            # A screen that captures what is printed has no file, which this process of multiprocessing's asks for.
            with redirect_stderr(sys.__stderr__):
                resource_tracker.ensure_running()
        self._pool = ProcessPoolExecutor(self._jobs, get_context("spawn"), initializer=_end_with_parent)

    def submit(self, call: Callable[[_Task], _Found], task: _Task) -> Future[_Found]:
        """Start a call with a task."""
        with _interrupts_held():
            try:
                return self._pool.submit(call, task)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
                self._start()
                return self._pool.submit(call, task)

    def close(self, *, at_once: bool) -> None:
        """Let them end, or end them where they are."""
        self._pool.shutdown(wait=not at_once, cancel_futures=at_once)
        if at_once:
            for process in set(active_children()) - self._others:
                process.terminate()


def run_in_processes(pieces: Iterable[Piece], total: int, jobs: int, finished: Finished) -> Iterator[Result]:
    """Run batches in ``jobs`` processes of this machine; yields their results in order.

    Args:
        pieces: what to run, and what need not be.
        total: how many sessions these are.
        jobs: how many processes.
        finished: is given the results of each chunk.

    Raises:
        MmtuiError: as a session does, or when processes were ended from outside at the same sessions.
    """
    processes = Processes(jobs)
    try:
        yield from in_order(pieces, total, partial(processes.submit, finish), lambda: jobs, Pace(), finished)
    except BaseException:
        processes.close(at_once=True)
        raise
    processes.close(at_once=False)


def map_in_processes(call: Callable[[_Task], _Found], tasks: Sequence[_Task], jobs: int) -> Iterator[_Found]:
    """Yields what a function of a module returns for each task, in order; with one job or task, called in this process.

    Raises:
        MmtuiError: as the function does, or when a process was ended from outside.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(call, tasks)
        return
    processes = Processes(jobs)
    try:
        with Interrupts() as interrupts:
            begun = [processes.submit(call, task) for task in tasks]
            yield from interrupts.iterate(map(interrupts.wait, begun))
    except BrokenProcessPool:
        processes.close(at_once=True)
        raise MmtuiError("a process that ran sessions was ended from outside") from None
    except BaseException:
        processes.close(at_once=True)
        raise
    processes.close(at_once=False)


def _end_with_parent() -> None:
    """Have this process end with the one that started it, however that ends: it would wait for more for ever."""
    parent = parent_process()
    assert parent is not None, "it was started by one"

    def ended() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=ended, name="parent", daemon=True).start()


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

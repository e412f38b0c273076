"""What strategies would have made in the seats that people took: sessions beside the room's, in processes of their own.

Each reads the room's journal as it is written and plays it again with one strategy in one seat, while all others do
what they did. So most is known when the room ends, and what is left comes soon after.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic

from mmtui.errors import MmtuiError
from mmtui.level.level import Level
from mmtui.room.core.resume import Playback, read_room, spec_of
from mmtui.session.journal import Journal
from mmtui.session.journal_lines import RoomLine
from mmtui.session.par import NoPar
from mmtui.session.session import Session

#: A seat, None for all alike, and a strategy; and the PnL that it would have made there, in currency.
Pair = tuple[int | None, str]
Made = dict[Pair, float]
#: What sessions that a process has go along with the room may take in all, and what one takes, by itself and for each
#: seat and second, in bytes; those beyond are played once it is over.
_MOST_BYTES, _OWN_BYTES, _SEAT_S_BYTES = 700_000_000, 700_000, 120
#: How often the journal is read anew, in seconds; a long one less often, in so many times what reading it takes.
_EVERY_S, _READINGS = 0.5, 5
#: How long news are gathered before they are told, in seconds.
_TOGETHER_S = 0.2
#: Their turn on the processor is after everybody else's.
_NICE = 10


class Shadows:
    """Shadow sessions of a room, or a share of them.

    Args:
        path: the room's journal, or any of a room where each seat has its own market: all have the same.
        strategies: who plays instead of people; the first are worked out first.
        share: which of so many shares, from 0.
        shares: how many there are.

    Attributes:
        pause_s: how long to wait before the journal is read again, in seconds.
    """

    def __init__(self, path: Path, strategies: Sequence[str], share: int = 0, shares: int = 1) -> None:
        self._path, self._strategies = path, strategies
        self._share, self._shares = share, shares
        self._along: dict[Pair, Playback] = {}
        self.pause_s = _EVERY_S

    def go_along(self) -> bool:
        """Play as far as the journal goes; returns whether it goes to the room's end. Raises JournalError."""
        start_s = monotonic()
        journal = read_room(self._path)
        self.pause_s = max(_EVERY_S, _READINGS * (monotonic() - start_s))
        for pair in self._pairs(journal)[: _most_along(journal)] if journal.several else []:
            if pair not in self._along:
                self._along[pair] = _shadow(journal, pair)
            self._along[pair].extend(journal)
            self._along[pair].advance(journal.until_ns)
        return journal.end is not None

    def made(self) -> Iterator[tuple[Pair, float]]:
        """Yields what each made, as far as the journal goes. Raises JournalError."""
        journal = read_room(self._path)
        for pair in self._pairs(journal):
            if not journal.several:
                yield pair, _alone(journal, pair[1])
                continue
            shadow = self._along.pop(pair, None) or _shadow(journal, pair)
            shadow.extend(journal)
            shadow.advance(shadow.end_ns)
            yield pair, shadow.session.maker.total

    def _pairs(self, journal: Journal) -> list[Pair]:
        taken: dict[int | None, None] = {}
        for record in journal.records:
            if isinstance(record, RoomLine) and record.do == "join":
                taken[record.seat] = None
        seats = taken if journal.several else [None]
        # Whoever comes later changes nothing about whose share a pair is.
        return [
            (seat, name)
            for number, name in enumerate(self._strategies)
            for seat in seats
            if ((seat or 0) + number) % self._shares == self._share
        ]


def _most_along(journal: Journal) -> int:
    """How many sessions of a room there is memory for, each with the fills of all seats at the end."""
    return _MOST_BYTES // (_OWN_BYTES + _SEAT_S_BYTES * spec_of(journal).seats * journal.level.duration_s)


def _shadow(journal: Journal, pair: Pair) -> Playback:
    seat, name = pair
    assert seat is not None, "a room of one book has seats"
    return Playback(journal, seat, instead=name, par=NoPar(), views=False)


def _alone(journal: Journal, strategy: str) -> float:
    assert isinstance(journal.level, Level), "this engine's level was read whole"
    session = Session(journal.level, journal.seed, strategy, par=NoPar())
    session.advance(session.end_ns)
    return session.maker.total


class Beside:
    """Processes with shadow sessions, which end by themselves once they have told all, or with this process.

    Args:
        path, strategies: see :class:`Shadows`.
        jobs: how many processes.
        waits: whether the room is still played, and :meth:`ended` will be called.
    """

    def __init__(self, path: Path, strategies: Sequence[str], jobs: int, *, waits: bool) -> None:
        context = get_context("spawn")
        self._lines: list[Connection] = []
        self._processes = []
        for share in range(jobs):
            line, theirs = context.Pipe()
            process = context.Process(
                target=_work, args=(Shadows(path, strategies, share, jobs), theirs, waits), daemon=True
            )
            process.start()
            theirs.close()
            self._lines.append(line)
            self._processes.append(process)

    @property
    def works(self) -> bool:
        """Whether there is more to come."""
        return bool(self._lines)

    def ended(self) -> None:
        """Have all be told at once, since the journal is whole."""
        for line in self._lines:
            with suppress(OSError):  # One that has died tells nothing.
                line.send(None)

    def stop(self) -> None:
        """Have no more be told."""
        for process in self._processes:
            process.terminate()

    def news(self) -> Made:
        """What was told since the last time; waits for anything."""
        found: Made = {}
        for line in wait(self._lines):
            assert isinstance(line, Connection)
            try:
                found.update(line.recv())
            except (EOFError, OSError):
                self._lines.remove(line)
        return found


def _work(shadows: Shadows, line: Connection, waits: bool) -> None:
    """Be a process of :class:`Beside`'s."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    parent = parent_process()
    assert parent is not None, "it was started by one"
    try:
        while waits and not shadows.go_along():
            told = wait([line, parent.sentinel], shadows.pause_s)
            if parent.sentinel in told:
                return
            waits = line not in told
        told_s, made = monotonic(), Made()
        for pair, total in shadows.made():
            made[pair] = total
            # Not one by one: each time the room's process stops for it.
            if monotonic() - told_s > _TOGETHER_S:
                line.send(made)
                told_s, made = monotonic(), Made()
        line.send(made)
    except (MmtuiError, OSError):
        # Without a journal that can be read nothing is told.
        return
    finally:
        line.close()

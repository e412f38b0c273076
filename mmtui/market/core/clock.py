"""The event scheduler: an integer nanosecond clock that merges flow drawn ahead with timers set on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple, Protocol

import numpy as np

from mmtui.market.core.draws import Ints

#: What an event does: called with the time and the row (an index, or an order id) that it was scheduled with.
Action = Callable[[int, int], None]


_NEVER_NS = 2**63 - 1


def _nothing(now_ns: int, row: int) -> None:
    """Do nothing."""


class Stream(NamedTuple):
    """Events drawn ahead: their times in nanoseconds, what each does, and the row each is about.

    Attributes:
        times: in ascending order.
        action: what all do.
        rows: what each is about.
        actions: what each does, where that is not the same.
    """

    times: Ints
    action: Action
    rows: Ints
    actions: list[Action] | None = None


class EventSource(Protocol):
    """Anything that can draw its events ahead."""

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """The events in ``[start_ns, end_ns)``; called for consecutive blocks of time."""


class SeededSource(EventSource, Protocol):
    """A source whose events are random."""

    def reseed(self, seed: int, now_ns: int) -> None:
        """Draw by another seed what comes after now; to be called before the next draw, which begins there."""


class Scheduler:
    """Runs events in the order of time: those drawn ahead first, then timers, each in the order of their making.

    Args:
        sources: what draws events ahead, in the order that decides between equal times.
        start_ns: where the clock starts.
        block_ns: how much time is drawn at once.
        cuts: times at which a block must end, since the market's parameters change there.
        on_block: called with the start of each block before it is drawn.

    Attributes:
        now_ns: the time.
        events: how many have been run.
        watch: called with the time after each event, if anybody watches.
    """

    def __init__(
        self,
        sources: Sequence[EventSource],
        start_ns: int,
        block_ns: int,
        cuts: Sequence[int] = (),
        on_block: Callable[[int], None] | None = None,
    ) -> None:
        self.now_ns = start_ns
        self.events = 0
        self.watch: Callable[[int], None] | None = None
        self._sources = sources
        self._block_ns = block_ns
        self._cuts = sorted(cuts)
        self._on_block = on_block
        self._drawn_to_ns = start_ns
        # What was drawn last, and the place of the next event in it. At the last one, whose kind has no action, more is
        # to be drawn.
        self._times = [start_ns]
        self._kinds = [0]
        self._rows = [0]
        self._actions: list[Action | None] = [None]
        self._place = 0
        # The timers, as a heap whose last one is never reached, and when the first is.
        self._timers: list[tuple[int, int, Action, int]] = [(_NEVER_NS, 0, _nothing, 0)]
        self._first_ns = _NEVER_NS
        self._timer_count = 0
        self._stopped = False

    def at(self, time_ns: int, action: Action, row: int = 0) -> None:
        """Set a timer. Timers of one instant run in the order in which they were set."""
        self._timer_count = count = self._timer_count + 1
        heappush(self._timers, (time_ns, count, action, row))
        if time_ns < self._first_ns:
            self._first_ns = time_ns

    def drop(self, action: Action) -> None:
        """Forget all timers that do this."""
        self._timers = [timer for timer in self._timers if timer[2] != action]
        heapify(self._timers)
        self._first_ns = self._timers[0][0]

    def redraw(self, cuts: Sequence[int] = ()) -> None:
        """Forget what was drawn for the time after now, and have it drawn again; from now on blocks end at ``cuts``."""
        self._cuts = sorted(cuts)
        self._drawn_to_ns = self.now_ns + 1
        self._times, self._kinds, self._rows, self._actions = [self._drawn_to_ns], [0], [0], [None]
        self._place = 0

    def stop(self) -> None:
        """Run nothing more after the present timer."""
        self._stopped = True

    @property
    def next_ns(self) -> int:
        """When the next event is, or, if that is not drawn yet, the time up to which all are."""
        return min(self._times[self._place], self._first_ns)

    def advance(self, to_ns: int) -> None:
        """Run every event up to and including ``to_ns`` and leave the clock there, or where a timer stopped it."""
        timers, watch = self._timers, self.watch
        times, kinds, rows, actions, place = self._times, self._kinds, self._rows, self._actions, self._place
        next_ns = times[place]
        action: Action | None
        run = 0
        try:
            while not self._stopped:
                if self._first_ns < next_ns:
                    if self._first_ns > to_ns:
                        break
                    time_ns, _, action, row = heappop(timers)
                    self._first_ns = timers[0][0]
                elif next_ns > to_ns:
                    break
                else:
                    action = actions[kinds[place]]
                    if action is None:
                        self._draw()
                        times, kinds, rows, actions, place = self._times, self._kinds, self._rows, self._actions, 0
                        next_ns = times[0]
                        continue
                    time_ns, row = next_ns, rows[place]
                    self._place = place = place + 1
                    next_ns = times[place]
                run += 1
                self.now_ns = time_ns
                action(time_ns, row)
                if watch is not None:
                    watch(time_ns)
        finally:
            self.events += run
        if not self._stopped:
            self.now_ns = to_ns

    def _draw(self) -> None:
        start_ns = self._drawn_to_ns
        end_ns = start_ns + self._block_ns
        for cut in self._cuts:
            if start_ns < cut < end_ns:
                end_ns = cut
                break
        if self._on_block is not None:
            self._on_block(start_ns)
        streams = [stream for source in self._sources for stream in source.draw(start_ns, end_ns)]
        times = np.concatenate([stream.times for stream in streams])
        rows = np.concatenate([stream.rows for stream in streams])
        actions: list[Action | None] = []
        found = []
        for stream in streams:
            first, count = len(actions), len(stream.times)
            if stream.actions is None:
                found.append(np.full(count, first))
                actions.append(stream.action)
            else:
                found.append(np.arange(first, first + count))
                actions += stream.actions
        kinds = np.concatenate(found)
        if len(streams) > 1:
            # Nothing to merge otherwise, which a long tape is quicker without.
            order = np.argsort(times, kind="stable")
            times, kinds, rows = times[order], kinds[order], rows[order]
        self._times, self._kinds, self._rows = times.tolist(), kinds.tolist(), rows.tolist()
        self._times.append(end_ns)
        self._kinds.append(len(actions))
        self._actions = [*actions, None]
        self._place = 0
        self._drawn_to_ns = end_ns

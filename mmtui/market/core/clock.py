"""The event scheduler: an integer nanosecond clock that merges flow drawn ahead with timers set on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

import numpy as np

from mmtui.market.core.draws import Ints

#: What an event does: called with the time and the row (an index, or an order id) that it was scheduled with.
Action = Callable[[int, int], None]


_NEVER_NS = 2**63


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
        # What was drawn last and is still to come, last one first; the very last gives the time up to which it was.
        self._drawn: list[tuple[int, Action | None, int]] = [(start_ns, None, 0)]
        # The last one is never reached, so that there always is one.
        self._timers: list[tuple[int, int, Action, int]] = [(_NEVER_NS, 0, _nothing, 0)]
        self._timer_count = 0
        self._stopped = False

    def at(self, time_ns: int, action: Action, row: int = 0) -> None:
        """Set a timer. Timers of one instant run in the order in which they were set."""
        self._timer_count = count = self._timer_count + 1
        heappush(self._timers, (time_ns, count, action, row))

    def stop(self) -> None:
        """Run nothing more after the present timer."""
        self._stopped = True

    @property
    def next_ns(self) -> int:
        """When the next event is, or, if that is not drawn yet, the time up to which all are."""
        return min(self._drawn[-1][0], self._timers[0][0])

    def advance(self, to_ns: int) -> None:
        """Run every event up to and including ``to_ns`` and leave the clock there, or where a timer stopped it."""
        timers, watch, drawn = self._timers, self.watch, self._drawn
        run = 0
        try:
            while not self._stopped:
                time_ns, action, row = drawn[-1]
                if timers[0][0] < time_ns:
                    if timers[0][0] > to_ns:
                        break
                    time_ns, _, action, row = heappop(timers)
                elif time_ns > to_ns:
                    break
                elif action is None:
                    self._draw()
                    drawn = self._drawn
                    continue
                else:
                    drawn.pop()
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
        actions: list[Action] = []
        for stream in streams:
            actions += stream.actions or [stream.action] * len(stream.times)
        if len(streams) > 1:
            # Nothing to merge otherwise, which a long tape is quicker without.
            order = np.argsort(times, kind="stable")
            times, rows = times[order], rows[order]
            actions = list(map(actions.__getitem__, order.tolist()))
        self._drawn = [*zip(times.tolist(), actions, rows.tolist(), strict=True), (end_ns, None, 0)]
        self._drawn.reverse()
        self._drawn_to_ns = end_ns

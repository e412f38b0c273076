"""The event scheduler: an integer nanosecond clock that merges flow drawn ahead with timers set on the way."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

# Imported by this name, under which the compiled clock has another.
import mmtui.market.core.timer_heap as timer_heap
from mmtui.market.core.draws import Ints

#: What an event does: called with the time and the row (an index, or an order id) that it was scheduled with.
Action = Callable[[int, int], None]

#: The kind of an event is the last so many bits of what happens at it: an actor does at most 16 kinds of things.
_KIND_BITS = 4
KINDS = 1 << _KIND_BITS
_KIND = KINDS - 1
#: Later than any event.
_NEVER_NS = 2**63 - 1


class Actor:
    """Who acts at events, and may do different things: the kind of an event, from 0 on, says which."""

    __slots__ = ()

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Do what the kind says at an event about a row: an index, an order id, or nothing."""
        raise NotImplementedError


class Call(Actor):
    """Calls an action, as its only kind of events."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action = action

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Call it."""
        self.action(now_ns, row)


class Stream(NamedTuple):
    """Events drawn ahead: their times in nanoseconds, who acts at them, and the row each is about.

    Attributes:
        times: in ascending order.
        actor: who acts at all of them, or what all do.
        rows: what each is about.
        kinds: the kind of each; all are of kind 0 if left out.
    """

    times: Ints
    actor: Actor | Action
    rows: Ints
    kinds: Ints | None = None


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
        end_ns: from when on nothing is drawn; None for never.

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
        end_ns: int | None = None,
    ) -> None:
        self.now_ns = start_ns
        self.events = 0
        self.watch: Callable[[int], None] | None = None
        self._sources = sources
        self._block_ns = block_ns
        self._cuts = sorted(cuts)
        self._on_block = on_block
        self._end_ns = _NEVER_NS if end_ns is None else end_ns
        self._drawn_to_ns = start_ns
        # Everybody who acts. What happens at an event is a number: its actor's place here times KINDS, and its kind.
        # The first one's is that of no event, at which more is to be drawn.
        self._actors = [Actor()]
        self._numbers: dict[Actor | Action, int] = {}
        # What was drawn last, and the place of the next event in it.
        self._forget_drawn()
        self._timers = timer_heap.empty()
        self._first_ns = timer_heap.first(self._timers)[0]
        self._timer_count = 0
        self._stopped = False

    def enter(self, actor: Actor | Action) -> int:
        """Let somebody act; returns the number of his events of kind 0, which those of the other kinds follow."""
        found = self._numbers.get(actor)
        if found is None:
            found = self._numbers[actor] = KINDS * len(self._actors)
            self._actors.append(actor if isinstance(actor, Actor) else Call(actor))
        return found

    def at(self, time_ns: int, action: Action, row: int = 0) -> None:
        """Set a timer. Timers of one instant run in the order in which they were set."""
        self.set(time_ns, self.enter(action), row)

    def set(self, time_ns: int, what: int, row: int = 0) -> None:
        """Set a timer likewise, for what has a number since its actor was entered."""
        self._timer_count = count = self._timer_count + 1
        timer_heap.push(self._timers, (time_ns, count, what, row))
        if time_ns < self._first_ns:
            self._first_ns = time_ns

    def drop(self, what: int) -> None:
        """Forget all timers for what has this number."""
        timers, kept = self._timers, timer_heap.empty()
        while timer_heap.first(timers)[1]:
            timer = timer_heap.pop(timers)
            if timer[2] != what:
                timer_heap.push(kept, timer)
        self._timers = kept
        self._first_ns = timer_heap.first(kept)[0]

    def redraw(self, cuts: Sequence[int] = ()) -> None:
        """Forget what was drawn for the time after now, and have it drawn again; from now on blocks end at ``cuts``."""
        self._cuts = sorted(cuts)
        self._drawn_to_ns = self.now_ns + 1
        self._forget_drawn()

    def _forget_drawn(self) -> None:
        self._times, self._whats, self._rows = array("q", [self._drawn_to_ns]), array("q", [0]), array("q", [0])
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
        timers, actors, watch = self._timers, self._actors, self.watch
        times, whats, rows, place = self._times, self._whats, self._rows, self._place
        next_ns = times[place]
        run = 0
        try:
            while not self._stopped:
                if self._first_ns < next_ns:
                    if self._first_ns > to_ns:
                        break
                    time_ns, _, what, row = timer_heap.pop(timers)
                    self._first_ns = timer_heap.first(timers)[0]
                elif next_ns > to_ns:
                    break
                else:
                    what = whats[place]
                    if what == 0:
                        self._draw()
                        times, whats, rows, place = self._times, self._whats, self._rows, 0
                        next_ns = times[0]
                        continue
                    time_ns, row = next_ns, rows[place]
                    self._place = place = place + 1
                    next_ns = times[place]
                run += 1
                self.now_ns = time_ns
                actor = actors[what >> _KIND_BITS]
                actor.act(time_ns, what & _KIND, row)
                if watch is not None:
                    watch(time_ns)
        finally:
            self.events += run
        if not self._stopped:
            self.now_ns = to_ns

    def _draw(self) -> None:
        start_ns = self._drawn_to_ns
        if start_ns >= self._end_ns:
            self._drawn_to_ns = _NEVER_NS
            self._forget_drawn()
            return
        end_ns = start_ns + self._block_ns
        for cut in (*self._cuts, self._end_ns):
            if start_ns < cut < end_ns:
                end_ns = cut
                break
        if self._on_block is not None:
            self._on_block(start_ns)
        streams = [stream for source in self._sources for stream in source.draw(start_ns, end_ns)]
        times = np.concatenate([stream.times for stream in streams])
        rows = np.concatenate([stream.rows for stream in streams])
        numbers = np.array([self.enter(stream.actor) for stream in streams], dtype=np.int64)
        whats = numbers.repeat([len(stream.times) for stream in streams])
        if any(stream.kinds is not None for stream in streams):
            whats += np.concatenate([_kinds(stream) for stream in streams])
        if len(streams) > 1:
            # Nothing to merge otherwise, which a long tape is quicker without.
            order = times.argsort(kind="stable")
            times, whats, rows = times[order], whats[order], rows[order]
        self._times, self._whats, self._rows = (array("q", each.tobytes()) for each in (times, whats, rows))
        self._times.append(end_ns)
        self._whats.append(0)
        self._rows.append(0)
        self._place = 0
        self._drawn_to_ns = end_ns


def _kinds(stream: Stream) -> Ints:
    return np.zeros(len(stream.times), dtype=np.int64) if stream.kinds is None else stream.kinds

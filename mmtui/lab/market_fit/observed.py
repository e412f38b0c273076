"""What is seen in a stretch of a tape, recorded or simulated: the events and states that statistics are made of."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sortedcontainers import SortedDict

from mmtui.lab.tapes.formats.rows import CROSS, DELETE, EXECUTE, HALT, NEW
from mmtui.market.core.draws import Bools, Floats, Ints
from mmtui.market.tape.lobster import Messages
from mmtui.units import NS_PER_S

#: Ticks from the best price within which lots are summed up each second.
NEAR, FAR = 5, 20
#: The furthest distance from the opposite best price, in ticks, that orders are counted at singly.
MOST_DISTANCE = 100


@dataclass(frozen=True)
class Arrivals:
    """New orders: when (s), side, ticks from the opposite best price, ticks behind the own one, lots, lots ahead.

    ``replaces`` tells one that came in the instant in which an order of its side was deleted: a quote that moved.
    """

    at: Floats
    side: Ints
    distance: Ints
    behind: Ints
    lots: Floats
    ahead: Floats
    replaces: Bools


@dataclass(frozen=True)
class Departures:
    """Orders that have gone whole: when (s), after how long (s), from how far at first and at last, and whether filled.

    ``replaces`` is as of their arrival.

    Distances are ticks from the opposite best price; ``behind`` is ticks behind the own best price when they were
    placed, ``ahead`` lots ahead of them then. An order is filled if any of it was executed.
    """

    at: Floats
    life: Floats
    distance: Ints
    last_distance: Ints
    behind: Ints
    ahead: Floats
    filled: Bools
    replaces: Bools


@dataclass(frozen=True)
class TakerOrders:
    """Orders that took: when (s), 1 bought or -1 sold, lots, and the mid just before (ticks)."""

    at: Floats
    sign: Ints
    lots: Floats
    mid: Floats


@dataclass(frozen=True)
class Observed:
    """A stretch of so many seconds, seen.

    Attributes:
        seconds: its length.
        at: (N,) times of the states, s; each holds until the next.
        bid, ask: (N,) best prices, ticks.
        bid_lots, ask_lots: (N,) lots there.
        sampled: (S + 1, 8) each whole second: orders at the best bid and ask, lots within NEAR and within FAR ticks of
            them, bids then asks, and their lots.
        resting: (MOST_DISTANCE + 1,) order seconds by distance from the opposite best price; the last is all beyond.
        arrivals, departures, takers: the events.
    """

    seconds: float
    at: Floats
    bid: Ints
    ask: Ints
    bid_lots: Floats
    ask_lots: Floats
    sampled: Floats
    resting: Floats
    arrivals: Arrivals
    departures: Departures
    takers: TakerOrders

    @property
    def mid(self) -> Floats:
        """(N,) half-way between the best prices, ticks."""
        middle: Floats = (self.bid + self.ask) / 2
        return middle

    def index(self, times: Floats) -> Ints:
        """The states that hold at some times."""
        found: Ints = np.maximum(np.searchsorted(self.at, times, side="right") - 1, 0)
        return found

    def mids(self, step_s: float) -> Floats:
        """The mid every so many seconds, from the start on."""
        count = int(self.seconds / step_s)
        mids: Floats = self.mid[self.index(np.arange(count + 1, dtype=np.float64) * step_s)]
        return mids


def observe(messages: Messages, from_s: float = 0.0, lasts_s: float | None = None, lot: int = 1) -> Observed:
    """Watch a stretch of a tape.

    Args:
        messages: from its start on, so that the book is known.
        from_s: seconds after the first message; the orders of its very first instant, the book that a tape opens with,
            are never counted as new.
        lasts_s: None for what is left.
        lot: units of the messages' sizes in a lot.
    """
    times = messages.times_ns
    first_ns = int(times[0]) if len(times) else 0
    start_ns = first_ns + round(from_s * NS_PER_S)
    end_ns = int(times[-1]) if lasts_s is None and len(times) else start_ns + round((lasts_s or 0.0) * NS_PER_S)
    watch = _Watch(start_ns, end_ns)
    part = messages.take(slice(0, int(np.searchsorted(times, end_ns, side="right"))))
    columns = (part.times_ns, part.kinds, part.ids, part.sizes, part.prices, part.sides)
    for at_ns, kind, order_id, lots, price, side in zip(*(column.tolist() for column in columns), strict=True):
        if kind != HALT:
            watch.see(at_ns, kind, order_id, lots, price, side, counted=at_ns > start_ns and at_ns > first_ns)
    return watch.seen(float(lot))


class _Watch:
    """Follows the book and takes notes."""

    def __init__(self, start_ns: int, end_ns: int) -> None:
        self._start_ns, self._end_ns = start_ns, end_ns
        #: By side, best first: price to lots and number of orders.
        self._sides: dict[int, SortedDict[int, list[int]]] = {1: SortedDict(lambda price: -price), -1: SortedDict()}
        #: By id: side, price, lots, when placed, distance and lots ahead then, ticks behind; whether counted, filled,
        #: and in the place of another.
        self._orders: dict[int, list[int]] = {}
        self._deleted = {1: -1, -1: -1}
        self._taker = (-1, 0)
        self._second = 0
        self._best = (0, 0)
        self._states, self._new, self._gone = array("q"), array("q"), array("q")
        self._took: list[list[float]] = []
        self._samples: list[Sequence[int]] = []
        self._resting = np.zeros(MOST_DISTANCE + 1)

    def see(self, at_ns: int, kind: int, order_id: int, lots: int, price: int, side: int, *, counted: bool) -> None:
        """A message."""
        while self._start_ns + self._second * NS_PER_S < at_ns and at_ns >= self._start_ns:
            self._sample()
        bid, ask = self._best
        if kind == NEW:
            self._place(at_ns, order_id, lots, price, side, counted)
        elif kind <= EXECUTE:
            self._reduce(at_ns, order_id, lots, executed=kind == EXECUTE, counted=counted)
            if kind == DELETE:
                self._deleted[side] = at_ns
        if kind >= EXECUTE and kind != CROSS and counted:
            self._took_lots(at_ns, -side, lots, (bid + ask) / 2)
        if kind <= EXECUTE:
            self._state(at_ns)

    def _place(self, at_ns: int, order_id: int, lots: int, price: int, side: int, counted: bool) -> None:
        book = self._sides[side]
        distance, behind = self._distances(side, price)
        level = book.setdefault(price, [0, 0])
        replaces = self._deleted[side] == at_ns
        self._orders[order_id] = [side, price, lots, at_ns, distance, level[0], behind, counted, False, replaces]
        if counted:
            self._new.extend((at_ns, side, distance, behind, lots, level[0], replaces))
        level[0] += lots
        level[1] += 1

    def _reduce(self, at_ns: int, order_id: int, lots: int, *, executed: bool, counted: bool) -> None:
        order = self._orders.get(order_id)
        if order is None:
            return
        side, price = order[0], order[1]
        distance, _ = self._distances(side, price)
        level = self._sides[side][price]
        level[0] -= lots
        order[2] -= lots
        order[8] |= executed
        if order[2] <= 0:
            del self._orders[order_id]
            level[1] -= 1
            if counted and order[7]:
                _, _, _, placed_ns, first, ahead, behind, _, filled, replaces = order
                self._gone.extend((at_ns, at_ns - placed_ns, first, distance, behind, ahead, filled, replaces))
        if level[0] <= 0:
            del self._sides[side][price]

    def _distances(self, side: int, price: int) -> tuple[int, int]:
        """Ticks from the opposite best price, and behind the own one; 0 where there is none."""
        bid, ask = self._best
        opposite, own = (ask, bid) if side > 0 else (bid, ask)
        return side * (opposite - price) if opposite else 0, side * (own - price) if own else 0

    def _took_lots(self, at_ns: int, sign: int, lots: int, mid: float) -> None:
        # A tape has a row a match: those of an instant and side are one order's.
        if self._taker == (at_ns, sign):
            self._took[-1][2] += lots
        else:
            self._taker = (at_ns, sign)
            self._took.append([at_ns, sign, lots, mid])

    def _state(self, at_ns: int) -> None:
        bids, asks = self._sides[1], self._sides[-1]
        if not bids or not asks:
            # The last best prices hold, as on an exchange with nobody there.
            return
        bid, bid_level = bids.peekitem(0)
        ask, ask_level = asks.peekitem(0)
        self._best = (bid, ask)
        if at_ns >= self._start_ns:
            self._states.extend((at_ns, bid, ask, bid_level[0], ask_level[0]))
        else:
            self._states = array("q", (at_ns, bid, ask, bid_level[0], ask_level[0]))

    def _sample(self) -> None:
        """Look at the whole book, once a second."""
        self._second += 1
        bid, ask = self._best
        found: list[int] = []
        lots: list[int] = []
        for side, best, opposite in ((1, bid, ask), (-1, ask, bid)):
            near = far = 0
            book = self._sides[side]
            for price, (there, orders) in book.items():
                behind, distance = side * (best - price), side * (opposite - price)
                near += there * (behind < NEAR)
                far += there * (behind < FAR)
                self._resting[min(max(distance, 0), MOST_DISTANCE)] += orders
            first = book.peekitem(0)[1] if book else [0, 0]
            found += [first[1], near, far]
            lots.append(first[0])
        self._samples.append([*found, *lots])

    def seen(self, lot: float) -> Observed:
        """All of it, in lots of so many units."""
        while self._start_ns + self._second * NS_PER_S <= self._end_ns:
            self._sample()
        states = np.array(self._states, dtype=np.int64).reshape(-1, 5)
        new = np.array(self._new, dtype=np.int64).reshape(-1, 7)
        gone = np.array(self._gone, dtype=np.int64).reshape(-1, 8)
        took = np.array(self._took, dtype=np.float64).reshape(-1, 4)
        return Observed(
            seconds=(self._end_ns - self._start_ns) / NS_PER_S,
            at=self._seconds(states[:, 0]),
            bid=states[:, 1],
            ask=states[:, 2],
            bid_lots=states[:, 3] / lot,
            ask_lots=states[:, 4] / lot,
            sampled=np.array(self._samples, dtype=np.float64).reshape(-1, 8) / np.array([1, *[lot] * 2, 1, *[lot] * 4]),
            resting=self._resting,
            arrivals=Arrivals(
                self._seconds(new[:, 0]),
                new[:, 1],
                new[:, 2],
                new[:, 3],
                new[:, 4] / lot,
                new[:, 5] / lot,
                new[:, 6].astype(bool),
            ),
            departures=Departures(
                self._seconds(gone[:, 0]),
                gone[:, 1] / NS_PER_S,
                gone[:, 2],
                gone[:, 3],
                gone[:, 4],
                gone[:, 5] / lot,
                gone[:, 6].astype(bool),
                gone[:, 7].astype(bool),
            ),
            takers=TakerOrders(self._seconds(took[:, 0]), took[:, 1].astype(np.int64), took[:, 2] / lot, took[:, 3]),
        )

    def _seconds(self, times_ns: Ints | Floats) -> Floats:
        seconds: Floats = (times_ns - self._start_ns) / NS_PER_S
        return seconds

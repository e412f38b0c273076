"""Formats with levels, not orders: the rules by which orders are made of level changes.

- Where a level grows, an order of so many lots joins the back of its queue.
- A trade executes orders at its price from the front of the queue; lots that the level does not have are printed as a
  hidden order's. Trades of an instant come before its level changes.
- Where a level shrinks by more than trades have taken off already, the youngest orders are cancelled first.
- A level at or beyond the other side's removes what it meets there: what is newer is right.
- A snapshot is the difference to the book as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain, groupby, islice
from typing import NamedTuple

import numpy as np
from sortedcontainers import SortedDict

from mmtui.lab.tapes.formats.rows import DELETE, EXECUTE, HIDDEN, NEW, REDUCE, OpenRecording, Scale, TapeRows
from mmtui.market.tape.lobster import Messages

#: What a change is of; in this order they are played where they have the same time.
TRADE, LEVEL, SNAPSHOT, CLEARED = range(4)
#: From so many changes the numbers' digits are found.
_LOOKED_AT = 100_000


class Change(NamedTuple):
    """A change of a book of levels.

    Attributes:
        at_ns: since 1970.
        what: TRADE, LEVEL, SNAPSHOT for one level of a whole book, which follow each other, or CLEARED for a side whose
            levels from the best price to this one are gone, all of them where it is 0.
        line: in the file.
        side: 1 for bids, -1 for asks; of a trade the taker's; 0 for both.
        price: in currency.
        size: of a trade what was traded, else what the level has from now on.
    """

    at_ns: int
    what: int
    line: int
    side: int
    price: float
    size: float


def in_time(*files: Iterable[Change]) -> Iterator[Change]:
    """The changes of several files in the order of time, trades first."""
    return merge(*files, key=lambda change: change[:2])


def messages_of(changes: Iterable[Change], recording: OpenRecording) -> Iterator[Messages]:
    """The messages of a book of levels, in blocks."""
    recording.made = True
    changes = _real(changes, recording)
    first = list(islice(changes, _LOOKED_AT))
    prices, sizes = np.array([(each.price, each.size) for each in first], dtype=np.float64).reshape(-1, 2).T
    scale = Scale.of(prices, sizes, recording)
    rows = TapeRows()
    book = _Levels(rows)
    for (at_ns, what), group in groupby(chain(first, changes), key=lambda change: change[:2]):
        recording.traded |= what == TRADE
        if what == SNAPSHOT:
            levels = [(side, scale.price_of(price), scale.size_of(size)) for *_, side, price, size in group]
            book.replace(at_ns, levels)
        else:
            act = {TRADE: book.trade, LEVEL: book.change, CLEARED: book.clear}[what]
            for _, _, line, side, price, size in group:
                act(line, at_ns, side, scale.price_of(price), scale.size_of(size))
        yield from rows.full()
    yield from rows.rest()


def _real(changes: Iterable[Change], recording: OpenRecording) -> Iterator[Change]:
    """Changes that a book can have; others are counted and left out."""
    for change in changes:
        # A level of no size is gone; a trade of none is none.
        enough = change.size > 0 or (change.size == 0 and change.what != TRADE)
        if change.what == CLEARED or (change.price > 0 and enough):
            yield change
        else:
            recording.skipped["a level or a trade whose price or size is not above nothing"] += 1


class _Levels:
    """A book of made orders."""

    def __init__(self, rows: TapeRows) -> None:
        self._rows = rows
        #: By side: price to orders, each a number and its lots, oldest first. The best price is first.
        self._sides: dict[int, SortedDict[int, list[tuple[int, int]]]] = {
            1: SortedDict(lambda price: -price),
            -1: SortedDict(),
        }

    def change(self, line: int, at_ns: int, side: int, price: int, lots: int) -> None:
        """A level has so many lots now."""
        queue = self._sides[side].get(price, [])
        more = lots - sum(there for _, there in queue)
        if more < 0:
            self._cancel(line, at_ns, side, price, -more)
        elif more > 0:
            self._uncross(line, at_ns, side, price)
            number = self._rows.number()
            self._sides[side].setdefault(price, []).append((number, more))
            self._rows.put(line, at_ns, NEW, number, more, price, side)

    def trade(self, line: int, at_ns: int, taker: int, price: int, lots: int) -> None:
        """Some lots were traded at a price."""
        side, left = -taker, lots
        queue = self._sides[side].get(price, [])
        while queue and left:
            number, there = queue[0]
            taken = min(there, left)
            left -= taken
            queue[0] = (number, there - taken)
            if taken == there:
                del queue[0]
            self._rows.put(line, at_ns, EXECUTE, number, taken, price, side)
        if not queue:
            self._sides[side].pop(price, None)
        if left:
            self._rows.put(line, at_ns, HIDDEN, 0, left, price, side)

    def clear(self, line: int, at_ns: int, side: int, until: int, _lots: int) -> None:
        """The levels from the best price to another are gone, or all of them."""
        for each in (side,) if side else (1, -1):
            for price in [price for price in self._sides[each] if not until or each * (price - until) >= 0]:
                self.change(line, at_ns, each, price, 0)

    def replace(self, at_ns: int, levels: list[tuple[int, int, int]]) -> None:
        """The book has these levels now, and no others."""
        wanted = {(side, price): lots for side, price, lots in levels}
        for side, book in self._sides.items():
            for price in [price for price in book if (side, price) not in wanted]:
                self.change(0, at_ns, side, price, 0)
        for (side, price), lots in wanted.items():
            self.change(0, at_ns, side, price, lots)

    def _cancel(self, line: int, at_ns: int, side: int, price: int, lots: int) -> None:
        queue = self._sides[side][price]
        while lots:
            number, there = queue[-1]
            if there <= lots:
                del queue[-1]
                self._rows.put(line, at_ns, DELETE, number, there, price, side)
            else:
                queue[-1] = (number, there - lots)
                self._rows.put(line, at_ns, REDUCE, number, lots, price, side)
            lots -= min(there, lots)
        if not queue:
            del self._sides[side][price]

    def _uncross(self, line: int, at_ns: int, side: int, price: int) -> None:
        other = self._sides[-side]
        while other and side * (price - other.peekitem(0)[0]) >= 0:
            at, queue = other.peekitem(0)
            self._cancel(line, at_ns, -side, at, sum(lots for _, lots in queue))

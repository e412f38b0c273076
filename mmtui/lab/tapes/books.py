"""LOBSTER's orderbook files: the best levels after every message, against which a tape is checked and completed.

A row is ``ask price 1, ask size 1, bid price 1, bid size 1, ask price 2, ...``; an empty level has the size 0. A
message file lacks the orders that were in the book before its first message, and what happens beyond the levels of its
orderbook file. Both are inserted where the orderbook file shows that they are missing:

- Before the first message, each level of the first row, less what that message did, gets the orders that later
  messages refer to without a placement, in the order of their ids, as far as they fit; the rest of the level is one
  order behind them to which no message refers.
- Where a level comes into view at the far end that is not as it was last seen, lots are added likewise, or taken off
  the back of the queue, right after the message that brought it into view. If a message then refers to an order that
  was not among them, it replaces as many lots of unknown orders.

Any other difference between the book and the file is a fault of the tape.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmtui.book import BookSide, OrderBook, Side
from mmtui.errors import InputError
from mmtui.kinds_of_files import told
from mmtui.market.core.draws import Ints
from mmtui.market.tape.lobster import Faults, MessageKind, Messages, Units, line_blocks, opened
from mmtui.units import whole_number

#: The longest line, in characters: some thousands of levels.
_LONGEST_LINE = 100_000
#: How an orderbook file is named.
_KIND = "LOBSTER's orderbook file"
_NEW, _REDUCE, _DELETE, _EXECUTE = (
    int(MessageKind.NEW),
    int(MessageKind.REDUCE),
    int(MessageKind.DELETE),
    int(MessageKind.EXECUTE),
)

#: Price to lots of a side's best levels, in ticks, best first.
Levels = dict[int, int]


class BookRow(NamedTuple):
    """A row of an orderbook file: both sides, and how many levels each can have."""

    bids: Levels
    asks: Levels
    most: int


@dataclass(frozen=True)
class Reading:
    """What was done for every order to be placed before any other message refers to it.

    Attributes:
        opening: orders inserted before the first message.
        surfaced: rows inserted for levels that came into view.
        compared: messages after which the book was compared with the orderbook file's.
    """

    opening: int = 0
    surfaced: int = 0
    compared: int = 0


def read_books(path: Path, units: Units) -> Iterator[BookRow]:
    """Yields the rows of an orderbook file. Raises InputError with the line for a wrong one."""
    line = 1
    with opened(path) as file:
        for lines in line_blocks(file):
            for number, values in enumerate(_numbers(path, lines, line), start=line):
                yield _row(path, number, values.tolist(), units)
            line += len(lines)


def _numbers(path: Path, lines: list[str], first: int) -> Ints:
    try:
        if max(map(len, lines)) <= _LONGEST_LINE:
            rows: Ints = np.loadtxt(lines, dtype=np.int64, delimiter=",", comments=None, ndmin=2)
            if len(rows) == len(lines) and rows.shape[1] % 4 == 0:
                return rows
    except ValueError:
        pass
    values, width = [], 0
    for number, text in enumerate(lines, start=first):
        try:
            cells = text.strip().split(",") if len(text) <= _LONGEST_LINE else []
            values.append([whole_number(cell) for cell in cells])
            width = width or len(cells)
            wrong = len(cells) != width or width % 4 or not all(abs(value) < 2**63 for value in values[-1])
        except ValueError:
            wrong = True
        if wrong:
            raise InputError(
                f"{path}, line {number}: expected whole numbers, four for each level, in every row alike"
                + told(path, _KIND)
            )
    return np.array(values, dtype=np.int64)


def _row(path: Path, line: int, values: list[int], units: Units) -> BookRow:
    sides: tuple[Levels, Levels] = {}, {}
    for at in range(0, len(values), 2):
        price, size = values[at], values[at + 1]
        if size:
            if size < 0 or price <= 0 or price % units.tick or size % units.lot:
                raise InputError(
                    f"{path}, line {line}: expected positive prices and sizes, multiples of the tick, {units.tick}, "
                    f"and of the lot, {units.lot}, not {size} at {price}"
                )
            sides[at // 2 % 2][price // units.tick] = size // units.lot
    return BookRow(bids=sides[1], asks=sides[0], most=len(values) // 4)


def infer_opening(messages: Messages, faults: Faults) -> tuple[Messages, Reading]:
    """Complete a tape without an orderbook file: orders without a placement were there before the first message.

    They are queued in the order of their ids. Other orders of that time remain unknown.

    Raises:
        InputError: they cannot all have been there, since bids would reach asks.
    """
    completing = _Completing(messages)
    for (side, price), ids in sorted(completing.unplaced.items(), key=lambda item: -item[0][0] * item[0][1]):
        for order_id in list(ids):
            if not completing.stand(side, price, order_id):
                raise InputError(
                    f"{faults.source}: order {order_id}, which nobody placed, cannot have stood before the first "
                    "message, since it would have traded; the orderbook file is needed"
                )
    return completing.reading()


def complete(messages: Messages, books: Iterator[BookRow], faults: Faults) -> tuple[Messages, Reading]:
    """Play a tape beside its orderbook file, and insert what is missing.

    Args:
        messages: the tape.
        books: a row for each line of the message file.
        faults: receives the messages that do not fit the orderbook file.

    Raises:
        InputError: unless faults are lenient, the book is not the file's after some message.
    """
    completing = _Completing(messages)
    line, row = 0, BookRow({}, {}, 0)
    for at in range(len(messages)):
        before = row
        while line < messages.lines[at]:
            row = next(books, None)  # type: ignore[assignment]
            if row is None:
                raise InputError(f"{faults.source}: the orderbook file ends after {line} rows, before the messages do")
            line += 1
        if at == 0:
            completing.open(row)
        completing.play(at, before)
        completing.compare(at, before, row, faults)
    return completing.reading()


def _beyond(row: BookRow, side: Side, price: int) -> bool:
    """Whether a price is beyond the levels of a row."""
    seen = row.bids if side is Side.BUY else row.asks
    return 0 < row.most == len(seen) and side * price < min(side * level for level in seen)


def uncrossed(blocks: Iterator[Messages], faults: Faults) -> Iterator[Messages]:
    """Yields blocks without new orders that would have traded on arrival, which LOBSTER does not have.

    Raises:
        InputError: unless faults are lenient, for the first.
    """
    book = OrderBook()
    for block in blocks:
        rests = np.ones(len(block), dtype=np.bool_)
        columns = (block.kinds, block.ids, block.sizes, block.prices, block.sides, block.lines)
        for at, (kind, order_id, lots, price, side, line) in enumerate(
            zip(*(c.tolist() for c in columns), strict=True)
        ):
            if kind == _NEW:
                if not book.limit(order_id, Side(side), price, lots, post_only=True).accepted:
                    faults.found(
                        line, "would trade", f"order {order_id} would have traded on arrival, at {price} ticks"
                    )
                    rests[at] = False
            elif kind <= _EXECUTE and not book.reduce(order_id, lots).accepted:
                book.cancel(order_id)
        if rests.any():
            yield block.take(rests)


class _Completing:
    """The book so far, and the messages inserted."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._book = OrderBook()
        self._columns = [column.tolist() for column in (messages.kinds, messages.ids, messages.sizes, messages.prices)]
        self._sides = [Side.BUY if side > 0 else Side.SELL for side in messages.sides.tolist()]
        #: Lots that later messages take off each order.
        self._to_come: Counter[int] = Counter()
        #: Orders by side and price without a placement so far, to which later messages refer.
        self.unplaced: dict[tuple[Side, int], list[int]] = defaultdict(list)
        placed: set[int] = set()
        for kind, order_id, lots, price, side in zip(*self._columns, self._sides, strict=True):
            if kind == _NEW:
                placed.add(order_id)
            elif kind <= _EXECUTE:
                if order_id not in placed and not self._to_come[order_id]:
                    self.unplaced[side, price].append(order_id)
                self._to_come[order_id] += lots
        for ids in self.unplaced.values():
            ids.sort()
        first = messages.ids[messages.kinds == MessageKind.NEW]
        #: Ids grow in time: an order with a larger one cannot have been placed yet.
        self._latest_id = int(first[0]) if len(first) else 2**62
        self._next_id = int(messages.ids.max(initial=0)) + 1
        #: The messages inserted: after which one, kind, id, lots, price and side.
        self._put: list[tuple[int, int, int, int, int, int]] = []
        self._at = -1
        #: Orders from which lots were taken for a level that came into view.
        self._away: set[int] = set()

    def open(self, row: BookRow) -> None:
        """Insert the orders before the first message, of which this is the row."""
        kind, _, lots, price = (column[0] for column in self._columns)
        for side, levels in ((Side.BUY, row.bids), (Side.SELL, row.asks)):
            stood = dict(levels)
            if side is self._sides[0] and kind <= _EXECUTE:
                stood[price] = stood.get(price, 0) + (-lots if kind == _NEW else lots)
            for at in sorted(stood, key=lambda at: -side * at):
                self._add(side, at, stood[at])

    def play(self, at: int, before: BookRow) -> None:
        """Play a message; ``before`` is the row before it. Faults are found later, by ``check_lives``."""
        kind, order_id, lots, price = (column[at] for column in self._columns)
        side = self._sides[at]
        if kind == _NEW:
            self._latest_id = max(self._latest_id, order_id)
            self._book.limit(order_id, side, price, lots)
        elif kind <= _EXECUTE:
            level = self._book.level_of(order_id)
            there = 0 if level is None else level.queue[order_id]
            if not there and _beyond(before, side, price):
                self.stand(side, price, order_id)
            elif there < lots and self._put:
                self._stand_in(side, price, order_id, there)
            self._to_come[order_id] -= lots
            self._take_off(order_id, lots)
        self._at = at

    def stand(self, side: Side, price: int, order_id: int) -> bool:
        """Insert an order without a placement; returns False when it would trade."""
        if order_id in self.unplaced[side, price]:
            self.unplaced[side, price].remove(order_id)
        lots = self._to_come[order_id]
        if not self._book.limit(order_id, side, price, lots, post_only=True).accepted:
            return False
        self._put.append((self._at, _NEW, order_id, lots, price, side))
        return True

    def _stand_in(self, side: Side, price: int, order_id: int, there: int) -> None:
        """Insert an order, of which ``there`` lots are in the book, in place of unknown lots at its price."""
        ladder, lots = self._book.bids if side is Side.BUY else self._book.asks, self._to_come[order_id]
        level = ladder.at(price)
        if (
            level is None
            or level.total < lots
            or (order_id not in self._away and order_id not in self.unplaced[side, price])
        ):
            return
        if there:
            self._put.append((self._at, _DELETE, order_id, there, price, side))
            self._book.cancel(order_id)
        self._take_away(ladder, price, lots - there)
        self.stand(side, price, order_id)

    def compare(self, at: int, before: BookRow, row: BookRow, faults: Faults) -> None:
        """Compare the book with the row after a message, and insert what came into view."""
        for side, wanted in ((self._book.bids, row.bids), (self._book.asks, row.asks)):
            if self._best(side, row.most) == wanted:
                continue
            has = self._best(side, None)
            last = max(-side.side * price for price in wanted) if len(wanted) == row.most else inf
            for price in sorted(has.keys() | wanted.keys(), key=lambda price: -side.side * price):
                if -side.side * price > last:
                    break
                more = wanted.get(price, 0) - has.get(price, 0)
                if more and not _beyond(before, side.side, price):
                    faults.found(
                        int(self._messages.lines[at]),
                        "book differs",
                        f"after this message the orderbook file has {wanted.get(price, 0)} lots at {price} ticks, "
                        f"the book {has.get(price, 0)}",
                    )
                if more > 0:
                    self._add(side.side, price, more)
                elif more:
                    self._take_away(side, price, -more)

    def _best(self, side: BookSide, levels: int | None) -> Levels:
        return {level.price: level.total for level in islice(side.levels.values(), levels)}

    def _add(self, side: Side, price: int, lots: int) -> None:
        for order_id in list(self.unplaced.get((side, price), ())):
            if order_id <= self._latest_id and self._to_come[order_id] <= lots and self.stand(side, price, order_id):
                lots -= self._to_come[order_id]
        if lots > 0:
            self._to_come[self._next_id] = lots
            self.stand(side, price, self._next_id)
            self._to_come[self._next_id] = 0
            self._next_id += 1

    def _take_away(self, side: BookSide, price: int, lots: int) -> None:
        level = side.at(price)
        assert level is not None
        # From the back, first those to which no later message refers.
        queue = [*level.queue]
        queue.reverse()
        queue.sort(key=lambda order_id: self._to_come[order_id] > 0)
        for order_id in queue:
            there = level.queue[order_id]
            kind = _DELETE if there <= lots else _REDUCE
            taken = min(there, lots)
            self._put.append((self._at, kind, order_id, taken, price, side.side))
            self._away.add(order_id)
            self._take_off(order_id, taken)
            lots -= taken
            if not lots:
                return

    def _take_off(self, order_id: int, lots: int) -> None:
        if not self._book.reduce(order_id, lots).accepted:
            self._book.cancel(order_id)

    def reading(self) -> tuple[Messages, Reading]:
        """Returns the messages with those inserted."""
        messages = self._messages
        if not self._put:
            return messages, Reading(compared=self._at + 1)
        after, kinds, ids, lots, prices, sides = np.array(self._put, dtype=np.int64).T
        times = messages.times_ns[np.maximum(after, 0)]
        put = Messages(np.zeros(len(after), dtype=np.int64), times, kinds, ids, lots, prices, sides)
        whole = Messages.join([messages, put])
        # Stable: what was inserted after a message follows it, in order.
        order = np.argsort(np.append(2 * np.arange(len(messages)), 2 * after + 1), kind="stable")
        opening = int((after < 0).sum())
        return whole.take(order), Reading(opening, len(after) - opening, self._at + 1)

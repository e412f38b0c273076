"""Price levels, and their sorted ladder, which is one side of a book."""

from __future__ import annotations

from itertools import islice

from sortedcontainers import SortedDict

from mmtui.book.types import Depth, Side

#: Copying an order into a rebuilt queue costs about as much as stepping over this many holes.
_HOLES_A_COPY = 50

#: So many ticks behind the best price are looked at before the levels are sorted.
_NEAR = 8

_BUY = Side.BUY


class PriceLevel:
    """The orders resting at one price, by time.

    Attributes:
        price: in ticks.
        key: the price, signed so that the best level of a side has the smallest key.
        side: its side of the book.
        total: lots resting, the sum of the queue.
        queue: order id to lots left, in the order of arrival.
        spent: orders traded away from the head of the queue since it was last rebuilt.
    """

    __slots__ = ("key", "price", "queue", "side", "spent", "total")

    def __init__(self, price: int, key: int, side: BookSide) -> None:
        self.price = price
        self.key = key
        self.side = side
        self.total = 0
        self.queue: dict[int, int] = {}
        self.spent = 0

    def drop(self, order_ids: list[int]) -> None:
        """Remove orders at the head of the queue, whose lots are no longer in the total."""
        queue = self.queue
        for order_id in order_ids:
            del queue[order_id]
        # A dict steps over the holes that deletions leave at its front until it is rebuilt: n holes have cost n² / 2
        # steps by the time the n-th is made. When that exceeds the cost of a copy, copy.
        self.spent += len(order_ids)
        if self.spent * self.spent > 2 * _HOLES_A_COPY * len(queue):
            self.queue = dict(queue)
            self.spent = 0


class BookSide:
    """One side of a book: its price levels from best to worst.

    Attributes:
        side: BUY for the bids, SELL for the asks.
        prices: price to level, in no order.
        best: the best level, or None when the side is empty.
        top: the last order that bettered the best price, where the book's rule asks for it.
    """

    __slots__ = ("_moved", "_sorted", "best", "prices", "side", "top")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.prices: dict[int, PriceLevel] = {}
        self.best: PriceLevel | None = None
        self.top: int | None = None
        self._sorted: SortedDict[int, PriceLevel] = SortedDict()
        # Key to level of those opened since they were sorted, to None of those closed.
        self._moved: dict[int, PriceLevel | None] = {}

    @property
    def levels(self) -> SortedDict[int, PriceLevel]:
        """Signed price to level, sorted, best first."""
        levels = self._sorted
        for key, level in self._moved.items():
            if level is None:
                del levels[key]
            else:
                levels[key] = level
        self._moved.clear()
        return levels

    def open_level(self, price: int) -> PriceLevel:
        """Add an empty level at a price that has none, and return it."""
        key = -price if self.side is _BUY else price
        level = self.prices[price] = self._moved[key] = PriceLevel(price, key, self)
        best = self.best
        if best is None or key < best.key:
            self.best = level
        return level

    def close_level(self, level: PriceLevel) -> None:
        """Remove an emptied level."""
        prices, key = self.prices, level.key
        del prices[level.price]
        if key in self._sorted:
            self._moved[key] = None
        else:
            del self._moved[key]
        if level is self.best:
            self.best = self._next(level.price) if prices else None

    def _next(self, price: int) -> PriceLevel:
        """Return the best level behind a price that was the best: mostly it is near."""
        step = -1 if self.side is _BUY else 1
        for near in range(price + step, price + _NEAR * step, step):
            level = self.prices.get(near)
            if level is not None:
                return level
        return self.levels.peekitem(0)[1]

    def clear(self) -> None:
        """Remove every level."""
        self.prices.clear()
        self._sorted.clear()
        self._moved.clear()
        self.best = self.top = None

    def depth(self, levels: int | None = None) -> list[Depth]:
        """Return the best ``levels`` levels (all when None), best first."""
        ladder = self.levels
        best_first = [ladder[key] for key in islice(ladder, levels)]
        return [Depth(level.price, level.total, len(level.queue)) for level in best_first]

    def at(self, price: int) -> PriceLevel | None:
        """Return the level at a price, None when no order rests there."""
        return self.prices.get(price)

"""Price levels, and the sorted ladder of them that makes one side of a book."""

from __future__ import annotations

from itertools import islice

from sortedcontainers import SortedDict

from mmtui.book.types import Depth, Side

#: To copy an order into a rebuilt queue costs about as much as to step over this many holes.
_HOLES_A_COPY = 50


class PriceLevel:
    """The orders resting at one price, first come first served.

    Attributes:
        price: in ticks.
        key: the price, signed so that the best level of a side has the smallest key.
        side: the side of the book it belongs to.
        total: lots resting, the sum of the queue.
        queue: order id to lots left, in the order of arrival (a dict keeps it).
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
        """Forget orders at the head of the queue; their lots have left the total already."""
        queue = self.queue
        for order_id in order_ids:
            del queue[order_id]
        # A dict steps over the holes that deletions leave at its front, one by one, until it is rebuilt. To find n
        # holes costs n² / 2 steps by the time the n-th is made; when that exceeds the price of a copy, copy.
        self.spent += len(order_ids)
        if self.spent * self.spent > 2 * _HOLES_A_COPY * len(queue):
            self.queue = dict(queue)
            self.spent = 0


class BookSide:
    """One side of a book: its price levels from best to worst, the best one at hand.

    Attributes:
        side: BUY for the bids, SELL for the asks.
        levels: signed price to Level, sorted, best first.
        best: the best Level, or None when the side is empty.
    """

    __slots__ = ("best", "levels", "side")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.levels: SortedDict[int, PriceLevel] = SortedDict()
        self.best: PriceLevel | None = None

    def open_level(self, price: int, key: int) -> PriceLevel:
        """A new, empty level at a price that has none."""
        level = self.levels[key] = PriceLevel(price, key, self)
        best = self.best
        if best is None or key < best.key:
            self.best = level
        return level

    def close_level(self, level: PriceLevel) -> None:
        """Take an emptied level off the ladder."""
        levels = self.levels
        del levels[level.key]
        if level is self.best:
            self.best = levels.peekitem(0)[1] if levels else None

    def clear(self) -> None:
        """Take every level off the ladder."""
        self.levels.clear()
        self.best = None

    def depth(self, levels: int | None = None) -> list[Depth]:
        """The best ``levels`` levels (all when None), best first."""
        ladder = self.levels
        best_first = [ladder[key] for key in islice(ladder, levels)]
        return [Depth(level.price, level.total, len(level.queue)) for level in best_first]

    def at(self, price: int) -> PriceLevel | None:
        """The level at a price, if any order rests there."""
        return self.levels.get(-price if self.side is Side.BUY else price)

"""The book inside an exchange: price levels in a dict, the best prices kept, orders as (id, lots).

It does what :class:`mmtui.book.OrderBook` does, held equal to it by tests, for callers that never err: ids are new,
prices and quantities positive integers. An order id says whose it is, so that the ladder can
count the orders of the background apart from makers'.
"""

from __future__ import annotations

from collections.abc import Mapping

import mmtui.book.named_tuples as named_tuples
from mmtui.book import Depth, QueueAhead, Resting, Side, Trade
from mmtui.market.core.book import Book
from mmtui.market.core.order_ids import FIRST_BACKGROUND, INDEX

BUY, SELL = Side.BUY, Side.SELL

#: Copying an order into a rebuilt queue costs about as much as stepping over this many holes.
_HOLES_A_COPY = 50

#: So many ticks are looked at one after the other before the levels are sorted.
_NEAR = 8


class LadderLevel:
    """The orders resting at one price, by time.

    Attributes:
        price: in ticks.
        side: BUY for bids, SELL for asks.
        total: lots resting, the sum of the queue.
        queue: order id to lots left, in the order of arrival.
        spent: orders traded away from the head of the queue since it was last rebuilt.
    """

    __slots__ = ("price", "queue", "side", "spent", "total")

    def __init__(self, price: int, side: Side) -> None:
        self.price = price
        self.side = side
        self.total = 0
        self.queue: dict[int, int] = {}
        self.spent = 0


class Taken:
    """What became of an order that trades at once.

    Attributes:
        trades: in the order in which they happened.
        removed: ids of the taker's own resting orders that were in its way, and are cancelled.
        filled: lots traded.
    """

    __slots__ = ("filled", "removed", "trades")

    def __init__(self, trades: list[Trade], removed: list[int], filled: int) -> None:
        self.trades = trades
        self.removed = removed
        self.filled = filled


NOTHING = Taken([], [], 0)


class PriceLadder(Book):
    """A limit order book with price-time priority.

    Attributes:
        bids, asks: price in ticks to level, in no order; there is no empty level.
        levels: order id to the level that it rests at.
        best_bid, best_ask: the best prices; of an empty side the last one there was, away from the other side.
        makers: how many orders of makers rest.
    """

    __slots__ = ("asks", "bids", "levels", "makers")

    def __init__(self, best_bid: int = 1, best_ask: int = 2) -> None:
        super().__init__(best_bid, best_ask)
        self.bids: dict[int, LadderLevel] = {}
        self.asks: dict[int, LadderLevel] = {}
        self.levels: dict[int, LadderLevel] = {}
        self.makers = 0

    # Orders

    def rest(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest an order of the background behind those at its price; False, and nothing done, if it would trade."""
        if side is BUY:
            levels = self.bids
            level = levels.get(price)
            if level is None:
                if price >= self.best_ask and self.asks:
                    return False
                if price > self.best_bid or not levels:
                    self.best_bid = price
                    if price >= self.best_ask:
                        self.best_ask = price + 1
        else:
            levels = self.asks
            level = levels.get(price)
            if level is None:
                if price <= self.best_bid and self.bids:
                    return False
                if price < self.best_ask or not levels:
                    self.best_ask = price
                    if price <= self.best_bid:
                        self.best_bid = price - 1
        if level is None:
            # Made without a call of its __init__, which would cost as much as all the rest here.
            level = levels[price] = LadderLevel.__new__(LadderLevel)
            level.price, level.side = price, side
            level.total = level.spent = 0
            level.queue = {}
        level.queue[order_id] = quantity
        level.total += quantity
        self.levels[order_id] = level
        return True

    def quote(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a maker's order likewise."""
        resting = self.rest(order_id, side, price, quantity)
        self.makers += resting
        return resting

    def cancel(self, order_id: int) -> None:
        """Take an order of anybody's out, if it rests."""
        level = self.levels.get(order_id)
        if level is not None:
            self._remove(order_id, level)
            self.makers -= order_id & INDEX < FIRST_BACKGROUND

    def withdraw(self, order_id: int) -> bool:
        """Take an order of the background out, if it rests; False, and nothing done, if it is its side's last."""
        level = self.levels.get(order_id)
        if level is not None:
            levels = self.bids if level.side is BUY else self.asks
            # With two levels more than makers have orders, another one holds background lots.
            if len(levels) < self.makers + 2 and _alone(order_id, levels):
                return False
            self._remove(order_id, level)
        return True

    def _remove(self, order_id: int, level: LadderLevel) -> None:
        del self.levels[order_id]
        queue = level.queue
        level.total -= queue.pop(order_id)
        if not queue:
            self._close(level)

    def reduce(self, order_id: int, quantity: int) -> None:
        """Take lots, fewer than it has, off a resting order, which keeps its place."""
        level = self.levels[order_id]
        level.queue[order_id] -= quantity
        level.total -= quantity

    def take(self, order_id: int, side: Side, quantity: int, worst: int, own: int | None = None) -> Taken:
        """Trade up to ``quantity`` at ``worst`` or better, at the resting orders' prices.

        Args:
            order_id: the taker's.
            side: the taker's.
            quantity: in lots; none trades nothing.
            worst: in ticks.
            own: the index of a participant whose resting orders are cancelled, not traded with, when they are met.
        """
        trades: list[Trade] = []
        removed: list[int] = []
        levels = self.asks if side is BUY else self.bids
        known = self.levels
        left = max(0, quantity)
        quantity = left
        while left and levels:
            price = self.best_ask if side is BUY else self.best_bid
            if price > worst if side is BUY else price < worst:
                break
            level = levels[price]
            queue = level.queue
            gone: list[int] = []
            for resting_id, there in queue.items():
                if own is not None and resting_id & INDEX == own:
                    removed.append(resting_id)
                elif there > left:
                    trades.append(named_tuples.new(Trade, (price, left, resting_id, order_id, side)))
                    queue[resting_id] = there - left
                    level.total -= left
                    left = 0
                    break
                else:
                    trades.append(named_tuples.new(Trade, (price, there, resting_id, order_id, side)))
                    left -= there
                level.total -= there
                gone.append(resting_id)
                if not left:
                    break
            self._drop(level, gone)
            for resting_id in gone:
                del known[resting_id]
        return Taken(trades, removed, quantity - left)

    def _drop(self, level: LadderLevel, order_ids: list[int]) -> None:
        """Remove orders at the head of a level's queue, whose lots are no longer in its total."""
        queue = level.queue
        for order_id in order_ids:
            del queue[order_id]
            if order_id & INDEX < FIRST_BACKGROUND:
                self.makers -= 1
        if not queue:
            self._close(level)
            return
        # A dict steps over the holes that deletions leave at its front until it is rebuilt: n holes have cost n² / 2
        # steps by the time the n-th is made. When that exceeds the cost of a copy, copy.
        level.spent += len(order_ids)
        if level.spent * level.spent > 2 * _HOLES_A_COPY * len(queue):
            level.queue = dict(queue)
            level.spent = 0

    def _close(self, level: LadderLevel) -> None:
        """Remove an emptied level, and find the next best price if it was the best."""
        price = level.price
        if level.side is BUY:
            bids = self.bids
            del bids[price]
            if price == self.best_bid and bids:
                self.best_bid = _next(bids, price, -1) or max(bids)
        else:
            asks = self.asks
            del asks[price]
            if price == self.best_ask and asks:
                self.best_ask = _next(asks, price, 1) or min(asks)

    def clear(self) -> None:
        """Take every order out."""
        for levels in (self.bids, self.asks, self.levels):
            levels.clear()
        self.makers = 0

    # Queries

    def spare(self, side: Side, quantity: int, own: int | None) -> int:
        """The part of a taker's quantity that leaves at least one background lot on the side it trades against.

        Args:
            side: that side.
            quantity: the taker's lots.
            own: the taker's index if its own orders there are taken away instead of traded with.
        """
        ahead = spare = 0
        for level in self.sorted(side):
            for order_id, left in level.queue.items():
                index = order_id & INDEX
                if index != own:
                    ahead += left
                if index >= FIRST_BACKGROUND:
                    spare = ahead - 1
                    if spare >= quantity:
                        return quantity
        return spare

    def side(self, side: Side) -> dict[int, LadderLevel]:
        """Price to level of a side, in no order."""
        return self.bids if side is BUY else self.asks

    def sorted(self, side: Side) -> list[LadderLevel]:
        """The levels of a side, best first."""
        levels = self.bids if side is BUY else self.asks
        return [levels[price] for price in sorted(levels, reverse=side is BUY)]

    def best(self, side: Side) -> Depth | None:
        """The best level of a side; None when it is empty."""
        level = self.bids.get(self.best_bid) if side is BUY else self.asks.get(self.best_ask)
        return None if level is None else named_tuples.new(Depth, (level.price, level.total, len(level.queue)))

    def touch_lots(self, side: Side) -> int:
        """Lots at the best price of a side; 0 when it is empty."""
        level = self.bids.get(self.best_bid) if side is BUY else self.asks.get(self.best_ask)
        return 0 if level is None else level.total

    def best_excluding(self, side: Side, own: Mapping[int, int]) -> int | None:
        """The best price of a side at which there is more than ``own`` (price to lots); None without one."""
        if side is BUY:
            levels, price, away = self.bids, self.best_bid, -1
        else:
            levels, price, away = self.asks, self.best_ask, 1
        if price not in own and levels:
            return price
        # Mostly others are the next few ticks away.
        for _ in range(_NEAR):
            level = levels.get(price)
            if level is not None and level.total > own.get(price, 0):
                return price
            price += away
        for level in self.sorted(side):
            if level.total > own.get(level.price, 0):
                return level.price
        return None

    def others_touch(self, own_bids: Mapping[int, int], own_asks: Mapping[int, int]) -> tuple[int | None, int | None]:
        """The best bid and ask as :meth:`best_excluding` gives them."""
        bid, ask = self.best_bid, self.best_ask
        return (
            bid if bid not in own_bids and self.bids else self.best_excluding(BUY, own_bids),
            ask if ask not in own_asks and self.asks else self.best_excluding(SELL, own_asks),
        )

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The best ``levels`` levels of a side (all when None), best first."""
        if levels == 1:
            best = self.best(side)
            return [] if best is None else [best]
        found = self.sorted(side)[:levels]
        return [named_tuples.new(Depth, (each.price, each.total, len(each.queue))) for each in found]

    def orders(self, side: Side) -> list[Resting]:
        """Every order of a side, in the order in which they trade."""
        return [
            Resting(order_id, side, level.price, quantity, None)
            for level in self.sorted(side)
            for order_id, quantity in level.queue.items()
        ]

    def price_of(self, order_id: int) -> int:
        """The price of an order; 0 of one that does not rest."""
        level = self.levels.get(order_id)
        return 0 if level is None else level.price

    def remaining(self, order_id: int) -> int | None:
        """The lots left of an order; None of one that does not rest."""
        level = self.levels.get(order_id)
        return None if level is None else level.queue[order_id]

    def queue_ahead(self, order_id: int) -> QueueAhead | None:
        """The lots and orders that trade before an order at its price; None when it does not rest."""
        level = self.levels.get(order_id)
        if level is None:
            return None
        lots = orders = 0
        for other_id, quantity in level.queue.items():
            if other_id == order_id:
                break
            lots += quantity
            orders += 1
        return QueueAhead(lots, orders)

    def part_of(self, order_id: int) -> float | None:
        """The part of an order that another rule than price-time would give an order; None, since time decides."""
        return None

    def fault(self) -> str | None:
        """An inconsistency, None if there is none; O(orders)."""
        found = makers = 0
        for side, levels in ((BUY, self.bids), (SELL, self.asks)):
            for price, level in levels.items():
                lots = level.queue.values()
                if level.total != sum(lots) or min(lots) < 1 or level.price != price or level.side is not side:
                    return f"level {price} does not add up"
                makers += sum(order_id & INDEX < FIRST_BACKGROUND for order_id in level.queue)
                found += len(lots)
        if makers != self.makers:
            return f"{makers} orders of makers rest, the book counts {self.makers}"
        if (self.bids and self.best_bid != max(self.bids)) or (self.asks and self.best_ask != min(self.asks)):
            return f"{self.touch} are not the best prices"
        return None if found == len(self.levels) else f"{found} orders rest, the book counts {len(self.levels)}"

    def rests(self, order_id: object) -> bool:
        """Whether an order rests."""
        return order_id in self.levels

    def __len__(self) -> int:
        """How many orders rest."""
        return len(self.levels)


def _alone(order_id: int, levels: dict[int, LadderLevel]) -> bool:
    """Whether no other order of the background rests on a side."""
    for level in levels.values():
        for other_id in level.queue:
            if other_id != order_id and other_id & INDEX >= FIRST_BACKGROUND:
                return False
    return True


def _next(levels: dict[int, LadderLevel], price: int, step: int) -> int:
    """The nearest price with a level, looking one tick after another as long as that may be quicker; 0 if none is."""
    for _ in levels:
        price += step
        if price in levels:
            return price
    return 0

"""The book while orders are collected, to trade all at one price."""

from __future__ import annotations

from collections.abc import Mapping

from mmtui.book import Depth, OrderStatus, QueueAhead, Resting, Side, TimeInForce, Trade
from mmtui.book.auction import AuctionBook, Indication
from mmtui.book.price_levels import BookSide
from mmtui.market.core.book import Book
from mmtui.market.core.ladder import PriceLadder
from mmtui.market.core.order_ids import FIRST_BACKGROUND, INDEX

BUY, SELL = Side.BUY, Side.SELL


class Auction(Book):
    """Takes a ladder's orders, collects others, which may cross, and returns what has not traded.

    The furthest background order of each side stays in the ladder, so that a side never is empty. The best prices are
    those that the auction would leave if it ended now.

    Args:
        ladder: the book of continuous trading.
        reference: the last price, in ticks.
    """

    def __init__(self, ladder: PriceLadder, reference: float) -> None:
        super().__init__(ladder.best_bid, ladder.best_ask)
        self._ladder = ladder
        self._reference = reference
        self._book = AuctionBook()
        self._passing: set[int] = set()
        self._held = {side: _furthest(ladder.orders(side)) for side in Side}
        for side, held in self._held.items():
            for order in ladder.orders(side):
                if order != held:
                    ladder.cancel(order.order_id)
                    self._collect(order.order_id, side, order.price, order.quantity)
        self._look()

    # Orders

    def rest(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Collect an order; False, and nothing done, if it is a maker's that could trade with another of his own."""
        resting = self._collect(order_id, side, price, quantity)
        self._look()
        return resting

    def _collect(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        index = order_id & INDEX
        owner = str(index) if index < FIRST_BACKGROUND else None
        report = self._book.limit(order_id, side, price, quantity, TimeInForce.GTC, False, owner)
        return report.status is OrderStatus.RESTING

    def quote(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Collect a maker's order likewise."""
        return self.rest(order_id, side, price, quantity)

    def take(self, order_id: int, side: Side, worst: int, quantity: int) -> None:
        """Collect an order that does not stay when the auction is over."""
        self.rest(order_id, side, worst, quantity)
        self._passing.add(order_id)

    def cancel(self, order_id: int) -> None:
        """Take an order out, if it was collected."""
        self._book.cancel(order_id)
        self._look()

    def reduce(self, order_id: int, quantity: int) -> None:
        """Take lots, fewer than it has, off an order, which keeps its place."""
        self._book.reduce(order_id, quantity)
        self._look()

    def holds(self, order_id: int) -> bool:
        """Whether an order is one of those that stay in the ladder."""
        return order_id in self._ladder

    def uncross(self) -> list[Trade]:
        """Trade at the single price, and return the orders that are left to the ladder, first come first."""
        ladder, book = self._ladder, self._book
        trades = book.uncross(self._reference)
        for order_id in self._passing:
            book.cancel(order_id)
        for side, held in self._held.items():
            others = book.best(side.opposite)
            if held is not None and others is not None and side * (held.price - others.price) >= 0:
                # The price has left the whole book behind.
                ladder.cancel(held.order_id)
                ladder.rest(held.order_id, side, others.price - side, held.quantity)
        for side in Side:
            for order in book.orders(side):
                if order.owner is None:
                    ladder.rest(order.order_id, side, order.price, order.quantity)
                else:
                    ladder.quote(order.order_id, side, order.price, order.quantity)
        return [_maker_rests(trade) for trade in trades]

    # Queries

    def _look(self) -> None:
        """Find the best prices that the auction would leave if it ended now."""
        indication = self.indication()
        traded = 0 if indication is None else indication.quantity
        ladder, bid, ask = self._ladder, self._book.left(BUY, traded), self._book.left(SELL, traded)
        if bid is None:
            bid = ladder.best_bid if ask is None else min(ladder.best_bid, ask - 1)
        self.best_bid = bid
        self.best_ask = max(ladder.best_ask, bid + 1) if ask is None else ask

    def indication(self) -> Indication | None:
        """What it would do if it ended now; None while that is nothing."""
        return self._book.indication(self._reference)

    def best(self, side: Side) -> Depth | None:
        """The best level collected on a side."""
        return self._book.best(side)

    def touch_lots(self, side: Side) -> int:
        """Lots collected at the best price of a side."""
        level = self._side(side).best
        return 0 if level is None else level.total

    def best_excluding(self, side: Side, own: Mapping[int, int]) -> int | None:
        """The best price collected on a side at which there is more than ``own``; None without one."""
        for level in self._side(side).levels.values():
            if level.total > own.get(level.price, 0):
                return level.price
        return None

    def _side(self, side: Side) -> BookSide:
        return self._book.bids if side is BUY else self._book.asks

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The levels collected on a side, best first."""
        return self._book.depth(side, levels)

    def orders(self, side: Side) -> list[Resting]:
        """The orders collected on a side, best first."""
        return self._book.orders(side)

    def price_of(self, order_id: int) -> int:
        """The price of a collected order, else 0."""
        level = self._book.level_of(order_id)
        return 0 if level is None else level.price

    def remaining(self, order_id: int) -> int | None:
        """The lots left of a collected order, else None."""
        return self._book.remaining(order_id)

    def queue_ahead(self, order_id: int) -> QueueAhead | None:
        """The lots and orders before an order at its price; None when it was not collected."""
        return self._book.queue_ahead(order_id)

    def fault(self) -> str | None:
        """An inconsistency, None if there is none."""
        return self._book.fault()

    def rests(self, order_id: object) -> bool:
        """Whether an order was collected."""
        return order_id in self._book

    def __len__(self) -> int:
        """How many orders were collected."""
        return len(self._book)


def _furthest(orders: list[Resting]) -> Resting | None:
    background = (order for order in reversed(orders) if order.order_id & INDEX >= FIRST_BACKGROUND)
    return next(background, None)


def _maker_rests(trade: Trade) -> Trade:
    """The trade with a maker's order as the resting one, which in an auction every order is."""
    price, quantity, maker_id, taker_id, side = trade
    if taker_id & INDEX < FIRST_BACKGROUND:
        return Trade(price, quantity, taker_id, maker_id, side.opposite)
    return trade

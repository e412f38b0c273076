"""What an exchange asks of a book: the ladder of continuous trading, or what an auction has collected."""

from __future__ import annotations

from collections.abc import Mapping

from mmtui.book import Depth, QueueAhead, Resting, Side

BUY, SELL = Side.BUY, Side.SELL


class Book:
    """A book that keeps its best prices.

    Attributes:
        best_bid, best_ask: in ticks.
    """

    __slots__ = ("best_ask", "best_bid")

    def __init__(self, best_bid: int, best_ask: int) -> None:
        self.best_bid = best_bid
        self.best_ask = best_ask

    @property
    def touch(self) -> tuple[int, int]:
        """The best bid and ask, in ticks."""
        return self.best_bid, self.best_ask

    @property
    def mid(self) -> float:
        """Half-way between the best prices, in ticks."""
        return (self.best_bid + self.best_ask) / 2

    def __contains__(self, order_id: object) -> bool:
        """Whether an order is in it."""
        return self.rests(order_id)

    # Orders

    def rest(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Add an order of the background; False, and nothing done, if it may not rest."""
        raise NotImplementedError

    def quote(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Add a maker's order likewise."""
        raise NotImplementedError

    def cancel(self, order_id: int) -> None:
        """Take an order of anybody's out, if it is in it."""
        raise NotImplementedError

    def reduce(self, order_id: int, quantity: int) -> None:
        """Take lots, fewer than it has, off an order, which keeps its place."""
        raise NotImplementedError

    # Queries

    def rests(self, order_id: object) -> bool:
        """Whether an order is in it."""
        raise NotImplementedError

    def price_of(self, order_id: int) -> int:
        """The price of an order; 0 of one that is not in it."""
        raise NotImplementedError

    def remaining(self, order_id: int) -> int | None:
        """The lots left of an order; None of one that is not in it."""
        raise NotImplementedError

    def queue_ahead(self, order_id: int) -> QueueAhead | None:
        """The lots and orders that trade before an order at its price; None when it is not in it."""
        raise NotImplementedError

    def touch_lots(self, side: Side) -> int:
        """Lots at the best price of a side; 0 when it is empty."""
        raise NotImplementedError

    def best(self, side: Side) -> Depth | None:
        """The best level of a side; None when it is empty."""
        raise NotImplementedError

    def best_excluding(self, side: Side, own: Mapping[int, int]) -> int | None:
        """The best price of a side at which there is more than ``own`` (price to lots); None without one."""
        raise NotImplementedError

    def others_touch(self, own_bids: Mapping[int, int], own_asks: Mapping[int, int]) -> tuple[int | None, int | None]:
        """The best bid and ask as :meth:`best_excluding` gives them."""
        return self.best_excluding(BUY, own_bids), self.best_excluding(SELL, own_asks)

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The best ``levels`` levels of a side (all when None), best first."""
        raise NotImplementedError

    def orders(self, side: Side) -> list[Resting]:
        """Every order of a side, best first."""
        raise NotImplementedError

    def fault(self) -> str | None:
        """An inconsistency, None if there is none; it looks at every order."""
        raise NotImplementedError

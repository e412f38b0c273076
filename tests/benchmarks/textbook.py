"""The order book of the textbooks, kept to compare with: a SortedDict of deques of orders a side."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from sortedcontainers import SortedDict


@dataclass(slots=True)
class Order:
    order_id: int
    is_buy: bool
    price: int
    quantity: int


@dataclass(slots=True)
class Trade:
    price: int
    quantity: int
    maker_id: int
    taker_id: int


class TextbookBook:
    """Price-time priority as it is usually written: the best price is looked up, a cancel searches its level."""

    def __init__(self) -> None:
        self.bids: SortedDict[int, deque[Order]] = SortedDict()
        self.asks: SortedDict[int, deque[Order]] = SortedDict()
        self.orders: dict[int, Order] = {}

    def limit(self, order_id: int, is_buy: bool, price: int, quantity: int) -> list[Trade]:
        """Match an order, rest what is left of it, and return its trades."""
        order = Order(order_id, is_buy, price, quantity)
        trades: list[Trade] = []
        other = self.asks if is_buy else self.bids
        while order.quantity and other:
            best_price, queue = other.peekitem(0 if is_buy else -1)
            if best_price > price if is_buy else best_price < price:
                break
            while order.quantity and queue:
                maker = queue[0]
                quantity = min(order.quantity, maker.quantity)
                trades.append(Trade(best_price, quantity, maker.order_id, order_id))
                order.quantity -= quantity
                maker.quantity -= quantity
                if not maker.quantity:
                    queue.popleft()
                    del self.orders[maker.order_id]
            if not queue:
                del other[best_price]
        if order.quantity:
            own = self.bids if is_buy else self.asks
            if price not in own:
                own[price] = deque()
            own[price].append(order)
            self.orders[order_id] = order
        return trades

    def cancel(self, order_id: int) -> bool:
        """Take an order out of the book."""
        order = self.orders.pop(order_id, None)
        if order is None:
            return False
        own = self.bids if order.is_buy else self.asks
        queue = own[order.price]
        queue.remove(order)
        if not queue:
            del own[order.price]
        return True

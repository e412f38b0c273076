"""A limit order book with price-time or pro-rata priority, of use by itself.

>>> from mmtui.book import OrderBook, Side
>>> book = OrderBook("ABC")
>>> _ = book.limit(1, Side.BUY, 9_995, 10)
>>> _ = book.limit(2, Side.BUY, 9_995, 4)
>>> book.queue_ahead(2)
QueueAhead(lots=10, orders=1)
"""

from mmtui.book.auction import AuctionBook, Indication
from mmtui.book.matching import PRICE_TIME, Matching, allocate, part_of
from mmtui.book.order_book import OrderBook
from mmtui.book.price_levels import BookSide, PriceLevel
from mmtui.book.types import (
    Depth,
    OrderReport,
    OrderStatus,
    QueueAhead,
    Reason,
    Resting,
    SelfTrade,
    Side,
    TimeInForce,
    Trade,
)

__all__ = [
    "PRICE_TIME",
    "AuctionBook",
    "BookSide",
    "Depth",
    "Indication",
    "Matching",
    "OrderBook",
    "OrderReport",
    "OrderStatus",
    "PriceLevel",
    "QueueAhead",
    "Reason",
    "Resting",
    "SelfTrade",
    "Side",
    "TimeInForce",
    "Trade",
    "allocate",
    "part_of",
]

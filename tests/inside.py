"""What tests need of the inside of things that show none of it."""

from __future__ import annotations

from mmtui.book import OrderBook
from mmtui.market.core.exchange import Exchange


def book_of(exchange: Exchange) -> OrderBook:
    """The book of an exchange, to lay out a situation in it, and to hold what the exchange says of it against it."""
    return exchange._book

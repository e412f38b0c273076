"""What tests need of the inside of things that show none of it."""

from __future__ import annotations

from mmtui.market.core.auction import Auction
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.ladder import PriceLadder


def book_of(exchange: Exchange) -> PriceLadder:
    """The book of an exchange, to lay out a situation in it, and to hold what the exchange says of it against it."""
    return exchange.ladder


def auction_of(exchange: Exchange) -> Auction:
    """What an exchange is collecting."""
    assert isinstance(exchange.book, Auction)
    return exchange.book

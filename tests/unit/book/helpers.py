"""Short hands for the tests of the book."""

from __future__ import annotations

from mmtui.book import OrderBook, OrderReport, Side

BUY, SELL = Side.BUY, Side.SELL

Picture = tuple[list[tuple[int, list[tuple[int, int]]]], list[tuple[int, list[tuple[int, int]]]]]


def picture(book: OrderBook) -> Picture:
    """The whole book: bids and offers, best first, each a price and its queue of (order id, lots)."""
    bids, asks = (
        [(level.price, list(level.queue.items())) for level in side.levels.values()] for side in (book.bids, book.asks)
    )
    return bids, asks


def fills(report: OrderReport) -> list[tuple[int, int, int]]:
    """The trades of a report as (maker id, price, lots)."""
    return [(trade.maker_id, trade.price, trade.quantity) for trade in report.trades]

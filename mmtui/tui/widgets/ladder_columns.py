"""The ladder's columns at a width, and their header."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mmtui.tui.format import Span

#: The least widths for more columns, and for all.
_WIDE, _WHOLE = 72, 81


class LadderColumn(NamedTuple):
    """A column of the ladder: its name, width and header."""

    name: str
    width: int
    title: str


def columns(width: int, price_width: int) -> tuple[LadderColumn, ...]:
    """The columns that fit a width; spare cells widen the bars, equally on both sides so that the price is central."""
    wide, whole = width >= _WIDE, width >= _WHOLE
    own = 8
    price = LadderColumn("price", price_width + (8 if wide else 6), "Price")
    pnl, sold, bought = (
        LadderColumn("pnl", 8, "PnL"),
        LadderColumn("sold", 5, "Sold"),
        LadderColumn("bought", 6, "Bought"),
    )
    moved = 5 if whole else 0
    rest = (pnl.width + sold.width + bought.width if wide else 0) + 2 * moved
    bars = width - price.width - 2 * own - rest
    volume = 7
    side = max(4, min(28, (bars - volume) // 2))
    own_bid, bid = LadderColumn("my_bid", own, "My bids"), LadderColumn("bid", side, "Bid")
    ask, own_ask = LadderColumn("ask", side, "Ask"), LadderColumn("my_ask", own, "My asks")
    traded = LadderColumn("volume", max(4, bars - 2 * side), "Vol")
    if not wide:
        return (own_bid, bid, price, ask, own_ask, traded)
    if not whole:
        return (pnl, own_bid, bid, sold, price, bought, ask, own_ask, traded)
    bid_moved, ask_moved = LadderColumn("bid_moved", moved, "Δ"), LadderColumn("ask_moved", moved, "Δ")
    return (pnl, own_bid, bid_moved, bid, sold, price, bought, ask, ask_moved, own_ask, traded)


def column_at(layout: Iterable[LadderColumn], x: int) -> str | None:
    """The name of the column under a cell."""
    for column in layout:
        if x < column.width:
            return column.name
        x -= column.width
    return None


class HeaderState(NamedTuple):
    """The header's state: ticks to a market outside of the window, price steps a row, whether the ladder follows."""

    away: int = 0
    group: int = 1
    follows: bool = False


def header(layout: tuple[LadderColumn, ...], top: HeaderState) -> list[Span]:
    """The titles; the price's is an arrow and a distance in ticks while the market is outside of the window."""
    market_away = top.away
    spans: list[Span] = []
    for name, width, title in layout:
        if name == "price" and market_away:
            arrow = "▲" if market_away > 0 else "▼"
            spans.append((f"{arrow} {abs(market_away)} t".center(width)[:width], "bold ink on own"))
        elif name == "price":
            margin = 2 if width > 13 else 1
            grouped = f"×{top.group} " if top.group > 1 else ""
            text = f"{'follow' if top.follows else title} {grouped}".rstrip()
            spans.append((text.rjust(width - margin)[: width - margin] + " " * margin, "muted on panel"))
        elif name in ("ask", "my_ask", "bought"):
            text = title.rjust(5) if name != "my_ask" else " " + title
            spans.append((text.ljust(width)[:width], "muted on panel"))
        elif name == "my_bid":
            spans.append((" " + title.ljust(width - 1), "muted on panel"))
        else:
            spans.append((title.rjust(width - 1)[: width - 1] + " ", "muted on panel"))
    return spans

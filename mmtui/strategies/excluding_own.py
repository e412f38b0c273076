"""The market without one's own orders.

A maker's own quotes are part of the best prices and of the mid. A maker who centres on that mid follows himself: alone
at the best bid he pulls the mid towards his bid, quotes higher about it, and so on. Strategies therefore centre on
others' quotes.
"""

from __future__ import annotations

from mmtui.book import Side
from mmtui.strategies.protocol import MarketView

BUY, SELL = Side.BUY, Side.SELL


def others_touch(view: MarketView) -> tuple[int, int]:
    """The best bid and ask of others, in ticks; one's own best counts on a side without others."""
    bid, ask = view.others_best(BUY), view.others_best(SELL)
    return view.best_bid if bid is None else bid, view.best_ask if ask is None else ask


def others_mid(view: MarketView) -> float:
    """Half-way between the best prices of others, in ticks."""
    bid, ask = others_touch(view)
    return (bid + ask) / 2

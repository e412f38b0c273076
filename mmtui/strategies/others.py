"""The market without one's own orders.

A maker's own quotes are part of the best prices and of the mid. Who centres on that mid follows himself: alone at the
best bid he pulls the mid towards his bid, quotes higher about it, and walks. Strategies therefore centre on what
others quote.
"""

from __future__ import annotations

from mmtui.book import Side
from mmtui.strategies.base import MarketView

#: Levels read at first when own orders stand at the best price; own orders seldom fill more than one or two.
_FEW = 4


def others_best(view: MarketView, side: Side) -> int | None:
    """The best price of a side at which anybody else has an order, in ticks; None when nobody has.

    O(1) unless own orders stand alone at the best price.
    """
    best = view.best_bid if side is Side.BUY else view.best_ask
    if not view.own_quantity(side, best):
        return best
    for levels in (_FEW, None):
        for price, quantity, _ in view.depth(side, levels):
            if quantity > view.own_quantity(side, price):
                return price
    return None


def others_touch(view: MarketView) -> tuple[int, int]:
    """The best bid and ask of others, in ticks; on a side where nobody else is, one's own best counts."""
    bid, ask = others_best(view, Side.BUY), others_best(view, Side.SELL)
    return view.best_bid if bid is None else bid, view.best_ask if ask is None else ask


def others_mid(view: MarketView) -> float:
    """Half-way between the best prices of others, in ticks."""
    bid, ask = others_touch(view)
    return (bid + ask) / 2

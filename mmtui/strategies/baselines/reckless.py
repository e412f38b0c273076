"""The touch at full size."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.book import Side
from mmtui.strategies.protocol import MarketView, Quotes, Strategy


@dataclass
class Reckless(Strategy):
    """The best bid and ask, at the largest size, whatever the position, until the limit stops it.

    Idea: what trading the most and managing nothing scores; a level must reward better behaviour than this.

    Formula: bid = others' best bid, ask = others' best ask, size = the position limit, which the quoter cuts to the
    largest order and the room left.

    Fails: everywhere the price moves.
    """

    name = "reckless"
    idea = "the touch at full size, to the limit"
    baseline = True

    def quote(self, view: MarketView) -> Quotes:
        """At the best prices of others, as large as the limit."""
        size = view.rules.position_limit
        return Quotes(view.others_best(Side.BUY), view.others_best(Side.SELL), size, size)

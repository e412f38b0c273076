"""A tick in front of everybody."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.book import Side
from mmtui.strategies.protocol import MarketView, Quotes, Strategy


@dataclass
class Bracket(Strategy):
    """A price step better than the best of others on both sides, at the smallest size that counts.

    Idea: what stepping in front scores. It is hit first, also by those who know, and earns less than the spread.

    Formula: bid = others' best bid + a step, ask = others' best ask - a step; at the touch where there is no room.

    Fails: where the informed trade, and where everybody else keeps a distance for a reason.
    """

    name = "bracket"
    idea = "a step in front of everybody, at the smallest size"
    baseline = True

    def quote(self, view: MarketView) -> Quotes:
        """In front of the best prices of others."""
        bid, ask, step, size = view.others_best(Side.BUY), view.others_best(Side.SELL), view.step, view.rules.min_size
        if bid is not None and ask is not None and ask - bid > 2 * step:
            bid, ask = bid + step, ask - step
        return Quotes(bid, ask, size, size)

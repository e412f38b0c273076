"""Joins the best bid and ask."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.book import Side
from mmtui.strategies.base import MarketView, Quotes, Strategy, param
from mmtui.strategies.defaults import default_size


@dataclass
class Touch(Strategy):
    """Stands in the queue at the best bid and the best ask.

    Idea: with a large tick nobody can quote better, and what counts is to be early in the queue. Joining the best
    price and staying there while it is the best gains a place with every trade and cancel in front.

    Formula: bid = others' best bid, ask = others' best ask. When others leave a price and only the own order is left,
    it steps back to the price they went to: alone in front is where the better informed trade.

    Parameters: size in lots (a tenth of the position limit).

    Fails: it does not look at its position, so that one-sided flow fills it to the limit; with a small tick the touch
    is too narrow a spread for what the informed take.
    """

    name = "touch"
    idea = "joins the best bid and ask and keeps its place in the queue"

    size: int | None = param(None, "lots", "size of each quote; auto is a tenth of the position limit", least=1)

    def quote(self, view: MarketView) -> Quotes:
        """At the best prices of others; no quote on a side where nobody else is."""
        size = default_size(view.rules) if self.size is None else self.size
        return Quotes(view.others_best(Side.BUY), view.others_best(Side.SELL), size, size)

"""Joins the best bid and ask."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.book import Side
from mmtui.strategies.defaults import default_size, size_param
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param


@dataclass
class Touch(Strategy):
    """Stands in the queue at the best bid and the best ask.

    Idea: with a large tick nobody can quote better, and what counts is to be early in the queue. Joining the best
    price and staying there while it is the best gains a place with every trade and cancel in front.

    Formula: bid = others' best bid, ask = others' best ask. When others leave a price and only the own order is left,
    it steps back to the price they went to: alone in front is where the better informed trade. With a position beyond
    ``lean_at`` of the limit the side that would add to it shows half of the free part, which keeps its place; beyond
    twice that it stands a price step further back. So it does where the queue is shorter than ``thin`` of the other
    side's: such a price is about to go, and who is filled there is filled at the back (Moallemi and Yuan 2017).

    Parameters: size in lots (a tenth of the position limit); lean_at, a part of the limit (0.1); thin, a part of the
    other side's queue (0.3).

    Fails: with a small tick the touch is too narrow a spread for what the informed take, and a step back is little
    against one-sided flow.
    """

    name = "touch"
    idea = "joins the best bid and ask and keeps its place in the queue"

    size: int | None = size_param()

    thin: float = param(0.3, "part", "of the other side's queue, under which one steps back", least=0.0, most=1000)
    lean_at: float = param(0.1, "part", "of the limit, from which the side that adds shows less", least=0.0, most=1000)

    def quote(self, view: MarketView) -> Quotes:
        """At the best prices of others, or a step behind; no quote on a side where nobody else is."""
        size = default_size(view.rules) if self.size is None else self.size
        bid, ask = view.others_best(Side.BUY), view.others_best(Side.SELL)
        bid_size = ask_size = size
        held = view.position / view.rules.position_limit
        if abs(held) > self.lean_at:
            # Fewer lots keep their place; a step back gives it away.
            fewer = min(size, max(view.rules.min_size, round(size * (1.0 - abs(held)) / 2)))
            bid_size, ask_size = (fewer, size) if held > 0 else (size, fewer)
        bids, asks = (sum(best.quantity for best in view.depth(side, 1)) for side in (Side.BUY, Side.SELL))
        if bid is not None and (held > 2 * self.lean_at or bids < self.thin * asks):
            bid -= view.step
        if ask is not None and (-held > 2 * self.lean_at or asks < self.thin * bids):
            ask += view.step
        return Quotes(bid, ask, bid_size, ask_size)

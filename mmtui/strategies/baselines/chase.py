"""Joins the best prices anew at every move."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmtui.book import Side
from mmtui.strategies.defaults import default_size, size_param
from mmtui.strategies.protocol import MarketView, Quotes, Strategy


@dataclass
class Chase(Strategy):
    """Withdraws its quotes whenever the best prices move or anything trades, and joins the queue again.

    Idea: what haste costs. Every requote goes to the end of the queue, where a fill mostly means that the price is
    about to go through it.

    Formula: bid = others' best bid, ask = others' best ask, and neither at a look at which the best prices are others
    than at the last one, or after which something has traded since.

    Parameters: size in lots (a tenth of the position limit).

    Fails: where the queue is what counts, with a large tick most of all.
    """

    name = "chase"
    idea = "requotes on every move, and so is last in every queue"
    baseline = True

    size: int | None = size_param()

    _touch: tuple[int | None, int | None] = field(default=(None, None), init=False, repr=False, compare=False)
    _looked_ns: int = field(default=0, init=False, repr=False, compare=False)

    def quote(self, view: MarketView) -> Quotes:
        """At the best prices of others while nothing moves."""
        bid, ask = view.others_best(Side.BUY), view.others_best(Side.SELL)
        moved = (bid, ask) != self._touch or bool(view.trades_since(self._looked_ns))
        self._touch, self._looked_ns = (bid, ask), view.now_ns
        if moved:
            return Quotes()
        size = default_size(view.rules) if self.size is None else self.size
        return Quotes(bid, ask, size, size)

"""A maker of the smallest size."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.strategies.defaults import default_half_spread
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, Strategy


@dataclass
class OneLot(Strategy):
    """A fixed half-spread at the smallest size that the obligation counts.

    Idea: what trading next to nothing scores: the width of a maker without his risk, or his use.

    Formula: bid = m - h, ask = m + h, with m the mid of others and h 0.4 of the market's usual spread. Size: the
    obligation's.

    Fails: wherever volume is what one is there for.
    """

    name = "one-lot"
    idea = "a fixed half-spread at the smallest size"
    baseline = True

    def quote(self, view: MarketView) -> Quotes:
        """Both sides around the mid of others."""
        return Quotes.around(others_mid(view), default_half_spread(view.rules), view.rules.min_size)

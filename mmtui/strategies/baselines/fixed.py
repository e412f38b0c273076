"""A fixed half-spread around the mid."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.strategies.defaults import default_half_spread, default_size, size_param
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param


@dataclass
class Fixed(Strategy):
    """The same distance from the mid on both sides, always.

    Idea: buy a little below the mid, sell a little above, and live off the difference.

    Formula: bid = m - h, ask = m + h, with m half-way between the best prices of others and h the half-spread.

    Parameters: half_spread in ticks (0.4 of the market's usual spread), size in lots (a tenth of the position limit).

    Fails: it lets the position run to the limit, and its distance stays what it was when the market turns wild.
    """

    name = "fixed"
    idea = "a fixed half-spread around the mid"

    half_spread: float | None = param(
        None, "ticks", "distance of each quote from the mid; auto is 0.4 of the usual spread", least=0.0, most=1e6
    )
    size: int | None = size_param()

    def quote(self, view: MarketView) -> Quotes:
        """Both sides around the mid of others."""
        rules = view.rules
        half = default_half_spread(rules) if self.half_spread is None else self.half_spread
        size = default_size(rules) if self.size is None else self.size
        return Quotes.around(others_mid(view), half, size)

"""The least that counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, Strategy

#: Half-spreads of the market's usual spread, where the level has no obligation.
_WIDTHS = 4.0


@dataclass
class Wide(Strategy):
    """The smallest size at the widest width that the obligation counts.

    Idea: what being there scores. Hardly anybody reaches such a quote, so it earns and risks next to nothing; a level
    must reward more than that.

    Formula: bid = m - w/2, ask = m + w/2, with m the mid of others and w the obligation's width less two ticks, which
    rounding and a move of the mid may add; without one, four usual spreads. Size: the obligation's.

    Fails: wherever somebody else makes the market.
    """

    name = "wide"
    idea = "the least size at the widest width that counts"
    baseline = True

    def quote(self, view: MarketView) -> Quotes:
        """Both sides as far away as counts."""
        rules = view.rules
        width = _WIDTHS * rules.normal_spread if rules.max_width is None else rules.max_width - 2.0 * view.step
        mid = others_mid(view)
        return Quotes(math.ceil(mid - width / 2), math.floor(mid + width / 2), rules.min_size, rules.min_size)

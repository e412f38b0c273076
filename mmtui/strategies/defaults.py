"""Default sizes and widths, which fit the level that a strategy quotes in."""

from __future__ import annotations

from mmtui.strategies.protocol import Rules

#: Half-spread over the market's usual spread. A half would be the touch; as prices are rounded away from the mid, 0.4
#: is enough: in a market 2.4 ticks wide it asks for 0.96 and quotes 1 or 1.5 away.
_HALF_SPREAD = 0.4
#: Quotes of full size to the position limit; ten leave time to react before it is reached.
_QUOTES_TO_LIMIT = 10


def default_size(rules: Rules) -> int:
    """A tenth of the position limit, at least the obligation's size, at most the largest order; in lots."""
    size = round(rules.position_limit / _QUOTES_TO_LIMIT)
    if size < rules.min_size:
        size = rules.min_size
    if size > rules.max_order:
        size = rules.max_order
    return max(1, size)


def default_half_spread(rules: Rules) -> float:
    """0.4 of the market's usual spread, in ticks."""
    return _HALF_SPREAD * rules.normal_spread

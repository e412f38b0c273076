"""Default sizes and widths, which fit the level that a strategy quotes in, and the parameters that have them."""

from __future__ import annotations

from typing import Any

from mmtui.strategies.protocol import Rules, param

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


def size_param() -> Any:
    """Declare the parameter ``size``, None for :func:`default_size`."""
    return param(None, "lots", "size of each quote; auto is a tenth of the position limit", least=1, most=10**9)


def half_spread_param() -> Any:
    """Declare the parameter ``half_spread``, None for :func:`default_half_spread`."""
    about = "distance of each quote from the centre; auto is 0.4 of the usual spread"
    return param(None, "ticks", about, least=0.0, most=1e6)


def skew_param() -> Any:
    """Declare the parameter ``skew``, None for the usual spread at the position limit."""
    about = "shift against each lot held; auto shifts by the usual spread at the limit"
    return param(None, "ticks/lot", about, least=0.0, most=1e6)

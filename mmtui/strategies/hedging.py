"""Hedge orders from the hedges that a strategy wants, and the size of a hedge with costs."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

from mmtui.book import Side
from mmtui.errors import StrategyError
from mmtui.market.hedges.hedge_gateway import HedgeOrder
from mmtui.strategies.protocol import HedgeQuote, Quotes


def hedge_orders(quotes: Quotes, hedges: Mapping[str, HedgeQuote]) -> list[HedgeOrder]:
    """Return an order for each instrument whose position, orders on their way included, is not the wanted one.

    Wanted positions are cut to the limits.

    Raises:
        StrategyError: a hedge is not a whole number of contracts, or of an instrument that does not exist.
    """
    if not isinstance(quotes.hedges, Mapping):
        raise StrategyError(f"hedges must map instruments to contracts, not be {quotes.hedges!r}")
    orders: list[HedgeOrder] = []
    for name, wanted in quotes.hedges.items():
        held = hedges.get(name)
        if held is None:
            raise StrategyError(no_instrument(name, hedges))
        if isinstance(wanted, bool) or not isinstance(wanted, Integral):
            raise StrategyError(f"hedges[{name!r}] must be a whole number of contracts, not {wanted!r}")
        target = max(-held.limit, min(held.limit, int(wanted)))
        missing = target - held.position - held.coming
        if missing:
            orders.append(HedgeOrder(name, Side.BUY if missing > 0 else Side.SELL, abs(missing)))
    return orders


def no_instrument(name: object, hedges: Mapping[str, HedgeQuote]) -> str:
    """Return the sentence for an unknown instrument."""
    there = f"there are {', '.join(hedges)}" if hedges else "this level has none"
    return f"there is no hedge instrument {name!r}; {there}"


def banded(hedge: HedgeQuote, lots: float, band: float, share: float = 1.0, budget: float | None = None) -> int:
    """Return the contracts to hold: those held, or, if they leave more than a band unhedged, just enough to be in it.

    With costs in proportion to what is traded it is best to do nothing inside a band about the perfect hedge, and to
    trade to its edge, not its middle, outside (Davis, Panas and Zariphopoulou 1993; Whalley and Wilmott 1997).

    Args:
        hedge: the instrument.
        lots: the position to be hedged.
        band: lots that may stay unhedged, either way.
        share: of the position that is hedged.
        budget: currency that hedging may cost in all, half-spreads and fees; None for any. A contract opened sets aside
            the cost of closing it, so that what is held can always be closed.
    """
    held = hedge.position + hedge.coming
    if hedge.ratio == 0.0:
        return held
    low, high = sorted(hedge.against(share * lots + edge) for edge in (-band, band))
    target = max(low, min(high, held))
    unit = hedge.unit_cost
    kept = abs(held) if held * target > 0 else 0
    opened = abs(target) - kept
    if budget is None or unit <= 0 or opened <= 0:
        return target
    free = budget - hedge.cost - (abs(hedge.coming) + abs(held)) * unit
    affordable = max(0, int(free / (2 * unit)))
    return (1 if target > 0 else -1) * (kept + min(opened, affordable))

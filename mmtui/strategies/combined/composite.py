"""Another strategy's quotes, with the defences of ``rules``."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from mmtui.errors import UnknownStrategyError
from mmtui.strategies.combined.sub_strategy import SubStrategy
from mmtui.strategies.defaults import default_half_spread
from mmtui.strategies.defences.defended import Defended
from mmtui.strategies.protocol import MarketView, Quotes, param
from mmtui.strategies.quoter import targets
from mmtui.strategies.registry import strategy_class


@dataclass
class Composite(Defended):
    """The quotes of any other strategy, with the defences of ``rules`` around them.

    Idea: a model knows what to charge for a position in the market it assumes; the defences know when the market is
    another one. So the model quotes, and what it wants is changed by the rules, each as in ``rules``.

    Formula, with m half-way between the best prices of others, and r, b and a the reservation price, bid and ask that
    the base strategy wants:

        bid = m + L (r - m) + S - (B (r - b) + B')        ask = m + L (r - m) + S + (A (a - r) + A')

    L, the factor on the lean, S, the shift, A and B, the factors on the distances, A' and B', what a stale side steps
    back, and the factors on the sizes are those of all rules together (mmtui.strategies.defences.quote_adjustment).
    Before that, b and a are at least ``floor`` times the usual half-spread away from r, since a model that learns from
    fills near the mid comes too near in a market where the tick is large. The base is GLFT (Guéant, Lehalle and
    Fernandez-Tapia, 2013), with volatility, k and A learnt from the market.

    Parameters: base, the name of a strategy (glft) or file.py:Class, and settings, its parameters, as in "gamma=0.01
    size=3"; floor, a number (1). The others are those of ``rules``, with its units and defaults: the switches
    volatility, spread, crowding, imbalance, toxicity, band, hurst and oblige; release and memory; volatile_at,
    spread_at, stress_width, stress_size, spike_at and spike_size; crowded_at and crowded_size; imbalance_at, shade and
    stale; toxic_at, toxic_width, toxic_size and step_out; band_at, band_width, band_size, band_lean, band_out and
    band_after; hurst_at, trend_width, trend_lean and revert_width.

    Fails: as ``rules`` does; and a base that does not follow volatility is shown smaller in a spike, and no wider.
    """

    name = "composite"
    idea = "the quotes of another strategy, with the defences of rules"

    base: str = param("glft", "strategy", "the strategy whose quotes are defended")
    settings: str = param("", "settings", 'parameters of the base, as "gamma=0.01 size=3"')

    floor: float = param(1.0, "times", "the usual half-spread, the least distance of a quote", least=0.0, most=1000)

    _base: SubStrategy = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if issubclass(strategy_class(self.base), Defended):
            raise UnknownStrategyError(f"{self.base} has these defences itself: base must be another strategy")
        self._base = SubStrategy(self.base, self.settings)

    def wanted(self, view: MarketView, mid: float, sigma: float) -> Quotes:
        """What the base strategy wants."""
        quotes = self._base.quote(view)
        targets(quotes, view)  # Raises what is wrong with them before anything is worked out from it.
        return _no_narrower(quotes, mid, self.floor * default_half_spread(view.rules))


def _no_narrower(quotes: Quotes, mid: float, least: float) -> Quotes:
    """Quotes with both distances from their reservation price at least so many ticks."""
    centre = mid if quotes.reservation is None else quotes.reservation
    bid = None if quotes.bid is None else max(0.0, min(quotes.bid, centre - least))
    ask = None if quotes.ask is None else max(quotes.ask, centre + least)
    return msgspec.structs.replace(quotes, bid=bid, ask=ask)

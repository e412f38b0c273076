"""Any strategy with its position hedged beside the book."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from mmtui.errors import StrategyError, UnknownStrategyError
from mmtui.strategies.combined.sub_strategy import SubStrategy
from mmtui.strategies.hedging import banded, no_instrument
from mmtui.strategies.protocol import HedgeQuote, MarketView, Quotes, Strategy, param

#: Left alone, positions of a thirtieth of the limit, a third of a usual quote, are left to the quotes, which take them
#: away for nothing.
_BAND = 1 / 30


@dataclass
class Hedged(Strategy):
    """The quotes of another strategy, and a hedge against the position that they leave.

    Idea: what cannot be worked off in the book, or not in time, is made safe beside it. Hedging costs half a spread
    and a fee a contract, each way, for certain; it takes away luck, not loss: only what the position shares with the
    instrument is hedged.

    Formula: the hedge of q lots is -N q contracts. By beta N = beta P/F, with P the worth of a lot and F that of a
    contract: the least-variance ratio (Ederington, The hedging performance of the new futures markets, Journal of
    Finance 34, 1979), which leaves 1 - rho^2 of the variance. By carry N = e^((r - q)T) lot/multiplier for the
    index of which the book trades the future. By delta N = lot/(delta multiplier) for an option (Black and Scholes
    1973), bought only: a put against a long position, a call against a short one. Nothing is done while less than
    ``band`` lots are unhedged, and then only as much as brings them back there, which is best where costs are in
    proportion to what is traded (Davis, Panas and Zariphopoulou 1993; Whalley and Wilmott 1997).

    Parameters: base, the strategy that quotes, and settings, its parameters, as in "half_spread=2 size=3";
    instrument, the name of the hedge (the level's first); ratio, the share of the position that is hedged (1); band in
    lots (a thirtieth of the position limit); budget, in currency, of all that hedging may cost in half-spreads and
    fees, what closing costs set aside (any amount).

    Fails: the base quotes as if nothing were hedged, so it gives way to work off what is safe already. A narrow band
    pays for every fill. Beta is what was published; should it change, the hedge is a bet. An option loses its time
    value, which no budget counts, and its delta moves. Without hedge instruments in the level it is its base.
    """

    name = "hedged"
    idea = "another strategy, its position hedged by a future or an option"

    base: str = param("skew", "strategy", "the strategy that quotes")
    settings: str = param("", "settings", 'parameters of the base, as "half_spread=2 size=3"')
    instrument: str | None = param(None, "name", "the hedge instrument's name; auto is the level's first")
    ratio: float = param(1.0, "share", "of the position that is hedged", least=0.0, most=100)
    band: float | None = param(
        None,
        "lots",
        "what may stay unhedged, either way; auto is a thirtieth of the position limit",
        least=0.0,
        most=10**9,
    )
    budget: float | None = param(
        None, "currency", "the most that hedging may cost; auto is any amount", least=0.0, most=1e12
    )

    _base: SubStrategy = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the base. Raises UnknownStrategyError."""
        if self.base == self.name:
            raise UnknownStrategyError("strategy hedged: base must be another strategy than hedged itself")
        self._base = SubStrategy(self.base, self.settings)

    def quote(self, view: MarketView) -> Quotes:
        """The base's quotes, and the contracts to hold."""
        quotes = self._base.quote(view)
        hedge = chosen(view, self.instrument)
        if hedge is None or not isinstance(quotes, Quotes):
            return quotes
        band = _BAND * view.rules.position_limit if self.band is None else self.band
        contracts = banded(hedge, view.position, band, self.ratio, self.budget)
        return msgspec.structs.replace(quotes, hedges={**quotes.hedges, hedge.name: contracts})


def chosen(view: MarketView, name: str | None, kind: str | None = None) -> HedgeQuote | None:
    """The hedge instrument with a name, or the level's first, or first of a kind; None if there is none to choose.

    Raises:
        StrategyError: the level has hedge instruments but none with that name.
    """
    hedges = view.hedges
    if name is None:
        return next((hedge for hedge in hedges.values() if kind in (None, hedge.kind)), None)
    if hedges and name not in hedges:
        raise StrategyError(no_instrument(name, hedges))
    return hedges.get(name)

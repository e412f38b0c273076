"""A fixed half-spread, shifted against the position."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmtui.strategies.defaults import default_half_spread, default_size, half_spread_param, size_param, skew_param
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, Rules, Strategy


@dataclass
class Skew(Strategy):
    """A fixed half-spread, both quotes shifted against the position.

    Idea: who is long would rather sell than buy, so both quotes move down, and the flow itself takes the position
    away. It costs a little spread and takes away most of the risk.

    Formula: r = m - s q, bid = r - h, ask = r + h, with m half-way between the best prices of others, q the position,
    s the skew a lot and h the half-spread. The width never depends on the position. It is the linear form that
    Avellaneda and Stoikov (2008) derive for s = gamma sigma^2 (T - t).

    Parameters: half_spread in ticks (0.4 of the market's usual spread), skew in ticks a lot (at the position limit
    the shift is the market's usual spread), size in lots (a tenth of the position limit).

    Fails: neither width nor skew knows volatility; in a trend it leans against the move and still gives way.
    """

    name = "skew"
    idea = "a fixed half-spread, both quotes shifted against the position"

    half_spread: float | None = half_spread_param()
    skew: float | None = skew_param()
    size: int | None = size_param()

    # The rules of the level that were seen last, and what follows from them.
    _rules: Rules | None = field(default=None, init=False, repr=False, compare=False)
    _half_spread: float = field(default=0.0, init=False, repr=False, compare=False)
    _skew: float = field(default=0.0, init=False, repr=False, compare=False)
    _size: int = field(default=0, init=False, repr=False, compare=False)

    def quote(self, view: MarketView) -> Quotes:
        """Return both sides around the mid of others, less the skew."""
        return self.around(others_mid(view), view)

    def around(self, centre: float, view: MarketView) -> Quotes:
        """Return both sides around a centre in ticks, less the skew."""
        rules = view.rules
        if rules is not self._rules:
            self._rules, self._half_spread = rules, default_half_spread(rules)
            self._skew, self._size = default_skew(rules), default_size(rules)
        half = self._half_spread if self.half_spread is None else self.half_spread
        skew = self._skew if self.skew is None else self.skew
        size = self._size if self.size is None else self.size
        return Quotes.around(centre - skew * view.position, half, size)


def default_skew(rules: Rules) -> float:
    """Return the shift a lot, in ticks, that makes the market's usual spread at the position limit."""
    return rules.normal_spread / rules.position_limit

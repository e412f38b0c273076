"""The hedge side of the desk: contracts held, and what they have made and cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mmtui.book import Side

#: Returns a figure of an instrument, by its name, as it is now.
FigureOf = Callable[[str], float]


class HedgeLeg:
    """The position in one hedge instrument.

    Prices are in its own ticks and marks are whole numbers of half ticks, so that sums of products stay exact.

    Args:
        tick_value: currency that a contract makes when its price rises a tick.

    Attributes:
        position: signed contracts held.
        volume: contracts traded.
        cost: paid so far to trade, in currency: the distance from the mark at each fill, and the fees.
    """

    __slots__ = ("_cash", "_tick_value", "cost", "position", "volume")

    def __init__(self, tick_value: float) -> None:
        self.position = 0
        self.volume = 0
        self.cost = 0.0
        self._cash = 0.0
        self._tick_value = tick_value

    def fill(self, side: Side, price: int, quantity: int, mark: float, fee: float) -> None:
        """Book a fill at a price; ``mark`` is half-way between the quotes of that moment, ``fee`` in currency."""
        traded = side * quantity
        self.position += traded
        self.volume += quantity
        self._cash -= traded * price
        self.cost += traded * (price - mark) * self._tick_value + fee

    def pnl(self, mark: float) -> float:
        """PnL since the start at ``mark``, in currency, after the half-spreads paid and before fees."""
        return (self._cash + self.position * mark) * self._tick_value


class HedgeBook:
    """The legs of all hedge instruments.

    Args:
        tick_values: currency a tick and contract, by instrument.
        mark_of: returns an instrument's mark, half-way between its quotes, in its own ticks.
        ratio_of: returns its hedge ratio, the contracts to sell against the risk of a lot; 0 if it hedges nothing.

    Attributes:
        legs: by instrument.
    """

    __slots__ = ("_mark_of", "_ratio_of", "legs")

    def __init__(self, tick_values: Mapping[str, float], mark_of: FigureOf, ratio_of: FigureOf) -> None:
        self.legs = {name: HedgeLeg(tick_value) for name, tick_value in tick_values.items()}
        self._mark_of = mark_of
        self._ratio_of = ratio_of

    @property
    def pnl(self) -> float:
        """PnL of all legs at their marks now, in currency, before fees. O(instruments traded)."""
        return sum((self.leg_pnl(name) for name in self.legs), 0.0)

    @property
    def lots(self) -> float:
        """The lots in the book that would carry the same risk as all legs now."""
        held = ((leg.position, self._ratio_of(name)) for name, leg in self.legs.items() if leg.position)
        return sum((position / ratio for position, ratio in held if ratio), 0.0)

    def leg_pnl(self, name: str) -> float:
        """PnL of one leg at its mark now, in currency, before fees."""
        leg = self.legs[name]
        return leg.pnl(self._mark_of(name)) if leg.volume else 0.0

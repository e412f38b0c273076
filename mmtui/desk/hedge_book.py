"""The hedge side of the desk: contracts held beside the book, and what they have made and cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mmtui.book import Side

#: Half-way between an instrument's quotes now, in its own ticks.
MarkOf = Callable[[str], float]


class HedgeLeg:
    """What is held of one hedge instrument.

    Prices in its own ticks, which are marked at whole numbers of half ticks, so that sums of products stay exact.

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
        """Since the start, in currency, the position valued at ``mark``; the half-spreads paid are in it, fees not."""
        return (self._cash + self.position * mark) * self._tick_value


class HedgeBook:
    """The legs of all hedge instruments.

    Args:
        tick_values: currency a tick and contract, by instrument.
        mark_of: what an instrument is marked at.

    Attributes:
        legs: by instrument.
    """

    __slots__ = ("_mark_of", "legs")

    def __init__(self, tick_values: Mapping[str, float], mark_of: MarkOf) -> None:
        self.legs = {name: HedgeLeg(tick_value) for name, tick_value in tick_values.items()}
        self._mark_of = mark_of

    @property
    def pnl(self) -> float:
        """Of all of them at their marks now, in currency, before fees. O(instruments traded)."""
        return sum((self.leg_pnl(name) for name in self.legs), 0.0)

    def leg_pnl(self, name: str) -> float:
        """Of one of them."""
        leg = self.legs[name]
        return leg.pnl(self._mark_of(name)) if leg.volume else 0.0

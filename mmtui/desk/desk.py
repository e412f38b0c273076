"""The desk: what the maker holds, what it has earned, and from what."""

from __future__ import annotations

import msgspec

from mmtui.book import Side
from mmtui.desk.hedge_book import HedgeBook
from mmtui.desk.markouts import Fill, Markouts
from mmtui.desk.mean_abs import MeanAbs


class PnL(msgspec.Struct, frozen=True):
    """The PnL and where it came from, in currency: total = spread + position + hedge − fees.

    Attributes:
        total: cash and the position at the mid, less fees; computed apart from the other four.
        spread: Σ side × quantity × (mid before − price) over the fills: earned by trading away from the mid.
        position: Σ position × change of the mid: earned or lost by holding while the market moved.
        hedge: PnL of hedge instruments, the half-spreads paid in them included.
        fees: paid, net of rebates, in the book and in hedges.
    """

    total: float
    spread: float
    position: float
    hedge: float
    fees: float


class Desk(Markouts):
    """The maker's own books in one instrument: fills and their markouts, position, PnL and inventory.

    Every update is O(1) in the number of fills. PnL counts from the start: an initial position is entered at the
    starting mid.

    Args:
        tick_value: currency made by one lot when the price moves one tick.
        position: signed lots held at the start.
        mid: the mid at the start, in ticks.
        now_ns: the start.
        hedges: what is held in hedge instruments, if there are any.

    Attributes:
        hedges: what is held in hedge instruments.
        position: signed lots held.
        max_abs: the largest absolute position so far, in lots.
        volume: lots traded.
        fees: paid so far, in currency, net of rebates.
        drawdown: the largest fall of the total from its highest, in currency, as seen by ``mark`` and at fills.
    """

    __slots__ = (
        "_cash",
        "_changed_ns",
        "_entry",
        "_held",
        "_marked",
        "_net_held",
        "_peak",
        "_position_pnl",
        "_spread",
        "_tick_value",
        "drawdown",
        "fees",
        "hedges",
        "max_abs",
        "position",
        "volume",
    )

    def __init__(
        self, tick_value: float, *, position: int = 0, mid: float, now_ns: int = 0, hedges: HedgeBook | None = None
    ) -> None:
        super().__init__()
        self.position = position
        self.max_abs = abs(position)
        self.volume = 0
        self.fees = 0.0
        # Without instruments no figure is ever looked up.
        self.hedges = hedges or HedgeBook({}, float, float)
        self.drawdown = 0.0
        self._tick_value = tick_value
        # In tick·lots: cash, the position's entry value (position × average entry), and the two parts of the PnL.
        self._cash = -position * mid
        self._entry = position * mid
        self._spread = 0.0
        self._position_pnl = 0.0
        self._marked = mid  # the mid up to which _position_pnl has been accumulated
        self._peak = 0.0
        self._changed_ns = now_ns
        self._held = MeanAbs(position, now_ns)
        self._net_held = MeanAbs(self.net, now_ns) if self.hedges.legs else self._held

    # Updates

    def fill(
        self,
        now_ns: int,
        side: Side,
        price: int,
        quantity: int,
        mid_before: float,
        fee: float,
        *,
        maker: bool,
        order_id: int,
        manual: bool,
        other_id: int | None = None,
    ) -> Fill:
        """Book an own fill, at ``now_ns`` in nanoseconds; the other arguments are those of :class:`Fill`.

        Raises:
            ValueError: a quantity that is not positive, or a fill earlier than the one before.
        """
        if quantity < 1:
            raise ValueError(f"a fill has at least one lot, not {quantity}")
        if now_ns < self._changed_ns:
            raise ValueError(f"a fill at {now_ns} ns is earlier than the last, at {self._changed_ns} ns")
        before = self.position
        added = side * quantity
        after = before + added

        self._position_pnl += before * (mid_before - self._marked)
        self._marked = mid_before
        self._spread += added * (mid_before - price)
        self._cash -= added * price
        if before * added >= 0:
            self._entry += added * price
        elif before * after >= 0:
            self._entry = self._entry * after / before
        else:
            self._entry = float(after * price)

        self._changed_ns = now_ns
        self.position = after
        self._held.update(now_ns, after)
        self.weigh(now_ns)
        self.max_abs = max(self.max_abs, abs(after))
        self.volume += quantity
        self.fees += fee

        fill = Fill(now_ns, side, price, quantity, mid_before, fee, maker, order_id, manual, after, other_id)
        self._add(fill)
        self.mark(mid_before)
        return fill

    def hedge_fill(
        self, now_ns: int, name: str, side: Side, price: int, quantity: int, mark: float, fee: float
    ) -> None:
        """Book an own fill in a hedge instrument: price and mark in its ticks, contracts, and the fee in currency."""
        self.hedges.legs[name].fill(side, price, quantity, mark, fee)
        self.fees += fee
        self.weigh(now_ns)

    def weigh(self, now_ns: int) -> None:
        """Count the net position as it is now from now on: after fills, and when hedge ratios have changed."""
        if self._net_held is not self._held:
            self._net_held.update(now_ns, self.net)

    def mark(self, mid: float) -> float:
        """Value the desk at a mid in ticks, for the drawdown; returns the total."""
        total = self.total(mid)
        if total > self._peak:
            self._peak = total
        elif self._peak - total > self.drawdown:
            self.drawdown = self._peak - total
        return total

    # Money, in currency

    @property
    def hedge(self) -> float:
        """PnL of hedge instruments at their marks now, before fees."""
        return self.hedges.pnl

    def total(self, mid: float) -> float:
        """PnL since the start with the position valued at ``mid`` (ticks), after fees."""
        hedges = self.hedges
        hedge = hedges.pnl if hedges.legs else 0.0
        return (self._cash + self.position * mid) * self._tick_value + hedge - self.fees

    @property
    def cash(self) -> float:
        """The total without the position's value, in currency; an initial position is paid for at the starting mid."""
        return self._cash * self._tick_value + self.hedge - self.fees

    def attribution(self, mid: float) -> PnL:
        """Where the PnL at ``mid`` (ticks) came from."""
        position_pnl = self._position_pnl + self.position * (mid - self._marked)
        return PnL(
            total=self.total(mid),
            spread=self._spread * self._tick_value,
            position=position_pnl * self._tick_value,
            hedge=self.hedge,
            fees=self.fees,
        )

    @property
    def average_entry(self) -> float | None:
        """Average price in ticks at which the open position was entered, None when flat.

        By the average-cost method: closing a part leaves it unchanged, trading through zero starts it afresh.
        """
        return self._entry / self.position if self.position else None

    @property
    def realised(self) -> float:
        """PnL of what has been closed against the average entry, in currency, before fees and hedges."""
        return (self._cash + self._entry) * self._tick_value

    def unrealised(self, mid: float) -> float:
        """PnL of the open position at ``mid`` (ticks) against its average entry, in currency.

        Realised + unrealised + hedge − fees is the total.
        """
        return (self.position * mid - self._entry) * self._tick_value

    # Inventory

    def mean_abs(self, now_ns: int) -> float:
        """Time-weighted mean of the absolute position, in lots, from the start to ``now_ns``."""
        return self._held.mean(now_ns)

    @property
    def net(self) -> float:
        """The position together with the hedges at their present hedge ratios, in lots."""
        return self.position + self.hedges.lots

    def mean_net(self, now_ns: int) -> float:
        """Time-weighted mean of the absolute net position, in lots, constant between one ``weigh`` and the next."""
        return self._net_held.mean(now_ns)

"""Own fills, and their markouts as they come due."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mmtui.book import Side

#: How long after a fill its markouts are taken: 1, 10 and 60 seconds.
HORIZONS_NS: tuple[int, int, int] = (1_000_000_000, 10_000_000_000, 60_000_000_000)
_HORIZONS = tuple(enumerate(HORIZONS_NS))


@dataclass(slots=True)
class Fill:
    """One of the maker's own fills.

    Attributes:
        time_ns: when, in nanoseconds since the level's start.
        side: the maker's side.
        price: in ticks.
        quantity: in lots.
        mid_before: the mid, in ticks, just before the event that caused the fill.
        fee: in currency; negative is a rebate.
        maker: whether the order was resting, so that the other side took.
        order_id: the maker's order.
        manual: whether the player, not a strategy, had placed it.
        position_after: signed lots held once it was booked.
        other_id: the order on the other side, which identifies its owner; None where there is no book.
        markouts: side × (mid at the horizon − price), in ticks per share, by horizon; None until due.
    """

    time_ns: int
    side: Side
    price: int
    quantity: int
    mid_before: float
    fee: float
    maker: bool
    order_id: int
    manual: bool
    position_after: int
    other_id: int | None = None
    markouts: list[float | None] = field(default_factory=lambda: [None] * len(HORIZONS_NS))

    def __deepcopy__(self, memo: object) -> Fill:
        return self if self.is_finished else replace(self, markouts=self.markouts.copy())

    @property
    def is_finished(self) -> bool:
        """Whether all markouts are known, so that it no longer changes."""
        return None not in self.markouts


class Markouts:
    """Own fills in order of time, each marked out once at every horizon.

    Fills arrive in order of time, so at each horizon they also come due in that order: the queue of a horizon is the
    list of fills and a place in it. A fill costs O(1) when it comes and O(1) at each horizon; means are running sums.

    Attributes:
        fills: every fill, oldest first.
    """

    __slots__ = ("_lots", "_place", "_recent", "_sums", "fills")

    def __init__(self) -> None:
        self.fills: list[Fill] = []
        self._place = [0] * len(HORIZONS_NS)
        self._lots = [0] * len(HORIZONS_NS)
        self._sums = [0.0] * len(HORIZONS_NS)
        #: By horizon and number of fills, the mean looked up last, and the place at which it was.
        self._recent: dict[tuple[int, int], tuple[int, float | None]] = {}

    def _add(self, fill: Fill) -> None:
        """Add a new fill, no earlier than the last."""
        self.fills.append(fill)

    def mature(self, now_ns: int, mid: float) -> None:
        """Mark out at ``mid`` (ticks) every fill due at or before ``now_ns``.

        To be called at ``next_due_ns``, before any later event moves the mid.
        """
        fills, count = self.fills, len(self.fills)
        for horizon, delay in _HORIZONS:
            place, latest = self._place[horizon], now_ns - delay
            if place == count or fills[place].time_ns > latest:
                continue
            while place < count and (fill := fills[place]).time_ns <= latest:
                markout = fill.side * (mid - fill.price)
                fill.markouts[horizon] = markout
                self._lots[horizon] += fill.quantity
                self._sums[horizon] += fill.quantity * markout
                place += 1
            self._place[horizon] = place

    @property
    def next_due_ns(self) -> int | None:
        """When the next markout is due, None while none is waiting."""
        fills = self.fills
        waiting = [
            fills[place].time_ns + delay
            for place, delay in zip(self._place, HORIZONS_NS, strict=True)
            if place < len(fills)
        ]
        return min(waiting, default=None)

    def markout(self, horizon: int) -> float | None:
        """Return the mean at ``HORIZONS_NS[horizon]`` by quantity, in ticks per share; None until one is due."""
        lots = self._lots[horizon]
        return self._sums[horizon] / lots if lots else None

    def recent_markout(self, horizon: int, fills: int) -> float | None:
        """Return the mean over the last ``fills`` fills that are due at the horizon; None before one is. O(fills)."""
        place = self._place[horizon]
        known = self._recent.get((horizon, fills))
        if known is not None and known[0] == place:
            return known[1]
        lots, total = 0, 0.0
        for fill in self.fills[max(0, place - fills) : place]:
            quantity = fill.quantity
            lots += quantity
            total += quantity * (fill.markouts[horizon] or 0.0)
        mean = total / lots if lots else None
        self._recent[horizon, fills] = place, mean
        return mean

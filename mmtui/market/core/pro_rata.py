"""The ladder of an exchange that shares orders out among those at a price by more than time."""

from __future__ import annotations

from mmtui.book import Matching, Side, Trade, allocate, part_of
from mmtui.market.core.ladder import PriceLadder, Taken
from mmtui.market.core.order_ids import FIRST_BACKGROUND, INDEX

BUY = Side.BUY


class ProRataLadder(PriceLadder):
    """A ladder under a rule of matching, as :class:`mmtui.book.OrderBook` follows it."""

    def __init__(self, best_bid: int, best_ask: int, matching: Matching) -> None:
        super().__init__(best_bid, best_ask)
        self._matching = matching
        self._top: dict[Side, int] = {}

    def rest(self, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest an order, and note it if it bettered the best price."""
        resting = super().rest(order_id, side, price, quantity)
        if resting and price == (self.best_bid if side is BUY else self.best_ask):
            if len(self.levels[order_id].queue) == 1:
                self._top[side] = order_id
            elif self._top.get(side) == order_id:
                # It came back from an auction, behind others.
                del self._top[side]
        return resting

    def take(self, order_id: int, side: Side, quantity: int, worst: int, own: int | None = None) -> Taken:
        """Trade up to ``quantity`` at ``worst`` or better: all of a level, or a part of it by the rule."""
        trades: list[Trade] = []
        removed: list[int] = []
        levels, left = self.side(side.opposite), quantity
        while left > 0 and levels:
            price = self.best_ask if side is BUY else self.best_bid
            if side * (price - worst) > 0:
                break
            level = levels[price]
            if own is not None:
                met = [each for each in level.queue if each & INDEX == own]
                removed += met
                for each in met:
                    self.cancel(each)
            part = min(left, level.total)
            for resting_id, lots in allocate(level.queue, part, self._matching, self._top.get(level.side)).items():
                trades.append(Trade(price, lots, resting_id, order_id, side))
                if lots == level.queue[resting_id]:
                    self.cancel(resting_id)
                else:
                    self.reduce(resting_id, lots)
            left -= part
        return Taken(trades, removed, quantity - left)

    def spare(self, side: Side, quantity: int, own: int | None) -> int:
        """The lots that certainly leave a background lot, whichever way the last level is shared out."""
        spare = before = 0
        for level in self.sorted(side):
            background = sum(lots for each, lots in level.queue.items() if each & INDEX >= FIRST_BACKGROUND)
            if background:
                spare = before + background - 1
                if spare >= quantity:
                    return quantity
            before += sum(lots for each, lots in level.queue.items() if each & INDEX != own)
        return spare

    def part_of(self, order_id: int) -> float | None:
        """The part of an order for half the lots at its price that an order would trade; None when it does not rest."""
        level = self.levels.get(order_id)
        if level is None:
            return None
        return part_of(order_id, level.queue, self._matching, self._top.get(level.side))

"""What happened at each price a moment ago: lots traded, and lots that came or were pulled."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from mmtui.book import Side, Trade
from mmtui.market.core.exchange import PARTICIPANTS
from mmtui.units import NS_PER_S

#: The windows.
TRADED_NS = 10 * NS_PER_S
MOVED_NS = 5 * NS_PER_S

Lots = Mapping[int, int]
Pairs = dict[int, tuple[int, int]]


def traded(tape: Iterable[tuple[int, Trade]], now_ns: int) -> Pairs:
    """Price to lots (sold, bought) by takers in the last ten seconds.

    Args:
        tape: time and trade, newest first.
        now_ns: the present.
    """
    lots: Pairs = {}
    for time_ns, trade in tape:
        if time_ns <= now_ns - TRADED_NS:
            break
        _count(lots, trade)
    return lots


def _count(lots: Pairs, trade: Trade) -> None:
    sold, bought = lots.get(trade.price, (0, 0))
    if trade.taker_side is Side.SELL:
        lots[trade.price] = sold + trade.quantity, bought
    elif trade.taker_side is Side.BUY:
        lots[trade.price] = sold, bought + trade.quantity


class PulledStacked:
    """Lots that others stacked (positive) or pulled (negative) at each price in the last five seconds.

    What traded is not pulled: it is added back. The window begins at the last time, five seconds ago or more, at which
    the book was remembered.

    Args:
        index: the participant whose own orders do not count.
    """

    def __init__(self, index: int) -> None:
        self._index = index
        self._past: deque[tuple[int, Lots, Lots]] = deque()

    def remember(self, now_ns: int, bids: Lots, asks: Lots) -> None:
        """Keep the book, price to lots of others on each side; to be called at regular times."""
        past = self._past
        past.append((now_ns, bids, asks))
        while len(past) > 1 and past[1][0] <= now_ns - MOVED_NS:
            past.popleft()

    def since(self, now_ns: int, bids: Lots, asks: Lots, tape: Iterable[tuple[int, Trade]]) -> Pairs:
        """Price to lots come or gone (on the bid, on the ask).

        Args:
            now_ns: the present.
            bids: price to lots of others now.
            asks: likewise.
            tape: time and trade, newest first.
        """
        earlier = [entry for entry in self._past if entry[0] <= now_ns - MOVED_NS]
        since_ns, bids_then, asks_then = earlier[-1] if earlier else self._past[0]
        gone: Pairs = {}
        for time_ns, trade in tape:
            if time_ns <= since_ns:
                break
            if trade.maker_id % PARTICIPANTS != self._index:
                _count(gone, trade)
        moved: Pairs = {}
        for price in {*bids, *asks, *bids_then, *asks_then}:
            sold, bought = gone.get(price, (0, 0))
            bid = bids.get(price, 0) - bids_then.get(price, 0) + sold
            ask = asks.get(price, 0) - asks_then.get(price, 0) + bought
            if bid or ask:
                moved[price] = bid, ask
        return moved

"""What happened at each price a moment ago: lots traded, and lots that came or were pulled."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from mmtui.book import Side, Trade
from mmtui.market.core.exchange import PARTICIPANTS
from mmtui.units import NS_PER_S

#: The windows, and how far apart the book is remembered.
TRADED_NS = 10 * NS_PER_S
MOVED_NS = 5 * NS_PER_S
_STEP_NS = NS_PER_S // 4

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
    else:
        lots[trade.price] = sold, bought + trade.quantity


class PulledStacked:
    """Lots that others stacked (positive) or pulled (negative) at each price in the last five seconds.

    What traded is no pulling: it is added back. The book is remembered when it is looked at, four times a second at
    most, so the window begins at a look.

    Args:
        index: the participant whose own orders do not count.
    """

    def __init__(self, index: int) -> None:
        self._index = index
        self._past: deque[tuple[int, Lots, Lots]] = deque()

    def look(self, now_ns: int, bids: Lots, asks: Lots, tape: Iterable[tuple[int, Trade]]) -> Pairs:
        """Price to lots come or gone (on the bid, on the ask).

        Args:
            now_ns: the present.
            bids: price to lots of others now.
            asks: likewise.
            tape: time and trade, newest first.
        """
        past = self._past
        if not past or now_ns >= past[-1][0] + _STEP_NS:
            past.append((now_ns, bids, asks))
        while len(past) > 1 and past[1][0] <= now_ns - MOVED_NS:
            past.popleft()
        since_ns, bids_then, asks_then = past[0]
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

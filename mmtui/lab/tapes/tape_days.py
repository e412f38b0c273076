"""A tape as a day to be measured: the facts of a real market, beside those of ours."""

from __future__ import annotations

from array import array

import numpy as np

from mmtui.book import Side, Trade
from mmtui.lab.research.recorded_day import Day
from mmtui.market.core.draws import Bools
from mmtui.market.core.exchange import TAPE_TAKERS
from mmtui.market.tape.lobster import MessageKind, Messages
from mmtui.market.tape.tape_exchange import TapeExchange
from mmtui.market.tape.tape_market import TapeMarket
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.units import NS_PER_S


class _Recording(TapeExchange):
    """Keeps every trade from time 0 on: time, price, lots, sign and order of the taker, twice the mid before."""

    def __init__(self) -> None:
        super().__init__()
        self.fills = array("q")

    def settle(self, now_ns: int, trades: tuple[Trade, ...], mid_before: float) -> None:
        super().settle(now_ns, trades, mid_before)
        if now_ns >= 0:
            for price, lots, _, taker_id, side in trades:
                self.fills.extend((now_ns, price, lots, side, taker_id, round(2 * mid_before)))


def tape_day(spec: TapeSpec, messages: Messages, seconds: int | None = None) -> Day:
    """A stretch of a tape.

    Args:
        spec: the tape, and from when.
        messages: what is on it.
        seconds: how long; to its end unless told otherwise.
    """
    exchange = _Recording()
    market = TapeMarket(spec, 0, messages, exchange)
    lasts = market.lasts_ns // NS_PER_S if seconds is None else seconds
    samples: list[tuple[float, int, float]] = []
    for second in range(lasts + 1):
        market.clock.advance(second * NS_PER_S)
        depth = [best.quantity for side in Side if (best := exchange.best(side)) is not None]
        samples.append((exchange.mid, exchange.best_ask - exchange.best_bid, sum(depth) / max(1, len(depth))))
    mids, spreads, depths = (np.array(column) for column in zip(*samples, strict=True))
    times, prices, lots, signs, orders, twice_mids = np.array(exchange.fills, dtype=np.int64).reshape(-1, 6).T
    starts = np.flatnonzero(np.append(True, orders[1:] != orders[:-1])) if len(orders) else np.empty(0, dtype=np.int64)
    from_ns = int(messages.times_ns[0]) + round(spec.from_s * NS_PER_S)
    inside = (messages.times_ns > from_ns) & (messages.times_ns <= from_ns + lasts * NS_PER_S)
    return Day(
        mids=mids,
        spreads=spreads.astype(np.int64),
        depths=depths,
        take_times=times[starts],
        take_signs=signs[starts],
        take_sizes=np.add.reduceat(lots, starts) if len(starts) else lots,
        take_mids=twice_mids[starts] / 2,
        takers=np.full(len(starts), TAPE_TAKERS),
        fill_times=times,
        fill_prices=prices,
        fill_sizes=lots,
        fill_signs=-signs,
        fill_takers=np.full(len(times), TAPE_TAKERS),
        limits=_count(messages, inside, MessageKind.NEW),
        cancels=_count(messages, inside, MessageKind.DELETE),
    )


def _count(messages: Messages, inside: Bools, kind: MessageKind) -> int:
    return int((inside & (messages.kinds == kind)).sum())

"""The market as everybody may see it: for a wall, for who looks on, and for an instructor."""

from __future__ import annotations

from itertools import islice

import msgspec

from mmtui.book import Side
from mmtui.room.core.room import Room

_LEVELS, _TRADES, _MIDS, _NEWS = 12, 20, 120, 8


class WallTrade(msgspec.Struct, frozen=True):
    """A trade; ``side`` is the taker's."""

    at_ns: int
    price: int
    quantity: int
    side: Side


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """A market, without whose orders and trades they are.

    Attributes:
        at_ns, end_ns: its clock and its end.
        phase: what the exchange does, or "ended".
        bids, asks: price and lots of the best levels, best first.
        mids: the mid at each whole second of the last two minutes, in ticks.
        tape: the last trades, newest first.
        news: what was said to all, newest first: when, and what.
    """

    at_ns: int
    end_ns: int
    phase: str
    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]
    mids: list[float]
    tape: list[WallTrade]
    news: list[tuple[int, str]]


def market_of(room: Room) -> Market:
    """The market of a room now; where each has one by itself, the first."""
    session = room.sessions[0]
    exchange, now_ns = session.market.exchange, session.now_ns
    headlines = [
        (event.at_ns, event.headline)
        for event in session.events
        if event.headline is not None and event.at_ns <= now_ns
    ]
    return Market(
        at_ns=now_ns,
        end_ns=room.end_ns,
        phase=exchange.phase.value if session.over is None else "ended",
        bids=[(level.price, level.quantity) for level in exchange.depth(Side.BUY, _LEVELS)],
        asks=[(level.price, level.quantity) for level in exchange.depth(Side.SELL, _LEVELS)],
        mids=list(session.mid_by_second[-_MIDS:]),
        tape=[
            WallTrade(at_ns, trade.price, trade.quantity, trade.taker_side)
            for at_ns, trade in islice(reversed(exchange.tape), _TRADES)
            if at_ns >= 0
        ],
        news=sorted([*headlines, *room.news], reverse=True)[:_NEWS],
    )

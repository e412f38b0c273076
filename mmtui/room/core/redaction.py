"""What a seat is told of a level: what is published of it, and nothing of what is to come."""

from __future__ import annotations

import msgspec

from mmtui.level.level import Level
from mmtui.market.book_market import BookMarketSpec


def published(level: Level) -> Level:
    """A level without its events, its coach, and the laws of its participants and its value."""
    market = level.market
    assert isinstance(market, BookMarketSpec), "a room plays no other"
    return msgspec.structs.replace(
        level,
        market=BookMarketSpec(instrument=market.instrument, normal=market.normal, step=market.step),
        events=(),
        deck=0,
        opponent=None,
        coach=(),
        lesson_checks=(),
    )

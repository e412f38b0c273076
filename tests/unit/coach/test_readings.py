"""What signals of the own quotes say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mmtui.book import Side
from mmtui.coach.readings import Readings, WatchedSecond
from mmtui.level.level import load_level
from mmtui.level.signal_catalogue import SIGNALS
from mmtui.session.commands import Quote
from mmtui.session.session import Session
from mmtui.units import NS_PER_S


@pytest.mark.parametrize(
    ("bid", "ask", "shortfall"),
    [
        (None, None, "no bid or ask"),
        (None, (40, 3), "no bid"),
        ((-40, 3), None, "no ask"),
        ((-40, 3), (40, 3), "they are too far apart"),
        ((-3, 2), (3, 3), "they have too few lots"),
        ((-3, 3), (3, 3), "nothing"),
    ],
)
def test_what_keeps_quotes_from_counting(
    bid: tuple[int, int] | None, ask: tuple[int, int] | None, shortfall: str
) -> None:
    """The level owes quotes of 3 lots, at most 6 ticks apart; prices here are ticks from the mid's."""
    level = load_level("first-quotes")
    session = Session(level, 7)
    mid = round(session.market.exchange.mid)
    for side, quote in ((Side.BUY, bid), (Side.SELL, ask)):
        if quote is not None:
            session.submit(Quote(side, mid + quote[0], quote[1]))
    # As soon as they are there, before anybody trades with them.
    session.advance(level.latency_ns + 1)
    indicators: Any = SimpleNamespace(imbalance=0.0)
    readings = Readings(WatchedSecond(session, NS_PER_S, indicators, 0))
    assert readings["shortfall"] == shortfall
    assert (shortfall == "nothing") is (readings["quoting"] == "yes")
    assert shortfall in SIGNALS["shortfall"].words

"""Snapshots written by hand for the rows of widgets, which show cases that no session has side by side."""

from __future__ import annotations

from dataclasses import replace

from mmtui.book import Indication, Side
from mmtui.market.core.instrument import Fees, Instrument
from mmtui.market.rules.halts import Band
from mmtui.observe.snapshot import (
    DeskSnapshot,
    FillLine,
    FloorSnapshot,
    Ghost,
    OwnOrder,
    SignalsSnapshot,
    TapeTrade,
)
from mmtui.session.score import Score
from mmtui.units import NS_PER_S

INSTRUMENT = Instrument(
    symbol="ABC",
    currency="USD",
    tick=0.01,
    lot=100,
    price=100.0,
    tick_table="us",
    fees=Fees(maker_per_share=-0.002, taker_per_share=0.003),
)

_BIDS = {10016: 9, 10015: 14, 10014: 31, 10013: 36, 10012: 22, 10011: 18, 10009: 25, 10008: 7, 10005: 40, 10002: 12}
_ASKS = {10019: 3, 10020: 8, 10021: 19, 10022: 22, 10023: 38, 10024: 41, 10026: 17, 10027: 5, 10030: 33, 10033: 9}
_VOLUME = {
    10013: (12, 3),
    10014: (20, 11),
    10015: (31, 22),
    10016: (44, 29),
    10017: (25, 40),
    10018: (16, 37),
    10019: (9, 28),
    10020: (2, 15),
    10021: (0, 6),
}
_NOW_NS = 167_300_000_000

_TAPE = tuple(
    TapeTrade(_NOW_NS - tenths * NS_PER_S // 10, price, quantity, side, own)
    for tenths, price, quantity, side, own in (
        (2, 10019, 5, Side.BUY, None),
        (6, 10016, 2, Side.SELL, Side.BUY),
        (14, 10018, 1, Side.BUY, None),
        (21, 10018, 6, Side.BUY, None),
        (29, 10017, 3, Side.SELL, None),
        (44, 10019, 2, Side.BUY, Side.SELL),
        (61, 10017, 1, Side.BUY, None),
        (78, 10016, 4, Side.SELL, None),
        (93, 10016, 9, Side.SELL, None),
        (120, 10015, 2, Side.SELL, None),
        (133, 10015, 12, Side.SELL, None),
    )
)

FLAT_DESK = DeskSnapshot(
    position=0,
    limit=40,
    average_entry=None,
    realised=0.0,
    unrealised=0.0,
    total=0.0,
    spread=0.0,
    position_pnl=0.0,
    hedge=0.0,
    fees=0.0,
    markouts=(None, None, None),
    presence=0.0,
    fills=0,
    volume=0,
    last_fills=(),
)

LONG_DESK = DeskSnapshot(
    position=12,
    limit=40,
    average_entry=10016.3,
    realised=398.1,
    unrealised=14.4,
    total=412.5,
    spread=903.0,
    position_pnl=-431.0,
    hedge=0.0,
    fees=59.5,
    markouts=(0.41, 0.22, -0.05),
    presence=0.87,
    fills=212,
    volume=391,
    last_fills=tuple(
        FillLine(_NOW_NS - ago * NS_PER_S, side, price, quantity, markouts)
        for ago, side, price, quantity, markouts in (
            (1, Side.BUY, 10016, 2, (None, None, None)),
            (4, Side.SELL, 10019, 2, (1.5, None, None)),
            (12, Side.BUY, 10015, 5, (0.5, 2.0, None)),
            (31, Side.BUY, 10017, 10, (-1.0, -0.5, None)),
            (70, Side.SELL, 10018, 1, (0.0, 1.0, -2.5)),
            (75, Side.SELL, 10018, 4, (0.5, 1.0, -2.5)),
        )
    ),
)

QUIET = FloorSnapshot(
    now_ns=_NOW_NS,
    end_ns=300 * NS_PER_S,
    phase="open",
    ended=None,
    bids=_BIDS,
    asks=_ASKS,
    best_bid=10016,
    best_ask=10019,
    mid=10017.5,
    last=_TAPE[0],
    high=10021,
    low=10013,
    volume=_VOLUME,
    recent={
        10015: (2, 0),
        10016: (15, 0),
        10017: (3, 1),
        10018: (0, 7),
        10019: (0, 7),
    },
    stacked={10016: (-4, 0), 10015: (12, 0), 10014: (3, 0), 10019: (0, 3), 10020: (0, -9), 10022: (0, 22)},
    orders=(),
    ghosts=(),
    reservation=None,
    tape=tuple(replace(trade, own=None) for trade in _TAPE),
    desk=FLAT_DESK,
    score=Score(41.2, {"pnl": 70.0, "inventory": 0.0, "markout": 0.0, "presence": 0.0}, 0),
    signals=SignalsSnapshot(
        volatility=4.8,
        normal_volatility=1.0,
        spread=3,
        usual_spread=1.4,
        imbalance=0.46,
        book_flow=12,
        pressure=0.18,
        microprice=10018.2,
        hurst=(0.39, "reverting"),
    ),
    peg=None,
    active=None,
    ready=None,
)

GHOSTS = replace(
    QUIET, ready="skew", reservation=10017.2, ghosts=(Ghost(Side.BUY, 10015, 2), Ghost(Side.SELL, 10020, 2))
)

#: Own orders in every state, a position, and a ghost beside them.
TRADING = replace(
    GHOSTS,
    tape=_TAPE,
    desk=LONG_DESK,
    score=Score(71.4, {"pnl": 64.0, "inventory": 90.1, "markout": 60.2, "presence": 78.7}, 2),
    orders=(
        OwnOrder(1, Side.BUY, 10016, 5, 0, 0),
        OwnOrder(2, Side.BUY, 10014, 10, 31, 4),
        OwnOrder(3, Side.BUY, 10012, 2, 8, 2, pending_cancel=True),
        OwnOrder(4, Side.SELL, 10021, 5, 7, 2),
        OwnOrder(5, Side.SELL, 10022, 20, None, None),
    ),
)

#: The band's limits are published while the market is open.
BANDED = replace(TRADING, band=Band(10008, 10024, 10016, False))

#: Sellers below the band's lower limit: bids there cannot trade for 42 seconds more.
COOLING = replace(
    TRADING,
    phase="cooling-off",
    phase_name="cooling-off",
    phase_ends_ns=_NOW_NS + 42 * NS_PER_S,
    band=Band(10014, 10030, 10022, True),
    bids={price: lots for price, lots in _BIDS.items() if price < 10014},
    asks={10014: 45, 10016: 12, **_ASKS},
    best_bid=10013,
    best_ask=10014,
    mid=10013.5,
    last=TapeTrade(_NOW_NS - NS_PER_S // 5, 10014, 3, Side.SELL, None),
    orders=(OwnOrder(4, Side.SELL, 10014, 5, 40, 9),),
    notices=("Cooling-off: an order would have traded beyond the band",),
)

#: Bids and asks cross, as only an auction's may.
AUCTION = replace(
    TRADING,
    phase="auction",
    phase_name="opening auction",
    phase_ends_ns=_NOW_NS + 12 * NS_PER_S,
    indication=Indication(10018, 41, 6),
    bids={10021: 10, 10019: 12, 10018: 25, **_BIDS},
    asks={10013: 4, 10016: 21, 10018: 16, **_ASKS},
    best_bid=10018,
    best_ask=10019,
    mid=10018.5,
    ghosts=(),
    orders=(OwnOrder(1, Side.BUY, 10018, 5, 20, 3),),
)

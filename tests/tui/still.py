"""A market that stands still: snapshots written by hand, so that pictures do not change with the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from msgspec import structs

from mmtui.book import Indication, Side
from mmtui.career.career import Record
from mmtui.coach.watched import WatchedReplay, WatchedSession
from mmtui.debrief.model import Debrief, Ranking
from mmtui.errors import JournalError, UnknownStrategyError
from mmtui.level.level import MakerSpec, ObligationSpec, ScoreSpec, load_level
from mmtui.level.overrides import MAIN
from mmtui.market.core.instrument import Fees, Instrument
from mmtui.market.rules.halts import Band
from mmtui.observe.snapshot import (
    CoachLine,
    DeskSnapshot,
    FillLine,
    FloorSnapshot,
    Ghost,
    HedgeSnapshot,
    OwnOrder,
    SignalsSnapshot,
    TapeTrade,
)
from mmtui.session.commands import AnyCommand, Params
from mmtui.session.replay import Script
from mmtui.session.result import Result
from mmtui.session.score import Score
from mmtui.strategies.protocol import Param
from mmtui.tui.cards import Card, OverrideField, StrategyCard
from mmtui.tui.driver import Driver
from mmtui.tui.engine import Engine
from mmtui.units import NS_PER_S
from tests.tui import still_debrief

INSTRUMENT = Instrument(
    symbol="ABC",
    currency="USD",
    tick=0.01,
    lot=100,
    price=100.0,
    tick_table="us",
    fees=Fees(maker_per_share=-0.002, taker_per_share=0.003),
)
_SHIPPED = load_level("volatility-spike")
LEVEL = structs.replace(
    _SHIPPED,
    lesson="When the price moves faster, quote wider and smaller.",
    situation=(
        "ABC trades at $100 in one-cent ticks on a quiet morning. In a few minutes the central bank speaks, and a day "
        "that moves one per cent becomes one that moves five. What was a fair width before is a gift to others after. "
        "Widen, cut your size, requote faster, and do not be caught with a position you did not want."
    ),
    lesson_strategy="skew",
    market=structs.replace(_SHIPPED.market, instrument=INSTRUMENT),
    maker=MakerSpec(position_limit=40, max_order=20, max_loss=2000.0),
    obligation=ObligationSpec(max_width=8),
    score=ScoreSpec(weights={"pnl": 0.4, "inventory": 0.2, "markout": 0.2, "presence": 0.2}, point=4.0),
    events=(),
    keys=(),
)
CARD = Card(LEVEL, "volatility-spike", counts=True)
OTHER = Card(
    structs.replace(
        LEVEL,
        id="first-quotes",
        number=1,
        title="First quotes",
        lesson="A quote on both sides earns the spread: not too wide, not too tight.",
        duration_s=180,
    ),
    "first-quotes",
    counts=True,
)

STRATEGIES = [
    StrategyCard("fixed", "Quotes the same distance on both sides of the mid, whatever happens."),
    StrategyCard(
        "skew",
        "Shifts both quotes against the position, so that it comes back by itself.",
        (
            Param("half_spread", float, None, "ticks", "distance of each quote from the centre", 0.0),
            Param("size", int, 2, "lots", "size of each quote", 1),
        ),
    ),
    StrategyCard("avellaneda-stoikov", "Quotes around a reservation price that moves with inventory and time left."),
]

_RESULT: dict[str, Any] = {
    "mmtui": "0.1.0",
    "level": "volatility-spike",
    "level_digest": "a" * 64,
    "strategy": None,
    "params": {},
    "seed": 7,
    "score": 71.4,
    "stars": 2,
    "parts": {"pnl": 64.0, "inventory": 90.1, "markout": 60.2, "presence": 78.7},
    "ended": "time",
    "pnl": {"total": 412.5, "spread": 903.0, "position": -431.0, "hedge": 0.0, "fees": 59.5},
    "par": 436.5,
    "drawdown": 120.0,
    "position": {"final": -2, "max_abs": 31, "mean_abs": 8.24, "final_net": -2.0, "mean_net": 8.24, "limit": 40},
    "markout": {"1s": 0.41, "10s": 0.22, "60s": -0.05},
    "fills": 212,
    "volume": 391,
    "presence": 0.787,
    "market": {"trades": 801, "events": 9120, "mean_spread": 2.3, "final_mid": 100.14},
    "digest": "3f1c9a77d2e04b51" * 4,
}
RESULT = msgspec.convert(_RESULT, Result)

#: Nothing looks into it.
STILL_SCRIPT = cast("Script", SimpleNamespace(seed=7))

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

AUTO = replace(TRADING, active="avellaneda-stoikov", ready="avellaneda-stoikov", ghosts=())

#: Long, and hedged in part, with an index and a put beside the book.
HEDGED = replace(
    TRADING,
    hedges=(
        HedgeSnapshot("HSI", "index", 18249, 18251, 1.0, -8, 0, 50, -12, 1.0, None, None, 2.31, 118.4, 22.0),
        HedgeSnapshot("HSI-P", "put", 214, 218, 0.1, 0, 2, 40, 5, 0.42, None, -0.42, None, 0.0, 0.0),
    ),
    coach=CoachLine(160 * NS_PER_S, "Imbalance +0.46 for 8 s: buyers lead. Your ask is the stale side."),
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

CLOSED = replace(
    TRADING,
    phase="closed",
    phase_name="lunch",
    phase_ends_ns=_NOW_NS + 30 * NS_PER_S,
    ghosts=(),
    orders=(),
    notices=("Lunch: no orders are taken for 60 s",),
)

HALTED = replace(AUCTION, phase="halt", phase_name="trading halt", indication=None)

#: The market has left the window by more than a page.
AWAY = replace(TRADING, best_bid=9916, best_ask=9919, mid=9917.5)


#: Ten sessions, one of them of a level that is not shipped, and a daily.
CAREER = (
    *(
        Record(
            at=f"2026-11-{14 + day}T09:0{day}:00Z",
            level=level,
            score=score,
            stars=sum(score >= star for star in (50, 70, 85)),
            seed=100 + day,
            strategy=strategy,
            pnl=8.0 * score - 300,
            fills=200,
            journal=f"{level}-{100 + day}-1.jsonl",
        )
        for day, (level, score, strategy) in enumerate(
            (
                ("first-quotes", 38.2, None),
                ("first-quotes", 55.0, None),
                ("first-quotes", 71.4, None),
                ("first-quotes", 64.9, None),
                ("first-quotes", 88.0, "skew"),
                ("volatility-spike", 12.5, None),
                ("volatility-spike", 49.9, None),
                ("mine", 60.0, None),
            )
        )
    ),
    Record(
        at="2026-11-24T10:00:00Z",
        level="first-quotes",
        score=73.3,
        stars=2,
        seed=1,
        daily="2026-11-24",
        journal="gone.jsonl",
    ),
)


class StillSession:
    """Shows one snapshot and remembers the commands it was given."""

    def __init__(self, shown: FloorSnapshot) -> None:
        self.shown = shown
        self.commands: list[AnyCommand] = []
        self.seed = 7
        self.over: str | None = None
        self.left = False

    @property
    def now_ns(self) -> int:
        return self.shown.now_ns

    @property
    def end_ns(self) -> int:
        return self.shown.end_ns

    def advance(self, to_ns: int) -> None:
        self.shown = replace(self.shown, now_ns=to_ns)

    def submit(self, command: AnyCommand) -> None:
        self.commands.append(command)

    def leave(self) -> None:
        self.left = True

    def view(self) -> FloorSnapshot:
        return self.shown

    def result(self) -> Result:
        return RESULT


class StillReplay(StillSession):
    """One snapshot, seen again: only its time moves."""

    def __init__(self, shown: FloorSnapshot) -> None:
        super().__init__(replace(shown, now_ns=0))
        self.script = STILL_SCRIPT

    def seek(self, to_ns: int) -> None:
        self.advance(to_ns)

    def step(self) -> None:
        self.advance(self.now_ns + 1)

    def step_back(self) -> None:
        self.advance(self.now_ns - 1)


class StillEngine(Engine):
    """Two levels, three strategies, and sessions that stand still."""

    def __init__(self, view: FloorSnapshot = QUIET) -> None:
        super().__init__()
        self.shown = view
        self.session = StillSession(view)
        self.opened: list[tuple[str, int, str | None]] = []
        self.closed: StillSession | None = None
        self.broken_off: list[Path] = []
        self.taken_over: tuple[int, str] | None = None

    def levels(self) -> list[Card]:
        return [OTHER, CARD]

    def level(self, level: str, overrides: Mapping[str, str] = {}) -> Card:
        return next(card for card in self.levels() if card.level.id == level)

    def own_levels(self) -> tuple[list[Card], list[str]]:
        return [], []

    def overrides(self, level: str) -> list[OverrideField]:
        return [OverrideField(*dial, "0.95") for dial in MAIN]

    def strategies(self) -> list[StrategyCard]:
        return STRATEGIES

    def scores(self, card: Card) -> list[tuple[str, float, int]]:
        return [("fixed", 41.3, 0), ("skew", 66.0, 1), ("avellaneda-stoikov", 88.8, 3)]

    def params(self, strategy: str, texts: Mapping[str, str]) -> Params:
        if "size" in texts and not texts["size"].isdigit():
            raise UnknownStrategyError(f"strategy {strategy}: size must be a whole number, not {texts['size']!r}")
        return {name: float(text) for name, text in texts.items()}

    def open(self, card: Card, seed: int, strategy: str | None) -> WatchedSession:
        self.opened.append((card.level.id, seed, strategy))
        self.session = StillSession(self.shown)
        self.session.seed = seed
        return self.seat

    @property
    def seat(self) -> WatchedSession:
        return cast("WatchedSession", self.session)

    def close(self) -> str:
        self.closed = self.session
        return "volatility-spike-7-1.jsonl"

    def script(self, seat: WatchedSession) -> Script:
        return STILL_SCRIPT

    def is_explained(self, script: Script) -> bool:
        return True

    def explain(self, script: Script) -> tuple[Debrief, WatchedReplay]:
        return still_debrief.debrief(INSTRUMENT, RESULT), self.replay(script)

    def ranking(self, script: Script, debrief: Debrief) -> Ranking:
        return still_debrief.RANKING

    def replay(self, script: Script) -> WatchedReplay:
        return cast("WatchedReplay", StillReplay(self.shown))

    def take_over(self, replay: WatchedReplay, name: str) -> WatchedSession:
        self.taken_over = replay.now_ns, name
        self.session = StillSession(self.shown)
        return self.seat

    def unfinished(self) -> list[Path]:
        return self.broken_off

    def suspend(self) -> None:
        self.closed = self.session

    def open_journal(self, name: str) -> tuple[Card, Script]:
        if name == "gone.jsonl":
            raise JournalError(f"{name}: the journal cannot be read: No such file or directory")
        return CARD, STILL_SCRIPT

    def resume(self, path: Path) -> tuple[Card, WatchedSession]:
        return CARD, self.seat


class HandDriver(Driver):
    """A driver that a test moves by hand."""

    def start(self, screen: Any, paint: Callable[[], None]) -> None:
        self.paint = paint

    def step(self, seconds: float) -> None:
        """Let our time pass."""
        self.advance(seconds)
        self.paint()

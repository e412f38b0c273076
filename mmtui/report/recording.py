"""A session with all its tables, for notebooks and scripts: played once, recorded, and explained."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from mmtui.book import Side, Trade
from mmtui.coach.watched import WatchedSession
from mmtui.debrief.build import debrief_of
from mmtui.debrief.model import Debrief
from mmtui.lab.tables.columns import Columns, columns_from, columns_of_records
from mmtui.level.level import Level, load_level
from mmtui.report.html import as_html
from mmtui.report.model import Report
from mmtui.session.journal import read_journal
from mmtui.session.replay import Replay, Script
from mmtui.session.result import Result
from mmtui.session.session import Session
from mmtui.session.trust import Trust
from mmtui.session.watcher import Watcher
from mmtui.strategies.registry import AnyStrategy
from mmtui.units import NS_PER_S

#: Levels of the book in each of its samples, unless said otherwise.
DEPTH = 5
_HEIGHT = 720


class Recording:
    """A session's tables, by column. Times in nanoseconds, prices in ticks, quantities in lots, money in currency.

    Attributes:
        result: as ``run`` gives it.
        debrief: the session, explained.
        fills: the maker's fills with their markouts in ticks a share, ``markout_10s`` and so on.
        orders: the maker's resting orders.
        quotes: the maker's best quotes, a row for each change.
        trades: all trades; the side is the taker's, 0 of a cross.
        mids: the mid, less what the maker's own orders have moved it, a row for each change.
        seconds: prices, position and PnL by source, second by second.
        book: the best levels of both sides, second by second: ``bid_1``, ``bid_lots_1`` and so on; None where there is
            none.
    """

    def __init__(self, script: Script, depth: int = DEPTH) -> None:
        replay = Replay(script, WatchedSession)
        tape = _Tape(replay.session, depth)
        found = debrief_of(replay)
        self.debrief: Debrief = found
        self.result: Result = found.result
        self.fills = columns_from([_fill(fill, found.horizons_ns) for fill in found.fills])
        self.orders = columns_of_records(found.orders)
        self.quotes = _columns(found.quotes)
        self.mids = _columns(found.mids)
        self.seconds = _columns(found.seconds)
        self.trades = tape.trades
        self.book = tape.book

    def __repr__(self) -> str:
        return f"Recording of {self.result!r}"

    def _repr_html_(self) -> str:
        page = as_html(Report("", None, None, self.debrief, None))
        return f'<iframe srcdoc="{escape(page)}" style="width:100%;height:{_HEIGHT}px;border:0"></iframe>'


def record(
    level: str | Level,
    strategy: AnyStrategy,
    seed: int = 1,
    params: Mapping[str, Any] | None = None,
    *,
    opponent: AnyStrategy | None = None,
    depth: int = DEPTH,
) -> Recording:
    """Run one session and record it.

    Args:
        level: the level, its id or its path.
        strategy: a text as on the command line, a class or an instance.
        seed: the seed.
        params: the strategy's parameters.
        opponent: who makes the same market at the same time, in a duel.
        depth: levels of each side of the book in its samples.

    Raises:
        LevelError: the level cannot be used.
        UnknownStrategyError: the strategy cannot be used.
    """
    found = load_level(level) if isinstance(level, str) else level
    if opponent is not None:
        found = found.against(opponent)
    session = Session(found, seed, strategy, dict(params or {}), ends_on_failure=True)
    session.advance(session.end_ns)
    return Recording(Script.of(session), depth)


def recorded(path: Path | str, *, trusted: bool = False, depth: int = DEPTH) -> Recording:
    """Play a journal again and record it.

    Args:
        path: the journal.
        trusted: use the files that it names, whoever it is of: a strategy's file is code.
        depth: levels of each side of the book in its samples.

    Raises:
        JournalError: it cannot be read or played again, or names files and is not trusted.
    """
    return Recording(read_journal(Path(path), Trust(told=trusted)).script, depth)


class _Tape(Watcher):
    """Trades, and samples of the book at each whole second."""

    def __init__(self, session: Session, depth: int) -> None:
        self._depth = depth
        self.trades = Columns({name: [] for name in ("at_ns", "side", "price", "quantity")})
        self.book = Columns(at_ns=[])
        for level in range(1, depth + 1):
            for name in ("bid", "bid_lots", "ask", "ask_lots"):
                self.book[f"{name}_{level}"] = []
        super().__init__(session)

    def on_trade(self, now_ns: int, trade: Trade) -> None:
        """Record a trade."""
        for name, value in zip(self.trades, (now_ns, int(trade.taker_side), trade.price, trade.quantity), strict=True):
            self.trades[name].append(value)

    def on_second(self, now_ns: int) -> None:
        """Record the book."""
        exchange = self.session.market.exchange
        self.book["at_ns"].append(now_ns)
        for side, name in ((Side.BUY, "bid"), (Side.SELL, "ask")):
            levels = exchange.depth(side)[: self._depth]
            for at in range(self._depth):
                found = levels[at] if at < len(levels) else None
                self.book[f"{name}_{at + 1}"].append(None if found is None else found.price)
                self.book[f"{name}_lots_{at + 1}"].append(None if found is None else found.quantity)


def _columns(columns: msgspec.Struct) -> Columns:
    return Columns(msgspec.structs.asdict(columns))


def _fill(fill: msgspec.Struct, horizons_ns: tuple[int, ...]) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(fill)
    markouts = row.pop("markouts")
    for horizon_ns, markout in zip(horizons_ns, markouts, strict=True):
        row[f"markout_{horizon_ns / NS_PER_S:g}s"] = markout
    return row

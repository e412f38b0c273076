"""Tapes for tests: messages in short, and a tape made by our own market."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import msgspec

from mmtui.book import Side
from mmtui.level.level import Level, load_preset, parse_level
from mmtui.market.book_market import BookMarket
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.ladder import Taken
from mmtui.market.tape.tape_market import file_digest
from mmtui.units import NS_PER_S

#: (seconds, type, order id, lots, ticks, direction)
Row = tuple[float, int, int, int, int, int]

LEVEL = """
id = "recorded"
title = "Recorded"
number = 99
situation = "A recorded market."
lesson = "What was."
duration_s = {duration}
naive = "idle"
lesson_strategy = "fixed"
par = "idle"

[market]
kind = "tape"
instrument = {{ symbol = "ABC", currency = "USD", tick = 0.01, lot = 1, price = 100.0 }}
file = "{file}"
digest = "{digest}"
{more}

[maker]
position_limit = 1000
max_order = 100
latency_ms = 0

[score]
point = 1.0
weights = {{ pnl = 1.0 }}
"""


def text_of(rows: Iterable[Row], tick: int = 100) -> str:
    """A message file's text; prices are given in ticks."""
    return "".join(
        f"{time:.9f},{kind},{order_id},{lots},{price * (tick if kind != 7 else 1)},{direction}\n"
        for time, kind, order_id, lots, price, direction in rows
    )


def write(path: Path, rows: Iterable[Row]) -> Path:
    text = text_of(rows).encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
    return path


def level_on(path: Path, duration: int = 10, more: str = "") -> Level:
    """A level on a tape, its file in the tape's folder."""
    text = LEVEL.format(duration=duration, file=path.name, digest=file_digest(path), more=more)
    return parse_level(text, str(path.parent / "level.toml"))


class TapingExchange(Exchange):
    """An exchange that writes down what happens in its book as LOBSTER would."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self.rows: list[Row] = []

    def _row(self, now_ns: int, kind: int, order_id: int, lots: int, price: int, side: int) -> None:
        # Times are from the start of the warm-up, so that none is negative.
        self.rows.append(((now_ns + 60 * NS_PER_S) / NS_PER_S, kind, order_id, lots, price, side))

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        # What was refused before goes out with this order, and so comes after it on the tape.
        refused, self._refused = self._refused, []
        resting = super().rest(now_ns, order_id, side, price, quantity)
        if resting:
            self._row(now_ns, 1, order_id, quantity, price, side)
        for refused_id in refused:
            self.withdraw(now_ns, refused_id)
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        level = self.ladder.levels.get(order_id)
        if level is None:
            return
        lots, price, side = level.queue[order_id], level.price, level.side
        super().withdraw(now_ns, order_id)
        if order_id not in self.ladder:
            self._row(now_ns, 3, order_id, lots, price, side)

    def take(self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int) -> Taken:
        taken = super().take(now_ns, order_id, side, quantity, worst)
        for trade in taken.trades:
            self._row(now_ns, 4, trade.maker_id, trade.quantity, trade.price, -side)
        return taken


def simulated(seconds: int, seed: int = 1) -> list[Row]:
    """What happened in a market of our own, the book that it opened with first.

    Rivals requote by other ways than the rest of the background and stay away here; noise quotes in their place.
    """
    preset, replace = load_preset("us-100"), msgspec.structs.replace
    noise = replace(preset.noise_limit, rate=4 * preset.noise_limit.rate)
    spec = replace(preset, rivals=replace(preset.rivals, count=0), noise_limit=noise)
    exchange = TapingExchange("ABC")
    market = BookMarket([(0, spec)], seed, exchange)
    market.clock.advance((seconds - spec.warmup_s) * NS_PER_S)
    return exchange.rows


def books_of(rows: Iterable[Row], levels: int = 5) -> list[tuple[int, ...]]:
    """The best levels after every row, kept by sums alone, as an orderbook file has them (ticks of 100)."""
    lots: dict[int, dict[int, int]] = {1: {}, -1: {}}
    found = []
    for _, kind, _, quantity, price, side in rows:
        if kind <= 4:
            ladder = lots[side]
            ladder[price] = ladder.get(price, 0) + (quantity if kind == 1 else -quantity)
            if not ladder[price]:
                del ladder[price]
        asks, bids = sorted(lots[-1].items())[:levels], sorted(lots[1].items(), reverse=True)[:levels]
        flat: list[int] = []
        for rank in range(levels):
            flat += [asks[rank][0] * 100, asks[rank][1]] if rank < len(asks) else [9999999999, 0]
            flat += [bids[rank][0] * 100, bids[rank][1]] if rank < len(bids) else [-9999999999, 0]
        found.append(tuple(flat))
    return found

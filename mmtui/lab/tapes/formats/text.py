"""Recordings as text: tables with a header, and exchanges' messages, one JSON object a line.

- Tardis's incremental_book_L2 and trades (docs.tardis.dev, "Downloadable CSV files").
- Binance's depth updates, as its futures depth files and its streams have them, trades and aggregate trades
  (binance.com/en/landing/data, developers.binance.com, "Diff. Book Depth Streams").
- Bybit's order books and public trades (bybit-exchange.github.io, "Orderbook" and "Trade").
- Databento's MBO as CSV (see :mod:`mmtui.lab.tapes.formats.databento`).

A line of a stream may begin with the time at which it was received.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from mmtui.errors import InputError, named_in, shortened
from mmtui.files import NO_JSON
from mmtui.lab.tapes.formats.databento import DatabentoRecord, happened
from mmtui.lab.tapes.formats.levels import LEVEL, SNAPSHOT, TRADE, Change
from mmtui.lab.tapes.formats.rows import decimal, nanoseconds
from mmtui.units import whole_number

#: By what files call the buyer's side, or bids; all else is the seller's.
_BUYS = frozenset({"buy", "bid", "b", "false"})
_ACTIONS_AT_ONCE = 1 << 16
#: So many columns are told.
_MOST_TOLD = 12


class TableHeader(NamedTuple):
    """A table by its header: the columns that it is known by, and which mean what.

    Attributes:
        words: what it is.
        known_by: columns that it has, and no other table has all of.
        what: TRADE or LEVEL.
        time, side, price, size: columns.
        snapshot: the column, and what it holds, that tells a level of a snapshot.
        symbol: the column with the instrument, if there is one.
    """

    words: str
    known_by: frozenset[str]
    what: int
    time: str
    side: str
    price: str
    size: str
    snapshot: tuple[str, str] = ("", "")
    symbol: str = ""


def _known(columns: str) -> frozenset[str]:
    return frozenset(columns.split())


TABLES = (
    TableHeader(
        "Tardis's incremental L2 book",
        _known("symbol timestamp local_timestamp is_snapshot side price amount"),
        LEVEL,
        "timestamp",
        "side",
        "price",
        "amount",
        ("is_snapshot", "true"),
        "symbol",
    ),
    TableHeader(
        "Tardis's trades",
        _known("symbol timestamp local_timestamp id side price amount"),
        TRADE,
        "timestamp",
        "side",
        "price",
        "amount",
        symbol="symbol",
    ),
    TableHeader(
        "Binance's depth",
        _known("symbol timestamp first_update_id last_update_id side update_type price qty"),
        LEVEL,
        "timestamp",
        "side",
        "price",
        "qty",
        ("update_type", "snap"),
        "symbol",
    ),
    TableHeader(
        "Binance's trades", _known("price qty time is_buyer_maker"), TRADE, "time", "is_buyer_maker", "price", "qty"
    ),
    TableHeader(
        "Binance's aggregate trades",
        _known("price quantity transact_time is_buyer_maker"),
        TRADE,
        "transact_time",
        "is_buyer_maker",
        "price",
        "quantity",
    ),
    TableHeader(
        "Bybit's trades",
        _known("timestamp symbol side size price tickdirection"),
        TRADE,
        "timestamp",
        "side",
        "price",
        "size",
        symbol="symbol",
    ),
    TableHeader(
        "Bybit's spot trades",
        _known("id timestamp price volume side"),
        TRADE,
        "timestamp",
        "side",
        "price",
        "volume",
    ),
)
#: The columns of Binance's files of trades without a header, by how many there are.
BINANCE_TRADES = {
    6: "id price qty quote_qty time is_buyer_maker",
    7: "id price qty quote_qty time is_buyer_maker is_best_match",
    8: "id price qty first last time is_buyer_maker is_best_match",
}
_MBO = _known("ts_event action side price size order_id flags")


def table_of(line: str) -> TableHeader | None:
    """The table with a header, or, of Binance's trades, with a first row."""
    columns = frozenset(line.lower().split(","))
    found = [table for table in TABLES if table.known_by <= columns]
    if not found and _headless(line) is not None:
        found = [table for table in TABLES if table.words == "Binance's trades"]
    return max(found, key=lambda table: len(table.known_by), default=None)


def is_mbo(line: str) -> bool:
    """Whether a header is that of Databento's MBO."""
    return frozenset(line.lower().split(",")) >= _MBO


def _headless(line: str) -> str | None:
    cells = line.strip().split(",")
    truth = len(cells) > 5 and cells[-2 if len(cells) > 6 else -1].lower() in ("true", "false")
    return BINANCE_TRADES.get(len(cells)) if truth and cells[0].isdecimal() else None


def table_changes(lines: Iterator[str], table: TableHeader, source: str, instrument: str | None) -> Iterator[Change]:
    """The changes of a table. Raises InputError with file and line."""
    first = next(lines)
    headless = _headless(first)
    columns = (headless or first.strip().lower()).replace(",", " ").split()
    at = {name: columns.index(name) for name in (table.time, table.side, table.price, table.size)}
    snapshot, holds = table.snapshot
    snapshot_at = columns.index(snapshot) if snapshot else None
    symbol_at = columns.index(table.symbol) if table.symbol else None
    time_at, side_at, price_at, size_at = at.values()
    rows = enumerate(_chain(first, lines) if headless else lines, start=1 if headless else 2)
    of = instrument
    for line, text in rows:
        cells = text.rstrip("\r\n").split(",")
        try:
            if symbol_at is not None and cells[symbol_at] != of:
                if of is not None:
                    if instrument is None:
                        raise InputError(
                            f"{source}, line {line}: expected --instrument, since there are several, such as "
                            f"{named_in(of)} and {named_in(cells[symbol_at])}"
                        )
                    continue
                of = cells[symbol_at]
            side = 1 if cells[side_at].lower() in _BUYS else -1
            what = table.what
            if snapshot_at is not None and cells[snapshot_at].lower() == holds:
                what = SNAPSHOT
            price, size = decimal(cells[price_at]), decimal(cells[size_at])
            yield Change(nanoseconds(cells[time_at]), what, line, side, price, size)
        except (ValueError, OverflowError, IndexError):
            if text.strip():
                told = ", ".join(map(named_in, columns[:_MOST_TOLD]))
                raise InputError(
                    f"{source}, line {line}: expected a row of {table.words}, {told}, not {shortened(text.strip())!r}"
                ) from None


def _chain(first: str, lines: Iterable[str]) -> Iterator[str]:
    yield first
    yield from lines


def mbo_actions(lines: Iterator[str], source: str) -> Iterator[list[DatabentoRecord]]:
    """The actions of Databento's MBO as CSV. Raises InputError with file and line."""
    reader = csv.DictReader(lines)
    block: list[DatabentoRecord] = []
    for line, row in enumerate(reader, start=2):
        try:
            price = decimal(row["price"] or "0")
            # Fixed, in billionths, or decimal.
            price = price * 1e-9 if "." not in row["price"] and price >= 10**7 else price
            flags, at_ns = whole_number(row["flags"]), _timestamp(row["ts_event"])
            block.append(
                DatabentoRecord(
                    line,
                    happened(at_ns, _timestamp(row["ts_recv"]) if row.get("ts_recv") else at_ns, flags),
                    row.get("symbol") or row.get("instrument_id") or "",
                    row["action"],
                    row["side"],
                    0.0 if price > 9e9 else round(price, 9),
                    whole_number(row["size"]),
                    whole_number(row["order_id"]),
                    flags,
                )
            )
        except (ValueError, OverflowError, TypeError, KeyError, AttributeError):
            raise InputError(f"{source}, line {line}: expected a row of Databento's MBO") from None
        if len(block) >= _ACTIONS_AT_ONCE:
            yield block
            block = []
    yield block


def _timestamp(text: str) -> int:
    """Nanoseconds since 1970, given so or as ISO 8601."""
    if text.isdecimal():
        return whole_number(text)
    from datetime import UTC, datetime

    whole, _, fraction = text.rstrip("Z").replace("+00:00", "").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    return seconds * 10**9 + whole_number(fraction[:9].ljust(9, "0"))


# Streams


def stream_changes(lines: Iterable[str], source: str) -> Iterator[Change]:
    """The changes of an exchange's messages, one JSON object a line. Raises InputError with file and line."""
    decode = msgspec.json.Decoder().decode
    at_ns = 0
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            start = text.index("{")
            received = text[:start].strip()
            at_ns = nanoseconds(received) if received else at_ns
            message = decode(text[start:])
            message = message.get("data", message) if "stream" in message else message
            for change in _changes(message, line, at_ns):
                at_ns = change.at_ns
                yield change
        except (*NO_JSON, TypeError, KeyError, IndexError, AttributeError, msgspec.DecodeError):
            raise InputError(
                f"{source}, line {line}: expected a message of Binance or Bybit, not {shortened(text.strip())!r}"
            ) from None


def _changes(message: dict[str, Any], line: int, at_ns: int) -> Iterator[Change]:
    event, topic = message.get("e"), str(message.get("topic", ""))
    if event == "depthUpdate":
        at_ns = nanoseconds(message.get("T") or message["E"])
        yield from _both(message["b"], message["a"], line, at_ns, LEVEL)
    elif event in ("trade", "aggTrade"):
        taker = -1 if message["m"] else 1
        yield Change(nanoseconds(message["T"]), TRADE, line, taker, decimal(message["p"]), decimal(message["q"]))
    elif "lastUpdateId" in message:
        at_ns = nanoseconds(message["T"]) if "T" in message else at_ns
        yield from _both(message["bids"], message["asks"], line, at_ns, SNAPSHOT)
    elif topic.startswith("orderbook"):
        at_ns = nanoseconds(message.get("cts") or message["ts"])
        what = SNAPSHOT if message["type"] == "snapshot" else LEVEL
        yield from _both(message["data"]["b"], message["data"]["a"], line, at_ns, what)
    elif topic.startswith("publicTrade"):
        for trade in message["data"]:
            taker = 1 if trade["S"] == "Buy" else -1
            yield Change(nanoseconds(trade["T"]), TRADE, line, taker, decimal(trade["p"]), decimal(trade["v"]))


def _both(bids: list[Any], asks: list[Any], line: int, at_ns: int, what: int) -> Iterator[Change]:
    for side, levels in ((1, bids), (-1, asks)):
        for price, size, *_ in levels:
            yield Change(at_ns, what, line, side, decimal(price), decimal(size))

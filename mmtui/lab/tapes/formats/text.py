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
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from mmtui.errors import InputError, named_in, shortened
from mmtui.files import NO_JSON
from mmtui.lab.tapes.formats.databento import DatabentoRecord, happened
from mmtui.lab.tapes.formats.levels import LEVEL, SNAPSHOT, TRADE, Change
from mmtui.lab.tapes.formats.rows import OpenRecording, decimal, nanoseconds
from mmtui.units import whole_number

_TRUTHS = ("true", "false")
#: By what files call the buyer's side, or bids; all else is the seller's.
_BUYS = frozenset({"buy", "bid", "b", "false"})
_ACTIONS_AT_ONCE = 1 << 16
#: Answers to a subscription that may stand before the first message.
_ANSWERS = 10
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
#: Those of aggregate trades of futures, which are as many as a trade's of spot.
_FUTURES_AGGREGATES = "id price qty first last time is_buyer_maker"
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
    cells = line.strip().lower().split(",")
    if not cells[0].isdecimal():
        return None
    columns = BINANCE_TRADES.get(len(cells), "").split()
    if columns and cells[columns.index("is_buyer_maker")] in _TRUTHS:
        return " ".join(columns)
    return _FUTURES_AGGREGATES if len(cells) == 7 and cells[-1] in _TRUTHS else None


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

#: How messages of exchanges are known, and any JSON object, perhaps after the time at which it was received.
_MESSAGE = re.compile(r'(\d{10,19} )?\{.*("(stream|topic|lastUpdateId)"\s*:|"e"\s*:\s*"(depthUpdate|trade|aggTrade)")')
_OBJECT = re.compile(r"(\d{10,19} )?\{")
#: A stream of so many levels, each message all of them: Binance's "partial book depth".
_PARTIAL = re.compile(r"@depth\d")


def is_stream(start: str) -> bool:
    """Whether a file that begins so is a stream of an exchange's messages, perhaps after answers to a subscription."""
    for line in start.splitlines()[:_ANSWERS]:
        if _MESSAGE.match(line):
            return True
        if not _OBJECT.match(line):
            return False
    return False


def stream_changes(
    lines: Iterable[str], source: str, instrument: str | None, recording: OpenRecording
) -> Iterator[Change]:
    """The changes of an exchange's messages, one JSON object a line. Raises InputError with file and line."""
    decode = msgspec.json.Decoder().decode
    stream = _Stream(source, instrument, recording)
    # A snapshot that was asked for tells no time: it has that of what comes next.
    early: list[Change] = []
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            start = text.index("{")
            received = text[:start].strip()
            if received:
                stream.at_ns = nanoseconds(received)
            for change in stream.changes(decode(text[start:]), line):
                if not change.at_ns:
                    early.append(change)
                    continue
                yield from (each._replace(at_ns=change.at_ns) for each in early)
                early = []
                yield change
        except (*NO_JSON, TypeError, KeyError, IndexError, AttributeError, msgspec.DecodeError):
            raise InputError(
                f"{source}, line {line}: expected a message of Binance or Bybit, not {shortened(text.strip())!r}"
            ) from None
    yield from early


class _Stream:
    """The messages of one instrument.

    Args:
        source: the file, for errors.
        instrument: which; None for the only one.
        recording: is told what was left out, and what is missing.

    Attributes:
        at_ns: when the last message was, 0 before it is known.
    """

    def __init__(self, source: str, instrument: str | None, recording: OpenRecording) -> None:
        self.at_ns = 0
        self._source = source
        self._instrument = self._of = instrument
        self._recording = recording
        #: Binance's numbers of the last update, and of the last that a snapshot has.
        self._last_update = self._in_snapshot = 0

    def changes(self, message: dict[str, Any], line: int) -> Iterator[Change]:
        """What a message changes. Raises InputError for one of another instrument, if none was chosen."""
        stream = str(message.get("stream", ""))
        message = message.get("data", message) if stream else message
        event, topic = message.get("e"), str(message.get("topic", ""))
        symbol = str(message.get("s") or topic.rpartition(".")[2] or stream.partition("@")[0].upper())
        if event == "depthUpdate":
            if self._meant(symbol, line) and self._follows(message):
                self.at_ns = nanoseconds(message.get("T") or message["E"])
                what = SNAPSHOT if _PARTIAL.search(stream) else LEVEL
                yield from self._both(message["b"], message["a"], line, what)
        elif event in ("trade", "aggTrade"):
            if self._meant(symbol, line):
                self.at_ns = nanoseconds(message["T"])
                taker = -1 if message["m"] else 1
                yield Change(self.at_ns, TRADE, line, taker, decimal(message["p"]), decimal(message["q"]))
        elif "lastUpdateId" in message:
            if self._meant(symbol, line):
                self._in_snapshot, self._last_update = message["lastUpdateId"], 0
                self.at_ns = nanoseconds(message["T"]) if "T" in message else self.at_ns
                yield from self._both(message["bids"], message["asks"], line, SNAPSHOT)
        elif topic.startswith("orderbook"):
            if self._meant(symbol, line):
                self.at_ns = nanoseconds(message.get("cts") or message["ts"])
                what = SNAPSHOT if message["type"] == "snapshot" else LEVEL
                yield from self._both(message["data"]["b"], message["data"]["a"], line, what)
        elif topic.startswith("publicTrade") and self._meant(symbol, line):
            for trade in message["data"]:
                self.at_ns = nanoseconds(trade["T"])
                taker = 1 if trade["S"] == "Buy" else -1
                yield Change(self.at_ns, TRADE, line, taker, decimal(trade["p"]), decimal(trade["v"]))

    def _meant(self, symbol: str, line: int) -> bool:
        """Whether the instrument is the one that is read; a snapshot that was asked for does not tell."""
        if not symbol or symbol == self._of:
            return True
        if self._of is None:
            self._of = symbol
            return True
        if self._instrument is None:
            raise InputError(
                f"{self._source}, line {line}: expected --instrument, since there are several, such as "
                f"{named_in(self._of)} and {named_in(symbol)}"
            )
        return False

    def _follows(self, message: dict[str, Any]) -> bool:
        """Whether a snapshot does not have an update of Binance already. One that does not follow the last is a gap.

        Source: developers.binance.com, "How to manage a local order book correctly".
        """
        first, last, before = (message.get(key) for key in ("U", "u", "pu"))
        if first is None or last is None:
            return True
        if last <= self._in_snapshot:
            self._recording.skipped["an update that a snapshot has already"] += 1
            return False
        if self._last_update:
            follows = before == self._last_update if before is not None else first <= self._last_update + 1
            self._recording.gaps += not follows
        self._last_update = last
        return True

    def _both(self, bids: list[Any], asks: list[Any], line: int, what: int) -> Iterator[Change]:
        for side, levels in ((1, bids), (-1, asks)):
            for price, size, *_ in levels:
                yield Change(self.at_ns, what, line, side, decimal(price), decimal(size))

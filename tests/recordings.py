"""Small recordings in the formats of others, all made here: the same few orders, or levels, each time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from itch.messages import create_message

from mmtui.lab.tapes.formats import hftbacktest as events

#: A day in 2026, at 10:00 UTC.
START_NS = 1_777_888_800 * 10**9
SECOND = 10**9
DAY = 86_400 * SECOND
#: The flag of a record of a snapshot.
SNAPSHOT = 0x20

#: What happens to orders: seconds, what, order id, side, price, lots. A trade without an order is 0.
ORDERS: list[tuple[float, str, int, int, float, int]] = [
    (0, "add", 1, 1, 99.98, 5),
    (0, "add", 2, 1, 99.99, 4),
    (0, "add", 3, -1, 100.01, 6),
    (0, "add", 4, -1, 100.02, 7),
    (1, "add", 5, 1, 99.99, 3),
    (2, "reduce", 2, 1, 99.99, 1),
    (3, "execute", 2, 1, 99.99, 3),
    (3, "execute", 5, 1, 99.99, 2),
    (4, "replace", 4, -1, 100.01, 9),
    (5, "hidden", 0, -1, 100.0, 2),
    (6, "delete", 3, -1, 100.01, 6),
    (7, "add", 6, 1, 100.0, 8),
]
#: The book after each: bids and asks, price to lots, best first.
LAST_BOOK = ({100.0: 8, 99.99: 1, 99.98: 5}, {100.01: 9})

#: What happens to levels: seconds, what, side (a trade's taker's), price, size.
LEVELS: list[tuple[float, str, int, float, float]] = [
    (0, "snapshot", 1, 99.98, 0.5),
    (0, "snapshot", 1, 99.99, 0.4),
    (0, "snapshot", -1, 100.01, 0.6),
    (0, "snapshot", -1, 100.02, 0.725),
    (1, "level", 1, 99.99, 0.7),
    (2, "trade", -1, 99.99, 0.5),
    (2, "level", 1, 99.99, 0.2),
    (3, "level", -1, 100.01, 0.0),
    (4, "trade", 1, 100.02, 1.0),
    (4, "level", -1, 100.02, 0.0),
    (4, "level", -1, 100.03, 0.3),
    (5, "level", 1, 100.03, 0.1),
    (5, "level", -1, 100.04, 0.2),
]
LAST_LEVELS = ({100.03: 0.1, 99.99: 0.2, 99.98: 0.5}, {100.04: 0.2})


def itch(path: Path) -> Path:
    """A day of two stocks."""
    made: list[tuple[bytes, dict[str, Any]]] = [(b"S", {"event_code": b"O"})]
    for stock, locate in (("ABC", 1), ("XYZ", 2)):
        made += [(b"R", {**_DIRECTORY, "stock": stock.ljust(8).encode(), "stock_locate": locate})]
    for seconds, what, order_id, side, price, lots in ORDERS:
        fields: dict[str, Any] = {"timestamp": round((36_000 + seconds) * SECOND), "order_reference_number": order_id}
        common = {"buy_sell_indicator": b"B" if side > 0 else b"S", "shares": lots, "price": round(price * 10_000)}
        found: dict[str, tuple[bytes, dict[str, Any]]] = {
            "add": (b"A", {**common, "stock": b"ABC     "}),
            "reduce": (b"X", {"cancelled_shares": lots}),
            "execute": (b"E", {"executed_shares": lots, "match_number": 1}),
            "delete": (b"D", {}),
            "replace": (b"U", {"new_order_reference_number": 40, "shares": lots, "price": common["price"]}),
            "hidden": (b"P", {**common, "stock": b"ABC     ", "match_number": 2}),
        }
        kind, more = found[what]
        made.append((kind, {**fields, **more}))
        # Another stock's orders have ids of their own, and are not meant.
        made.append((b"D", {"timestamp": fields["timestamp"], "order_reference_number": 1, "stock_locate": 2}))
    data = b""
    for kind, fields in made:
        message = create_message(kind, **{"stock_locate": 1, "tracking_number": 0, "timestamp": 0, **fields}).to_bytes()
        data += len(message).to_bytes(2, "big") + message
    path.write_bytes(data)
    return path


_DIRECTORY: dict[str, Any] = {
    "market_category": b"Q",
    "financial_status_indicator": b"N",
    "round_lot_size": 100,
    "round_lots_only": b"N",
    "issue_classification": b"C",
    "issue_sub_type": b"Z ",
    "authenticity": b"P",
    "short_sale_threshold_indicator": b"N",
    "ipo_flag": b"N",
    "luld_ref": b"1",
    "etp_flag": b"N",
    "etp_leverage_factor": 0,
    "inverse_indicator": b"N",
}


def _actions() -> Iterable[tuple[float, str, int, int, float, int, bool]]:
    """What Databento makes of the orders: seconds, action, id, side, price, lots, whether it ends its event."""
    for seconds, what, order_id, side, price, lots in ORDERS:
        if what == "execute":
            yield seconds, "T", 0, -side, price, lots, False
            yield seconds, "F", order_id, side, price, lots, False
            yield seconds, "C", order_id, side, price, lots, True
        elif what == "hidden":
            yield seconds, "T", 0, -side, price, lots, True
        else:
            action = {"add": "A", "reduce": "C", "delete": "C", "replace": "M"}[what]
            yield seconds, action, order_id, side, price, lots, True


def databento(path: Path, entered_days_before: int = 0) -> Path:
    """A DBN file, compressed by zstd, whose first orders are a snapshot's."""
    # Its types call the members of its enumerations strings.
    dbn: Any = import_module("databento_dbn")
    metadata = dbn.Metadata(
        "XNAS.ITCH",
        START_NS,
        dbn.SType.RAW_SYMBOL,
        dbn.SType.INSTRUMENT_ID,
        dbn.Schema.MBO,
        ["ABC"],
    )
    data = bytes(metadata)
    sides = {1: dbn.Side.BID, -1: dbn.Side.ASK}
    actions = {each.value: each for each in dbn.Action.variants()}
    for seconds, action, order_id, side, price, lots, last in _actions():
        at_ns = START_NS + round(seconds * SECOND)
        data += bytes(
            dbn.MBOMsg(
                publisher_id=2,
                instrument_id=7,
                ts_event=at_ns - (0 if seconds else entered_days_before * DAY),
                order_id=order_id,
                price=round(price * SECOND),
                size=lots,
                action=actions[action],
                side=sides[side],
                ts_recv=at_ns,
                flags=(128 if last else 0) + (0 if seconds else SNAPSHOT),
            )
        )
    path.write_bytes(zstandard.compress(data))
    return path


def databento_csv(path: Path, entered_days_before: int = 0) -> Path:
    """The same as CSV."""
    lines = ["ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,order_id,flags"]
    for seconds, action, order_id, side, price, lots, last in _actions():
        at_ns = START_NS + round(seconds * SECOND)
        event_ns = at_ns - (0 if seconds else entered_days_before * DAY)
        flags = (128 if last else 0) + (0 if seconds else SNAPSHOT)
        cells = (at_ns, event_ns, 160, 2, 7, action, "B" if side > 0 else "A", f"{price:.9f}", lots, 0, order_id)
        lines.append(",".join(map(str, (*cells, flags))))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def tardis(path: Path) -> tuple[Path, Path]:
    """A book and its trades."""
    book = ["exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount"]
    trades = ["exchange,symbol,timestamp,local_timestamp,id,side,price,amount"]
    for seconds, what, side, price, size in LEVELS:
        at = START_NS // 1000 + round(seconds * 10**6)
        start = f"made,ABC,{at},{at + 100}"
        if what == "trade":
            trades.append(f"{start},1,{'buy' if side > 0 else 'sell'},{price},{size}")
        else:
            shown = str(what == "snapshot").lower()
            book.append(f"{start},{shown},{'bid' if side > 0 else 'ask'},{price},{size}")
    return _two(path, "incremental_book_L2", book, trades)


def binance(path: Path) -> tuple[Path, Path]:
    """Binance's futures depth, and its trades without a header."""
    book = ["symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu"]
    trades = []
    for seconds, what, side, price, size in LEVELS:
        at = START_NS // 10**6 + round(seconds * 1000)
        if what == "trade":
            trades.append(f"1,{price},{size},{price * size},{at},{side < 0!s},True")
        else:
            book.append(
                f"ABC,{at},1,2,{'b' if side > 0 else 'a'},{'snap' if what == 'snapshot' else 'set'},{price},{size},0"
            )
    return _two(path, "depth", book, trades)


def _two(path: Path, name: str, book: Sequence[str], trades: Sequence[str]) -> tuple[Path, Path]:
    files = path / f"{name}.csv", path / "trades.csv"
    for file, lines in zip(files, (book, trades), strict=True):
        file.write_text("\n".join(lines) + "\n")
    return files


def bybit(path: Path) -> Path:
    """Bybit's messages."""
    lines: list[dict[str, Any]] = []
    for seconds, what, side, price, size in LEVELS:
        at = START_NS // 10**6 + round(seconds * 1000)
        if what == "trade":
            trade = {"T": at, "S": "Buy" if side > 0 else "Sell", "p": str(price), "v": str(size)}
            lines.append({"topic": "publicTrade.ABC", "type": "snapshot", "ts": at, "data": [trade]})
            continue
        same = lines and lines[-1]["ts"] == at and lines[-1]["topic"] == "orderbook.50.ABC"
        if not same:
            kind = "snapshot" if what == "snapshot" else "delta"
            data: dict[str, Any] = {"s": "ABC", "b": [], "a": [], "u": 1}
            lines.append({"topic": "orderbook.50.ABC", "type": kind, "ts": at, "cts": at, "data": data})
        lines[-1]["data"]["b" if side > 0 else "a"].append([str(price), str(size)])
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def binance_stream(path: Path) -> Path:
    """Binance's streams as a collector keeps them: the time of receipt, and the message."""
    lines = []
    for seconds, what, side, price, size in LEVELS:
        at = START_NS // 10**6 + round(seconds * 1000)
        level = [[str(price), str(size)]]
        sides = {"b": level if side > 0 else [], "a": [] if side > 0 else level}
        data: dict[str, Any] = {"e": "depthUpdate", "E": at, "T": at, **sides}
        if what == "trade":
            data = {"e": "trade", "E": at, "T": at, "p": str(price), "q": str(size), "m": side < 0}
        lines.append(f"{(at + 3) * 10**6} {json.dumps({'stream': 'abc@depth', 'data': data})}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def hftbacktest(path: Path) -> Path:
    """Levels as hftbacktest's events, and before them one that only the local side sees."""
    kinds = {"snapshot": events.SNAPSHOT_LEVEL, "level": events.DEPTH, "trade": events.TRADED}
    rows = [(events.DEPTH | events.LOCAL | events.BUYS, START_NS, 1.0, 1.0)]
    for seconds, what, side, price, size in LEVELS:
        flags = events.EXCHANGE | events.LOCAL | (events.BUYS if side > 0 else events.SELLS)
        rows.append((kinds[what] | flags, START_NS + round(seconds * SECOND), price, size))
    array = np.zeros(len(rows), dtype=events.EVENT)
    array["ev"], array["exch_ts"], array["px"], array["qty"] = (list(column) for column in zip(*rows, strict=True))
    np.savez_compressed(path, data=array)
    return path

"""Databento's market by order (MBO), as DBN.

A record is an action on an order: A adds it, M gives it another price or size, C cancels lots of it, R clears the book.
T is a taker's trade and F the fill of a resting order: neither changes the book; the C or M that follows a fill does.
Source: databento.com/docs, "Schemas and data formats", MBO; header and records by databento-dbn.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from mmtui.errors import InputError, named_in, one_line, shortened
from mmtui.lab.tapes.formats.orders import BUY, SELL, Fills, LiveOrders
from mmtui.lab.tapes.formats.rows import OpenRecording, Scale, TapeRows
from mmtui.market.tape.lobster import Messages

#: Databento's prices are billionths.
_PRICE = 1e-9
_UNDEFINED = 2**63 - 1
_AT_ONCE = 1 << 16
_MBO = 160
#: The last record of an event, and one of a snapshot, whose own time is that of its order, perhaps days before.
_LAST, _SNAPSHOT = 0x80, 0x20
_COLUMNS = ("ts_event", "ts_recv", "instrument_id", "action", "side", "price", "size", "order_id", "flags")
_SIDES = {"B": BUY, "A": SELL}


class DatabentoRecord(NamedTuple):
    """A record: the price in currency, 0 where there is none; the flags tell whether it is its event's last."""

    line: int
    at_ns: int
    instrument: str
    action: str
    side: str
    price: float
    size: int
    order_id: int
    flags: int


def happened(at_ns: int, received_ns: int, flags: int) -> int:
    """When a record changed the book, of when it says that it was made and when it was received."""
    return received_ns if flags & _SNAPSHOT else at_ns


def messages_of(
    blocks: Iterator[list[DatabentoRecord]], source: str, instrument: str | None, recording: OpenRecording
) -> Iterator[Messages]:
    """The messages of one instrument, in blocks of what was read at once.

    Raises:
        InputError: there are several, and none is named, or another.
    """
    rows = TapeRows()
    orders = LiveOrders(rows, recording)
    scale: Scale | None = None
    fills = Fills(orders)
    seen: set[str] = set()
    for block in blocks:
        for line, at_ns, of, action, side, price, size, order_id, flags in block:
            if instrument is not None and of != instrument:
                seen.add(of)
                continue
            instrument = of
            if scale is None:
                prices = np.array([each.price for each in block if each.instrument == of], dtype=np.float64)
                scale = Scale.of(prices, np.ones(1), recording)
            at = scale.price_of(price)
            if action == "A":
                orders.add(line, at_ns, order_id, _SIDES.get(side, BUY), at, size)
            elif action == "M":
                fills.modify(line, at_ns, order_id, _SIDES.get(side, BUY), at, size)
            elif action == "C":
                fills.take_off(line, at_ns, order_id, size)
            elif action == "R":
                orders.clear(line, at_ns)
            elif action == "F":
                fills.filled(order_id, _SIDES.get(side, 0), at, size)
            elif action == "T":
                fills.traded(_SIDES.get(side, 0), at, size)
            if flags & _LAST:
                fills.end(line, at_ns)
        yield from rows.full()
    if scale is None and seen:
        some = ", ".join(map(named_in, sorted(seen)[:5]))
        raise InputError(f"{source}: no {instrument} is in it; expected one of {some}")
    yield from rows.rest()


def records(file: BinaryIO, source: str, instrument: str | None) -> Iterator[list[DatabentoRecord]]:
    """The MBO records of an unpacked DBN file. Raises InputError."""
    try:
        dbn: Any = import_module("databento_dbn")
    except ImportError:
        raise InputError("DBN needs databento-dbn, which is not installed: pip install 'mmtui[databento]'") from None
    head = file.read(8)
    head += file.read(int.from_bytes(head[4:], "little"))
    try:
        metadata = dbn.Metadata.decode(head)
    except Exception as error:
        raise InputError(f"{source}: damaged as a DBN file: {one_line(error)}") from None
    if metadata.schema not in (None, "mbo"):
        raise InputError(
            f"{source}: has the schema {shortened(str(metadata.schema))}; expected mbo, orders by their ids"
        )
    names = {
        str(interval["symbol"]): str(symbol)
        for symbol, intervals in metadata.mappings.items()
        for interval in intervals
    }
    if instrument is None and len(set(names.values())) > 1:
        some = ", ".join(map(named_in, sorted(set(names.values()))[:5]))
        raise InputError(f"{source}: expected --instrument, one of {some}, since one is read at a time")
    dtype = np.dtype(dbn.MBOMsg._dtypes)
    if metadata.ts_out:
        dtype = np.dtype([*dbn.MBOMsg._dtypes, ("ts_out", "u8")])
    left, line = b"", 0
    while data := file.read(_AT_ONCE * dtype.itemsize):
        left = (left + data) if left else data
        block, left = _decoded(left, dtype, source, line)
        line += len(block)
        found = [
            DatabentoRecord(
                line - len(block) + number,
                happened(at_ns, received_ns, flags),
                names.get(str(of), str(of)),
                action.decode("ascii", "replace"),
                side.decode("ascii", "replace"),
                0.0 if price == _UNDEFINED else round(price * _PRICE, 9),
                size,
                order_id,
                flags,
            )
            for number, (at_ns, received_ns, of, action, side, price, size, order_id, flags) in enumerate(
                block[[*_COLUMNS]].tolist(), start=1
            )
        ]
        yield found
    if left:
        raise InputError(f"{source}: ends within a record")


def _decoded(data: bytes, dtype: np.dtype[np.void], source: str, line: int) -> tuple[np.ndarray[Any, Any], bytes]:
    """The records at the front of some bytes, and the bytes of one that is not whole."""
    whole = len(data) // dtype.itemsize
    block = np.frombuffer(data, dtype=dtype, count=whole)
    wrong = np.flatnonzero((block["rtype"] != _MBO) | (4 * block["length"].astype(np.int64) != dtype.itemsize))
    if not len(wrong):
        return block, data[whole * dtype.itemsize :]
    at = int(wrong[0])
    length = 4 * int(block["length"][at])
    if not length:
        raise InputError(f"{source}: record {line + at + 1} is damaged")
    # Another kind of record, as systems send: what stands before it, and then what comes after.
    if len(data) < at * dtype.itemsize + length:
        return block[:at], data[at * dtype.itemsize :]
    rest, left = _decoded(data[at * dtype.itemsize + length :], dtype, source, line + at)
    return np.concatenate([block[:at], rest]), left

"""hftbacktest's event arrays, in an ``.npz`` or ``.npy`` file.

An event has flags ``ev`` (its kind in the lowest byte, and bits for the side and for who sees it), ``exch_ts`` and
``local_ts`` in nanoseconds, price, quantity, and the order's id where there are orders. Those that only the local side
sees repeat what the exchange had, and are left out. Source: hftbacktest.readthedocs.io, "Data".
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mmtui.errors import InputError, one_line
from mmtui.files import DAMAGED, bounded, member, opened
from mmtui.lab.tapes.formats import levels
from mmtui.lab.tapes.formats.levels import CLEARED, LEVEL, TRADE, Change
from mmtui.lab.tapes.formats.orders import BUY, SELL, Fills, LiveOrders
from mmtui.lab.tapes.formats.rows import OpenRecording, Scale, TapeRows
from mmtui.market.tape.lobster import Messages

DEPTH, TRADED, CLEAR, SNAPSHOT_LEVEL, ADD, CANCEL, MODIFY, FILL = 1, 2, 3, 4, 10, 11, 12, 13
EXCHANGE, LOCAL, BUYS, SELLS = 1 << 31, 1 << 30, 1 << 29, 1 << 28
EVENT = np.dtype(
    [
        ("ev", "<u8"),
        ("exch_ts", "<i8"),
        ("local_ts", "<i8"),
        ("px", "<f8"),
        ("qty", "<f8"),
        ("order_id", "<u8"),
        ("ival", "<i8"),
        ("fval", "<f8"),
    ]
)
_AT_ONCE = 1 << 16
Block = npt.NDArray[np.void]


def messages_of(path: Path, recording: OpenRecording) -> Iterator[Messages]:
    """The messages of an event array, in blocks. Raises InputError."""
    blocks = _blocks(path)
    first = next(blocks, np.empty(0, dtype=EVENT))
    if np.isin(first["ev"] & 0xFF, (ADD, CANCEL, MODIFY, FILL)).any():
        return _of_orders(first, blocks, recording)
    return levels.messages_of(_changes(first, blocks), recording)


def _rows(first: Block, blocks: Iterator[Block]) -> Iterator[tuple[int, int, int, int, float, float, int]]:
    """Yields line, time, kind, side, price, quantity and order id of what the exchange had."""
    line, block = 0, first
    while len(block):
        seen = (block["ev"] & EXCHANGE) > 0
        lines = np.flatnonzero(seen) + line + 1
        line += len(block)
        part = block[seen]
        sides = np.where(part["ev"] & BUYS, BUY, np.where(part["ev"] & SELLS, SELL, 0))
        kinds = part["ev"] & 0xFF
        # What clears the book needs no price.
        prices = np.where((kinds == CLEAR) & ~np.isfinite(part["px"]), 0.0, part["px"])
        columns = (lines, part["exch_ts"], kinds, sides, prices, part["qty"], part["order_id"])
        yield from zip(*(column.tolist() for column in columns), strict=True)
        block = next(blocks, block[:0])


def _changes(first: Block, blocks: Iterator[Block]) -> Iterator[Change]:
    for line, at_ns, kind, side, price, quantity, _ in _rows(first, blocks):
        if kind == TRADED and side:
            yield Change(at_ns, TRADE, line, side, price, quantity)
        elif kind in (DEPTH, SNAPSHOT_LEVEL) and side:
            # A snapshot's levels are levels: what they replace was cleared before them.
            yield Change(at_ns, LEVEL, line, side, price, quantity)
        elif kind == CLEAR:
            yield Change(at_ns, CLEARED, line, side, price, 0.0)


def _of_orders(first: Block, blocks: Iterator[Block], recording: OpenRecording) -> Iterator[Messages]:
    rows = TapeRows()
    orders = LiveOrders(rows, recording)
    scale = Scale.of(first["px"], first["qty"], recording)
    fills = Fills(orders)
    last_ns = 0
    for line, at_ns, kind, side, price, quantity, order_id in _rows(first, blocks):
        at, lots = scale.price_of(price), scale.size_of(quantity)
        if at_ns != last_ns:
            fills.end(line, last_ns)
            last_ns = at_ns
        if kind == ADD and side:
            orders.add(line, at_ns, order_id, side, at, lots)
        elif kind == CANCEL:
            fills.take_off(line, at_ns, order_id, lots or orders.left(order_id))
        elif kind == MODIFY and side:
            fills.modify(line, at_ns, order_id, side, at, lots)
        elif kind == FILL:
            fills.filled(order_id, side, at, lots)
        elif kind == TRADED:
            fills.traded(side, at, lots)
        elif kind == CLEAR:
            orders.clear(line, at_ns, side)
        yield from rows.full()
    fills.end(0, last_ns)
    yield from rows.rest()


def _blocks(path: Path) -> Iterator[Block]:
    """Yields an array's events, some ten thousand at a time. Raises InputError."""
    try:
        with opened(path) as raw:
            if path.suffix == ".npy":
                yield from _read(raw, path)
                return
            with zipfile.ZipFile(raw) as archive:
                names = [name for name in archive.namelist() if name.endswith(".npy")]
                if not names:
                    raise InputError(f"{path}: holds no array; expected hftbacktest's, named data")
                with (
                    member(archive, "data.npy" if "data.npy" in names else names[0]) as packed,
                    bounded(packed, raw) as data,
                ):
                    yield from _read(data, path)
    except (*DAMAGED, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: cannot be read as an array of numpy: {one_line(error)}") from None


def _read(file: Any, path: Path) -> Iterator[Block]:
    version = np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(file)
    if dtype != EVENT or len(shape) != 1:
        raise InputError(
            f"{path}: its array is of {dtype}; expected hftbacktest's events, {', '.join(EVENT.names or ())}"
        )
    left = int(shape[0])
    while left:
        count = min(left, _AT_ONCE)
        yield np.frombuffer(_exactly(file, count * EVENT.itemsize), dtype=EVENT)
        left -= count


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = file.read(size - len(data))
        if not more:
            raise EOFError("it ends too early")
        data += more
    return data

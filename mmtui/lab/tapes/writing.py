"""Tapes written in other programs' formats, block by block, in constant memory.

- LOBSTER's messages, and its orderbook file beside them.
- Parquet, a row an event: time, kind, order, side, price and size; the units in the file's metadata.
- hftbacktest's event array: a new order is an ADD, what is taken off one a MODIFY or CANCEL, after a TRADE and a FILL
  where it traded; what no order is known of is a TRADE alone. Halts have no place in it.
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Protocol, cast

import numpy as np
from sortedcontainers import SortedDict

from mmtui.errors import InputError
from mmtui.files import replacing
from mmtui.lab.tapes.formats import hftbacktest as events
from mmtui.lab.tapes.formats.rows import CROSS, EXECUTE, HALT, HIDDEN, NEW
from mmtui.market.tape.lobster import MessageKind, Messages, Units
from mmtui.market.tape.tape_spec import PRICE_UNITS
from mmtui.units import NS_PER_S

#: What a book's empty level holds, as LOBSTER has it.
_NO_ASK, _NO_BID = 9_999_999_999, -9_999_999_999
_COPIED = 1 << 20
KINDS = tuple(kind.name.lower() for kind in MessageKind)


@dataclass(frozen=True)
class Scaled:
    """The units of messages to be written: ticks and lots in the file's units, and what these are.

    Attributes:
        units: of the messages.
        share: shares in a unit of sizes.
        scale: how much higher prices are than they were recorded.
    """

    units: Units = field(default_factory=lambda: Units(1, 1))
    share: float = 1.0
    scale: int = 1


class Writer(Protocol):
    """Takes messages, in blocks."""

    def write(self, block: Messages) -> None:
        """Write some more."""


def write_tape(path: Path, blocks: Iterator[Messages], scaled: Callable[[], Scaled], book: int = 0) -> int:
    """Write a tape in the format that the name of its file says; returns how many messages. Without any, no file is.

    Args:
        path: ``.csv`` or ``.csv.gz`` for LOBSTER, ``.parquet``, ``.npz`` for hftbacktest.
        blocks: the messages.
        scaled: their units, which are known with the first block.
        book: levels of LOBSTER's orderbook file, which is written beside its messages; 0 for none.

    Raises:
        InputError: the name has another ending.
        OutputError: it cannot be written.
    """
    writers: dict[str, Callable[[ExitStack, Path, Scaled], Writer]] = {
        ".csv": _Lobster,
        ".gz": _Lobster,
        ".parquet": _Parquet,
        ".npz": _Events,
    }
    kind = writers.get(path.suffix)
    if kind is None:
        raise InputError(f"{path}: expected a name that ends in .csv, .csv.gz, .parquet or .npz")
    count = 0
    with ExitStack() as stack:
        open_writers: list[Writer] = []
        for block in blocks:
            if not open_writers:
                # Only now, when there is something to write, and its units are known.
                open_writers.append(kind(stack, path, scaled()))
                if book:
                    open_writers.append(_Book(stack, orderbook_name(path), scaled(), book))
            for writer in open_writers:
                writer.write(block)
            count += len(block)
    return count


def orderbook_name(path: Path) -> Path:
    """The name of the orderbook file that goes with a file of messages."""
    if "message" in path.name:
        return path.with_name(path.name.replace("message", "orderbook", 1))
    stem, dot, ending = path.name.partition(".")
    return path.with_name(f"{stem}_orderbook{dot}{ending}")


def _columns(block: Messages, scaled: Scaled) -> list[list[int]]:
    """Times, kinds, ids, sizes, prices and sides, in the file's units."""
    halts = block.kinds == HALT
    sizes = block.sizes * np.where(halts, 1, scaled.units.lot)
    prices = block.prices * np.where(halts, 1, scaled.units.tick)
    return [column.tolist() for column in (block.times_ns, block.kinds, block.ids, sizes, prices, block.sides)]


def _text_file(stack: ExitStack, path: Path) -> IO[bytes]:
    raw = stack.enter_context(replacing(path))
    if path.suffix != ".gz":
        return raw
    packed = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0)
    stack.callback(packed.close)
    return cast("IO[bytes]", packed)


class _Lobster:
    def __init__(self, stack: ExitStack, path: Path, scaled: Scaled) -> None:
        self._file = _text_file(stack, path)
        self._scaled = scaled

    def write(self, block: Messages) -> None:
        lines = []
        for time_ns, *values in zip(*_columns(block, self._scaled), strict=True):
            seconds, nanoseconds = divmod(time_ns, NS_PER_S)
            lines.append(f"{seconds}.{nanoseconds:09d},{','.join(map(str, values))}\n")
        self._file.write("".join(lines).encode())


class _Book:
    """The best levels after every message."""

    def __init__(self, stack: ExitStack, path: Path, scaled: Scaled, levels: int) -> None:
        self._file = _text_file(stack, path)
        self._scaled = scaled
        self._levels = levels
        self._sides: dict[int, SortedDict[int, int]] = {1: SortedDict(lambda price: -price), -1: SortedDict()}

    def write(self, block: Messages) -> None:
        lines = []
        for _, kind, _, size, price, side in zip(*_columns(block, self._scaled), strict=True):
            if kind <= EXECUTE:
                book = self._sides[side]
                left = book.get(price, 0) + (size if kind == NEW else -size)
                if left > 0:
                    book[price] = left
                else:
                    book.pop(price, None)
            lines.append(self._line())
        self._file.write("".join(lines).encode())

    def _line(self) -> str:
        asks, bids = (self._sides[side].items()[: self._levels] for side in (-1, 1))
        cells: list[int] = []
        for rank in range(self._levels):
            cells += asks[rank] if rank < len(asks) else (_NO_ASK, 0)
            cells += bids[rank] if rank < len(bids) else (_NO_BID, 0)
        return ",".join(map(str, cells)) + "\n"


class _Parquet:
    def __init__(self, stack: ExitStack, path: Path, scaled: Scaled) -> None:
        try:
            self._arrow: Any = import_module("pyarrow")
            parquet: Any = import_module("pyarrow.parquet")
        except ImportError:
            raise InputError("parquet needs pyarrow, which is not installed: pip install 'mmtui[parquet]'") from None
        arrow = self._arrow
        self._scaled = scaled
        units = {"price_units": str(PRICE_UNITS * scaled.scale), "share": repr(scaled.share)}
        whole = ("time_ns", "order_id", "size", "price", "side")
        self._schema = arrow.schema(
            [*((name, arrow.int64()) for name in whole), ("kind", arrow.string())], metadata=units
        )
        file = stack.enter_context(replacing(path))
        self._file = stack.enter_context(parquet.ParquetWriter(file, self._schema))

    def write(self, block: Messages) -> None:
        times, kinds, ids, sizes, prices, sides = _columns(block, self._scaled)
        names = [KINDS[kind - 1] for kind in kinds]
        self._file.write_table(self._arrow.table([times, ids, sizes, prices, sides, names], schema=self._schema))


class _Events:
    """The array needs its length first: events go to a temporary file, and then into the archive."""

    def __init__(self, stack: ExitStack, path: Path, scaled: Scaled) -> None:
        self._scaled = scaled
        self._left: dict[int, int] = {}
        self._count = 0
        # Closed in the opposite order: the archive is written while both files are open.
        self._out = stack.enter_context(replacing(path))
        self._part = tempfile.TemporaryFile()  # noqa: SIM115
        stack.callback(self._part.close)
        stack.push(lambda error, *_: self._finish() if error is None else None)

    def write(self, block: Messages) -> None:
        scaled, found = self._scaled, []
        price_unit = PRICE_UNITS * scaled.scale
        for time_ns, kind, order_id, size, price, side in zip(*_columns(block, scaled), strict=True):
            if kind == HALT:
                continue
            rests = events.BUYS if side > 0 else events.SELLS
            takes = 0 if kind == CROSS else events.SELLS if side > 0 else events.BUYS
            real = (price / price_unit, size * scaled.share)
            if kind == NEW:
                self._left[order_id] = size
                found.append((events.ADD | rests, time_ns, *real, order_id))
                continue
            if kind >= EXECUTE:
                found.append((events.TRADED | takes, time_ns, *real, 0))
            if kind == EXECUTE:
                found.append((events.FILL | rests, time_ns, *real, order_id))
            if kind in (HIDDEN, CROSS):
                continue
            left = self._left.pop(order_id, size) - size
            if left > 0:
                self._left[order_id] = left
                found.append((events.MODIFY | rests, time_ns, real[0], left * scaled.share, order_id))
            else:
                found.append((events.CANCEL | rests, time_ns, *real, order_id))
        array = np.zeros(len(found), dtype=events.EVENT)
        if found:
            columns = zip(*found, strict=True)
            for name, column in zip(("ev", "exch_ts", "px", "qty", "order_id"), columns, strict=True):
                array[name] = column
            array["ev"] |= events.EXCHANGE | events.LOCAL
            array["local_ts"] = array["exch_ts"]
        self._count += len(array)
        self._part.write(array.tobytes())

    def _finish(self) -> None:
        self._part.seek(0)
        with zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED) as archive:
            # Without the time of writing: the same tape makes the same file.
            entry = zipfile.ZipInfo("data.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as member:
                head = {"descr": np.lib.format.dtype_to_descr(events.EVENT), "fortran_order": False}
                np.lib.format.write_array_header_1_0(member, {**head, "shape": (self._count,)})
                while part := self._part.read(_COPIED):
                    member.write(part)

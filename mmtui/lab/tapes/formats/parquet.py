"""Our own Parquet files of events, read back."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from mmtui.errors import InputError, one_line
from mmtui.files import most_unpacked
from mmtui.lab.tapes.formats.rows import OpenRecording
from mmtui.market.core.draws import Ints
from mmtui.market.tape.lobster import MessageKind, Messages
from mmtui.market.tape.tape_spec import PRICE_UNITS

_WHOLE = ("time_ns", "order_id", "size", "price", "side")
#: Bytes of a row: six numbers.
_ROW_BYTES = 48
#: The least that a unit of size may be.
_LEAST_SHARE = 1e-12
_KINDS = {kind.name.lower(): int(kind) for kind in MessageKind}


def messages_of(path: Path, recording: OpenRecording) -> Iterator[Messages]:
    """The messages of a file of events, in blocks. Raises InputError."""
    try:
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise InputError("parquet needs pyarrow, which is not installed: pip install 'mmtui[parquet]'") from None
    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            missing = [name for name in (*_WHOLE, "kind") if name not in schema.names]
            if missing:
                raise InputError(
                    f"{path}: has no column {missing[0]}; expected events as mmtui tape export writes them"
                )
            if file.metadata.num_rows * _ROW_BYTES > most_unpacked(path.stat().st_size):
                raise InputError(f"{path}: it becomes far larger than it is")
            told = schema.metadata or {}
            recording.share = float(told.get(b"share", b"1"))
            recording.scale = int(told.get(b"price_units", PRICE_UNITS)) // PRICE_UNITS
            if not (_LEAST_SHARE <= recording.share <= 1 / _LEAST_SHARE and recording.scale >= 1):
                raise InputError(f"{path}: expected in its metadata a share, and price_units, of {PRICE_UNITS} or more")
            line = 1
            # Group by group: read in one go, a file holds something of every group until its end.
            groups = range(file.num_row_groups)
            for batch in chain.from_iterable(file.iter_batches(1 << 16, row_groups=[group]) for group in groups):
                kinds = [_KINDS[name] for name in batch.column("kind").to_pylist()]
                whole = {name: _whole_numbers(batch.column(name), name) for name in _WHOLE}
                yield Messages(
                    np.arange(line, line + len(kinds)),
                    whole["time_ns"],
                    np.array(kinds, dtype=np.int64),
                    *(whole[name] for name in _WHOLE[1:]),
                )
                line += len(kinds)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path}: cannot be read as Parquet: {one_line(error)}") from None


def _whole_numbers(column: Any, name: str) -> Ints:
    """A column as whole numbers. Raises ValueError where one is missing or is none."""
    if column.null_count:
        raise ValueError(f"{name} is missing in a row")
    numbers: Ints = column.cast("int64").to_numpy()
    return numbers

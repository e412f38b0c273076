"""The rows of a file of prices: CSV with commas, semicolons or tabs, plain or gzipped, or Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from mmtui.errors import InputError, shortened
from mmtui.files import most_bytes, opened, unpacked
from mmtui.kinds_of_files import told

MOST_PRICES = 500_000
#: How a file of prices is named.
_KIND = "a CSV file of prices"
_PARQUET = b"PAR1"
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class PriceColumns:
    """Which columns of a file hold what; capitals do not matter.

    Attributes:
        time: the timestamps.
        price: the prices.
        bid, ask: the best prices, whose middle is taken instead; both or neither.
    """

    time: str = "timestamp"
    price: str = "price"
    bid: str | None = None
    ask: str | None = None

    def __post_init__(self) -> None:
        if (self.bid is None) != (self.ask is None):
            raise InputError("--bid and --ask: expected both or neither, since the price is half-way between them")

    def options(self) -> list[tuple[str, str]]:
        """Returns the names with the options that set them, the timestamps' first."""
        if self.bid is not None and self.ask is not None:
            return [("--time", self.time), ("--bid", self.bid), ("--ask", self.ask)]
        return [("--time", self.time), ("--price", self.price)]


DEFAULT_COLUMNS = PriceColumns()


def price_rows(path: Path, columns: PriceColumns) -> Iterator[tuple[str, str, list[str]]]:
    """Yields (place, timestamp, price, or bid and ask) of each row that is not blank, as texts.

    The place is "line 7" or "row 7".

    Raises:
        InputError: the file cannot be used, with the reason and the place.
    """
    try:
        with opened(path) as file:
            is_parquet = file.read(len(_PARQUET)) == _PARQUET
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    rows = _parquet_rows(path, columns) if is_parquet else _csv_rows(path, columns)
    for count, (place, stamp, *prices) in enumerate(rows, start=1):
        if count > MOST_PRICES:
            raise InputError(f"{path}, {place}: expected at most {MOST_PRICES:,} prices")
        yield place, stamp, prices


def _places(path: Path, where: str, header: Sequence[str], columns: PriceColumns) -> list[int]:
    """Returns which columns are wanted. Raises InputError."""
    names = [name.strip().lower() for name in header]
    places = []
    for option, name in columns.options():
        if names.count(name.lower()) != 1:
            how = "two columns" if name.lower() in names else "no column"
            hint = "" if name.lower() in names else f"; {option} says which it is"
            raise InputError(
                f"{path}{where}: the header has {how} {name!r}: {shortened(', '.join(names))}{hint}{told(path, _KIND)}"
            )
        places.append(names.index(name.lower()))
    return places


def _csv_rows(path: Path, columns: PriceColumns) -> Iterator[list[str]]:
    data = _content(path)
    # Only CR and LF end a line, not what else Unicode counts as a line's end.
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    reader = None
    try:
        separator = _separator(data)
        reader = csv.reader(text, strict=True, delimiter=separator)
        header = next((row for row in reader if row), [])
        if not header:
            raise InputError(f"{path}: is empty; expected a header with the columns {columns.time} and {columns.price}")
        places = _places(path, f", line {reader.line_num}", header, columns)
        for row in reader:
            if not any(value.strip() for value in row):
                continue
            if len(row) != len(header):
                raise InputError(f"{path}, line {reader.line_num}: {len(row)} values under {len(header)} columns")
            stamp, *prices = (row[at].strip() for at in places)
            if separator == ";":
                # Where semicolons part the columns, a comma is the decimal point.
                prices = [price.replace(",", ".") for price in prices]
            yield [f"line {reader.line_num}", stamp, *prices]
    except UnicodeDecodeError:
        line = data.count(b"\n", 0, _no_text(data)) + 1
        raise InputError(f"{path}, line {line}: not UTF-8 text{told(path, _KIND)}") from None
    except csv.Error as error:
        at = "" if reader is None else f", line {reader.line_num}"
        raise InputError(f"{path}{at}: not CSV: {error}") from None


def _separator(data: bytes) -> str:
    """Returns what parts the columns: what there is most of in the first line that is not blank."""
    first = next((line for line in data.splitlines() if line.strip()), b"")
    return max(_SEPARATORS, key=lambda sign: first.count(sign.encode()))


def _content(path: Path) -> bytes:
    """The content of a file, plain or gzipped. Raises InputError."""
    try:
        with unpacked(path) as file:
            data = file.read(most_bytes() + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: the gzip file is damaged: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(data) > most_bytes():
        raise InputError(f"{path}: expected at most {most_bytes():,} bytes")
    return data


def _no_text(data: bytes) -> int:
    """Returns where UTF-8 text ends."""
    try:
        return len(data.decode())
    except UnicodeDecodeError as error:
        return error.start


def _parquet_rows(path: Path, columns: PriceColumns) -> Iterator[list[str]]:
    try:
        arrow, compute, parquet = (import_module(f"pyarrow{part}") for part in ("", ".compute", ".parquet"))
    except ImportError:
        raise InputError(
            f"{path}: to read Parquet, pyarrow is needed, which is not installed: pip install 'mmtui[parquet]'"
        ) from None
    try:
        file = parquet.ParquetFile(path)
        if file.metadata.num_rows > MOST_PRICES:
            raise InputError(f"{path}: expected at most {MOST_PRICES:,} prices, not {file.metadata.num_rows:,}")
        header = file.schema_arrow.names
        places = _places(path, "", header, columns)
        table = file.read(columns=[header[at] for at in places])
        texts = [_texts(arrow, compute, table.column(header[at])) for at in places]
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {shortened(' '.join(str(error).split()))}") from None
    for number, values in enumerate(zip(*texts, strict=True), start=1):
        if any(value is not None for value in values):
            yield [f"row {number}", *(value or "" for value in values)]


def _texts(arrow: Any, compute: Any, column: Any) -> list[str | None]:
    """Returns a column's values as a CSV file would have them."""
    found: list[str | None] = compute.cast(column, arrow.string()).to_pylist()
    return found

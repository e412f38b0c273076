"""LOBSTER's message files: reading and checking.

A message is a row ``time,type,order id,size,price,direction`` without a header, plain or gzipped. Times are seconds
after midnight, prices whole numbers of a ten-thousandth of the currency, direction 1 for a bid and -1 for an ask, of
an execution that of the *resting* order. Types: 1 a new limit order, 2 a partial and 3 a whole cancellation, 4 the
execution of a visible and 5 of a hidden order, 6 a cross, as in an auction, 7 a halt (price -1), that quoting resumes
(0) or that trading does (1).
Source: lobsterdata.com, "Output structure".
"""

from __future__ import annotations

import gzip
import io
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from pathlib import Path
from typing import IO

import msgspec
import numpy as np
import numpy.typing as npt

from mmtui.errors import InputError, shortened
from mmtui.files import unpacked
from mmtui.kinds_of_files import told
from mmtui.market.core.draws import Bools, Ints
from mmtui.units import NS_PER_S, decimal_text, whole_number

_COLUMNS = ("time", "type", "order id", "size", "price", "direction")
_ROW = np.dtype([("time", "f8"), ("type", "i8"), ("id", "i8"), ("size", "i8"), ("price", "i8"), ("direction", "i8")])
_AT_ONCE = 1 << 22
#: The longest line, in characters: six numbers.
_LONGEST_LINE = 200
#: A day and an hour, for the day on which clocks go back.
LATEST_S = 25 * 3600
#: The book's ids are these with six bits more, and are held in 64.
_MOST_ID = 2**56
_MOST_LOTS = 2**40
_MOST_PRICE = 2**53


class MessageKind(IntEnum):
    """The type of a message."""

    NEW = 1
    REDUCE = 2
    DELETE = 3
    EXECUTE = 4
    HIDDEN = 5
    CROSS = 6
    HALT = 7


class Units(msgspec.Struct, frozen=True):
    """The units of the file's whole numbers: a price is a multiple of ``tick``, a size one of ``lot``."""

    tick: int
    lot: int = 1


@dataclass(frozen=True)
class Messages:
    """Messages in the order of the file; arrays of equal length.

    Attributes:
        lines: line in the file, from 1; 0 for a message that was inserted.
        times_ns: after midnight.
        kinds: see :class:`MessageKind`.
        ids: the orders', as in the file.
        sizes: lots; of a halt as in the file.
        prices: ticks, of hidden executions and crosses the nearest one; of a halt -1, 0 or 1.
        sides: 1 or -1, the resting order's.
    """

    lines: Ints
    times_ns: Ints
    kinds: Ints
    ids: Ints
    sizes: Ints
    prices: Ints
    sides: Ints

    def __len__(self) -> int:
        return len(self.lines)

    def __deepcopy__(self, memo: object) -> Messages:
        # Nothing of it ever changes, and a tape is long.
        return self

    def take(self, chosen: Bools | Ints | slice) -> Messages:
        """Returns some of them."""
        return Messages(*(getattr(self, column.name)[chosen] for column in fields(self)))

    @staticmethod
    def join(parts: list[Messages]) -> Messages:
        """Concatenates several."""
        if not parts:
            return Messages(*(np.empty(0, dtype=np.int64) for _ in fields(Messages)))
        return Messages(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Messages)))


@dataclass
class Faults:
    """Handles wrong rows: the first is an error, or each is skipped and counted.

    Attributes:
        source: the file, for the error.
        lenient: whether to skip and count.
        skipped: rows by reason.
    """

    source: str
    lenient: bool = False
    skipped: Counter[str] = field(default_factory=Counter)

    def found(self, line: int, reason: str, detail: str) -> None:
        """Report a wrong row. Raises InputError unless lenient."""
        if not self.lenient:
            raise InputError(f"{self.source}, line {line}: {detail}")
        self.skipped[reason] += 1

    def sift(self, messages: Messages, faults: list[tuple[str, str, Bools]]) -> Messages:
        """Returns the messages that are not wrong, and reports the others.

        Args:
            messages: the messages.
            faults: reason, detail with placeholders for a message's columns, and the messages it applies to.
        """
        reasons = np.full(len(messages), len(faults))
        for number in reversed(range(len(faults))):
            reasons[faults[number][2]] = number
        wrong = np.flatnonzero(reasons < len(faults))
        for at in wrong.tolist():
            reason, detail, _ = faults[reasons[at]]
            row = {column.name: getattr(messages, column.name)[at] for column in fields(messages)}
            self.found(int(messages.lines[at]), reason, detail.format(**row))
        return messages.take(reasons == len(faults)) if len(wrong) else messages


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """Open a file as text, plain or gzipped by its content. Raises InputError when reading fails."""
    try:
        with unpacked(path) as data, io.TextIOWrapper(data, encoding="utf-8-sig", errors="surrogateescape") as text:
            yield text
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: the gzip file is damaged: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def line_blocks(file: IO[str]) -> Iterator[list[str]]:
    """Yields a file's lines, some megabytes at a time; blank ones at its end are left out."""
    blank = 0
    while lines := file.readlines(_AT_ONCE):
        last = len(lines)
        while last and not lines[last - 1].strip():
            last -= 1
        if last:
            yield ["\n"] * min(blank, 1000) + lines[:last]
            blank = 0
        blank += len(lines) - last


def read_blocks(path: Path, units: Units, faults: Faults) -> Iterator[Messages]:
    """Yields the messages of a file, some ten thousand at a time, each checked by itself.

    Raises:
        InputError: the file cannot be read, is empty, or, unless faults are lenient, a row is wrong.
    """
    last_ns, line, empty = 0, 1, True
    try:
        with opened(path) as file:
            for lines in line_blocks(file):
                messages = _checked(*_parsed(lines, line, faults), units, last_ns, faults)
                line += len(lines)
                if len(messages):
                    last_ns, empty = int(messages.times_ns[-1]), False
                    yield messages
    except InputError as error:
        raise InputError(f"{error}{told(path, 'LOBSTER messages, as')}") from None
    if empty:
        what = told(path, "LOBSTER messages, as")
        raise InputError(f"{path}: holds no messages; expected rows of {', '.join(_COLUMNS)}{what}")


def read_messages(path: Path, units: Units, faults: Faults) -> Messages:
    """Read all messages of a file, each checked by itself: 56 bytes of memory a message.

    Raises:
        InputError: as :func:`read_blocks`.
    """
    return Messages.join(list(read_blocks(path, units, faults)))


# Rows by themselves


def _parsed(lines: list[str], first: int, faults: Faults) -> tuple[Ints, npt.NDArray[np.void]]:
    """Returns the lines' numbers and values; reports those that are not rows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            plain = max(map(len, lines)) <= _LONGEST_LINE
            rows = np.loadtxt(lines if plain else [], dtype=_ROW, delimiter=",", comments=None, ndmin=1)
        if len(rows) == len(lines):
            return np.arange(first, first + len(lines)), rows
    except (ValueError, Warning):
        pass
    # Something is wrong: parsed slowly, to find what and where.
    numbers, values = [], []
    for number, line in enumerate(lines, start=first):
        row = _row(line, number, faults)
        if row is not None:
            numbers.append(number)
            values.append(row)
    return np.array(numbers, dtype=np.int64), np.array(values, dtype=_ROW)


def _row(line: str, number: int, faults: Faults) -> tuple[float | int, ...] | None:
    cells = line.strip().split(",") if len(line) <= _LONGEST_LINE else []
    if len(cells) != len(_COLUMNS):
        faults.found(
            number,
            "columns",
            f"expected {len(_COLUMNS)} columns, {', '.join(_COLUMNS)}, not {shortened(line.strip())!r}",
        )
        return None
    values: list[float | int] = []
    for name, cell in zip(_COLUMNS, cells, strict=True):
        try:
            value = float(decimal_text(cell)) if name == "time" else whole_number(cell)
            if not abs(value) < 2**63:
                raise ValueError
        except ValueError:
            expected = "a number of seconds" if name == "time" else "a whole number"
            faults.found(number, name, f"the {name} is {shortened(cell.strip())!r}; expected {expected}")
            return None
        values.append(value)
    return tuple(values)


def _checked(lines: Ints, rows: npt.NDArray[np.void], units: Units, last_ns: int, faults: Faults) -> Messages:
    """Returns rows in ticks and lots, without the wrong ones."""
    seconds = np.where((rows["time"] >= 0) & (rows["time"] < LATEST_S), rows["time"], -1.0)
    times_ns = np.rint(seconds * NS_PER_S).astype(np.int64)
    kinds, prices, sizes = rows["type"], rows["price"], rows["size"]
    raw = Messages(lines, times_ns, kinds, rows["id"], sizes, prices, rows["direction"])
    raw = plausible(raw, units, last_ns, _MOST_LOTS, faults)
    halt = raw.kinds == MessageKind.HALT
    return in_ticks(replace(raw, sizes=np.where(halt, raw.sizes, raw.sizes // units.lot)), units.tick)


def plausible(raw: Messages, units: Units, last_ns: int, most_lots: int, faults: Faults) -> Messages:
    """Returns messages in a file's units without those that cannot be, each by itself and after the time of the last.

    Args:
        raw: the messages.
        units: that prices and sizes are multiples of.
        last_ns: the time of the message before them.
        most_lots: the largest size.
        faults: handles the others.

    Raises:
        InputError: unless faults are lenient, for the first of those.
    """
    kinds, prices, sizes = raw.kinds, raw.prices, raw.sizes
    known = (kinds >= MessageKind.NEW) & (kinds <= MessageKind.HALT)
    order, trade = known & (kinds <= MessageKind.EXECUTE), known & (kinds < MessageKind.HALT)
    tick, lot = units.tick, units.lot
    raw = faults.sift(
        raw,
        [
            ("time", f"the time is not from 0 to {LATEST_S} seconds after midnight", raw.times_ns < 0),
            ("type", "the type is {kinds}; expected 1 to 7", ~known),
            ("order id", "the order id is {ids}; expected 1 to 2^56", order & ~_within(raw.ids, _MOST_ID)),
            ("size", "the size is {sizes}; expected a positive number", trade & (sizes <= 0)),
            ("size", f"the size {{sizes}} is not a multiple of the lot, {lot}", trade & (sizes % lot != 0)),
            (
                "size",
                f"the size is {{sizes}}; expected at most 2^{most_lots.bit_length() - 1} lots",
                trade & (sizes // lot > most_lots),
            ),
            ("price", "the price is {prices}; expected 1 to 2^53", trade & ~_within(prices, _MOST_PRICE)),
            ("price", f"the price {{prices}} is not a multiple of the tick, {tick}", order & (prices % tick != 0)),
            (
                "direction",
                "the direction is {sides}; expected 1 or -1",
                trade & (kinds != MessageKind.CROSS) & (np.abs(raw.sides) != 1),
            ),
            ("halt", "the price of a halt is {prices}; expected -1, 0 or 1", ~trade & known & (np.abs(prices) > 1)),
        ],
    )
    # Last, since the times of wrong rows do not count.
    latest = np.maximum.accumulate(np.append(last_ns, raw.times_ns))[:-1]
    return faults.sift(raw, [("time goes back", "the time is earlier than the one before", raw.times_ns < latest)])


def _within(numbers: Ints, most: int) -> Bools:
    return (numbers > 0) & (numbers < most)


def in_ticks(messages: Messages, tick: int) -> Messages:
    """Returns messages, whose prices are in the file's units, with prices in ticks of so many of these."""
    halt = messages.kinds == MessageKind.HALT
    ticks = np.where(halt, messages.prices, np.maximum(1, np.rint(messages.prices / tick).astype(np.int64)))
    return replace(messages, prices=ticks)

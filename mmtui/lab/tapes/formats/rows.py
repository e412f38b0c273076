"""What a reader finds, row by row, given out as messages in blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from mmtui.market.core.draws import Floats
from mmtui.market.tape.lobster import MessageKind, Messages
from mmtui.market.tape.tape_spec import PRICE_UNITS
from mmtui.units import NS_PER_S, decimal_text, whole_number

#: Messages of a block.
_BLOCK = 1 << 16
_DAY_NS = 86_400 * NS_PER_S
#: The most digits after the point that a number is looked at for.
_MOST_DIGITS = 9
_MOST = 2**62
#: The largest size in a recording's units, of which a book holds many; sizes are read so coarsely that the first ones
#: are a sixteenth of it at most.
MOST_SIZE = 2**48
NEW, REDUCE, DELETE, EXECUTE, HIDDEN, CROSS, HALT = (int(kind) for kind in MessageKind)


@dataclass
class OpenRecording:
    """A recording under way: its messages, and what there is to say of them once they have been read.

    Attributes:
        share: shares, or coins, in a unit of the messages' sizes.
        made: whether the orders are made of level changes, so that their places in the queue are not the exchange's.
        scale: how much higher the messages' prices are than the recording's, where its tick is finer than a
            ten-thousandth; ``share`` is as much smaller.
        traded: whether there are trades among the level changes.
        gaps: how often updates are missing, by the numbers that the exchange gives them.
        skipped: what did not fit, by reason.
    """

    share: float = 1.0
    made: bool = False
    scale: int = 1
    traded: bool = False
    gaps: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def nothing(self) -> str:
        """What to say of one without messages, after its name."""
        reasons = ", ".join(f"{count:,} of {reason}" for reason, count in self.skipped.most_common())
        return "holds no messages of an order book" + (f"; left out: {reasons}" if reasons else "")

    @property
    def notes(self) -> list[str]:
        """What a reader of the tape should know, a sentence each."""
        notes = []
        if self.made:
            notes.append(
                "this recording has levels, not orders: orders are made of level changes, and places in the queue are "
                "guesses"
            )
        if self.gaps:
            notes.append(
                f"gaps in the numbers of its updates: {self.gaps:,}; from one to the next snapshot, levels may be wrong"
            )
        if self.scale > 1:
            notes.append(f"prices are of {self.scale:,} units, since the tick is finer than 1/{PRICE_UNITS:,}")
        if self.made and not self.traded:
            notes.append("no trades are in it; where they have a file of their own, --trades names it")
        return notes


class TapeRows:
    """Messages one after the other, in time: one earlier than the last gets the last one's time.

    Times, in nanoseconds of whatever day, become those after the first one's midnight (UTC).
    """

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int, int, int, int, int]] = []
        self._midnight_ns: int | None = None
        self._last_ns = 0
        self._number = 0

    def number(self) -> int:
        """The id of the next order: from 1, in the order of arrival."""
        self._number += 1
        return self._number

    def put(self, line: int, at_ns: int, kind: int, order_id: int, size: int, price: int, side: int) -> None:
        """Add a message. Raises ValueError for numbers that no tape has."""
        if self._midnight_ns is None:
            self._midnight_ns = at_ns // _DAY_NS * _DAY_NS
        self._last_ns = at_ns = max(self._last_ns, at_ns - self._midnight_ns)
        if max(at_ns, order_id, size, abs(price)) > _MOST:
            raise ValueError(f"line {line}: expected numbers of at most 2^62")
        self._rows.append((line, at_ns, kind, order_id, size, price, side))

    def full(self) -> Iterator[Messages]:
        """Yields a block if there is one."""
        if len(self._rows) >= _BLOCK:
            yield from self.rest()

    def rest(self) -> Iterator[Messages]:
        """Yields what is left."""
        if self._rows:
            columns = np.array(self._rows, dtype=np.int64).T
            self._rows = []
            yield Messages(*columns)


def decimal(text: float | str) -> float:
    """A price or a size, as text or not. Raises ValueError for what is none, such as nan and 1_000."""
    return float(decimal_text(text) if isinstance(text, str) else text)


def nanoseconds(number: float | str) -> int:
    """A time since 1970 in nanoseconds, from seconds, or from milli-, micro- or nanoseconds by its size.

    Raises ValueError for what is no number.
    """
    if isinstance(number, str):
        whole, _, fraction = number.partition(".")
        value = whole_number(whole)
        parts = whole_number(fraction[:9].ljust(9, "0")) if fraction else 0
    else:
        value, parts = int(number), round((number - int(number)) * NS_PER_S)
    for most, unit in ((10**11, NS_PER_S), (10**14, 10**6), (10**17, 10**3)):
        if value < most:
            return value * unit + parts * unit // NS_PER_S
    return value


def digits(values: Floats) -> int:
    """How many digits after the point some numbers have, at most."""
    values = values[np.abs(values) < _MOST]
    for count in range(_MOST_DIGITS):
        scaled = values * 10.0**count
        if np.all(np.abs(scaled - np.rint(scaled)) < 1e-6 * np.maximum(1.0, np.abs(values))):
            return count
    return _MOST_DIGITS


@dataclass(frozen=True)
class Scale:
    """By what decimal prices and sizes become whole numbers."""

    price: float
    size: float

    @classmethod
    def of(cls, prices: Floats, sizes: Floats, recording: OpenRecording) -> Scale:
        """The scale of numbers like some, which the recording is told."""
        power = max(len(str(PRICE_UNITS)) - 1, digits(prices))
        known = sizes[np.abs(sizes) < MOST_SIZE / 16]
        places = digits(sizes)
        while places and 10**places * known.max(initial=0.0) > MOST_SIZE / 16:
            places -= 1
        unit = 10**places
        recording.scale = 10**power // PRICE_UNITS
        recording.share = 1.0 / unit / recording.scale
        return cls(10.0**power, float(unit))

    def price_of(self, price: float) -> int:
        """A price as a whole number."""
        return _whole(price * self.price)

    def size_of(self, size: float) -> int:
        """A size as a whole number; one that is not nothing never becomes nothing."""
        return max(1, _whole(size * self.size)) if size > 0 else 0


def _whole(value: float) -> int:
    """The nearest whole number; of what no tape has, one that none takes."""
    return round(value) if abs(value) < _MOST else 2 * _MOST

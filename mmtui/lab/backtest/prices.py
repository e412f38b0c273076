"""A recorded price path from a file with a column of timestamps and one of prices."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmtui.errors import InputError, shortened
from mmtui.lab.backtest.findings import findings
from mmtui.lab.backtest.price_rows import DEFAULT_COLUMNS, PriceColumns, price_rows
from mmtui.market.core.draws import Floats, Ints
from mmtui.market.core.instrument import MOST_TICKS
from mmtui.units import NS_PER_S

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)
#: Digits of a second, which the standard library would cut after six, with or without hyphens and colons.
_FRACTION = re.compile(r"(\d{4}-?(?:\d\d-?\d\d|W\d\d-?\d)\D\d\d:?\d\d:?\d\d)[.,](\d{1,9})\d*([^.,]*)", re.ASCII)
#: A date without hyphens, and a month, which as a number of seconds would be an unlikely one.
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_MONTH = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Unit(NamedTuple):
    """A unit of timestamps: its name, its nanoseconds, and what they stay below for three thousand years since 1970."""

    name: str
    ns: int
    most: int


_UNITS = tuple(
    _Unit(name, 10 ** (9 - 3 * at), 10 ** (11 + 3 * at))
    for at, name in enumerate(("seconds", "milliseconds", "microseconds", "nanoseconds"))
)
_MOST_PRICE = 10**12
_LONGEST_NS = 9 * 10**18

#: The file's own price step is taken for the tick if it lies between these fractions of the first price.
_FINEST, _COARSEST = Decimal("1e-6"), Decimal("2e-3")


class BadValueError(ValueError):
    """A value is wrong; the reader adds the line."""


@dataclass(frozen=True)
class Prices:
    """A price path.

    Attributes:
        source: the file.
        stamps: the timestamps as they stand in the file.
        times_ns: nanoseconds since the first, strictly increasing.
        values: the prices, exactly as written, all positive.
        start_ns: the first time; since 1970, unless the file counts from elsewhere.
        kind: of the timestamps: numbers, or times with or without a zone.
        notes: what whoever uses it should know of it, a sentence each.
    """

    source: str
    stamps: list[str]
    times_ns: Ints
    values: list[Decimal]
    start_ns: int = 0
    kind: str = "numbers"
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.stamps)

    def ticks(self, tick: Decimal) -> Floats:
        """Returns the prices in ticks; a price between two ticks stays between them.

        Raises:
            InputError: a price is below one tick.
        """
        for stamp, value in zip(self.stamps, self.values, strict=True):
            if value < tick:
                raise InputError(f"{self.source}: the price {value} at {stamp} is below a tick of {tick:f}")
            if value > MOST_TICKS * tick:
                raise InputError(
                    f"{self.source}: the price {value} at {stamp} is above {MOST_TICKS:g} ticks of {tick:f}"
                )
        return np.array([float(value / tick) for value in self.values])

    def default_tick(self) -> Decimal:
        """Returns the largest step that every price is a multiple of.

        Where that cannot be the tick, because it is above 0.2% of the first price or below a millionth of it, it is the
        power of ten next below a ten-thousandth of the first price.
        """
        first = self.values[0]
        exponents = [int(value.as_tuple().exponent) for value in self.values]
        finest = min(exponents)
        whole = (int(value.scaleb(-finest)) for value in self.values)
        step = Decimal(math.gcd(*whole)).scaleb(finest)
        if _FINEST <= step / first <= _COARSEST:
            return step.normalize()
        return Decimal(1).scaleb((first / 10_000).adjusted())


def read_prices(path: Path, columns: PriceColumns = DEFAULT_COLUMNS) -> Prices:
    """Read a price path.

    The file is CSV (commas, semicolons or tabs), plain or gzipped, or Parquet. Timestamps are ISO 8601 dates or times,
    with hyphens and colons or without, or numbers: of seconds, or, where the first is too large for that, of
    milliseconds, microseconds or nanoseconds. Other columns are ignored.

    Raises:
        InputError: the file cannot be used, with the reason and the line.
    """
    stamps: list[str] = []
    times: list[int] = []
    values: list[Decimal] = []
    kind, unit = "", _UNITS[0]
    for place, stamp, prices in price_rows(path, columns):
        try:
            if not stamps:
                unit = _unit(stamp)
            time_ns, now_kind = _time_ns(stamp, unit)
            if kind and now_kind != kind:
                raise BadValueError(f"the timestamp {shortened(stamp)!r} is {now_kind}, but those before are {kind}")
            kind = now_kind
            if times and time_ns <= times[-1]:
                how = "the same as" if time_ns == times[-1] else "earlier than"
                raise BadValueError(
                    f"the timestamp {shortened(stamp)} is {how} the one before; expected each to be later"
                )
            if times and time_ns - times[0] > _LONGEST_NS:
                raise BadValueError(f"the timestamp {shortened(stamp)} is more than 280 years after the first")
            values.append(sum(map(_price, prices), Decimal(0)) / len(prices))
        except BadValueError as bad:
            raise InputError(f"{path}, {place}: {bad}") from None
        stamps.append(stamp)
        times.append(time_ns)
    if len(stamps) < 2:
        raise InputError(f"{path}: holds {len(stamps) or 'no'} price{'s' * (not stamps)}; at least two are needed")
    if all(map(_MONTH.fullmatch, stamps)):
        raise InputError(f"{path}: timestamps such as {stamps[0]} may be months or seconds; expected dates or times")
    since = np.array([time - times[0] for time in times], dtype=np.int64)
    notes = [] if unit is _UNITS[0] else [f"Timestamps are taken for {unit.name} since 1970."]
    notes += findings(stamps, since, values)
    return Prices(str(path), stamps, since, values, times[0], kind, tuple(notes))


def _unit(stamp: str) -> _Unit:
    """Returns the unit of timestamps that begin with this one."""
    number = abs(Decimal(stamp)) if _NUMBER.fullmatch(stamp) and not _DATE.fullmatch(stamp) else 0
    return next((unit for unit in _UNITS if number <= unit.most), _UNITS[0])


def _price(text: str) -> Decimal:
    value = _number(text, "price")
    if value <= 0:
        raise BadValueError(
            f"the price {shortened(text)} is {'negative' if value < 0 else 'zero'}; expected it above zero"
        )
    if not Decimal("1e-12") <= value <= _MOST_PRICE:
        raise BadValueError(f"the price {shortened(text)} is outside 1e-12 to 1e12")
    return value


def _number(text: str, what: str) -> Decimal:
    if not text:
        raise BadValueError(f"the {what} is missing")
    if _NOT_FINITE.fullmatch(text):
        raise BadValueError(f"the {what} {shortened(text)!r} is not a finite number")
    if not _NUMBER.fullmatch(text):
        raise BadValueError(f"the {what} {shortened(text)!r} is not a number")
    return Decimal(text)


def _time_ns(text: str, unit: _Unit) -> tuple[int, str]:
    """Returns nanoseconds since a fixed instant, and the kind of timestamp."""
    if not text or (not _DATE.fullmatch(text) and (_NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text))):
        number = _number(text, "timestamp")
        if abs(number) > unit.most:
            raise BadValueError(
                f"the timestamp {shortened(text)} is beyond {unit.most:.0e} {unit.name}, as those before are"
            )
        return int((number * unit.ns).to_integral_value()), "numbers"
    fraction = _FRACTION.fullmatch(text)
    whole = text if fraction is None else fraction[1] + fraction[3]
    try:
        moment = datetime.fromisoformat(whole)
        kind = "ISO times without a zone" if moment.tzinfo is None else "ISO times with a zone"
        since = (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment) - _EPOCH
    except (ValueError, OverflowError):
        what = shortened(text)
        raise BadValueError(f"the timestamp {what!r} is neither an ISO time nor a number of seconds") from None
    nanoseconds = int(fraction[2].ljust(9, "0")) if fraction else 0
    return since // timedelta(seconds=1) * NS_PER_S + nanoseconds, kind

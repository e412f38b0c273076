"""A recording that a market is fitted to or held against, and a market by its name or file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np

from mmtui.errors import InputError, one_line
from mmtui.files import NO_JSON, read
from mmtui.lab.market_fit.observed import Observed, observe
from mmtui.lab.tapes.formats.rows import MOST_SIZE
from mmtui.lab.tapes.reading import Tape, TapeSource, Window, read_tape
from mmtui.level.level import load_level, load_preset, market_presets
from mmtui.level.validation import validation_errors
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.draws import Ints
from mmtui.market.core.instrument import Instrument
from mmtui.market.tape.lobster import MessageKind
from mmtui.market.tape.tape_spec import PRICE_UNITS

#: The middle order has so many lots at most, or a lot is made larger.
_MOST_LOTS = 20
#: The least stretch that says anything, in seconds and in messages.
_LEAST_S, _LEAST_MESSAGES = 60.0, 500


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of a recording, and what was traded.

    Attributes:
        symbol, currency: of the instrument.
        share: shares, or coins, in a unit of the file's sizes, times what the format tells.
        lot: units of the file's sizes in a lot; None for one that suits them.
        from_s: seconds after the first message at which it begins.
        duration_s: None for the rest.
    """

    symbol: str = "TAPE"
    currency: str = "USD"
    share: float = 1.0
    lot: int | None = None
    from_s: float = 0.0
    duration_s: float | None = None


def see(recording: TapeSource, stretch: Stretch, instrument: Instrument | None = None) -> tuple[Observed, Instrument]:
    """What is seen in a part of a recording, of which no more is held, and its instrument.

    Args:
        recording: with a lot of one unit.
        stretch: which part.
        instrument: that of a market to compare it with, whose tick and lot it must have; None to make one.

    Raises:
        InputError: the recording is wrong, the part is too short, or of another tick.
    """
    tape = read_tape(recording, Window(stretch.from_s, 0.0, stretch.duration_s))
    source = recording.messages
    tick = Decimal(tape.units.tick) / PRICE_UNITS
    share = Decimal(str(stretch.share)) * Decimal(str(tape.share))
    if instrument is None:
        lot = stretch.lot or suitable_lot(tape)
    else:
        if Decimal(str(instrument.tick)) != tick:
            raise InputError(
                f"{source}: has ticks of {tick}, the market of {instrument.tick:g}; --tick says how to read the tape"
            )
        lot = lot_of(instrument, share)
    seen = observe(tape.messages, stretch.from_s - tape.start_s, stretch.duration_s, lot)
    if seen.seconds < _LEAST_S or len(seen.at) < _LEAST_MESSAGES:
        raise InputError(
            f"{source}: {max(0.0, seen.seconds):.0f} s with {len(seen.at):,} messages there; expected {_LEAST_S:g} s "
            f"and {_LEAST_MESSAGES} at least"
        )
    if instrument is None:
        size = share * lot
        instrument = Instrument(
            symbol=stretch.symbol,
            currency=stretch.currency,
            tick=float(tick),
            lot=int(size) if size == int(size) else float(size),
            price=float(tick * int(seen.bid[0])),
        )
    return seen, instrument


def lot_of(instrument: Instrument, share: Decimal) -> int:
    """Units of a recording's sizes in a market's lot. Raises InputError where these are more than any order has."""
    lot = max(1, round(Decimal(str(instrument.lot)) / share))
    if lot > MOST_SIZE:
        raise InputError(
            f"a lot of the market is {lot:.0e} units of the recording's sizes; --share says what a unit is"
        )
    return lot


def suitable_lot(tape: Tape) -> int:
    """Units in a lot: the largest of 1, 2, 5, ... that almost all sizes are multiples of; more for large orders."""
    sizes: Ints = tape.messages.sizes[tape.messages.kinds == MessageKind.NEW] * tape.units.lot
    middle = float(np.median(sizes)) if len(sizes) else 1.0
    steps = [digit * 10**power for power in range(13) for digit in (1, 2, 5)]
    dividing: int = max((lot for lot in steps if lot <= middle and (sizes % lot == 0).mean() >= 0.95), default=1)
    if middle <= _MOST_LOTS * dividing:
        return dividing
    large: int = max(lot for lot in steps if lot <= middle / (_MOST_LOTS / 4))
    return large


def market_of(name: str) -> BookMarketSpec:
    """A market by the name of a preset or level, or from a file with a market's table. Raises InputError."""
    if name in market_presets():
        return load_preset(name)
    path = Path(name)
    if path.suffix == ".toml" and path.exists():
        try:
            tables = tomllib.loads(read(path).decode())
        except (OSError, *NO_JSON) as error:
            raise InputError(f"{path}: cannot be read as TOML: {one_line(error)}") from None
        table = tables.get("market")
        if isinstance(table, dict) and set(tables) == {"market"} and "preset" not in table:
            table = {"kind": "book", **table}
            for fault in validation_errors(table, BookMarketSpec):
                raise InputError(f"{path}: market.{fault}")
            return msgspec.convert(table, BookMarketSpec)
    market = load_level(name).market
    if not isinstance(market, BookMarketSpec):
        raise InputError(f"{name}: expected a market of the kind book")
    return market

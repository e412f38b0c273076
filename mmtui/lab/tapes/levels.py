"""A level on a tape: a file to edit, and beside it the completed tape."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median

import msgspec

from mmtui.errors import InputError
from mmtui.files import make_folder, opened, replacing, write
from mmtui.lab.tapes.reading import Tape
from mmtui.lab.tapes.writing import Scaled, write_tape
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.normal import NormalSpec
from mmtui.market.tape.lobster import MessageKind
from mmtui.market.tape.tape_market import TapeMarket, file_digest, measured
from mmtui.market.tape.tape_spec import PRICE_UNITS, Effect, TapeSpec

_LONGEST_S = 86_400


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The parameters of a level on a tape.

    Attributes:
        id: None for the level file's name.
        symbol, currency: of the instrument.
        share: shares, or coins, in a unit of the file's sizes; times what the format tells.
        from_s: seconds after the first message at which it starts.
        roam_s: the seed draws the start up to so many seconds later.
        duration_s: its length; None for as long as the tape, a day at most.
        effect: what the maker's presence changes.
    """

    id: str | None = None
    symbol: str = "TAPE"
    currency: str = "USD"
    share: float = 1.0
    from_s: float = 0.0
    roam_s: float = 0.0
    duration_s: int | None = None
    effect: Effect = "passive"


def tape_spec(tape: Tape, wanted: Wanted, file: Path | None = None) -> TapeSpec:
    """Returns the market of a level on a tape.

    Raises:
        InputError: the tape is too short.
    """
    prices = tape.messages.prices[tape.messages.kinds <= MessageKind.EXECUTE]
    if not len(prices):
        raise InputError(f"{tape.source.messages}: holds no orders that anybody sees")
    try:
        return _spec(tape, wanted, file, int(prices[0]))
    except ValueError as error:
        raise InputError(f"{tape.source.messages}: no level can be made of it: {error}") from None


def _spec(tape: Tape, wanted: Wanted, file: Path | None, first: int) -> TapeSpec:
    tick = Decimal(tape.units.tick) / PRICE_UNITS
    lot = Decimal(str(wanted.share)) * Decimal(str(tape.share)) * tape.units.lot
    instrument = Instrument(
        symbol=wanted.symbol,
        currency=wanted.currency,
        tick=float(tick),
        lot=int(lot) if lot == int(lot) else float(lot),
        price=float(tick * first),
    )
    spec = TapeSpec(
        instrument=instrument,
        file=str(file or tape.source.messages),
        digest=file_digest(file) if file is not None else "0" * 64,
        from_s=_start(tape, wanted),
        roam_s=wanted.roam_s,
        effect=wanted.effect,
        lot_size=tape.units.lot,
    )
    market = TapeMarket(spec, 0, tape.messages)
    market.clock.advance(0)
    price = float(tick * math.floor(market.exchange.mid))
    return msgspec.structs.replace(spec, instrument=msgspec.structs.replace(instrument, price=price))


def _start(tape: Tape, wanted: Wanted) -> float:
    """Seconds after the first message that was read at which the level starts."""
    return max(0.0, round(wanted.from_s - tape.start_s, 9))


def write_level(tape: Tape, wanted: Wanted, path: Path) -> None:
    """Write a level on a tape, and beside it the tape, unless it is there and can be played as it is.

    Raises:
        InputError: the tape is too short, or has gone.
        OutputError: a file cannot be written.
    """
    source = tape.source.messages
    whole = source
    make_folder(path.parent)
    if not tape.complete:
        whole = path.parent / f"{path.stem}.tape.csv.gz"
        write_tape(whole, iter([tape.messages]), lambda: Scaled(tape.units))
    elif source.parent.resolve() != path.parent.resolve():
        whole = path.parent / source.name
        _copy(source, whole)
    spec = tape_spec(tape, wanted, whole)
    write(path, _text(tape, wanted, spec, measured(spec), path))


def _copy(source: Path, copy: Path) -> None:
    with replacing(copy) as file:
        try:
            with opened(source) as tape:
                shutil.copyfileobj(tape, file)
        except OSError as error:
            raise InputError(f"{source}: cannot be read: {error.strerror}") from None


def _text(tape: Tape, wanted: Wanted, spec: TapeSpec, normal: NormalSpec, path: Path) -> str:
    lasts = tape.seconds - _start(tape, wanted) - wanted.roam_s
    if lasts < 1:
        raise InputError(f"{tape.source.messages}: lasts {lasts:g} s from there on; a level needs a second at least")
    duration = wanted.duration_s or max(1, min(_LONGEST_S, int(lasts)))
    instrument = spec.instrument
    traded = tape.messages.sizes[tape.messages.kinds == MessageKind.EXECUTE].tolist()
    size = _round(median(traded) if traded else normal.size)
    limit = 100 * size
    # Fifty points of PnL: what a quarter of the limit makes or loses in the level's usual move.
    point = instrument.tick_value * limit / 4 * normal.volatility * math.sqrt(duration) / 50
    start = f"{wanted.from_s:g}" + (f" to {wanted.from_s + wanted.roam_s:g}" if wanted.roam_s else "")
    about = f"{wanted.symbol} as it was recorded: {duration} seconds from {start} s after the tape's start."
    made = tape.recording is not None and tape.recording.made
    if made:
        about += " The recording has levels, not orders, so places in the queue are guesses."
    return f"""\
id = "{wanted.id or _id(path.stem)}"
title = {json.dumps(f"{wanted.symbol}, recorded" + (" (queues guessed)" if made else ""))}
number = 1000
situation = {json.dumps(about)}
lesson = "What a real market does to your quotes."
duration_s = {duration}
naive = "fixed"
lesson_strategy = "skew"
par = "skew"

[market]
kind = "tape"
file = {json.dumps(Path(spec.file).name)}
digest = "{spec.digest}"
from_s = {spec.from_s}
roam_s = {float(wanted.roam_s)}
effect = "{wanted.effect}"
lot_size = {spec.lot_size}

[market.instrument]
symbol = {json.dumps(instrument.symbol)}
currency = {json.dumps(instrument.currency)}
tick = {_number(instrument.tick)}
lot = {_number(instrument.lot)}
price = {_number(instrument.price)}

[market.normal]
spread = {normal.spread:.6g}
volatility = {normal.volatility:.6g}
size = {normal.size}

[maker]
position_limit = {limit}
max_order = {20 * size}
sizes = {[size, 2 * size, 5 * size, 10 * size, 20 * size]}

[obligation]
max_width = {max(2, math.ceil(4 * normal.spread))}
min_size = {size}

[score]
point = {_number(float(f"{point:.3g}"))}
weights = {{ pnl = 0.4, inventory = 0.2, markout = 0.2, presence = 0.2 }}
"""


def _number(number: float) -> str:
    """Returns a number as TOML has it: never an exponent without a point."""
    return str(number) if isinstance(number, int) else f"{Decimal(str(number)):f}"


def _round(lots: float) -> int:
    """Returns the nearest of 1, 2, 5, 10, 20, ... lots."""
    power = 10 ** max(0, math.floor(math.log10(max(1.0, lots))))
    sizes: list[int] = [power * digit for digit in (1, 2, 5, 10)]
    return min(sizes, key=lambda size: abs(math.log(size / max(1.0, lots))))


def _id(stem: str) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in stem.lower()).strip("-") or "tape"

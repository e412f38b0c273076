"""``mmtui tape``: recorded order books, measured, made levels of and played."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmtui.cli.arguments import format_option, quoter_option, speed_option, together
from mmtui.cli.number import Number, whole
from mmtui.cli.output import write_json
from mmtui.cli.tables import TableColumn, console, print_columns, table
from mmtui.cli.tape_writing import choosing, convert, export
from mmtui.errors import InputError
from mmtui.lab.tapes.formats.known import Choice
from mmtui.lab.tapes.levels import Wanted, write_level
from mmtui.lab.tapes.reading import Tape, TapeReader, TapeSource, Window, in_lots_of, orderbook_beside, read_tape
from mmtui.market.core.exchange import Exchange
from mmtui.market.tape.lobster import MessageKind
from mmtui.market.tape.tape_spec import PRICE_UNITS
from mmtui.units import NS_PER_S

if TYPE_CHECKING:
    from mmtui.lab.tapes.tape_days import Tally

_EPILOG = """\b
Examples:
  mmtui tape info AMZN_2012-06-21_34200000_57600000_message_10.csv
  mmtui tape import message.csv.gz --symbol AMZN --from 600 --duration 300
  mmtui tape play message.csv.gz
  mmtui tape guess message.csv.gz market.toml
"""
#: So much of a recording is guessed about at most, in seconds.
_GUESSED_S = 3600.0
#: Facts of :mod:`mmtui.cli.facts` that a tape does not have: by kind of taker, and medians over days.
_UNKNOWN = ("noise", "informed", "snipe", "momentum", "median", "markout")

_file_options = together(
    click.argument("file", type=click.Path(path_type=Path)),
    click.option(
        "--orderbook",
        type=click.Path(path_type=Path),
        help="LOBSTER's orderbook file, to check the tape with and to find what stood before it; "
        "the one beside it when left out.",
    ),
    click.option("--tick", type=Number(1e-4, 1e6), help="Price step in currency; found in the tape when left out."),
)
_fault_options = together(
    click.option("--lenient", is_flag=True, help="Skip rows that are wrong, and count them by reason."),
    click.option(
        "--infer-opening",
        "infer",
        is_flag=True,
        help="Without an orderbook file: take orders that nobody placed for ones that stood before the tape.",
    ),
    choosing,
)
#: The options of how a tape is read whose lots are those of a market it goes with.
recording_options = together(_file_options, _fault_options)
#: The options of how a tape is read.
reading_options = together(
    _file_options,
    click.option(
        "--lot",
        type=whole(1, 10**12),
        help="Units of the file's sizes in a lot; when left out, 1, and in play as many as suit its sizes.",
    ),
    _fault_options,
)
share_option = click.option(
    "--share",
    type=Number(1e-12, 1e9),
    default=1.0,
    show_default=True,
    help="Shares or coins in a unit of the file's sizes; 1e-8 for satoshis.",
)
#: What a recording does not say of its instrument.
instrument_options = together(
    click.option("--symbol", default="TAPE", show_default=True, help="The instrument's name."),
    click.option("--currency", default="USD", show_default=True, help="ISO code of the money it trades in."),
    share_option,
)


def start_option(about: str) -> Callable[[Any], Any]:
    """The option ``from_s``: seconds after the tape's first message at which something starts."""
    return click.option("--from", "from_s", type=Number(0, 90_000), default=0.0, show_default=True, help=about)


#: The options of a level on a tape, named as in :class:`~mmtui.lab.tapes.levels.Wanted`.
_making = together(
    instrument_options,
    start_option("Seconds after the tape's first message at which the level starts."),
    click.option(
        "--roam",
        "roam_s",
        type=Number(0, 90_000),
        default=0.0,
        show_default=True,
        help="The seed draws the start up to so many seconds later; without, all seeds are one session.",
    ),
    click.option(
        "--duration",
        "duration_s",
        type=whole(1, 86_400),
        help="Seconds it lasts; to the tape's end when left out.",
    ),
    click.option(
        "--effect",
        type=click.Choice(["passive", "impact"]),
        default="passive",
        show_default=True,
        help="passive: the tape does not react to you; impact: its messages meet the book that you leave.",
    ),
)


def source_of(
    file: Path,
    orderbook: Path | None,
    tick: float | None,
    lenient: bool,
    infer: bool,
    instrument: str | None,
    trades: Path | None,
    lot: int | None = 1,
) -> TapeSource:
    """Where a tape is read from, by the options of how."""
    units = None
    if tick is not None:
        units = round(tick * PRICE_UNITS)
        if units < 1 or not math.isclose(units, tick * PRICE_UNITS, rel_tol=1e-9):
            raise InputError(f"--tick {tick:g}: expected a multiple of 1/{PRICE_UNITS}, a unit of LOBSTER's prices")
    if orderbook is None and not infer:
        orderbook = orderbook_beside(file)
    choice = Choice(instrument=instrument, trades=trades)
    return TapeSource(
        messages=file, orderbook=orderbook, tick=units, lot=lot, lenient=lenient, infer=infer, choice=choice
    )


@click.group(epilog=_EPILOG)
def command() -> None:
    """Recorded order books: LOBSTER's messages, ITCH, Databento, Tardis, Binance, Bybit, hftbacktest.

    The format is known by how a file begins. What is wrong with a row is told with its line; --lenient skips such rows
    and counts them.
    """


command.add_command(convert)
command.add_command(export)


@command.command(
    epilog="\b\nExamples:\n  mmtui tape info message.csv.gz\n  mmtui tape info message.csv --lenient --format json\n",
    short_help="Spread, depth, volatility and stylised facts of a tape.",
)
@reading_options
@format_option("table", "json")
def info(form: str, **options: Any) -> None:
    """Read a tape, check it with its orderbook file, and measure it, beside the markets that levels are made of."""
    from mmtui.cli.fact_rows import GROUPS, REFERENCE, values_of
    from mmtui.lab.research.facts import facts, measure
    from mmtui.lab.tapes.tape_days import Tally, tape_day

    tape, tally = TapeReader(source_of(**_lot_of_one(options))), Tally()
    day = tape_day(tape.blocks(), tally)
    if not tally.kinds[: MessageKind.EXECUTE].any():
        raise InputError(f"{tape.source.messages}: holds no orders that anybody sees")
    found = values_of(facts([measure(day)]))
    rows = [row for row in GROUPS["returns and flow"] if not row.key.startswith(_UNKNOWN)]
    if form == "json":
        write_json({**_record(tape, tally), "facts": {row.key: found[row.key][0] for row in rows}})
        return
    _print_tape(tape, tally)
    columns = [TableColumn("", left=True), TableColumn("tape"), *(TableColumn(name, style="dim") for name in REFERENCE)]
    cells = [
        [
            row.words.removeprefix("noise "),
            row.cell(found[row.key][0]),
            *(row.cell(row.reference_of(name)) for name in REFERENCE),
        ]
        for row in rows
    ]
    console(120).print(table(columns, cells, wrap=True))


@command.command(
    "import",
    epilog="\b\nExamples:\n  mmtui tape import message.csv.gz --symbol BTC --share 1e-8\n"
    "  mmtui tape import message.csv --from 3600 --duration 300 --effect impact --out levels/noon.toml\n",
    short_help="Make a level of a tape.",
)
@reading_options
@_making
@click.option("--id", "name", help="The level's id; the name of its file when left out.")
@click.option("--out", "-o", type=click.Path(path_type=Path), help="The level's file; beside the tape when left out.")
@click.option("--force", is_flag=True, help="Write over a level that is there.")
def import_(name: str | None, out: Path | None, force: bool, **options: Any) -> None:
    """Write a level on a tape, with what is normal there, to be edited, played and run as any other.

    A tape that has been completed from its orderbook file, or whose faulty rows were skipped, is written anew beside
    the level; the file itself is never changed.
    """
    wanted = _wanted(options, name)
    source = source_of(**_lot_of_one(options))
    path = out or source.messages.with_name(_stem(source.messages) + ".toml")
    if path.suffix != ".toml":
        raise InputError(f"{path}: a level's file ends in .toml")
    if os.path.lexists(path) and not force:
        raise InputError(f"{path}: is there already; --force writes over it")
    _write(read_tape(source, _window(wanted)), wanted, path)
    click.echo(str(path))


@command.command(
    epilog="\b\nExamples:\n  mmtui tape play message.csv.gz --share 1e-8\n"
    "  mmtui tape play my-tape.toml --strategy skew\n",
    short_help="Play a tape in the terminal.",
)
@reading_options
@_making
@quoter_option
@speed_option
def play(strategy: str | None, speed: float | None, **options: Any) -> int:
    """Straight to the floor on a tape, or on a level that was made of one.

    A tape's level is kept in the user's data folder, so that its sessions can be replayed.
    """
    from mmtui.tui.run import open_app

    file: Path = options["file"]
    wanted = _wanted(options)
    if file.suffix == ".toml":
        path = file
    else:
        from platformdirs import user_data_path

        source = source_of(**options)
        tape = read_tape(source, _window(wanted))
        path = user_data_path("mmtui") / "tapes" / _stem(file) / f"{_stem(file)}.toml"
        _write(tape, wanted, path)
    return open_app(str(path), 1, strategy, speed)


@command.command(
    epilog="\b\nExamples:\n  mmtui tape guess message.csv.gz market.toml --share 1e-8\n"
    "  mmtui tape guess message.csv.gz btc-usd --share 1e-8 --duration 120 --rounds 10\n",
    short_help="Recorded or simulated? Play both in turn, and say.",
)
@recording_options
@click.argument("market")
@instrument_options
@click.option(
    "--duration", "duration_s", type=whole(10, 3_600), default=60, show_default=True, help="Seconds a market lasts."
)
@click.option("--rounds", type=whole(1, 100), default=6, show_default=True, help="How many markets there are.")
def guess(market: str, duration_s: int, rounds: int, **options: Any) -> int:
    """Play moments of the recording FILE and of a market fitted to it, in turn, without being told which is which.

    MARKET is a file that `mmtui fit` wrote, or a preset. You may quote or only watch; then say which it was. The game
    counts the right answers and says whether chance would do as well. It keeps nothing. Lots are the market's; moments
    are of an hour of the recording, or of all that it has.
    """
    from decimal import Decimal
    from tempfile import TemporaryDirectory

    from mmtui.lab.market_fit.sources import lot_of, market_of
    from mmtui.learning.guess import GuessingGame
    from mmtui.level.level import load_level
    from mmtui.tui.run import open_game

    spec = market_of(market)
    wanted = _wanted(options)
    tape = read_tape(source_of(**options), Window(0.0, 0.0, _GUESSED_S))
    tape = in_lots_of(tape, lot_of(spec.instrument, Decimal(str(wanted.share)) * Decimal(str(tape.share))))
    roam_s = max(0.0, tape.seconds - duration_s - 1)
    # Trades before the start are on the tape of both, where the recording is long enough.
    from_s = min(Exchange.TAPE_NS / NS_PER_S, roam_s / 2)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "recording.toml"
        _write(tape, replace(wanted, from_s=from_s, duration_s=duration_s, roam_s=roam_s - from_s), path)
        return open_game(GuessingGame(load_level(str(path)), spec, rounds))


def _wanted(options: dict[str, Any], name: str | None = None) -> Wanted:
    """Returns the level's parameters, whose options are removed from the others."""
    known = {field.name for field in fields(Wanted)} & options.keys()
    return Wanted(id=name, **{key: options.pop(key) for key in known})


def _window(wanted: Wanted) -> Window:
    return Window(wanted.from_s, wanted.roam_s, wanted.duration_s)


def _write(tape: Tape, wanted: Wanted, path: Path) -> None:
    """Write the level, and check it by loading it."""
    from mmtui.level.level import load_level

    write_level(tape, wanted, path)
    load_level(str(path))
    for line in _notes(tape):
        click.echo(line, err=True)


def _lot_of_one(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "lot": options["lot"] or 1}


def _stem(file: Path) -> str:
    return Path(file.name.removesuffix(".gz").removesuffix(".zst")).stem


# What is printed


def _notes(tape: Tape | TapeReader) -> list[str]:
    """Returns what was inserted and what was skipped."""
    reading = tape.reading
    notes = []
    if reading.opening:
        notes.append(f"{reading.opening} orders put in that stood before the first message")
    if reading.surfaced:
        notes.append(f"{reading.surfaced} rows put in for levels that came into view")
    if tape.rounded:
        notes.append(f"{tape.rounded} orders rounded to lots of {tape.units.lot:,}")
    if tape.recording is not None:
        notes += tape.recording.notes
    notes += [f"{count} rows skipped: {reason}" for reason, count in tape.skipped.most_common()]
    return notes


def _record(tape: TapeReader, tally: Tally) -> dict[str, Any]:
    return {
        "file": str(tape.source.messages),
        "orderbook": None if tape.source.orderbook is None else str(tape.source.orderbook),
        "rows": tape.rows,
        "types": {kind.name.lower(): int(tally.kinds[kind - 1]) for kind in MessageKind},
        "seconds": (tape.last_ns - tape.first_ns) / NS_PER_S,
        "tick": tape.units.tick / PRICE_UNITS,
        "lot": tape.units.lot,
        "volume": tally.volume,
        "compared": tape.reading.compared,
        "opening": tape.reading.opening,
        "surfaced": tape.reading.surfaced,
        "skipped": dict(tape.skipped),
    }


def _print_tape(tape: TapeReader, tally: Tally) -> None:
    record = _record(tape, tally)
    types = ", ".join(f"{count:,} {kind}" for kind, count in record["types"].items() if count)
    rows = [
        ("tape", record["file"]),
        ("messages", f"{record['rows']:,} over {record['seconds']:,.1f} s: {types}"),
        ("tick", f"{record['tick']:g}; a lot is {record['lot']:,} of the file's units"),
        ("volume", f"{record['volume']:,} lots"),
    ]
    if tape.source.orderbook is not None:
        differs = tape.skipped["book differs"]
        verdict = f"differs in {differs:,} places" if differs else "is the book after every one"
        rows.append(("orderbook", f"{tape.source.orderbook.name}: {verdict} of {record['compared']:,} messages"))
    print_columns([*rows, *(("", note) for note in _notes(tape))])
    click.echo()

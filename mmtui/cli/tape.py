"""``mmtui tape``: recorded order books, measured, made levels of and played."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mmtui.errors import InputError
from mmtui.lab.tapes.levels import Wanted, tape_spec, write_level
from mmtui.lab.tapes.reading import Tape, TapeSource, orderbook_beside, read_tape
from mmtui.market.tape.lobster import MessageKind
from mmtui.market.tape.tape_spec import PRICE_UNITS

_EPILOG = """\b
Examples:
  mmtui tape info AMZN_2012-06-21_34200000_57600000_message_10.csv
  mmtui tape import message.csv.gz --symbol AMZN --from 600 --duration 300
  mmtui tape play message.csv.gz
"""
_Command = TypeVar("_Command", bound=Callable[..., Any])

#: What is said of a tape, of the facts of :mod:`mmtui.cli.facts`; a tape does not tell who its takers were.
_FACTS = (
    *("spread", "spread_1", "spread_2", "spread_3", "depth", "limits", "cancels", "trades", "volatility", "signature"),
    *("acf_1s", "acf_60s", "kurtosis_10s", "kurtosis_60s", "kurtosis_300s", "abs_acf_1", "abs_acf_20", "sign_acf"),
    *("sign_decay", "impact_exponent"),
)


def _reading(function: _Command) -> _Command:
    """The options that say how a tape is to be read."""
    options = [
        click.argument("file", type=click.Path(path_type=Path)),
        click.option(
            "--orderbook",
            type=click.Path(path_type=Path),
            help="LOBSTER's orderbook file, to check the tape with and to find what stood before it; "
            "the one beside it when left out.",
        ),
        click.option("--tick", type=float, help="Price step in currency; found in the tape when left out."),
        click.option(
            "--lot", type=click.IntRange(1), default=1, show_default=True, help="Units of the file's sizes in a lot."
        ),
        click.option("--lenient", is_flag=True, help="Skip rows that are wrong, and count them by reason."),
        click.option(
            "--infer-opening",
            "infer",
            is_flag=True,
            help="Without an orderbook file: take orders that nobody placed for ones that stood before the tape.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _making(function: _Command) -> _Command:
    """The options that say what a level on a tape is to be."""
    options = [
        click.option("--symbol", default="TAPE", show_default=True, help="The instrument's name."),
        click.option("--currency", default="USD", show_default=True, help="ISO code of the money it trades in."),
        click.option(
            "--share",
            type=click.FloatRange(0, min_open=True),
            default=1.0,
            show_default=True,
            help="Shares or coins in a unit of the file's sizes; 1e-8 for satoshis.",
        ),
        click.option(
            "--from",
            "from_s",
            type=click.FloatRange(0),
            default=0.0,
            show_default=True,
            help="Seconds after the tape's first message at which the level starts.",
        ),
        click.option(
            "--roam",
            "roam_s",
            type=click.FloatRange(0),
            default=0.0,
            show_default=True,
            help="The seed draws the start up to so many seconds later; without, all seeds are one session.",
        ),
        click.option(
            "--duration", type=click.IntRange(1, 86_400), help="Seconds it lasts; to the tape's end when left out."
        ),
        click.option(
            "--effect",
            type=click.Choice(["passive", "impact"]),
            default="passive",
            show_default=True,
            help="passive: the tape does not react to you; impact: its messages meet the book that you leave.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _source(file: Path, orderbook: Path | None, tick: float | None, lot: int, lenient: bool, infer: bool) -> TapeSource:
    units = None
    if tick is not None:
        units = round(tick * PRICE_UNITS)
        if units < 1 or not math.isclose(units, tick * PRICE_UNITS, rel_tol=1e-9):
            raise InputError(f"--tick {tick:g}: expected a multiple of 1/{PRICE_UNITS}, a unit of LOBSTER's prices")
    if orderbook is None and not infer:
        orderbook = orderbook_beside(file)
    return TapeSource(messages=file, orderbook=orderbook, tick=units, lot=lot, lenient=lenient, infer=infer)


@click.group(epilog=_EPILOG, short_help="Recorded order books: measure one, make a level of it, play it.")
def command() -> None:
    """Recorded order books in LOBSTER's format: a message file, plain or gzipped, and perhaps its orderbook file.

    What is wrong with a row is told with its line; --lenient skips such rows and counts them.
    """


@command.command(
    epilog="\b\nExamples:\n  mmtui tape info message.csv.gz\n  mmtui tape info message.csv --lenient --format json\n",
    short_help="Spread, depth, volatility and stylised facts of a tape.",
)
@_reading
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
def info(form: str, **options: Any) -> None:
    """Read a tape, check it with its orderbook file, and measure it, beside the markets that levels are made of."""
    from mmtui.cli.facts import ROWS, figures_of
    from mmtui.lab.research.facts import facts, measure
    from mmtui.lab.tapes.tape_days import tape_day

    tape = read_tape(_source(**options))
    spec = tape_spec(tape, Wanted())
    found = figures_of(facts([measure(tape_day(spec, tape.messages))]))
    rows = [row for row in ROWS if row[0] in _FACTS]
    figures = {key: number if math.isfinite(number := found[key][0]) else None for key, _, _ in rows}
    if form == "json":
        click.echo(json.dumps({**_record(tape), "facts": figures}, indent=1))
        return
    _print_tape(tape)
    _print_facts(rows, figures)


@command.command(
    "import",
    epilog="\b\nExamples:\n  mmtui tape import message.csv.gz --symbol BTC --share 1e-8\n"
    "  mmtui tape import message.csv --from 3600 --duration 300 --effect impact --out levels/noon.toml\n",
    short_help="Make a level of a tape.",
)
@_reading
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
    source = _source(**options)
    path = out or source.messages.with_name(_stem(source.messages) + ".toml")
    if path.suffix != ".toml":
        raise InputError(f"{path}: a level's file ends in .toml")
    if path.exists() and not force:
        raise InputError(f"{path}: is there already; --force writes over it")
    _write(read_tape(source), wanted, path)
    click.echo(str(path))


@command.command(
    epilog="\b\nExamples:\n  mmtui tape play message.csv.gz --share 1e-8\n"
    "  mmtui tape play my-tape.toml --strategy skew\n",
    short_help="Play a tape in the terminal.",
)
@_reading
@_making
@click.option("--strategy", "-s", help="Who quotes from the start; you, when left out.")
@click.option(
    "--speed", type=click.FloatRange(0.5, 16), help="Market time a second; as in the settings, when left out."
)
def play(strategy: str | None, speed: float | None, **options: Any) -> None:
    """Straight to the floor on a tape, or on a level that was made of one.

    A tape's level is kept in the user's data folder, so that its sessions can be replayed.
    """
    from mmtui.tui.run import open_app

    file: Path = options["file"]
    wanted = _wanted(options, None)
    if file.suffix == ".toml":
        path = file
    else:
        from platformdirs import user_data_path

        source = _source(**options)
        tape = read_tape(source)
        path = user_data_path("mmtui") / "tapes" / _stem(file) / f"{_stem(file)}.toml"
        _write(tape, wanted, path)
    open_app(str(path), 1, strategy, speed)


def _wanted(options: dict[str, Any], name: str | None) -> Wanted:
    """What the level is to be; its options are taken out of the others."""
    return Wanted(
        id=name,
        symbol=options.pop("symbol"),
        currency=options.pop("currency"),
        share=options.pop("share"),
        from_s=options.pop("from_s"),
        roam_s=options.pop("roam_s"),
        duration_s=options.pop("duration"),
        effect=options.pop("effect"),
    )


def _write(tape: Tape, wanted: Wanted, path: Path) -> None:
    """Write the level, and see that it is one."""
    from mmtui.level.level import load_level

    write_level(tape, wanted, path)
    load_level(str(path))
    for line in _notes(tape):
        click.echo(line, err=True)


def _stem(file: Path) -> str:
    return file.name.removesuffix(".gz").removesuffix(".csv")


# What is printed


def _notes(tape: Tape) -> list[str]:
    """What was put in and what was skipped."""
    reading = tape.reading
    notes = []
    if reading.opening:
        notes.append(f"{reading.opening} orders put in that stood before the first message")
    if reading.surfaced:
        notes.append(f"{reading.surfaced} rows put in for levels that came into view")
    notes += [f"{count} rows skipped: {reason}" for reason, count in tape.skipped.most_common()]
    return notes


def _record(tape: Tape) -> dict[str, Any]:
    messages, tick = tape.messages, tape.units.tick / PRICE_UNITS
    traded = (messages.kinds == MessageKind.EXECUTE) | (messages.kinds == MessageKind.HIDDEN)
    return {
        "file": str(tape.source.messages),
        "orderbook": None if tape.source.orderbook is None else str(tape.source.orderbook),
        "rows": tape.rows,
        "types": {kind.name.lower(): int((messages.kinds == kind).sum()) for kind in MessageKind},
        "seconds": tape.seconds,
        "tick": tick,
        "lot": tape.units.lot,
        "volume": int(messages.sizes[traded].sum()),
        "compared": tape.reading.compared,
        "opening": tape.reading.opening,
        "surfaced": tape.reading.surfaced,
        "skipped": dict(tape.skipped),
    }


def _print_tape(tape: Tape) -> None:
    from mmtui.cli.arguments import columns

    record = _record(tape)
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
    for line in columns([*rows, *(("", note) for note in _notes(tape))]):
        click.echo(line)
    click.echo()


def _print_facts(rows: list[tuple[str, str, str]], figures: dict[str, float | None]) -> None:
    from rich.console import Console
    from rich.table import Table

    from mmtui.cli.facts import REFERENCE, ROWS, cell

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("tape", justify="right")
    for name in REFERENCE:
        table.add_column(name, justify="right", style="dim")
    at = {key: index for index, (key, _, _) in enumerate(ROWS)}
    for key, words, form in rows:
        presets = (cell(column[at[key]], form) for column in REFERENCE.values())
        table.add_row(words.removeprefix("noise "), cell(figures[key], form), *presets)
    Console(width=None if sys.stdout.isatty() else 120).print(table)

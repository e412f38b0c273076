"""``mmtui tape convert`` and ``mmtui tape export``: recordings and sessions written in other formats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmtui.cli.arguments import SEED, together, trust_from, trust_option
from mmtui.cli.number import Number, whole
from mmtui.errors import InputError

if TYPE_CHECKING:
    from mmtui.market.tape.lobster import Messages
    from mmtui.session.replay import Script

#: How a recording in another format is read, as in :class:`~mmtui.lab.tapes.formats.known.Choice`.
choosing = together(
    click.option("--instrument", metavar="NAME", help="Which one of a recording that has several."),
    click.option(
        "--trades",
        type=click.Path(path_type=Path),
        help="The file of trades that goes with a recording of levels.",
    ),
)
_writing = together(
    click.option(
        "--out",
        "-o",
        type=click.Path(path_type=Path),
        required=True,
        help="The file: .csv or .csv.gz for LOBSTER, .parquet for events, .npz for hftbacktest.",
    ),
    click.option(
        "--book",
        type=whole(0, 1000),
        default=0,
        show_default=True,
        help="Levels of LOBSTER's orderbook file, written beside the messages; 0 for none.",
    ),
)


@click.command(
    epilog="\b\nExamples:\n  mmtui tape convert message.csv.gz --from 60 --duration 300 -o minutes.npz\n"
    "  mmtui tape convert message.csv.gz -o message.parquet\n"
)
@click.argument("file", type=click.Path(path_type=Path))
@choosing
@click.option(
    "--from",
    "from_s",
    type=Number(0, 10**7),
    default=0.0,
    show_default=True,
    help="Seconds after the first message at which to begin, with the orders that stand then.",
)
@click.option("--duration", "duration_s", type=Number(1e-3, 10**7), help="Seconds to the end; all when left out.")
@_writing
def convert(
    file: Path,
    instrument: str | None,
    trades: Path | None,
    from_s: float,
    duration_s: float | None,
    out: Path,
    book: int,
) -> None:
    """Write a recording in another format, or a part of it. It streams: memory does not grow with its length."""
    from mmtui.lab.tapes.formats.known import Choice, open_recording
    from mmtui.lab.tapes.formats.rows import OpenRecording
    from mmtui.lab.tapes.stretch import cut
    from mmtui.lab.tapes.writing import Scaled, write_tape
    from mmtui.market.tape.lobster import Faults, Units, read_blocks

    recording = OpenRecording()
    blocks = open_recording(file, Choice(instrument=instrument, trades=trades), recording)
    if blocks is None:
        blocks = read_blocks(file, Units(1, 1), Faults(str(file)))
    part = cut(blocks, from_s, duration_s)
    count = write_tape(out, part, lambda: Scaled(share=recording.share, scale=recording.scale), book)
    if not count:
        raise InputError(f"{file}: {recording.nothing}")
    _said(out, count, recording.notes, recording.share)
    for reason, number in recording.skipped.most_common():
        click.echo(f"{number:,} messages left out: {reason}", err=True)


@click.command(
    epilog="\b\nExamples:\n  mmtui tape export skew --strategy skew --seed 7 -o skew_message.csv.gz --book 10\n"
    "  mmtui tape export journals/skew-skew-7.jsonl -o session.npz\n"
)
@click.argument("session", metavar="JOURNAL|LEVEL")
@click.option("--strategy", "-s", help="Who quotes on a level; nobody, when left out.")
@click.option("--seed", type=SEED, default=1, show_default=True, help="The level's seed.")
@_writing
@trust_option
def export(session: str, strategy: str | None, seed: int, out: Path, book: int, trust: bool) -> None:
    """Write what happened in a session's book: of a journal, or of a level under a seed.

    The orders are numbered anew, so that no id tells whose it is.
    """
    from mmtui.lab.tapes.writing import Scaled, write_tape
    from mmtui.market.tape.lobster import Units
    from mmtui.market.tape.tape_spec import PRICE_UNITS

    script = _script(session, strategy, seed, trust)
    instrument = script.level.market.instrument
    ticks = instrument.tick * PRICE_UNITS
    scale = 1
    while abs(ticks * scale - round(ticks * scale)) > 1e-9 * ticks * scale and scale < 10**9:
        scale *= 10
    lot = instrument.lot
    whole_lot = int(lot) if lot == int(lot) else 1
    scaled = Scaled(Units(round(ticks * scale), whole_lot), share=lot / whole_lot, scale=scale)
    count = write_tape(out, _played(script), lambda: scaled, book)
    _said(out, count, [], scaled.share)


def _said(out: Path, count: int, notes: list[str], share: float) -> None:
    click.echo(str(out))
    units = "" if share == 1 else f"; a unit of its sizes is {share:g}"
    click.echo(f"{count:,} messages{units}", err=True)
    for note in notes:
        click.echo(note, err=True)


def _script(session: str, strategy: str | None, seed: int, trust: bool) -> Script:
    """What is to be played: of a journal, or of a level."""
    from mmtui.level.level import load_level
    from mmtui.session.commands import HandOver
    from mmtui.session.journal import read_journal
    from mmtui.session.replay import Script

    if session.endswith(".jsonl"):
        return read_journal(Path(session), trust_from(trust)).script
    level = load_level(session)
    commands = [] if strategy is None else [(0, HandOver(strategy, {}))]
    script = Script(level, seed, commands, level.end_ns)
    script.check()
    return script


def _played(script: Script) -> Iterator[Messages]:
    """The messages of a session played again, as it goes."""
    from mmtui.lab.tapes.session_tape import session_blocks

    return session_blocks(script)

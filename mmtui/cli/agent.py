"""``mmtui agent``: a level for a program of any language, over standard input and output."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mmtui.cli.arguments import SEED, overrides_from, settings_option
from mmtui.errors import InputError

_EPILOG = """\b
Examples:
  mmtui agent skew --seed 7
  python3 my_maker.py | mmtui agent skew
  mmtui agent skew --journal mine.jsonl
"""


@click.command(epilog=_EPILOG)
@click.argument("level", default="first-quotes")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Which market.")
@click.option("--journal", type=click.Path(path_type=Path, dir_okay=False), help="Write the session's journal there.")
@settings_option("Set a key of the level, by its path.")
def command(level: str, seed: int, journal: Path | None, settings: tuple[str, ...]) -> None:
    """Play LEVEL over standard input and output: JSON, a message a line. The market waits for the program.

    The program says {"hello": 1}, then commands, and has the market go on by {"do": "step", "ns": 100000000}. Each line
    gets one answer. `mmtui docs protocol` describes every message, with examples in three languages.
    """
    from mmtui.level.level import load_level
    from mmtui.room.serve.solo import Solo, play_alone
    from mmtui.session.journal_file import JournalWriter
    from mmtui.session.session import Session

    overrides, unknown = overrides_from(settings)
    if unknown:
        raise InputError(
            f"--set {unknown[0]}: expected the path of one of the level's keys, such as market.value.sigma"
        )
    session = Session(load_level(level, overrides), seed)
    solo = Solo(session)
    writer = None if journal is None else JournalWriter(journal, session)
    try:
        play_alone(solo, sys.stdin.buffer, _say)
    finally:
        if writer is not None:
            writer.close()


def _say(line: bytes) -> None:
    sys.stdout.write(line.decode())
    sys.stdout.flush()

"""``mmtui daily``: the day's challenge, and the board of those who played it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from mmtui.career.daily import daily, today
from mmtui.cli.arguments import format_option, trust_from
from mmtui.cli.grade_tables import print_graded
from mmtui.cli.number import whole
from mmtui.cli.output import write_json
from mmtui.errors import InputError
from mmtui.learning.board import as_board, board
from mmtui.level.level import Level, level_ids, load_level

_EPILOG = """\b
Examples:
  mmtui daily
  mmtui daily board journals
  mmtui daily board journals --day 2026-11-27 --format json
"""


def _challenge(day: date) -> tuple[Level, int]:
    level, seed = daily(day, level_ids())
    return load_level(level), seed


def _told(day: date) -> str:
    level, seed = _challenge(day)
    return f"{day.isoformat()}: {level.title} ({level.id}), seed {seed}"


@click.group(invoke_without_command=True, epilog=_EPILOG, short_help="The day's challenge, and its board.")
@click.pass_context
def command(context: click.Context) -> None:
    """Show the day's level and seed, the same for everybody; `mmtui play daily` plays it."""
    if context.invoked_subcommand is None:
        click.echo(_told(today()))


@command.command("board", short_help="Rank the journals of a folder.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--day", metavar="YYYY-MM-DD", help="Of that day; of today unless given.")
@click.option("--jobs", "-j", type=whole(1, 1024), help="Processes to use; as many as there are cores unless given.")
@format_option("table", "json")
def ranked(folder: Path, day: str | None, jobs: int | None, form: str) -> None:
    """Rank the day's journals in FOLDER: each is played again and checked, and each player's first try counts.

    What does not count stands apart, with why; `mmtui docs learning` explains it.
    """
    on = today() if day is None else _day(day)
    level, seed = _challenge(on)
    graded = board(folder, level, seed, trust_from(told=False), jobs or os.cpu_count() or 1)
    if form == "json":
        write_json(as_board(on, level, seed, graded))
        return
    click.echo(f"{_told(on)}\n")
    print_graded(graded)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--day {text[:40]}: expected a date as in 2026-11-27") from None

"""``mmtui calibrate``: does every level teach?"""

from __future__ import annotations

import sys

import click

from mmtui.commands.arguments import seeds_from
from mmtui.commands.output import write_json
from mmtui.errors import InputError
from mmtui.game.level import level_ids, level_path, load_level
from mmtui.lab.calibrate import Teaching, calibrate, fitted_point, write_point

_EPILOG = """\b
Examples:
  mmtui calibrate
  mmtui calibrate skew --seeds 1:200 --jobs 2
  mmtui calibrate skew --write --seeds 1001:1200
"""


@click.command(epilog=_EPILOG, short_help="Check that levels teach: the right behaviour wins.")
@click.argument("level", nargs=-1)
@click.option("--seeds", default="1:200", show_default=True, metavar="A:B", help="Seeds from A to B, both included.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Processes to use.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--write", is_flag=True, help="First set the score's scale in the level's file, from the seeds after B.")
def command(level: tuple[str, ...], seeds: str, jobs: int, form: str, write: bool) -> int:
    """Play each LEVEL (default: all) with its naive and its lesson strategy and the baselines, and print the table.

    Exits with 1 when a level does not teach.
    """
    chosen = seeds_from(seeds)
    if len(chosen) < 3:
        raise InputError(f"--seeds {seeds}: expected at least three seeds")
    rows = []
    for name in level or level_ids():
        found = load_level(name)
        if write:
            write_point(level_path(name), fitted_point(found, range(chosen.stop, chosen.stop + len(chosen)), jobs))
            found = load_level(name)
        rows.append(calibrate(found, chosen, jobs))
    if form == "json":
        write_json(rows)
    else:
        _print_table(rows)
    return 0 if all(row.teaches for row in rows) else 1


def _print_table(rows: list[Teaching]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("level", "naive → lesson"):
        table.add_column(heading, no_wrap=True)
    for heading in ("naive", "lesson", "idle", "reckless", "difference", "t", "wins", "PnL lesson", "teaches"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.level,
            f"{row.naive} → {row.lesson}",
            f"{row.score['naive']:.1f} ±{row.deviation['naive']:.1f}",
            f"{row.score['lesson']:.1f} ±{row.deviation['lesson']:.1f}",
            f"{row.score['idle']:.1f}",
            f"{row.score['reckless']:.1f}",
            f"{row.difference:+.1f}",
            f"{row.t:.1f}",
            f"{row.win_rate:.0%}",
            f"{row.pnl['lesson']:,.0f}",
            "yes" if row.teaches else "no",
        )
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(table)
    for row in rows:
        if row.why:
            console.print(f"{row.level}: {row.why}")

"""``mmtui calibrate``: does every level teach?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from mmtui.cli.arguments import format_option, into_option, jobs_option, seeds_from, seeds_option
from mmtui.cli.output import write_json
from mmtui.cli.sections import section, write_section
from mmtui.cli.tables import TableColumn, console, table
from mmtui.errors import InputError
from mmtui.lab.research.calibrate import Teaching, calibrate, fitted_point, write_point
from mmtui.level.level import level_ids, level_path, load_level
from mmtui.level.reference import grid

#: The document's section with the table.
TABLE = "mmtui calibrate"

_MADE_BY = "Made by `mmtui calibrate LEVEL… --seeds A:B --into {into}`, over the seeds of the second column."
_HEADING = (
    "level",
    "seeds",
    "naive → lesson",
    "naive",
    "lesson",
    "idle",
    "reckless",
    "gap",
    "t",
    "wins",
    "PnL of the lesson",
    "p10: lesson, reckless",
    "teaches",
)

_EPILOG = """\b
Examples:
  mmtui calibrate
  mmtui calibrate skew --seeds 1:200 --jobs 2
  mmtui calibrate skew --write --seeds 1001:1200
  mmtui calibrate all --seeds 1:200 --jobs 2 --into mmtui/docs/levels.md
"""


@click.command(epilog=_EPILOG)
@click.argument("level", nargs=-1)
@seeds_option("1:200")
@jobs_option
@format_option("table", "json", "markdown")
@click.option("--write", is_flag=True, help="First set the score's scale in the level's file, from the seeds after B.")
@into_option("Put the lines into a document's table too.")
def command(level: tuple[str, ...], seeds: str, jobs: int, form: str, write: bool, into: Path | None) -> int:
    """Play each LEVEL (default: all) with its naive and its lesson strategy and the baselines, and print the table.

    A level teaches when over 200 seeds the lesson's strategy scores more than the naive one with a paired t of 4 and on
    70% of the seeds, and by more than either's score varies; idle scores under 35; reckless scores less than the lesson
    and has the worse tenth percentile of PnL; and, where the level says so, the lesson's PnL is positive on average.
    Over fewer seeds t's bound is that of the same effect, 4√(n/200), and the other bounds give by two standard errors.

    Exits with 1 when a level does not teach.
    """
    chosen = seeds_from(seeds)
    if len(chosen) < 3:
        raise InputError(f"--seeds {seeds}: expected at least three seeds")
    if into is not None:
        # Before all the work.
        section(into, TABLE)
    rows = []
    for name in level_ids() if level in ((), ("all",)) else level:
        found = load_level(name)
        if write:
            write_point(level_path(name), fitted_point(found, range(chosen.stop, chosen.stop + len(chosen)), jobs))
            found = load_level(name)
        rows.append(calibrate(found, chosen, jobs))
        if into is not None:
            # Line by line, so that an interrupted command keeps its lines.
            lines = {**_lines_of(section(into, TABLE)), **_lines(rows[-1:], seeds)}
            write_section(into, TABLE, f"{_MADE_BY.format(into=into)}\n\n{_markdown(lines)}\n")
    if form == "json":
        write_json(rows)
    elif form == "markdown":
        click.echo(_markdown(_lines(rows, seeds)))
    else:
        _print_table(rows)
    return 0 if all(row.teaches for row in rows) else 1


def _markdown(lines: Mapping[str, Sequence[str]]) -> str:
    """Returns the table of lines by level, in the order of the campaign, other levels last."""
    known = {name: number for number, name in enumerate(level_ids())}
    return grid(_HEADING, [lines[name] for name in sorted(lines, key=lambda name: known.get(name, len(known)))])


def _lines_of(text: str) -> dict[str, Sequence[str]]:
    """Returns the lines by level of an earlier table; lines with other columns are dropped."""
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][2:]
    return {line[0]: line for line in cells if len(line) == len(_HEADING)}


def _lines(rows: Iterable[Teaching], seeds: str) -> dict[str, Sequence[str]]:
    return {
        row.level: (
            row.level,
            seeds,
            f"{row.naive} → {row.lesson}",
            *(f"{row.score[role]:.1f} ± {row.deviation[role]:.1f}" for role in ("naive", "lesson")),
            *_middle(row),
            f"{row.pnl['lesson']:,.0f} ({', '.join(f'{part} {row.lesson_pnl[part]:,.0f}' for part in row.lesson_pnl)})",
            f"{row.pnl_p10['lesson']:,.0f}, {row.pnl_p10['reckless']:,.0f}",
            "yes" if row.teaches else f"no: {row.why}",
        )
        for row in rows
    }


_COLUMNS = [TableColumn(heading, left=True) for heading in ("level", "naive → lesson")] + [
    TableColumn(heading)
    for heading in ("naive", "lesson", "idle", "reckless", "difference", "t", "wins", "PnL lesson", "teaches")
]


def _print_table(rows: Sequence[Teaching]) -> None:
    cells = [
        (
            row.level,
            f"{row.naive} → {row.lesson}",
            *(f"{row.score[role]:.1f} ±{row.deviation[role]:.1f}" for role in ("naive", "lesson")),
            *_middle(row),
            f"{row.pnl['lesson']:,.0f}",
            "yes" if row.teaches else "no",
        )
        for row in rows
    ]
    screen = console(150)
    screen.print(table(_COLUMNS, cells))
    for row in rows:
        if row.why:
            screen.print(f"{row.level}: {row.why}")


def _middle(row: Teaching) -> tuple[str, ...]:
    """Returns the cells that both tables have between the two strategies' scores and the PnL."""
    idle, reckless = (f"{row.score[role]:.1f}" for role in ("idle", "reckless"))
    return idle, reckless, f"{row.difference:+.1f}", f"{row.t:.1f}", f"{row.win_rate:.0%}"

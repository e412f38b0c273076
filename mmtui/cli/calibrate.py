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
from mmtui.lab.research.calibrate import Contender, Teaching, calibrate
from mmtui.lab.research.scales import fitted_scales, write_scales
from mmtui.level.level import level_ids, level_path, load_level
from mmtui.level.reference import grid

#: The document's section with the table.
TABLE = "mmtui calibrate"

_MADE_BY = "Made by `mmtui calibrate LEVEL… --seeds A:B --into FILE`, over the seeds of the second column."
_HEADING = (
    "level",
    "seeds",
    "naive → lesson",
    "naive",
    "lesson",
    "gap",
    "t",
    "wins",
    "best baseline",
    "best other",
    "★★★ lesson",
    "★★, ★★★ person",
    "checks: lesson, naive",
    "PnL of the lesson",
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
@click.option("--write", is_flag=True, help="First set the score's scales in the level's file, from the seeds after B.")
@into_option("Put the lines into a document's table too.")
def command(level: tuple[str, ...], seeds: str, jobs: int, form: str, write: bool, into: Path | None) -> int:
    """Play each LEVEL (default: all) with its strategies, with all who must lose, and with a person-like player.

    A level teaches when over 100 seeds the lesson's strategy scores more than the naive one with a paired t of 4 and on
    70% of the seeds, and by more than either's score varies; idle scores under 35; every baseline and every strategy
    that does not do the lesson scores less than it with a t of -3, and has three stars on at most 5% of the seeds; the
    lesson's strategy has three stars on 30 to 60% of them, a person who does the lesson two on half and three on 5 to
    30%; the lesson's strategy does 90% of what the level's checks ask, the naive one at most 40%; and, where the level
    says so, the lesson's PnL is positive on average. Over fewer seeds the bounds of t are those of the same effect, and
    the others give by two standard errors.

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
            write_scales(level_path(name), fitted_scales(found, range(chosen.stop, chosen.stop + len(chosen)), jobs))
            found = load_level(name)
        rows.append(calibrate(found, chosen, jobs))
        if into is not None:
            # Line by line, so that an interrupted command keeps its lines.
            lines = {**_lines_of(section(into, TABLE)), **_lines(rows[-1:], seeds)}
            write_section(into, TABLE, f"{_MADE_BY}\n\n{_markdown(lines)}\n")
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
            *_cells(row),
            f"{row.pnl['lesson']:,.0f} ({', '.join(f'{part} {row.lesson_pnl[part]:,.0f}' for part in row.lesson_pnl)})",
            "yes" if row.teaches else f"no: {row.why}",
        )
        for row in rows
    }


_COLUMNS = [
    TableColumn(heading, left=heading in ("level", "naive → lesson", "best baseline", "best other"))
    for heading in (_HEADING[0], *_HEADING[2:])
]


def _print_table(rows: Sequence[Teaching]) -> None:
    screen = console(180)
    cells = [(row.level, *_cells(row), f"{row.pnl['lesson']:,.0f}", "yes" if row.teaches else "no") for row in rows]
    screen.print(table(_COLUMNS, cells))
    for row in rows:
        if row.why:
            screen.print(f"{row.level}: {row.why}")


def _cells(row: Teaching) -> tuple[str, ...]:
    """Returns the cells that both tables have."""
    person = row.stars["person"]
    return (
        f"{row.naive} → {row.lesson}",
        *(f"{row.score[role]:.1f} ± {row.deviation[role]:.1f}" for role in ("naive", "lesson")),
        f"{row.difference:+.1f}",
        f"{row.t:.1f}",
        f"{row.win_rate:.0%}",
        _best(row.baselines),
        _best(row.others),
        f"{row.stars['lesson'][3]:.0%}",
        f"{person[2] + person[3]:.0%}, {person[3]:.0%}",
        ", ".join("–" if done is None else f"{done:.0%}" for done in row.checks.values()),
    )


def _best(rivals: Mapping[str, Contender]) -> str:
    name = max(rivals, key=lambda each: rivals[each].t)
    return f"{name} {rivals[name].score:.1f}, t {rivals[name].t:.1f}"

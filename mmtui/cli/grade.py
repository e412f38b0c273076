"""``mmtui grade``: the journals of a class."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import click
import msgspec

from mmtui.cli.arguments import trust_from
from mmtui.cli.grade_tables import print_graded
from mmtui.cli.number import whole
from mmtui.cli.output import FORMS, Output, opened
from mmtui.learning.grades import Grade, Graded, grade_files, journals_in
from mmtui.level.level import load_level

_EPILOG = """\b
Examples:
  mmtui run skew --strategy skew --seeds 1:3 --journals class
  mmtui grade class
  mmtui grade class --level skew --out grades.csv --html class.html
"""
#: Texts that begin so are formulas to a spreadsheet.
_FORMULAS = ("=", "+", "-", "@")


@click.command(epilog=_EPILOG, short_help="Grade the journals of a class.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--level", help="The level that all should be of: an id, or the path of a file.")
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="How results are printed; by --out's ending unless given."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the results to a file.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page for the class, too.")
@click.option("--jobs", "-j", type=whole(1, 1024), help="Processes to use; as many as there are cores unless given.")
def command(
    folder: Path, level: str | None, form: str | None, out: Path | None, html: Path | None, jobs: int | None
) -> None:
    """Play every journal in FOLDER again and grade it: score and parts, lesson, mistakes, and whether it counts.

    What is forged, of another level, not sealed by the key that it names, a duplicate or assisted stands apart, with
    why. `mmtui docs learning` explains the columns, and what cannot be proven.
    """
    ending = "" if out is None else out.suffix.lstrip(".")
    output = Output(form or (ending if ending in FORMS else "table"), out)
    output.check()
    wanted = None if level is None else load_level(level)
    files = journals_in(folder)
    graded = grade_files(files, folder, wanted, trust_from(told=False), jobs or os.cpu_count() or 1)

    def table(_: Sequence[Grade], stream: IO[str]) -> None:
        print_graded(graded, stream)

    output.write(_rows(graded, output.form), Grade, table)
    if html is not None:
        from mmtui.report.class_report import class_page

        with opened(html) as stream:
            stream.write(class_page(folder.name if wanted is None else wanted.title, graded))


def _rows(graded: Sequence[Graded], form: str) -> Iterator[Grade]:
    for each in graded:
        grade = each.grade
        if form == "csv":
            # What a journal carries is no formula of a spreadsheet's.
            texts = {"file": grade.file, "player": grade.player}
            changes = {key: f"'{text}" for key, text in texts.items() if text and text.startswith(_FORMULAS)}
            grade = msgspec.structs.replace(grade, **changes)
        yield grade

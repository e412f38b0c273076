"""A report as text."""

from __future__ import annotations

from collections.abc import Iterator

from mmtui.debrief.tables import Table, ended, quoted_by, sections
from mmtui.report.model import Report, notes
from mmtui.wording import stamp, stars


def as_text(report: Report) -> Iterator[str]:
    """Yields the lines of a report."""
    debrief, result = report.debrief, report.debrief.result
    yield f"{debrief.title}  ·  {result.level}, seed {result.seed}, {quoted_by(result, debrief.quoted.shares())}"
    earned = stars(result.stars, ranked=result.ranked)
    yield f"{result.score:.1f} of 100  {earned}   {ended(result)} ({stamp(debrief.until_ns)})"
    yield from notes(report)
    yield f"digest {result.digest}"
    for table in sections(debrief, report.ranking):
        yield ""
        yield from table_lines(table)
        yield from (f"  {''.join(sentence)}" for sentence in table.sentences)
    yield ""
    yield "WHAT TO TRY NEXT"
    for piece in debrief.advice:
        when = "" if piece.at_ns is None else f"  (see {stamp(piece.at_ns)})"
        yield f"  {piece.text}{when}"


def table_lines(table: Table) -> Iterator[str]:
    """A table with aligned columns; above moments its title stands alone, else in place of the first heading."""
    columns = table.columns
    rows = [[("" if number == table.own else "  ") + row[0], *row[1:]] for number, row in enumerate(table.texts())]
    title = table.title.upper() + (f", {table.note}" if table.note else "")
    if columns[0].kind == "time":
        yield title
    else:
        rows.insert(0, [title, *(column.heading for column in columns[1:])])
    widths = [max(map(len, texts)) for texts in zip(*rows, strict=True)]
    for row in rows:
        aligned = (
            text.ljust(width) if column.kind == "text" else text.rjust(width)
            for text, width, column in zip(row, widths, columns, strict=True)
        )
        yield "   ".join(aligned).rstrip()

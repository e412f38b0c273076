"""A report as text."""

from __future__ import annotations

from collections.abc import Iterator

from mmtui.debrief import tables
from mmtui.debrief.model import Debrief
from mmtui.debrief.tables import Table
from mmtui.report.model import Report, notes
from mmtui.wording import money, stamp, stars

#: The width of names and titles, and of money.
_NAME, _MONEY = 11, 14


def as_text(report: Report) -> Iterator[str]:
    """Yields the lines of a report."""
    debrief, ranking = report.debrief, report.ranking
    yield from _head(report)
    yield from _score(debrief)
    yield from _pnl(debrief)
    if debrief.markouts:
        yield from _table(tables.markouts(debrief.markouts))
    yield f"{'TRADING':<{_NAME}}  {', '.join(f'{name} {value}' for name, value in tables.facts(debrief.result))}"
    yield ""
    if debrief.queue:
        yield from _table(tables.queue(debrief.queue))
    for title, verdicts in (("Worst fills", debrief.worst), ("Best fills", debrief.best)):
        if verdicts:
            yield from _table(tables.fills(title, debrief, verdicts), headed=False)
    if ranking is not None:
        yield from _table(tables.ranks(ranking))
        yield from ("".join(sentence) for sentence in tables.comparison(debrief, ranking))
        yield ""
    if debrief.occasions:
        yield from _table(tables.lesson(debrief.occasions), headed=False)
    yield "WHAT TO TRY NEXT"
    for piece in debrief.advice:
        when = "" if piece.at_ns is None else f"  (see {stamp(piece.at_ns)})"
        yield f"  {piece.text}{when}"


def _head(report: Report) -> Iterator[str]:
    debrief, result = report.debrief, report.debrief.result
    yield f"{debrief.title}  ·  {result.level}, seed {result.seed}, {tables.quoted_by(result)}"
    yield f"{result.score:.1f} of 100  {stars(result.stars)}   {tables.ended(result)} ({stamp(debrief.until_ns)})"
    yield from notes(report)
    yield f"digest {result.digest}"
    yield ""


def _score(debrief: Debrief) -> Iterator[str]:
    *parts, _total = tables.score(debrief).rows
    yield "SCORE        points  weight"
    for row in parts:
        name, points, weight, product, how = row.cells
        yield f"  {name:<10} {points:6.1f} ×  {weight:4.2f} = {product:5.1f}   {how}"
    yield f"  {'total':<23} {debrief.result.score:7.1f}"
    yield ""


def _pnl(debrief: Debrief) -> Iterator[str]:
    result = debrief.result
    yield f"PNL, {debrief.instrument.currency}"
    for term in tables.pnl_terms(result.pnl):
        yield f"{term.sign:<2}{term.name:<{_NAME}}{term.text(_MONEY)}"
    yield f"= {'total':<{_NAME}}{money(result.pnl.total, _MONEY)}   par {money(result.par).strip()}"
    yield ""


def _table(table: Table, *, headed: bool = True) -> Iterator[str]:
    """A table with aligned columns; its title stands in place of the first heading, or on a line of its own."""
    rows = table.texts()
    for row, cells in zip(table.rows, rows, strict=True):
        cells[0] = cells[0] if row.own else f"  {cells[0]}"
    title = f"{table.title.upper()}, {table.note}" if table.note else table.title.upper()
    if headed:
        rows.insert(0, [title, *(column.heading for column in table.columns[1:])])
    else:
        yield title
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for cells in rows:
        aligned = (
            text.ljust(width) if column.kind == "text" else text.rjust(width)
            for text, width, column in zip(cells, widths, table.columns, strict=True)
        )
        yield "   ".join(aligned).rstrip()
    yield ""

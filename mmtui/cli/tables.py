"""Tables to read: plain columns, and tables with as many columns as fit a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, NamedTuple

import click

from mmtui.cli.terminal import styled

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table


def columns(rows: Sequence[Sequence[str]], left: int | None = None) -> Iterator[str]:
    """Yields lines of columns, two spaces apart: the first ``left`` of them (None: all) left-aligned, others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if left is None or index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def print_columns(rows: Sequence[Sequence[str]], left: int | None = None, stream: IO[str] | None = None) -> None:
    """Print :func:`columns`, to standard output unless a stream is given."""
    for line in columns(rows, left):
        click.echo(line, stream)


class TableColumn(NamedTuple):
    """A column of a table: its heading, the least width of a terminal to show it, its alignment and style."""

    heading: str
    least: int = 0
    left: bool = False
    style: str = ""


def console(width: int, stream: IO[str] | None = None) -> Console:
    """Returns a console on a stream (None: standard output), as wide as its terminal; without one, of this width."""
    from mmtui.tui.visible import VisibleConsole

    stream = stream or sys.stdout
    return VisibleConsole(file=styled(stream), width=None if stream.isatty() else width, highlight=False)


def table(
    columns: Sequence[TableColumn],
    rows: Iterable[Sequence[RenderableType]],
    width: int | None = None,
    *,
    wrap: bool = False,
) -> Table:
    """Returns a table of the columns that fit a terminal of this width; of all columns if it is None."""
    from rich.table import Table

    found = Table(box=None, pad_edge=False, header_style="bold")
    shown = [at for at, column in enumerate(columns) if width is None or column.least <= width]
    for at in shown:
        heading, _, left, style = columns[at]
        found.add_column(heading, justify="left" if left else "right", style=style, no_wrap=not wrap)
    for row in rows:
        found.add_row(*(row[at] for at in shown))
    return found

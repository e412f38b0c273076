"""Where results go and in what form: a table, JSON, JSON lines, CSV or Parquet, printed or written to a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

import click
import msgspec

from mmtui.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

FORMS = ("table", "json", "jsonl", "csv", "parquet")

Record = TypeVar("Record", bound=msgspec.Struct)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--format`` and ``--out``, as ``form`` and ``out``."""
    command = click.option("--out", type=click.Path(path_type=Path), help="Write the results to a file.")(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMS),
        default="table",
        show_default=True,
        help="How results are printed.",
    )(command)


def check_output(form: str, out: Path | None) -> None:
    """Find out before anything runs that the results could not be written. Raises InputError."""
    if form == "parquet":
        from mmtui.lab.runs.tables import pyarrow

        if out is None:
            raise InputError("--format parquet: expected --out FILE, since parquet is not text")
        pyarrow()


@contextmanager
def opened(out: Path | None, otherwise: IO[str] | None = None) -> Iterator[IO[str]]:
    """A file to write text to, or, without a path, standard output or ``otherwise``. Raises InputError."""
    if out is None:
        yield otherwise or sys.stdout
        return
    try:
        stream = out.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written: {error.strerror}") from None
    with stream:
        yield stream


def write(
    records: Iterable[Record],
    kind: type[Record],
    form: str,
    out: Path | None,
    table: Callable[[Sequence[Record], IO[str]], None],
) -> None:
    """Write records as they come, or, in forms that are whole, all that there are when they end or are interrupted.

    Args:
        records: what is written.
        kind: their type.
        form: one of ``FORMS``.
        out: the file; None is standard output.
        table: writes the table.

    Raises:
        InputError: the file cannot be written.
    """
    if form == "parquet":
        _whole(records, lambda found: _write_parquet(found, kind, out))
        return
    with opened(out) as stream:
        if form == "jsonl":
            for record in records:
                stream.write(msgspec.json.encode(record).decode() + "\n")
                stream.flush()
        elif form == "csv":
            from mmtui.lab.runs.tables import csv_lines

            for line in csv_lines(records):
                stream.write(line)
                stream.flush()
        elif form == "json":
            _whole(records, lambda found: write_json(found, stream))
        else:
            _whole(records, lambda found: table(found, stream))


def write_json(found: object, stream: IO[str] | None = None) -> None:
    """Write JSON that is easy to read, to standard output unless a stream is given."""
    (stream or sys.stdout).write(msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n")


class TableColumn(NamedTuple):
    """A column of a table for the eye: its heading, and how wide a terminal must be to show it."""

    heading: str
    least: int = 0
    left: bool = False


def fitting_table(columns: Sequence[TableColumn], rows: Iterable[Sequence[str]], width: int) -> Table:
    """A table of the columns that a terminal of this width has room for."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    shown = [at for at, column in enumerate(columns) if column.least <= width]
    for at in shown:
        table.add_column(columns[at].heading, justify="left" if columns[at].left else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(row[at] for at in shown))
    return table


def _write_parquet(found: Sequence[msgspec.Struct], kind: type[msgspec.Struct], out: Path | None) -> None:
    from mmtui.lab.runs.tables import columns_of, flat, write_parquet

    assert out is not None
    rows = [flat(record) for record in found]
    write_parquet(rows, columns_of(kind, rows), out)


def _whole(records: Iterable[Record], finish: Callable[[Sequence[Record]], None]) -> None:
    finished: list[Record] = []
    try:
        for record in records:
            finished.append(record)  # noqa: PERF402
    except BaseException:
        if finished:
            finish(finished)
        raise
    finish(finished)

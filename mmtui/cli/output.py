"""Writing results: as a table, JSON, JSON lines, CSV or Parquet, printed or to a file."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast

import click
import msgspec

from mmtui.cli.arguments import together
from mmtui.cli.terminal import Screened
from mmtui.errors import InputError
from mmtui.files import replacing

FORMS = ("table", "json", "jsonl", "csv", "parquet")
_Row = TypeVar("_Row", bound=msgspec.Struct)


class Output(NamedTuple):
    """The form of a command's results, one of ``FORMS``, and their file, None for standard output.

    With ``is_dataset`` the file is a folder for a data set.
    """

    form: str
    out: Path | None
    is_dataset: bool = False

    def check(self) -> None:
        """Raise InputError when the results could not be written, before anything is run."""
        if self.form == "parquet":
            from mmtui.lab.tables.parquet import pyarrow

            if self.out is None:
                raise InputError("--format parquet: expected --out FILE, since parquet is not text")
            pyarrow()

    def write(
        self, records: Iterable[_Row], kind: type[_Row], table: Callable[[Sequence[_Row], IO[str]], None] | None = None
    ) -> None:
        """Write records as they come, or, in forms that need all, when they end or are interrupted.

        Args:
            records: the records.
            kind: their type.
            table: writes the table, if that can be the form.

        Raises:
            OutputError: the file cannot be written.
        """
        if self.form == "parquet":
            from mmtui.lab.tables.parquet import write_dataset, write_parquet

            assert self.out is not None
            if self.is_dataset:
                write_dataset(records, kind, self.out)
            else:
                write_parquet(records, kind, self.out)
            return
        with opened(self.out) as stream:
            if self.form == "json":
                _whole(records, lambda found: write_json(found, stream))
            elif table is not None and self.form == "table":
                _whole(records, lambda found: table(found, stream))
            else:
                from mmtui.lab.tables.rows import csv_lines, json_lines

                for line in csv_lines(records) if self.form == "csv" else json_lines(records):
                    stream.write(line)
                    stream.flush()


def _whole(records: Iterable[_Row], finish: Callable[[Sequence[_Row]], None]) -> None:
    finished: list[_Row] = []
    try:
        for record in records:
            finished.append(record)  # noqa: PERF402
    except BaseException:
        if finished:
            finish(finished)
        raise
    finish(finished)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--format`` and ``--out``, as a checked ``output``."""

    @wraps(command)
    def checked(*args: Any, form: str, out: str | None, **given: Any) -> Any:
        path = None if out is None else Path(out)
        is_folder = path is not None and (str(out).endswith("/") or path.is_dir())
        output = Output(form, path, form == "parquet" and is_folder)
        output.check()
        return command(*args, output=output, **given)

    return together(
        click.option(
            "--format",
            "form",
            type=click.Choice(FORMS),
            default="table",
            show_default=True,
            help="How results are printed.",
        ),
        click.option("--out", type=click.Path(), help="Write the results to a file; FOLDER/ for a Parquet data set."),
    )(checked)


@contextmanager
def opened(out: Path | None, otherwise: IO[str] | None = None) -> Iterator[IO[str]]:
    """A stream to write text to: a file, moved into place once it is whole; without a path, standard output.

    What was written before Ctrl-C, or before a run failed, is kept.

    Args:
        out: the file.
        otherwise: another stream in place of standard output.

    Raises:
        OutputError: the file cannot be written.
    """
    if out is None:
        yield otherwise or sys.stdout
        return
    with replacing(out, keep=True) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        try:
            yield cast("IO[str]", Screened(text, None))
        finally:
            text.detach()


def write_json(found: object, stream: IO[str] | None = None) -> None:
    """Write JSON that is easy to read, to standard output unless a stream is given."""
    (stream or sys.stdout).write(msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n")

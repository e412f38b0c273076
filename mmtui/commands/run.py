"""``mmtui run``: levels, strategies and seeds, headless."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click
import msgspec

from mmtui.commands.arguments import columns, levels_from, seeds_from, strategies_from
from mmtui.commands.progress import with_progress
from mmtui.errors import InputError
from mmtui.game.result import Result
from mmtui.lab.batch import Batch, run_batch

_EPILOG = """\b
Examples:
  mmtui run skew --strategy fixed --strategy skew --seeds 1:100
  mmtui run all --strategy my.py:MyMaker --seeds 1:20 --jobs 2
  mmtui run skew --strategy skew --set half_spread=2 --seeds 7 --format json
"""


@click.command(epilog=_EPILOG, short_help="Run levels headless, over many seeds.")
@click.argument("level", nargs=-1, required=True)
@click.option(
    "--strategy", "-s", "strategies", multiple=True, required=True, help="A name, file.py:Class or installed."
)
@click.option("--seeds", default="1:10", show_default=True, metavar="A:B", help="Seeds from A to B, both included.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Processes to use.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl", "csv"]),
    default="table",
    show_default=True,
    help="How results are printed.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the results to a file.")
@click.option(
    "--journals", type=click.Path(path_type=Path, file_okay=False), help="Write a journal of each session here."
)
@click.option("--audit", is_flag=True, help="Check after every event that all books add up.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a strategy's parameter.")
def command(
    level: tuple[str, ...],
    strategies: tuple[str, ...],
    seeds: str,
    jobs: int,
    form: str,
    out: Path | None,
    journals: Path | None,
    audit: bool,
    settings: tuple[str, ...],
) -> int:
    """Run levels headless: every seed with every strategy.

    LEVEL is a level's id, the path of a level file, or "all". The same seed gives the same session, whatever the jobs.
    """
    batch = Batch(levels_from(level), strategies_from(strategies, settings), seeds_from(seeds), journals, audit)
    failed = False

    def watched(results: Iterator[Result]) -> Iterator[Result]:
        nonlocal failed
        for result in results:
            if result.error is not None:
                failed = True
                click.echo(f"{result.level}, seed {result.seed}: {result.error}", err=True)
            yield result

    with ExitStack() as stack:
        try:
            stream: IO[str] = sys.stdout if out is None else stack.enter_context(out.open("w", encoding="utf-8"))
        except OSError as error:
            raise InputError(f"--out {out}: cannot be written: {error.strerror}") from None
        write(with_progress(watched(run_batch(batch, jobs)), len(batch), stack), form, stream)
    return 1 if failed else 0


def write(results: Iterator[Result], form: str, stream: IO[str]) -> None:
    """Print results as they come, or, for a table or JSON, all that there are when they end or are interrupted."""
    if form == "jsonl":
        for result in results:
            stream.write(msgspec.json.encode(result).decode() + "\n")
            stream.flush()
        return
    if form == "csv":
        from mmtui.lab.tables import csv_lines

        for line in csv_lines(results):
            stream.write(line)
            stream.flush()
        return
    finished: list[Result] = []
    try:
        for result in results:
            finished.append(result)  # noqa: PERF402
    except BaseException:
        if finished:
            _write_whole(finished, form, stream)
        raise
    _write_whole(finished, form, stream)


def _write_whole(results: Sequence[Result], form: str, stream: IO[str]) -> None:
    if form == "json":
        stream.write(msgspec.json.format(msgspec.json.encode(results), indent=1).decode() + "\n")
        return
    from mmtui.lab.tables import summary

    stream.writelines(f"{line}\n" for line in columns(summary(results), left=2))

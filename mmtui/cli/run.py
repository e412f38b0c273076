"""``mmtui run``: levels, strategies and seeds, headless."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click

from mmtui.cli.arguments import (
    batch_options,
    columns,
    duel_option,
    overrides_from,
    seeds_from,
    strategies_from,
    strategies_option,
)
from mmtui.cli.output import check_output, output_options, write
from mmtui.cli.progress import with_progress
from mmtui.lab.runs.batch import Batch, find_levels
from mmtui.lab.runs.run import run_batches
from mmtui.session.result import Result

_EPILOG = """\b
Examples:
  mmtui run skew --strategy fixed --strategy skew --seeds 1:100
  mmtui run all --strategy my.py:MyMaker --seeds 1:20 --jobs 2
  mmtui run skew --strategy skew --set half_spread=2 --seeds 7 --format json
  mmtui run sandbox --strategy skew --set market.value.sigma=2 --seeds 1:20
  mmtui run skew --strategy skew --duel avellaneda-stoikov --seeds 1:20
  mmtui run skew --strategy skew --seeds 1:9999 --cluster tcp://scheduler:8786 --format jsonl
  mmtui run skew --strategy skew --seeds 1:100 --format parquet --out runs.parquet
"""


@click.command(epilog=_EPILOG, short_help="Run levels headless, over many seeds.")
@click.argument("level", nargs=-1, required=True)
@strategies_option("A name, file.py:Class or installed.")
@batch_options("1:10")
@duel_option
@output_options
@click.option(
    "--journals", type=click.Path(path_type=Path, file_okay=False), help="Write a journal of each session here."
)
@click.option("--audit", is_flag=True, help="Check after every event that all books add up.")
def command(
    level: tuple[str, ...],
    strategies: tuple[str, ...],
    seeds: str,
    jobs: int,
    cluster: str | None,
    settings: tuple[str, ...],
    duel: str | None,
    form: str,
    out: Path | None,
    journals: Path | None,
    audit: bool,
) -> int:
    """Run levels headless: every seed with every strategy.

    LEVEL is a level's id, the path of a level file, or "all". The same seed gives the same session, wherever it is run.
    --set also sets a key of the level, by its path.
    """
    check_output(form, out)
    overrides, parameters = overrides_from(settings, duel)
    chosen = find_levels(level, overrides)
    batch = Batch(chosen, strategies_from(strategies, parameters), seeds_from(seeds), journals, audit)
    failures: list[Result] = []
    with ExitStack() as stack:
        results = with_progress(run_batches([batch], jobs, cluster), len(batch), stack)
        write(told(results, failures), Result, form, out, _write_table)
    return 1 if failures else 0


def told(results: Iterator[Result], failures: list[Result]) -> Iterator[Result]:
    """The results, those in which a strategy failed told on standard error and collected."""
    for result in results:
        if result.error is not None:
            failures.append(result)
            click.echo(f"{result.level}, seed {result.seed}: {result.error}", err=True)
        yield result


def _write_table(results: Sequence[Result], stream: IO[str]) -> None:
    from mmtui.lab.runs.tables import summary

    stream.writelines(f"{line}\n" for line in columns(summary(results), left=2))

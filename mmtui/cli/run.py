"""``mmtui run``: levels, strategies and seeds, headless."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import click

from mmtui.cli.arguments import (
    STRATEGY,
    batch_options,
    overrides_from,
    seeds_from,
    store_option,
    strategies_from,
    strategies_option,
)
from mmtui.cli.output import Output, output_options
from mmtui.cli.progress import Sessions
from mmtui.cli.tables import print_columns
from mmtui.lab.runs.batch import Batch, find_levels
from mmtui.lab.runs.run import run_batches
from mmtui.lab.runs.store import store_or_none
from mmtui.session.result import Result

_EPILOG = """\b
Examples:
  mmtui run skew --strategy fixed --strategy skew --seeds 1:100
  mmtui run all --strategy my.py:MyMaker --seeds 1:20 --jobs 2
  mmtui run skew --strategy skew --set half_spread=2 --seeds 7 --format json
  mmtui run sandbox --strategy skew --set market.value.sigma=2 --seeds 1:20
  mmtui run skew --strategy skew --duel avellaneda-stoikov --seeds 1:20
  mmtui run skew --strategy skew --seeds 1:9999 --cluster tcp://scheduler:8786 --format jsonl
  mmtui run skew -s skew -s 'tight=skew[half_spread=0.5]' --seeds 1:20
  mmtui run skew -s skew --seeds 1:99999 --store kept --format parquet --out runs/
"""


@click.command(epilog=_EPILOG)
@click.argument("level", nargs=-1, required=True)
@strategies_option(STRATEGY)
@batch_options("1:10")
@store_option
@output_options
@click.option(
    "--journals", type=click.Path(path_type=Path, file_okay=False), help="Write a journal of each session here."
)
@click.option("--audit", is_flag=True, help="Check after every event that all books add up.")
def command(
    level: tuple[str, ...],
    strategies: tuple[str, ...],
    seeds: str,
    settings: tuple[str, ...],
    duel: str | None,
    store: Path | None,
    output: Output,
    journals: Path | None,
    audit: bool,
    **workers: Any,
) -> int:
    """Run levels headless: every seed with every strategy.

    LEVEL is a level's id, the path of a level file, or "all". The same seed gives the same session, wherever it is run.
    Results are written as they come, but for tables and JSON; a Parquet data set has a folder for each level and
    strategy.
    """
    overrides, parameters = overrides_from(settings)
    chosen = find_levels(level, overrides, duel)
    batch = Batch(chosen, strategies_from(strategies, parameters), seeds_from(seeds), journals, audit)
    with store_or_none(store) as kept, Sessions() as sessions:
        results = sessions.watch(run_batches([batch], **workers, store=kept), len(batch))
        output.write(results, Result, lambda found, stream: print_columns(summary(found), 2, stream))
    return int(sessions.failed > 0)


_SUMMARY = ("level", "strategy", "seeds", "score", "sd", "PnL", "sd", "spread", "position", "mean |q|", "10 s", "fills")


def summary(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """Returns headings, and a row for each level and strategy: means over seeds, with the deviation of score and PnL.

    Sessions in which the strategy failed are counted and otherwise left out.
    """
    duel = any(result.opponent is not None for result in results)
    rows: list[tuple[str, ...]] = [(*_SUMMARY, "present", *(["opponent"] if duel else []))]
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.level, result.strategy or "player"), []).append(result)
    for (level, strategy), runs in groups.items():
        group = [result for result in runs if result.error is None]
        failed = len(runs) - len(group)
        seeds = f"{len(runs)}, {failed} failed" if failed else str(len(runs))
        if not group:
            rows.append((level, strategy, seeds, *[""] * (len(rows[0]) - 3)))
            continue
        scores = [result.score for result in group]
        pnls = [result.pnl.total for result in group]
        markouts = [value for result in group if (value := result.markout["10s"]) is not None]
        row = (
            level,
            strategy,
            seeds,
            f"{fmean(scores):.1f}",
            _deviation(scores, ".1f"),
            f"{fmean(pnls):,.0f}",
            _deviation(pnls, ",.0f"),
            f"{fmean(result.pnl.spread for result in group):,.0f}",
            f"{fmean(result.pnl.position for result in group):,.0f}",
            f"{fmean(result.position.mean_abs for result in group):.1f}",
            f"{fmean(markouts):+.2f}" if markouts else "",
            f"{fmean(result.fills for result in group):.0f}",
            f"{fmean(result.presence for result in group):.0%}",
        )
        rows.append((*row, *([_opponents(group)] if duel else [])))
    return rows


def _deviation(numbers: Sequence[float], form: str) -> str:
    return format(stdev(numbers), form) if len(numbers) > 1 else ""


def _opponents(group: Sequence[Result]) -> str:
    """Returns the opponent in a duel, with its mean score."""
    opponents = [result.opponent for result in group if result.opponent is not None]
    return f"{opponents[0].strategy} {fmean(each.score for each in opponents):.1f}" if opponents else ""

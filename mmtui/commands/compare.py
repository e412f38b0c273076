"""``mmtui compare``: is a strategy better, by how much, and how sure is that?"""

from __future__ import annotations

import sys
from contextlib import ExitStack

import click
import msgspec

from mmtui.commands.arguments import levels_from, seeds_from, strategies_from
from mmtui.commands.progress import with_progress
from mmtui.errors import InputError, StrategyError
from mmtui.game.result import Result
from mmtui.lab.batch import Batch, run_batch
from mmtui.lab.compare import Comparison, compare

_EPILOG = """\b
Examples:
  mmtui compare skew --strategy fixed --strategy skew --seeds 1:100
  mmtui compare all --strategy skew --strategy my.py:MyMaker --jobs 2
"""


@click.command(epilog=_EPILOG, short_help="Is a strategy better than another, and how sure is that?")
@click.argument("level", nargs=-1, required=True)
@click.option("--strategy", "-s", "strategies", multiple=True, required=True, help="Two or more; the first is the base")
@click.option("--seeds", default="1:50", show_default=True, metavar="A:B", help="Seeds from A to B, both included.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Processes to use.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a strategy's parameter.")
def command(
    level: tuple[str, ...], strategies: tuple[str, ...], seeds: str, jobs: int, form: str, settings: tuple[str, ...]
) -> int:
    """Compare strategies with the first one, paired over the same seeds of each LEVEL.

    Differences are the strategy's mean less the base's; p is corrected for the number of strategies (Holm).
    """
    chosen = strategies_from(strategies, settings)
    drawn = seeds_from(seeds)
    if len(chosen) < 2:
        raise InputError("--strategy: expected two strategies or more, the first of which the others are compared with")
    if len(drawn) < 2:
        raise InputError(f"--seeds {seeds}: expected at least two seeds")
    batch = Batch(levels_from(level), chosen, drawn)
    finished: list[Result] = []
    with ExitStack() as stack:
        for result in with_progress(run_batch(batch, jobs), len(batch), stack):
            if result.error is not None:
                raise StrategyError(f"{result.level}, seed {result.seed}: {result.error}")
            finished.append(result)
    rows = compare(finished, [name for name, _ in chosen])
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode())
    else:
        _print_table(rows)
    return 0


def _print_table(rows: list[Comparison]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("level", "measure", "strategy"):
        table.add_column(heading, no_wrap=True)
    for heading in ("mean", "base", "difference", "95% interval", "bootstrap", "wins", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        more = f", {row.seeds_needed:,} seeds would tell" if row.seeds_needed and row.verdict[0] == "n" else ""
        table.add_row(
            row.level,
            row.measure,
            row.strategy,
            f"{row.mean:,.2f}",
            f"{row.against:,.2f}",
            f"{row.difference:+,.2f}",
            f"{row.low:+,.2f} … {row.high:+,.2f}",
            f"{row.bootstrap_low:+,.2f} … {row.bootstrap_high:+,.2f}",
            f"{row.win_rate:.0%}",
            f"{row.p:.3f}",
            f"{row.verdict}{more}",
        )
    Console(width=None if sys.stdout.isatty() else 180).print(table)
    print(f"\nAgainst {rows[0].baseline}, over {rows[0].seeds} seeds.")

"""``mmtui compare``: is a strategy better, by how much, and how sure is that?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from shlex import split
from typing import IO, Any

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
from mmtui.cli.number import Number, whole
from mmtui.cli.output import Output, output_options
from mmtui.cli.progress import Sessions
from mmtui.cli.tables import TableColumn, console, table
from mmtui.errors import InputError, shortened
from mmtui.lab.runs.batch import find_levels
from mmtui.lab.runs.run import run_batches
from mmtui.lab.runs.store import store_or_none
from mmtui.lab.statistics.compare import PER_SIZE, Comparison, compare
from mmtui.lab.statistics.paired import MEASURES, check_measure
from mmtui.lab.sweeps.capacity import size_of, sized_batches
from mmtui.level.level import Level
from mmtui.room.serve.program import Budget, Program
from mmtui.room.serve.program import sessions as play_programs
from mmtui.session.commands import Params
from mmtui.session.maker import rules_of
from mmtui.session.result import Result
from mmtui.strategies.variants import variant_name

_EPILOG = """\b
Examples:
  mmtui compare skew --strategy fixed --strategy skew --seeds 1:100
  mmtui compare all --strategy skew --strategy my.py:MyMaker --jobs 2
  mmtui compare skew --strategy skew --sizes 1,2,4
  mmtui compare skew -s skew -s 'tight=skew[half_spread=0.5]' -s 'wide=skew[half_spread=3]'
  mmtui compare skew -s skew -s my.py:MyMaker --duel touch --set market.value.sigma=2
  mmtui compare skew -s fixed -s skew --measure pnl --format csv --out verdict.csv
  mmtui compare skew trend -s skew --agent 'mine=python3 agent.py' --seeds 1:20 --seconds 120

\b
Measures:
""" + "".join(f"  {name:12}  {measure.about}\n" for name, measure in MEASURES.items())


measure_option = click.option(
    "--measure", type=click.Choice([*MEASURES]), default="score", show_default=True, help="What decides."
)


@click.command(epilog=_EPILOG)
@click.argument("level", nargs=-1, required=True)
@strategies_option(f"One or more; the first is the base. {STRATEGY}")
@batch_options("1:50")
@store_option
@click.option("--sizes", default="1", show_default=True, metavar="1,2,4", help="Multiples of each strategy's size.")
@measure_option
@click.option(
    "--agent",
    "agents",
    multiple=True,
    metavar="[NAME=]PROGRAM",
    help="A program that plays by the protocol, too.",
)
@click.option("--seconds", type=Number(0.1, 86_400), default=60.0, show_default=True, help="For an agent, a session.")
@click.option("--lines", type=whole(1, 10**9), default=100_000, show_default=True, help="For an agent, a session.")
@output_options
def command(
    level: tuple[str, ...],
    strategies: tuple[str, ...],
    seeds: str,
    settings: tuple[str, ...],
    duel: str | None,
    store: Path | None,
    sizes: str,
    measure: str,
    agents: tuple[str, ...],
    seconds: float,
    lines: int,
    output: Output,
    **workers: Any,
) -> int:
    """Compare strategies with the first one, paired over the same seeds of each LEVEL.

    Differences are the strategy's mean less the base's. One measure decides; the others say why. p is corrected
    (Holm) for all pairs and levels, and that of the others for their number too. With --sizes, each strategy is also
    compared with itself at the first size.

    An --agent is started anew for each session, says its lines on standard output and is answered on standard input, as
    `mmtui docs protocol` has it. One that ends early, or whose budget does, has left its market there.
    """
    overrides, parameters = overrides_from(settings)
    levels, drawn, times = find_levels(level, overrides, duel), seeds_from(seeds), _sizes(sizes)
    chosen = strategies_from(strategies, parameters)
    programs = _programs(agents, [variant_name(spec) for spec, _ in chosen])
    if len(chosen) * len(times) + len(programs) < 2:
        raise InputError(
            "--strategy: expected two strategies or more, the first of which the others are compared with, or --sizes"
        )
    if programs and times[1:]:
        raise InputError("--sizes: expected one size beside --agent, whose size is its own")
    if len(drawn) < 2:
        raise InputError(f"--seeds {seeds}: expected at least two seeds")
    check_measure(measure, len(drawn))
    batches = sized_batches(levels, chosen, drawn, times)
    if times[1:]:
        _warn_of_caps(levels, chosen, times)
    with store_or_none(store) as kept, Sessions() as sessions:
        # A program that cannot be started is noticed before strategies have run.
        results = chain(
            _played(programs, levels, drawn, Budget(seconds, lines)), run_batches(batches, **workers, store=kept)
        )
        total = sum(map(len, batches)) + len(programs) * len(levels) * len(drawn)
        names = [*(variant_name(spec) for spec, _ in chosen), *(program.name for program in programs)]
        rows = compare(sessions.watch(results, total), names, times, measure)
    output.write(rows, Comparison, _write_table)
    return int(sessions.failed > 0)


_SIZE = Number(1e-6, 1e6)


def _sizes(text: str) -> list[float]:
    """Read ``1,2,4``. Raises InputError."""
    sizes: list[float] = [_SIZE.read("--sizes", text, part) for part in text.split(",")]
    if len(set(sizes)) < len(sizes):
        raise InputError(f"--sizes {shortened(text)}: expected different numbers with commas between them")
    return sizes


def _programs(agents: Sequence[str], taken: Sequence[str]) -> list[Program]:
    """Read ``[NAME=]PROGRAM``. Raises InputError."""
    found: list[Program] = []
    for agent in agents:
        named = re.fullmatch(r"([\w-]+)=(.+)", agent, re.DOTALL)
        name, line = named.groups() if named else (f"agent-{len(found) + 1}", agent)
        try:
            words = split(line, posix=os.name == "posix")
        except ValueError as error:
            raise InputError(f"--agent {shortened(agent)}: {str(error).lower()}") from None
        if not words:
            raise InputError(f"--agent {shortened(agent)}: expected a program")
        if name in (*taken, *(program.name for program in found)):
            raise InputError(f"--agent {shortened(agent)}: two are called {name!r}; expected each name once")
        found.append(Program(name, tuple(words)))
    return found


def _played(
    programs: Sequence[Program], levels: Sequence[Level], seeds: Sequence[int], budget: Budget
) -> Iterator[Result]:
    for result, why in play_programs(programs, levels, seeds, budget):
        if why:
            click.echo(f"{result.level}, seed {result.seed}: {result.strategy}: {why}", err=True)
        yield result


def _warn_of_caps(levels: Sequence[Level], chosen: Sequence[tuple[str, Params]], times: Sequence[float]) -> None:
    for level in levels:
        rules = rules_of(level)
        for spec, params in chosen:
            most = size_of(spec, params, rules) * max(times)
            if most > rules.max_order:
                click.echo(
                    f"{level.id}: {spec} would quote {most:g} lots, but the largest order is {rules.max_order}",
                    err=True,
                )


def _write_table(rows: Sequence[Comparison], stream: IO[str]) -> None:
    screen = console(160, stream)
    for (level, strategy, baseline), group in groupby(rows, lambda row: (row.level, row.strategy, row.baseline)):
        pair = list(group)
        screen.print(f"{level}: {strategy} against {baseline}", style="bold")
        screen.print(table(_COLUMNS, map(_cells, pair), screen.width))
        screen.print(f"{pair[0].words}.\n")
    if any(row.measure == PER_SIZE for row in rows):
        screen.print(f"{PER_SIZE} is PnL over the multiple of the size: what each lot of it makes.")
    decides = rows[0].measure
    pairs = sum(row.measure == decides for row in rows)
    if pairs > 1:
        screen.print(
            f"p is corrected (Holm): of {decides} for {pairs} comparisons, of the others for {len(rows) - pairs}."
        )


_COLUMNS = (
    TableColumn("measure", left=True),
    TableColumn("mean"),
    TableColumn("base's", 100),
    TableColumn("difference"),
    TableColumn("95% interval"),
    TableColumn("bootstrap", 140),
    TableColumn("better on", 120),
    TableColumn("p"),
    TableColumn("verdict", left=True),
    TableColumn("seeds for 80%", 120),
)


def _cells(row: Comparison) -> list[str]:
    return [
        row.measure,
        f"{row.mean:,.2f}",
        f"{row.against:,.2f}",
        f"{row.difference:+,.2f}",
        f"{row.low:+,.2f} … {row.high:+,.2f}",
        f"{row.bootstrap_low:+,.2f} … {row.bootstrap_high:+,.2f}",
        "" if row.win_rate is None else f"{row.win_rate:.0%}",
        f"{row.p:.3f}",
        row.verdict,
        f"{row.seeds_needed:,}" if row.seeds_needed else "",
    ]

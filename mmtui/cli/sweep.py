"""``mmtui sweep``: a strategy at many points of its parameters."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from platformdirs import user_cache_path

from mmtui.cli.arguments import (
    batch_options,
    overrides_from,
    seeds_from,
    store_option,
    strategies_from,
    strategy_option,
)
from mmtui.cli.compare import measure_option
from mmtui.cli.number import whole
from mmtui.cli.output import Output, output_options
from mmtui.cli.progress import Sessions
from mmtui.cli.tables import TableColumn, console, table
from mmtui.errors import InputError
from mmtui.lab.runs.batch import find_levels
from mmtui.lab.runs.store import opened_store
from mmtui.lab.statistics.paired import MEASURES, check_measure
from mmtui.lab.sweeps.heat import heat_map
from mmtui.lab.sweeps.space import MOST_POINTS, Axis, AxisValue, Draw, parse_axis, points
from mmtui.lab.sweeps.sweep import SweepPoint, sweep
from mmtui.strategies.variants import variant, written

if TYPE_CHECKING:
    from rich.console import Console

_EPILOG = """\b
Examples:
  mmtui sweep skew --strategy skew --grid half_spread=0.5,1,1.5 --grid skew=0.05,0.1,0.2
  mmtui sweep skew -s skew --grid half_spread=0.5:3 --grid skew=0.01:1:log --sobol 32 --jobs 2
  mmtui sweep skew -s my.py:MyMaker --grid size=1,2,4 --seeds 1:50 --format csv --out sweep.csv

\b
Finished sessions are kept in --store, by level, strategy and its code, parameters, seed and mmtui itself: the same
command again, or with more seeds or points, runs only what is missing, also after Ctrl-C.
"""
#: Cells are coloured from the worst to the best: dark violet, blue, green, yellow.
_RAMP = ((68, 1, 84), (59, 82, 139), (33, 144, 140), (93, 200, 99), (253, 231, 37))


@click.command(epilog=_EPILOG)
@click.argument("level")
@strategy_option
@click.option(
    "--grid", "grid", multiple=True, required=True, metavar="KEY=V1,V2,...", help="Values, or LO:HI or LO:HI:log."
)
@click.option("--random", "drawn", type=whole(1, MOST_POINTS), help="Try N points drawn at random.")
@click.option("--sobol", "spread", type=whole(1, MOST_POINTS), help="Try N points spread evenly.")
@batch_options("1:20")
@measure_option
@store_option
@output_options
def command(
    level: str,
    strategy: str,
    grid: tuple[str, ...],
    drawn: int | None,
    spread: int | None,
    seeds: str,
    settings: tuple[str, ...],
    duel: str | None,
    measure: str,
    store: Path | None,
    output: Output,
    **workers: Any,
) -> int:
    """Run a strategy on LEVEL at many points of its parameters, each on the same seeds, and rank the points.

    The best point was chosen on these seeds, so its own figure flatters it: the last line confirms it on others.
    """
    if drawn and spread:
        raise InputError("--random and --sobol: expected one of them")
    overrides, parameters = overrides_from(settings)
    [found] = find_levels([level], overrides, duel)
    [(_, params)] = strategies_from([strategy], parameters)
    axes = [parse_axis(strategy, text) for text in grid]
    draw: Draw = "sobol" if spread else "random" if drawn else "grid"
    check_measure(measure, len(seeds_from(seeds)))
    chosen, over = points(axes, draw, spread or drawn or 0), seeds_from(seeds)
    folder = store or user_cache_path("mmtui") / "sweeps"
    with opened_store(folder) as kept, Sessions() as sessions:
        given: dict[str, Any] = {"params": params, "store": kept, "measure": measure, "watch": sessions.watch}
        try:
            ranked = sweep(found, strategy, chosen, over, **given, **workers)
        except KeyboardInterrupt:
            click.echo(f"What is finished is kept in {folder}: the same command goes on from there.", err=True)
            raise
    confirm = _confirmation(level, strategy, ranked[0], over, settings, duel, measure)
    output.write(ranked, SweepPoint, partial(_write_table, axes=axes, measure=measure, confirm=confirm))
    return int(sessions.failed > 0)


def _confirmation(
    level: str, strategy: str, best: SweepPoint, seeds: range, settings: Sequence[str], duel: str | None, measure: str
) -> str:
    """The command that compares the best point with the strategy as it was on as many seeds after those."""
    _, base, own = variant(strategy)
    winner = "winner=" + written(base, {**own, **best.point})
    fresh = f"{seeds.stop}:{seeds.stop + max(2, len(seeds)) - 1}"
    words = ["mmtui", "compare", level, "-s", strategy, "-s", winner, "--seeds", fresh]
    for setting in settings:
        words += ["--set", setting]
    words += ["--duel", duel] if duel is not None else []
    words += ["--measure", measure] if measure != "score" else []
    return shlex.join(words)


def _write_table(
    ranked: Sequence[SweepPoint], stream: IO[str], axes: Sequence[Axis], measure: str, confirm: str
) -> None:
    screen = console(160, stream)
    columns = [*(TableColumn(axis.key) for axis in axes), *_COLUMNS]
    rows = [[*(_value(point.point[axis.key]) for axis in axes), *_cells(point)] for point in ranked]
    screen.print(table(columns, rows, screen.width))
    _draw(screen, ranked, axes, measure)
    first = ranked[0]
    ran = f"{first.level}: {first.strategy} at {len(ranked)} points over {first.seeds} seeds"
    screen.print(f"\n{ran}; behind the best in {measure}. To confirm the best on fresh seeds:", soft_wrap=True)
    screen.print(f"  {confirm}", soft_wrap=True, markup=False)


_COLUMNS = (
    TableColumn("score"),
    TableColumn("sd", 100),
    TableColumn("PnL"),
    TableColumn("sd", 100),
    TableColumn("sharpe", 140),
    TableColumn("drawdown", 140),
    TableColumn("mean |q|"),
    TableColumn("10 s", 120),
    TableColumn("fills", 140),
    TableColumn("present", 120),
    TableColumn("behind"),
    TableColumn("the best is", left=True),
)


def _cells(point: SweepPoint) -> list[str]:
    return [
        f"{point.score:.1f}",
        _number(point.score_sd, ".1f"),
        f"{point.pnl:,.1f}",
        _number(point.pnl_sd, ",.1f"),
        _number(point.sharpe, ".2f"),
        f"{point.drawdown:,.1f}",
        f"{point.mean_abs:.1f}",
        _number(point.markout_10s, "+.2f"),
        f"{point.fills:.0f}",
        f"{point.presence:.0%}",
        "" if point.verdict == "best" else _number(point.behind, ",.2f") or "–",
        "this one" if point.verdict == "best" else point.verdict or "",
    ]


def _draw(screen: Console, ranked: Sequence[SweepPoint], axes: Sequence[Axis], measure: str) -> None:
    """Print the heat map over the first two parameters, with numbers in the cells."""
    from rich.text import Text

    across, down = (axes[0], None) if len(axes) == 1 else (axes[1], axes[0])
    values = [(point.point, value) for point in ranked if (value := getattr(point, measure)) is not None]
    if not values:
        return
    found = heat_map(values, across, down)
    shown = [cell for row in found.cells for cell in row if cell is not None]
    low, high = min(shown), max(shown)
    rest = ", mean over the rest" if len(axes) > 2 else ""
    screen.print(f"\n{measure}, {f'{down.key} down, ' if down else ''}{across.key} across{rest}")

    def drawn(cell: float | None) -> Text:
        if cell is None:
            return Text("")
        share = 0.5 if high == low else (cell - low) / (high - low)
        return Text(f" {cell:,.1f} ", _colour(share if MEASURES[measure].better > 0 else 1 - share))

    headings = [TableColumn("", style="dim"), *(TableColumn(f" {label} ") for label in found.across)]
    lines = zip(found.down, found.cells, strict=True)
    heat = table(headings, [(f"{label} ", *map(drawn, line)) for label, line in lines])
    heat.padding, heat.header_style = 0, "dim"
    screen.print(heat)


def _colour(share: float) -> str:
    """Returns the style of a cell, from the worst, 0, to the best, 1."""
    place = share * (len(_RAMP) - 1)
    first = min(len(_RAMP) - 2, int(place))
    mixed = [round(a + (b - a) * (place - first)) for a, b in zip(_RAMP[first], _RAMP[first + 1], strict=True)]
    ink = "black" if share > 0.5 else "white"
    return f"{ink} on rgb({mixed[0]},{mixed[1]},{mixed[2]})"


def _value(value: AxisValue) -> str:
    return "auto" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)

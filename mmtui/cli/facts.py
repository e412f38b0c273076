"""``mmtui facts``: the stylised facts of the background markets, beside those they were calibrated to."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import msgspec

from mmtui.cli.arguments import SEED, format_option, jobs_option
from mmtui.cli.fact_rows import GROUPS, REFERENCE, ROWS, cell, values_of
from mmtui.cli.number import whole
from mmtui.cli.output import write_json
from mmtui.cli.tables import TableColumn, console, table
from mmtui.cli.terminal import styled
from mmtui.errors import InputError
from mmtui.lab.research.fact_bands import CLUSTERING, FactBand, bands_of
from mmtui.lab.research.facts import DayFacts, DayTask, Facts, facts, measure_days
from mmtui.lab.research.recorded_day import control as control_of
from mmtui.level.level import load_level, load_preset, market_presets
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.hedges.instruments import HedgeSpec

#: The level from which a future has its index.
_PAIRS = {"index-20000": "index-future"}

_EPILOG = """\b
Examples:
  mmtui facts --jobs 2
  mmtui facts us-100 --days 20 --seed 100 --format json
  mmtui facts --control --days 5
"""


@click.command(epilog=_EPILOG)
@click.argument("preset", nargs=-1)
@click.option("--days", type=whole(1, 10_000), default=20, show_default=True, help="Days of each market.")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Seed of the first day.")
@jobs_option
@click.option("--control", is_flag=True, help="The same around a plain Brownian value, which must not pass.")
@format_option("table", "json")
def command(preset: tuple[str, ...], days: int, seed: int, jobs: int, control: bool, form: str) -> int:
    """Measure the stylised facts of background markets, without a maker, beside those they were calibrated to.

    PRESET is a named market (all of them if none is named), judged by bands that are meant for 20 days or more: of
    returns and flow, of impact (metaorders, blocks and round trips on the same seeds with and without them), of places
    in the queue, and of index and future. Exit code 1 when a market is outside one of them. With --control, which takes
    away changing volatility and jumps, exit code 1 when one is inside a band that these are there for: then the bands
    prove nothing.
    """
    presets = list(dict.fromkeys(preset)) or list(REFERENCE)
    for name in presets:
        if name not in market_presets():
            raise InputError(f"{name}: no such market; expected one of {', '.join(market_presets())}")
    markets = [market_of(name) for name in presets]
    tasks = [
        DayTask(control_of(spec) if control else spec, seed + day, hedges)
        for spec, hedges in markets
        for day in range(days)
    ]
    with _progress(measure_days(tasks, jobs), len(tasks)) as measures:
        measured = list(measures)
    found = {name: facts(measured[at * days : (at + 1) * days]) for at, name in enumerate(presets)}
    if form == "json":
        write_json({name: _record(name, days, each) for name, each in found.items()})
    else:
        _print_tables(found)
    if control:
        return int(any(band.holds(each) for each in found.values() for band in CLUSTERING))
    return int(not all(band.holds(each) for name, each in found.items() for band in bands_of(name)))


def market_of(name: str) -> tuple[BookMarketSpec, tuple[HedgeSpec, ...]]:
    """Returns a named market and its hedge instruments: a future has its index, and their arbitrageur, from a level."""
    spec = load_preset(name)
    if name not in _PAIRS:
        return spec, ()
    level = load_level(_PAIRS[name])
    assert isinstance(level.market, BookMarketSpec)
    return msgspec.structs.replace(spec, arbitrageur=level.market.arbitrageur), level.hedges


@contextmanager
def _progress(measures: Iterator[DayFacts], total: int) -> Iterator[Iterable[DayFacts]]:
    if sys.stderr.isatty():
        with click.progressbar(measures, length=total, file=styled(sys.stderr)) as shown:
            yield shown
    else:
        yield measures


def _record(name: str, days: int, found: Facts) -> dict[str, Any]:
    values = values_of(found)
    return {
        "days": days,
        "facts": {
            row.key: {"mean": values[row.key][0], "sd": values[row.key][1], "reference": row.reference_of(name)}
            for row in ROWS
            if row.key in values
        },
        "bands": [
            {
                "band": band.name,
                "low": band.low,
                "high": band.high,
                "value": float(band.value(found)),
                "holds": band.holds(found),
            }
            for band in bands_of(name)
        ],
    }


def _print_tables(found: dict[str, Facts]) -> None:
    screen = console(120)
    values = {name: values_of(each) for name, each in found.items()}
    # With many markets there is room for the means alone.
    wide = len(found) < 3
    columns = [TableColumn("mean over days", left=True)]
    for name in found:
        columns += [TableColumn(name), *[TableColumn("sd", style="dim")] * wide, TableColumn("reference", style="dim")]
    cells = []
    for group, rows in GROUPS.items():
        shown = [row for row in rows if any(row.key in each for each in values.values())]
        if shown:
            cells.append([f"[bold]{group}[/bold]", *[""] * (len(columns) - 1)])
        for row in shown:
            line = [row.words]
            for name, each in values.items():
                mean, sd = each.get(row.key, (None, None))
                spread = [cell(sd, row.form.removeprefix("+"))] * wide
                line += [row.cell(mean), *spread, row.cell(row.reference_of(name))]
            cells.append(line)
    screen.print(table(columns, cells, wrap=True))
    screen.print()
    bands = {(band.name, _span(band)): None for name in found for band in bands_of(name)}
    columns = [TableColumn("bands", left=True), TableColumn("", left=True), *map(TableColumn, found)]
    judged = {
        name: {(band.name, _span(band)): _verdict(band, found[name]) for band in bands_of(name)} for name in found
    }
    cells = [[*band, *(judged[name].get(band, "") for name in found)] for band in bands]
    screen.print(table(columns, cells, wrap=True))


def _verdict(band: FactBand, found: Facts) -> str:
    value = cell(band.value(found), ".3f")
    return f"[green]{value}  holds[/green]" if band.holds(found) else f"[bold red]{value}  fails[/bold red]"


def _span(band: FactBand) -> str:
    if math.isinf(band.low):
        return f"< {band.high:g}"
    return f"> {band.low:g}" if math.isinf(band.high) else f"{band.low:g} … {band.high:g}"

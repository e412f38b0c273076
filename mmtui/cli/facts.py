"""``mmtui facts``: the stylised facts of the background markets, beside those they were calibrated to."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from mmtui.errors import InputError
from mmtui.lab.research.facts import BANDS, CLUSTERING, DayFacts, FactBand, Facts, facts, measure_days
from mmtui.lab.research.recorded_day import control as control_of
from mmtui.level.level import load_preset, market_presets

#: The market that the bands are for.
_JUDGED = "us-100"

_EPILOG = """\b
Examples:
  mmtui facts --jobs 2
  mmtui facts us-100 --days 20 --seed 100 --format json
  mmtui facts --control --days 5
"""

#: What is shown: key, in words, and how it is printed.
ROWS: tuple[tuple[str, str, str], ...] = (
    ("spread", "spread, ticks", ".2f"),
    ("spread_1", "  share at 1 tick", ".2f"),
    ("spread_2", "  share at 2 ticks", ".2f"),
    ("spread_3", "  share at 3 ticks", ".2f"),
    ("depth", "touch depth, lots", ".1f"),
    ("limits", "noise limits a second", ".2f"),
    ("cancels", "noise cancels a second", ".2f"),
    ("trades", "trades a second", ".2f"),
    ("noise", "  by noise", ".2f"),
    ("informed", "  by informed", ".2f"),
    ("snipe", "  by sniping rivals", ".2f"),
    ("momentum", "  by momentum", ".2f"),
    ("volatility", "1 s volatility, ticks", ".2f"),
    ("signature", "signature 1 s / 60 s", ".2f"),
    ("acf_1s", "return ACF(1) at 1 s", ".2f"),
    ("acf_60s", "return ACF(1) at 60 s", ".2f"),
    ("kurtosis_10s", "excess kurtosis at 10 s", ".1f"),
    ("kurtosis_60s", "excess kurtosis at 60 s", ".1f"),
    ("kurtosis_300s", "excess kurtosis at 300 s", ".1f"),
    ("median_kurtosis_10s", "  median at 10 s", ".1f"),
    ("median_kurtosis_60s", "  median at 60 s", ".1f"),
    ("median_kurtosis_300s", "  median at 300 s", ".1f"),
    ("abs_acf_1", "ACF of |10 s returns|, lag 1", ".2f"),
    ("abs_acf_20", "ACF of |10 s returns|, lag 20", ".2f"),
    ("sign_acf", "trade-sign ACF(1)", ".3f"),
    ("sign_decay", "trade-sign decay exponent", ".2f"),
    ("impact_exponent", "impact exponent", ".2f"),
    ("markout_noise", "maker's 10 s markout, noise", "+.2f"),
    ("markout_informed", "maker's 10 s markout, informed", "+.2f"),
)

#: Calibration figures: means over 200 days, in the order of the rows. How the prototype estimated the decay and
#: impact exponents is not recorded, so those two only compare roughly. None: not estimated.
REFERENCE: dict[str, tuple[float | None, ...]] = {
    "us-100": (
        *(2.38, 0.24, 0.28, 0.36, 5.8, 2.40, 1.83, 1.59, 0.76, 0.19, 0.05, 0.01, 1.02, 1.03, 0.00, 0.00),
        *(7.6, 4.6, 2.8, 6.7, 3.7, 2.0, 0.22, 0.17, 0.119, 0.60, 0.35, 1.28, -0.62),
    ),
    "hk-50-fine": (
        *(2.08, 0.30, 0.35, 0.35, 9.9, 1.60, 1.27, 0.90, 0.78, 0.18, 0.03, 0.01, 0.69, 1.08, -0.01, -0.01),
        *(6.7, 4.4, 2.5, 6.0, 3.4, 1.6, 0.19, 0.15, 0.123, 0.57, 0.51, 1.13, -0.52),
    ),
    "hk-50": (
        *(1.49, 0.53, 0.45, 0.02, 23.7, 2.00, 1.69, 0.77, 0.83, 0.15, 0.02, 0.00, 0.39, 1.21, -0.05, -0.02),
        *(5.0, 4.2, 2.5, 4.5, 3.0, 1.6, 0.16, 0.11, 0.131, 0.56, None, 0.81, -0.14),
    ),
}


@click.command(epilog=_EPILOG, short_help="Stylised facts of the markets, and whether they hold.")
@click.argument("preset", nargs=-1)
@click.option("--days", type=click.IntRange(1), default=20, show_default=True, help="Days of each market.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the first day.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Processes to use.")
@click.option("--control", is_flag=True, help="The same around a plain Brownian value, which must not pass.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
def command(preset: tuple[str, ...], days: int, seed: int, jobs: int, control: bool, form: str) -> int:
    """Measure the stylised facts of background markets, without a maker, beside those they were calibrated to.

    PRESET is a named market (all of them if none is named); us-100 is also judged by bands, meant for 20 days or
    more. Exit code 1 when it is outside one of them. With --control, which takes away changing volatility and jumps,
    exit code 1 when it is inside a band that these are there for: then the bands prove nothing.
    """
    presets = list(dict.fromkeys(preset)) or [name for name in REFERENCE if name in market_presets()]
    for name in presets:
        if name not in market_presets():
            raise InputError(f"{name}: no such market; expected one of {', '.join(market_presets())}")
    specs = [control_of(spec) if control else spec for spec in map(load_preset, presets)]
    tasks = [(spec, seed + day) for spec in specs for day in range(days)]
    with _progress(measure_days(tasks, jobs), len(tasks)) as measures:
        measured = list(measures)
    found = {name: facts(measured[at * days : (at + 1) * days]) for at, name in enumerate(presets)}
    judged = found.get(_JUDGED)
    if form == "json":
        click.echo(json.dumps({name: _record(name, days, facts) for name, facts in found.items()}, indent=1))
    else:
        _print_tables(found, judged)
    if judged is None:
        return 0
    if control:
        return int(any(band.holds(judged) for band in CLUSTERING))
    return int(not all(band.holds(judged) for band in BANDS))


@contextmanager
def _progress(measures: Iterator[DayFacts], total: int) -> Iterator[Iterable[DayFacts]]:
    if sys.stderr.isatty():
        with click.progressbar(measures, length=total, file=sys.stderr) as shown:
            yield shown
    else:
        yield measures


def figures_of(found: Facts) -> dict[str, tuple[float, float]]:
    """Mean (or median, or estimate from all days) and standard deviation across days of each row."""
    figures = {name: (fact.mean, fact.sd) for name, fact in found.facts.items()}
    for step in (10, 60, 300):
        figures[f"median_kurtosis_{step}s"] = found[f"kurtosis_{step}s"].median, math.nan
    for lag in (1, 20):
        figures[f"abs_acf_{lag}"] = found.abs_acf[lag - 1].mean, found.abs_acf[lag - 1].sd
    figures["sign_decay"] = found.sign_decay, math.nan
    figures["impact_exponent"] = found.impact_exponent, math.nan
    return figures


def _reference(name: str) -> Sequence[float | None]:
    return REFERENCE.get(name) or (None,) * len(ROWS)


def _record(name: str, days: int, found: Facts) -> dict[str, Any]:
    figures = figures_of(found)
    record: dict[str, Any] = {
        "days": days,
        "facts": {
            key: {"mean": _finite(figures[key][0]), "sd": _finite(figures[key][1]), "reference": reference}
            for (key, _, _), reference in zip(ROWS, _reference(name), strict=True)
        },
    }
    if name == _JUDGED:
        record["bands"] = [
            {
                "band": band.name,
                "low": _finite(band.low),
                "high": _finite(band.high),
                "value": _finite(band.value(found)),
                "holds": band.holds(found),
            }
            for band in BANDS
        ]
    return record


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _print_tables(found: dict[str, Facts], judged: Facts | None) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("mean over days")
    for name in found:
        table.add_column(name, justify="right")
        table.add_column("sd", justify="right", style="dim")
        table.add_column("reference", justify="right")
    columns = [(figures_of(facts), _reference(name)) for name, facts in found.items()]
    for row, (key, words, form) in enumerate(ROWS):
        cells: list[str] = []
        for figures, reference in columns:
            mean, sd = figures[key]
            cells += [cell(mean, form), cell(sd, form.removeprefix("+")), cell(reference[row], form)]
        table.add_row(words, *cells)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    if judged is not None:
        console.print()
        console.print(_band_table(judged))


def _band_table(judged: Facts) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(f"bands of {_JUDGED}")
    table.add_column("value", justify="right")
    table.add_column("band", justify="right")
    table.add_column("")
    for band in BANDS:
        holds = band.holds(judged)
        verdict = "[green]holds[/green]" if holds else "[bold red]fails[/bold red]"
        table.add_row(band.name, cell(band.value(judged), ".3f"), _span(band), verdict)
    return table


def _span(band: FactBand) -> str:
    if math.isinf(band.low):
        return f"< {band.high:g}"
    return f"> {band.low:g}" if math.isinf(band.high) else f"{band.low:g} … {band.high:g}"


def cell(number: float | None, form: str) -> str:
    """A figure for the table; a dash for one that is not there."""
    return "–" if number is None or not math.isfinite(number) else format(number, form)

"""``mmtui facts``: the stylised facts of the background markets, beside those they were calibrated to."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from mmtui.cli.arguments import SEED, format_option, jobs_option
from mmtui.cli.number import whole
from mmtui.cli.output import write_json
from mmtui.cli.tables import TableColumn, console, table
from mmtui.cli.terminal import styled
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


class FactRow(NamedTuple):
    """A fact in the table: key, description, format, and the values of the markets of ``REFERENCE``."""

    key: str
    words: str
    form: str
    reference: tuple[float | None, ...]

    def cell(self, number: float | None) -> str:
        """Returns a value as it is printed; a dash for a missing one."""
        return cell(number, self.form)


#: Markets with reference values, means over 200 days. How the prototype estimated the decay and impact exponents is
#: not recorded, so those two compare only roughly. None: not estimated.
REFERENCE = ("us-100", "hk-50-fine", "hk-45")
ROWS = (
    FactRow("spread", "spread, ticks", ".2f", (2.38, 2.08, 1.49)),
    FactRow("spread_1", "  share at 1 tick", ".2f", (0.24, 0.30, 0.53)),
    FactRow("spread_2", "  share at 2 ticks", ".2f", (0.28, 0.35, 0.45)),
    FactRow("spread_3", "  share at 3 ticks", ".2f", (0.36, 0.35, 0.02)),
    FactRow("depth", "touch depth, lots", ".1f", (5.8, 9.9, 23.7)),
    FactRow("limits", "noise limits a second", ".2f", (2.40, 1.60, 2.00)),
    FactRow("cancels", "noise cancels a second", ".2f", (1.83, 1.27, 1.69)),
    FactRow("trades", "trades a second", ".2f", (1.59, 0.90, 0.77)),
    FactRow("noise", "  by noise", ".2f", (0.76, 0.78, 0.83)),
    FactRow("informed", "  by informed", ".2f", (0.19, 0.18, 0.15)),
    FactRow("snipe", "  by sniping rivals", ".2f", (0.05, 0.03, 0.02)),
    FactRow("momentum", "  by momentum", ".2f", (0.01, 0.01, 0.00)),
    FactRow("volatility", "1 s volatility, ticks", ".2f", (1.02, 0.69, 0.39)),
    FactRow("signature", "signature 1 s / 60 s", ".2f", (1.03, 1.08, 1.21)),
    FactRow("acf_1s", "return ACF(1) at 1 s", ".2f", (0.00, -0.01, -0.05)),
    FactRow("acf_60s", "return ACF(1) at 60 s", ".2f", (0.00, -0.01, -0.02)),
    FactRow("kurtosis_10s", "excess kurtosis at 10 s", ".1f", (7.6, 6.7, 5.0)),
    FactRow("kurtosis_60s", "excess kurtosis at 60 s", ".1f", (4.6, 4.4, 4.2)),
    FactRow("kurtosis_300s", "excess kurtosis at 300 s", ".1f", (2.8, 2.5, 2.5)),
    FactRow("median_kurtosis_10s", "  median at 10 s", ".1f", (6.7, 6.0, 4.5)),
    FactRow("median_kurtosis_60s", "  median at 60 s", ".1f", (3.7, 3.4, 3.0)),
    FactRow("median_kurtosis_300s", "  median at 300 s", ".1f", (2.0, 1.6, 1.6)),
    FactRow("abs_acf_1", "ACF of |10 s returns|, lag 1", ".2f", (0.22, 0.19, 0.16)),
    FactRow("abs_acf_20", "ACF of |10 s returns|, lag 20", ".2f", (0.17, 0.15, 0.11)),
    FactRow("sign_acf", "trade-sign ACF(1)", ".3f", (0.119, 0.123, 0.131)),
    FactRow("sign_decay", "trade-sign decay exponent", ".2f", (0.60, 0.57, 0.56)),
    FactRow("impact_exponent", "impact exponent", ".2f", (0.35, 0.51, None)),
    FactRow("markout_noise", "maker's 10 s markout, noise", "+.2f", (1.28, 1.13, 0.81)),
    FactRow("markout_informed", "maker's 10 s markout, informed", "+.2f", (-0.62, -0.52, -0.14)),
)


@click.command(epilog=_EPILOG)
@click.argument("preset", nargs=-1)
@click.option("--days", type=whole(1, 10_000), default=20, show_default=True, help="Days of each market.")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Seed of the first day.")
@jobs_option
@click.option("--control", is_flag=True, help="The same around a plain Brownian value, which must not pass.")
@format_option("table", "json")
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
        write_json({name: _record(name, days, facts) for name, facts in found.items()})
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
        with click.progressbar(measures, length=total, file=styled(sys.stderr)) as shown:
            yield shown
    else:
        yield measures


def values_of(found: Facts) -> dict[str, tuple[float, float]]:
    """Returns mean (or median, or estimate from all days) and standard deviation across days, by key."""
    values = {name: (fact.mean, fact.sd) for name, fact in found.facts.items()}
    for step in (10, 60, 300):
        values[f"median_kurtosis_{step}s"] = found[f"kurtosis_{step}s"].median, math.nan
    for lag in (1, 20):
        values[f"abs_acf_{lag}"] = found.abs_acf[lag - 1].mean, found.abs_acf[lag - 1].sd
    values["sign_decay"] = found.sign_decay, math.nan
    values["impact_exponent"] = found.impact_exponent, math.nan
    return values


def _reference(name: str, row: FactRow) -> float | None:
    return row.reference[REFERENCE.index(name)] if name in REFERENCE else None


def _record(name: str, days: int, found: Facts) -> dict[str, Any]:
    values = values_of(found)
    record: dict[str, Any] = {
        "days": days,
        "facts": {
            row.key: {"mean": values[row.key][0], "sd": values[row.key][1], "reference": _reference(name, row)}
            for row in ROWS
        },
    }
    if name == _JUDGED:
        record["bands"] = [
            {
                "band": band.name,
                "low": band.low,
                "high": band.high,
                "value": float(band.value(found)),
                "holds": band.holds(found),
            }
            for band in BANDS
        ]
    return record


def _print_tables(found: dict[str, Facts], judged: Facts | None) -> None:
    columns, cells = [TableColumn("mean over days", left=True)], [[row.words] for row in ROWS]
    for name, market in found.items():
        columns += [TableColumn(name), TableColumn("sd", style="dim"), TableColumn("reference")]
        values = values_of(market)
        for row, line in zip(ROWS, cells, strict=True):
            mean, sd = values[row.key]
            line += [row.cell(mean), cell(sd, row.form.removeprefix("+")), row.cell(_reference(name, row))]
    screen = console(120)
    screen.print(table(columns, cells, wrap=True))
    if judged is not None:
        screen.print()
        columns = [TableColumn(f"bands of {_JUDGED}", left=True), TableColumn("value"), TableColumn("band")]
        bands = [(band.name, cell(band.value(judged), ".3f"), _span(band), _verdict(band, judged)) for band in BANDS]
        screen.print(table([*columns, TableColumn("", left=True)], bands, wrap=True))


def _verdict(band: FactBand, judged: Facts) -> str:
    return "[green]holds[/green]" if band.holds(judged) else "[bold red]fails[/bold red]"


def _span(band: FactBand) -> str:
    if math.isinf(band.low):
        return f"< {band.high:g}"
    return f"> {band.low:g}" if math.isinf(band.high) else f"{band.low:g} … {band.high:g}"


def cell(number: float | None, form: str) -> str:
    """Returns a value as it is printed; a dash for a missing one."""
    return "–" if number is None or not math.isfinite(number) else format(number, form)

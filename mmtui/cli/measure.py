"""``mmtui measure``: what a recorded price is like, and whether two go together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from mmtui.cli.arguments import format_option, price_columns
from mmtui.cli.number import Number
from mmtui.cli.output import write_json
from mmtui.cli.tables import console, print_columns
from mmtui.lab.backtest.measures import (
    Autoregression,
    Measures,
    PairMeasures,
    Year,
    bars_of,
    measure,
    measure_pair,
    paired,
    rolling_volatility,
)
from mmtui.lab.backtest.price_rows import PriceColumns
from mmtui.lab.backtest.prices import read_prices
from mmtui.market.core.draws import Floats

_EPILOG = """\b
Examples:
  mmtui measure prices.csv
  mmtui measure prices.csv --step 60 --window 30
  mmtui measure hongkong.csv --days 246 --hours 5.5
  mmtui measure future.csv index.csv --lags 2
  mmtui measure future.csv index.csv --format json

\b
What is measured:
  volatility  the deviation of log returns, annualised by the bars in a year of trading
  Hurst       below 0.5 the price comes back, above it trends; the verdict allows for two deviations
  half-life   of a deviation from the mean, by the memory from bar to bar, less its bias
  pair        PRICES = intercept + ratio x OTHER by least squares; Engle and Granger's test of what is left,
              and how many deviations away from zero that is now (z)
"""


@click.command(epilog=_EPILOG)
@click.argument("prices", type=click.Path(path_type=Path))
@click.argument("other", type=click.Path(path_type=Path), required=False)
@click.option(
    "--step",
    type=Number(1e-3, 1e9),
    metavar="SECONDS",
    help="A bar's length; default: a row is a bar, or the usual distance of rows if that varies.",
)
@click.option(
    "--window", type=Number(2, 1e6, int), default=20, show_default=True, help="Bars of the recent volatility."
)
@click.option("--days", type=Number(1, 366), default=252.0, show_default=True, help="Trading days a year.")
@click.option("--hours", type=Number(0.01, 24), default=6.5, show_default=True, help="Trading hours a day.")
@click.option("--lags", type=Number(0, 1e5, int), default=0, show_default=True, help="Lagged differences in the test.")
@price_columns
@format_option("table", "json")
def command(
    prices: Path,
    other: Path | None,
    step: float | None,
    window: int,
    days: float,
    hours: float,
    lags: int,
    columns: PriceColumns,
    form: str,
) -> None:
    """Measure the volatility, Hurst exponent and half-life of PRICES, a file as backtest takes it.

    With OTHER also hedge ratio, cointegration and z-score of the two.
    """
    year = Year(days=days, hours=hours)
    files = [read_prices(path, columns) for path in (prices, other) if path is not None]
    for file in files:
        for note in file.notes:
            click.echo(f"{file.source}: {note}", err=True)
    bars = [bars_of(file, step) for file in files]
    found = [measure(file, its, window, year) for file, its in zip(files, bars, strict=True)]
    pair = None
    if len(files) == 2:
        y, x = paired(files[0], bars[0], files[1])
        pair = measure_pair(y, x, bars[0].length_s, lags)
    if form == "json":
        write_json({"prices": found, "pair": pair})
        return
    for one in found:
        print_columns(_rows(one))
    if pair is not None:
        print_columns(_pair_rows(pair))
        z = (y - pair.intercept - pair.hedge_ratio * x) / pair.deviation
        _plot("z, about 0 and ±2", [z, 0 * z, 0 * z + 2, 0 * z - 2], 10)
        return
    one, window = found[0], min(window, found[0].volatility.returns)
    _plot("price", [bars[0].values], 10)
    rolling = 100 * np.array(rolling_volatility(bars[0], window, one.bars_a_year))
    _plot(f"volatility over {window} bars, % a year", [rolling], 6)


def _rows(found: Measures) -> list[tuple[str, str]]:
    volatility, hurst = found.volatility, found.hurst
    recent = "" if volatility.recent is None else f"; over the last {volatility.window} bars {volatility.recent:.2%}"
    return [
        ("file", f"{found.file}: {found.bars:,} bars of {found.bar_s:g} s, {found.bars_a_year:,.0f} a year"),
        ("volatility", f"{volatility.annual:.2%} ± {volatility.error:.2%} a year{recent}"),
        (
            "Hurst",
            "needs 64 bars of a price that changes"
            if hurst is None
            else f"{hurst.h:.3f} ± {hurst.sd:.3f}: {hurst.verdict}",
        ),
        ("half-life", _half_life(found.reversion, found.bars * found.bar_s)),
    ]


def _pair_rows(pair: PairMeasures) -> list[tuple[str, str]]:
    verdict = "cointegrated" if pair.cointegrated else "no cointegration found"
    sign = "<" if pair.cointegrated else "≥"
    return [
        ("pair", f"{pair.bars:,} bars in both; their returns' correlation {pair.correlation:.3f}"),
        ("hedge ratio", f"{pair.hedge_ratio:.6g}, intercept {pair.intercept:.6g}"),
        ("Engle-Granger", f"t {pair.t:.2f} {sign} {pair.critical:.2f} (5%): {verdict}"),
        ("half-life", _half_life(pair.reversion, math.inf)),
        ("z-score", f"{pair.z:+.2f} deviations of {pair.deviation:.4g}"),
    ]


def _half_life(found: Autoregression | None, seconds: float) -> str:
    if found is None:
        return "the price never changes"
    if found.half_life_s is None:
        return "none: nothing reverts"
    # Of a random walk it comes out at some part of the file's length.
    doubt = "; a random walk shows as much" if found.half_life_s > seconds / 20 else ""
    return f"{found.half_life_s:,.4g} s{doubt}"


def _plot(title: str, values: Sequence[Floats], height: int) -> None:
    from rich.text import Text

    from mmtui.lab.backtest.plot import PlotLine, chart

    screen = console(100)
    lines = [PlotLine(each, "dim") for each in values[1:]] + [PlotLine(values[0], "bold cyan")]
    for line in (Text(title, "dim"), *chart(lines, [], screen.width, height)):
        screen.print(line, no_wrap=True)

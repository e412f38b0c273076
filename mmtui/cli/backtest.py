"""``mmtui backtest``: a strategy along a recorded price path."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import click

from mmtui.cli.arguments import (
    SEED,
    price_columns,
    strategies_from,
    strategy_option,
    strategy_settings_option,
    traceback_option,
)
from mmtui.cli.number import Number, whole
from mmtui.cli.output import Output, opened, write_json
from mmtui.cli.tables import console, print_columns
from mmtui.errors import InputError
from mmtui.lab.backtest.backtest import backtest
from mmtui.lab.backtest.model import Backtest, BacktestReport, PathStep, Setup
from mmtui.lab.backtest.price_rows import PriceColumns
from mmtui.lab.backtest.prices import read_prices
from mmtui.level.level import market_presets

_EPILOG = """\b
Examples:
  mmtui backtest prices.csv --strategy skew
  mmtui backtest prices.csv --strategy my.py:MyMaker --fill intensity --A 0.5 --k 20
  mmtui backtest prices.csv -s fixed --set half_spread=5 --fill coin --out steps.csv --plot
  mmtui backtest prices.csv -s avellaneda-stoikov --fill book --format json
  mmtui backtest ticks.parquet -s skew --time ts --bid bid_px --ask ask_px

\b
Fill models:
  coin       each side with the chance --chance in each step, by tosses of its own
  through    a bid when the next price is below it, an ask when it is above; with --touching, also at it
  intensity  with 1 - exp(-A exp(-k d) dt) at the distance d from the price
  book       a whole market (--market) whose traders know the path; orders wait in the queue

\b
A row of --out is a step: timestamp and price at its start; bid and ask, the quotes in it; bid_fill and ask_fill,
lots bought and sold; mark, what the books are valued at after it (the next price; the mid in the book);
position, cash and pnl = cash + position x lot x mark, and pnl = spread + position_pnl + hedge - fees.
"""


#: Of what is positive and has no scale of its own.
_POSITIVE = Number(1e-12, 1e12)


@click.command(epilog=_EPILOG)
@click.argument("prices", type=click.Path(path_type=Path))
@strategy_option
@price_columns
@click.option(
    "--fill",
    type=click.Choice(["coin", "through", "intensity", "book"]),
    default="through",
    show_default=True,
    help="What fills the quotes; see below.",
)
@strategy_settings_option
@click.option("--seed", type=SEED, default=1, show_default=True, help="Of the fill model.")
@click.option("--limit", type=whole(1, 10**9), default=10, show_default=True, help="Largest position, in lots.")
@click.option("--size", type=whole(1, 10**9), default=1, show_default=True, help="Largest quote, in lots.")
@click.option(
    "--tick",
    type=Number(1e-12, 1e12, Decimal),
    help="Price step; default: the step of the file's prices, if it shows one.",
)
@click.option("--lot", type=whole(1, 10**9), default=100, show_default=True, help="Shares in a lot.")
@click.option(
    "--spread",
    type=Number(1e-3, 1e6),
    help="Others' spread, in ticks; default: what a step moves.",
)
@click.option("--latency-ms", type=Number(0, 86_400_000), default=0.0, show_default=True, help="Order latency.")
@click.option("--fee-bps", type=Number(-10_000, 10_000), default=0.0, show_default=True, help="Fee of a fill.")
@click.option("--chance", type=Number(0, 1), default=0.5, show_default=True, help="coin: of a fill.")
@click.option("--touching", is_flag=True, help="through: a price at the quote fills it too.")
@click.option(
    "--A",
    "rate",
    type=_POSITIVE,
    help="intensity: orders/s a side; default: fitted.",
)
@click.option("--k", type=_POSITIVE, help="intensity: decay, 1/price; default: fitted.")
@click.option(
    "--market",
    "preset",
    type=click.Choice(market_presets()),
    default="us-100",
    show_default=True,
    help="book: the market around the path.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "parquet"]),
    help="What is printed, or written to --out: the summary (table, json) or a row a step (csv, parquet).",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write there; .csv and .parquet are rows, with a summary.")
@traceback_option
@click.option("--plot", is_flag=True, help="Draw price, quotes, fills and PnL.")
def command(
    prices: Path,
    strategy: str,
    settings: tuple[str, ...],
    columns: PriceColumns,
    form: str | None,
    out: Path | None,
    plot: bool,
    traceback: bool,  # noqa: ARG001 - the program's main function shows it
    **options: Any,
) -> None:
    """Run a strategy along PRICES: CSV, plain or gzipped, or Parquet, with a column of times and one of prices.

    Times are ISO, or seconds, milliseconds, microseconds or nanoseconds since 1970.

    Quotes are rounded to the tick and capped as in a level; the limit blocks only the side that would make the
    position larger. The same file, strategy and seed give the same rows.
    """
    rows, summary = _forms(form, out)
    [(_, params)] = strategies_from([strategy], settings)
    if rows is not None:
        rows.check()
    found = backtest(read_prices(prices, columns), Setup(strategy=strategy, params=params, **options))
    if rows is not None:
        rows.write(found.steps, PathStep)
    # Rows on standard output stand alone there.
    alone = rows is not None and out is None
    with opened(None if rows else out, sys.stderr if alone else sys.stdout) as stream:
        _write_summary(found, summary, plot, stream)


def _forms(form: str | None, out: Path | None) -> tuple[Output | None, str]:
    """Where and in what form the rows go, None for no rows, and the form of the summary."""
    ending = "" if out is None else out.suffix.lower().removeprefix(".")
    rows = ending if ending in ("csv", "parquet") else None
    if form in ("csv", "parquet"):
        if rows not in (None, form):
            raise InputError(f"--format {form}: --out {out} says {rows}")
        return Output(form, out), "table"
    return Output(rows, out) if rows else None, form or "table"


def _write_summary(found: Backtest, form: str, plot: bool, stream: IO[str]) -> None:
    if form == "json":
        write_json(found.report, stream)
        # A plot would spoil the JSON.
        stream = sys.stderr
    else:
        print_columns(_summary(found.report), stream=stream)
    if plot:
        _plot(found, stream)


def _summary(report: BacktestReport) -> list[tuple[str, str]]:
    pnl, held, path = report.pnl, report.position, report.path
    settings = "".join(f" {name}={value}" for name, value in report.params.items() if value is not None)
    law = ""
    if path.rate is not None and path.k is not None:
        law = f", A {path.rate:.4g}/s, k {path.k / path.tick:.4g} per price ({path.k:.4g} per tick)"
    markouts = (f"{name} {'–' if value is None else f'{value:+.2f}'}" for name, value in report.markout.items())
    parts = f"= spread {pnl.spread:,.2f} + position {pnl.position:,.2f} + hedge {pnl.hedge:,.2f} − fees {pnl.fees:,.2f}"
    return [
        ("path", f"{report.file}: {path.prices:,} prices in {path.seconds:,.0f} s"),
        ("market", f"tick {path.tick:g}, spread {path.spread:.3g} ticks, volatility {path.volatility:.3g} ticks/√s"),
        ("strategy", f"{report.strategy}{settings}"),
        ("fills by", f"{report.fill}, seed {report.seed}{law}"),
        ("PnL", f"{pnl.total:,.2f}"),
        ("", parts),
        ("drawdown", f"{report.drawdown:,.2f}"),
        ("position", f"mean |q| {held.mean_abs:.2f}, most {held.max_abs} of {held.limit}, last {held.final}"),
        ("markout", ", ".join(markouts) + " ticks a share"),
        ("fills", f"{report.fills:,}, {report.volume:,} lots of {path.lot}"),
        *(("note", note) for note in report.notes),
    ]


def _plot(found: Backtest, stream: IO[str]) -> None:
    import numpy as np
    from rich.text import Text

    from mmtui.lab.backtest.plot import PlotLine, PlotMark, chart

    screen = console(100, stream)
    width, steps = screen.width, found.steps
    price, bid, ask, pnl = (
        np.array([getattr(step, name) for step in steps], dtype=float) for name in ("price", "bid", "ask", "pnl")
    )
    marks = [PlotMark(at, step.bid, "▲", "bold green") for at, step in enumerate(steps) if step.bid_fill and step.bid]
    marks += [PlotMark(at, step.ask, "▼", "bold red") for at, step in enumerate(steps) if step.ask_fill and step.ask]
    quotes = [PlotLine(bid, "green"), PlotLine(ask, "red"), PlotLine(price, "bold")]
    first, last = steps[0].timestamp, steps[-1].timestamp
    for line in (
        Text("price, with the quotes around it; ▲ bought, ▼ sold", "dim"),
        *chart(quotes, marks, width, 14),
        Text("PnL", "dim"),
        *chart([PlotLine(np.zeros(len(steps)), "dim"), PlotLine(pnl, "bold cyan")], [], width, 7),
        Text(f"{first}{last.rjust(max(len(last) + 1, width - 13 - len(first)))}".rjust(width), "dim"),
    ):
        screen.print(line, no_wrap=True)

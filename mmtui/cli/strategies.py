"""``mmtui strategies``: which there are, and what one does with which parameters."""

from __future__ import annotations

import inspect
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmtui.cli.arguments import format_option, seeds_from, seeds_option
from mmtui.cli.output import write_json
from mmtui.cli.tables import print_columns
from mmtui.errors import UnknownStrategyError
from mmtui.level.level import load_level
from mmtui.strategies.new import write_skeleton
from mmtui.strategies.params import params_of
from mmtui.strategies.protocol import MOST_PARAM, Param
from mmtui.strategies.registry import strategy_class, strategy_names

if TYPE_CHECKING:
    from mmtui.lab.fit.fit import Fit

_EPILOG = """\b
Examples:
  mmtui strategies
  mmtui strategies show skew
  mmtui strategies show my.py:MyMaker
  mmtui strategies new my.py
  mmtui strategies fit skew --seeds 1:20
"""


@click.group(invoke_without_command=True, epilog=_EPILOG)
@click.pass_context
def command(context: click.Context) -> None:
    """List the strategies by name, also those there only to compare with; show one, start your own, fit A and k."""
    if context.invoked_subcommand is None:
        rows = [(name, _idea(name)) for name in strategy_names(baselines=True)]
        print_columns([("name", "idea"), *rows])


def _idea(name: str) -> str:
    """Returns a strategy's idea, or why it cannot be used: a broken plug-in is no reason not to list the others."""
    try:
        cls = strategy_class(name)
    except UnknownStrategyError as error:
        return f"cannot be used: {error}"
    return cls.idea + (" (baseline)" if cls.baseline else "")


@command.command(
    epilog="\b\nExamples:\n  mmtui strategies show skew\n  mmtui strategies show my.py:MyMaker\n",
    short_help="Show a strategy.",
)
@click.argument("name")
def show(name: str) -> None:
    """Show what the strategy NAME (or file.py:Class) does, and its parameters as --set takes them."""
    cls = strategy_class(name)
    # A dataclass without a docstring is given its signature for one.
    about = "" if (cls.__doc__ or "").startswith(f"{cls.__name__}(") else inspect.cleandoc(cls.__doc__ or "")
    click.echo(f"{name}: {cls.idea}\n")
    if about:
        click.echo(f"{about}\n")
    params = params_of(cls)
    if params:
        rows = [("parameter", "default", "bounds", "unit", "about"), *map(_row, params)]
        bounded = any(abs(bound) < MOST_PARAM for param in params for bound in (param.least, param.most))
        print_columns([row if bounded else (*row[:2], *row[3:]) for row in rows])
    else:
        click.echo("It has no parameters.")


def _row(param: Param) -> tuple[str, str, str, str, str]:
    default = param.default
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    return param.name, "auto" if default is None else shown or '""', param.bounds, param.unit, param.about


@command.command(
    epilog="\b\nExample:\n  mmtui strategies new my.py\n  mmtui run skew --strategy my.py:MyMaker --seeds 1:20\n",
    short_help="Start a strategy of your own.",
)
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Write a strategy that runs as it is to FILE, with an exercise: what to improve in it, and how to try it."""
    spec = write_skeleton(file)
    click.echo(f"{file} is yours; the text at its top says what to improve. To try it:")
    click.echo(f"  mmtui run skew --strategy {shlex.quote(spec)} --seeds 1:20")
    click.echo(f"  mmtui play skew --strategy {shlex.quote(spec)}")


@command.command(
    epilog="\b\nExamples:\n  mmtui strategies fit skew\n  mmtui strategies fit my.toml --seeds 1:50 --format json\n",
    short_help="Fit A, k and volatility to a level.",
)
@click.argument("level")
@seeds_option("1:20")
@format_option("table", "json")
def fit(level: str, seeds: str, form: str) -> None:
    """Fit the fill rate A exp(-k d), d ticks from the mid, and the volatility to LEVEL's market, without a maker in it.

    k is the maximum likelihood estimate from how many ticks orders reach beyond the first tick outside the mid, which
    thin out as exp(-k) a tick; A is the rate of the orders of a side, each counted as the exp(k t) that would have
    reached the mid, t ticks before that first one. A mean below a tenth of a tick counts as that: k is at most 2.4.
    Strategies estimate both in the same way as they quote. Volatility is the mid's over seconds. Standard errors
    are by the jackknife over minutes.
    """
    from mmtui.lab.fit.fit import fit_level

    found = fit_level(load_level(level), seeds_from(seeds))
    if form == "json":
        write_json(found)
    else:
        _print_fit(found)


#: Distances of which a table shows the rates.
_MOST_SHOWN = 12


def _print_fit(found: Fit) -> None:
    sessions = f"{found.seeds} session{'s' * (found.seeds > 1)}"
    click.echo(f"{found.level}: {found.orders:,} market orders in {sessions} without a maker\n")
    rows = [
        (sign, f"{estimate.value:.4g}", f"±{estimate.error:.2g}", unit, about)
        for sign, estimate, unit, about in (
            ("A", found.rate, "1/s", "fills a side at the mid (rate)"),
            ("k", found.k, "1/tick", "their decay with distance"),
            ("sigma", found.sigma, "ticks/√s", "volatility of the mid"),
            ("spread", found.spread, "ticks", "mean spread"),
        )
    ]
    print_columns([("", "value", "se", "unit", "about"), *rows])
    click.echo("\nOrders a second and side that reach n ticks beyond the first one outside the mid:")
    every = -(-len(found.reaches) // _MOST_SHOWN)
    rates = [(f"{row.distance}", f"{row.seen:.4f}", f"{row.fitted:.4f}") for row in found.reaches[::every]]
    print_columns([("n", "seen", "fitted"), *rates])
    click.echo("\nFor a strategy to quote by it, instead of what it would estimate as it goes along:")
    fitted = {"k": found.k, "sigma": found.sigma, "rate": found.rate}
    lines = []
    for name in strategy_names():
        try:
            names = [param.name for param in params_of(strategy_class(name)) if param.name in fitted]
        except UnknownStrategyError:
            continue
        if names:
            lines.append((f"  {name}", " ".join(f"--set {item}={fitted[item].value:.4g}" for item in names)))
    print_columns(lines)

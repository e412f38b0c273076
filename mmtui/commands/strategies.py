"""``mmtui strategies``: which there are, and what one does with which parameters."""

from __future__ import annotations

import inspect

import click

from mmtui.commands.arguments import columns
from mmtui.strategies.base import Param
from mmtui.strategies.registry import params_of, strategy_class, strategy_names

_EPILOG = """\b
Examples:
  mmtui strategies
  mmtui strategies show skew
  mmtui strategies show my.py:MyMaker
"""


@click.group(invoke_without_command=True, epilog=_EPILOG, short_help="List strategies, and show one.")
@click.pass_context
def command(context: click.Context) -> None:
    """List the strategies by name, also those there only to compare with; show one and its parameters."""
    if context.invoked_subcommand is None:
        classes = [(name, strategy_class(name)) for name in strategy_names(baselines=True)]
        rows = [(name, cls.idea + (" (baseline)" if cls.baseline else "")) for name, cls in classes]
        for line in columns([("name", "idea"), *rows]):
            click.echo(line)


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
    if not params:
        click.echo("It has no parameters.")
        return
    for line in columns([("parameter", "default", "unit", "about"), *map(_row, params)]):
        click.echo(line)


def _row(param: Param) -> tuple[str, str, str, str]:
    default = param.default
    shown = "auto" if default is None else str(default).lower() if isinstance(default, bool) else str(default)
    return param.name, shown, param.unit, param.about

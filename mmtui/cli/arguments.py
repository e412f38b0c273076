"""The options that several commands share, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from mmtui.cli.number import Number, whole
from mmtui.errors import InputError, MmtuiError, UnknownStrategyError, shortened
from mmtui.lab.backtest.price_rows import PriceColumns
from mmtui.level.level import Level
from mmtui.session.signing import own_key
from mmtui.session.trust import Trust
from mmtui.strategies.params import params_of, parse_settings
from mmtui.strategies.registry import make, params_in, strategy_class
from mmtui.strategies.variants import variant_name
from mmtui.units import MOST_SEED, NS_PER_S

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: The most sessions of a level and a strategy in one command.
_MOST_SEEDS = 1_000_000
SEED = whole(0, MOST_SEED)
_MINUTES, _SECONDS = whole(0, 1440), Number(0, 86_400)


def together(*options: Callable[[Any], Any]) -> Callable[[_Command], _Command]:
    """Combine options and arguments into one decorator; the help lists them in this order."""

    def give(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def seeds_option(default: str) -> Callable[[_Command], _Command]:
    """``--seeds``, as text for :func:`seeds_from`."""
    return click.option(
        "--seeds", default=default, show_default=True, metavar="A:B", help="Seeds A to B, both included."
    )


def strategies_option(about: str) -> Callable[[_Command], _Command]:
    """``--strategy`` once or several times, as ``strategies``."""
    return click.option("--strategy", "-s", "strategies", multiple=True, required=True, help=about)


def settings_option(about: str) -> Callable[[_Command], _Command]:
    """``--set`` any number of times, as ``settings``."""
    return click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=about)


def format_option(*forms: str) -> Callable[[_Command], _Command]:
    """``--format``, the first of these unless given, as ``form``."""
    about = "How to print."
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=about)


STRATEGY = "A name, file.py:Class or installed; label=NAME[key=value,...] sets parameters."
strategy_option = click.option("--strategy", "-s", required=True, help=STRATEGY)
quoter_option = click.option("--strategy", "-s", help="Who quotes from the start; you, when left out.")
strategy_settings_option = settings_option("Set a strategy's parameter.")
jobs_option = click.option("--jobs", "-j", type=whole(1, 1024), default=1, show_default=True, help="Processes to use.")
traceback_option = click.option("--traceback", is_flag=True, help="Show the whole traceback of a failed strategy.")
duel_option = click.option("--duel", metavar="STRATEGY", help="Have a strategy make the same market, scored likewise.")
trust_option = click.option(
    "--trust",
    is_flag=True,
    help="Use the files that the journal names, whoever it is of: a strategy's file is code, which runs as you.",
)
store_option = click.option(
    "--store", type=click.Path(path_type=Path, file_okay=False), help="Folder of finished sessions, not run again."
)
speed_option = click.option(
    "--speed", type=Number(0.5, 16), help="Market time a second; as in the settings, when left out."
)


def into_option(about: str) -> Callable[[_Command], _Command]:
    """``--into``, a document."""
    return click.option("--into", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=about)


def price_columns(command: _Command) -> _Command:
    """``--time``, ``--price``, ``--bid`` and ``--ask``, as ``columns``."""

    @wraps(command)
    def chosen(*args: Any, time: str, price: str, bid: str | None, ask: str | None, **given: Any) -> Any:
        return command(*args, columns=PriceColumns(time, price, bid, ask), **given)

    about = {
        "time": ("timestamp", "The column of timestamps."),
        "price": ("price", "The column of prices."),
        "bid": (None, "With --ask: the columns of best prices, whose middle is the price."),
        "ask": (None, "See --bid."),
    }
    options = [
        click.option(f"--{name}", metavar="COLUMN", default=default, show_default=default is not None, help=words)
        for name, (default, words) in about.items()
    ]
    return cast("_Command", together(*options)(chosen))


def batch_options(seeds: str) -> Callable[[_Command], _Command]:
    """The options of a batch: ``seeds`` (with this default), ``jobs``, ``cluster``, ``traceback``, ``settings``."""
    return together(
        seeds_option(seeds),
        jobs_option,
        click.option("--cluster", metavar="ADDRESS|FILE", help="Use the workers of a Dask scheduler, tcp://HOST:PORT."),
        traceback_option,
        settings_option("Set a strategy's parameter, half_spread=2, or a level's key, market.value.sigma=2."),
        duel_option,
    )


def overrides_from(settings: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Split settings into those of a level by key path, as in ``market.value.sigma=2``, and those of strategies.

    A path that begins with a key of a level is the level's.
    """
    overrides: dict[str, str] = {}
    left = []
    for setting in settings:
        if re.split(r"[.\[=]", setting.strip(), maxsplit=1)[0] in Level.__struct_fields__:
            overrides |= parse_settings([setting])
        else:
            left.append(setting)
    return overrides, left


def trust_from(told: bool) -> Trust:
    """Whom the user trusts: journals signed by the own key, and, if told so, the one that is read."""
    from platformdirs import user_data_path

    try:
        key = own_key(user_data_path("mmtui"))
        return Trust(None if key is None else key.public, told)
    except MmtuiError as error:
        click.echo(f"No journal is known as yours: {error}", err=True)
        return Trust(None, told)


def seeds_from(text: str) -> range:
    """Read ``A:B``, both included, or one seed."""
    first, colon, last = text.partition(":")
    if not first or (colon and not last):
        raise InputError(f"--seeds {text}: expected A:B or one whole number")
    low = SEED.read("--seeds", text, first)
    high = SEED.read("--seeds", text, last) if colon else low
    if not low <= high < low + _MOST_SEEDS:
        raise InputError(f"--seeds {text}: expected A:B with A ≤ B, {_MOST_SEEDS:,} seeds at most")
    return range(low, high + 1)


def time_from(text: str) -> int:
    """Read a time since a level's start, in seconds or minutes:seconds; returns nanoseconds."""
    minutes, colon, seconds = text.rpartition(":")
    try:
        minutes_s: int = _MINUTES.read("--at", minutes) * 60 if colon else 0
        seconds_ns: int = round(_SECONDS.read("--at", seconds) * NS_PER_S)
    except InputError:
        raise InputError(
            f"--at {shortened(text)}: expected seconds or minutes:seconds, a day at most, as in 83.4 or 1:23.4"
        ) from None
    return minutes_s * NS_PER_S + seconds_ns


def strategies_from(specs: Sequence[str], settings: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Returns strategies with their settings: ``key=value`` sets a parameter of all strategies that have it.

    ``name.key=value`` sets it for the strategy of that name only.
    """
    specs = list(dict.fromkeys(specs))
    names = [variant_name(spec) for spec in specs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UnknownStrategyError(f"--strategy: two are called {twice!r}; expected each label once")
    known = {spec: {param.name for param in params_of(strategy_class(spec))} for spec in specs}
    chosen: dict[str, dict[str, Any]] = {spec: {} for spec in specs}
    for key, value in parse_settings(settings).items():
        name, _, parameter = key.rpartition(".")
        if name in names:
            takers = [specs[names.index(name)]]
        else:
            takers, parameter = [spec for spec in specs if key in known[spec]], key
        if not takers:
            listed = ", ".join(sorted(set().union(*known.values()))) or "none"
            raise UnknownStrategyError(f"--set {key}={value}: no chosen strategy has it; their parameters are {listed}")
        for spec in takers:
            # What a strategy says in its own brackets is closer to it.
            if name in names or parameter not in params_in(spec):
                chosen[spec][parameter] = value
    for spec, params in chosen.items():
        make(spec, params)
    return list(chosen.items())

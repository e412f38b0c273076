"""What several commands share: taking strategies, seeds and parameters, and printing columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from mmtui.errors import InputError, UnknownStrategyError
from mmtui.level.level import Level
from mmtui.strategies.params import params_of, parse_settings
from mmtui.strategies.registry import make, strategy_class
from mmtui.units import NS_PER_S


def batch_options(seeds: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of a batch: ``seeds`` (with this default), ``jobs``, ``cluster`` and ``settings``."""
    options = [
        click.option("--seeds", default=seeds, show_default=True, metavar="A:B", help="Seeds A to B, both included."),
        click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Processes to use."),
        click.option("--cluster", metavar="ADDRESS", help="Use the workers of a Dask scheduler, tcp://HOST:PORT."),
        click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a strategy's parameter."),
    ]

    def give(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def strategies_option(about: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command ``--strategy``, as ``strategies``."""
    return click.option("--strategy", "-s", "strategies", multiple=True, required=True, help=about)


def duel_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--duel``."""
    return click.option("--duel", metavar="STRATEGY", help="Have a strategy make the same market, scored likewise.")(
        command
    )


def overrides_from(settings: Sequence[str], duel: str | None = None) -> tuple[dict[str, str], list[str]]:
    """Settings of a level by key path, ``market.value.sigma=2``, and what is left: settings of strategies.

    Those whose path begins with a key of a level are the level's; a duel is one.
    """
    overrides: dict[str, str] = {}
    left = []
    for setting in settings:
        if re.split(r"[.\[=]", setting.strip(), maxsplit=1)[0] in Level.__struct_fields__:
            overrides |= parse_settings([setting])
        else:
            left.append(setting)
    if duel is not None:
        overrides["opponent.strategy"] = duel
    return overrides, left


def seeds_from(text: str) -> range:
    """``A:B``, both included, or one seed."""
    first, colon, last = text.partition(":")
    try:
        seeds = range(int(first), int(last if colon else first) + 1)
    except ValueError:
        raise InputError(f"--seeds {text}: expected A:B or one whole number") from None
    if seeds.start < 0 or not seeds:
        raise InputError(f"--seeds {text}: expected A:B with 0 ≤ A ≤ B")
    return seeds


def time_from(text: str) -> int:
    """A time since a level's start, in seconds or minutes:seconds, as nanoseconds."""
    minutes, colon, seconds = text.rpartition(":")
    try:
        at_ns = round((int(minutes) * 60 if colon else 0) * NS_PER_S + float(seconds) * NS_PER_S)
    except (ValueError, OverflowError):
        at_ns = -1
    if at_ns < 0 or "-" in text:
        raise InputError(f"--at {text}: expected seconds or minutes:seconds, as in 83.4 or 1:23.4")
    return at_ns


def strategies_from(specs: Sequence[str], settings: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Strategies with the settings that are theirs: ``key=value`` goes to all that have the parameter.

    ``name.key=value`` goes to the strategy of that name only.
    """
    known = {spec: {param.name for param in params_of(strategy_class(spec))} for spec in specs}
    chosen: dict[str, dict[str, Any]] = {spec: {} for spec in specs}
    for key, value in parse_settings(settings).items():
        name, _, parameter = key.rpartition(".")
        if name in known:
            takers = [name]
        else:
            takers, parameter = [spec for spec in specs if key in known[spec]], key
        if not takers:
            listed = ", ".join(sorted(set().union(*known.values()))) or "none"
            raise UnknownStrategyError(f"--set {key}={value}: no chosen strategy has it; their parameters are {listed}")
        for spec in takers:
            chosen[spec][parameter] = value
    for spec, params in chosen.items():
        make(spec, params)
    return list(chosen.items())


def columns(rows: Sequence[Sequence[str]], left: int | None = None) -> Iterator[str]:
    """Lines of columns, two spaces apart: the first ``left`` of them left-aligned (all when None), the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if left is None or index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()

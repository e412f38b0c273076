"""Strategies by name: those that ship, a class in a file, and entry points of installed packages.

Nothing is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from mmtui.errors import UnknownStrategyError, did_you_mean, is_plain, shown
from mmtui.strategies.loading import checked, from_file, in_one_line, source_of
from mmtui.strategies.params import read_params
from mmtui.strategies.protocol import Strategy
from mmtui.strategies.watchdog import PASSING, limited

#: The entry-point group in which an installed package names its strategies.
ENTRY_POINTS = "mmtui.strategies"

#: Seconds between two questions to a strategy: at most a day, the longest level.
MOST_INTERVAL_S = 86_400

_PLAYED = {
    "fixed": "baselines.fixed:Fixed",
    "touch": "baselines.touch:Touch",
    "skew": "baselines.skew:Skew",
    "rules": "combined.rules:RulesOfThumb",
    "avellaneda-stoikov": "models.avellaneda_stoikov:AvellanedaStoikov",
    "glft": "models.glft:Glft",
    "cartea-jaimungal": "models.cartea_jaimungal:CarteaJaimungal",
    "reversion": "combined.reversion:Reversion",
    "pairs": "combined.pairs:Pairs",
    "hedged": "combined.hedged:Hedged",
    "composite": "combined.composite:Composite",
}
_BASELINES = {
    "chase": "baselines.chase:Chase",
    "idle": "baselines.idle:Idle",
    "reckless": "baselines.reckless:Reckless",
    "wide": "baselines.wide:Wide",
    "one-lot": "baselines.one_lot:OneLot",
    "bracket": "baselines.bracket:Bracket",
}
_SHIPPED = _PLAYED | _BASELINES


def shipped_names() -> tuple[str, ...]:
    """Return the names of the strategies that ship, without baselines."""
    return tuple(_PLAYED)


def strategy_names(baselines: bool = False) -> tuple[str, ...]:
    """Return the names that :func:`make` knows: those that ship, baselines only if asked for, then installed ones."""
    installed = sorted(name for name in _installed() if name not in _SHIPPED)
    return (*(_SHIPPED if baselines else _PLAYED), *installed)


def make(spec: str, params: Mapping[str, Any] | None = None) -> Strategy:
    """Return a new strategy.

    Args:
        spec: a name, ``file.py:Class`` or an installed entry point.
        params: its parameters by name; text is converted to the parameter's type, ``auto`` to None.

    Raises:
        UnknownStrategyError: there is no such strategy, its file or class cannot be used, or a parameter or its
            interval is wrong.
    """
    cls = strategy_class(spec)
    values = read_params(spec, cls, params or {})

    def made() -> tuple[Strategy, object]:
        strategy = cls(**values)
        return strategy, strategy.interval_s

    try:
        strategy, every = limited(made, "setting it up")
    except (UnknownStrategyError, *PASSING):
        raise
    except BaseException as error:
        raise UnknownStrategyError(f"strategy {spec} cannot be set up: {in_one_line(error, source_of(cls))}") from error
    if not isinstance(every, (int, float)) or not 0 < every <= MOST_INTERVAL_S:
        raise UnknownStrategyError(
            f"strategy {spec}: interval_s must be a number of seconds above 0, at most {MOST_INTERVAL_S:,}, "
            f"not {shown(every)}"
        )
    return strategy


def strategy_class(spec: str) -> type[Strategy]:
    """Return the class that a spec names. Raises UnknownStrategyError."""
    if not is_plain(spec):
        raise UnknownStrategyError(f"there is no strategy {shown(spec)}")
    if spec in _SHIPPED:
        module, _, class_name = _SHIPPED[spec].partition(":")
        cls: type[Strategy] = getattr(import_module(f"mmtui.strategies.{module}"), class_name)
        return cls
    path, _, class_name = spec.rpartition(":")
    if spec.endswith(".py") or (path.endswith(".py") and not class_name):
        raise UnknownStrategyError(f"{spec} names a strategy's file but no class: write {spec.rstrip(':')}:ClassName")
    if path.endswith(".py"):
        return checked(from_file(Path(path), class_name), spec)
    check_name(spec)
    entry = _installed()[spec]
    try:
        found = limited(entry.load, "importing it")
    except PASSING:
        raise
    except BaseException as error:
        raise UnknownStrategyError(
            f"strategy {spec} is installed as {entry.value} but cannot be imported: {in_one_line(error, None)}"
        ) from error
    return checked(found, spec)


def check_name(name: str) -> None:
    """Raise UnknownStrategyError unless a strategy of that name ships or is installed."""
    if name not in _SHIPPED and name not in _installed():
        hint = did_you_mean(name, strategy_names(baselines=True), quoted=True)
        raise UnknownStrategyError(f"there is no strategy {name!r}{hint}")


def _installed() -> dict[str, Any]:
    # importlib.metadata takes longer to import than this whole package, and few runs need it.
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}

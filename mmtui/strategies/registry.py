"""Strategies by name: those that ship, a class in a file, and entry points of installed packages.

Nothing is imported before it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import MISSING, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from mmtui.errors import UnknownStrategyError, did_you_mean, is_plain, shown
from mmtui.strategies.loading import checked, from_file, in_one_line, source_of
from mmtui.strategies.offered import Offered, class_offered, offer, offered
from mmtui.strategies.params import describe, params_of, read_params
from mmtui.strategies.protocol import Strategy
from mmtui.strategies.variants import LABEL, variant, written
from mmtui.strategies.watchdog import PASSING, limited

#: The entry-point group in which an installed package names its strategies.
ENTRY_POINTS = "mmtui.strategies"

#: A strategy as a program may give it: a text, a class or an instance.
AnyStrategy = str | Offered

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
    "recipe": "baselines.recipe:Recipe",
    "ppo": "policies.ppo:Ppo",
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
        spec: a name, ``file.py:Class`` or an installed entry point, or one of these with a label or parameters, see
            :func:`~mmtui.strategies.variants.variant`; or the name of an object, see :func:`named`.
        params: its parameters by name; text is converted to the parameter's type, ``auto`` to None.

    Raises:
        UnknownStrategyError: there is no such strategy, its file or class cannot be used, or a parameter or its
            interval is wrong.
    """
    base, own = _base_of(spec)
    cls = _class_of(base)
    values = read_params(spec, cls, {**own, **(params or {})})
    instance = offered(base)

    def made() -> tuple[Strategy, object]:
        if instance is None or isinstance(instance, type):
            strategy = cls(**values)
        else:
            strategy = deepcopy(instance)
            if values:
                strategy = replace(strategy, **values)  # type: ignore[type-var]
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


def named(strategy: AnyStrategy, label: str | None = None) -> str:
    """Return the text by which :func:`make` knows a strategy: one given as a text, a class or an instance.

    A class is called by its name, an instance by that and the parameters that differ from the class's. A class that
    ships is what it is elsewhere too; any other is known in this process only, and where batches of it are sent.

    Args:
        strategy: the strategy.
        label: what it is to be called instead.

    Raises:
        UnknownStrategyError: it is no strategy, or the name is that of one that ships.
    """
    if label is not None and not re.fullmatch(LABEL, label):
        raise UnknownStrategyError(f"a label is 40 letters, digits, dots and hyphens at most, not {shown(label)}")
    if isinstance(strategy, str):
        return strategy if label is None else f"{label}={strategy}"
    cls = class_offered(strategy)
    if not isinstance(cls, type) or not issubclass(cls, Strategy):
        raise UnknownStrategyError(
            f"a strategy is a text, a class that extends Strategy or an instance, not {shown(strategy)}"
        )
    settings = {} if isinstance(strategy, type) else _settings(strategy)
    if cls.__module__.startswith("mmtui.strategies.") and cls.name in _SHIPPED and _class_of(cls.name) is cls:
        return named(written(cls.name, settings), label)
    if cls.__name__ in _SHIPPED:
        raise UnknownStrategyError(f"strategy {cls.__name__} is one that ships: give your class another name")
    name = named(written(cls.__name__, settings), label)
    checked(cls, name)
    offer(name, strategy)
    return name


def _settings(strategy: Strategy) -> dict[str, object]:
    """Return an instance's parameters that differ from its class's defaults."""
    defaults = {param.name: param.default for param in params_of(type(strategy))}
    return {name: value for name, value in describe(strategy).items() if value != defaults.get(name, MISSING)}


def strategy_class(spec: str) -> type[Strategy]:
    """Return the class that a spec names. Raises UnknownStrategyError."""
    return _class_of(_base_of(spec)[0])


def params_in(spec: str) -> dict[str, str]:
    """Return the parameters that a spec itself sets, as text. Raises UnknownStrategyError."""
    return _base_of(spec)[1]


def _base_of(spec: str) -> tuple[str, dict[str, str]]:
    """Return the strategy of a spec, and the parameters it sets."""
    if offered(spec) is not None:
        return spec, {}
    _, base, params = variant(spec)
    return base, params


def _class_of(spec: str) -> type[Strategy]:
    """Return the class of a strategy without label and parameters."""
    found_object = offered(spec)
    if found_object is not None:
        return class_offered(found_object)
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


def check_tuned(spec: str) -> None:
    """Raise UnknownStrategyError unless a strategy, as a level names it, exists and has its parameters."""
    base, params = _base_of(spec)
    check_name(base)
    if params:
        read_params(spec, _class_of(base), params)


def _installed() -> dict[str, Any]:
    # importlib.metadata takes longer to import than this whole package, and few runs need it.
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}

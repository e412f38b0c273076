"""Capacity: a strategy at multiples of its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING

from mmtui.errors import InputError
from mmtui.lab.runs.batch import Batch
from mmtui.level.level import Level
from mmtui.session.commands import Params
from mmtui.session.maker import rules_of
from mmtui.strategies.defaults import default_size
from mmtui.strategies.params import params_of, parse_settings, read_params
from mmtui.strategies.protocol import Rules
from mmtui.strategies.registry import params_in, strategy_class


def sized_batches(
    levels: Sequence[Level], strategies: Sequence[tuple[str, Params]], seeds: Sequence[int], sizes: Sequence[float]
) -> list[Batch]:
    """Returns a batch for each level: every strategy at every multiple of its size, size by size within a strategy.

    Raises:
        InputError: a strategy has no size.
    """
    if list(sizes) == [1.0]:
        return [Batch(levels, strategies, seeds)]
    return [
        Batch(
            [level],
            [(spec, sized(spec, params, rules_of(level), times)) for spec, params in strategies for times in sizes],
            seeds,
        )
        for level in levels
    ]


def sized(spec: str, params: Params, rules: Rules, times: float) -> Params:
    """Returns a strategy's parameters with ``times`` its size, rounded to lots, at least one.

    Raises as :func:`size_of` does.
    """
    inner = _base_of(spec, params)
    if inner is None:
        return {**params, "size": max(1, round(size_of(spec, params, rules) * times))}
    settings = sized(*inner, rules, times)
    return {**params, "settings": " ".join(f"{name}={value}" for name, value in settings.items())}


def size_of(spec: str, params: Params, rules: Rules) -> float:
    """Returns a strategy's size on a level with these rules, in lots.

    It is the parameter ``size``: as set, or the default, or what auto stands for; for a strategy that quotes through
    another, the size of that one.

    Raises:
        InputError: it has no size.
        UnknownStrategyError: there is no such strategy, or its parameters are wrong.
    """
    inner = _base_of(spec, params)
    if inner is not None:
        return size_of(*inner, rules)
    cls = strategy_class(spec)
    default = next((param.default for param in params_of(cls) if param.name == "size"), MISSING)
    if default is MISSING:
        raise InputError(f"--sizes: strategy {spec} has no parameter 'size', of which there could be multiples")
    size = read_params(spec, cls, {**params_in(spec), **params}).get("size", default)
    return default_size(rules) if size is None else float(size)


def _base_of(spec: str, params: Params) -> tuple[str, Params] | None:
    """Returns the strategy that this one quotes through, with its parameters; None if there is none."""
    known = {param.name: param.default for param in params_of(strategy_class(spec))}
    if "size" in known or not {"base", "settings"} <= known.keys():
        return None
    given = {**known, **params_in(spec), **params}
    base, settings = str(given["base"]), str(given["settings"])
    return base, {**parse_settings(settings.split())}

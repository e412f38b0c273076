"""Keys of a level by their paths: to set them before tables are merged and checked, ``market.value.sigma=2``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

from mmtui.errors import LevelError, is_plain, named_in, shortened, shown
from mmtui.level.decoding import decode_toml
from mmtui.strategies.variants import written

#: The overrides that the sandbox has on the screen: key path, name, and what it does.
MAIN = (
    ("market.value.sigma", "Volatility σ", "of the value, in ticks per √s"),
    ("market.value.jump_rate", "Jumps λ", "of the value, a second"),
    ("market.value.jump_sd", "Size of a jump", "its standard deviation, in ticks"),
    ("market.value.reversion", "Mean reversion κ", "pull of the value to its start, a second"),
    ("market.value.trend", "Drift μ", "of the value, in ticks a second"),
    ("market.value.hurst", "Hurst exponent H", "below 0.5 moves come back, above they run"),
    ("market.noise_market.rate", "Order flow A", "market orders of noise traders, a second"),
    ("market.noise_market.branching", "Bursts", "orders that each brings about, below 1"),
    ("market.noise_market.mean_size", "Order size", "mean of a market order, in lots"),
    ("market.noise_limit.rate", "Limit orders", "of noise traders, a second and side"),
    ("market.noise_limit.cancel_rate", "Cancellations", "of each limit order, a second"),
    ("market.informed.rate", "Informed flow", "looks a second of who knows the value"),
    ("market.informed.mean_size", "Informed size", "mean of their orders, in lots"),
    ("market.rivals.count", "Rival makers", "how many, up to 16"),
    ("market.rivals.half_spread", "Their half-spread", "in ticks"),
    ("maker.position_limit", "Inventory limit", "in lots"),
    ("maker.position", "Inventory", "at the start, in lots; negative is short"),
    ("maker.latency_ms", "Latency", "of your orders, in ms"),
    ("duration_s", "Length", "of the level, in seconds"),
)
_OPPONENT, _PARAMS = "opponent.strategy", "opponent.params."
#: A strategy that is installed. One in a file is refused, since a level runs no code.
STRATEGY_NAME = "^[A-Za-z0-9][A-Za-z0-9_-]*$"
#: The same, or one with numbers for some of its parameters: ``rules[skew=0.5]``.
TUNED_STRATEGY = STRATEGY_NAME[:-1] + r"(\[[a-z_]+=[0-9.]+(,[a-z_]+=[0-9.]+)*\])?$"
_STEP = re.compile(r"([A-Za-z0-9_-]+)((?:\[\d{1,30}\])*)", re.ASCII)


def without_opponent(overrides: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """Overrides without an opponent that no level's file could name, and that one, with its parameters."""
    opponent = overrides.get(_OPPONENT)
    if opponent is None or re.fullmatch(STRATEGY_NAME, opponent):
        return dict(overrides), None
    params = {
        path.removeprefix(_PARAMS): value.strip('"') for path, value in overrides.items() if path.startswith(_PARAMS)
    }
    left = {path: value for path, value in overrides.items() if path != _OPPONENT and not path.startswith(_PARAMS)}
    return left, written(opponent, {**params})


def with_overrides(tables: Mapping[str, Any], overrides: Mapping[str, str]) -> dict[str, Any]:
    """The tables of a level's file with some keys set.

    Args:
        tables: as TOML has them; they are left as they are.
        overrides: key path to value. A path goes through tables by points and through lists by places from 0,
            ``events[0].at_s``; tables that are not there are made. A value is as TOML writes it, or else text.

    Raises:
        LevelError: a path is none, or leads through what is no table or list.
    """
    changed: dict[str, Any] = deepcopy(dict(tables))
    for path, text in overrides.items():
        if not is_plain(text):
            raise LevelError(f"--set {named_in(path)}: expected a value without control characters, not {shown(text)}")
        at: Any = changed
        steps = _steps(path)
        for step, following in pairwise(steps):
            if isinstance(step, str) and isinstance(at, dict) and isinstance(following, str):
                at.setdefault(step, {})
            at = _in(at, step, path)
        last = steps[-1]
        if isinstance(last, int) or not isinstance(at, dict):
            _in(at, last, path)
        at[last] = _value(text)
    return changed


def value_at(level: object, path: str) -> Any:
    """What stands at a path of a loaded level that goes through tables only."""
    for key in path.split("."):
        level = getattr(level, key)
    return level


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    for part in path.split("."):
        found = _STEP.fullmatch(part)
        if found is None:
            raise LevelError(
                f"--set {named_in(path)}: expected a key path such as market.value.sigma or events[0].at_s"
            )
        steps += [found[1], *(int(place) for place in re.findall(r"\d+", found[2]))]
    return steps


def _in(at: Any, step: str | int, path: str) -> Any:
    """What stands in a table under a key, or in a list at a place."""
    if isinstance(step, str) and isinstance(at, dict) and step in at:
        return at[step]
    if isinstance(step, int) and isinstance(at, list) and step < len(at):
        return at[step]
    where = f"[{step}]" if isinstance(step, int) else step
    raise LevelError(f"--set {named_in(path)}: the level has no {shortened(where)} there")


def _value(text: str) -> Any:
    try:
        return decode_toml(f"value = {text}")["value"]
    except (ValueError, KeyError):
        return text

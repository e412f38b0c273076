"""Changes to a level's tables by key path, before they are merged and checked: ``market.value.sigma=2``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

from mmtui.errors import LevelError

_STEP = re.compile(r"([A-Za-z0-9_-]+)((?:\[\d+\])*)")


def turned(tables: Mapping[str, Any], dials: Mapping[str, str]) -> dict[str, Any]:
    """The tables of a level's file with some keys set.

    Args:
        tables: as TOML has them; they are left as they are.
        dials: key path to value. A path goes through tables by points and through lists by places from 0,
            ``events[0].at_s``; tables that are not there are made. A value is as TOML writes it, or else text.

    Raises:
        LevelError: a path is none, or leads through what is no table or list.
    """
    changed: dict[str, Any] = deepcopy(dict(tables))
    for path, text in dials.items():
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


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    for part in path.split("."):
        found = _STEP.fullmatch(part)
        if found is None:
            raise LevelError(f"--set {path}: expected a key path such as market.value.sigma or events[0].at_s")
        steps += [found[1], *(int(place) for place in re.findall(r"\d+", found[2]))]
    return steps


def _in(at: Any, step: str | int, path: str) -> Any:
    """What stands in a table under a key, or in a list at a place."""
    if isinstance(step, str) and isinstance(at, dict) and step in at:
        return at[step]
    if isinstance(step, int) and isinstance(at, list) and step < len(at):
        return at[step]
    where = f"[{step}]" if isinstance(step, int) else step
    raise LevelError(f"--set {path}: the level has no {where} there")


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return text

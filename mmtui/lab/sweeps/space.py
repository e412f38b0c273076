"""The points of a sweep: values or ranges of parameters, as a grid, at random, or evenly spread."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mmtui.errors import InputError
from mmtui.lab.sweeps.sobol import MOST_DIMENSIONS, sobol
from mmtui.market.core.draws import Floats, generator
from mmtui.session.commands import Params
from mmtui.strategies.params import params_of, read_params
from mmtui.strategies.registry import strategy_class

#: The most points of a sweep.
MOST_POINTS = 100_000

AxisValue = float | int | bool | str | None
Draw = Literal["grid", "random", "sobol"]


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter's values: those listed, or, with none listed, all from ``low`` to ``high``.

    Attributes:
        key: the parameter.
        log: whether a range is even in the logarithm.
        whole: whether a range holds whole numbers only.
    """

    key: str
    values: tuple[AxisValue, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False

    def at(self, share: float) -> AxisValue:
        """Returns the value at a share in [0, 1) of the axis."""
        if self.values:
            return self.values[int(share * len(self.values))]
        if self.whole and not self.log:
            return int(self.low) + int(share * (self.high - self.low + 1))
        width, ratio = self.high - self.low, self.high / self.low if self.log else 1.0
        value = self.low * ratio**share if self.log else self.low + share * width
        return round(value) if self.whole else value


def parse_axis(strategy: str, text: str) -> Axis:
    """Read an axis from ``key=v1,v2,...``, ``key=lo:hi`` or ``key=lo:hi:log``.

    Raises:
        InputError: it is none of these.
        UnknownStrategyError: the strategy has no such parameter, or it cannot have such a value.
    """
    key, equals, rest = text.partition("=")
    key = key.strip()
    if not equals or not rest.strip():
        raise InputError(f"--grid {text}: expected key=v1,v2,... or key=lo:hi or key=lo:hi:log")
    cls = strategy_class(strategy)
    kind = next((param.type for param in params_of(cls) if param.name == key), object)
    parts = [part.strip() for part in rest.split(":")]
    ranged = kind in (int, float) and 2 <= len(parts) <= 3 and parts[2:] in ([], ["log"])
    texts = parts[:2] if ranged else [part.strip() for part in rest.split(",")]
    values = tuple(read_params(strategy, cls, {key: value})[key] for value in texts)
    if not ranged:
        return Axis(key, tuple(dict.fromkeys(values)))
    low, high = values
    log = len(parts) == 3
    if low is None or high is None or not low < high or (log and low <= 0):
        least = "0 < lo < hi" if log else "lo < hi"
        raise InputError(f"--grid {text}: expected {least}")
    return Axis(key, (), low, high, log, kind is int)


def points(axes: Sequence[Axis], draw: Draw = "grid", count: int = 0, seed: int = 0) -> list[Params]:
    """Returns the points to try, each once.

    Args:
        axes: the parameters, each once.
        draw: every combination of the listed values ("grid"), or ``count`` draws, independent ("random") or evenly
            spread ("sobol", of which powers of two are the most even).
        count: how many are drawn; a larger count begins with the same points.
        seed: of the draws.

    Raises:
        InputError: a parameter occurs twice, a grid has a range, or there are too many axes.
    """
    keys = [axis.key for axis in axes]
    for key in keys:
        if keys.count(key) > 1:
            raise InputError(f"--grid {key}: expected each parameter once")
    if draw == "grid":
        for axis in axes:
            if not axis.values:
                raise InputError(f"--grid {axis.key}: a range needs --random N or --sobol N; a grid lists its values")
        if (count := math.prod(len(axis.values) for axis in axes)) > MOST_POINTS:
            raise InputError(f"--grid: expected at most {MOST_POINTS:,} points, not {count:,}")
        return [dict(zip(keys, values, strict=True)) for values in itertools.product(*(axis.values for axis in axes))]
    if draw == "sobol":
        if len(axes) > MOST_DIMENSIONS:
            raise InputError(f"--sobol: expected at most {MOST_DIMENSIONS} parameters; use --random")
        shares: Floats = sobol(count, len(axes), seed)
    else:
        shares = generator(seed, "sweep").random((count, len(axes)))
    drawn = [{axis.key: axis.at(share) for axis, share in zip(axes, row, strict=True)} for row in shares.tolist()]
    return list({tuple(point.items()): point for point in drawn}.values())


def position(axis: Axis, value: AxisValue) -> float:
    """Returns the position of a value on an axis, 0 to 1: its place among those listed, or its share of the range."""
    if axis.values:
        return axis.values.index(value) / max(1, len(axis.values) - 1)
    assert isinstance(value, int | float)
    if axis.log:
        return math.log(value / axis.low) / math.log(axis.high / axis.low)
    return (value - axis.low) / (axis.high - axis.low)

"""Where a maker stands, in the terms of the models that solve for the value of a position."""

from __future__ import annotations

import math
from typing import NamedTuple

from mmtui.strategies.defaults import default_size
from mmtui.strategies.models.inventory_value import units
from mmtui.strategies.models.learner import Learner
from mmtui.strategies.protocol import MarketView
from mmtui.units import NS_PER_S


class ModelInputs(NamedTuple):
    """What such a model is told, prices in ticks and times in seconds.

    Attributes:
        size: lots a quote.
        unit: lots in a unit of the position.
        most: units in the position limit.
        q: units held.
        k: the decay of fills with distance, per tick.
        rate: A, fills at the mid on each side, per second.
        horizon: the time that is counted for; infinite when the end is not.
    """

    size: int
    unit: int
    most: int
    q: float
    k: float
    rate: float
    horizon: float


def model_inputs(
    view: MarketView, learner: Learner, *, size: int | None, k: float | None, rate: float | None, finite: bool
) -> ModelInputs:
    """Where the maker stands; what is None is the level's or the learner's to say."""
    rules = view.rules
    size = default_size(rules) if size is None else size
    unit, most = units(rules, size)
    return ModelInputs(
        size=size,
        unit=unit,
        most=most,
        q=view.position / unit,
        k=learner.k if k is None else k,
        rate=learner.rate if rate is None else rate,
        horizon=max(0.0, (rules.end_ns - view.now_ns) / NS_PER_S) if finite else math.inf,
    )

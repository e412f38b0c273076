"""The base of the models that quote by the value of a position: what they learn, assume and have in common."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import NamedTuple

from mmtui.strategies.defaults import default_size
from mmtui.strategies.models.inventory_value import CachedSteps, quotes_from, units
from mmtui.strategies.models.learner import Learner
from mmtui.strategies.protocol import MarketView, Quotes, Rules, Strategy
from mmtui.units import NS_PER_S


class ModelInputs(NamedTuple):
    """What a model works its distances out from, prices in ticks and times in seconds.

    Attributes:
        rules: the level's rules.
        unit: lots in a unit of the position.
        most: units in the position limit.
        q: units held.
        k: the decay of fills with distance, per tick.
        rate: A, fills at the mid on each side, per second.
        horizon: the time ahead that counts; infinite when the end does not.
        sigma: the estimated volatility, per root second.
        variance_ratio: its square over the usual one.
    """

    rules: Rules
    unit: int
    most: int
    q: float
    k: float
    rate: float
    horizon: float
    sigma: float
    variance_ratio: float


class InventoryModel(Strategy):
    """A maker who counts the position in units of a quote's size and is filled at the rate A exp(-k d).

    Subclasses are dataclasses that declare the parameters below and say how far from the mid they quote.

    Attributes:
        learner: what the market has taught so far; None before the first quote.
        aversion: the default of gamma or phi, which stays what the first inputs make it; None before.
    """

    k: float | None
    rate: float | None
    finite: bool
    memory: float
    size: int | None

    def __post_init__(self) -> None:
        self.learner: Learner | None = None
        self.aversion: float | None = None
        self._values = CachedSteps()

    @abstractmethod
    def distances(self, inputs: ModelInputs) -> tuple[float, float, float]:
        """Return the distance without risk, and those of bid and ask, in ticks; infinite for no quote."""

    def quote(self, view: MarketView) -> Quotes:
        """Return both sides at the distances for the position; one side at the limit."""
        rules, now_ns = view.rules, view.now_ns
        learner = self.learner = Learner.updated(self.learner, view, self.memory)
        size = default_size(rules) if self.size is None else self.size
        unit, most = units(rules, size)
        inputs = ModelInputs(
            rules=rules,
            unit=unit,
            most=most,
            q=view.position / unit,
            k=learner.k if self.k is None else self.k,
            rate=learner.rate if self.rate is None else self.rate,
            horizon=max(0.0, (rules.end_ns - now_ns) / NS_PER_S) if self.finite else math.inf,
            sigma=learner.sigma(now_ns),
            variance_ratio=learner.variance_ratio(now_ns),
        )
        return quotes_from(learner.mid, *self.distances(inputs), size)

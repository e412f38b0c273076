"""Strategies that quote with defences: their parameters, and how a quote is made."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from mmtui.strategies.defences.defences import (
    BandDefence,
    Defence,
    HurstDefence,
    ImbalanceDefence,
    PositionDefence,
    StressDefence,
    ToxicityDefence,
)
from mmtui.strategies.defences.guards import Guard, protected
from mmtui.strategies.models.learner import Learner
from mmtui.strategies.params import component, with_params_of
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param

#: The defences, each with the switches of which at least one must be on.
_DEFENCES: dict[type[Defence], tuple[str, ...]] = {
    StressDefence: ("volatility", "spread"),
    PositionDefence: ("crowding",),
    ImbalanceDefence: ("imbalance",),
    ToxicityDefence: ("toxicity",),
    BandDefence: ("band",),
    HurstDefence: ("hurst",),
}


@dataclass
@with_params_of(*_DEFENCES)
class Defended(Strategy):
    """Quotes that :meth:`wanted` works out, adjusted by the defences that are switched on.

    Raises:
        ValueError: ``release`` is above 1.
    """

    interval_s: ClassVar[float] = 0.25

    volatility: bool = param(True, "", "rule: show less in high volatility")
    spread: bool = param(True, "", "rule: widen and show less where the spread is far above its mean of a minute")
    crowding: bool = param(True, "", "rule: add less to a large position")
    imbalance: bool = param(True, "", "rule: shift with the imbalance of trades, the stale side further")
    toxicity: bool = param(True, "", "rule: widen, show less, step out when own fills lose within 10 s")
    band: bool = param(True, "", "rule: near a limit of the price band widen, show less and flatten")
    hurst: bool = param(True, "", "rule: keep flat and widen in a trend, tighten in reversion")
    oblige: bool = param(True, "", "rule: quote no wider than the obligation counts")
    release: float = param(0.7, "part", "of a threshold, below which a rule goes off again", least=0.0, most=1.0)
    memory: float = param(30.0, "s", "memory of the volatility estimate", least=1.0, most=86_400)

    _learner: Learner | None = field(default=None, init=False, repr=False, compare=False)
    _defences: list[Defence] = field(default_factory=list, init=False, repr=False, compare=False)
    _guards: list[Guard] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.release <= 1.0:
            raise ValueError(f"release must be at most 1, not {self.release:g}")
        self._defences = [
            component(kind, self)
            for kind, switches in _DEFENCES.items()
            if any(getattr(self, switch) for switch in switches)
        ]
        self._guards = [defence.guard() for defence in self._defences]

    @abstractmethod
    def wanted(self, view: MarketView, mid: float, sigma: float) -> Quotes:
        """Return the quotes without any defence; ``sigma`` is the volatility, in ticks per root second."""

    def quote(self, view: MarketView) -> Quotes:
        """Return the wanted quotes, adjusted by all defences together."""
        learner = self._learner = Learner.updated(self._learner, view, self.memory)
        quotes = self.wanted(view, learner.mid, learner.sigma(view.now_ns))
        # Rounding to ticks adds up to one more than the next whole tick.
        most = view.rules.max_width
        widest = None if most is None or not self.oblige else max(0, most - 1)
        return protected(self._guards, quotes, view, learner, widest)

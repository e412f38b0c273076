"""Strategies that quote with the defences of ``rules``: their parameters, and the making of a quote."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from mmtui.strategies.defences.defences import (
    BandDefence,
    HurstDefence,
    ImbalanceDefence,
    PositionDefence,
    StressDefence,
    ToxicityDefence,
)
from mmtui.strategies.defences.quote_adjustment import Defence, DefenceContext, QuoteAdjustment
from mmtui.strategies.models.learner import Learner
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param


@dataclass
class Defended(Strategy):
    """Quotes that :meth:`wanted` works out, in the stance that the defences switched on ask for.

    Raises:
        ValueError: ``release`` is above 1.
    """

    interval_s: ClassVar[float] = 0.25

    volatility: bool = param(True, "", "rule: widen and show less in high volatility")
    spread: bool = param(True, "", "rule: the same where the spread is far above its mean of a minute")
    crowding: bool = param(True, "", "rule: add less to a large position")
    imbalance: bool = param(True, "", "rule: shift with the imbalance of trades, the stale side further")
    toxicity: bool = param(True, "", "rule: widen, show less, step out when own fills lose within 10 s")
    band: bool = param(True, "", "rule: near a limit of the price band widen, show less and flatten")
    hurst: bool = param(True, "", "rule: keep flat and widen in a trend, tighten in reversion")
    oblige: bool = param(True, "", "rule: quote no wider than the obligation counts")
    release: float = param(0.7, "part", "of a threshold, below which a rule goes off again; at most 1", least=0.0)
    memory: float = param(30.0, "s", "memory of the volatility estimate", least=1.0)
    volatile_at: float = param(2.0, "times", "the usual volatility: stress from there", least=0.0)
    spread_at: float = param(2.0, "times", "the mean spread of a minute: stress from there", least=0.0)
    stress_width: float = param(1.5, "times", "the width, under stress", least=0.0)
    stress_size: float = param(0.7, "times", "the sizes, under stress", least=0.0)
    spike_at: float = param(3.0, "times", "the usual volatility: a spike from there", least=0.0)
    spike_size: float = param(0.2, "times", "the sizes, in a spike", least=0.0)
    crowded_at: float = param(0.5, "part", "of the limit, from which a position is large", least=0.0)
    crowded_size: float = param(0.5, "times", "the size that adds to it", least=0.0)
    imbalance_at: float = param(0.3, "part", "of all trades, bought less sold, from which quotes shift", least=0.0)
    shade: float | None = param(None, "ticks", "shift at an imbalance of 1; auto measures what follows one", least=0.0)
    stale: float = param(1.0, "times", "the shift, that the stale side shifts besides", least=0.0)
    toxic_at: float = param(1.0, "errors", "below zero, from which own markouts are suspicious", least=0.0)
    toxic_width: float = param(1.5, "times", "the width then", least=0.0)
    toxic_size: float = param(0.5, "times", "the sizes then", least=0.0)
    step_out: float = param(20.0, "s", "time without quotes when there is no doubt; 0 for never", least=0.0)
    band_at: float = param(0.5, "part", "of the way to a limit of the price band, from which it is near", least=0.0)
    band_width: float = param(1.5, "times", "the width then", least=0.0)
    band_size: float = param(0.4, "times", "the sizes then", least=0.0)
    band_lean: float = param(3.0, "times", "the skew then", least=0.0)
    band_out: float = param(0.8, "part", "of the way, from which the side in danger is not quoted", least=0.0)
    band_after: float = param(10.0, "s", "for which it goes on after a band that bound is gone", least=0.0)
    hurst_at: float = param(2.0, "deviations", "of Hurst's exponent from 0.5, from which it is believed", least=0.0)
    trend_width: float = param(1.25, "times", "the width in a trend", least=0.0)
    trend_lean: float = param(3.0, "times", "the skew in a trend", least=0.0)
    revert_width: float = param(0.8, "times", "the width in reversion", least=0.0)

    _learner: Learner | None = field(default=None, init=False, repr=False, compare=False)
    _defences: list[Defence] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.release <= 1.0:
            raise ValueError(f"release must be at most 1, not {self.release:g}")
        self._defences = self._chosen()

    @abstractmethod
    def wanted(self, view: MarketView, mid: float, sigma: float) -> Quotes:
        """The quotes without any defence; ``sigma`` is the volatility, in ticks per root second."""

    def quote(self, view: MarketView) -> Quotes:
        """What is wanted, in the stance of all defences together."""
        rules, now_ns = view.rules, view.now_ns
        learner = self._learner = Learner.asked(self._learner, view, self.memory)
        mid = learner.mid
        quotes = self.wanted(view, mid, learner.sigma(now_ns))
        sight = DefenceContext(
            view=view,
            mid=mid,
            spread=learner.spread,
            volatility=math.sqrt(learner.variance_ratio(now_ns)),
            width=rules.normal_spread if quotes.bid is None or quotes.ask is None else quotes.ask - quotes.bid,
        )
        stance = QuoteAdjustment()
        for defence in self._defences:
            defence.look(sight, stance)
        # Rounding to ticks adds up to one more than the next whole tick.
        widest = None if rules.max_width is None or not self.oblige else max(0, rules.max_width - 1)
        return stance.put_to(quotes, mid, rules.min_size, widest)

    def _chosen(self) -> list[Defence]:
        chosen: list[Defence] = []
        if self.volatility or self.spread:
            chosen.append(
                StressDefence(
                    volatility=self.volatile_at if self.volatility else None,
                    spread=self.spread_at if self.spread else None,
                    width=self.stress_width,
                    size=self.stress_size,
                    spike=self.spike_at,
                    spike_size=self.spike_size,
                    release=self.release,
                )
            )
        if self.crowding:
            chosen.append(PositionDefence(part=self.crowded_at, size=self.crowded_size, release=self.release))
        if self.imbalance:
            chosen.append(
                ImbalanceDefence(least=self.imbalance_at, shade=self.shade, stale=self.stale, release=self.release)
            )
        if self.toxicity:
            chosen.append(
                ToxicityDefence(
                    score=self.toxic_at,
                    width=self.toxic_width,
                    size=self.toxic_size,
                    pause_s=self.step_out,
                    release=self.release,
                )
            )
        if self.band:
            chosen.append(
                BandDefence(
                    part=self.band_at,
                    width=self.band_width,
                    size=self.band_size,
                    lean=self.band_lean,
                    out=self.band_out,
                    after_s=self.band_after,
                    release=self.release,
                )
            )
        if self.hurst:
            chosen.append(
                HurstDefence(
                    score=self.hurst_at,
                    trend_width=self.trend_width,
                    trend_lean=self.trend_lean,
                    revert_width=self.revert_width,
                    release=self.release,
                )
            )
        return chosen

"""The rules by which a maker protects quotes, and their parameters; what each does is its guard's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from mmtui.signals.hysteresis import Hysteresis
from mmtui.strategies.defences.guards import (
    BandGuard,
    Guard,
    HurstGuard,
    ImbalanceGuard,
    PositionGuard,
    StressGuard,
    ToxicityGuard,
)
from mmtui.strategies.protocol import param
from mmtui.units import NS_PER_S


@dataclass
class Defence(ABC):
    """A rule that protects quotes: it measures one thing and, beyond a threshold, adjusts them.

    Fields declared with ``param`` are parameters of every strategy that uses the defence; all fields take their values
    from that strategy.

    Attributes:
        release: the part of a threshold below which the measure must fall before the defence stops acting.
    """

    release: float

    @abstractmethod
    def guard(self) -> Guard:
        """Start to measure."""

    def _threshold(self, on: float) -> Hysteresis:
        return Hysteresis(on, self.release * on)


@dataclass
class StressDefence(Defence):
    """High volatility, or a spread far above its mean: show less. Both together count once.

    A wide spread widens the quotes besides; high volatility does so by itself where a width is made of it.

    Attributes:
        volatility, spread: which of the two are measured.
    """

    volatility: bool
    spread: bool
    volatile_at: float = param(2.0, "times", "the usual volatility: stress from there", least=0.0, most=1000)
    spread_at: float = param(2.0, "times", "the mean spread of a minute: stress from there", least=0.0, most=1000)
    stress_width: float = param(1.5, "times", "the width, in so wide a market", least=0.0, most=1000)
    stress_size: float = param(0.7, "times", "the sizes, under stress", least=0.0, most=1000)
    spike_at: float = param(3.0, "times", "the usual volatility: a spike from there", least=0.0, most=1000)
    spike_size: float = param(0.2, "times", "the sizes, in a spike", least=0.0, most=1000)

    def guard(self) -> Guard:
        """Start to measure."""
        volatile, spiked, wide = map(self._threshold, (self.volatile_at, self.spike_at, self.spread_at))
        return StressGuard(
            volatile if self.volatility else None,
            spiked if self.volatility else None,
            wide if self.spread else None,
            width=self.stress_width,
            size=self.stress_size,
            spike_size=self.spike_size,
        )


@dataclass
class PositionDefence(Defence):
    """A position beyond part of the limit: show less on the side that adds to it, and leave the other unchanged."""

    crowded_at: float = param(0.5, "part", "of the limit, from which a position is large", least=0.0, most=1000)
    crowded_size: float = param(0.5, "times", "the size that adds to it", least=0.0, most=1000)

    def guard(self) -> Guard:
        """Start to measure."""
        return PositionGuard(self._threshold(self.crowded_at), self._threshold(self.crowded_at), self.crowded_size)


@dataclass
class ImbalanceDefence(Defence):
    """Takers who mostly buy, or mostly sell: shift both quotes their way, and the stale one, which they take, further.

    Imbalance leads the price in some markets and not in others, where following it only costs. So, unless ``shade`` is
    given, the move of the mid in the 5 s after an imbalance is measured (:class:`~mmtui.signals.lead.Lead`), from
    nothing at the start to no more than the width of the quotes.
    """

    imbalance_at: float = param(
        0.3, "part", "of all trades, bought less sold, from which quotes shift", least=0.0, most=1000
    )
    shade: float | None = param(
        None, "ticks", "shift at an imbalance of 1; auto measures what follows one", least=0.0, most=1e6
    )
    stale: float = param(1.0, "times", "the shift, that the stale side shifts besides", least=0.0, most=1000)

    def guard(self) -> Guard:
        """Start to measure."""
        buying, selling = self._threshold(self.imbalance_at), self._threshold(self.imbalance_at)
        return ImbalanceGuard(buying, selling, self.shade, self.stale)


@dataclass
class ToxicityDefence(Defence):
    """Own recent fills lose within 10 s: widen and show less; when that is beyond doubt, step out for a while.

    A suspicion is a mean markout so many standard errors below zero; beyond doubt is the verdict of
    :class:`~mmtui.signals.toxicity.Toxicity`. Stepped out, only the side that works off a position is quoted. Without
    quotes there is no new evidence, so it is discarded and gathered anew afterwards.
    """

    toxic_at: float = param(1.0, "errors", "below zero, from which own markouts are suspicious", least=0.0, most=1000)
    toxic_width: float = param(1.5, "times", "the width then", least=0.0, most=1000)
    toxic_size: float = param(0.5, "times", "the sizes then", least=0.0, most=1000)
    step_out: float = param(
        20.0, "s", "time without quotes when there is no doubt; 0 for never", least=0.0, most=86_400
    )

    def guard(self) -> Guard:
        """Start to measure."""
        return ToxicityGuard(
            self._threshold(self.toxic_at),
            width=self.toxic_width,
            size=self.toxic_size,
            pause_ns=round(self.step_out * NS_PER_S),
        )


@dataclass
class BandDefence(Defence):
    """The price comes near a limit of its band, beyond which there is no way out of a position.

    Near it: widen, show less, and work the position off. Nearer still: no quote on the side that would be filled by
    those who run to the limit, unless it works a position off. The same while a band that binds holds the price back
    and for a while after: it goes where it wanted to be, at the expense of any quote there. The measure is the part
    of the way from the band's reference to its nearer limit that the mid has gone.
    """

    band_at: float = param(
        0.5, "part", "of the way to a limit of the price band, from which it is near", least=0.0, most=1000
    )
    band_width: float = param(1.5, "times", "the width then", least=0.0, most=1000)
    band_size: float = param(0.4, "times", "the sizes then", least=0.0, most=1000)
    band_lean: float = param(3.0, "times", "the skew then", least=0.0, most=1000)
    band_out: float = param(
        0.8, "part", "of the way, from which the side in danger is not quoted", least=0.0, most=1000
    )
    band_after: float = param(10.0, "s", "for which it goes on after a band that bound is gone", least=0.0, most=86_400)

    def guard(self) -> Guard:
        """Start to measure."""
        return BandGuard(
            self._threshold(self.band_at),
            self._threshold(self.band_out),
            width=self.band_width,
            size=self.band_size,
            lean=self.band_lean,
            after_ns=round(self.band_after * NS_PER_S),
        )


@dataclass
class HurstDefence(Defence):
    """A mid that trends: keep flat and widen. One that reverts: tighten."""

    hurst_at: float = param(
        2.0, "deviations", "of Hurst's exponent from 0.5, from which it is believed", least=0.0, most=1000
    )
    trend_width: float = param(1.25, "times", "the width in a trend", least=0.0, most=1000)
    trend_lean: float = param(3.0, "times", "the skew in a trend", least=0.0, most=1000)
    revert_width: float = param(0.8, "times", "the width in reversion", least=0.0, most=1000)

    def guard(self) -> Guard:
        """Start to measure."""
        return HurstGuard(
            self._threshold(self.hurst_at),
            self._threshold(self.hurst_at),
            trend_width=self.trend_width,
            lean=self.trend_lean,
            revert_width=self.revert_width,
        )

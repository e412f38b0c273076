"""The rules by which a maker protects quotes: each has a measure, a threshold with hysteresis, and an adjustment."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from mmtui.signals.band import band_distance
from mmtui.signals.hurst import Hurst
from mmtui.signals.imbalance import TradeImbalance
from mmtui.signals.lead import Lead
from mmtui.signals.spread import SpreadRatio
from mmtui.signals.toxicity import Flow, Toxicity
from mmtui.strategies.defences.quote_adjustment import Defence, DefenceContext, QuoteAdjustment
from mmtui.strategies.protocol import OwnFill, param
from mmtui.units import NS_PER_S

#: The window, in seconds, of the mean that a spread is compared with.
SPREAD_WINDOW_S = 60.0
#: The window, in seconds, of the trade imbalance.
IMBALANCE_WINDOW_S = 10.0
#: How long after an imbalance the move of the mid is measured, in seconds.
AHEAD_S = 5
#: Prior weight of ``Lead``: a square of the imbalance, about 0.15, is counted each second; this is a minute's worth.
LEAD_DOUBT = 10.0
#: Horizon of own markouts, in seconds.
MARKOUT_S = 10.0
#: Bursts of fills, half of what a verdict needs, from which a low mean markout counts as a suspicion.
SUSPICIOUS_BURSTS = 4
#: The window of Hurst's exponent, in seconds; lags of one second, which bounce distorts most, are dropped.
HURST_WINDOW_S = 512
HURST_LEAST_LAG_S = 2


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

    def __post_init__(self) -> None:
        self._volatile = self._threshold(self.volatile_at)
        self._spiked = self._threshold(self.spike_at)
        self._wide = self._threshold(self.spread_at)
        self._ratio = SpreadRatio(SPREAD_WINDOW_S)

    def adjust(self, context: DefenceContext, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides alike."""
        volatile = spiked = wide = False
        if self.volatility:
            volatile = self._volatile.update(context.volatility)
            spiked = self._spiked.update(context.volatility)
        if self.spread:
            now_ns = context.view.now_ns
            self._ratio.update(now_ns, context.spread)
            wide = self._wide.update(self._ratio.value(now_ns) or 0.0)
        if wide:
            adjustment.widen(self.stress_width)
        if spiked:
            adjustment.shrink(self.spike_size)
        elif volatile or wide:
            adjustment.shrink(self.stress_size)


@dataclass
class PositionDefence(Defence):
    """A position beyond part of the limit: show less on the side that adds to it, and leave the other unchanged."""

    crowded_at: float = param(0.5, "part", "of the limit, from which a position is large", least=0.0, most=1000)
    crowded_size: float = param(0.5, "times", "the size that adds to it", least=0.0, most=1000)

    def __post_init__(self) -> None:
        self._long = self._threshold(self.crowded_at)
        self._short = self._threshold(self.crowded_at)

    def adjust(self, context: DefenceContext, adjustment: QuoteAdjustment) -> None:
        """Adjust one side only."""
        held = context.view.position / context.view.rules.position_limit
        if self._long.update(held):
            adjustment.bid_size *= self.crowded_size
        if self._short.update(-held):
            adjustment.ask_size *= self.crowded_size


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

    def __post_init__(self) -> None:
        self._buying = self._threshold(self.imbalance_at)
        self._selling = self._threshold(self.imbalance_at)
        self._imbalance = TradeImbalance(IMBALANCE_WINDOW_S)
        self._lead = Lead(AHEAD_S, LEAD_DOUBT)
        self._seen_ns: int | None = None

    def adjust(self, context: DefenceContext, adjustment: QuoteAdjustment) -> None:
        """Shift both sides, one of them further."""
        view, now_ns = context.view, context.view.now_ns
        seen_ns = now_ns - round(IMBALANCE_WINDOW_S * NS_PER_S) if self._seen_ns is None else self._seen_ns
        for trade in view.trades_since(seen_ns):
            self._imbalance.update(trade.time_ns, trade.side * trade.quantity)
        self._seen_ns = now_ns
        imbalance = self._imbalance.value(now_ns)
        self._lead.update(now_ns, imbalance, context.mid)
        buying, selling = self._buying.update(imbalance), self._selling.update(-imbalance)
        if buying or selling:
            shade = min(max(0.0, self._lead.slope), context.width) if self.shade is None else self.shade
            shift = imbalance * shade
            adjustment.shift += shift
            adjustment.ask_back += self.stale * max(0.0, shift)
            adjustment.bid_back += self.stale * max(0.0, -shift)


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

    def __post_init__(self) -> None:
        self._suspicious = self._threshold(self.toxic_at)
        self._pause_ns = round(self.step_out * NS_PER_S)
        self._back_ns: int | None = None
        self._toxicity = Toxicity(horizon_s=MARKOUT_S)
        self._waiting: deque[OwnFill] = deque()
        self._seen_ns = -1

    def adjust(self, context: DefenceContext, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides alike; while stepped out, keep the side that works off a position."""
        view, now_ns = context.view, context.view.now_ns
        self._mark_out(context)
        if self._back_ns is not None and now_ns >= self._back_ns:
            self._back_ns = None
            self._toxicity = Toxicity(horizon_s=MARKOUT_S)
            self._suspicious.is_on = False
        reading = self._toxicity.reading
        if self._back_ns is None and self._pause_ns and reading is not None and reading.flow is Flow.TOXIC:
            self._back_ns = now_ns + self._pause_ns
        if self._back_ns is not None:
            adjustment.bid = adjustment.bid and view.position < 0
            adjustment.ask = adjustment.ask and view.position > 0
        elif reading is not None and reading.bursts >= SUSPICIOUS_BURSTS and self._suspicious.update(reading.score):
            adjustment.widen(self.toxic_width)
            adjustment.shrink(self.toxic_size)

    def _mark_out(self, context: DefenceContext) -> None:
        """Take the markouts that have come due, at the others' mid: own quotes do not count."""
        now_ns = context.view.now_ns
        self._waiting.extend(context.view.fills_since(self._seen_ns))
        self._seen_ns = now_ns
        due_ns = now_ns - round(MARKOUT_S * NS_PER_S)
        while self._waiting and self._waiting[0].time_ns <= due_ns:
            fill = self._waiting.popleft()
            self._toxicity.update(fill.time_ns, fill.quantity, fill.side * (context.mid - fill.price))


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

    def __post_init__(self) -> None:
        self._near = self._threshold(self.band_at)
        self._out = self._threshold(self.band_out)
        self._after_ns = round(self.band_after * NS_PER_S)
        self._side = 0
        self._bound_ns: int | None = None

    def adjust(self, context: DefenceContext, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides, and drop the one in danger: bids near the lower limit, asks near the upper one."""
        view = context.view
        band = view.band
        if band is not None and band.lower < band.reference < band.upper:
            self._side, _, left = band_distance(context.mid, band.reference, band.lower, band.upper)
            self._near.update(1.0 - left)
            self._out.update(1.0 - left)
            if band.binding:
                self._bound_ns = view.now_ns
        elif self._bound_ns is None or view.now_ns - self._bound_ns > self._after_ns:
            self._near.is_on = self._out.is_on = False
        if self._near.is_on:
            adjustment.widen(self.band_width)
            adjustment.shrink(self.band_size)
            adjustment.lean *= self.band_lean
        if self._out.is_on:
            if self._side < 0:
                adjustment.bid = adjustment.bid and view.position < 0
            else:
                adjustment.ask = adjustment.ask and view.position > 0


@dataclass
class HurstDefence(Defence):
    """A mid that trends: keep flat and widen. One that reverts: tighten."""

    hurst_at: float = param(
        2.0, "deviations", "of Hurst's exponent from 0.5, from which it is believed", least=0.0, most=1000
    )
    trend_width: float = param(1.25, "times", "the width in a trend", least=0.0, most=1000)
    trend_lean: float = param(3.0, "times", "the skew in a trend", least=0.0, most=1000)
    revert_width: float = param(0.8, "times", "the width in reversion", least=0.0, most=1000)

    def __post_init__(self) -> None:
        self._trending = self._threshold(self.hurst_at)
        self._reverting = self._threshold(self.hurst_at)
        self._hurst = Hurst(HURST_WINDOW_S, 1.0, HURST_LEAST_LAG_S)

    def adjust(self, context: DefenceContext, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides alike."""
        self._hurst.update(context.view.now_ns, context.mid)
        reading = self._hurst.reading
        score = 0.0 if reading is None else (reading.h - 0.5) / reading.sd
        if self._trending.update(score):
            adjustment.widen(self.trend_width)
            adjustment.lean *= self.trend_lean
        if self._reverting.update(-score):
            adjustment.widen(self.revert_width)

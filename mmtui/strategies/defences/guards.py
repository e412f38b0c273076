"""Defences at work: each guard measures one thing and, beyond a threshold, adjusts the quotes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from mmtui.signals.band import band_distance
from mmtui.signals.hurst import Hurst
from mmtui.signals.hysteresis import Hysteresis
from mmtui.signals.imbalance import TradeImbalance
from mmtui.signals.lead import Lead
from mmtui.signals.spread import SpreadRatio
from mmtui.signals.toxicity import Flow, Toxicity
from mmtui.strategies.defences.quote_adjustment import QuoteAdjustment
from mmtui.strategies.models.learner import Learner
from mmtui.strategies.protocol import MarketView, OwnFill, Quotes
from mmtui.units import NS_PER_S

_TOXIC = Flow.TOXIC

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
_MARKOUT_NS = round(MARKOUT_S * NS_PER_S)
#: Bursts of fills, half of what a verdict needs, from which a low mean markout counts as a suspicion.
SUSPICIOUS_BURSTS = 4
#: The window of Hurst's exponent, in seconds; lags of one second, which bounce distorts most, are dropped.
HURST_WINDOW_S = 512
HURST_LEAST_LAG_S = 2


class Situation:
    """The market as all guards see it.

    Attributes:
        view: the market.
        now_ns, position: the view's.
        mid: half-way between the best prices of others, in ticks.
        spread: between the best prices of others, in ticks.
        volatility: the estimate over the market's usual volatility.
        width: between the bid and the ask to be protected, in ticks.
    """

    __slots__ = ("mid", "now_ns", "position", "spread", "view", "volatility", "width")

    def __init__(self, view: MarketView, learner: Learner, quotes: Quotes) -> None:
        self.view = view
        self.now_ns = view.now_ns
        self.position = view.position
        self.mid = learner.mid
        self.spread = learner.spread
        self.volatility = math.sqrt(learner.variance_ratio(self.now_ns))
        bid, ask = quotes.bid, quotes.ask
        self.width: float = view.rules.normal_spread if bid is None or ask is None else ask - bid


class Guard:
    """One defence at work."""

    __slots__ = ()

    def adjust(self, now: Situation, adjustment: QuoteAdjustment) -> None:
        """Take in the market as it is now, and change the adjustment if the measure is beyond its threshold."""
        raise NotImplementedError


def protected(
    guards: Sequence[Guard], quotes: Quotes, view: MarketView, learner: Learner, widest: float | None
) -> Quotes:
    """Return the quotes that were wanted, adjusted by all guards together.

    Args:
        guards: in any order.
        quotes: what was wanted.
        view: the market.
        learner: up to date.
        widest: the largest width, in ticks, from bid to ask; None for any.
    """
    now, adjustment = Situation(view, learner, quotes), QuoteAdjustment()
    for guard in guards:
        guard.adjust(now, adjustment)
    return adjustment.apply(quotes, now.mid, view.rules.min_size, widest)


class StressGuard(Guard):
    """See :class:`~mmtui.strategies.defences.defences.StressDefence`; a threshold of None is not looked at."""

    __slots__ = ("_ratio", "_size", "_spike_size", "_spiked", "_volatile", "_wide", "_width")

    def __init__(
        self,
        volatile: Hysteresis | None,
        spiked: Hysteresis | None,
        wide: Hysteresis | None,
        *,
        width: float,
        size: float,
        spike_size: float,
    ) -> None:
        self._volatile, self._spiked, self._wide = volatile, spiked, wide
        self._width, self._size, self._spike_size = width, size, spike_size
        self._ratio = SpreadRatio(SPREAD_WINDOW_S)

    def adjust(self, now: Situation, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides alike."""
        volatile = spiked = wide = False
        if self._volatile is not None and self._spiked is not None:
            volatile = self._volatile.update(now.volatility)
            spiked = self._spiked.update(now.volatility)
        if self._wide is not None:
            self._ratio.update(now.now_ns, now.spread)
            wide = self._wide.update(self._ratio.value(now.now_ns) or 0.0)
        if wide:
            adjustment.widen(self._width)
        if spiked:
            adjustment.shrink(self._spike_size)
        elif volatile or wide:
            adjustment.shrink(self._size)


class PositionGuard(Guard):
    """See :class:`~mmtui.strategies.defences.defences.PositionDefence`."""

    __slots__ = ("_long", "_short", "_size")

    def __init__(self, too_long: Hysteresis, too_short: Hysteresis, size: float) -> None:
        self._long, self._short, self._size = too_long, too_short, size

    def adjust(self, now: Situation, adjustment: QuoteAdjustment) -> None:
        """Adjust one side only."""
        held = now.position / now.view.rules.position_limit
        if self._long.update(held):
            adjustment.bid_size *= self._size
        if self._short.update(-held):
            adjustment.ask_size *= self._size


class ImbalanceGuard(Guard):
    """See :class:`~mmtui.strategies.defences.defences.ImbalanceDefence`."""

    __slots__ = ("_buying", "_imbalance", "_lead", "_seen_ns", "_selling", "_shade", "_stale")

    def __init__(self, buying: Hysteresis, selling: Hysteresis, shade: float | None, stale: float) -> None:
        self._buying, self._selling, self._shade, self._stale = buying, selling, shade, stale
        self._imbalance = TradeImbalance(IMBALANCE_WINDOW_S)
        self._lead = Lead(AHEAD_S, LEAD_DOUBT)
        self._seen_ns: int | None = None

    def adjust(self, now: Situation, adjustment: QuoteAdjustment) -> None:
        """Shift both sides, one of them further."""
        now_ns = now.now_ns
        seen_ns = now_ns - round(IMBALANCE_WINDOW_S * NS_PER_S) if self._seen_ns is None else self._seen_ns
        for trade in now.view.trades_since(seen_ns):
            self._imbalance.update(trade.time_ns, trade.side * trade.quantity)
        self._seen_ns = now_ns
        imbalance = self._imbalance.value(now_ns)
        self._lead.update(now_ns, imbalance, now.mid)
        buying, selling = self._buying.update(imbalance), self._selling.update(-imbalance)
        if buying or selling:
            shade = min(max(0.0, self._lead.slope), now.width) if self._shade is None else self._shade
            shift = imbalance * shade
            adjustment.shift += shift
            adjustment.ask_back += self._stale * max(0.0, shift)
            adjustment.bid_back += self._stale * max(0.0, -shift)


class ToxicityGuard(Guard):
    """See :class:`~mmtui.strategies.defences.defences.ToxicityDefence`."""

    __slots__ = ("_back_ns", "_pause_ns", "_seen_ns", "_size", "_suspicious", "_toxicity", "_waiting", "_width")

    def __init__(self, suspicious: Hysteresis, *, width: float, size: float, pause_ns: int) -> None:
        self._suspicious, self._width, self._size, self._pause_ns = suspicious, width, size, pause_ns
        self._back_ns: int | None = None
        self._toxicity = Toxicity(horizon_s=MARKOUT_S)
        self._waiting: deque[OwnFill] = deque()
        self._seen_ns = -1

    def adjust(self, now: Situation, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides alike; while stepped out, keep the side that works off a position."""
        self._mark_out(now)
        if self._back_ns is not None and now.now_ns >= self._back_ns:
            self._back_ns = None
            self._toxicity = Toxicity(horizon_s=MARKOUT_S)
            self._suspicious.is_on = False
        reading = self._toxicity.reading
        if self._back_ns is None and self._pause_ns and reading is not None and reading.flow is _TOXIC:
            self._back_ns = now.now_ns + self._pause_ns
        if self._back_ns is not None:
            adjustment.bid = adjustment.bid and now.position < 0
            adjustment.ask = adjustment.ask and now.position > 0
        elif reading is not None and reading.bursts >= SUSPICIOUS_BURSTS and self._suspicious.update(reading.score):
            adjustment.widen(self._width)
            adjustment.shrink(self._size)

    def _mark_out(self, now: Situation) -> None:
        """Take the markouts that have come due, at the others' mid: own quotes do not count."""
        waiting = self._waiting
        waiting.extend(now.view.fills_since(self._seen_ns))
        self._seen_ns = now.now_ns
        while waiting and waiting[0].time_ns <= now.now_ns - _MARKOUT_NS:
            fill = waiting.popleft()
            self._toxicity.update(fill.time_ns, fill.quantity, fill.side * (now.mid - fill.price))


class BandGuard(Guard):
    """See :class:`~mmtui.strategies.defences.defences.BandDefence`."""

    __slots__ = ("_after_ns", "_bound_ns", "_lean", "_near", "_out", "_side", "_size", "_width")

    def __init__(
        self, near: Hysteresis, out: Hysteresis, *, width: float, size: float, lean: float, after_ns: int
    ) -> None:
        self._near, self._out, self._after_ns = near, out, after_ns
        self._width, self._size, self._lean = width, size, lean
        self._side = 0
        self._bound_ns: int | None = None

    def adjust(self, now: Situation, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides, and drop the one in danger: bids near the lower limit, asks near the upper one."""
        band = now.view.band
        if band is not None and band.lower < band.reference < band.upper:
            self._side, _, left = band_distance(now.mid, band.reference, band.lower, band.upper)
            self._near.update(1.0 - left)
            self._out.update(1.0 - left)
            if band.binding:
                self._bound_ns = now.now_ns
        elif self._bound_ns is None or now.now_ns - self._bound_ns > self._after_ns:
            self._near.is_on = self._out.is_on = False
        if self._near.is_on:
            adjustment.widen(self._width)
            adjustment.shrink(self._size)
            adjustment.lean *= self._lean
        if self._out.is_on:
            if self._side < 0:
                adjustment.bid = adjustment.bid and now.position < 0
            else:
                adjustment.ask = adjustment.ask and now.position > 0


class HurstGuard(Guard):
    """See :class:`~mmtui.strategies.defences.defences.HurstDefence`."""

    __slots__ = ("_hurst", "_lean", "_revert_width", "_reverting", "_trend_width", "_trending")

    def __init__(
        self, trending: Hysteresis, reverting: Hysteresis, *, trend_width: float, lean: float, revert_width: float
    ) -> None:
        self._trending, self._reverting = trending, reverting
        self._trend_width, self._lean, self._revert_width = trend_width, lean, revert_width
        self._hurst = Hurst(HURST_WINDOW_S, 1.0, HURST_LEAST_LAG_S)

    def adjust(self, now: Situation, adjustment: QuoteAdjustment) -> None:
        """Adjust both sides alike."""
        self._hurst.update(now.now_ns, now.mid)
        reading = self._hurst.reading
        score = 0.0 if reading is None else (reading.h - 0.5) / reading.sd
        if self._trending.update(score):
            adjustment.widen(self._trend_width)
            adjustment.lean *= self._lean
        if self._reverting.update(-score):
            adjustment.widen(self._revert_width)

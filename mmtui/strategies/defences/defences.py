"""The rules by which a maker protects quotes: each has a signal, a threshold with hysteresis, and what it does then.

In all of them ``release`` is the part of its threshold below which a measure must fall for the rule to go off again.
"""

from __future__ import annotations

from collections import deque

from mmtui.signals.band import band_distance
from mmtui.signals.hurst import Hurst
from mmtui.signals.hysteresis import Hysteresis
from mmtui.signals.imbalance import TradeImbalance
from mmtui.signals.lead import Lead
from mmtui.signals.spread import SpreadRatio
from mmtui.signals.toxicity import Flow, Toxicity
from mmtui.strategies.defences.quote_adjustment import Defence, DefenceContext, QuoteAdjustment
from mmtui.strategies.protocol import OwnFill
from mmtui.units import NS_PER_S

#: The mean that a spread is held against is over this many seconds.
SPREAD_WINDOW_S = 60.0
#: Trades of this many seconds make the imbalance.
IMBALANCE_WINDOW_S = 10.0
#: What follows an imbalance is measured this many seconds later.
AHEAD_S = 5
#: An imbalance has its square, about 0.15, counted each second: this is what a minute of trades weighs.
LEAD_DOUBT = 10.0
#: Own markouts are taken this many seconds after the fill.
MARKOUT_S = 10.0
#: From this many bursts of fills on, half of what a verdict takes, a mean markout is worth a suspicion.
SUSPICIOUS_BURSTS = 4
#: Hurst's exponent is over this many seconds; lags of one second, which bounce distorts most, are dropped.
HURST_WINDOW_S = 512
HURST_LEAST_LAG_S = 2


class StressDefence(Defence):
    """High volatility, or a spread far above its mean: widen and show less.

    Args:
        volatility: the multiple of the usual volatility from which the market is stressed; None not to look at it.
        spread: the multiple of its mean over the last minute from which the spread says so; None not to look at it.
        width: factor on the distances under stress.
        size: factor on the sizes under stress.
        spike: the multiple of the usual volatility from which sizes are cut to ``spike_size`` instead.
        spike_size: factor on the sizes then.
        release: see the module.
    """

    def __init__(
        self,
        *,
        volatility: float | None,
        spread: float | None,
        width: float,
        size: float,
        spike: float,
        spike_size: float,
        release: float,
    ) -> None:
        self._volatile = None if volatility is None else Hysteresis(volatility, release * volatility)
        self._spiked = Hysteresis(spike, release * spike)
        self._wide = None if spread is None else Hysteresis(spread, release * spread)
        self._ratio = SpreadRatio(SPREAD_WINDOW_S)
        self._width = width
        self._size = size
        self._spike_size = spike_size

    def look(self, sight: DefenceContext, stance: QuoteAdjustment) -> None:
        """Both sides alike; volatility and spread together count once."""
        stressed = spiked = False
        if self._volatile is not None:
            stressed = self._volatile.update(sight.volatility)
            spiked = self._spiked.update(sight.volatility)
        if self._wide is not None:
            now_ns = sight.view.now_ns
            self._ratio.update(now_ns, sight.spread)
            stressed = self._wide.update(self._ratio.value(now_ns) or 0.0) or stressed
        if stressed or spiked:
            stance.widen(self._width)
            stance.shrink(self._spike_size if spiked else self._size)


class PositionDefence(Defence):
    """A position beyond part of the limit: show less on the side that adds to it, and never mind the other.

    Args:
        part: of the position limit.
        size: factor on that side's size.
        release: see the module.
    """

    def __init__(self, *, part: float, size: float, release: float) -> None:
        self._long = Hysteresis(part, release * part)
        self._short = Hysteresis(part, release * part)
        self._size = size

    def look(self, sight: DefenceContext, stance: QuoteAdjustment) -> None:
        """One side only."""
        held = sight.view.position / sight.view.rules.position_limit
        if self._long.update(held):
            stance.bid_size *= self._size
        if self._short.update(-held):
            stance.ask_size *= self._size


class ImbalanceDefence(Defence):
    """Takers who mostly buy, or mostly sell: shift both quotes their way, and the stale one, which they take, further.

    Imbalance leads the price in some markets and not in others, where following it only costs. So, unless told, it is
    measured how far the mid has gone within 5 s of an imbalance (:class:`~mmtui.signals.lead.Lead`), from nothing at
    the start to no more than the quotes are wide.

    Args:
        least: the trade imbalance over the last 10 s from which the rule acts.
        shade: ticks that the quotes shift at an imbalance of 1; None to measure it.
        stale: what the side that is taken shifts besides, over what both do.
        release: see the module.
    """

    def __init__(self, *, least: float, shade: float | None, stale: float, release: float) -> None:
        self._buying = Hysteresis(least, release * least)
        self._selling = Hysteresis(least, release * least)
        self._imbalance = TradeImbalance(IMBALANCE_WINDOW_S)
        self._lead = Lead(AHEAD_S, LEAD_DOUBT)
        self._shade = shade
        self._stale = stale
        self._seen_ns: int | None = None

    def look(self, sight: DefenceContext, stance: QuoteAdjustment) -> None:
        """Both sides shift, one of them further."""
        view, now_ns = sight.view, sight.view.now_ns
        seen_ns = now_ns - round(IMBALANCE_WINDOW_S * NS_PER_S) if self._seen_ns is None else self._seen_ns
        for trade in view.trades_since(seen_ns):
            self._imbalance.update(trade.time_ns, trade.side * trade.quantity)
        self._seen_ns = now_ns
        imbalance = self._imbalance.value(now_ns)
        self._lead.update(now_ns, imbalance, sight.mid)
        buying, selling = self._buying.update(imbalance), self._selling.update(-imbalance)
        if buying or selling:
            shade = min(max(0.0, self._lead.slope), sight.width) if self._shade is None else self._shade
            shift = imbalance * shade
            stance.shift += shift
            stance.ask_back += self._stale * max(0.0, shift)
            stance.bid_back += self._stale * max(0.0, -shift)


class BandDefence(Defence):
    """The price comes near a limit of its band, beyond which there is no way out of a position.

    Near it: widen, show less, and work the position off. Nearer still: no quote on the side that would be filled by
    those who run to the limit, unless it works a position off. The same while a band that binds holds the price back
    and for a while after: it goes where it wanted to be, and takes along whoever stands there. The measure is the part
    of the way from the band's reference to its nearer limit that the mid has gone.

    Args:
        part: of the way, from which the limit is near.
        width: factor on the distances then.
        size: factor on the sizes then.
        lean: factor on the skew then.
        out: part of the way from which there is no quote on the side in danger.
        after_s: seconds for which there is none after a band that bound is gone.
        release: see the module.
    """

    def __init__(
        self, *, part: float, width: float, size: float, lean: float, out: float, after_s: float, release: float
    ) -> None:
        self._near = Hysteresis(part, release * part)
        self._out = Hysteresis(out, release * out)
        self._width = width
        self._size = size
        self._lean = lean
        self._after_ns = round(after_s * NS_PER_S)
        self._side = 0
        self._bound_ns: int | None = None

    def look(self, sight: DefenceContext, stance: QuoteAdjustment) -> None:
        """Both sides, and the one in danger: bids near the lower limit, asks near the upper one."""
        view = sight.view
        band = view.band
        if band is not None and band.lower < band.reference < band.upper:
            self._side, _, left = band_distance(sight.mid, band.reference, band.lower, band.upper)
            self._near.update(1.0 - left)
            self._out.update(1.0 - left)
            if band.binding:
                self._bound_ns = view.now_ns
        elif self._bound_ns is None or view.now_ns - self._bound_ns > self._after_ns:
            self._near.is_on = self._out.is_on = False
        if self._near.is_on:
            stance.widen(self._width)
            stance.shrink(self._size)
            stance.lean *= self._lean
        if self._out.is_on:
            if self._side < 0:
                stance.bid = stance.bid and view.position < 0
            else:
                stance.ask = stance.ask and view.position > 0


class ToxicityDefence(Defence):
    """Own recent fills lose within 10 s: widen and show less; when that is beyond doubt, step out for a while.

    A suspicion is a mean markout so many standard errors below zero; beyond doubt is the verdict of
    :class:`~mmtui.signals.toxicity.Toxicity`. Stepped out, only the side that works off a position is quoted. Without
    quotes there is nothing to be learnt, so the evidence is forgotten and gathered anew afterwards.

    Args:
        score: standard errors below zero from which there is a suspicion.
        width: factor on the distances then.
        size: factor on the sizes then.
        pause_s: how long to step out, in seconds; 0 not to.
        release: see the module.
    """

    def __init__(self, *, score: float, width: float, size: float, pause_s: float, release: float) -> None:
        self._suspicious = Hysteresis(score, release * score)
        self._width = width
        self._size = size
        self._pause_ns = round(pause_s * NS_PER_S)
        self._back_ns: int | None = None
        self._toxicity = Toxicity(horizon_s=MARKOUT_S)
        self._waiting: deque[OwnFill] = deque()
        self._seen_ns = -1

    def look(self, sight: DefenceContext, stance: QuoteAdjustment) -> None:
        """Both sides alike, but for the way out of a position while stepped out."""
        view, now_ns = sight.view, sight.view.now_ns
        self._mark(sight)
        if self._back_ns is not None and now_ns >= self._back_ns:
            self._forget()
        reading = self._toxicity.reading
        if self._back_ns is None and self._pause_ns and reading is not None and reading.flow is Flow.TOXIC:
            self._back_ns = now_ns + self._pause_ns
        if self._back_ns is not None:
            stance.bid = stance.bid and view.position < 0
            stance.ask = stance.ask and view.position > 0
        elif reading is not None and reading.bursts >= SUSPICIOUS_BURSTS and self._suspicious.update(reading.score):
            stance.widen(self._width)
            stance.shrink(self._size)

    def _forget(self) -> None:
        self._back_ns = None
        self._toxicity = Toxicity(horizon_s=MARKOUT_S)
        self._suspicious.is_on = False

    def _mark(self, sight: DefenceContext) -> None:
        """Take the markouts that have come due, at the others' mid: one's own quotes do not count."""
        now_ns = sight.view.now_ns
        self._waiting.extend(sight.view.fills_since(self._seen_ns))
        self._seen_ns = now_ns
        due_ns = now_ns - round(MARKOUT_S * NS_PER_S)
        while self._waiting and self._waiting[0].time_ns <= due_ns:
            fill = self._waiting.popleft()
            self._toxicity.update(fill.time_ns, fill.quantity, fill.side * (sight.mid - fill.price))


class HurstDefence(Defence):
    """A mid that runs: keep flat and widen. One that comes back: tighten.

    Args:
        score: standard deviations from 0.5 at which Hurst's exponent is believed.
        trend_width: factor on the distances where it trends.
        trend_lean: factor on the skew there, which works a position off sooner.
        revert_width: factor on the distances where it reverts.
        release: see the module.
    """

    def __init__(
        self, *, score: float, trend_width: float, trend_lean: float, revert_width: float, release: float
    ) -> None:
        self._trending = Hysteresis(score, release * score)
        self._reverting = Hysteresis(score, release * score)
        self._hurst = Hurst(HURST_WINDOW_S, 1.0, HURST_LEAST_LAG_S)
        self._trend_width = trend_width
        self._trend_lean = trend_lean
        self._revert_width = revert_width

    def look(self, sight: DefenceContext, stance: QuoteAdjustment) -> None:
        """Both sides alike."""
        self._hurst.update(sight.view.now_ns, sight.mid)
        reading = self._hurst.reading
        score = 0.0 if reading is None else (reading.h - 0.5) / reading.sd
        if self._trending.update(score):
            stance.widen(self._trend_width)
            stance.lean *= self._trend_lean
        if self._reverting.update(-score):
            stance.widen(self._revert_width)

"""A future quoted off its index, and hedged in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmtui.signals.carry import BasisScore
from mmtui.signals.ewma import Ewma
from mmtui.strategies.baselines.skew import Skew, default_skew
from mmtui.strategies.combined.hedged import chosen
from mmtui.strategies.defaults import default_half_spread, default_size, half_spread_param, size_param, skew_param
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.hedging import banded
from mmtui.strategies.protocol import HedgeQuote, MarketView, Quotes, Strategy, param
from mmtui.units import NS_PER_S

#: How far the quotes lean at most, in deviations of the basis: beyond it is news rather than chance.
_MOST = 2.5


@dataclass
class Pairs(Strategy):
    """Quotes the future around what its index says, hedges fills in the index, leans on the basis.

    Idea: a future and its index are one thing at two prices. The index tells where the future should be before its own
    book does; a fill in one is hedged in the other; and when the future is dear against the index, one would rather
    have sold it, and wait for the two to meet. Correlation alone would be no reason to wait: see
    :func:`mmtui.signals.cointegration.engle_granger`.

    Formula: F = S e^((r - q)T) by carry, b the future's mid less F, fair = F + b', b' the mean of b over the last
    ``memory`` seconds, z = (b' - its mean)/deviation over the last ``window`` (:mod:`mmtui.signals.carry`):

        centre = fair - lean z - s q,    bid, ask = centre -+ h

    with z at most 2.5 either way, q the position and s the skew; b' and z count in full once their time has passed, and
    in proportion before. Against q the index is held by carry, within a band (see *hedged*).

    Parameters: half_spread in ticks (0.4 of the usual spread); lean, ticks a deviation (half a half-spread); skew in
    ticks a lot (the usual spread at the position limit); size in lots (a tenth of the limit); memory in seconds (5);
    window in seconds (120); mean, the basis that is usual, in ticks (that of the window); instrument, the index's name
    (the first of that kind); band in lots, unhedged at most (half a quote's size); budget, in currency, of all that
    hedging may cost (any amount).

    Fails: a basis that moved for good (a dividend, a short-sale ban) looks like the best trade of the day. A window not
    well above the basis's half-life follows what it should measure. Hedging at the index's half-spread must cost less
    than the book's spread earns. Without an index among the level's hedge instruments it quotes like *skew*.
    """

    name = "pairs"
    idea = "a future quoted off its index, hedged in it, leaning on the basis"
    # The index moves at all times, and what has not followed it is taken.
    interval_s = 0.25

    half_spread: float | None = half_spread_param()
    lean: float | None = param(
        None, "ticks", "shift against each deviation of the basis; auto is half the half-spread", least=0.0, most=1e6
    )
    skew: float | None = skew_param()
    size: int | None = size_param()
    memory: float = param(5.0, "s", "memory of the basis at which the future is fair", least=0.1, most=86_400)
    window: float = param(120.0, "s", "over which the basis is measured", least=5.0, most=86_400)
    mean: float | None = param(None, "ticks", "the usual basis; auto is the window's mean", least=-1e6, most=1e6)
    instrument: str | None = param(None, "name", "the index's name; auto is the first of that kind")
    band: float | None = param(
        None, "lots", "what may stay unhedged, either way; auto is half a quote's size", least=0.0, most=10**9
    )
    budget: float | None = param(
        None, "currency", "the most that hedging may cost; auto is any amount", least=0.0, most=1e12
    )

    _basis: Ewma | None = field(default=None, init=False, repr=False, compare=False)
    _score: BasisScore | None = field(default=None, init=False, repr=False, compare=False)
    _start_ns: int = field(default=0, init=False, repr=False, compare=False)
    _scored_ns: int = field(default=0, init=False, repr=False, compare=False)

    def quote(self, view: MarketView) -> Quotes:
        """Both sides around the fair price, less lean and skew, and the contracts of the index to hold."""
        index = chosen(view, self.instrument, "index")
        if index is None:
            return Skew(self.half_spread, self.skew, self.size).quote(view)
        rules = view.rules
        half = default_half_spread(rules) if self.half_spread is None else self.half_spread
        lean = half / 2 if self.lean is None else self.lean
        skew = default_skew(rules) if self.skew is None else self.skew
        size = default_size(rules) if self.size is None else self.size
        band = size / 2 if self.band is None else self.band
        fair, z = self._look(view, index)
        quotes = Quotes.around(fair - lean * z - skew * view.position, half, size)
        contracts = banded(index, view.position, band, budget=self.budget)
        return Quotes(quotes.bid, quotes.ask, size, size, quotes.reservation, hedges={index.name: contracts})

    def _look(self, view: MarketView, index: HedgeQuote) -> tuple[float, float]:
        """The future's fair price in ticks, and how many deviations its basis is from the usual."""
        now_ns = view.now_ns
        if self._basis is None or self._score is None:
            self._basis = Ewma(self.memory)
            self._score = BasisScore(max(2, round(self.window / self.interval_s)), self.mean)
            self._start_ns = self._scored_ns = now_ns
        future = index.carried / view.rules.tick
        basis = self._basis.update(now_ns, others_mid(view) - future)
        # At regular times, not also after each fill.
        if now_ns >= self._scored_ns:
            self._score.update(future + basis, future)
            self._scored_ns += round(self.interval_s * NS_PER_S)
        # Of what has hardly begun to be measured little is believed.
        elapsed_s = (now_ns - self._start_ns) / NS_PER_S
        fair = future + min(1.0, elapsed_s / self.memory) * basis
        if (reading := self._score.reading) is None:
            return fair, 0.0
        return fair, min(1.0, elapsed_s / self.window) * max(-_MOST, min(_MOST, reading.z))

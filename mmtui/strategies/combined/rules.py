"""A trader's rules: width from volatility, skew from the position, and a defence for each sign of danger."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mmtui.strategies.baselines.skew import default_skew
from mmtui.strategies.defaults import default_half_spread, default_size, size_param, skew_param
from mmtui.strategies.defences.defended import Defended
from mmtui.strategies.protocol import MarketView, Quotes, Rules, param


@dataclass
class RulesOfThumb(Defended):
    """What traders do without a model: a width, a skew and a size, and a rule for each sign of danger.

    Idea: the market's own volatility sets the width and the position moves the centre; everything else is a rule that
    looks at one thing and, beyond a threshold, widens, shows less, shifts or steps out. Each can be switched off. Once
    it acts, a rule goes on until its measure has fallen below ``release`` times its threshold.

    Formula (common practice; where another source is followed it is named), with m half-way between the best prices of
    others, q the position, sigma the volatility in ticks per root second and u the usual half-spread:

        h = max(u, multiplier sigma sqrt(horizon))        s = skew h/u
        bid = m - s q - h        ask = m - s q + h

    Volatility is that of the time a quote is at risk, in ticks. An annual figure is no distance, and a position alone
    never widens: it would take away the very quote that works it off. Then, by the rules that are on:

    - volatility, spread: beyond ``volatile_at`` times the usual volatility, or with a spread beyond ``spread_at`` times
      its mean of a minute, sizes times ``stress_size``; beyond ``spike_at`` times the usual volatility sizes times
      ``spike_size`` instead: 1,000 shares become 200. That spread makes distances ``stress_width`` times as wide too;
      volatility is in the width already.
    - crowding: beyond ``crowded_at`` of the position limit, the size that adds to it times ``crowded_size``.
    - imbalance: with I = (bought - sold)/(bought + sold) over 10 s beyond ``imbalance_at`` either way, both quotes
      move by shade I, and the stale one, which takers hit, by ``stale`` times that besides. Left alone, shade is how
      far the mid has gone in the 5 s after an imbalance, per unit of it: nothing at first, at most 2h.
    - toxicity: own fills' mean 10 s markout, from four bursts of fills on (Toxicity in mmtui.signals). ``toxic_at``
      standard errors below zero: distances times ``toxic_width``, sizes times ``toxic_size``. Two, and eight bursts:
      no quotes for ``step_out`` seconds, but the one that works a position off.
    - band: where the exchange keeps prices in a band, ``band_at`` of the way from its reference to a limit: distances
      times ``band_width``, sizes times ``band_size``, the skew times ``band_lean``; ``band_out`` of it: no quote on the
      side that the run to the limit would fill, but to work a position off. Beyond the limit there is no way out, so it
      goes on for ``band_after`` seconds once a band that held the price back is gone.
    - hurst: Hurst's exponent of the mid over up to 512 s, ``hurst_at`` deviations above 0.5: distances times
      ``trend_width`` and the skew times ``trend_lean``; as far below: distances times ``revert_width``.
    - oblige: no wider than the obligation counts, and no size cut below what it counts.

    Parameters: multiplier, a number (1); horizon in seconds, in which the usual volatility makes the usual half-spread
    where it is left alone, so that h is u in the usual market; skew in ticks a lot (at the position limit the usual
    spread); size in lots (a tenth of the position limit); memory of the volatility estimate, in seconds (30); the
    switches volatility, spread, crowding, imbalance, toxicity, band, hurst and oblige (on). Multiples, parts and
    deviations: release (0.7), volatile_at (2), spread_at (2), stress_width (1.5), stress_size (0.7), spike_at (3),
    spike_size (0.2), crowded_at (0.5), crowded_size (0.5), imbalance_at (0.3), stale (1), toxic_at (1), toxic_width
    (1.5), toxic_size (0.5), band_at (0.5), band_width (1.5), band_size (0.4), band_lean (3), band_out (0.8), hurst_at
    (2), trend_width (1.25), trend_lean (3), revert_width (0.8). shade in ticks (measured); band_after (10) and step_out
    (20) in seconds.

    Fails: every rule costs what it takes to be wrong. In a calm market, where there is nothing to be defended against,
    they cost a little. Evidence takes time, most of all Hurst's (128 s at least) and one's own markouts' (80 s at
    least), and is lost on a market that changes sooner. The width does not know how often the market trades.
    """

    name = "rules"
    idea = "width from volatility, and a rule for each sign of danger"

    multiplier: float = param(1.0, "times", "the volatility over the horizon is the half-spread", least=0.0, most=1000)
    horizon: float | None = param(
        None,
        "s",
        "how long a quote is at risk; auto is until the usual half-spread has been moved",
        least=0.0,
        most=86_400,
    )
    skew: float | None = skew_param()
    size: int | None = size_param()

    # The rules of the level that were seen last, and what follows from them.
    _rules: Rules | None = field(default=None, init=False, repr=False, compare=False)
    _usual: float = field(default=0.0, init=False, repr=False, compare=False)
    _horizon: float = field(default=0.0, init=False, repr=False, compare=False)
    _skew: float = field(default=0.0, init=False, repr=False, compare=False)
    _size: int = field(default=0, init=False, repr=False, compare=False)

    def wanted(self, view: MarketView, mid: float, sigma: float) -> Quotes:
        """Both sides around the mid less the skew."""
        rules = view.rules
        if rules is not self._rules:
            self._rules, self._usual, self._horizon = rules, default_half_spread(rules), default_horizon(rules)
            self._skew, self._size = default_skew(rules), default_size(rules)
        usual = self._usual
        half = max(usual, self.multiplier * sigma * math.sqrt(self._horizon if self.horizon is None else self.horizon))
        skew = self._skew if self.skew is None else self.skew
        size = self._size if self.size is None else self.size
        return Quotes.around(mid - skew * half / usual * view.position, half, size)


def default_horizon(rules: Rules) -> float:
    """The seconds in which the market's usual volatility makes its usual half-spread; 0 where nothing moves."""
    if rules.normal_volatility == 0:
        return 0.0
    return float((default_half_spread(rules) / rules.normal_volatility) ** 2)

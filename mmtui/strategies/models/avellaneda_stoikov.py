"""The optimal quotes of Avellaneda and Stoikov."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from msgspec.structs import replace

from mmtui.strategies.defaults import default_size, size_param
from mmtui.strategies.models.inventory_value import Some
from mmtui.strategies.models.learner import Learner
from mmtui.strategies.protocol import MarketView, Quotes, Rules, Strategy, param
from mmtui.units import NS_PER_S


@dataclass
class AvellanedaStoikov(Strategy):
    """The quotes of a maker who dislikes risk, from Avellaneda and Stoikov (2008).

    Idea: the position moves the price at which the maker is indifferent, never the width; risk aversion, volatility
    and the time left set how far, and how quickly fills thin out with distance sets the width.

    Formula (Avellaneda and Stoikov, High-frequency trading in a limit order book, Quantitative Finance 8(3), 2008,
    equations 3.17 and 3.18), with m half-way between the best prices of others and q the position:

        r = m - q gamma sigma^2 (T - t)
        ask - bid = gamma sigma^2 (T - t) + (2/gamma) ln(1 + gamma/k)

    and bid and ask half of that below and above r. The second term is a total, often mistaken for a half. T - t is
    the time left in the level (``finite``), or a fixed horizon that rolls along, as if the end were always that far
    off: without it the skew dies away towards the end.

    Parameters: gamma, risk aversion, per tick and lot; sigma, volatility, in ticks per root second; k, the decay of
    fills with distance, per tick; horizon in seconds; finite; memory of the volatility estimate, in seconds; size in
    lots. Left alone they fit the level: gamma so that at the position limit and the market's usual volatility r is
    half a usual spread from the mid; sigma by exponential weights and k by maximum likelihood from how far market
    orders reach from the mid at the last look before them, both starting at what is usual in the market. Prices are
    rounded to the nearest tick.

    Fails: it takes price moves for pure noise and all who trade for uninformed, so it gives way slowly to a trend and
    takes no account of who is on the other side. Volatility enters squared: where it rises fivefold, r moves 25 times
    as far a lot.
    """

    name = "avellaneda-stoikov"
    idea = "reservation price and spread from risk aversion, volatility and fill decay"

    gamma: float | None = param(
        None, "1/(tick lot)", "risk aversion; auto shifts by half the usual spread at the limit", least=0.0, most=1e3
    )
    sigma: float | None = param(None, "ticks/sqrt(s)", "volatility of the mid; auto estimates it", least=0.0, most=1e6)
    k: float | None = param(None, "1/tick", "decay of fills with distance; auto estimates it", least=1e-6, most=1e3)
    horizon: float = param(60.0, "s", "the time ahead that risk is counted for", least=0.0, most=86_400)
    finite: bool = param(False, "", "count risk to the level's end instead")
    memory: float = param(30.0, "s", "memory of the volatility estimate", least=1.0, most=86_400)
    size: int | None = size_param()

    learner: Learner | None = field(default=None, init=False, repr=False, compare=False)

    def quote(self, view: MarketView) -> Quotes:
        """Both sides around the reservation price."""
        rules, now_ns = view.rules, view.now_ns
        learner = self.learner = Learner.updated(self.learner, view, self.memory)
        total_s = rules.end_ns / NS_PER_S if self.finite else self.horizon
        left_s = max(0.0, total_s - now_ns / NS_PER_S) if self.finite else total_s
        gamma = default_gamma(rules, total_s) if self.gamma is None else self.gamma
        sigma = learner.sigma(now_ns) if self.sigma is None else self.sigma
        k = learner.k if self.k is None else self.k
        reservation, spread = reservation_and_spread(learner.mid, view.position, gamma, sigma, left_s, k)
        size = default_size(rules) if self.size is None else self.size
        return replace(Quotes.around(reservation, spread / 2, size), nearest=True)


def reservation_and_spread(
    mid: Some, q: Some, gamma: float, sigma: float, horizon: float, k: float
) -> tuple[Some, float]:
    """Reservation price and total spread of Avellaneda and Stoikov (2008), equations 3.17 and 3.18.

    Any consistent units do; the strategy's are in brackets.

    Args:
        mid: the mid (ticks), or an array of mids.
        q: the position (lots), or as many positions.
        gamma: risk aversion, zero or more (per tick and lot).
        sigma: volatility (ticks per root second).
        horizon: time left, T - t (seconds).
        k: decay of the fill rate with distance, positive (per tick).

    Returns:
        The reservation price, and ask minus bid, whose limit for gamma to 0 is 2/k.
    """
    risk = gamma * sigma * sigma * horizon
    return mid - q * risk, risk + 2.0 * riskless_distance(gamma, k)


def riskless_distance(gamma: float, k: float) -> float:
    """(1/gamma) ln(1 + gamma/k), a quote's best distance with no position to be risked; 1/k in the limit of gamma 0."""
    ratio = gamma / k
    # ln(1 + x)/x goes to 1 with x, and log1p keeps its digits on the way.
    return (math.log1p(ratio) / ratio if ratio else 1.0) / k


def default_gamma(rules: Rules, horizon: float) -> float:
    """The risk aversion, per tick and lot, that moves the reservation price by half the market's usual spread.

    It does so at the position limit, the usual volatility and the whole horizon (seconds); 0 without risk.
    """
    risk = rules.normal_volatility**2 * horizon * rules.position_limit
    return rules.normal_spread / 2 / risk if risk > 0 else 0.0

"""The optimal quotes of Guéant, Lehalle and Fernandez-Tapia."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmtui.strategies.defaults import size_param
from mmtui.strategies.models.avellaneda_stoikov import riskless_distance
from mmtui.strategies.models.inventory_model import InventoryModel, ModelInputs
from mmtui.strategies.models.inventory_value import Floats, Some, log_values, step_at, steps_up
from mmtui.strategies.protocol import Rules, param


@dataclass
class Glft(InventoryModel):
    """The quotes of a maker who dislikes risk and has a position limit, from Guéant, Lehalle and Fernandez-Tapia.

    Idea: Avellaneda and Stoikov's problem with a limit on the position is solved exactly, and far from the end its
    answer no longer depends on the time: each distance has a constant part, and one that grows with the position.

    Formula (Guéant, Lehalle and Fernandez-Tapia, Dealing with the inventory risk, Mathematics and Financial Economics
    7, 2013, arXiv 1105.3115v5: proposition 2 for M and v, theorem 1 for the quotes, theorem 2 for their limit far
    from the end, and the approximation that section 4 draws from proposition 3), with q the position in units, at most
    Q either way:

        bid = m - c - (1/k) ln(v_q/v_(q+1))        ask = m + c + (1/k) ln(v_q/v_(q-1))
        c = (1/gamma) ln(1 + gamma/k)              v = exp(-M (T - t)) 1

    M is tridiagonal, (k/2) gamma sigma^2 q^2 on the diagonal and -eta beside it, eta = A (1 + gamma/k)^-(1 + k/gamma).
    There is no bid at Q and no ask at -Q. Approximately (``asymptotic``)

        bid = m - c - (2q + 1) w/2                 ask = m + c - (2q - 1) w/2
        w = sqrt(sigma^2 gamma/(2kA) (1 + gamma/k)^(1 + k/gamma))

    m is half-way between the best prices of others. A unit is the size of a quote, and gamma a unit is gamma a lot
    times that; between whole units the distances are interpolated. T - t is taken as infinite, or as the time left in
    the level (``finite``), towards whose end only c and the limit remain.

    Parameters: gamma, risk aversion, per tick and lot; sigma, volatility, in ticks per root second; k, the decay of
    fills with distance, per tick; rate, A, fills a second and side at the mid; finite; asymptotic; memory of the
    volatility estimate, in seconds; size in lots. Left alone they fit the level: gamma so that w at the first rate and
    the usual volatility and width shifts the quotes by half a usual spread at the position limit; sigma, k and A as
    the market shows them (`Learner`).

    Fails: as Avellaneda and Stoikov do in a trend and against the informed. Volatility enters w once, not squared, so
    that a sudden rise is met with less than it asks for. The approximation is poor where the limit is what
    binds, and at positions where w's root no longer describes v.
    """

    name = "glft"
    idea = "exact quotes for a risk-averse maker with a position limit, far from the end"

    gamma: float | None = param(
        None, "1/(tick lot)", "risk aversion; auto shifts by half the usual spread at the limit", least=0.0, most=1e3
    )
    sigma: float | None = param(None, "ticks/sqrt(s)", "volatility of the mid; auto estimates it", least=0.0, most=1e6)
    k: float | None = param(None, "1/tick", "decay of fills with distance; auto estimates it", least=1e-6, most=1e3)
    rate: float | None = param(None, "1/s", "A, fills at the mid on each side; auto estimates it", least=1e-6, most=1e6)
    finite: bool = param(False, "", "count risk to the level's end, not for ever")
    asymptotic: bool = param(False, "", "quote the closed-form approximation")
    memory: float = param(30.0, "s", "memory of the volatility estimate", least=1.0, most=86_400)
    size: int | None = size_param()

    def distances(self, inputs: ModelInputs) -> tuple[float, float, float]:
        """Return c, and the distances of the exact solution or of the approximation."""
        unit, q, most, k = inputs.unit, inputs.q, inputs.most, inputs.k
        if self.aversion is None:
            self.aversion = default_gamma(inputs.rules, unit, k, inputs.rate)
        gamma = unit * (self.aversion if self.gamma is None else self.gamma)
        sigma = inputs.sigma if self.sigma is None else self.sigma
        c, w, eta = constants(gamma, sigma, k, inputs.rate)
        if self.asymptotic:
            bid, ask = asymptotic_distances(q, c, w)
            return c, bid if q < most else math.inf, ask if q > -most else math.inf
        steps = self._values.steps(k * gamma * sigma * sigma / 2, eta, most, inputs.horizon)
        return c, c + step_at(steps, q) / k, c + step_at(steps, -q) / k


def constants(gamma: float, sigma: float, k: float, rate: float) -> tuple[float, float, float]:
    """The constants c, w and eta of the quotes, in any consistent units; the strategy's are in brackets.

    Args:
        gamma: risk aversion, zero or more (per tick and unit).
        sigma: volatility (ticks per root second).
        k: decay of the fill rate with distance, positive (per tick).
        rate: A, fills at the mid on each side, positive (per second).

    Returns:
        c, the distance without a position to be risked (ticks); w, by which both quotes move with each unit (ticks);
        eta, the rate of fills on each side at the best distance without a position (per second).
    """
    c = riskless_distance(gamma, k)
    # (1 + gamma/k)^(1 + k/gamma) is exp((gamma + k) c), also where gamma is 0.
    eta = rate * math.exp(-(gamma + k) * c)
    return c, sigma * math.sqrt(gamma / (2.0 * k * eta)), eta


def asymptotic_distances(q: Some, c: float, w: float) -> tuple[Some, Some]:
    """Bid and ask distances of the closed-form approximation at a position of q units, with c and w of ``constants``.

    They say nothing of the limit, where one side is not quoted.
    """
    return c + (2.0 * q + 1.0) * w / 2.0, c - (2.0 * q - 1.0) * w / 2.0


def exact_distances(
    gamma: float, sigma: float, k: float, rate: float, most: int, horizon: float = math.inf
) -> tuple[Floats, Floats]:
    """Bid and ask distances at every position from -most to most units, infinite where there is no quote.

    Args:
        gamma: risk aversion, and sigma, k and rate: as for ``constants``.
        sigma: see gamma.
        k: see gamma.
        rate: see gamma.
        most: Q, the position limit in units, at least 1.
        horizon: time left, T - t; infinite for the quotes far from the end.
    """
    c, _, eta = constants(gamma, sigma, k, rate)
    bids = c + steps_up(log_values(k * gamma * sigma * sigma / 2.0, eta, most, horizon)) / k
    return bids, bids[::-1]


def certainty_equivalent(gamma: float, sigma: float, k: float, rate: float, most: int, horizon: float) -> float:
    """What quoting until the end is worth, in money for certain, to a maker without a position: ln(v_0)/k."""
    _, _, eta = constants(gamma, sigma, k, rate)
    return float(log_values(k * gamma * sigma * sigma / 2.0, eta, most, horizon)[most]) / k


def default_gamma(rules: Rules, unit: int, k: float, rate: float) -> float:
    """The risk aversion, per tick and lot, that shifts the quotes by half the usual spread at the position limit.

    It does so by w, at the usual volatility and given k and rate; 0 without risk. It is k a unit at most: beyond that,
    where so few units fit the limit that w cannot be reached without it, the width would give way.
    """
    variance = rules.normal_volatility**2
    if variance == 0:
        return 0.0
    w = rules.normal_spread / 2 * unit / rules.position_limit
    gamma = 0.0
    for _ in range(60):
        # gamma solves gamma = 2 k eta(gamma) (w/sigma)^2; eta falls with gamma, so steps half-way there settle.
        *_, eta = constants(gamma, 1.0, k, rate)
        gamma = min(k, (gamma + 2.0 * k * eta * w * w / variance) / 2.0)
    return gamma / unit

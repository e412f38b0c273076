"""The optimal quotes of Cartea and Jaimungal."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmtui.strategies.defaults import size_param
from mmtui.strategies.models.inventory_model import InventoryModel, ModelInputs
from mmtui.strategies.models.inventory_value import Floats, log_values, step_at, steps_up
from mmtui.strategies.protocol import Rules, param


@dataclass
class CarteaJaimungal(InventoryModel):
    """The quotes of a maker who pays for each second that a position is held, from Cartea and Jaimungal.

    Idea: maximise expected wealth, not its utility, less a penalty of phi q^2 for each second that q is held and of
    alpha q^2 for what is left at the end. The price may do as it likes, as long as it does not drift.

    Formula (Cartea, Jaimungal and Penalva, Algorithmic and High-Frequency Trading, 2015, section 10.2; the penalty is
    from Cartea and Jaimungal, Risk metrics and fine tuning of high-frequency trading strategies, Mathematical Finance
    25, 2015), with q the position in units, at most Q either way:

        bid = m - 1/kappa + h_(q+1) - h_q          ask = m + 1/kappa - h_(q-1) + h_q
        h = (1/kappa) ln(exp(B (T - t)) z)         z_q = exp(-alpha kappa q^2)

    B is tridiagonal, -phi kappa q^2 on the diagonal and lambda/e beside it. There is no bid at Q and no ask at -Q. m
    is half-way between the best prices of others, kappa the decay of fills with distance and lambda their rate at the
    mid. A unit is the size of a quote, and phi and alpha a unit are theirs a lot times that; between whole units the
    distances are interpolated. T - t is taken as infinite, where alpha no longer matters, or as the time left in the
    level (``finite``). With phi = gamma sigma^2/2 it is the limit of Guéant, Lehalle and Fernandez-Tapia's maker for
    small gamma.

    Parameters: phi, in ticks a second and lot; alpha, in ticks a lot; k, kappa, per tick; rate, lambda, per second
    and side; finite; memory of the volatility estimate, in seconds; size in lots. Left alone they fit the level: phi
    so that, far from the limit, each unit shifts the quotes by as much as makes three quarters of a usual spread at the
    limit, half more than `glft`, whose penalty is of the same form, times the variance over the usual one; alpha, half
    a usual spread at the limit, which is what it costs to cross; k and rate as the market shows them (`Learner`).
    Prices are rounded to the nearest tick.

    Fails: with phi given it does not know volatility at all; and as all of its family does, in a trend and against
    the informed.
    """

    name = "cartea-jaimungal"
    idea = "exact quotes under a running penalty on the position"

    phi: float | None = param(
        None,
        "ticks/(s lot)",
        "running penalty; auto shifts by 3/4 of the usual spread at the limit",
        least=0.0,
        most=1e3,
    )
    alpha: float | None = param(
        None,
        "ticks/lot",
        "penalty at the end, when finite; auto is half the usual spread at the limit",
        least=0.0,
        most=1e6,
    )
    k: float | None = param(None, "1/tick", "decay of fills with distance; auto estimates it", least=1e-6, most=1e3)
    rate: float | None = param(None, "1/s", "fills at the mid on each side; auto estimates it", least=1e-6, most=1e6)
    finite: bool = param(False, "", "count to the level's end, not for ever")
    memory: float = param(30.0, "s", "memory of the volatility estimate", least=1.0, most=86_400)
    size: int | None = size_param()

    def distances(self, inputs: ModelInputs) -> tuple[float, float, float]:
        """Return 1/k, and the distances of the exact solution."""
        unit, k = inputs.unit, inputs.k
        if self.aversion is None:
            self.aversion = default_phi(inputs.rules, unit, k, inputs.rate)
        phi = self.aversion * inputs.variance_ratio if self.phi is None else self.phi
        alpha = default_alpha(inputs.rules) if self.alpha is None else self.alpha
        steps = self._values.steps(unit * phi * k, inputs.rate / math.e, inputs.most, inputs.horizon, unit * alpha * k)
        return 1.0 / k, (1.0 + step_at(steps, inputs.q)) / k, (1.0 + step_at(steps, -inputs.q)) / k


def value(phi: float, alpha: float, kappa: float, rate: float, most: int, horizon: float = math.inf) -> Floats:
    """h, what a position is worth beyond its price, at every position from -most to most units.

    Any consistent units do; the strategy's are in brackets.

    Args:
        phi: running penalty, zero or more (ticks per second and unit).
        alpha: penalty at the end, zero or more (ticks per unit).
        kappa: decay of the fill rate with distance, positive (per tick).
        rate: lambda, fills at the mid on each side, positive (per second).
        most: Q, the position limit in units, at least 1.
        horizon: time left, T - t (seconds). Infinite, h is given as differences to no position, since it grows for
            ever.
    """
    return log_values(phi * kappa, rate / math.e, most, horizon, alpha * kappa) / kappa


def distances(h: Floats, kappa: float) -> tuple[Floats, Floats]:
    """Bid and ask distances at every position, from its ``value``; infinite where there is no quote."""
    bids = 1.0 / kappa + steps_up(h)
    asks = 1.0 / kappa + steps_up(h[::-1])[::-1]
    return bids, asks


def default_phi(rules: Rules, unit: int, k: float, rate: float) -> float:
    """The running penalty, in ticks a second and lot: at the position limit it shifts by 3/4 of the usual spread.

    Far from the limit each unit shifts the quotes by sqrt(phi e/(k lambda)).
    """
    shift = 0.75 * rules.normal_spread * unit / rules.position_limit
    return shift * shift * k * rate / math.e / unit


def default_alpha(rules: Rules) -> float:
    """The penalty at the end, in ticks a lot, that makes half the usual spread at the position limit."""
    return rules.normal_spread / 2 / rules.position_limit

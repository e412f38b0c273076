"""What a position is worth to a maker who quotes optimally from now on.

Guéant, Lehalle and Fernandez-Tapia (2013) and Cartea and Jaimungal both turn their problem, with positions of at most Q
units, into the same linear equations for v_q, q = -Q..Q, whose logarithm is the value of holding q:

    dv_q/dt = -penalty q² v_q + rate (v_(q-1) + v_(q+1)),    v_q(0) = exp(-terminal q²),

with t the time to go and v zero beyond Q. They are solved here for both. The logarithm of every v_q is needed,
however small v_q is, so nothing is subtracted: the leading eigenvector is computed from its ratios, and the rest from
powers of a matrix of probabilities.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mmtui.strategies.protocol import Quotes, Rules

Floats = npt.NDArray[np.float64]
#: One price or position, or an array of them.
Some = TypeVar("Some", float, Floats)

#: The resolution of positions: a hundredth of the limit.
_MOST_UNITS = 100
_TERMS = 16  # of exp's series at arguments up to a half: 0.5^16/16! is far below a double's grain


def log_values(penalty: float, rate: float, most: int, horizon: float = math.inf, terminal: float = 0.0) -> Floats:
    """Return the logarithms of v_q for q = -most..most.

    Args:
        penalty: of a unit held, zero or more (1/time).
        rate: of fills either way, positive (1/time).
        most: Q, the largest position in units, at least 1.
        horizon: the time to go. If infinite, the logarithms are those of the eigenvector, relative to q = 0.
        terminal: penalty at the end, zero or more.

    Returns:
        2 most + 1 numbers.
    """
    growth, log_ground = _ground(penalty / rate, most)
    if math.isinf(horizon):
        return log_ground
    positions = np.arange(-most, most + 1)
    # v = exp(growth t) g (P z/g), g the eigenvector and P the transition probabilities of the position under optimal
    # quotes (Doob's transform): numbers between 0 and 1, which no power can overflow.
    moves = _transitions(penalty / rate, growth, log_ground, rate * horizon)
    weights = -terminal * positions**2 - log_ground
    largest = weights.max()
    with np.errstate(divide="ignore"):
        exponents = np.log(moves) + (weights - largest)
    peaks = exponents.max(axis=1)
    sums = np.log(np.exp(exponents - peaks[:, None]).sum(axis=1))
    values: Floats = growth * rate * horizon + log_ground + largest + peaks + sums
    return values


def steps_up(values: Floats) -> Floats:
    """Return the loss of value when a unit is bought: values[q] - values[q + 1] at each q, infinite at the last.

    Reversed, it is the loss when a unit is sold.
    """
    return np.append(values[:-1] - values[1:], np.inf)


def step_at(steps: Floats, q: float) -> float:
    """Return ``steps_up`` at a position q in units, linear between whole ones; infinite from Q on.

    Between Q - 1 and Q, where part of a unit can still be bought, it is constant.
    """
    most = len(steps) // 2
    if q >= most:
        return math.inf
    return float(np.interp(q, np.arange(-most, most), steps[:-1]))


def units(rules: Rules, size: int) -> tuple[int, int]:
    """Return the lots in a unit, and the units in the position limit.

    A unit is a quote's size, or a hundredth of the limit if that is more.
    """
    limit = rules.position_limit
    unit = min(limit, max(size, -(-limit // _MOST_UNITS)))
    return unit, limit // unit


def quotes_from(mid: float, riskless: float, bid: float, ask: float, size: int) -> Quotes:
    """Return quotes at distances from the mid, in ticks, rounded to the nearest; an infinite one is no quote.

    The reservation price is half-way between them, or as far from the only one as both would be without risk.
    """
    if math.isinf(bid) or math.isinf(ask):
        reservation = mid - bid + riskless if math.isinf(ask) else mid + ask - riskless
    else:
        reservation = mid + (ask - bid) / 2
    return Quotes(
        bid=None if math.isinf(bid) else max(0.0, mid - bid),
        ask=None if math.isinf(ask) else max(0.0, mid + ask),
        bid_size=size,
        ask_size=size,
        reservation=reservation,
        nearest=True,
    )


class CachedSteps:
    """The last solution, computed again when the problem has changed by more than a hundredth."""

    _NOTICEABLE = 0.01

    def __init__(self) -> None:
        self._problem: tuple[float, ...] = ()
        self._steps: Floats = np.empty(0)

    def steps(self, penalty: float, rate: float, most: int, horizon: float = math.inf, terminal: float = 0.0) -> Floats:
        """Return ``steps_up`` of ``log_values`` for these arguments, or nearly these."""
        problem = (penalty / rate, rate * horizon, terminal, float(most))
        near = len(self._problem) and all(
            math.isclose(new, old, rel_tol=self._NOTICEABLE) for new, old in zip(problem, self._problem, strict=True)
        )
        if not near:
            self._problem = problem
            self._steps = steps_up(log_values(penalty, rate, most, horizon, terminal))
        return self._steps


def _ground(penalty: float, most: int) -> tuple[float, Floats]:
    """Return the largest growth rate and the logarithms of its eigenvector, at a fill rate of 1.

    With growth m, r_q = g_q/g_(q-1) = 1/(penalty q² + m - r_(q+1)) from the edge in, and by symmetry m = 2 r_1. Each
    ratio keeps all its digits, however small g is.
    """
    diagonal = [penalty * q * q for q in range(most, 0, -1)]

    def ratios(growth: float) -> list[float] | None:
        found, ratio = [], 0.0
        for entry in diagonal:
            left = entry + growth - ratio
            if left <= 0.0:
                return None
            ratio = 1.0 / left
            found.append(ratio)
        return found

    low, high = 0.0, 2.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        found = ratios(middle)
        if found is None or 2.0 * found[-1] > middle:
            low = middle
        else:
            high = middle
    logs = np.log(ratios(high) or [])[::-1].cumsum()
    return high, np.concatenate([logs[::-1], [0.0], logs])


def _transitions(penalty: float, growth: float, log_ground: Floats, time: float) -> Floats:
    """Return the probabilities of going from each position to each in a time, at a fill rate of 1."""
    most = len(log_ground) // 2
    leave = penalty * np.arange(-most, most + 1) ** 2 + growth
    fastest = float(leave.max())
    halvings = max(0, math.ceil(math.log2(max(2.0 * fastest * time, 1.0))))
    step = time / 2.0**halvings
    # The generator plus the fastest rate: no negative entry, so its powers add up without cancelling.
    shifted = np.diag(fastest - leave)
    inside = np.arange(2 * most)
    ups = np.exp(np.diff(log_ground))
    shifted[inside, inside + 1] = ups
    shifted[inside + 1, inside] = 1.0 / ups
    shifted *= step
    size = len(log_ground)
    total, term = np.eye(size), np.eye(size)
    for order in range(1, _TERMS + 1):
        term = term @ shifted / order
        total += term
    total /= total.sum(axis=1, keepdims=True)
    for _ in range(halvings):
        total = total @ total
        total /= total.sum(axis=1, keepdims=True)
    return total

"""Futures by carry, and European options by Black and Scholes. Pure; any consistent currency does.

>>> round(20_000 * carry(0.04, 0.03, 30 / 365), 4)
20016.4451
>>> put = black_scholes("put", 100, 100, 1, 0.05, 0, 0.2)
>>> round(put.price, 6), round(put.delta, 6)
(5.573526, -0.363169)
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

Right = Literal["put", "call"]


class OptionValue(NamedTuple):
    """The value of an option on one share, and its delta."""

    price: float
    delta: float


def carry(rate: float, dividend_yield: float, years: float) -> float:
    """Return F/S = e^((r − q)T), a future over its spot, from r, q (a year, continuous) and T."""
    return math.exp((rate - dividend_yield) * years)


def black_scholes(
    right: Right, spot: float, strike: float, years: float, rate: float, dividend_yield: float, volatility: float
) -> OptionValue:
    """Return a European option's value with a continuous dividend yield (Black and Scholes 1973, Merton 1973).

    With φ = 1 for a call and −1 for a put, d₁ = (ln(S/K) + (r − q + σ²/2)T) / (σ√T) and d₂ = d₁ − σ√T:

        price = φ (S e^(−qT) N(φd₁) − K e^(−rT) N(φd₂)),    delta = φ e^(−qT) N(φd₁).

    At σ√T = 0 it is the value of the forward, if positive.

    Args:
        right: to sell (put) or to buy (call).
        spot: S, positive.
        strike: K, positive.
        years: T until expiry, not negative.
        rate: r, a year, continuously compounded, as a fraction.
        dividend_yield: q, likewise.
        volatility: σ, a year, as a fraction, not negative.

    Raises:
        ValueError: an argument is out of these bounds.
    """
    if not (spot > 0 and strike > 0 and years >= 0 and volatility >= 0):
        raise ValueError(
            "spot and strike must be positive, years and volatility not negative, not "
            f"{spot}, {strike}, {years} and {volatility}"
        )
    sign = 1.0 if right == "call" else -1.0
    share = math.exp(-dividend_yield * years)
    forward, paid = spot * share, strike * math.exp(-rate * years)
    deviation = volatility * math.sqrt(years)
    if deviation == 0.0:
        worth = sign * (forward - paid)
        return OptionValue(worth, sign * share) if worth > 0 else OptionValue(0.0, 0.0)
    d1 = math.log(forward / paid) / deviation + deviation / 2
    exercised = _normal(sign * d1)
    price = sign * (forward * exercised - paid * _normal(sign * (d1 - deviation)))
    return OptionValue(max(0.0, price), sign * share * exercised)


def _normal(x: float) -> float:
    """Return the standard normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))

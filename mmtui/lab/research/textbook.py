"""Rows of ``mmtui verify`` from textbooks: two fair games, in which a maker who prices right makes nothing, and prices.

The games are simulated, one trade a path; the prices are those of hedge instruments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from mmtui.lab.research.paper_check import PaperRow, formula, promised
from mmtui.lab.research.published import BLACK_SCHOLES_PUTS, CARRY
from mmtui.market.core.draws import Floats, generator
from mmtui.market.hedges.black_scholes import black_scholes
from mmtui.signals.carry import fair_future

#: Glosten and Milgrom: the shares of informed traders, and what the asset may be worth.
_INFORMED = (0.1, 0.3)
_LOW, _HIGH = 99.0, 101.0
#: Kyle: standard deviations of the value and of the noise traders' orders.
_VALUE_SD, _NOISE_SD = 2.0, 5.0


def glosten_milgrom(paths: int, seed: int) -> Iterator[PaperRow]:
    """The competitive spread against the informed (Glosten and Milgrom, Journal of Financial Economics 14, 1985).

    The value is L or H at even odds; the informed, a share alpha of traders, know it, the others buy or sell at even
    odds. Who quotes E(V | buy) and E(V | sell) has a spread of alpha (H - L), and makes nothing.
    """
    for alpha in _INFORMED:
        rng = generator(seed, f"glosten-milgrom-{alpha}")
        value = np.where(rng.random(paths) < 0.5, _LOW, _HIGH)
        informed, coin = rng.random(paths) < alpha, rng.random(paths) < 0.5
        buys = np.where(informed, value == _HIGH, coin)
        spread = alpha * (_HIGH - _LOW)
        paid = (_LOW + _HIGH) / 2 + np.where(buys, spread, -spread) / 2
        profit = np.where(buys, paid - value, value - paid)
        bought, sold = value[buys], value[~buys]
        error = math.hypot(_error(bought), _error(sold))
        yield PaperRow(
            model="glosten-milgrom",
            case="competitive quotes",
            parameters={"alpha": alpha, "L": _LOW, "H": _HIGH},
            figures=[
                promised("spread", float(bought.mean() - sold.mean()), error, spread),
                promised("maker's profit", float(profit.mean()), _error(profit), 0.0),
            ],
        )


def kyle(paths: int, seed: int) -> Iterator[PaperRow]:
    """The price of an order flow (Kyle, Continuous auctions and insider trading, Econometrica 53(6), 1985, section 2).

    The informed trade (v - p0)/(2 lambda), noise traders u; the maker, who sees the sum y, prices it at p0 + lambda y
    with lambda = sqrt(Sigma0)/(2 sigma_u), which is the slope of v on y, and makes nothing.
    """
    rng = generator(seed, "kyle")
    impact = _VALUE_SD / _NOISE_SD / 2
    value, noise = _VALUE_SD * rng.standard_normal(paths), _NOISE_SD * rng.standard_normal(paths)
    order = value / (2 * impact)
    flow = order + noise
    slope = float(flow @ value / (flow @ flow))
    error = float(np.std(value - slope * flow) / math.sqrt(flow @ flow))
    profit, informed = flow * (impact * flow - value), order * (value - impact * flow)
    yield PaperRow(
        model="kyle",
        case="linear equilibrium",
        parameters={"Sigma0": _VALUE_SD**2, "sigma_u": _NOISE_SD},
        figures=[
            promised("lambda", slope, error, impact),
            promised("maker's profit", float(profit.mean()), _error(profit), 0.0),
            promised("informed profit", float(informed.mean()), _error(informed), _VALUE_SD * _NOISE_SD / 2),
        ],
    )


def puts(*_: int) -> Iterator[PaperRow]:
    """European puts by Black and Scholes, as the levels' options are priced."""
    for (spot, strike, years, rate, dividends, volatility), printed in BLACK_SCHOLES_PUTS.items():
        found = black_scholes("put", spot, strike, years, rate, dividends, volatility)
        named = {"S": spot, "K": strike, "T": years, "r": rate, "q": dividends, "sigma": volatility}
        yield formula("black-scholes", "put", named, zip(("price", "delta"), found, printed, strict=True))


def futures(*_: int) -> Iterator[PaperRow]:
    """A future by its costs of carry, as the levels' indices and futures are priced."""
    for (spot, rate, dividends, years), printed in CARRY.items():
        named = {"S": spot, "r": rate, "q": dividends, "T": years}
        yield formula("carry", "future", named, [("F", fair_future(spot, rate, dividends, years), printed)])


#: By the name of ``--model``.
TEXTBOOK: Mapping[str, Callable[[int, int], Iterator[PaperRow]]] = {
    "gm": glosten_milgrom,
    "kyle": kyle,
    "bs": puts,
    "carry": futures,
}


def _error(sample: Floats) -> float:
    """Returns the standard error of the mean."""
    return float(sample.std() / math.sqrt(max(1, len(sample))))

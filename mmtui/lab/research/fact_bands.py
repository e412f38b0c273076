"""The bands in which the stylised facts of the named markets should lie.

What is found in real markets, with a margin for the sampling error of 20 days: see the sources in
:mod:`mmtui.lab.research.facts`; Almgren and others (2005), "Direct estimation of equity market impact", and Tóth and
others (2011) for impact, which grows as about the root of the size; Farmer, Gerig, Lillo and Waelbroeck (2013) for the
two thirds of it that stay; Moallemi and Yuan (2017) for what a place in the queue is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmtui.lab.research.facts import Facts
from mmtui.lab.research.price_impact import BLOCKS, METAORDERS, ROUND_TRIPS


@dataclass(frozen=True, slots=True)
class FactBand:
    """A band in which a fact should lie.

    Attributes:
        name: its description.
        value: the number that is judged.
        low, high: the number must lie strictly between them.
    """

    name: str
    value: Callable[[Facts], float]
    low: float = -np.inf
    high: float = np.inf

    def holds(self, found: Facts) -> bool:
        """Whether the facts are in the band; an undefined value is not."""
        return self.low < self.value(found) < self.high


# What is judged is made of


def metaorder_exponent(found: Facts) -> float:
    """Returns p of the impact of metaorders, which grows as their size to the power of p."""
    return _exponent([(lots, found[f"metaorder_{lots}"].mean) for lots in METAORDERS])


def block_exponent(found: Facts) -> float:
    """Returns the same of blocks, by the lots that were filled."""
    return _exponent([(found[f"block_{lots}_filled"].mean, found[f"block_{lots}"].mean) for lots in BLOCKS])


def left_share(found: Facts) -> float:
    """Returns the part of the largest metaorder's impact that is left a minute after its end."""
    return _ratio(found[f"later_{METAORDERS[-1]}"].mean, found[f"metaorder_{METAORDERS[-1]}"].mean)


def square_root_share(found: Facts) -> float:
    """Returns Y of the largest metaorder's impact, Y·σ·√(Q/v), with the market's volatility σ and lots a second v."""
    law = found["volatility"].mean * (METAORDERS[-1] / found["lots"].mean) ** 0.5
    return _ratio(found[f"metaorder_{METAORDERS[-1]}"].mean, law)


def response_share(found: Facts) -> float:
    """Returns the mean move ten seconds after a noise trade in units of the volatility of one second."""
    return _ratio(found["response_10s"].mean, found["volatility"].mean)


def response_left(found: Facts) -> float:
    """Returns the part of that move that is left after two minutes."""
    return _ratio(found["response_120s"].mean, found["response_10s"].mean)


def _exponent(points: list[tuple[float, float]]) -> float:
    sizes, moves = np.array(points).T
    return float(np.polyfit(np.log(sizes), np.log(moves), 1)[0]) if (moves > 0).all() else np.nan


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _least_fall(found: Facts) -> float:
    medians = [found[f"kurtosis_{step}s"].median for step in (10, 60, 300)]
    return min(medians[0] - medians[1], medians[1] - medians[2])


# The bands

#: The bands that a value of constant volatility without jumps must fail.
CLUSTERING: tuple[FactBand, ...] = (
    FactBand("excess kurtosis at 60 s", lambda found: found["kurtosis_60s"].mean, 1.0, 15.0),
    FactBand("ACF of |10 s returns| to lag 20: least t", lambda found: min(lag.t for lag in found.abs_acf), 3.0),
)

_EXPONENT = "exponent of metaorders' impact"
_LEFT = "80 lots' impact left after 60 s"
_INFORMED = "10 s markout against informed: t"

#: For every market, for the mean of at least 20 days.
BANDS: tuple[FactBand, ...] = (
    *CLUSTERING,
    FactBand("median kurtosis falls from 10 to 60 to 300 s: least fall", _least_fall, 0.0),
    FactBand("|ACF(1)| of 60 s returns", lambda found: abs(found["acf_60s"].mean), high=0.05),
    FactBand("signature 1 s / 60 s", lambda found: found["signature"].mean, 0.85, 1.35),
    FactBand("decay exponent of trade signs", lambda found: found.sign_decay, 0.4, 0.8),
    FactBand("impact exponent of single orders", lambda found: found.impact_exponent, 0.2, 0.8),
    FactBand(_INFORMED, lambda found: found["markout_informed"].t, high=-3.0),
    FactBand("10 s markout against noise", lambda found: found["markout_noise"].mean, 0.0),
    FactBand(_EXPONENT, metaorder_exponent, 0.5, 0.75),
    FactBand("80 lots' impact over σ√(Q/v)", square_root_share, 0.5, 1.0),
    FactBand(_LEFT, left_share, 0.55, 0.8),
    FactBand("noise's response at 10 s over 1 s volatility", response_share, 0.1, 0.4),
    FactBand("noise's response, 120 s over 10 s", response_left, 0.4, 1.0),
    FactBand("exponent of blocks' impact", block_exponent, 0.2, 0.8),
    FactBand(
        "PnL of buying and selling again: greatest t",
        lambda found: max(found[f"round_trip_{name}"].t for name in ROUND_TRIPS),
        high=-3.0,
    ),
    FactBand("fill probability, front less back: t", lambda found: found["filled_lead"].t, 3.0),
    FactBand("10 s markout, front less back: t", lambda found: found["markout_lead"].t, 3.0),
)


def _index_acf(step: int) -> FactBand:
    key = f"index_acf_{step}s"
    return FactBand(f"|ACF(1)| of the index's {step} s returns", lambda found: abs(found[key].mean), high=0.05)


_INDEX = (
    *map(_index_acf, (1, 10, 60)),
    FactBand("correlation of 10 s returns, index and future", lambda found: found["correlation_10s"].mean, 0.8, 0.99),
    FactBand("|basis|, ticks", lambda found: abs(found["basis"].mean), high=0.3),
    FactBand("half-life of the basis, s", lambda found: found["basis_half_life"].mean, 0.5, 20.0),
)

#: In Hong Kong a few lots move a price by less than half a tick, which a mid can hardly show.
_HONG_KONG = FactBand(_EXPONENT, metaorder_exponent, 0.5, 0.85)

#: A large tick protects a maker, and so do rivals who see the index at once: half a spread is about what the informed
#: know, and they gain little.
_GAP = FactBand("10 s markout against noise less informed: t", lambda found: found["markout_gap"].t, 3.0)

#: By market, its own bands in place of others, by their names.
_INSTEAD: dict[str, dict[str, FactBand]] = {
    "hk-50-fine": {_EXPONENT: _HONG_KONG},
    "hk-45": {
        _EXPONENT: _HONG_KONG,
        # 80 lots move it by less than two ticks, so that the share of 60 pairs has an error of .04.
        _LEFT: FactBand(_LEFT, left_share, 0.5, 0.9),
        _INFORMED: _GAP,
    },
    "index-20000": {_INFORMED: _GAP},
}

#: By market, its own bands besides.
_BESIDES: dict[str, tuple[FactBand, ...]] = {
    # In ticks, too, for the market whose ticks everybody has in mind.
    "us-100": (
        FactBand("80 lots' impact, ticks", lambda found: found["metaorder_80"].mean, 3.0, 6.0),
        FactBand("noise's response at 10 s, ticks", lambda found: found["response_10s"].mean, 0.1, 0.4),
    ),
    "index-20000": _INDEX,
}


def bands_of(market: str) -> tuple[FactBand, ...]:
    """Returns the bands of a named market: those of all, or its own in their place, and its own besides."""
    instead = _INSTEAD.get(market, {})
    return (*(instead.get(band.name, band) for band in BANDS), *_BESIDES.get(market, ()))

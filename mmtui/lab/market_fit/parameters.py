"""What is fitted: a market's parameters, where the search for each begins, and what a recording says of it directly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np

from mmtui.errors import InputError
from mmtui.lab.market_fit.observed import MOST_DISTANCE, Observed
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.draws import Bools, Floats
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.normal import LEAST, NormalSpec

#: A parameter is told by a recording if its standard error is at most so much of it.
TOLD = 0.5
#: Lives of orders are of two kinds where one is so many times the other, and each has this share at least.
_FLICKERS, _LEAST_SHARE = 20.0, 0.15
#: Quotes stand within so many spreads of the best price; behind them this share of the orders flickers at least.
_BEHIND, _FLICKERING = 2.0, 0.25
#: Distances are multiples of so many ticks at most, where this share of them is.
_MOST_SCALE, _ALMOST = 10, 0.9
#: How unequal rates of cancellation by distance may be: what an order costs grows with it.
_MOST_RATIO = 19.0
#: Candidate cancellations of a table's orders a second, at the most; how rarely an order may outlive all its own.
_MOST_EVENTS, _OUTLIVES = 2_500.0, 1e-6
#: Distances that count as near.
_NEAR = 3
#: Distances that share one rate, from the opposite best price on.
_BANDS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 8), (9, 12), (13, 18), (19, 26), (27, 38), (39, 56), (57, 78), (79, 100))
_RIVALS = 3
#: Momentum traders that there may be, for each order that takes.
_MOMENTUM = 0.05


class Parameter(NamedTuple):
    """One that is fitted, on a logarithmic scale.

    Attributes:
        path: where it stands in the market's table; one that begins with ``table.`` multiplies a table of rates.
        start: where the search begins.
        step: how far, at first, on the logarithmic scale.
        low, high: bounds.
    """

    path: str
    start: float
    step: float
    low: float
    high: float


class Assumed(NamedTuple):
    """One that is not fitted but has a usual value, which the recording's may be off.

    Attributes:
        path: where it stands in the market's table.
        spread: standard deviation of its logarithm; of one that is usually 0, what it may be instead.
    """

    path: str
    spread: float


@dataclass(frozen=True)
class Family:
    """Markets that differ in some parameters.

    Attributes:
        parameters: those.
        base: the table of a market, whose other parameters stay.
        assumed: those of them that errors allow for.
        why: what decided for this family, a sentence.
        closed: parameters estimated in closed form, with standard errors.
    """

    parameters: tuple[Parameter, ...]
    base: Mapping[str, Any]
    why: str
    closed: Mapping[str, tuple[float, float]]
    assumed: tuple[Assumed, ...] = ()

    @property
    def start(self) -> Floats:
        """(P,) where the search begins."""
        return np.array([each.start for each in self.parameters])

    def bounded(self, values: Floats) -> Floats:
        """Values within their bounds."""
        lows, highs = (np.array([getattr(each, end) for each in self.parameters]) for end in ("low", "high"))
        inside: Floats = np.clip(values, lows, highs)
        return inside

    def off(self, normals: Floats) -> Floats:
        """(N, A) how far what is assumed may be off, in spreads, of standard normals; what is usually 0 is no less."""
        zero = [not self.base[part][name] for part, _, name in (each.path.partition(".") for each in self.assumed)]
        off: Floats = np.clip(np.where(zero, np.abs(normals), normals), -_MOST_OFF, _MOST_OFF)
        return off

    def widened(self, values: Floats, errors: Floats, seconds: float) -> Floats:
        """(P,) errors of logarithms, with what so many seconds cannot show.

        The logarithm of the volatility wanders about that of ``value.sigma`` as an Ornstein-Uhlenbeck process does: its
        mean over a stretch of T time constants has the variance s² 2 (1 − (1 − exp(−T)) / T) / T. Its deviation s over
        a stretch has a logarithm with the error √(2 / T) / 2, and at most a Brownian path's, √(1/45) · 6 / 2.
        Where s is not told, the mean wanders by the usual s at least.
        """
        paths = [each.path for each in self.parameters]
        if "value.sv_std" not in paths:
            return errors
        constants = seconds / float(self.base["value"]["sv_tau_s"])
        share = 2.0 * (1.0 - (1.0 - math.exp(-constants)) / constants) / constants
        found, sigma, spread = errors.copy(), paths.index("value.sigma"), paths.index("value.sv_std")
        found[spread] = math.hypot(errors[spread], min(math.sqrt(2.0 / constants) / 2, math.sqrt(1 / 45) * 3))
        wanders = float(values[spread])
        if found[spread] > TOLD:
            wanders = max(wanders, self.parameters[spread].start)
        found[sigma] = math.hypot(errors[sigma], wanders * math.sqrt(share))
        return found

    def market(self, values: Sequence[float] | Floats) -> BookMarketSpec:
        """The market with these parameters."""
        return msgspec.convert(self.table(values), BookMarketSpec)

    def check(self, source: object) -> None:
        """Raise InputError if no market can be as the recording is."""
        try:
            self.market(self.start)
        except msgspec.ValidationError as error:
            raise InputError(f"{source}: no market can be as busy: {error}") from None

    def table(self, values: Sequence[float] | Floats, off: Sequence[float] | Floats = ()) -> dict[str, Any]:
        """The same as the table of a level; what is assumed may be so many spreads off its usual value."""
        table: dict[str, Any] = {
            key: dict(part) if isinstance(part, Mapping) else part for key, part in self.base.items()
        }
        table["kind"] = "book"
        for parameter, value in zip(self.parameters, values, strict=True):
            part, _, name = parameter.path.partition(".")
            if part == "table":
                _scale(table["noise_table"], name, float(value))
            else:
                table.setdefault(part, {})[name] = _rounded(float(value), whole=name == "size")
        if "noise_table" in table:
            for shared in ("mean_size", "tail"):
                table["noise_limit"][shared] = table["noise_table"][shared]
        # How much more often they come when the price is off is not told apart from how often they come.
        table["informed"]["rate_per_gap"] = _rounded(table["informed"]["rate"] / 2)
        for assumed, spreads in zip(self.assumed, off, strict=False):
            part, _, name = assumed.path.partition(".")
            usual = table[part][name]
            other = usual * math.exp(assumed.spread * spreads) if usual else assumed.spread * spreads
            table[part] = {**table[part], name: _rounded(float(other), whole=name == "size")}
        return table


def _scale(table: dict[str, Any], name: str, by: float) -> None:
    what = name.removeprefix("near_")
    reach = len(table[what]) if what == name else _NEAR
    scaled = [rate * by if at < reach else rate for at, rate in enumerate(table[what])]
    if what == "cancel_rates":
        scaled = np.maximum(scaled, max(scaled) / _most_ratio(sum(table["rates"]))).tolist()
    table[what] = [_rounded(rate) for rate in scaled]


def _most_ratio(rate: float) -> float:
    """How unequal cancellations may be for the events that orders at a rate a second and side cost to stay few."""
    candidates = max(1.0, _MOST_EVENTS / (2 * max(rate, 1e-9)) - 1)
    surviving = math.exp(math.log(_OUTLIVES) / candidates)
    return min(_MOST_RATIO, 1.0 / (1.0 - surviving))


def _rounded(value: float, *, whole: bool = False) -> float | int:
    return max(1, round(value)) if whole else float(f"{value:.5g}")


#: How far what is not fitted may be off its usual value, and how many spreads at most that is tried.
_MOST_OFF = 2.0
_ASSUMED = (
    Assumed("rivals.skew", 0.7),
    Assumed("rivals.lag_s", 0.7),
    Assumed("rivals.mid_weight", 0.5),
    Assumed("rivals.snipe", 0.4),
    Assumed("rivals.size", 0.3),
    Assumed("informed.noise", 0.5),
    Assumed("informed.edge", 0.7),
    Assumed("informed.rate_per_gap", 0.7),
    Assumed("noise_market.decay", 0.7),
    Assumed("noise_limit.cancel_falloff", 0.7),
    Assumed("noise_limit.thin_lots", 0.7),
    Assumed("impact.linear_lots", 0.7),
    Assumed("value.jump_sd", 0.5),
)


def family_of(seen: Observed, instrument: Instrument) -> Family:
    """The family of markets in which a recording's is looked for, from what is seen of it."""
    seconds = seen.seconds
    plain = ~seen.arrivals.replaces
    rate = float(plain.sum()) / seconds / 2
    share, short_s, long_s = two_lives(seen.departures.life[~seen.departures.replaces])
    flickers = _flickers(seen, share, short_s, long_s)
    closed = _closed(seen, plain)
    size, tail = _sizes(seen.arrivals.lots[plain])
    common, base = _takers_and_makers(seen, size)
    base["instrument"] = {name: getattr(instrument, name) for name in ("symbol", "currency", "tick", "lot", "price")}
    base["normal"] = msgspec.to_builtins(_normal(seen))
    noise: tuple[Parameter, ...]
    if flickers:
        rates, cancels = _table(seen, plain, 1.0 - share)
        base["noise_table"] = {
            "rates": rates,
            "cancel_rates": cancels,
            "mean_size": size,
            "tail": tail,
            "watch_margin": 0.5,
        }
        base["noise_limit"] = {
            "distance_exponent": _exponent(seen, plain),
            "max_distance": MOST_DISTANCE,
        }
        noise = (
            Parameter("table.rates", 1.0, 0.15, 0.2, 4.0),
            Parameter("table.cancel_rates", 0.8, 0.15, 0.05, 4.0),
            Parameter("table.near_rates", 1.0, 0.25, 0.05, 10.0),
            Parameter("table.near_cancel_rates", 1.5, 0.25, 0.1, 10.0),
            Parameter("noise_table.mean_size", size, 0.2, 1.0, 9_000.0),
            Parameter("noise_table.tail", max(0.3, tail), 0.15, 0.01, 0.5),
            Parameter("noise_table.watch_rate", 4.0, 0.3, 0.05, 60.0),
            Parameter("noise_limit.rate", rate * share, 0.2, 0.01, 400.0),
            Parameter("noise_limit.cancel_rate", 0.8 / short_s, 0.2, 0.02, 200.0),
        )
        why = f"a share of {share:.2f} of the orders live {short_s:.3g} s on average, the others {long_s:.3g} s"
        return Family((*noise, *common), base, why, closed, _assumed((*noise, *common), base, seen))
    scale = _distance_scale(seen, plain)
    base["noise_limit"] = {
        "max_distance": max(1, _furthest(seen, plain) // scale),
        "distance_scale": float(scale),
        "cancel_falloff": 0.2,
        "thin_lots": size * 2,
    }
    noise = (
        Parameter("noise_limit.rate", rate, 0.05, 0.01, 400.0),
        Parameter("noise_limit.cancel_rate", 0.8 / long_s, 0.15, 1e-4, 50.0),
        Parameter("noise_limit.mean_size", size, 0.05, 1.0, 9_000.0),
        Parameter("noise_limit.tail", max(0.01, tail), 0.3, 0.002, 0.5),
        Parameter("noise_limit.distance_exponent", max(0.1, _exponent(seen, plain, scale)), 0.1, 0.02, 4.0),
    )
    why = f"orders live of one kind of life, {long_s:.3g} s on average"
    return Family((*noise, *common), base, why, closed, _assumed((*noise, *common), base, seen))


def _assumed(parameters: Sequence[Parameter], base: Mapping[str, Any], seen: Observed) -> tuple[Assumed, ...]:
    """What markets of a family keep at its usual value; there are no momentum traders, but might be."""
    fitted = {each.path for each in parameters}
    known = {f"{part}.{name}" for part, table in base.items() for name in table}
    momentum = Assumed("momentum.rate", _MOMENTUM * len(seen.takers.at) / seen.seconds)
    return tuple(each for each in (*_ASSUMED, momentum) if each.path in known - fitted)


def _flickers(seen: Observed, share: float, short_s: float, long_s: float) -> bool:
    """Whether orders flicker, also where nobody makes a market: a quote that comes after a fill lives shortly, too."""
    if long_s <= _FLICKERS * short_s or min(share, 1 - share) <= _LEAST_SHARE:
        return False
    gone = seen.departures
    lives = gone.life[~gone.replaces & (gone.behind > _BEHIND * float(np.mean(seen.ask - seen.bid)))]
    return len(lives) > 0 and float((lives < 3 * short_s).mean()) > _FLICKERING


def _takers_and_makers(seen: Observed, size: float) -> tuple[tuple[Parameter, ...], dict[str, Any]]:
    """Who takes, who moves the price and who quotes: alike in all families."""
    seconds, takers, moved = seen.seconds, seen.takers, seen.arrivals.replaces
    takes = max(len(takers.at), 1) / seconds
    taken, tail = _sizes(takers.lots)
    moves = np.diff(seen.mids(1.0))
    # Over longer times there is less bounce in it.
    slow = np.diff(seen.mids(min(30.0, max(1.0, seconds / 20))))
    volatility = max(0.02, float(np.sqrt(np.mean(slow**2) / min(30.0, max(1.0, seconds / 20)))) if len(slow) else 0.1)
    still = float((moves == 0).mean()) if len(moves) else 0.5
    jumps = still > 0.8
    spread = max(1.0, float(np.median(seen.ask - seen.bid)))
    quotes = seen.arrivals.lots[moved]
    quote = max(1.0, float(np.median(quotes))) if len(quotes) else max(1.0, size)
    pace = max(0.2, float(moved.sum()) / seconds / 2 / _RIVALS)
    quoting: tuple[Parameter, ...] = (
        Parameter("rivals.rate", pace * 1.2, 0.2, 0.02, 60.0),
        Parameter("rivals.half_spread", max(0.35, 0.6 * spread), 0.15, 0.05, 50.0),
        Parameter("rivals.noise", max(0.05, 0.25 * spread), 0.2, 0.01, 50.0),
    )
    if jumps:
        # A price that stands still and then jumps is quoted by those who move their quotes rather than trade, at once:
        # a quote left behind would hold the price back for seconds, and everybody could see where it goes.
        quote = max(1.0, float(np.mean(seen.sampled[:, 6:8])) / _RIVALS)
        quoting = (
            Parameter("rivals.rate", max(1.0, pace), 0.3, 0.5, 60.0),
            Parameter("rivals.half_spread", 0.3 * spread, 0.3, 0.05, 50.0),
            Parameter("rivals.noise", 0.2 * spread, 0.3, 0.005, 50.0),
            Parameter("rivals.size", 2 * quote, 0.3, 1.0, 9_000.0),
            Parameter("rivals.snipe", 8.0 * spread, 0.3, 0.5, 500.0),
        )
    base: dict[str, Any] = {
        "noise_market": {"mean_size": max(1.0, taken), "tail": tail, "decay": 0.2, "metaorders": 3},
        "informed": {
            "noise": _rounded(max(0.1, 0.5 * spread)),
            "edge": 0.3,
            "mean_size": max(1.0, taken),
            "rate_per_gap": 0.1,
        },
        "rivals": {
            "count": _RIVALS,
            "lag_s": 1.0 if not jumps else 0.1,
            "skew": _rounded(0.1 / quote),
            "size": max(1, round(quote)),
            "snipe": 1.5,
            "mid_weight": 0.2,
        },
        "momentum": {"rate": 0.0, "threshold": _rounded(2 * spread), "mean_size": max(1.0, taken)},
        "value": {},
        "impact": {"linear_lots": _rounded(max(0.05, 0.15 * taken))},
    }
    lots = takes * max(1.0, taken)
    value: tuple[Parameter, ...] = (Parameter("value.sigma", 0.9 * volatility, 0.2, 1e-3, 100.0),)
    if jumps:
        rate = max(0.005, 0.8 * (1 - still))
        value = (
            Parameter("value.sigma", 0.1 * volatility, 0.3, 1e-3, 100.0),
            Parameter("value.jump_rate", rate, 0.3, 1e-4, 2.0),
            Parameter("value.jump_sd", volatility / math.sqrt(rate), 0.3, 0.1, 500.0),
        )
    else:
        base["value"] = {"sv_tau_s": 1200.0, "jump_rate": 1 / 900, "jump_sd": 10 * volatility}
        value = (*value, Parameter("value.sv_std", 0.5, 0.3, 0.02, 1.5))
    taking = (
        Parameter("noise_market.rate", max(1e-3, 0.25 * takes), 0.2, 1e-4, 200.0),
        Parameter("noise_market.branching", 0.5, 0.2, 0.02, 0.9),
        Parameter("informed.rate", max(1e-3, (0.1 if jumps else 0.3) * takes), 0.3, 1e-4, 100.0),
        Parameter("impact.weight", 0.27 * volatility / math.sqrt(lots), 0.3, 1e-4, 50.0),
    )
    return (*quoting, *value, *taking), base


def _closed(seen: Observed, plain: Bools) -> dict[str, tuple[float, float]]:
    """Estimators in closed form with standard errors: counts as of Poisson processes, means as of independent draws."""
    seconds, takers = seen.seconds, seen.takers
    found = {"noise_limit.rate": (float(plain.sum()) / seconds / 2, math.sqrt(float(plain.sum())) / seconds / 2)}
    for name, lots in (("noise_limit.mean_size", seen.arrivals.lots[plain]), ("noise_market.mean_size", takers.lots)):
        if len(lots) > 1:
            found[name] = (float(lots.mean()), float(lots.std(ddof=1)) / math.sqrt(len(lots)))
    return found


def two_lives(lives: Floats) -> tuple[float, float, float]:
    """The share of short lives, and the means of short and long ones: a mixture of two exponentials, by EM.

    Source: Dempster, Laird and Rubin, Journal of the Royal Statistical Society B 39(1), 1977.
    """
    lives = np.maximum(lives, 1e-3)
    if len(lives) < 10:
        mean = float(lives.mean()) if len(lives) else 1.0
        return 0.5, mean, mean
    share, short, long = 0.5, float(np.quantile(lives, 0.2)), float(np.quantile(lives, 0.8))
    for _ in range(200):
        first = share / short * np.exp(-lives / short)
        other = (1 - share) / long * np.exp(-lives / long)
        chance = first / (first + other + 1e-300)
        share = float(np.clip(chance.mean(), 1e-3, 1 - 1e-3))
        short = max(1e-3, float((chance * lives).sum() / chance.sum()))
        long = max(1e-3, float(((1 - chance) * lives).sum() / (1 - chance).sum()))
    return share, short, long


def _sizes(lots: Floats) -> tuple[float, float]:
    """The mean, at least a lot, and the share of large sizes: above three means, beyond a geometric law's e^-3."""
    if not len(lots):
        return 1.0, 0.0
    mean = max(1.0, float(np.maximum(lots, 1.0).mean()))
    tail = float(np.clip(2.0 * ((lots > 3 * mean).mean() - math.exp(-3)) + 0.1, 0.0, 0.5))
    return float(f"{mean:.5g}"), float(f"{tail:.3g}")


def _distance_scale(seen: Observed, plain: Bools) -> int:
    """The most ticks that almost all orders behind those of market makers are placed in multiples of."""
    arrivals = seen.arrivals
    distances = arrivals.distance[plain & (arrivals.behind > _BEHIND * float(np.mean(seen.ask - seen.bid)))]
    least = _ALMOST * len(distances)
    return max(ticks for ticks in range(1, _MOST_SCALE + 1) if ticks == 1 or (distances % ticks == 0).sum() > least)


def _exponent(seen: Observed, plain: Bools, scale: int = 1) -> float:
    """The exponent of a power law of distances, by maximum likelihood (Clauset, Shalizi and Newman 2009, eq. 3.5)."""
    distances = seen.arrivals.distance[plain] // scale
    most = max(1, _furthest(seen, plain) // scale)
    distances = distances[(distances >= 1) & (distances <= most)]
    if not len(distances):
        return 0.6
    grid = np.linspace(-0.5, 3.0, 351)
    logs = np.log(np.arange(1, most + 1))
    normal = np.log(np.exp(-np.outer(grid, logs)).sum(axis=1))
    return float(grid[np.argmin(grid * float(np.log(distances).mean()) + normal)])


def _furthest(seen: Observed, plain: Bools) -> int:
    """The distance within which almost all orders are placed."""
    distances = seen.arrivals.distance[plain]
    return int(np.clip(np.quantile(distances, 0.98) if len(distances) else 30, 5, MOST_DISTANCE))


def _table(seen: Observed, plain: Bools, share: float) -> tuple[list[float], list[float]]:
    """Rates of the orders that last and of their cancellation, by distance: counts over time and over order seconds."""
    counts = np.bincount(np.clip(seen.arrivals.distance[plain], 0, MOST_DISTANCE), minlength=MOST_DISTANCE + 1)
    rates, cancels = np.zeros(MOST_DISTANCE), np.zeros(MOST_DISTANCE)
    for first, last in _BANDS:
        arrived = share * counts[first : last + 1].sum()
        rates[first - 1 : last] = arrived / seen.seconds / 2 / (last - first + 1)
        cancels[first - 1 : last] = arrived / max(1.0, seen.resting[first : last + 1].sum())
    positive = cancels[cancels > 0]
    cancels = np.clip(cancels, max(1e-4, positive.max() / _MOST_RATIO), None) if len(positive) else cancels + 1.0
    return [float(f"{rate:.4g}") for rate in rates], [float(f"{rate:.4g}") for rate in cancels]


def _normal(seen: Observed) -> NormalSpec:
    moves = np.diff(seen.mids(1.0))
    lots = float(np.mean(seen.sampled[:, 6:8])) if len(seen.sampled) else 1.0
    spread = float(np.mean(seen.ask - seen.bid)) if len(seen.at) else 1.0
    return NormalSpec(
        spread=float(f"{max(LEAST, spread):.3g}"),
        volatility=float(f"{max(0.1, float(np.sqrt(np.mean(moves**2))) if len(moves) else 0.1):.3g}"),
        size=max(1, round(lots)),
    )

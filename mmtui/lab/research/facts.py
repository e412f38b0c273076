"""Stylised facts of a market.

Each day is measured separately (:func:`measure`), so that days can be recorded and measured in several processes and
only a few numbers of each are kept; :func:`facts` returns means and deviations across days. Definitions follow Cont
(2001), "Empirical properties of asset returns"; Lillo and Farmer (2004), "The long memory of the efficient market";
Bouchaud, Farmer and Lillo (2009), "How markets slowly digest changes in supply and demand".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mmtui.lab.research.price_impact import measure_impact
from mmtui.lab.research.recorded_day import Day, record_day
from mmtui.lab.runs.workers import map_in_processes
from mmtui.market.book_market import FIRST_RIVAL, INFORMED, MOMENTUM, NOISE_MARKET, BookMarketSpec
from mmtui.market.core.draws import Bools, Floats, Ints
from mmtui.market.hedges.instruments import HedgeSpec
from mmtui.signals.reversion import mean_reversion
from mmtui.units import NS_PER_S

#: Lags of the autocorrelation of absolute ten-second returns.
ABS_LAGS = 20
#: Lags of the autocorrelation of trade signs.
SIGN_LAGS = 50
#: Order sizes, in lots, over which the impact exponent is fitted.
IMPACT_SIZES = 10
_MARKOUT_S = 10


@dataclass(frozen=True, slots=True)
class DayFacts:
    """The measurements of one day.

    Attributes:
        numbers: fact to its value on that day.
        abs_acf: (ABS_LAGS,) autocorrelation of absolute ten-second returns at lags 1, 2, ...
        sign_acf: (SIGN_LAGS,) autocorrelation of the signs of successive taker orders at lags 1, 2, ...
        impact_sums: (IMPACT_SIZES,) sums of the impact of orders of 1, 2, ... lots, in ticks.
        impact_counts: (IMPACT_SIZES,) how many there were.
    """

    numbers: dict[str, float]
    abs_acf: Floats
    sign_acf: Floats
    impact_sums: Floats
    impact_counts: Ints


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact's value on each of several days; days on which it is undefined (NaN) do not count."""

    days: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over days; NaN without days."""
        return float(np.mean(self.days)) if self.days else np.nan

    @property
    def median(self) -> float:
        """Over days; NaN without days."""
        return median(self.days) if self.days else np.nan

    @property
    def sd(self) -> float:
        """Across days; NaN with fewer than two."""
        return float(np.std(self.days, ddof=1)) if len(self.days) > 1 else np.nan

    @property
    def t(self) -> float:
        """The mean over its standard error; NaN with fewer than two days."""
        error = self.sd / len(self.days) ** 0.5 if self.days else np.nan
        return self.mean / error if error > 0 else np.nan


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a market over several days.

    Attributes:
        facts: fact to its values over days; :func:`measure` defines them.
        abs_acf: the autocorrelation of absolute ten-second returns at lags 1 to ABS_LAGS, over days.
        sign_decay: exponent g of the autocorrelation of trade signs, which falls as lag to the power of −g: least
            squares of its logarithm on the lag's, lags 1 to SIGN_LAGS, of the mean over days; lags at which that mean
            is not positive are left out.
        impact_exponent: exponent p of the impact of an order, which grows as size to the power of p: least squares of
            the logarithm of the mean impact on the size's, sizes 1 to IMPACT_SIZES lots, all days pooled, each size
            weighted by its orders. The impact is sign × (mid after ten seconds − mid just before). Rivals' orders
            are left out: they have one size, and chase prices that have moved. Sizes whose mean impact is not
            positive are left out too.
    """

    facts: dict[str, Fact]
    abs_acf: tuple[Fact, ...]
    sign_decay: float
    impact_exponent: float

    def __getitem__(self, name: str) -> Fact:
        """A fact by name."""
        return self.facts[name]


def measure(day: Day) -> DayFacts:
    """Measure the facts of one day.

    Spreads and depths are means over time, of samples taken once a second. Volatility is the standard deviation of
    one-second moves of the mid. The signature is the volatility by one-second moves over the volatility by 60-second
    ones, each per square root of time. Returns do not overlap. Markouts are the maker's sign × (mid at the first whole
    second at least 10 s later − price), a lot.
    """
    # Of less than a second there is no rate.
    mids, spreads, seconds = day.mids, day.spreads, day.seconds or np.nan
    returns = {step: np.diff(mids[::step]) for step in (1, 10, 60, 300)}
    deviation = {step: float(np.std(returns[step])) if len(returns[step]) else np.nan for step in (1, 60)}
    orders = max(1, len(day.takers))
    numbers = {
        "spread": float(spreads.mean()),
        **{f"spread_{ticks}": float((spreads == ticks).mean()) for ticks in (1, 2, 3)},
        "depth": float(day.depths.mean()),
        "limits": day.limits / seconds,
        "cancels": day.cancels / seconds,
        "trades": len(day.takers) / seconds,
        "lots": float(day.take_sizes.sum()) / seconds,
        "noise": float((day.takers == NOISE_MARKET).sum()) / orders,
        "informed": float((day.takers == INFORMED).sum()) / orders,
        "snipe": float((day.takers >= FIRST_RIVAL).sum()) / orders,
        "momentum": float((day.takers == MOMENTUM).sum()) / orders,
        "volatility": deviation[1],
        "signature": deviation[1] / deviation[60] * 60**0.5 if deviation[60] > 0 else np.nan,
        "acf_1s": float(autocorrelation(returns[1], 1)[0]),
        "acf_60s": float(autocorrelation(returns[60], 1)[0]),
        **{f"kurtosis_{step}s": excess_kurtosis(returns[step]) for step in (10, 60, 300)},
        "sign_acf": float(autocorrelation(day.take_signs, 1)[0]),
        "markout": _markout(day, day.fill_sizes > 0),
        "markout_noise": _markout(day, day.fill_takers == NOISE_MARKET),
        "markout_informed": _markout(day, day.fill_takers == INFORMED),
        **{f"response_{wait}s": _response(day, wait) for wait in (10, 120)},
        **_queues(day),
        **_index(day),
    }
    numbers["markout_gap"] = numbers["markout_noise"] - numbers["markout_informed"]
    later, known = _after(day, day.take_times)
    impact = (day.take_signs * (day.mids[later] - day.take_mids))[known & (day.takers < FIRST_RIVAL)]
    sizes = day.take_sizes[known & (day.takers < FIRST_RIVAL)]
    return DayFacts(
        numbers=numbers,
        abs_acf=autocorrelation(np.abs(returns[10]), ABS_LAGS),
        sign_acf=autocorrelation(day.take_signs, SIGN_LAGS),
        impact_sums=np.array([impact[sizes == size].sum() for size in range(1, IMPACT_SIZES + 1)]),
        impact_counts=np.array([int((sizes == size).sum()) for size in range(1, IMPACT_SIZES + 1)]),
    )


class DayTask(NamedTuple):
    """A day to measure: a market, a seed, and the market's hedge instruments."""

    spec: BookMarketSpec
    seed: int
    hedges: Sequence[HedgeSpec] = ()


def measure_days(days: Sequence[DayTask], jobs: int = 1) -> Iterator[DayFacts]:
    """Record and measure days, and the price impact on as many pairs each, in order, whatever the number of jobs."""
    return map_in_processes(_measure_day, days, jobs)


def _measure_day(day: DayTask) -> DayFacts:
    found = measure(record_day(day.spec, day.seed, hedges=day.hedges))
    found.numbers.update(measure_impact(day.spec, day.seed))
    return found


def facts(days: Sequence[DayFacts]) -> Facts:
    """Returns means and deviations across days."""
    return Facts(
        facts={name: _fact([day.numbers[name] for day in days]) for name in days[0].numbers},
        abs_acf=tuple(_fact([float(day.abs_acf[lag]) for day in days]) for lag in range(ABS_LAGS)),
        sign_decay=-_log_slope(np.mean([day.sign_acf for day in days], axis=0)),
        impact_exponent=_impact_exponent(days),
    )


# Estimators


def autocorrelation(series: npt.ArrayLike, lags: int) -> Floats:
    """Returns the autocorrelation at lags 1 to ``lags``, shape (lags,); NaN for a constant or too short series.

    The sum at each lag is over the available pairs, divided by the sum of squares, as usual.
    """
    values = np.asarray(series, dtype=np.float64)
    if len(values) <= lags:
        return np.full(lags, np.nan)
    values = values - values.mean()
    scale = float(values @ values)
    if scale == 0:
        return np.full(lags, np.nan)
    return np.array([float(values[lag:] @ values[:-lag]) / scale for lag in range(1, lags + 1)])


def excess_kurtosis(series: Floats) -> float:
    """Returns the fourth central moment over the squared second, less 3; NaN for a constant or empty series."""
    if not len(series):
        return np.nan
    values = series - series.mean()
    variance = float(np.mean(values**2))
    return float(np.mean(values**4)) / variance**2 - 3 if variance > 0 else np.nan


def _after(day: Day, times_ns: Ints, wait_s: int = _MARKOUT_S) -> tuple[Ints, Bools]:
    """Returns the first whole second at least so long after each time, and whether the day has it."""
    index = -(-times_ns // NS_PER_S) + wait_s
    return np.minimum(index, day.seconds), index <= day.seconds


def _markout(day: Day, chosen: Bools) -> float:
    later, known = _after(day, day.fill_times)
    chosen = chosen & known
    lots = day.fill_sizes[chosen]
    if not len(lots):
        return np.nan
    return float(np.average((day.fill_signs * (day.mids[later] - day.fill_prices))[chosen], weights=lots))


def _response(day: Day, wait_s: int) -> float:
    """The mean move of the mid in a noise trade's direction, from just before it to so long after, in ticks.

    Less that of the latent value, of which noise traders know nothing: it would only blur the mean.
    """
    later, known = _after(day, day.take_times, wait_s)
    chosen = known & (day.takers == NOISE_MARKET)
    moved = day.values[later] - day.values[day.take_times // NS_PER_S]
    move = day.mids[later] - day.take_mids - moved
    return float((day.take_signs * move)[chosen].mean()) if chosen.any() else np.nan


def _queues(day: Day) -> dict[str, float]:
    """Fill probabilities and markouts by place in the queue at the best price.

    An order joins at the front if fewer lots are before it than before the middle order of the day, else at the back.
    Lots are filled at the front if they stand in the first half of the queue that the taker finds.
    """
    ahead, filled = day.join_ahead, day.join_filled
    back = ahead > np.median(ahead) if len(ahead) else np.empty(0, dtype=bool)
    middle = day.fill_ahead + day.fill_sizes / 2
    known = day.fill_queue > 1
    places = {"front": known & (2 * middle <= day.fill_queue), "back": known & (2 * middle > day.fill_queue)}
    found = {f"markout_{place}": _markout(day, chosen) for place, chosen in places.items()}
    for place, chosen in (("front", ~back), ("back", back)):
        found[f"filled_{place}"] = float(filled[chosen].mean()) if chosen.any() else np.nan
    return {
        **found,
        "markout_lead": found["markout_front"] - found["markout_back"],
        "filled_lead": found["filled_front"] - found["filled_back"],
    }


def _index(day: Day) -> dict[str, float]:
    """What the index does, and how it goes with the instrument, its future; nothing without an index.

    The basis is the future's mid less the index carried to expiry. Its half-life is that of the autoregression of its
    values each second, in which the bounce of the mid shows as well.
    """
    if not len(day.index):
        return {}
    returns = {step: np.diff(day.index[::step]) for step in (1, 10, 60)}
    basis = day.mids - day.index
    reversion = mean_reversion(basis)
    return {
        **{f"index_acf_{step}s": _return_acf(day.index, step) for step in returns},
        **{
            f"correlation_{step}s": float(np.corrcoef(moves, np.diff(day.mids[::step]))[0, 1])
            for step, moves in returns.items()
        },
        "basis": float(basis.mean()),
        "basis_sd": float(basis.std()),
        "basis_half_life": np.nan if reversion is None else reversion.half_life,
    }


def _return_acf(prices: Floats, step: int) -> float:
    """The autocorrelation at lag 1 of returns over so many seconds: the mean from several starts, to be less noisy."""
    starts = range(0, step, max(1, step // 6))
    return float(np.mean([autocorrelation(np.diff(prices[start::step]), 1)[0] for start in starts]))


def _impact_exponent(days: Sequence[DayFacts]) -> float:
    sums = np.sum([day.impact_sums for day in days], axis=0)
    counts = np.sum([day.impact_counts for day in days], axis=0)
    return _log_slope(sums / np.maximum(counts, 1), np.sqrt(counts))


def _log_slope(values: Floats, weights: Floats | None = None) -> float:
    """Slope of log ``values`` on log 1, 2, ... over the positive ones; NaN with fewer than two of them."""
    good = values > 0
    if good.sum() < 2:
        return np.nan
    x, y = np.log(np.arange(1, len(values) + 1)[good]), np.log(values[good])
    return float(np.polyfit(x, y, 1, w=None if weights is None else weights[good])[0])


def _fact(days: Sequence[float]) -> Fact:
    return Fact(tuple(value for value in days if not np.isnan(value)))

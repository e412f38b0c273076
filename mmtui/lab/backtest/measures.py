"""What a recorded price path is like, and whether two go together: volatility, memory, cointegration.

A bar is a row of the file where most rows are equally far apart, so that nights and weekends are no bars; otherwise, or
if a step is given, the last price at every step.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from mmtui.errors import InputError
from mmtui.lab.backtest.prices import Prices
from mmtui.market.core.draws import Floats, Ints
from mmtui.signals.cointegration import engle_granger
from mmtui.signals.hurst import hurst_exponent
from mmtui.signals.reversion import ReversionFit, mean_reversion
from mmtui.signals.volatility import HistoricalVolatility
from mmtui.units import NS_PER_S

#: Bars that a verdict on a pair takes, and the most that a step may make of a file.
_FEWEST, _MOST = 20, 5_000_000
#: Rows are bars where so many of their intervals are the median one.
_REGULAR = 0.8
_DAY_S = 86_400
_YEAR_S = 365.25 * _DAY_S


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """The trading year: what turns a bar's volatility into a year's."""

    days: float = 252.0
    hours: float = 6.5

    def bars(self, bar_s: float) -> float:
        """Returns the bars in it: of its trading hours, or, for bars of a day or more, of its days."""
        if bar_s < _DAY_S:
            return self.days * self.hours * 3600 / bar_s
        return self.days if bar_s < 2 * _DAY_S else _YEAR_S / bar_s


class Volatility(msgspec.Struct, frozen=True):
    """The deviation of log returns: annualised, a fraction, with its standard error for independent returns.

    Attributes:
        returns: so many of them.
        annual: over all of these.
        error: its standard error.
        window: the length of the window, in returns.
        recent: over the last window; None if the file is shorter.
    """

    returns: int
    annual: float
    error: float
    window: int
    recent: float | None


class HurstMeasure(msgspec.Struct, frozen=True):
    """The Hurst exponent, its standard deviation, and the verdict."""

    h: float
    sd: float
    verdict: str


class Autoregression(msgspec.Struct, frozen=True):
    """First-order memory from bar to bar, without its bias, and half-life in seconds; None where nothing reverts."""

    phi: float
    half_life_s: float | None


class Measures(msgspec.Struct, frozen=True):
    """One path. ``hurst`` is None below 64 bars; it and ``reversion`` are for a price that never changes."""

    file: str
    bars: int
    bar_s: float
    bars_a_year: float
    volatility: Volatility
    hurst: HurstMeasure | None
    reversion: Autoregression | None


class PairMeasures(msgspec.Struct, frozen=True):
    """Two paths where both have prices: Engle and Granger's test of the first on the second.

    Attributes:
        bars: of the first file, each with the other's last price.
        correlation: of their log returns, which says nothing of whether the prices stay together.
        hedge_ratio: so many of the second against one of the first.
        intercept: in the first's unit.
        t: the Dickey-Fuller t of the residuals.
        critical: t's critical value at 5%.
        cointegrated: t is below it.
        deviation: of the residuals, in the first's unit.
        z: the last residual over that.
        reversion: of the residuals.
    """

    bars: int
    correlation: float
    hedge_ratio: float
    intercept: float
    t: float
    critical: float
    cointegrated: bool
    deviation: float
    z: float
    reversion: Autoregression | None


class Bars(msgspec.Struct, frozen=True):
    """A path in bars: nanoseconds since the file's first price, and prices."""

    length_s: float
    times_ns: Ints
    values: Floats


def bars_of(prices: Prices, step_s: float | None = None) -> Bars:
    """Returns a path's bars.

    Raises:
        InputError: the step makes fewer than two bars or more than five million.
    """
    times, values = prices.times_ns, np.array([float(value) for value in prices.values])
    gaps = np.diff(times)
    usual = int(np.median(gaps))
    if step_s is None and np.mean(np.abs(gaps - usual) <= usual / 100) >= _REGULAR:
        return Bars(usual / NS_PER_S, times, values)
    step_ns = usual if step_s is None else round(step_s * NS_PER_S)
    number = int(times[-1]) // max(1, step_ns) + 1
    if not 2 <= number <= _MOST:
        raise InputError(
            f"{prices.source}: steps of {step_ns / NS_PER_S:g} s make {number:,} bars of it; "
            f"expected 2 to {_MOST:,}; --step says how long one is"
        )
    grid = np.arange(number, dtype=np.int64) * step_ns
    return Bars(step_ns / NS_PER_S, grid, values[np.searchsorted(times, grid, side="right") - 1])


def measure(prices: Prices, bars: Bars, window: int, year: Year) -> Measures:
    """Measure one path; ``window`` is the returns of the recent volatility."""
    number = len(bars.values) - 1
    if number < 2:
        raise InputError(f"{prices.source}: holds {number + 1} bars; at least three are needed")
    a_year = year.bars(bars.length_s)
    annual = rolling_volatility(bars, number, a_year)[-1]
    recent = rolling_volatility(bars, window, a_year)[-1] if window <= number else None
    found = hurst_exponent(bars.values)
    return Measures(
        file=prices.source,
        bars=number + 1,
        bar_s=bars.length_s,
        bars_a_year=a_year,
        volatility=Volatility(number, float(annual), float(annual) / math.sqrt(2 * number), window, recent),
        hurst=None if found is None else HurstMeasure(found.h, found.sd, found.verdict.value),
        reversion=_reversion(mean_reversion(bars.values) if number > 2 else None, bars.length_s),
    )


def rolling_volatility(bars: Bars, window: int, a_year: float) -> list[float]:
    """Returns the annualised volatility of the last ``window`` returns at each bar; NaN where there are fewer."""
    volatility = HistoricalVolatility(1.0, a_year, window)
    found = []
    for at, price in enumerate(bars.values.tolist()):
        volatility.close(price)
        value = volatility.value if at >= window else None
        found.append(math.nan if value is None else value)
    return found


def _reversion(fit: ReversionFit | None, bar_s: float) -> Autoregression | None:
    if fit is None:
        return None
    return Autoregression(fit.corrected, None if math.isinf(fit.half_life) else fit.half_life * bar_s)


def paired(one: Prices, bars: Bars, other: Prices) -> tuple[Floats, Floats]:
    """Returns the bars of one path while the other has prices, and the last price of the other at each.

    Raises:
        InputError: their timestamps are of two kinds, or hardly any bar is in both.
    """
    if one.kind != other.kind:
        raise InputError(f"{other.source}: timestamps are {other.kind}, but those of {one.source} are {one.kind}")
    times = bars.times_ns + (one.start_ns - other.start_ns)
    inside = (times >= 0) & (times <= other.times_ns[-1])
    if np.count_nonzero(inside) < _FEWEST:
        raise InputError(
            f"{other.source}: only {np.count_nonzero(inside)} bars of {one.source} are in its time; "
            f"expected at least {_FEWEST}"
        )
    values = np.array([float(value) for value in other.values])
    return bars.values[inside], values[np.searchsorted(other.times_ns, times[inside], side="right") - 1]


def measure_pair(y: Floats, x: Floats, bar_s: float, lags: int = 0) -> PairMeasures:
    """Test two prices at the same times.

    Raises:
        InputError: one of them never changes, one is a multiple of the other, or they are too few for the lags.
    """
    if len(y) < 10 + 2 * lags:
        raise InputError(f"{len(y)} bars are too few for --lags {lags}; expected at least {10 + 2 * lags}")
    found = engle_granger(y, x, lags)
    if found is None:
        raise InputError("a price that never changes, or is a multiple of the other, cannot be tested with it")
    returns = np.corrcoef(np.diff(np.log(y)), np.diff(np.log(x)))
    return PairMeasures(
        bars=len(y),
        correlation=float(returns[0, 1]),
        hedge_ratio=found.hedge_ratio,
        intercept=found.intercept,
        t=found.t,
        critical=found.critical,
        cointegrated=found.cointegrated,
        deviation=found.deviation,
        z=found.residual / found.deviation,
        reversion=_reversion(found.reversion, bar_s),
    )

"""Volatility of the mid."""

from __future__ import annotations

from math import exp, log, sqrt

from mmtui.signals.grid import Grid
from mmtui.signals.rolling import RollingMoments


class EwmaVolatility:
    """Volatility of the mid in ticks per square root of a second, with exponential memory.

    It is √(Σ wᵢ(Δmᵢ)² / Σ wᵢΔtᵢ) over a regular grid of instants ``sample_s`` apart, weights falling by exp(−Δt/τ). At
    each instant the last mid at or before it counts, so updates may come many times at one nanosecond (the last counts)
    or rarely (the instants between count as no move). No mean is subtracted: over seconds the drift is negligible.

    Bounce between bid and ask moves a price without a lasting move. Noise of variance η² in each sample adds 2η²/Δt to
    the variance a second, which dominates at Δt of milliseconds. Hence mids, not trades, and a grid of seconds: a mid
    that flickers half a tick either way then adds half a squared tick a second.

    With a constant volatility the estimate's relative standard deviation is about √(sample_s/4τ) for τ ≫ sample_s.

    To annualise, multiply by the tick and by √(trading seconds a year), and divide by the price.

    Args:
        tau_s: the memory τ, in seconds, positive.
        sample_s: the grid's step, in seconds, positive. Raises ValueError for either otherwise.
    """

    __slots__ = ("_anchor", "_decay", "_grid", "_squares", "_time_s")

    def __init__(self, tau_s: float, sample_s: float = 1.0) -> None:
        if not (tau_s > 0 and sample_s > 0):
            raise ValueError(f"tau_s and sample_s must be positive, not {tau_s} and {sample_s}")
        self._grid = Grid(sample_s)
        self._decay = exp(-self._grid.step_s / tau_s)
        self._anchor: float | None = None  # the mid at the grid's last instant
        self._squares = 0.0
        self._time_s = 0.0

    def update(self, now_ns: int, mid: float) -> None:
        """Take the mid in ticks that stands from ``now_ns`` on."""
        if passed := self._grid.update(now_ns, mid):
            sample = self._grid.sample
            if self._anchor is None:
                self._anchor = sample
                passed -= 1
            if passed:
                self._step(sample - self._anchor, passed)
                self._anchor = sample

    def _step(self, move: float, steps: int) -> None:
        """Take ``steps`` steps of the grid: the move is in the first, the others have none."""
        quiet = self._decay ** (steps - 1)
        kept = quiet * self._decay
        self._squares = self._squares * kept + move * move * quiet
        self._time_s = self._time_s * kept + self._grid.step_s * (1.0 - kept) / (1.0 - self._decay)

    @property
    def value(self) -> float | None:
        """Ticks per √s, None until the grid's first step is past."""
        return sqrt(self._squares / self._time_s) if self._time_s else None


class HistoricalVolatility:
    """The deviation of a price's log returns over the last so many bars, annualised: a fraction, 0.25 for 25%.

    It is √(year_s / bar_s) times the sample deviation of ln(close/close′): about the mean, n − 1 below (ddof = 1). The
    scaling follows from the bar. √252 is right for daily bars only: on one-minute bars of US hours it is √(252·390),
    and with √252 a 25% stock would show 1.3%. The relative standard deviation with n returns is about √(1 / 2n).

    Args:
        bar_s: a bar's length in seconds of trading, positive.
        year_s: seconds of trading a year: 252 × 23,400 for US stocks; in Hong Kong a day has 19,800. Positive.
        bars: how many returns, at least 2. Raises ValueError for each otherwise.
    """

    __slots__ = ("_bars", "_close", "_grid", "_returns", "_scale")

    def __init__(self, bar_s: float, year_s: float, bars: int = 20) -> None:
        if not year_s > 0:
            raise ValueError(f"year_s must be positive, not {year_s}")
        self._grid = Grid(bar_s)
        self._returns = RollingMoments(bars)
        self._bars = bars
        self._scale = sqrt(year_s / bar_s)
        self._close: float | None = None

    def update(self, now_ns: int, price: float) -> None:
        """Take the price that stands from ``now_ns`` on, in any unit, positive. Raises ValueError otherwise."""
        if not price > 0:
            raise ValueError(f"a price must be positive to have a log return, not {price}")
        if passed := self._grid.update(now_ns, price):
            for _ in range(min(passed, self._bars + 1)):
                self.close(self._grid.sample)

    def close(self, price: float) -> None:
        """Take the next bar's close, for given bars. Raises ValueError unless positive."""
        if not price > 0:
            raise ValueError(f"a price must be positive to have a log return, not {price}")
        if self._close is not None:
            self._returns.update(log(price / self._close))
        self._close = price

    @property
    def value(self) -> float | None:
        """The volatility a year as a fraction, None below two returns."""
        deviation = self._returns.deviation
        return None if deviation is None else deviation * self._scale

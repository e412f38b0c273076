"""The trend of a price, by its exponentially weighted average."""

from __future__ import annotations

from math import exp, expm1, inf, sqrt


class EwmaTrend:
    """The price against its exponentially weighted average, and the slope a second that follows from it.

    Between updates the price is constant, so updates may come at any time, and the average is
    mean(t) = ∫ price(t − u) e^(−u/τ) du/τ, with the first price also before its time. The deviation, price − mean, is
    then the sum of the price's moves, each decayed by exp(−age/τ).

    A price that climbs μ a second is ahead of its average by μτ(1 − e^(−t/τ)) after t seconds, so the slope,
    deviation / (τ(1 − e^(−t/τ))), is unbiased from the start. It is noisy: on a random walk of volatility σ its
    standard deviation is σ√((1 + e^(−t/τ)) / (1 − e^(−t/τ)) / 2τ), which falls to σ/√(2τ). Only a slope beyond two of
    those, see ``slope_sd``, is a trend.

    Args:
        tau_s: the memory τ in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ("_deviation", "_price", "_start_ns", "_tau_ns", "_tau_s", "_time_ns")

    def __init__(self, tau_s: float) -> None:
        if not tau_s > 0:
            raise ValueError(f"tau_s must be positive, not {tau_s}")
        self._tau_s = tau_s
        self._tau_ns = tau_s * 1e9
        self._price: float | None = None
        self._start_ns = 0
        self._time_ns = 0
        self._deviation = 0.0

    def update(self, now_ns: int, price: float) -> None:
        """Take the price that stands from ``now_ns`` on, in any unit."""
        if self._price is None:
            self._start_ns = now_ns
        else:
            self._deviation = self._deviation * exp((self._time_ns - now_ns) / self._tau_ns) + price - self._price
        self._price = price
        self._time_ns = now_ns

    def deviation(self, now_ns: int) -> float | None:
        """Price − mean, in the price's unit, positive above the average; None before the first price."""
        return None if self._price is None else self._deviation * exp((self._time_ns - now_ns) / self._tau_ns)

    def mean(self, now_ns: int) -> float | None:
        """The average, in the price's unit, None before the first price."""
        deviation = self.deviation(now_ns)
        return None if self._price is None or deviation is None else self._price - deviation

    def slope(self, now_ns: int) -> float | None:
        """The drift in the price's unit per second, None until time has passed since the first price."""
        deviation = self.deviation(now_ns)
        if deviation is None or now_ns <= self._start_ns:
            return None
        return deviation / (self._tau_s * -expm1((self._start_ns - now_ns) / self._tau_ns))

    def slope_sd(self, now_ns: int, sigma: float) -> float:
        """The slope's standard deviation, in its unit, on a random walk of volatility ``sigma`` (price unit per √s).

        Infinite until time has passed since the first price.
        """
        if self._price is None or now_ns <= self._start_ns:
            return inf
        gone = -expm1((self._start_ns - now_ns) / self._tau_ns)
        return sigma * sqrt((2.0 - gone) / gone / (2.0 * self._tau_s))

"""How fast the mid moves."""

from __future__ import annotations

from math import exp, sqrt

_NS_PER_S = 1_000_000_000


class EwmaVolatility:
    """Volatility of the mid in ticks per square root of a second, with exponential memory.

    It is √(Σ wᵢ(Δmᵢ)² / Σ wᵢΔtᵢ) over a regular grid of instants ``sample_s`` apart, weights falling by exp(−Δt/τ). At
    each instant stands the last mid given at or before it, so a mid may be given whenever it is convenient: many times
    at one nanosecond (the last counts) or rarely (the quiet instants between count as no move). No mean is taken off:
    over seconds the drift is nothing beside the noise.

    Bounce between bid and ask moves a price without its going anywhere. Noise of variance η² in each sample adds
    2η²/Δt to the variance a second, which at Δt of milliseconds drowns it. Hence mids, not trades, and a grid of
    seconds: a mid that flickers half a tick either way then adds half a squared tick a second.

    With a constant volatility the estimate's relative standard deviation is about √(sample_s/4τ) for τ ≫ sample_s.

    To annualise, multiply by the tick and by √(trading seconds a year), and divide by the price.

    Args:
        tau_s: the memory τ, in seconds, positive.
        sample_s: the grid's step, in seconds, positive. Raises ValueError for either otherwise.
    """

    __slots__ = ("_anchor", "_anchor_ns", "_decay", "_mid", "_squares", "_step_ns", "_step_s", "_time_s")

    def __init__(self, tau_s: float, sample_s: float = 1.0) -> None:
        if not (tau_s > 0 and sample_s > 0):
            raise ValueError(f"tau_s and sample_s must be positive, not {tau_s} and {sample_s}")
        self._step_ns = max(1, round(sample_s * _NS_PER_S))
        self._step_s = self._step_ns / _NS_PER_S
        self._decay = exp(-self._step_s / tau_s)
        self._anchor_ns: int | None = None  # the last instant of the grid that was sampled
        self._anchor = 0.0  # and the mid there
        self._mid = 0.0
        self._squares = 0.0
        self._time_s = 0.0

    def update(self, now_ns: int, mid: float) -> None:
        """Take the mid in ticks that stands from ``now_ns`` on."""
        if self._anchor_ns is None:
            self._anchor_ns = now_ns
            self._anchor = mid
        elif now_ns == self._anchor_ns:
            # Only at the very first instant: later ones are sampled once they are past.
            self._anchor = mid
        elif steps := (now_ns - 1 - self._anchor_ns) // self._step_ns:
            self._anchor_ns += steps * self._step_ns
            self._sample(steps)
        self._mid = mid

    def _sample(self, steps: int) -> None:
        """Sample the grid's next ``steps`` instants: the first sees the move, the others stand still."""
        move = self._mid - self._anchor
        quiet = self._decay ** (steps - 1)
        kept = quiet * self._decay
        self._squares = self._squares * kept + move * move * quiet
        self._time_s = self._time_s * kept + self._step_s * (1.0 - kept) / (1.0 - self._decay)
        self._anchor = self._mid

    @property
    def value(self) -> float | None:
        """Ticks per √s, None until the grid's first step is past."""
        return sqrt(self._squares / self._time_s) if self._time_s else None

"""The latent value of the instrument, which is not visible while the market is open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Protocol

import msgspec
import numpy as np

from mmtui.market.core.draws import Floats, Ints, generator
from mmtui.market.value.fractional import FractionalNoise
from mmtui.units import NS_PER_S, FiniteFloat, NonNegativeFloat, PositiveFloat

#: The value is constant over steps of this length from its start.
STEP_NS = NS_PER_S // 10
_STEPS_A_SECOND = NS_PER_S // STEP_NS
_BLOCK_S = 60
#: Values are whole numbers of grains, so many to a tick, so that the last bit of a machine's exp never shows.
_GRAINS = float(2**20)
#: The Hurst exponent of independent steps.
_NO_MEMORY = 0.5


class ValueSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The law of the latent value.

    Attributes:
        sigma: volatility, ticks per square root of a second; with another ``hurst`` the deviation of a second's move.
        sv_std: stationary standard deviation of log-volatility; 0 keeps the volatility constant.
        sv_tau_s: its time constant.
        jump_rate: jumps a second, of normal size.
        jump_sd: standard deviation of their size, in ticks.
        reversion: pull toward the starting price, per second; 0 for none, 10 goes all the way at each step.
        trend: drift, ticks a second.
        hurst: Hurst exponent of what is neither jump, pull nor trend: over t seconds its deviation is sigma·t^hurst.
            Below 0.5 a move is rather undone, above rather gone on with. Volatility that varies blurs it.
    """

    sigma: NonNegativeFloat
    sv_std: Annotated[float, msgspec.Meta(ge=0, le=5)] = 0.0
    sv_tau_s: PositiveFloat = 1200.0
    jump_rate: NonNegativeFloat = 0.0
    jump_sd: NonNegativeFloat = 0.0
    reversion: Annotated[float, msgspec.Meta(ge=0, le=_STEPS_A_SECOND)] = 0.0
    trend: FiniteFloat = 0.0
    hurst: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5


class Value(Protocol):
    """A price in ticks at every time, which participants know, or learn late."""

    def at(self, time_ns: int) -> float:
        """The value at a time, in ticks."""

    def at_times(self, times_ns: Ints) -> Floats:
        """The values at many times, given in ascending order."""


class PricePath:
    """A recorded path: each price holds from its time on; before the first it is the first.

    Args:
        times_ns: strictly increasing.
        prices: in ticks, as many.
    """

    def __init__(self, times_ns: Ints, prices: Floats) -> None:
        self._times = times_ns
        self._prices = prices

    def at(self, time_ns: int) -> float:
        """The value at a time, in ticks."""
        return float(self._prices[max(0, int(np.searchsorted(self._times, time_ns, side="right")) - 1)])

    def at_times(self, times_ns: Ints) -> Floats:
        """The values at many times."""
        values: Floats = self._prices[np.maximum(np.searchsorted(self._times, times_ns, side="right") - 1, 0)]
        return values


class LatentValue:
    """A path of the latent value in ticks, constant over tenths of a second, drawn a minute at a time.

    Volatility is sigma·exp(x − s²), x an Ornstein-Uhlenbeck process with stationary deviation s: E[vol²] = sigma².

    Args:
        regimes: (from_ns, spec) in the order of time; the first one's time is the path's start.
        start_ticks: the value there.
        seed: the session's seed.
        jumps: (at_ns, ticks) by which it jumps besides, in the step of that time.
        keep_ns: how far back the path is held.
    """

    def __init__(
        self,
        regimes: Sequence[tuple[int, ValueSpec]],
        start_ticks: float,
        seed: int,
        jumps: Sequence[tuple[int, float]] = (),
        keep_ns: int = 180 * NS_PER_S,
    ) -> None:
        self._regimes = regimes
        self._jumps = jumps
        self._rng = generator(seed, "value")
        self._fractional = {
            spec.hurst: FractionalNoise(spec.hurst, seed) for _, spec in regimes if spec.hurst != _NO_MEMORY
        }
        self._keep_steps = keep_ns // STEP_NS
        self._origin_ns = regimes[0][0]
        self._end_ns = self._origin_ns
        self._regime = 0
        self._anchor = self._value = float(round(start_ticks * _GRAINS))
        self._log_vol = regimes[0][1].sv_std * float(self._rng.standard_normal())
        #: The value of each step, and the log-volatility of each second of these.
        self._path: Floats = np.empty(0)
        self._log_vols: Floats = np.empty(0)
        self._extend()

    def redraw(
        self,
        after_ns: int,
        seed: int,
        regimes: Sequence[tuple[int, ValueSpec]],
        jumps: Sequence[tuple[int, float]] = (),
    ) -> None:
        """Forget the path after the step of ``after_ns``, and draw it again from there as these arguments say.

        Its law is that of the path given what is left of it: regimes and jumps up to that step are the former ones.
        """
        self.at(after_ns)
        known = max(0, (after_ns - self._origin_ns) // STEP_NS) + 1
        self._rng = generator(seed, "value")
        for noise in self._fractional.values():
            noise.redraw(len(self._path) - known, seed)
        self._path, self._log_vols = self._path[:known], self._log_vols[: -(-known // _STEPS_A_SECOND)]
        self._value, self._log_vol = float(self._path[-1]) * _GRAINS, float(self._log_vols[-1])
        self._end_ns = self._origin_ns + known * STEP_NS
        self._regimes, self._jumps, self._regime = regimes, jumps, 0
        # Volatility changes by the second.
        self._extend(known % _STEPS_A_SECOND)

    def at(self, time_ns: int) -> float:
        """The value at a time, in ticks; before the path's start, its first value."""
        while time_ns >= self._end_ns:
            self._extend()
        return float(self._path[max(0, (time_ns - self._origin_ns) // STEP_NS)])

    def at_times(self, times_ns: Ints) -> Floats:
        """The values at many times, given in ascending order."""
        if not len(times_ns):
            return np.empty(0)
        while times_ns[-1] >= self._end_ns:
            self._extend()
        values: Floats = self._path[np.maximum((times_ns - self._origin_ns) // STEP_NS, 0)]
        return values

    def _extend(self, known: int = 0) -> None:
        """Draw the next minute, but for so many steps of its first second that are there."""
        rng, seconds, dt = self._rng, _BLOCK_S, 1.0 / _STEPS_A_SECOND
        steps = seconds * _STEPS_A_SECOND - known
        start_ns = self._end_ns - known * STEP_NS
        log_vol_noise = rng.standard_normal(seconds).tolist()
        normals, jump_chances, jump_normals = rng.standard_normal(steps), rng.random(steps), rng.standard_normal(steps)
        scales, log_vols, log_vol, exp = [], [], self._log_vol, math.exp
        # The first step of each law, and the law.
        laws: list[tuple[int, ValueSpec]] = []
        change_ns: float = start_ns
        for second in range(seconds):
            now_ns = start_ns + second * NS_PER_S
            if now_ns >= change_ns:
                spec, change_ns = self._law(now_ns)
                laws.append((max(0, second * _STEPS_A_SECOND - known), spec))
                sigma, decay = spec.sigma, math.exp(-1.0 / spec.sv_tau_s)
                noise, variance = spec.sv_std * math.sqrt(1.0 - decay * decay), spec.sv_std**2
                by_time = dt**spec.hurst
            if second or not known:
                log_vol = decay * log_vol + noise * log_vol_noise[second]
                log_vols.append(log_vol)
            scales.append(sigma * exp(log_vol - variance) * by_time)
        self._log_vol = log_vol
        scale = np.array(scales).repeat(_STEPS_A_SECOND)[known:]
        # Each noise continues also while another law holds.
        noises = {hurst: fractional.take(steps) for hurst, fractional in self._fractional.items()}
        moves, pulls = np.empty(steps), np.zeros(steps)
        for (first, spec), (last, _) in pairwise([*laws, (steps, laws[-1][1])]):
            part = slice(first, last)
            jumps = np.zeros(last - first)
            if spec.jump_rate:
                jumps = np.where(jump_chances[part] < spec.jump_rate * dt, spec.jump_sd * jump_normals[part], jumps)
            for at_ns, ticks in self._jumps:
                step = (at_ns - self._end_ns) // STEP_NS
                if first <= step < last:
                    jumps[step - first] += ticks
            drawn = noises.get(spec.hurst, normals)[part]
            moves[part] = np.rint((scale[part] * drawn + spec.trend * dt + jumps) * _GRAINS)
            pulls[part] = spec.reversion * dt
        is_pulled = any(spec.reversion for _, spec in laws)
        path = self._pulled(moves.tolist(), pulls.tolist()) if is_pulled else self._value + moves.cumsum()
        self._value = float(path[-1])
        self._end_ns += steps * STEP_NS
        dropped = max(0, len(self._path) - self._keep_steps)
        self._origin_ns += dropped * STEP_NS
        self._path = np.concatenate([self._path[dropped:], path / _GRAINS])
        self._log_vols = np.concatenate([self._log_vols[dropped // _STEPS_A_SECOND :], log_vols])

    def _law(self, now_ns: int) -> tuple[ValueSpec, float]:
        """Return the law from a time on, and when the next one holds."""
        regimes = self._regimes
        while self._regime + 1 < len(regimes) and now_ns >= regimes[self._regime + 1][0]:
            self._regime += 1
        return regimes[self._regime][1], regimes[self._regime + 1][0] if self._regime + 1 < len(regimes) else math.inf

    def _pulled(self, moves: list[float], pulls: list[float]) -> Floats:
        """Return the path when each step also reverts in part to the start."""
        value, path = self._value, []
        for move, pull in zip(moves, pulls, strict=True):
            value += move + round(pull * (self._anchor - value))
            path.append(value)
        return np.array(path)

"""Random numbers, drawn so that a session is the same everywhere.

Each participant and process owns one generator, spawned from the seed and its own name, so that adding one moves no
other's draws. Only uniform, normal and exponential variates are asked of numpy, whose streams for these are stable;
everything else is read off tables, and times are rounded to whole nanoseconds before they are summed.
"""

from __future__ import annotations

import math
from array import array
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from mmtui.units import NS_PER_S

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


#: How an array stores what numpy has of a kind.
_STORED = {"i": "q", "f": "d", "b": "b"}


def column(drawn: Ints | Floats | Bools) -> array[Any]:
    """What was drawn, to be looked up one by one: quicker than numpy's, without an object for each as in a list."""
    return array(_STORED[drawn.dtype.kind], drawn.tobytes())


def generator(seed: int, name: str) -> np.random.Generator:
    """The generator of one named participant or process under a seed."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())])))


#: Three years: no session lasts as long, and sums of a few still fit 64 bits.
_FOREVER_NS = 1e17
#: No exponential variate reaches so many times its mean: numpy's last resort is 7.7 less the logarithm of 2^-53.
_MOST = 64.0


def durations_ns(rng: np.random.Generator, rate: float, count: int) -> Ints:
    """``count`` exponential durations at a rate per second, in whole nanoseconds."""
    drawn, mean_ns = rng.standard_exponential(count), NS_PER_S / rate
    drawn *= mean_ns
    if mean_ns * _MOST > _FOREVER_NS:
        np.minimum(drawn, _FOREVER_NS, out=drawn)
    return np.rint(drawn, out=drawn).astype(np.int64)


def poisson_times(rng: np.random.Generator, rate: float, start_ns: int, end_ns: int) -> Ints:
    """The times of a Poisson process in ``[start_ns, end_ns)`` at a rate per second."""
    if rate <= 0:
        return np.empty(0, dtype=np.int64)
    expected = rate * (end_ns - start_ns) / NS_PER_S
    chunk = int(expected + 5 * expected**0.5) + 8
    times = durations_ns(rng, rate, chunk).cumsum()
    times += start_ns
    while times[-1] < end_ns:
        times = np.concatenate([times, times[-1] + durations_ns(rng, rate, chunk).cumsum()])
    return times[: times.searchsorted(end_ns)]


class DiscreteLaw:
    """A discrete distribution: consecutive values, from the first on, by their weights."""

    def __init__(self, weights: list[float], first: int = 1) -> None:
        total = 0.0
        running = []
        for weight in weights:
            total += weight
            running.append(total)
        self._cumulative = np.array(running) / total
        self._cumulative[-1] = 1.0
        self._first = first

    def pick(self, uniforms: Floats) -> Ints:
        """One value for each uniform in [0, 1)."""
        places = self._cumulative.searchsorted(uniforms, side="right")
        places += self._first
        return places.astype(np.int64, copy=False)


@cache
def geometric(mean: float) -> DiscreteLaw:
    """Sizes 1, 2, ... with a geometric law of the given mean (at least 1)."""
    stay = 1.0 - 1.0 / mean
    weights = [1.0]
    while weights[-1] > 1e-12 and stay > 0:
        weights.append(weights[-1] * stay)
    return DiscreteLaw(weights)


#: Large orders: from the mean on, up to so many times it, with this Pareto exponent (Gopikrishnan and others 2000:
#: 1.5 for the lots of trades), and so much more often a multiple of five or of ten.
_LARGEST, _PARETO, _FIVES, _TENS = 25, 1.5, 4.0, 8.0


@cache
def sizes(mean: float, tail: float) -> DiscreteLaw:
    """Sizes 1, 2, ... of the given mean: geometric, but for a share ``tail`` of large ones, most of them round.

    The share is smaller where the mean leaves no room for it.
    """
    if not tail:
        return geometric(mean)
    first, last = math.ceil(mean), math.ceil(_LARGEST * mean)
    large = [0.0] * (first - 1)
    for size in range(first, last + 1):
        large.append(size ** -(1.0 + _PARETO) * (1.0 if size % 5 else _FIVES if size % 10 else _TENS))
    large_mean = sum(size * weight for size, weight in enumerate(large, 1)) / sum(large)
    share = min(tail, (mean - 1.0) / (large_mean - 1.0))
    small_mean = max(1.0, (mean - share * large_mean) / (1.0 - share))
    small = [(1.0 / small_mean) * (1.0 - 1.0 / small_mean) ** (size - 1) for size in range(1, last + 1)]
    scale = share / sum(large)
    return DiscreteLaw([(1.0 - share) * each + scale * other for each, other in zip(small, large, strict=True)])


@cache
def power_law(exponent: float, most: int) -> DiscreteLaw:
    """Values 1 to ``most`` with P(d) proportional to d to the power of minus ``exponent``."""
    return DiscreteLaw([d**-exponent for d in range(1, most + 1)])


@cache
def poisson_counts(mean: float) -> DiscreteLaw:
    """Counts 0, 1, ... with a Poisson law."""
    weights = [1.0]
    while weights[-1] > 1e-15 or len(weights) <= mean:
        weights.append(weights[-1] * mean / len(weights))
    return DiscreteLaw(weights, first=0)

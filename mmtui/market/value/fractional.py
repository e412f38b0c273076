"""Fractional Gaussian noise: steps with long memory, by Hurst exponent."""

from __future__ import annotations

from functools import cache

import numpy as np

from mmtui.market.core.draws import Floats, generator

#: Steps drawn at once: at ten a second more than an hour and three quarters.
SPAN = 2**16
#: Noise is a whole number of these parts of its deviation, so that the last bits of a machine's transform never show.
_GRAINS = float(2**24)
#: How many past steps count when those after them are drawn anew, and the squared relative error then allowed.
_REMEMBERED, _PRECISION = 8192, 1e-16


class FractionalNoise:
    """Steps of unit deviation whose sums are fractional Brownian motion with Hurst exponent H.

    Their autocovariance is ½(|k+1|^2H − 2|k|^2H + |k−1|^2H) (Mandelbrot and Van Ness, SIAM Review 10(4), 1968), which
    is negative below H = ½ and positive above. They are exact in law over a span of 65,536 steps, by circulant
    embedding: Davies and Harte, Tests for Hurst effect, Biometrika 74(1), 1987. Spans are independent of each other.

    Args:
        hurst: H, above 0 and below 1.
        seed: the session's seed.
    """

    def __init__(self, hurst: float, seed: int) -> None:
        self._hurst = hurst
        self._rng = generator(seed, f"value-hurst-{hurst}")
        #: The present span and, after its end, the next ones; and how many steps of it were taken.
        self._steps: Floats = np.empty(0)
        self._taken = 0

    def take(self, count: int) -> Floats:
        """Return the next steps."""
        # The span before is kept, since steps may be taken back.
        whole = max(0, self._taken // SPAN - 1) * SPAN
        self._steps, first = self._steps[whole:], self._taken - whole
        while len(self._steps) < first + count:
            self._steps = np.concatenate([self._steps, self._next_span()])
        self._taken = first + count
        return self._steps[first : self._taken]

    def redraw(self, back: int, seed: int) -> None:
        """Take so many steps back, and draw them and all that follow anew, by the law given the steps before.

        Of these the last 8,192 of the span count. Where Z is a fresh span, C the covariance, p the past and f what
        follows, that is Z_f + C_fp C_pp⁻¹ (past − Z_p): Matheron's rule (Journel and Huijbregts, Mining Geostatistics,
        1978, VII.A).
        """
        self._rng = generator(seed, f"value-hurst-{self._hurst}")
        self._taken -= back
        begun = self._taken // SPAN * SPAN
        past = self._steps[max(begun, self._taken - _REMEMBERED) : self._taken]
        fresh = self._next_span()
        following = fresh[len(past) :]
        if len(past):
            weights = _solved(self._hurst, past - fresh[: len(past)])
            pull = _covariances(self._hurst, SPAN).times(weights)[len(past) :]
            following = np.rint((following + pull) * _GRAINS) / _GRAINS
        # The span ends sooner by what is not remembered.
        left = begun + SPAN - self._taken
        self._steps = np.concatenate([self._steps[: self._taken], following[:left]])

    def _next_span(self) -> Floats:
        scale = _spectrum(self._hurst)
        normals = self._rng.standard_normal((len(scale), 2))
        # The transform of real noise: both ends are real and have both parts' variance.
        normals[0, 0] *= np.sqrt(2.0)
        normals[-1, 0] *= np.sqrt(2.0)
        steps = np.fft.irfft((normals[:, 0] + 1j * normals[:, 1]) * scale, 2 * SPAN)[:SPAN]
        noise: Floats = np.rint(steps * _GRAINS) / _GRAINS
        return noise


class _Covariances:
    """The covariances of so many steps, as the corner of a circulant matrix of twice the size.

    Attributes:
        eigenvalues: the circulant's, for the transform of real vectors. For this law none is negative but by rounding.
    """

    def __init__(self, hurst: float, count: int) -> None:
        power = np.abs(np.arange(-1, count + 2, dtype=np.float64)) ** (2.0 * hurst)
        covariance = 0.5 * (power[2:] - 2.0 * power[1:-1] + power[:-2])
        self._count = count
        self.eigenvalues: Floats = np.maximum(np.fft.hfft(covariance, 2 * count)[: count + 1], 0.0)

    def times(self, vector: Floats) -> Floats:
        """Return the product with a vector of the first steps; zeros follow it."""
        whole = np.fft.rfft(vector, 2 * self._count) * self.eigenvalues
        product: Floats = np.fft.irfft(whole, 2 * self._count)[: self._count]
        return product


_covariances = cache(_Covariances)


def _solved(hurst: float, right: Floats) -> Floats:
    """Return x with C x = ``right``, C the covariances of as many steps, by conjugate gradients."""
    size = len(right)
    matrix = _covariances(hurst, 1 << (size - 1).bit_length())
    found, rest = np.zeros(size), right.copy()
    towards, squared = rest, float(rest @ rest)
    enough = _PRECISION * squared
    while squared > enough:
        product = matrix.times(towards)[:size]
        step = squared / float(towards @ product)
        found, rest = found + step * towards, rest - step * product
        before, squared = squared, float(rest @ rest)
        towards = rest + squared / before * towards
    return found


@cache
def _spectrum(hurst: float) -> Floats:
    """Return the factors on the transform of white noise: the roots of the circulant's eigenvalues, in its scale."""
    scale: Floats = np.sqrt(_covariances(hurst, SPAN).eigenvalues * SPAN)
    return scale

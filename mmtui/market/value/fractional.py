"""Fractional Gaussian noise: steps with long memory, by Hurst exponent."""

from __future__ import annotations

from functools import cache

import numpy as np

from mmtui.market.core.draws import Floats, generator

#: Steps drawn at once: at ten a second more than an hour and three quarters.
SPAN = 2**16
#: Noise is a whole number of these parts of its deviation, so that the last bits of a machine's transform never show.
_GRAINS = float(2**24)


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
        self._span: Floats = np.empty(0)

    def take(self, count: int) -> Floats:
        """Return the next steps."""
        while len(self._span) < count:
            self._span = np.concatenate([self._span, self._next_span()])
        taken, self._span = self._span[:count], self._span[count:]
        return taken

    def _next_span(self) -> Floats:
        scale = _spectrum(self._hurst)
        normals = self._rng.standard_normal((len(scale), 2))
        # The transform of real noise: both ends are real and have both parts' variance.
        normals[0, 0] *= np.sqrt(2.0)
        normals[-1, 0] *= np.sqrt(2.0)
        steps = np.fft.irfft((normals[:, 0] + 1j * normals[:, 1]) * scale, 2 * SPAN)[:SPAN]
        noise: Floats = np.rint(steps * _GRAINS) / _GRAINS
        return noise


@cache
def _spectrum(hurst: float) -> Floats:
    """Return the factors on the transform of white noise: the roots of the circulant's eigenvalues, in its scale."""
    power = np.abs(np.arange(-1, SPAN + 2, dtype=np.float64)) ** (2.0 * hurst)
    covariance = 0.5 * (power[2:] - 2.0 * power[1:-1] + power[:-2])
    eigenvalues = np.fft.hfft(covariance, 2 * SPAN)[: SPAN + 1]
    # For this law none is negative except by rounding.
    scale: Floats = np.sqrt(np.maximum(eigenvalues, 0.0) * SPAN)
    return scale

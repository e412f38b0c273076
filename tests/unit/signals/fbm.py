"""Processes whose truth is known, for the estimators to find."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def fbm(hurst: float, samples: int, paths: int, rng: np.random.Generator) -> Floats:
    """Fractional Brownian motion with unit steps, shape (paths, samples), exact in law.

    The steps have autocovariance ½(|k+1|^2H − 2|k|^2H + |k−1|^2H), which is laid on a circle of twice the length, where
    its eigenvalues are its Fourier transform: Davies and Harte, Tests for Hurst effect (Biometrika 74(1), 1987).
    """
    k = np.arange(samples + 1, dtype=np.float64)
    covariance = 0.5 * ((k + 1) ** (2 * hurst) - 2 * k ** (2 * hurst) + np.abs(k - 1) ** (2 * hurst))
    circle = np.concatenate([covariance, covariance[-2:0:-1]])
    eigenvalues = np.fft.fft(circle).real
    assert eigenvalues.min() > -1e-9
    noise = rng.normal(size=(paths, len(circle))) + 1j * rng.normal(size=(paths, len(circle)))
    steps = np.fft.fft(noise * np.sqrt(np.maximum(eigenvalues, 0.0) / len(circle)), axis=1).real
    return np.cumsum(steps[:, :samples], axis=1)


def autoregression(half_life: float, samples: int, paths: int, rng: np.random.Generator) -> Floats:
    """Series x_t = φx_{t−1} + u_t with unit noise, φ = 2^(−1/half_life), started in its long-run law, one a row."""
    phi = 0.5 ** (1 / half_life)
    noise = rng.normal(size=(paths, samples))
    series = np.empty((paths, samples))
    series[:, 0] = noise[:, 0] / np.sqrt(1 - phi * phi)
    for i in range(1, samples):
        series[:, i] = phi * series[:, i - 1] + noise[:, i]
    return series

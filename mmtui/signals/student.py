"""Student's t."""

from __future__ import annotations

from statistics import NormalDist

_NORMAL = NormalDist()
#: Where the expansion is poor, the exact quantiles at 97.5%.
_EXACT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}


def student_quantile(freedom: int) -> float:
    """The quantile of Student's t at 97.5%; from five degrees on to 1%, by Abramowitz and Stegun 26.7.5.

    >>> round(student_quantile(10), 3)
    2.228
    """
    if freedom in _EXACT:
        return _EXACT[freedom]
    z = _NORMAL.inv_cdf(0.975)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )

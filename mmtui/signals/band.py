"""The distance to a halt."""

from __future__ import annotations

from typing import NamedTuple


class BandDistance(NamedTuple):
    """The way to the nearer limit of a price band.

    Attributes:
        side: +1 if the upper limit is the nearer, −1 if the lower.
        ticks: to that limit; 0 on it, negative beyond.
        fraction: of the way from the reference to that limit that is left: 1 at the reference, 0 on the limit.
    """

    side: int
    ticks: float
    fraction: float


def band_distance(price: float, reference: float, lower: float, upper: float) -> BandDistance:
    """Return how far ``price`` is from the nearer limit of a band around ``reference``, all in ticks.

    The limits need not lie evenly around the reference, since each is rounded to its tick: the nearer is the one with
    the smaller fraction of its own way left. At the reference itself both are equally near, and it is the upper.

    Raises:
        ValueError: the reference is not between the limits.
    """
    if not lower < reference < upper:
        raise ValueError(f"the reference {reference} is not between {lower} and {upper}")
    up = (upper - price) / (upper - reference)
    down = (price - lower) / (reference - lower)
    return BandDistance(1, upper - price, up) if up <= down else BandDistance(-1, price - lower, down)

"""A market without a book: a mid that walks, and random fills, less likely the further a quote is from it.

It is the market of Avellaneda and Stoikov (2008), Guéant, Lehalle and Fernandez-Tapia (2013) and Cartea and Jaimungal,
in which their published results can be reproduced. Price and time are in any consistent units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import numpy as np

from mmtui.market.core.draws import Bools, Floats, Ints, generator
from mmtui.units import NonNegativeFloat, PositiveFloat

#: Numpy's uniforms are multiples of 2^-53; 0 would reach infinitely far.
_LEAST = 2.0**-54

#: A quoting rule: from mids, positions in units and the time since the start to bids and asks, one for each path. A bid
#: at minus infinity and an ask at infinity are no quotes.
Rule = Callable[[Floats, Ints, float], tuple[Floats, Floats]]


class IntensitySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The law of the market.

    Attributes:
        sigma: volatility of the mid, price per square root of time.
        rate: A, fills of a quote at the mid, per time.
        decay: k, by which fills thin out with distance, 1/price.
        fills: how a rate l becomes a chance in a step dt. ``linear`` is min(1, l dt), as in Avellaneda and Stoikov's
            own simulation; ``poisson`` is 1 - exp(-l dt), the chance of at least one fill at a constant rate.
    """

    sigma: NonNegativeFloat
    rate: PositiveFloat
    decay: Annotated[float, msgspec.Meta(ge=1e-6, le=200)]
    fills: Literal["linear", "poisson"] = "linear"

    def chance(self, distance: Floats, dt: float) -> Floats:
        """Returns the chance that a quote at a distance from the mid (negative beyond it) is filled in a step dt."""
        exponent = np.log(self.rate * dt) - self.decay * distance
        # min(1, x) by its logarithm, which no distance overflows. With exp(6) expected fills the chance is 1.
        linear = self.fills == "linear"
        chance: Floats = np.exp(np.minimum(exponent, 0.0)) if linear else -np.expm1(-np.exp(np.minimum(exponent, 6.0)))
        return chance

    def reach(self, uniforms: Floats, dt: float | Floats) -> Floats:
        """Returns how far from the mid the furthest taker of a step dt reaches: the inverse of ``chance``.

        Args:
            uniforms: in [0, 1), one a step and side.
            dt: the step, or as many of them.

        Returns:
            Distances that exceed d with the chance of a fill at d. A negative one is a taker who does not reach the
            mid.
        """
        drawn = np.maximum(uniforms, _LEAST)
        expected = drawn if self.fills == "linear" else -np.log1p(-drawn)
        reach: Floats = (np.log(self.rate * dt) - np.log(expected)) / self.decay
        return reach

    def step(
        self, mid: Floats, bid: Floats, ask: Floats, dt: float, rng: np.random.Generator
    ) -> tuple[Bools, Bools, Floats]:
        """A step dt on each of many paths.

        Returns:
            Which bids and which asks, standing throughout, were filled by one unit each, at the chances of the mid
            before it moves; and the mids after, sigma times the root of dt up or down at even odds.
        """
        uniforms = rng.random((3, len(mid)))
        bought = uniforms[0] < self.chance(mid - bid, dt)
        sold = uniforms[1] < self.chance(ask - mid, dt)
        move = self.sigma * np.sqrt(dt)
        return bought, sold, mid + np.where(uniforms[2] < 0.5, move, -move)


@dataclass(frozen=True)
class Paths:
    """The outcome of each path.

    Attributes:
        wealth: cash and the position at the last mid, less what the position was worth at the start.
        position: units at the end.
        squares: the integral of the squared position over time.
        spread: ask less bid, averaged over time, where both were quoted; NaN where they never were.
        fills: bids and asks filled.
    """

    wealth: Floats
    position: Ints
    squares: Floats
    spread: Floats
    fills: Ints


def simulate(
    spec: IntensitySpec,
    rule: Rule,
    *,
    horizon: float,
    steps: int,
    paths: int,
    seed: int,
    start: float = 100.0,
    position: int = 0,
) -> Paths:
    """Simulate a quoting rule on many paths at once.

    Args:
        spec: the market.
        rule: the quoting rule.
        horizon: the time to the end.
        steps: equal steps in it.
        paths: independent paths.
        seed: of the random numbers; the same gives the same paths.
        start: the mid at the start.
        position: units held there.
    """
    rng = generator(seed, "intensity")
    mid: Floats = np.full(paths, float(start))
    dt = horizon / steps
    held: Ints = np.full(paths, position, dtype=np.int64)
    cash = np.full(paths, -position * float(start))
    squares, spread = np.zeros(paths), np.zeros(paths)
    quoted: Ints = np.zeros(paths, dtype=np.int64)
    fills: Ints = np.zeros(paths, dtype=np.int64)
    for step in range(steps):
        bid, ask = rule(mid, held, step * dt)
        width = ask - bid
        both = np.isfinite(width)
        spread += np.where(both, width, 0.0)
        quoted += both
        squares += held * held * dt
        bought, sold, mid = spec.step(mid, bid, ask, dt, rng)
        cash += np.where(sold, ask, 0.0) - np.where(bought, bid, 0.0)
        fills += bought.astype(np.int64) + sold
        held += bought.astype(np.int64) - sold
    with np.errstate(invalid="ignore"):
        return Paths(cash + held * mid, held, squares, spread / quoted, fills)

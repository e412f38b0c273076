"""Fill models for a price path without a book: how far the orders of others reach in each step.

A model depends on the path alone, never on the quotes: in the step from one price to the next, sell orders reach down
to ``low`` and buy orders up to ``high``. A bid is filled, whole, when it is at ``low`` or above, an ask when it is at
``high`` or below. So two strategies on one seed meet the same orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmtui.errors import InputError
from mmtui.market.core.draws import Floats, Ints, generator
from mmtui.market.papers.intensity import IntensitySpec
from mmtui.units import NS_PER_S


@dataclass(frozen=True)
class Reaches:
    """How far the orders of others reach in each step, in ticks; arrays of one value a step.

    Attributes:
        low: the lowest bid that is filled.
        high: the highest ask that is filled.
        traded: whether these are prices of trades that are printed; otherwise only own fills are.
    """

    low: Floats
    high: Floats
    traded: bool


def coin(steps: int, seed: int, chance: float = 0.5) -> Reaches:
    """Each side is filled with the same chance, by a toss of its own, wherever it quotes."""
    tosses = generator(seed, "coin").random((2, steps)) < chance
    return Reaches(np.where(tosses[0], -np.inf, np.inf), np.where(tosses[1], np.inf, -np.inf), traded=False)


def through(prices: Floats, *, touching: bool = False) -> Reaches:
    """A bid is filled when the next price is below it, an ask when the next price is above it.

    A quote has others in front of it in the queue, so that only a trade beyond its price is sure to have filled it.
    With ``touching`` a next price at the quote fills it too, as if it were always first.

    Args:
        prices: the path in ticks, one more than steps.
        touching: whether the quote's own price is enough.
    """
    after = prices[1:]
    if touching:
        return Reaches(np.ceil(after), np.floor(after), traded=True)
    return Reaches(np.floor(after) + 1, np.ceil(after) - 1, traded=True)


def intensity(prices: Floats, times_ns: Ints, seed: int, law: IntensitySpec) -> Reaches:
    """Orders on each side reach a distance d or more from the price at the rate A exp(-k d).

    A quote at distance d from the step's first price is filled with the chance 1 − exp(−A exp(−k d) dt), as in
    Avellaneda and Stoikov (2008): the furthest reach of a step exceeds d unless no order of that rate came in dt.

    Args:
        prices: the path in ticks.
        times_ns: its times.
        seed: the seed.
        law: A (``rate``) a second and side, k (``decay``) a tick.
    """
    dt = np.diff(times_ns) / NS_PER_S
    furthest = law.reach(generator(seed, "intensity").random((2, len(dt))), dt)
    before = prices[:-1]
    return Reaches(before - furthest[0], before + furthest[1], traded=True)


def path_intensity(prices: Floats, times_ns: Ints) -> IntensitySpec:
    """Fit A and k to a path, in ticks and seconds.

    Each change of the price is taken for an order that reached so far; for exponential reaches, maximum likelihood
    gives k as one over their mean, and A as half of their number over the path's time.

    Raises:
        InputError: the price never changes.
    """
    changes = np.abs(np.diff(prices))
    reaches = changes[changes > 0]
    if not len(reaches):
        raise InputError("A and k cannot be fitted to a price that never changes; give --A and --k")
    seconds = int(times_ns[-1]) / NS_PER_S
    rate, decay = len(reaches) / seconds / 2, float(1 / reaches.mean())
    return IntensitySpec(sigma=0.0, rate=rate, decay=decay, fills="poisson")

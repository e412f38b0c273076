"""The market of Cont, Stoikov and Talreja (2010) again, written down as naively as can be, to compare ours with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

#: Their estimates for SKY Perfect Communications (table 1): arrivals and cancellations by distance, market orders, and
#: the power law k/i^alpha of arrivals further away.
ARRIVALS = (1.85, 1.51, 1.09, 0.88, 0.77)
CANCELS = (0.71, 0.81, 0.68, 0.56, 0.47)
MARKET = 0.94
K, ALPHA = 1.92, 0.52

#: The chance that the mid moves up next, at a spread of one tick, by lots at the bid (rows) and at the ask (columns):
#: their table of Laplace transform results.
UP = (
    (0.500, 0.336, 0.259, 0.216, 0.188),
    (0.664, 0.500, 0.407, 0.348, 0.307),
    (0.741, 0.593, 0.500, 0.437, 0.391),
    (0.784, 0.652, 0.563, 0.500, 0.452),
    (0.812, 0.693, 0.609, 0.548, 0.500),
)


def arrivals(levels: int) -> list[float]:
    """Orders a second at distances 1 to ``levels``: their estimates, then their power law."""
    return [*ARRIVALS, *(K / distance**ALPHA for distance in range(len(ARRIVALS) + 1, levels + 1))]


def simulate(rates: Sequence[float], seconds: int, seed: int) -> tuple[np.ndarray, Counter[int]]:
    """Mean lots by distance from the opposite best price, and seconds at each spread: event by event, no queues."""
    rng = np.random.default_rng(seed)
    far = len(rates)
    centre = 5_000
    lots = {+1: np.zeros(2 * centre, dtype=int), -1: np.zeros(2 * centre, dtype=int)}
    for distance in range(1, far + 1):
        lots[+1][centre - distance] = lots[-1][centre + distance] = 3
    # Orders further away than this stay; hardly any get there.
    reach = 50
    cancels = np.array([*CANCELS, *[CANCELS[-1]] * (reach - len(CANCELS))])
    away = np.arange(1, reach + 1)
    arrival = np.array(rates)
    profile, spreads = np.zeros(far), Counter[int]()
    now, sampled = 0.0, 0
    best = {+1: centre - 1, -1: centre + 1}
    while sampled < seconds:
        events = []
        for side in (+1, -1):
            events += [arrival, lots[side][best[-side] - side * away] * cancels]
        weights = np.concatenate([*events, [MARKET, MARKET]])
        total = weights.sum()
        now += rng.exponential(1 / total)
        while sampled < min(now, seconds):
            for side in (+1, -1):
                profile += lots[side][best[-side] - side * np.arange(1, far + 1)] / 2
            spreads[best[-1] - best[+1]] += 1
            sampled += 1
        at = int(np.searchsorted(np.cumsum(weights), rng.random() * total))
        for side in (+1, -1):
            opposite = best[-side]
            if at < far:
                lots[side][opposite - side * (at + 1)] += 1
                break
            at -= far
            if at < reach:
                lots[side][opposite - side * (at + 1)] -= 1
                break
            at -= reach
        else:
            side = +1 if at == 0 else -1
            lots[side][best[side]] -= 1
        for side in (+1, -1):
            held = np.flatnonzero(lots[side])
            best[side] = int(held[-1] if side > 0 else held[0])
    return profile / seconds, spreads

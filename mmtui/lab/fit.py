"""A and k of the fill rate A exp(-k d), and the usual volatility and spread, from a level's own market.

The market plays the level without a maker and is looked at as a strategy looks at it: every half second. Nothing
is used that a trader could not see.

Estimator. A market order reaches as far as its last price lies from the mid at the look before it, and at least as
far as the best price stood then. A quote at distance d meets, on each side, half of the orders that reach d or more;
log A and k are the intercept and the slope of the weighted least squares line through the logarithm of that rate, at
every half tick that at least ten orders reached. The weights are the numbers of orders, since the logarithm of a
count n varies by 1/n: where hardly anybody comes, hardly anything is known. In a book the rate is flat up to the best
price and then falls quicker than exponentially, so that the line describes it about the best price, where one quotes,
and not far out; :class:`Fit` holds both rates for comparison.

Standard errors are by the jackknife, a minute of a session left out at a time, so that bursts of orders and spells of
volatility count as what they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec
import numpy as np

from mmtui.book import Trade
from mmtui.errors import InputError
from mmtui.game.level import Level
from mmtui.market.draws import Floats
from mmtui.market.instrument import NS_PER_S
from mmtui.market.kinds import open_market

_LOOK_NS = NS_PER_S // 2
_BLOCK_NS = 60 * NS_PER_S
#: A distance is used for the line when at least so many orders reached it.
_FEWEST = 10


class Intensity(NamedTuple):
    """The fill rate A exp(-k d) of a quote at distance d on one side: A (``rate``) a second, k a tick."""

    rate: float
    k: float


class Estimate(msgspec.Struct, frozen=True):
    """A number and its standard error."""

    value: float
    error: float


class Reach(msgspec.Struct, frozen=True):
    """Market orders a second and side that reached at least ``distance`` ticks, as seen and as fitted."""

    distance: float
    seen: float
    fitted: float


class Fit(msgspec.Struct, frozen=True):
    """What was fitted to a level.

    Attributes:
        level: its id.
        seeds: sessions it was fitted to.
        orders: market orders seen.
        rate: A, a second and side.
        k: a tick.
        sigma: volatility of the mid over seconds, ticks per square root of a second.
        spread: mean spread by the second, in ticks.
        reaches: how well the exponential describes what was seen.
    """

    level: str
    seeds: int
    orders: int
    rate: Estimate
    k: Estimate
    sigma: Estimate
    spread: Estimate
    reaches: list[Reach]


def fit_level(level: Level, seeds: Sequence[int]) -> Fit:
    """Fit a level's market over whole sessions of some seeds, the level's events included.

    Raises:
        InputError: too few market orders came to fit anything.
    """
    watches = [_Watch(level, seed) for seed in seeds]
    blocks = [block for watch in watches for block in watch.blocks]
    reaches = np.concatenate([np.array(block.reaches) for block in blocks])
    # In half ticks, from half a tick up: on this grid reaches of whole mids and prices lie exactly.
    most = int(2 * np.max(reaches, initial=0.0))
    counts = np.array([_exceeding(block.reaches, most) for block in blocks])
    used = int((counts.sum(axis=0) >= _FEWEST).sum())
    if used < 2:
        raise InputError(f"level {level.id}: {len(reaches)} market orders in {len(seeds)} sessions are too few to fit")
    sums = np.array([block.sums for block in blocks])
    parts = np.hstack([counts[:, :used], sums])
    whole = parts.sum(axis=0)
    values = _estimates(whole)
    without = np.array([_estimates(whole - part) for part in parts])
    number = len(parts)
    errors = np.sqrt((number - 1) / number * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    rate, k, sigma, spread = (Estimate(float(v), float(e)) for v, e in zip(values, errors, strict=True))
    seen = whole[:used] / whole[used] / 2
    table = [Reach(d := (step + 1) / 2, float(seen[step]), rate.value * math.exp(-k.value * d)) for step in range(used)]
    return Fit(level.id, len(seeds), len(reaches), rate, k, sigma, spread, table)


def line(counts: Floats, seconds: float) -> Intensity:
    """A and k of the line through the log rates.

    Args:
        counts: orders of both sides that reached at least 0.5, 1.0, 1.5, ... ticks; two or more, none zero.
        seconds: in what time.
    """
    distances = np.arange(1, len(counts) + 1) / 2
    logs = np.log(counts / seconds / 2)
    weights = counts / counts.sum()
    at = distances - weights @ distances
    slope = float((weights * at) @ logs / ((weights * at) @ at))
    return Intensity(math.exp(float(weights @ logs) - slope * float(weights @ distances)), -slope)


def _exceeding(reaches: list[float], most: int) -> Floats:
    """How many reach at least each of ``most`` half ticks."""
    steps = np.arange(1, most + 1) / 2
    counts: Floats = (np.array(reaches)[:, None] >= steps).sum(axis=0).astype(np.float64)
    return counts


def _estimates(parts: Floats) -> tuple[float, float, float, float]:
    seconds, squares, moves, spread, looks = parts[-5:].tolist()
    counts = parts[:-5]
    # With a minute left out, the furthest distances may have lost all of theirs.
    return *line(counts[counts > 0], seconds), math.sqrt(squares / moves), spread / looks


class _Block:
    """A minute of a session, or what is left at its end.

    Attributes:
        reaches: of its market orders, in ticks.
        sums: seconds, squared changes of the mid over seconds, their number, spreads by the second, their number.
    """

    def __init__(self) -> None:
        self.reaches: list[float] = []
        self.sums = [0.0] * 5


class _Watch:
    """One session without a maker, minute by minute."""

    def __init__(self, level: Level, seed: int) -> None:
        market = open_market(level.regimes(seed), seed, jumps=level.jumps(seed))
        market.clock.advance(0)
        prints: list[Trade] = []
        market.exchange.on_print = lambda _, trade: prints.append(trade)
        exchange = market.exchange
        mid = second_mid = exchange.mid
        half_spread = (exchange.best_ask - exchange.best_bid) / 2
        self.blocks: list[_Block] = []
        for now_ns in range(_LOOK_NS, level.end_ns + 1, _LOOK_NS):
            if (now_ns - _LOOK_NS) % _BLOCK_NS == 0:
                block = _Block()
                self.blocks.append(block)
            market.clock.advance(now_ns)
            for _, trades in groupby(prints, key=lambda trade: trade.taker_id):
                *_, last = trades
                block.reaches.append(max(last.taker_side * (last.price - mid), half_spread))
            prints.clear()
            mid = exchange.mid
            half_spread = (exchange.best_ask - exchange.best_bid) / 2
            sums = block.sums
            sums[0] += _LOOK_NS / NS_PER_S
            if now_ns % NS_PER_S == 0:
                sums[1] += (mid - second_mid) ** 2
                sums[2] += 1
                sums[3] += 2 * half_spread
                sums[4] += 1
                second_mid = mid

"""A and k of the fill rate A exp(-k d), and the usual volatility and spread, from a level's own market.

The level is played without a maker and sampled every half second. Nothing is used that a trader could not see.

The estimator is that of :mod:`mmtui.signals.reach`, which strategies use while quoting; here every order has the same
weight. In a book the rate of orders is flat up to the best price and then falls quicker than exponentially, so that
A exp(-k d) describes it about the best price, where one quotes, and not far out; :class:`Fit` holds both rates for
comparison.

Standard errors are by the jackknife, a minute of a session left out at a time, which allows for bursts of orders and
of volatility.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import msgspec
import numpy as np

from mmtui.book import Trade
from mmtui.errors import InputError
from mmtui.level.level import Level
from mmtui.market.core.draws import Floats
from mmtui.market.kinds import open_market
from mmtui.signals.reach import fills_at_mid, reach_of, trimmed
from mmtui.units import NS_PER_S

_LOOK_NS = NS_PER_S // 2
_BLOCK_NS = 60 * NS_PER_S
#: The fewest orders for A and k, and for a distance of the comparison.
_FEWEST = 10


class Estimate(msgspec.Struct, frozen=True):
    """A number and its standard error."""

    value: float
    error: float


class Reach(msgspec.Struct, frozen=True):
    """Market orders a second and side that reached at least ``distance`` ticks, as counted and as fitted."""

    distance: float
    seen: float
    fitted: float


class Fit(msgspec.Struct, frozen=True):
    """The fit of a level.

    Attributes:
        level: its id.
        seeds: number of sessions.
        orders: number of market orders.
        rate: A, a second and side.
        k: a tick.
        sigma: volatility of the mid over seconds, ticks per square root of a second.
        spread: mean spread by the second, in ticks.
        reaches: how well the exponential describes the orders.
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
        InputError: there are too few market orders.
    """
    blocks = [block for seed in seeds for block in _blocks(level, seed)]
    orders = sum(len(block.reaches) for block in blocks)
    if orders < _FEWEST:
        raise InputError(f"level {level.id}: {orders} market orders in {len(seeds)} sessions are too few to fit")
    parts = np.array([block.sums for block in blocks])
    whole = parts.sum(axis=0)
    values = _estimates(whole)
    without = np.array([_estimates(whole - part) for part in parts])
    number = len(parts)
    errors = np.sqrt((number - 1) / number * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    rate, k, sigma, spread = (Estimate(float(v), float(e)) for v, e in zip(values, errors, strict=True))
    reaches = np.concatenate([np.array(block.reaches) for block in blocks])
    seconds = float(whole[0])
    table = []
    for step in range(int(2 * reaches.max()) + 1):
        distance = step / 2
        count = int(np.count_nonzero(reaches >= distance))
        if count < _FEWEST:
            break
        table.append(Reach(distance, count / seconds / 2, rate.value * math.exp(-k.value * distance)))
    return Fit(level.id, len(seeds), orders, rate, k, sigma, spread, table)


def _estimates(sums: Floats) -> tuple[float, float, float, float]:
    """A, k, volatility and spread from the sums of some blocks."""
    seconds, orders, reach, best, squares, moves, spread, looks = sums.tolist()
    k = orders / reach
    return fills_at_mid(orders / seconds, k, best / orders), k, math.sqrt(squares / moves), spread / looks


class _Block:
    """A minute of a session, or what is left at its end.

    Attributes:
        reaches: of its market orders, in ticks.
        sums: seconds; orders, their reaches, and the distances of the best price at them; squared changes of the mid
            over seconds, and their number; spreads by the second, and their number.
    """

    def __init__(self) -> None:
        self.reaches: list[float] = []
        self.sums = [0.0] * 8


def _blocks(level: Level, seed: int) -> list[_Block]:
    """Play a session without a maker."""
    market = open_market(level.regimes(seed), seed, jumps=level.jumps(seed))
    market.clock.advance(0)
    prints: list[Trade] = []
    exchange = market.exchange
    exchange.on_print.append(lambda _now_ns, trade, _mid: prints.append(trade))
    mid = second_mid = exchange.mid
    half_spread = (exchange.best_ask - exchange.best_bid) / 2
    blocks: list[_Block] = []
    for now_ns in range(_LOOK_NS, level.end_ns + 1, _LOOK_NS):
        if (now_ns - _LOOK_NS) % _BLOCK_NS == 0:
            blocks.append(_Block())
        reaches, sums = blocks[-1].reaches, blocks[-1].sums
        market.clock.advance(now_ns)
        for _, trades in groupby(prints, key=lambda trade: trade.taker_id):
            *_, last = trades
            reaches.append(reach_of(last.taker_side * (last.price - mid), half_spread))
            sums[1] += 1
            sums[2] += reaches[-1]
            sums[3] += trimmed(half_spread)
        prints.clear()
        mid = exchange.mid
        half_spread = (exchange.best_ask - exchange.best_bid) / 2
        sums[0] += _LOOK_NS / NS_PER_S
        if now_ns % NS_PER_S == 0:
            sums[4] += (mid - second_mid) ** 2
            sums[5] += 1
            sums[6] += 2 * half_spread
            sums[7] += 1
            second_mid = mid
    return blocks

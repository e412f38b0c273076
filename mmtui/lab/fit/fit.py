"""A and k of the fill rate A exp(-k d), and the usual volatility and spread, from a level's own market.

The level is played without a maker. Nothing is used that a trader could not see.

The estimator is that of :mod:`mmtui.signals.reach`, which strategies use while quoting; here every order has the same
weight, and its distance is from the mid right before it. In a book A exp(-k d) describes the rate of orders about the
best price, where one quotes, and not far out; :class:`Fit` holds both rates for comparison.

Standard errors are by the jackknife, a minute of a session left out at a time, which allows for bursts of orders and
of volatility.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from mmtui.book import Trade
from mmtui.errors import InputError
from mmtui.level.level import Level
from mmtui.market.core.draws import Floats
from mmtui.market.kinds import open_market
from mmtui.signals.reach import decay, reach_of
from mmtui.units import NS_PER_S

_BLOCK_NS = 60 * NS_PER_S
#: The fewest orders for A and k, and for a distance of the comparison.
_FEWEST = 10


class Estimate(msgspec.Struct, frozen=True):
    """A number and its standard error."""

    value: float
    error: float


class Reach(msgspec.Struct, frozen=True):
    """Market orders a second and side that reached ``distance`` whole ticks beyond the first tick outside the mid."""

    distance: int
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
        InputError: there are too few market orders, or all are of one minute.
    """
    blocks = [block for seed in seeds for block in _blocks(level, seed)]
    firsts, beyonds = (
        np.concatenate([np.array([reach[part] for reach in block.reaches]) for block in blocks]) for part in (0, 1)
    )
    orders = len(beyonds)
    if orders < _FEWEST:
        raise InputError(f"level {level.id}: {orders} market orders in {len(seeds)} sessions are too few to fit")
    if sum(bool(block.reaches) for block in blocks) < 2:
        raise InputError(
            f"level {level.id}: all {orders} market orders are of one minute, which gives no standard error; "
            "expected two minutes or more: add seeds"
        )
    parts = np.array([block.sums for block in blocks])
    whole = parts.sum(axis=0)
    values = _estimates(whole, firsts, beyonds)
    ends = np.cumsum([len(block.reaches) for block in blocks])
    without = np.array(
        [
            _estimates(
                whole - part, *(np.delete(each, slice(end - len(block.reaches), end)) for each in (firsts, beyonds))
            )
            for part, block, end in zip(parts, blocks, ends, strict=True)
        ]
    )
    number = len(parts)
    errors = np.sqrt((number - 1) / number * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    rate, k, sigma, spread = (Estimate(float(v), float(e)) for v, e in zip(values, errors, strict=True))
    seconds = float(whole[0])
    table = []
    for distance in range(int(beyonds.max()) + 1):
        count = int(np.count_nonzero(beyonds >= distance))
        if count < _FEWEST:
            break
        table.append(Reach(distance, count / seconds / 2, orders / seconds / 2 * math.exp(-k.value * distance)))
    return Fit(level.id, len(seeds), orders, rate, k, sigma, spread, table)


def _estimates(sums: Floats, firsts: Floats, beyonds: Floats) -> tuple[float, float, float, float]:
    """A, k, volatility and spread from the sums of some blocks and the reaches of their orders."""
    seconds, squares, spread = sums.tolist()
    k = decay(float(beyonds.mean()))
    rate = float(np.exp(k * firsts).sum()) / seconds / 2
    return rate, k, math.sqrt(squares / seconds), spread / seconds


class _Block:
    """A minute of a session, or what is left at its end.

    Attributes:
        reaches: of its market orders.
        sums: seconds; squared changes of the mid over them; spreads at their ends.
    """

    def __init__(self) -> None:
        self.reaches: list[tuple[float, float]] = []
        self.sums = [0.0] * 3


def _blocks(level: Level, seed: int) -> list[_Block]:
    """Play a session without a maker."""
    market = open_market(level.regimes(seed), seed, jumps=level.jumps(seed), end_ns=level.end_ns)
    market.clock.advance(0)
    #: The distance of each order's last price from the mid before it; trades of an order follow each other.
    distances: dict[int, float] = {}

    def on_print(_now_ns: int, trade: Trade, mid: float) -> None:
        if trade.taker_side:
            distances[trade.taker_id] = trade.taker_side * (trade.price - mid)

    exchange = market.exchange
    exchange.on_print.append(on_print)
    mid = exchange.mid
    blocks: list[_Block] = []
    for now_ns in range(NS_PER_S, level.end_ns + 1, NS_PER_S):
        if (now_ns - NS_PER_S) % _BLOCK_NS == 0:
            blocks.append(_Block())
        market.clock.advance(now_ns)
        blocks[-1].reaches += map(reach_of, distances.values())
        distances.clear()
        sums = blocks[-1].sums
        sums[0] += 1
        sums[1] += (exchange.mid - mid) ** 2
        sums[2] += exchange.best_ask - exchange.best_bid
        mid = exchange.mid
    return blocks

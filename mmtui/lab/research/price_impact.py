"""What orders do to a market's price, measured on pairs: the same seed with and without somebody who trades.

Metaorders are worked in equal slices at even times and blocks are taken at once. Each seed is traded in one direction,
even ones buying and odd ones selling; moves are in that direction, and each is less what the market does without.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmtui.book import Side
from mmtui.market.book_market import BookMarket, BookMarketSpec
from mmtui.units import NS_PER_S

#: Lots of the metaorders, each worked over a minute; and of the blocks.
METAORDERS = (10, 20, 40, 80)
BLOCKS = (2, 5, 10, 20, 40)
WORKED_S, LATER_S, BLOCK_LATER_S = 60, 120, 10
#: Pairs of each day that is measured.
PAIRS = 3
_SLICE = 2


class Slice(NamedTuple):
    """An order at once: when, in seconds, and its lots, above 0 to buy."""

    at_s: float
    lots: int


class Traded(NamedTuple):
    """What came of trading.

    Attributes:
        mids: at the times asked for, ticks.
        lots: bought less sold.
        pnl: the cash, and the lots at the last mid less the trader's own impact; less what the latent value's moves
            brought, which is nothing on average; tick·lots.
    """

    mids: tuple[float, ...]
    lots: int
    pnl: float


def worked(lots: int, from_s: float = 0.0, over_s: float = WORKED_S) -> list[Slice]:
    """A metaorder in slices of two lots, or of one if it has less."""
    count = max(1, abs(lots) // _SLICE)
    size = lots // count
    return [Slice(from_s + over_s * (at + 0.5) / count, size) for at in range(count)]


#: Buying and selling again, in several ways; each must lose.
ROUND_TRIPS: dict[str, list[Slice]] = {
    "slowly": worked(80) + worked(-80, 60.0),
    "and dump": [*worked(80), Slice(61.0, -80)],
    "a block": [Slice(0.5, 40), *worked(-40, 10.0, 100.0)],
}


def trade(spec: BookMarketSpec, seed: int, orders: Sequence[Slice], at_s: Sequence[float]) -> Traded:
    """Trade in a market, by one account that takes and rests nothing, and look at the mid at ascending times."""
    market = BookMarket([(0, spec)], seed)
    exchange, clock = market.exchange, market.clock
    ids = exchange.id_range(0)
    held, cash = 0, 0.0

    def take(now_ns: int, row: int) -> None:
        nonlocal held, cash
        lots = orders[row].lots
        side = Side.BUY if lots > 0 else Side.SELL
        worst = exchange.best_ask * 2 if lots > 0 else 1
        report = exchange.take(now_ns, ids.one(), side, abs(lots), worst)
        held += side * report.filled
        cash -= side * sum(each.quantity * (each.price - market.value.at(now_ns)) for each in report.trades)

    for row, order in enumerate(orders):
        clock.at(round(order.at_s * NS_PER_S), take, row)
    mids = []
    for at in at_s:
        clock.advance(round(at * NS_PER_S))
        mids.append(exchange.mid)
    mark = exchange.mid - exchange.impact.own(clock.now_ns, 0)
    return Traded(tuple(mids), held, cash + held * (mark - market.value.at(clock.now_ns)))


def impact_of_pair(spec: BookMarketSpec, seed: int) -> dict[str, float]:
    """Measure the metaorders, blocks and round trips of the module on one seed.

    ``metaorder_N`` and ``later_N`` are the moves of the mid by the end of a metaorder of N lots and a minute after,
    ``block_N`` ten seconds after a block, of which ``block_N_filled`` lots were filled; ticks. ``round_trip_NAME`` are
    what the round trips earn, in tick·lots.
    """
    sign = 1 if seed % 2 == 0 else -1
    times = (BLOCK_LATER_S, WORKED_S, LATER_S)

    def turned(orders: Sequence[Slice]) -> list[Slice]:
        return [Slice(order.at_s, sign * order.lots) for order in orders]

    quiet = trade(spec, seed, (), times).mids
    found: dict[str, float] = {}
    for lots in METAORDERS:
        _, peak, later = trade(spec, seed, turned(worked(lots)), times).mids
        found[f"metaorder_{lots}"] = sign * (peak - quiet[1])
        found[f"later_{lots}"] = sign * (later - quiet[2])
    for lots in BLOCKS:
        block = trade(spec, seed, turned([Slice(0.0, lots)]), times[:1])
        found[f"block_{lots}"] = sign * (block.mids[0] - quiet[0])
        found[f"block_{lots}_filled"] = sign * block.lots
    for name, orders in ROUND_TRIPS.items():
        found[f"round_trip_{name}"] = trade(spec, seed, turned(orders), times[2:]).pnl
    return found


def measure_impact(spec: BookMarketSpec, day: int) -> dict[str, float]:
    """The means over a day's pairs, whose seeds no other day has."""
    pairs = [impact_of_pair(spec, PAIRS * day + at) for at in range(PAIRS)]
    return {name: float(np.mean([pair[name] for pair in pairs])) for name in pairs[0]}

"""Whether a slow line costs money in a room: ``python -m tests.benchmarks.fairness``.

Thirty bots alike make one market, each at the end of a line of some delay, there and back: 5, 80 or 200 ms. A bot sees
the market as it was half that ago, and what it sends takes the other half. Were lines no matter, its PnL would have no
rank correlation with its delay. The same rooms without the common delay show what is to be seen where they are.
Twenty rooms tell .1 from 0 by two standard errors, which are those of the mean over rooms. It takes two minutes.
"""

from __future__ import annotations

import argparse
from heapq import heappop, heappush
from math import ceil, floor, sqrt
from statistics import correlation, fmean, stdev

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.level.level import load_level
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.session.commands import Quote
from mmtui.session.par import NoPar
from mmtui.units import NS_PER_MS, NS_PER_S
from tests.benchmarks.ratios import show_ratio

#: A market that punishes delay: without the common one the correlation is far from 0.
LEVEL = "first-quotes"
DELAYS_MS = (5, 80, 200)
#: Each bot decides so often, and quotes so far from the mid that it sees, less its position times the skew, in ticks.
EVERY_NS = NS_PER_S // 2
_HALF_SPREAD, _SKEW, _LOTS = 1.5, 0.2, 2


def rank_correlation(one: list[float], other: list[float]) -> float:
    """Spearman's, ties by the mean of their ranks."""
    return correlation(_ranks(one), _ranks(other))


def _ranks(values: list[float]) -> list[float]:
    return [sum(each < value for each in values) + (values.count(value) - 1) / 2 for value in values]


def played(seed: int, bots: int, seconds: int, *, held_back: bool) -> tuple[list[float], list[float]]:
    """The delays of a room's seats, in ms, and their PnL.

    Args:
        seed: of the market, of who has which line and of when each decides.
        bots: how many.
        seconds: how long.
        held_back: whether the room has its common delay; without, commands arrive as they come.
    """
    chance = np.random.default_rng(seed)
    level = msgspec.structs.replace(load_level(LEVEL), duration_s=seconds)
    room = Room(level, seed, RoomSpec(seats=bots, bots=("idle",)), NoPar())
    for number in range(bots):
        room.join(str(number))
    delays = chance.permutation(np.resize(DELAYS_MS, bots)).tolist()
    round_trips = [round(delay * NS_PER_MS) for delay in delays]
    if held_back:
        room.set_delay(max(round_trips))
    session = room.sessions[0]
    # When what: a seat sees the market, or what it has sent comes in.
    coming: list[tuple[int, int, int, Quote | None]] = []
    for number in range(bots):
        heappush(coming, (int(chance.integers(EVERY_NS)), number, 0, None))
    while coming[0][0] < level.end_ns:
        at_ns, number, count, quote = heappop(coming)
        room.advance(at_ns)
        if quote is not None:
            room.submit(number, quote, at_ns - round_trips[number] if held_back else at_ns)
            continue
        both = quotes(session.market.exchange.mid, session.seats[number].desk.position)
        for place, sent in enumerate(both, start=1):
            heappush(coming, (at_ns + round_trips[number], number, count + place, sent))
        heappush(coming, (at_ns + EVERY_NS, number, count + 3, None))
    room.advance(level.end_ns)
    return delays, [maker.total for maker in session.seats]


def quotes(mid: float, position: int) -> tuple[Quote, Quote]:
    """What a bot sends, by the mid and the position that it sees."""
    middle = mid - _SKEW * position
    return (
        Quote(Side.BUY, floor(middle - _HALF_SPREAD), _LOTS),
        Quote(Side.SELL, ceil(middle + _HALF_SPREAD), _LOTS),
    )


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fairness", description=__doc__)
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--bots", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1, help="of the first room")
    arguments = parser.parse_args(argv)
    found: dict[bool, list[float]] = {False: [], True: []}
    by_delay: dict[bool, dict[int, list[float]]] = {held: {delay: [] for delay in DELAYS_MS} for held in found}
    for held_back in found:
        for seed in range(arguments.seed, arguments.seed + arguments.rooms):
            delays, pnl = played(seed, arguments.bots, arguments.seconds, held_back=held_back)
            found[held_back].append(rank_correlation(delays, pnl))
            for delay, made in zip(delays, pnl, strict=True):
                by_delay[held_back][int(delay)].append(made)
    print(f"{arguments.rooms} rooms of {arguments.bots} bots, {arguments.seconds} s of {LEVEL} each")
    show_correlations(found, by_delay)


def show_correlations(found: dict[bool, list[float]], by_delay: dict[bool, dict[int, list[float]]]) -> None:
    """Print how delay and PnL go together, with the common delay and without."""
    for held_back, each in found.items():
        print(f"{'with' if held_back else 'without'} the common delay")
        print(f"  PnL by delay: {', '.join(f'{ms} ms {fmean(made):+.1f}' for ms, made in by_delay[held_back].items())}")
        print(f"  rank correlation of delay and PnL {fmean(each):+.3f} ± {stdev(each) / sqrt(len(each)):.3f}")
    held, free = found[True], found[False]
    show_ratio("|rank correlation of delay and PnL| / .1", abs(fmean(held)) / 0.1, 1.0, below=True)
    show_ratio("its standard error / .05", stdev(held) / sqrt(len(held)) / 0.05, 1.0, below=True)
    show_ratio("the same without the common delay / .1", abs(fmean(free)) / 0.1, 1.0)


if __name__ == "__main__":
    main()

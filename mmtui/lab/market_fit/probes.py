"""Probes: simple ways to trade, tried on what was seen of a market and of a recording alike.

A market in which one of them earns what the recording does not pay has a false edge, which players and strategies would
find. Each second a taking probe may take a lot at the best price, and gives it back ten seconds later at the other best
price. A quoting probe rests a lot on each side for five seconds, is filled when the whole level at its price is gone,
and is valued at the mid ten seconds later. The lots are too few to move the price. A learner regresses the next ten
seconds' move on what is seen, on the first half, and trades on the second where the forecast exceeds half the spread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from mmtui.lab.market_fit.observed import Observed
from mmtui.lab.market_fit.statistics import Blocks, Statistic, block_length, measure, ratio
from mmtui.market.core.draws import Floats

#: Seconds that a lot is held, that a quote rests, and that the learner and the followers look back.
_HELD, _RESTS, _BACK = 10, 5, 30
#: How unequal queues are that a probe acts on, and how many mean sizes an order is that it follows.
_UNEQUAL, _LARGE = 0.6, 3.0
#: Standard errors that an edge must exceed.
_SURE = 2.0


class Edge(msgspec.Struct, frozen=True):
    """What a probe earns a lot, in ticks, with standard errors; ``false`` if the market pays and the recording not."""

    probe: str
    tape: float | None
    tape_se: float | None
    market: float | None
    market_se: float | None
    false: bool


def _seconds(seen: Observed) -> tuple[Floats, Floats, Floats]:
    """Best bid, best ask and mid at each whole second."""
    state = seen.index(np.arange(int(seen.seconds) + 1, dtype=np.float64))
    bid, ask = seen.bid[state].astype(float), seen.ask[state].astype(float)
    return bid, ask, (bid + ask) / 2


def _imbalance(seen: Observed) -> Floats:
    bids, asks = seen.sampled[: int(seen.seconds) + 1, 6:8].T
    total = bids + asks
    found: Floats = np.divide(bids - asks, total, out=np.zeros(len(total)), where=total > 0)
    return found


def _taking(signal: Callable[[Observed], Floats]) -> Callable[[Blocks], Floats]:
    """What a lot earns that is taken where a signal of a second is above or below 0, and how many were."""

    def sums(blocks: Blocks) -> Floats:
        bid, ask, mid = _seconds(blocks.seen)
        if len(mid) <= _BACK + _HELD:
            return np.zeros((blocks.count, 2))
        side = np.sign(signal(blocks.seen))[: len(mid) - _HELD]
        side[:_BACK] = 0
        bought = bid[_HELD:] - ask[:-_HELD]
        sold = bid[:-_HELD] - ask[_HELD:]
        earned = np.where(side > 0, bought, np.where(side < 0, sold, 0.0))
        return blocks.add(np.arange(len(side), dtype=np.float64), earned, side != 0)

    return sums


def _moved(seen: Observed) -> Floats:
    """The move of the last ten seconds, where it exceeds the spread."""
    bid, ask, mid = _seconds(seen)
    moved = np.concatenate([np.zeros(_HELD), mid[_HELD:] - mid[:-_HELD]])
    return np.where(np.abs(moved) > ask - bid, moved, 0.0)


def _unequal(seen: Observed) -> Floats:
    imbalance = _imbalance(seen)
    return np.where(np.abs(imbalance) > _UNEQUAL, imbalance, 0.0)


def _swept(seen: Observed) -> Floats:
    """The sides of large orders that took in the second before."""
    takers = seen.takers
    found = np.zeros(int(seen.seconds) + 1)
    if len(takers.at):
        large = takers.lots > _LARGE * takers.lots.mean()
        at = np.ceil(takers.at[large]).astype(np.int64)
        inside = (at >= 0) & (at < len(found))
        found[at[inside]] = takers.sign[large][inside]
    return found


def _learnt(seen: Observed) -> Floats:
    """The learner's forecast on the second half, where it exceeds half the spread."""
    bid, ask, mid = _seconds(seen)
    looked = [np.concatenate([np.zeros(back), mid[back:] - mid[:-back]]) for back in (1, 5, _BACK)]
    features = np.column_stack([_imbalance(seen), *looked])
    half = len(mid) // 2
    known = slice(_BACK, max(_BACK, half - _HELD))
    target = np.concatenate([mid[_HELD:] - mid[:-_HELD], np.zeros(_HELD)])
    gram = features[known].T @ features[known] + np.eye(features.shape[1])
    forecast = features @ np.linalg.solve(gram, features[known].T @ target[known])
    forecast[:half] = 0.0
    return np.where(np.abs(forecast) > (ask - bid) / 2, forecast, 0.0)


def _quoting(behind: int) -> Callable[[Blocks], Floats]:
    """What a lot earns that rests so many ticks behind the best price, and how many were filled."""

    def sums(blocks: Blocks) -> Floats:
        bid, ask, mid = _seconds(blocks.seen)
        starts = np.arange(0, len(mid) - _RESTS - _HELD, _RESTS)
        times, earned = [], []
        for ahead in range(1, _RESTS + 1):
            for own, side in ((bid, 1), (ask, -1)):
                price = own[starts] - side * behind
                gone = side * (price - own[starts + ahead]) > 0
                before = np.zeros(len(starts), dtype=bool)
                for earlier in range(1, ahead):
                    before |= side * (price - own[starts + earlier]) > 0
                filled = gone & ~before
                times.append(starts[filled])
                earned.append(side * (mid[starts[filled] + ahead + _HELD] - price[filled]))
        at = np.concatenate(times).astype(np.float64)
        return blocks.add(at, np.concatenate(earned), np.ones(len(at)))

    return sums


PROBES: tuple[Statistic, ...] = (
    Statistic("momentum", "probes", "follows the last ten seconds", _taking(_moved), ratio),
    Statistic("reversal", "probes", "bets against them", _taking(lambda seen: -_moved(seen)), ratio),
    Statistic("imbalance", "probes", "follows unequal queues", _taking(_unequal), ratio),
    Statistic("sweep", "probes", "follows large orders", _taking(_swept), ratio),
    Statistic("learner", "probes", "follows a regression's forecast", _taking(_learnt), ratio),
    *(
        Statistic(f"quote_{behind}", "probes", f"quotes {behind} ticks behind the best prices", _quoting(behind), ratio)
        for behind in (0, 1, 2, 4)
    ),
)


def edges(seen: Observed | None, simulated: Sequence[Observed]) -> list[Edge]:
    """What each probe earns in a market, and on a recording.

    Args:
        seen: the recording; None to ask for nothing but that none earns.
        simulated: the market under some seeds.
    """
    made = _earned(simulated)
    recorded = None if seen is None else _earned([seen])
    found = []
    for number, probe in enumerate(PROBES):
        market, error = made[number]
        tape, tape_error = (np.nan, np.nan) if recorded is None else recorded[number]
        pays = market > _SURE * error
        # A recording without such trades pays nothing, and is not known to.
        less = recorded is None or market - tape > _SURE * float(np.hypot(error, tape_error))
        false = bool(pays and less)
        found.append(Edge(probe.name, _known(tape), _known(tape_error), _known(market), _known(error), false))
    return found


def _earned(stretches: Sequence[Observed]) -> list[tuple[float, float]]:
    """What each probe earns, and its error: none is known of one that traded in a single block of time."""
    length_s = block_length(stretches[0].seconds)
    measured = measure(stretches, length_s, PROBES)
    blocks = [Blocks(seen, length_s) for seen in stretches]
    traded = [sum(int((probe.sums(each)[:, 1] > 0).sum()) for each in blocks) for probe in PROBES]
    return [
        (float(value), float(error) if count > 1 else float("nan"))
        for value, error, count in zip(measured.values, measured.errors, traded, strict=True)
    ]


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None

"""The statistics by which a market is compared with a recording, and those that a fit looks at besides.

What looks ahead (returns, responses) belongs to the block in which it begins. Definitions follow Cont (2001); Lillo and
Farmer (2004); Bouchaud, Farmer and Lillo (2009); Large (2007) for resilience; Gould and Bonart (2016) for the imbalance
of queues.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmtui.lab.market_fit.observed import Observed
from mmtui.lab.market_fit.statistics import (
    Blocks,
    Statistic,
    correlation,
    deviation,
    difference,
    geometric,
    kurtosis,
    ratio,
    rms,
    signature,
    variation,
)
from mmtui.market.core.draws import Bools, Floats


def _spread(ticks: int) -> Callable[[Blocks], Floats]:
    """Seconds with a spread of so many ticks or more, by time; 0 for the spread itself."""

    def sums(blocks: Blocks) -> Floats:
        seen = blocks.seen
        spread = (seen.ask - seen.bid).astype(float)
        return _over_time(blocks, spread if not ticks else (spread >= ticks).astype(float))

    return sums


def _over_time(blocks: Blocks, values: Floats) -> Floats:
    """The integral of a state over time, and the time."""
    seen = blocks.seen
    if not len(seen.at):
        return np.zeros((blocks.count, 2))
    edges = np.arange(blocks.count + 1, dtype=np.float64) * blocks.length_s
    at = np.maximum(seen.at, 0.0)
    integral = np.concatenate([[0.0], np.cumsum(values[:-1] * np.diff(at))])
    last = seen.index(edges)
    until = integral[last] + values[last] * np.maximum(edges - at[last], 0.0)
    return np.column_stack([np.diff(until), blocks.lengths])


def _touch_lots(blocks: Blocks) -> Floats:
    seen = blocks.seen
    return _over_time(blocks, (seen.bid_lots + seen.ask_lots) / 2)


def _sampled(*columns: int) -> Callable[[Blocks], Floats]:
    def sums(blocks: Blocks) -> Floats:
        sampled = blocks.seen.sampled
        values = sampled[:, columns].mean(axis=1)
        return blocks.add(np.arange(len(sampled), dtype=float), values, np.ones(len(values)))

    return sums


def _touch_spread(blocks: Blocks) -> Floats:
    """How unequal lots at the best price are over time: Σx², Σx, n of the second's lots."""
    lots = blocks.seen.sampled[:, 6:8].mean(axis=1)
    return blocks.add(np.arange(len(lots), dtype=float), lots**2, lots, np.ones(len(lots)))


def _counted(times: Callable[[Observed], Floats]) -> Callable[[Blocks], Floats]:
    def sums(blocks: Blocks) -> Floats:
        at = times(blocks.seen)
        return np.column_stack([blocks.add(at, np.ones(len(at)))[:, 0], blocks.lengths])

    return sums


def _of_arrivals(column: Callable[[Observed], Floats | Bools]) -> Callable[[Blocks], Floats]:
    def sums(blocks: Blocks) -> Floats:
        arrivals = blocks.seen.arrivals
        return blocks.add(arrivals.at, column(blocks.seen), np.ones(len(arrivals.at)))

    return sums


def _of_departures(
    column: Callable[[Observed], Floats | Bools], chosen: Callable[[Observed], Floats | Bools] | None = None
) -> Callable[[Blocks], Floats]:
    def sums(blocks: Blocks) -> Floats:
        gone = blocks.seen.departures
        among = np.ones(len(gone.at)) if chosen is None else np.asarray(chosen(blocks.seen), float)
        return blocks.add(gone.at, np.asarray(column(blocks.seen), float) * among, among)

    return sums


def _log_life(seen: Observed) -> Floats:
    return np.log(np.maximum(seen.departures.life, 1e-3))


def _life_sums(blocks: Blocks) -> Floats:
    log_life = _log_life(blocks.seen)
    return blocks.add(blocks.seen.departures.at, log_life**2, log_life, np.ones(len(log_life)))


def _returns(step_s: int) -> Callable[[Blocks], Floats]:
    """Σr², Σr⁴ and n of returns over so many seconds, from every second on."""

    def sums(blocks: Blocks) -> Floats:
        mids = blocks.seen.mids(1.0)
        moves = mids[step_s:] - mids[:-step_s]
        at = np.arange(len(moves), dtype=float)
        return blocks.add(at, moves**2, moves**4, np.ones(len(moves)))

    return sums


def _still(blocks: Blocks) -> Floats:
    moves = np.diff(blocks.seen.mids(1.0))
    return blocks.add(np.arange(len(moves), dtype=float), moves == 0, np.ones(len(moves)))


def _mid_changes(seen: Observed) -> Floats:
    changed: Floats = seen.at[1:][np.diff(seen.mid) != 0]
    return changed


def _clustering(step_s: int, lag: int) -> Callable[[Blocks], Floats]:
    """Products of the sizes of moves and of later ones, from every second on; Σ|r||r'|, Σ|r|, Σ|r'|, Σr², n."""

    def sums(blocks: Blocks) -> Floats:
        mids = blocks.seen.mids(1.0)
        moves = np.abs(mids[step_s:] - mids[:-step_s])
        ahead = step_s * lag
        first, later = moves[: len(moves) - ahead], moves[ahead:]
        at = np.arange(len(first), dtype=float)
        return blocks.add(at, first * later, first, later, (first**2 + later**2) / 2, np.ones(len(first)))

    return sums


def _reversal(blocks: Blocks) -> Floats:
    """Products of successive moves over a second, and their squares."""
    moves = np.diff(blocks.seen.mids(1.0))
    return blocks.add(np.arange(len(moves) - 1, dtype=float), moves[1:] * moves[:-1], moves[1:] ** 2)


def _scales(blocks: Blocks) -> Floats:
    short, long = _returns(1)(blocks), _returns(30)(blocks)
    return np.column_stack([short[:, [0, 2]], long[:, 0] / 30, long[:, 2]])


def _signs(first: int, last: int) -> Callable[[Blocks], Floats]:
    def sums(blocks: Blocks) -> Floats:
        takers = blocks.seen.takers
        total = np.zeros((blocks.count, 2))
        for lag in range(first, last + 1):
            product = (takers.sign[lag:] * takers.sign[: max(0, len(takers.sign) - lag)]).astype(float)
            total += blocks.add(takers.at[: len(product)], product, np.ones(len(product)))
        return total

    return sums


def _waits(blocks: Blocks) -> Floats:
    waits = np.diff(blocks.seen.takers.at)
    return blocks.add(blocks.seen.takers.at[:-1] if len(waits) else waits, waits**2, waits, np.ones(len(waits)))


def _taken(blocks: Blocks) -> Floats:
    takers = blocks.seen.takers
    return blocks.add(takers.at, takers.lots, np.ones(len(takers.at)))


def _taken_log(blocks: Blocks) -> Floats:
    takers = blocks.seen.takers
    return blocks.add(takers.at, np.log(np.maximum(takers.lots, 1.0)), np.ones(len(takers.at)))


def _response(wait_s: float, large: bool | None = None) -> Callable[[Blocks], Floats]:
    """Moves of the mid in the direction of orders that took, so long after; of those above, or below, the mean size."""

    def sums(blocks: Blocks) -> Floats:
        seen, takers = blocks.seen, blocks.seen.takers
        if not len(takers.at):
            return np.zeros((blocks.count, 2))
        known = takers.at + wait_s <= seen.seconds
        if large is not None:
            known &= (takers.lots > takers.lots.mean()) == large
        move = takers.sign * (seen.mid[seen.index(takers.at + wait_s)] - takers.mid)
        return blocks.add(takers.at, move * known, known)

    return sums


def _size_effect(blocks: Blocks) -> Floats:
    return np.column_stack([_response(5.0, True)(blocks), _response(5.0, False)(blocks)])


def _imbalance(blocks: Blocks) -> Floats:
    """The sign of the mid's next move and the imbalance of the queues each second before it: Σ sign·I, Σ|I|."""
    seen = blocks.seen
    changed = np.flatnonzero(np.diff(seen.mid) != 0)
    lots = seen.sampled[:, 6:8]
    at = np.arange(len(lots), dtype=float)
    state = seen.index(at)
    following = np.searchsorted(changed, state)
    known = following < len(changed)
    where = changed[np.minimum(following, max(0, len(changed) - 1))] if len(changed) else np.zeros(len(at), int)
    sign = np.sign(np.diff(seen.mid))[where] if len(changed) else np.zeros(len(at))
    total = lots.sum(axis=1)
    imbalance = np.divide(lots[:, 0] - lots[:, 1], total, out=np.zeros(len(total)), where=total > 0)
    return blocks.add(at, sign * imbalance * known, np.abs(imbalance) * known)


def _recovery(wait_s: float) -> Callable[[Blocks], Floats]:
    """Spreads so long after the spread has widened, and just then, in ticks above the least."""

    def sums(blocks: Blocks) -> Floats:
        seen = blocks.seen
        spread = (seen.ask - seen.bid).astype(float)
        wider = np.flatnonzero(np.diff(spread) > 0) + 1
        wider = wider[seen.at[wider] + wait_s <= seen.seconds]
        least = spread.min(initial=1.0)
        later = spread[seen.index(seen.at[wider] + wait_s)]
        return blocks.add(seen.at[wider], later - least, spread[wider] - least)

    return sums


def _refill(blocks: Blocks) -> Floats:
    """Lots at the best price a second after an order took from it, over the usual ones."""
    seen, takers = blocks.seen, blocks.seen.takers
    known = takers.at + 1.0 <= seen.seconds
    after = seen.index(takers.at + 1.0)
    lots = np.where(takers.sign > 0, seen.ask_lots[after], seen.bid_lots[after]) if len(seen.at) else np.zeros(0)
    usual = float(np.mean(seen.sampled[:, 6:8])) or 1.0
    return blocks.add(takers.at, lots / usual * known, known)


def _joined(back: bool) -> Callable[[Observed], Bools]:
    """Orders that were placed at the best price: ahead of, or behind, the usual lots there."""

    def chosen(seen: Observed) -> Bools:
        gone = seen.departures
        at_best = gone.behind <= 0
        usual = float(np.mean(seen.sampled[:, 6:8])) if len(seen.sampled) else 0.0
        found: Bools = at_best & ((gone.ahead > usual / 2) == back)
        return found

    return chosen


STATISTICS: tuple[Statistic, ...] = (
    Statistic("mean_spread", "spread", "mean spread over time, ticks", _spread(0), ratio, 0.02),
    Statistic("spread_above_one", "spread", "share of time with a spread of 2 ticks or more", _spread(2), ratio, 0.01),
    Statistic("spread_above_two", "spread", "share of time with a spread of 3 ticks or more", _spread(3), ratio, 0.01),
    Statistic("touch_lots", "depth", "lots at a best price over time", _touch_lots, ratio),
    Statistic("near_lots", "depth", "lots within 5 ticks of a best price", _sampled(1, 4), ratio),
    Statistic("far_lots", "depth", "lots within 20 ticks of a best price", _sampled(2, 5), ratio),
    Statistic("touch_orders", "queue", "orders at a best price", _sampled(0, 3), ratio),
    Statistic("touch_variation", "queue", "variation of the lots at the best prices", _touch_spread, variation),
    Statistic("limit_rate", "rates", "new orders a second", _counted(lambda seen: seen.arrivals.at), ratio),
    Statistic("gone_rate", "rates", "orders gone a second", _counted(lambda seen: seen.departures.at), ratio),
    Statistic("trade_rate", "rates", "orders that take, a second", _counted(lambda seen: seen.takers.at), ratio),
    Statistic("mid_rate", "rates", "changes of the mid a second", _counted(_mid_changes), ratio),
    Statistic(
        "touch_share", "rates", "share of new orders at the best price or better",
        _of_arrivals(lambda seen: seen.arrivals.behind <= 0), ratio, 0.02,
    ),
    Statistic(
        "inside_share", "rates", "share of new orders better than the best price",
        _of_arrivals(lambda seen: seen.arrivals.behind < 0), ratio, 0.01,
    ),
    Statistic("limit_size", "sizes", "lots of a new order", _of_arrivals(lambda seen: seen.arrivals.lots), ratio),
    Statistic(
        "limit_log_size", "sizes", "geometric mean of the lots of a new order",
        _of_arrivals(lambda seen: np.log(np.maximum(seen.arrivals.lots, 1.0))), geometric,
    ),
    Statistic("taken_size", "sizes", "lots of an order that takes", _taken, ratio),
    Statistic("life", "durations", "geometric mean of an order's life, s", _of_departures(_log_life), geometric),
    Statistic("life_spread", "durations", "deviation of the logarithm of an order's life", _life_sums, deviation),
    Statistic("wait_variation", "durations", "variation of the time between orders that take", _waits, variation),
    *(
        Statistic(
            f"return_{step}s", "returns", f"deviation of the mid's moves over {step} s, ticks", _returns(step), rms,
            0.0, step,
        )
        for step in (1, 5, 10, 30, 60, 300)
    ),
    Statistic("still", "returns", "share of seconds in which the mid does not move", _still, ratio, 0.01),
    Statistic("kurtosis_1s", "returns", "kurtosis of the mid's moves over 1 s", _returns(1), kurtosis),
    Statistic("kurtosis_10s", "returns", "kurtosis of the mid's moves over 10 s", _returns(10), kurtosis),
    Statistic("reversal", "volatility", "correlation of successive moves over 1 s", _reversal, ratio, 0.05),
    Statistic("signature", "volatility", "volatility by 1 s moves over that by 30 s moves", _scales, signature),
    Statistic(
        "clustering_10s", "volatility", "correlation of the sizes of successive moves over 10 s",
        _clustering(10, 1), correlation, 0.05,
    ),
    Statistic(
        "clustering_30s", "volatility", "correlation of the sizes of moves over 10 s, 30 s apart",
        _clustering(10, 3), correlation, 0.05,
    ),
    Statistic("sign_1", "signs", "correlation of the signs of successive orders that take", _signs(1, 1), ratio, 0.05),
    Statistic("sign_2_10", "signs", "the same over lags 2 to 10", _signs(2, 10), ratio, 0.05),
    Statistic("impact", "impact", "move of the mid 5 s after an order that takes, ticks", _response(5.0), ratio, 0.02),
    Statistic("impact_of_size", "impact", "how much more of large orders, ticks", _size_effect, difference, 0.02),
    Statistic("response_1s", "response", "move of the mid 1 s after such an order, ticks", _response(1.0), ratio, 0.02),
    Statistic("response_30s", "response", "the same 30 s after it, ticks", _response(30.0), ratio, 0.05),
    Statistic("imbalance", "imbalance", "how well the queues' imbalance tells the next move", _imbalance, ratio, 0.05),
    Statistic(
        "filled_front", "fills", "share filled of orders that joined the front of the best queue",
        _of_departures(lambda seen: seen.departures.filled, _joined(False)), ratio, 0.01,
    ),
    Statistic(
        "filled_back", "fills", "share filled of orders that joined its back",
        _of_departures(lambda seen: seen.departures.filled, _joined(True)), ratio, 0.01,
    ),
    Statistic("recovery_1s", "resilience", "share of a wider spread left after 1 s", _recovery(1.0), ratio, 0.05),
    Statistic("refill", "resilience", "lots at a best price 1 s after a trade, over the usual", _refill, ratio),
)  # fmt: skip


def _plain(column: Callable[[Observed], Floats], *, replaces: bool = False) -> Callable[[Blocks], Floats]:
    """Of new orders that do not replace another, or of those that do."""

    def sums(blocks: Blocks) -> Floats:
        arrivals = blocks.seen.arrivals
        chosen = arrivals.replaces if replaces else ~arrivals.replaces
        return blocks.add(arrivals.at, column(blocks.seen) * chosen, chosen)

    return sums


def _distance(seen: Observed) -> Floats:
    return seen.arrivals.distance.astype(float)


def _per_second(sums: Callable[[Blocks], Floats]) -> Callable[[Blocks], Floats]:
    """How many a second, from sums whose last column counts."""
    return lambda blocks: np.column_stack([sums(blocks)[:, -1], blocks.lengths])


#: What a fit looks at besides: orders that replace others, as quotes that move do, apart from all others.
AUXILIARY: tuple[Statistic, ...] = (
    Statistic("plain_rate", "fit", "new orders that replace none, a second", _per_second(_plain(_distance)), ratio),
    Statistic("moved_rate", "fit", "new orders that replace one", _per_second(_plain(_distance, replaces=True)), ratio),
    Statistic(
        "moved_behind", "fit", "how far behind the best price these are, ticks",
        _plain(lambda seen: seen.arrivals.behind.astype(float), replaces=True), ratio, 0.1,
    ),
    Statistic(
        "moved_size", "fit", "their lots", _plain(lambda seen: seen.arrivals.lots, replaces=True), ratio,
    ),
    Statistic("plain_size", "fit", "lots of those that replace none", _plain(lambda seen: seen.arrivals.lots), ratio),
    Statistic(
        "plain_log_size", "fit", "geometric mean of these",
        _plain(lambda seen: np.log(np.maximum(seen.arrivals.lots, 1.0))), geometric,
    ),
    Statistic(
        "plain_first", "fit", "share of them next to the opposite best price",
        _plain(lambda seen: (seen.arrivals.distance <= 1).astype(float)), ratio, 0.01,
    ),
    Statistic(
        "plain_log_distance", "fit", "geometric mean of their ticks from it",
        _plain(lambda seen: np.log(np.maximum(seen.arrivals.distance, 1))), geometric,
    ),
    Statistic(
        "plain_life", "fit", "geometric mean of their lives, s",
        _of_departures(_log_life, lambda seen: ~seen.departures.replaces), geometric,
    ),
    Statistic(
        "plain_short", "fit", "share of them that live a quarter of a second at most",
        _of_departures(lambda seen: seen.departures.life <= 0.25, lambda seen: ~seen.departures.replaces), ratio, 0.01,
    ),
    Statistic("taken_log_size", "fit", "geometric mean of the lots of an order that takes", _taken_log, geometric),
)  # fmt: skip

"""The same tape played by the shipped strategies, and without a maker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from mmtui.debrief.model import Rank, Ranking, WithoutMaker
from mmtui.errors import UnknownStrategyError
from mmtui.level.level import Level
from mmtui.session.par import NoPar
from mmtui.session.result import Result
from mmtui.session.session import Session
from mmtui.strategies.registry import strategy_names

_CACHE: dict[tuple[str, int, str], Rank] = {}
_CACHE_SIZE = 1024

#: Calls a function with each of some names, in their order.
Each = Callable[[Callable[[str], Rank | None], Iterable[str]], Iterable[Rank | None]]


def ranking(level: Level, seed: int, result: Result) -> Ranking:
    """Rank a session among the shipped strategies on the tape of its level and seed; takes about a second."""
    *_, (found, _) = rankings(level, seed, result)
    return found


def rankings(level: Level, seed: int, result: Result, each: Each = map) -> Iterator[tuple[Ranking, int]]:
    """Rank a session among those of the shipped strategies that have played so far, as each has.

    Args:
        level: the tape's level.
        seed: its seed.
        result: the session's.
        each: calls a function of a module with each of some names, as ``map`` does; in other processes, perhaps.

    Yields:
        The ranking so far, and how many strategies are still to play.
    """
    names = [name for name in strategy_names() if (level.digest, seed, name) not in _CACHE]
    others = [_CACHE[level.digest, seed, name] for name in strategy_names() if name not in names]
    without = without_maker(level, seed)
    if not names:
        yield _among(result, others, without), 0
    for place, (name, rank) in enumerate(zip(names, each(partial(rank_of, level, seed), names), strict=True), start=1):
        if rank is not None:
            others.append(rank)
            _keep((level.digest, seed, name), rank)
        yield _among(result, others, without), len(names) - place


def rank_of(level: Level, seed: int, strategy: str) -> Rank | None:
    """The outcome of a strategy on a tape; None if it fails there."""
    try:
        session = Session(level, seed, strategy, ends_on_failure=True)
    except UnknownStrategyError:
        return None
    session.advance(session.end_ns)
    return None if session.maker.error is not None else _rank(strategy, session.result())


def _among(result: Result, others: Sequence[Rank], without: WithoutMaker) -> Ranking:
    below = sum(rank.score < result.score for rank in others)
    ranks = sorted([_rank(None, result), *others], key=lambda rank: (-rank.score, rank.strategy or ""))
    return Ranking(tuple(ranks), 100.0 * below / len(others) if others else 100.0, without)


def _keep(key: tuple[str, int, str], rank: Rank) -> None:
    if len(_CACHE) >= _CACHE_SIZE:
        del _CACHE[next(iter(_CACHE))]
    _CACHE[key] = rank


def without_maker(level: Level, seed: int) -> WithoutMaker:
    """The market of a level and seed without a maker."""
    session = Session(level, seed, par=NoPar())
    session.advance(session.end_ns)
    market = session.market_facts()
    mids, spreads = list(session.mid_by_second), [int(spread) for spread in session.spread_by_second]
    return WithoutMaker(mids, spreads, market.trades, market.mean_spread, market.final_mid)


def _rank(strategy: str | None, result: Result) -> Rank:
    return Rank(strategy, result.score, result.stars, result.pnl.total, result.position.mean_abs, result.markout["10s"])

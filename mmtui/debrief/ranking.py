"""The same tape played by the shipped strategies, and without a maker."""

from __future__ import annotations

from mmtui.debrief.model import Rank, Ranking, WithoutMaker
from mmtui.errors import UnknownStrategyError
from mmtui.level.level import Level
from mmtui.session.par import NoPar
from mmtui.session.result import Result
from mmtui.session.session import Session
from mmtui.strategies.registry import strategy_names

_CACHE: dict[tuple[str, int, str], Rank] = {}
_CACHE_SIZE = 1024


def ranking(level: Level, seed: int, result: Result) -> Ranking:
    """Rank a session among the shipped strategies on the tape of its level and seed; takes about a second."""
    others = [rank for name in strategy_names() if (rank := rank_of(level, seed, name)) is not None]
    below = sum(rank.score < result.score for rank in others)
    ranks = sorted([_rank(None, result), *others], key=lambda rank: (-rank.score, rank.strategy or ""))
    return Ranking(tuple(ranks), 100.0 * below / len(others) if others else 100.0, without_maker(level, seed))


def rank_of(level: Level, seed: int, strategy: str) -> Rank | None:
    """The outcome of a strategy on a tape, cached; None if it fails there."""
    key = (level.digest, seed, strategy)
    if key not in _CACHE:
        try:
            session = Session(level, seed, strategy, ends_on_failure=True)
        except UnknownStrategyError:
            return None
        session.advance(session.end_ns)
        if session.maker.error is not None:
            return None
        if len(_CACHE) >= _CACHE_SIZE:
            del _CACHE[next(iter(_CACHE))]
        _CACHE[key] = _rank(strategy, session.result())
    return _CACHE[key]


def without_maker(level: Level, seed: int) -> WithoutMaker:
    """The market of a level and seed without a maker."""
    session = Session(level, seed, par=NoPar())
    session.advance(session.end_ns)
    market = session.market_facts()
    mids, spreads = list(session.mid_by_second), [int(spread) for spread in session.spread_by_second]
    return WithoutMaker(mids, spreads, market.trades, market.mean_spread, market.final_mid)


def _rank(strategy: str | None, result: Result) -> Rank:
    return Rank(strategy, result.score, result.stars, result.pnl.total, result.position.mean_abs, result.markout["10s"])

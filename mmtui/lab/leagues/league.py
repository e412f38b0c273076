"""A league: every strategy against every other in one market, on each level and seed, from either seat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import combinations, permutations
from typing import NamedTuple

import msgspec

from mmtui.errors import InputError
from mmtui.lab.leagues.ratings import Rating, ratings
from mmtui.lab.runs.cluster import check_engine, connected
from mmtui.lab.runs.store import ResultStore, key_of
from mmtui.lab.runs.workers import map_in_processes
from mmtui.level.level import Level
from mmtui.session.commands import HandOver, Params
from mmtui.session.result import Opposition, Result
from mmtui.session.session import Session
from mmtui.strategies.sources import engine_digest, named_files, source_digest
from mmtui.version import program_version

#: Scores closer than this, in points, are a draw.
DRAW = 0.5
Entrant = tuple[str, Params]


class Pairing(NamedTuple):
    """Two strategies on a level and seed, the first in the first seat."""

    level: Level
    seed: int
    first: Entrant
    second: Entrant

    @property
    def key(self) -> str:
        """What it is stored under: another if either's code, or this program's, is another."""
        (one, settings), (other, others) = self.first, self.second
        source = source_digest([(one, settings.values()), (other, others.values())])
        params = {f"{seat}.{key}": value for seat, of in enumerate((settings, others)) for key, value in of.items()}
        return key_of(self.level, f"{one} against {other}", source, params, self.seed)


def fixtures(
    levels: Sequence[Level], entrants: Sequence[Entrant], seeds: Sequence[int], *, either_seat: bool = True
) -> list[Pairing]:
    """Every two on each level and seed, once from either seat or once at all. Raises InputError."""
    names = [name for name, _ in entrants]
    if len(set(names)) < 2 or len(set(names)) < len(names):
        raise InputError("expected two entrants or more, each once")
    for level in levels:
        if level.opponent is not None:
            raise InputError(f"{level.id}: expected a level without an opponent of its own")
    pairs = [*(permutations if either_seat else combinations)(entrants, 2)]
    return [Pairing(level, seed, *pair) for level in levels for seed in seeds for pair in pairs]


def play(game: Pairing) -> Result:
    """Play a game: the result of the first seat, with the second's as the opponent's.

    Raises UnknownStrategyError for a strategy that cannot be set up.
    """
    session = Session(game.level, game.seed, seats=2)
    for seat, (name, params) in enumerate((game.first, game.second)):
        session.submit(HandOver(name, params), seat)
    session.advance(session.end_ns)
    return of_two(session.result(0), session.result(1))


def of_two(own: Result, other: Result) -> Result:
    """The result of a game's first seat, with the second's as the opponent's."""
    opponent = Opposition(
        strategy=other.strategy or "",
        score=other.score,
        stars=other.stars,
        parts=other.parts,
        pnl=other.pnl.total,
        position=other.position.final,
        fills=other.fills,
        error=other.error,
    )
    return msgspec.structs.replace(own, opponent=opponent)


def points(result: Result) -> float:
    """What the first seat has won: 1, ½ or 0. Whoever has failed has lost, unless the other has too."""
    other = result.opponent
    assert other is not None, "a game has two"
    if (result.error is None) != (other.error is None):
        return float(result.error is None)
    return 0.5 if abs(result.score - other.score) < DRAW else float(result.score > other.score)


def play_elsewhere(game: Pairing, engine: str, version: str) -> Result:
    """Play a game on a cluster's worker. Raises MmtuiError where that has another mmtui."""
    check_engine(engine, version)
    return play(game)


def played(
    games: Sequence[Pairing], jobs: int, store: ResultStore | None = None, cluster: str | None = None
) -> Iterator[tuple[Pairing, Result]]:
    """Yields games with their results, those that are stored first; the others are stored as they end.

    Args:
        games: what to play.
        jobs: processes to use; the results do not depend on it.
        store: where results are kept, so that a league that was cut off goes on.
        cluster: the address of a Dask scheduler whose workers play instead.

    Raises InputError: there is no such cluster, or strategies are in files, which do not travel.
    """
    keys = [game.key for game in games] if store is not None else []
    found = {} if store is None else store.find(keys)
    left = []
    for number, game in enumerate(games):
        if keys and keys[number] in found:
            yield game, found[keys[number]]
        else:
            left.append((game, keys[number] if keys else ""))
    with ExitStack() as stack:
        results: Iterator[Result]
        if cluster is not None and left:
            for name, params in {game.first[0]: game.first[1] for game in games}.items():
                if any(named_files(text) for text in (name, *params.values()) if isinstance(text, str)):
                    raise InputError(f"{name}: on a cluster a league is of strategies that ship")
            client = stack.enter_context(connected(cluster))
            here = {"engine": engine_digest(), "version": program_version()}
            futures = client.map(play_elsewhere, [game for game, _ in left], **here, pure=False)
            results = (future.result() for future in futures)
        else:
            results = map_in_processes(play, [game for game, _ in left], jobs)
        for (game, key), result in zip(left, results, strict=True):
            if store is not None:
                store.keep(key, result)
            yield game, result


def standing(names: Sequence[str], results: Sequence[tuple[Pairing, Result]]) -> list[Rating]:
    """The ratings of strategies, best first, by what was played."""
    return ratings(names, head_to_head(results))


def head_to_head(results: Sequence[tuple[Pairing, Result]]) -> dict[tuple[str, str], tuple[float, int]]:
    """For each two strategies the points of the first of them by name, and the games."""
    pairs: dict[tuple[str, str], tuple[float, int]] = {}
    for game, result in results:
        one, other, won = game.first[0], game.second[0], points(result)
        if one > other:
            one, other, won = other, one, 1.0 - won
        score, count = pairs.get((one, other), (0.0, 0))
        pairs[one, other] = score + won, count + 1
    return pairs

"""Headless runs: every seed of every strategy on every level, in one process or several, with the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mmtui.errors import InputError, UnknownStrategyError, shown
from mmtui.lab.runs.batch import Batch, Cell, find_levels, run_here
from mmtui.lab.runs.store import ResultStore, store_or_none
from mmtui.lab.tables.columns import Rows
from mmtui.level.level import Level
from mmtui.session.commands import Params
from mmtui.session.result import Result
from mmtui.strategies.offered import Offered, offered, packed
from mmtui.strategies.protocol import Strategy
from mmtui.strategies.registry import AnyStrategy, make, named
from mmtui.strategies.variants import variant_name

if TYPE_CHECKING:
    from distributed import Client

    from mmtui.lab.runs.workers import Finished, Piece

#: A strategy, with or without parameters.
OneStrategy = AnyStrategy | tuple[AnyStrategy, Mapping[str, Any]]
#: One strategy, several, or several by label; what is none of these is refused when it is used.
Strategies = OneStrategy | Sequence[object] | Mapping[str, object]
Levels = str | Level | Sequence[str | Level]


def run(
    levels: Levels,
    strategies: Strategies,
    seeds: Iterable[int] = range(1, 11),
    *,
    opponent: AnyStrategy | None = None,
    jobs: int = 1,
    cluster: str | Client | None = None,
    store: Path | str | None = None,
    journals: Path | None = None,
    audit: bool = False,
    traceback: bool = False,
    progress: bool = False,
    on_result: Callable[[Result], object] | None = None,
) -> Rows[Result]:
    """Run every seed of every strategy on every level, as ``mmtui run`` does.

    Args:
        levels: ids, paths of level files, or levels; one or several.
        strategies: texts as on the command line, classes or instances, each with or without parameters; one, several,
            or several by label.
        seeds: the seeds, 1 to 10 unless given.
        opponent: who makes the same market at the same time, in a duel.
        jobs: processes to use; the results do not depend on it. With more than one, a script needs the usual
            ``if __name__ == "__main__":``.
        cluster: the address of a Dask scheduler whose workers run the sessions instead, the path of its file, or a
            ``Client`` of it.
        store: a folder of finished sessions; those that are there are not run again.
        journals: a folder to write each session's journal to.
        audit: check each session's books after every event.
        traceback: have a failed strategy's whole traceback in its result's ``error``.
        progress: show on standard error how many sessions are finished.
        on_result: is given each result as it comes.

    Returns:
        Level by level, seed by seed, strategy by strategy. A strategy that fails ends its own session only, with
        ``error`` set.

    Raises:
        LevelError: a level cannot be used.
        UnknownStrategyError: a strategy cannot be used.
        InputError: a seed is no whole number from 0 on.
    """
    return Rows(
        stream(
            levels,
            strategies,
            seeds,
            opponent=opponent,
            jobs=jobs,
            cluster=cluster,
            store=store,
            journals=journals,
            audit=audit,
            traceback=traceback,
            progress=progress,
            on_result=on_result,
        )
    )


def stream(
    levels: Levels,
    strategies: Strategies,
    seeds: Iterable[int] = range(1, 11),
    *,
    opponent: AnyStrategy | None = None,
    jobs: int = 1,
    cluster: str | Client | None = None,
    store: Path | str | None = None,
    journals: Path | None = None,
    audit: bool = False,
    traceback: bool = False,
    progress: bool = False,
    on_result: Callable[[Result], object] | None = None,
) -> Iterator[Result]:
    """Yields the results of :func:`run` as they come, in the same order, and keeps none of them.

    The arguments are those of :func:`run`.
    """
    pairs = chosen(strategies)
    batch = Batch(_levels(levels, opponent), pairs, _seeds(seeds), journals, audit)
    with store_or_none(store) as kept:
        results = run_batches([batch], jobs, cluster, traceback, kept)
        if progress:
            from mmtui.lab.runs.progress import shown

            results = shown(results, len(batch))
        for result in results:
            if on_result is not None:
                on_result(result)
            yield result


def _seeds(seeds: Iterable[int]) -> Sequence[int]:
    """Seeds as batches have them. Raises InputError."""
    found: Sequence[int]
    try:
        found = seeds if isinstance(seeds, range) else [index(seed) for seed in seeds]
    except TypeError:
        found = [-1]
    if min(found, default=0) < 0:
        raise InputError(f"seeds: expected whole numbers from 0 on, as in range(1, 11), not {shown(seeds)}")
    return found


def chosen(strategies: Strategies) -> list[tuple[str, Params]]:
    """Returns strategies as batches have them: texts with parameters.

    Raises:
        UnknownStrategyError: one is none, or two different objects would have one name.
    """
    found: list[tuple[str, Params]] = []
    objects: dict[str, Offered] = {}
    for label, one in _labelled(strategies):
        strategy, params = one if isinstance(one, tuple) else (one, {})
        name = named(strategy, label)
        found_object = None if isinstance(strategy, str) else offered(name)
        if found_object is not None and objects.setdefault(name, found_object) is not found_object:
            raise UnknownStrategyError(
                f'two strategies are called {name}: give them labels, as in {{"one": ..., "other": ...}}'
            )
        found.append((name, dict(params)))
    by_name: dict[str, str] = {}
    for name, _ in found:
        if by_name.setdefault(variant_name(name), name) != name:
            raise UnknownStrategyError(f"two strategies are called {variant_name(name)}: expected each label once")
    return found


def names_of(strategies: Strategies) -> list[str | tuple[str, Params]]:
    """Returns what strategies are called in results, with their parameters where two have one name."""
    pairs = [(variant_name(name), params) for name, params in chosen(strategies)]
    names = [name for name, _ in pairs]
    return [name if names.count(name) == 1 else (name, params) for name, params in pairs]


def _labelled(strategies: Strategies) -> list[tuple[str | None, OneStrategy]]:
    if isinstance(strategies, Mapping):
        return [(label, cast("OneStrategy", one)) for label, one in strategies.items()]
    if isinstance(strategies, str | type | Strategy):
        return [(None, strategies)]
    if isinstance(strategies, tuple) and len(strategies) == 2 and isinstance(strategies[1], dict):
        return [(None, cast("OneStrategy", strategies))]
    several = strategies if isinstance(strategies, Sequence) else [strategies]
    return [(None, cast("OneStrategy", one)) for one in several]


def _levels(levels: Levels, opponent: AnyStrategy | None) -> list[Level]:
    several = [levels] if isinstance(levels, str | Level) else levels
    found = [level for name in several for level in ([name] if isinstance(name, Level) else find_levels([name]))]
    return found if opponent is None else [level.against(opponent) for level in found]


def run_batches(
    batches: Sequence[Batch],
    jobs: int = 1,
    cluster: str | Client | None = None,
    traceback: bool = False,
    store: ResultStore | None = None,
) -> Iterator[Result]:
    """Run batches; yields the results batch by batch, each in its own order, as they are finished.

    When interrupted with several jobs, it still yields those that were finished out of turn.

    Args:
        batches: what to run.
        jobs: processes to use; the results do not depend on it.
        cluster: the address of a Dask scheduler whose workers run the sessions instead, as in
            ``tcp://127.0.0.1:8786``, the path of its file, or a client of it; the results do not depend on it either.
        traceback: have a failed strategy's whole traceback in its result's ``error``.
        store: of finished sessions, which are not run again; those that are run are stored.

    Raises:
        MmtuiError: as :func:`~mmtui.lab.runs.batch.simulate` does, or when processes were ended from outside.
        InputError: there is no such cluster.
    """
    _check(batches)
    elsewhere = cluster is not None or (jobs > 1 and sum(map(len, batches)) > 1)
    objects = packed(_texts(batches)) if elsewhere else {}
    batches = [replace(batch, traceback=traceback, objects=objects) for batch in batches]
    pieces: Iterable[Piece] = batches
    finished: Finished = _forget
    if store is not None:
        from mmtui.lab.runs.stored import Stored

        stored = Stored(store)
        pieces, finished = stored.pieces(batches), stored.finished
    total = sum(map(len, batches))
    if cluster is not None:
        from mmtui.lab.runs.cluster import run_on_cluster

        yield from run_on_cluster(batches, pieces, cluster, finished)
    elif elsewhere:
        # Imported here, since a single process starts quicker without.
        from mmtui.lab.runs.workers import run_in_processes

        yield from run_in_processes(pieces, total, jobs, finished)
    else:
        yield from _one_by_one(pieces, finished)


def _one_by_one(pieces: Iterable[Piece], finished: Finished) -> Iterator[Result]:
    for piece in pieces:
        if not isinstance(piece, Batch):
            yield from piece.results
            continue
        for cell, result in zip(piece.cells(), run_here(piece), strict=True):
            finished(_batch_of(cell), [result])
            yield result


def _batch_of(cell: Cell) -> Batch:
    return Batch([cell.level], [(cell.strategy, cell.params)], [cell.seed])


def _forget(chunk: Batch, results: Sequence[Result]) -> None:
    """Store nothing."""


#: The points of a sweep are checked one by one up to so many; all of them have parameters that are checked already.
_MOST_CHECKED = 2_000


def _check(batches: Sequence[Batch]) -> None:
    """Make every strategy and opponent once, before anything is run. Raises UnknownStrategyError."""
    for batch in batches:
        for spec, params in batch.strategies[:_MOST_CHECKED]:
            make(spec, params)
        for level in batch.levels:
            if level.opponent is not None:
                make(level.opponent.strategy, level.opponent.params)


def _texts(batches: Iterable[Batch]) -> Iterator[str]:
    """Yields all texts of batches that may name a strategy."""
    for batch in batches:
        for spec, params in batch.strategies:
            yield spec
            yield from (value for value in params.values() if isinstance(value, str))
        for level in batch.levels:
            if level.opponent is not None:
                yield level.opponent.strategy

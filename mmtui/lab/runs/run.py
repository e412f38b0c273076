"""Headless runs: every seed of every strategy on every level, in one process or several, with the same results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mmtui.lab.runs.batch import Batch, find_levels, run_here
from mmtui.level.level import Level
from mmtui.session.commands import Params
from mmtui.session.result import Result
from mmtui.strategies.registry import make


def run(
    levels: str | Level | Sequence[str | Level],
    strategies: str | Sequence[str | tuple[str, Params]],
    seeds: Iterable[int] = range(1, 11),
    *,
    jobs: int = 1,
    cluster: str | None = None,
    journals: Path | None = None,
    audit: bool = False,
    traceback: bool = False,
) -> list[Result]:
    """Run every seed of every strategy on every level, as ``mmtui run`` does.

    Args:
        levels: ids, paths of level files, or levels; one or several.
        strategies: names, ``file.py:Class`` or entry points, each with or without parameters; one or several.
        seeds: the seeds, 1 to 10 unless given.
        jobs: processes to use; the results do not depend on it. With more than one, a script needs the usual
            ``if __name__ == "__main__":``.
        cluster: the address of a Dask scheduler whose workers run the sessions instead.
        journals: a folder to write each session's journal to.
        audit: check each session's books after every event.
        traceback: have a failed strategy's whole traceback in its result's ``error``.

    Returns:
        Level by level, seed by seed, strategy by strategy. A strategy that fails ends its own session only, with
        ``error`` set.

    Raises:
        LevelError: a level cannot be used.
        UnknownStrategyError: a strategy cannot be used.
    """
    named = [levels] if isinstance(levels, str | Level) else levels
    found = [level for name in named for level in ([name] if isinstance(name, Level) else find_levels([name]))]
    chosen = [strategies] if isinstance(strategies, str) else strategies
    pairs: list[tuple[str, Params]] = [(entry, {}) if isinstance(entry, str) else entry for entry in chosen]
    return list(run_batches([Batch(found, pairs, list(seeds), journals, audit)], jobs, cluster, traceback))


def run_batches(
    batches: Sequence[Batch], jobs: int = 1, cluster: str | None = None, traceback: bool = False
) -> Iterator[Result]:
    """Run batches; yields the results batch by batch, each in its own order, as they are finished.

    When interrupted with several jobs, it still yields those that were finished out of turn.

    Args:
        batches: what to run.
        jobs: processes to use; the results do not depend on it.
        cluster: the address of a Dask scheduler whose workers run the sessions instead, as in
            ``tcp://127.0.0.1:8786``; the results do not depend on it either.
        traceback: have a failed strategy's whole traceback in its result's ``error``.

    Raises:
        MmtuiError: as :func:`~mmtui.lab.runs.batch.simulate` does, or when a process was ended from outside.
        InputError: there is no such cluster.
    """
    for spec, params in (each for batch in batches for each in batch.strategies):
        make(spec, params)
    batches = [replace(batch, traceback=traceback) for batch in batches]
    if cluster is not None:
        from mmtui.lab.runs.cluster import run_on_cluster

        yield from run_on_cluster(batches, cluster)
    elif jobs == 1 or sum(map(len, batches)) == 1:
        for batch in batches:
            yield from run_here(batch)
    else:
        # Imported here, since a single process starts quicker without.
        from mmtui.lab.runs.workers import run_in_processes

        yield from run_in_processes(batches, jobs)

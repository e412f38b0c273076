"""Headless runs: every seed of every strategy on every level, in one process or several, with the same results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmtui.errors import InputError
from mmtui.level.level import Level, level_ids, load_level
from mmtui.session.commands import Params
from mmtui.session.journal_file import JournalWriter
from mmtui.session.result import Result
from mmtui.session.session import Session


@dataclass(frozen=True, slots=True)
class Batch:
    """What to run. Results come level by level, seed by seed, strategy by strategy.

    Attributes:
        levels: the levels.
        strategies: name, ``file.py:Class`` or entry point, with the parameters set for it.
        seeds: the seeds.
        journals: a folder to write each session's journal to.
        audit: check each session's books after every event, see :class:`~mmtui.session.audit.Audit`.
    """

    levels: Sequence[Level]
    strategies: Sequence[tuple[str, Params]]
    seeds: Sequence[int]
    journals: Path | None = None
    audit: bool = False

    def __len__(self) -> int:
        return len(self.levels) * len(self.strategies) * len(self.seeds)


def find_levels(names: Sequence[str], overrides: Mapping[str, str] = {}) -> list[Level]:
    """Levels by id or path, each once, with some keys set; ``all`` is every one of the campaign.

    Raises:
        LevelError: one cannot be used.
        InputError: two different levels have one id.
    """
    found: dict[str, Level] = {}
    for name in names:
        for level_name in level_ids() if name == "all" else [name]:
            level = load_level(level_name, overrides)
            if found.setdefault(level.id, level) != level:
                raise InputError(f"{level_name}: another level is called {level.id!r} too; give this one its own id")
    return list(found.values())


def simulate(
    level: Level,
    strategy: str,
    seed: int,
    params: Params | None = None,
    journal: Path | None = None,
    *,
    audit: bool = False,
) -> Result:
    """One session from start to end, or to where the strategy fails.

    Args:
        level: the level.
        strategy: name, ``file.py:Class`` or entry point.
        seed: the seed.
        params: the strategy's parameters.
        journal: the file to write a journal to.
        audit: check the books after every event.

    Raises:
        AuditError: they do not add up.
        UnknownStrategyError: the strategy, or the level's par, cannot be used.
        JournalError: the journal cannot be written.
    """
    session = Session(level, seed, strategy, params, ends_on_failure=True)
    writer = None if journal is None else JournalWriter(journal, session)
    try:
        if audit:
            from mmtui.session.audit import Audit

            Audit(session)
        session.advance(session.end_ns)
    finally:
        if writer is not None:
            writer.close()
    return session.result()


def journal_name(level: Level, strategy: str, seed: int) -> str:
    """The file name of a run's journal."""
    return f"{level.id}-{re.sub(r'[^a-zA-Z0-9.]+', '-', strategy).strip('-.')}-{seed}.jsonl"


def run_here(batch: Batch) -> Iterator[Result]:
    """The results of a batch, run in this process."""
    for level in batch.levels:
        for seed in batch.seeds:
            for strategy, params in batch.strategies:
                journal = None if batch.journals is None else batch.journals / journal_name(level, strategy, seed)
                yield simulate(level, strategy, seed, params, journal, audit=batch.audit)


def run(
    levels: str | Level | Sequence[str | Level],
    strategies: str | Sequence[str | tuple[str, Params]],
    seeds: Iterable[int] = range(1, 11),
    *,
    jobs: int = 1,
    cluster: str | None = None,
    journals: Path | None = None,
    audit: bool = False,
) -> list[Result]:
    """Every seed of every strategy on every level, as ``mmtui run`` does it.

    Args:
        levels: ids, paths of level files, or levels; one or several.
        strategies: names, ``file.py:Class`` or entry points, each alone or with its parameters; one or several.
        seeds: the seeds, 1 to 10 unless given.
        jobs: processes to use; the results do not depend on it. With more than one, a script needs the usual
            ``if __name__ == "__main__":``.
        cluster: the address of a Dask scheduler whose workers run the sessions instead.
        journals: a folder to write each session's journal to.
        audit: check each session's books after every event.

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
    return list(run_batch(Batch(found, pairs, list(seeds), journals, audit), jobs, cluster))


def run_batch(batch: Batch, jobs: int = 1, cluster: str | None = None) -> Iterator[Result]:
    """The results of a batch, in its order, as they are finished.

    Interrupted with several jobs, it still gives those that were finished out of turn.

    Args:
        batch: what to run.
        jobs: processes to use; the results do not depend on it.
        cluster: the address of a Dask scheduler whose workers run the sessions instead, as in
            ``tcp://127.0.0.1:8786``; the results do not depend on it either.

    Raises:
        MmtuiError: what :func:`simulate` raises, or a process was ended from outside.
        InputError: there is no such cluster.
    """
    return run_batches([batch], jobs, cluster)


def run_batches(batches: Sequence[Batch], jobs: int = 1, cluster: str | None = None) -> Iterator[Result]:
    """The results of several batches, one after the other, as :func:`run_batch` gives those of one."""
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

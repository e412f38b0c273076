"""Headless runs: every seed of every strategy on every level, in one process or several, with the same results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmtui.game.journal import JournalWriter
from mmtui.game.level import Level
from mmtui.game.result import Result
from mmtui.game.session import Session

#: Seeds that a process takes at once: enough to hide what handing them over costs, few enough to show progress.
_CHUNK = 4

Params = Mapping[str, float | int | bool | str | None]


@dataclass(frozen=True, slots=True)
class Batch:
    """What to run. Results come level by level, seed by seed, strategy by strategy.

    Attributes:
        levels: the levels.
        strategies: name, ``file.py:Class`` or entry point, with the parameters set for it.
        seeds: the seeds.
        journals: a folder to write each session's journal to.
    """

    levels: Sequence[Level]
    strategies: Sequence[tuple[str, Params]]
    seeds: Sequence[int]
    journals: Path | None = None

    def __len__(self) -> int:
        return len(self.levels) * len(self.strategies) * len(self.seeds)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The part of a batch that one process runs at once: some seeds of one level, so that par is computed once."""

    level: Level
    strategies: Sequence[tuple[str, Params]]
    seeds: Sequence[int] = field(default_factory=list)
    journals: Path | None = None


def simulate(
    level: Level, strategy: str, seed: int, params: Params | None = None, journal: Path | None = None
) -> Result:
    """One session from start to end."""
    writer = None if journal is None else JournalWriter(journal, level, seed)
    session = Session(level, seed, strategy, dict(params or {}), None if writer is None else writer.entry)
    session.advance(session.end_ns)
    if writer is not None:
        writer.close(session)
    return session.result()


def run_chunk(chunk: Chunk) -> list[Result]:
    """Every seed and strategy of a chunk."""
    results = []
    for seed in chunk.seeds:
        for strategy, params in chunk.strategies:
            journal = None
            if chunk.journals is not None:
                name = Path(strategy.replace(":", "-")).name
                journal = chunk.journals / f"{chunk.level.id}-{name}-{seed}.jsonl"
            results.append(simulate(chunk.level, strategy, seed, params, journal))
    return results


def run_batch(batch: Batch, jobs: int = 1) -> Iterator[Result]:
    """The results of a batch, in its order, as they are finished.

    Args:
        batch: what to run.
        jobs: processes to use; the results do not depend on it.
    """
    chunks = [
        Chunk(level, batch.strategies, batch.seeds[first : first + _CHUNK], batch.journals)
        for level in batch.levels
        for first in range(0, len(batch.seeds), _CHUNK)
    ]
    if jobs == 1 or len(chunks) == 1:
        for chunk in chunks:
            yield from run_chunk(chunk)
        return
    # Imported here, since a single process starts quicker without them.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(jobs, len(chunks)), mp_context=get_context("spawn")) as pool:
        try:
            for results in pool.map(run_chunk, chunks):
                yield from results
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise

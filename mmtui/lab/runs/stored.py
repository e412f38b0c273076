"""Batches whose finished sessions are stored: what is there is read, what is missing is run, all in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby

from mmtui.lab.runs.batch import Batch, Cell
from mmtui.lab.runs.store import ResultStore, key_of
from mmtui.lab.runs.workers import Piece, StoredResults
from mmtui.session.result import Result
from mmtui.strategies.sources import source_digest

#: So many sessions are looked up at once.
_AT_ONCE = 500


class Stored:
    """Reads from a store and writes to it.

    Args:
        store: the store.
    """

    def __init__(self, store: ResultStore) -> None:
        self._store = store
        self._source = cache(source_digest)

    def pieces(self, batches: Iterable[Batch]) -> Iterator[Piece]:
        """Yields what is stored and what is missing, in the order of the batches, looked up when it is needed."""
        for batch in batches:
            for level in batch.levels:
                step = max(1, _AT_ONCE // len(batch.strategies))
                for first in range(0, len(batch.seeds), step):
                    part = replace(batch, levels=[level], seeds=batch.seeds[first : first + step])
                    for at in range(0, len(batch.strategies), _AT_ONCE):
                        yield from self._of(replace(part, strategies=batch.strategies[at : at + _AT_ONCE]))

    def finished(self, chunk: Batch, results: Sequence[Result]) -> None:
        """Store a chunk's results."""
        for cell, result in zip(chunk.cells(), results, strict=True):
            self._store.keep(self._key(cell), result)

    def _of(self, batch: Batch) -> Iterator[Piece]:
        wanted = range(len(batch.strategies))
        keys: dict[int, list[str]] = {}
        for cell in batch.cells():
            keys.setdefault(cell.seed, []).append(self._key(cell))
        there = self._store.find(key for row in keys.values() for key in row)
        lacking = {seed: {at for at in wanted if row[at] not in there} for seed, row in keys.items()}
        for whole, seeds in groupby(batch.seeds, lambda seed: len(lacking[seed]) == len(wanted)):
            if whole:
                yield replace(batch, seeds=list(seeds))
                continue
            for seed in seeds:
                for missing, places in groupby(wanted, lacking[seed].__contains__):
                    if missing:
                        yield replace(batch, strategies=[batch.strategies[at] for at in places], seeds=[seed])
                    else:
                        yield StoredResults([there[keys[seed][at]] for at in places])

    def _key(self, cell: Cell) -> str:
        level, strategy, params, seed = cell
        opponent = () if level.opponent is None else ((level.opponent.strategy, ()),)
        # Only text can name another strategy, whose code then counts too.
        texts = tuple(value for value in params.values() if isinstance(value, str))
        source = self._source(((strategy, texts), (level.par, ()), *opponent))
        return key_of(level, strategy, source, params, seed)

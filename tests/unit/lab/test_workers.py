"""How a batch is parted among processes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.run import run_batches
from mmtui.lab.runs.workers import Pace
from mmtui.level.level import Level, load_level


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=2)


def chunks_of(pace: Pace, batches: list[Batch], workers: int = 1) -> Iterator[Batch]:
    for chunk in pace.chunks(batches, sum(map(len, batches)), lambda: workers):
        assert isinstance(chunk, Batch)
        yield chunk


def sessions(batch: Batch) -> list[tuple[str, int, str]]:
    return [(level.id, seed, name) for level in batch.levels for seed in batch.seeds for name, _ in batch.strategies]


def test_every_session_is_in_one_chunk_in_order_whatever_they_take(level: Level) -> None:
    other = msgspec.structs.replace(level, id="other")
    few: Batch = Batch([level, other], [("skew", {}), ("fixed", {})], range(1, 40))
    many = Batch([level], [(f"s{index}", {}) for index in range(50)], range(1, 4))
    for seconds in (0.001, 0.05, 0.2, 5.0):
        pace = Pace(1.0)
        found = []
        for chunk in chunks_of(pace, [few, many]):
            found += sessions(chunk)
            pace.learn(chunk, seconds * len(chunk))
        assert found == sessions(few) + sessions(many)


def test_chunks_grow_or_shrink_to_about_their_time(level: Level) -> None:
    batch = Batch([level], [("skew", {}), ("fixed", {})], range(1, 200))
    pace = Pace(1.0)
    sizes = []
    for chunk in chunks_of(pace, [batch]):
        sizes.append(len(chunk))
        pace.learn(chunk, 0.1 * len(chunk))
    assert sizes[0] == 2
    assert set(sizes[1:38]) == {10}
    # The last ones are smaller and smaller.
    assert sizes[38:] == sorted(sizes[38:], reverse=True)
    assert sizes[-1] == 2
    slow = Pace(1.0)
    for chunk in chunks_of(slow, [batch]):
        assert len(chunk) == 2
        slow.learn(chunk, 60.0)


def test_many_strategies_on_a_seed_are_parted(level: Level) -> None:
    batch = Batch([level], [(f"s{index}", {}) for index in range(20)], [1])
    assert [len(chunk) for chunk in chunks_of(Pace(1.0), [batch])] == [8, 8, 4]


def test_workers_are_done_at_about_the_same_time(level: Level) -> None:
    """Whoever is free takes the next chunk, as they do."""
    batch = Batch([level], [("skew", {})], range(1, 201))
    pace, free_s = Pace(1.0), [0.0] * 4
    for chunk in chunks_of(pace, [batch], 4):
        pace.learn(chunk, 0.1 * len(chunk))
        at = free_s.index(min(free_s))
        free_s[at] += 0.1 * len(chunk)
    assert max(free_s) - min(free_s) <= 0.2


@pytest.mark.slow
def test_several_batches_give_the_same_with_two_jobs(level: Level) -> None:
    batches = [Batch([level], [("skew", {"size": size})], range(size, size + 3)) for size in (1, 2, 3)]
    assert list(run_batches(batches, 2)) == list(run_batches(batches))

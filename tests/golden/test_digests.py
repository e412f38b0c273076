"""Sessions come out as recorded. When this fails for a good reason, see the package's docstring."""

from __future__ import annotations

import pytest

from mmtui.level.level import level_ids
from tests.golden import FILE_WITHOUT_IDS, SEEDS, STRATEGIES, WithoutIds, digest_of, recorded


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("level_id", level_ids())
def test_sessions_come_out_as_recorded(level_id: str, strategy: str, seed: int) -> None:
    assert digest_of(level_id, strategy, seed) == recorded()[level_id][strategy][str(seed)]


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("level_id", level_ids())
def test_but_for_their_order_ids_too(level_id: str, strategy: str) -> None:
    """Where these hold and the others do not, ids are handed out anew and nothing else has changed."""
    for seed in SEEDS:
        found = digest_of(level_id, strategy, seed, WithoutIds)
        assert found == recorded(FILE_WITHOUT_IDS)[level_id][strategy][str(seed)]


def test_no_two_sessions_are_the_same() -> None:
    found = [digest for level in recorded().values() for strategy in level.values() for digest in strategy.values()]
    assert len(set(found)) == len(found)


def test_every_level_is_recorded_and_no_other() -> None:
    assert sorted(recorded()) == sorted(level_ids())

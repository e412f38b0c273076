"""Sessions come out as recorded. When this fails for a good reason, see the package's docstring."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest

import tests.golden
from mmtui.version import ENGINE
from tests.golden import (
    FILE,
    FILE_WITHOUT_IDS,
    LEVELS,
    SEEDS,
    STRATEGIES,
    Digests,
    WithoutIds,
    digest_of,
    recorded,
    recorded_engine,
    write,
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("level_id", LEVELS)
def test_sessions_come_out_as_recorded(level_id: str, strategy: str, seed: int) -> None:
    assert digest_of(level_id, strategy, seed) == recorded()[level_id][strategy][str(seed)]


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("level_id", LEVELS)
def test_but_for_their_order_ids_too(level_id: str, strategy: str) -> None:
    """Where these hold and the others do not, ids are handed out anew and nothing else has changed."""
    for seed in SEEDS:
        found = digest_of(level_id, strategy, seed, WithoutIds)
        assert found == recorded(FILE_WITHOUT_IDS)[level_id][strategy][str(seed)]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_two_sessions_of_a_strategy_are_the_same(strategy: str) -> None:
    found = [digest for level in recorded().values() for digest in level[strategy].values()]
    assert len(set(found)) == len(found)


def test_every_level_is_recorded_and_no_other() -> None:
    assert sorted(recorded()) == sorted(LEVELS)


def test_they_belong_to_this_engine_number() -> None:
    assert recorded_engine() == recorded_engine(FILE_WITHOUT_IDS) == ENGINE


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Digests:
    """Digests that a run would find, to be altered, with files that may be written."""
    found = recorded()
    for name, file in (("FILE", FILE), ("FILE_WITHOUT_IDS", FILE_WITHOUT_IDS)):
        monkeypatch.setattr(tests.golden, name, Path(copy(file, tmp_path)))
    monkeypatch.setattr(tests.golden, "digests", lambda *_: found)
    return found


def written() -> Digests:
    return recorded(tests.golden.FILE)


def test_others_are_not_recorded_under_the_same_number(now: Digests) -> None:
    before = written()
    for level in ("skew", "vcm"):
        now[level]["fixed"]["2"] = "0" * 64
    refusal = write()
    assert refusal.startswith(f"the digests of skew, vcm differ from those recorded for engine {ENGINE}: raise ENGINE")
    assert write(["vcm"]).startswith("the digests of skew differ")
    assert written() == before


def test_under_a_higher_number_they_are_recorded_and_under_a_lower_not(
    now: Digests, monkeypatch: pytest.MonkeyPatch
) -> None:
    now["skew"]["fixed"]["2"] = "0" * 64
    monkeypatch.setattr(tests.golden, "ENGINE", ENGINE - 1)
    assert write()
    monkeypatch.setattr(tests.golden, "ENGINE", ENGINE + 1)
    assert write() == ""
    assert written() == now
    assert recorded_engine(tests.golden.FILE) == recorded_engine(tests.golden.FILE_WITHOUT_IDS) == ENGINE + 1


def test_a_level_or_a_strategy_more_or_a_level_that_changed_needs_no_other_number(now: Digests) -> None:
    now["new"] = {"fixed": {"1": "1" * 64}}
    now["skew"]["new"] = {"1": "2" * 64}
    now["vcm"]["fixed"]["1"] = "3" * 64
    assert write(["vcm"]) == ""
    assert written() == now

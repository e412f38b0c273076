"""``mmtui play``: what the app is opened with, and what is refused before it is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mmtui.career.daily import daily
from mmtui.level.level import level_ids
from mmtui.tui.app import MmtuiApp
from tests.unit.cli.conftest import Mmtui


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, ...]]:
    """What apps were opened with, none of which draws anything."""
    found: list[tuple[Any, ...]] = []
    for folder in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(folder, str(tmp_path))
    monkeypatch.setattr(MmtuiApp, "run", lambda app: found.append(app._start))
    monkeypatch.setattr("mmtui.tui.run.has_terminal", lambda: True)
    return found


def test_a_level_with_seed_strategy_and_speed(mmtui: Mmtui, opened: list[tuple[Any, ...]]) -> None:
    assert mmtui("play", "skew", "--seed", 7, "--strategy", "fixed", "--speed", 4).code == 0
    assert opened == [("skew", 7, "fixed", 4.0)]


def test_the_day_s_level_and_seed(mmtui: Mmtui, opened: list[tuple[Any, ...]]) -> None:
    before = daily(datetime.now().astimezone().date(), level_ids())
    assert mmtui("play", "daily").code == 0
    after = daily(datetime.now().astimezone().date(), level_ids())
    ((level, seed, *_),) = opened
    # The day may end in between.
    assert (level, seed) in (before, after)


def test_keys_of_a_level_and_an_opponent(mmtui: Mmtui, opened: list[tuple[Any, ...]]) -> None:
    assert mmtui("play", "sandbox", "--set", "market.value.sigma=2", "--duel", "skew").code == 0
    assert opened == [("sandbox market.value.sigma=2 opponent.strategy=skew", None, None, None)]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["skew", "--set", "market.valu.sigma=2"], "skew.toml: market.valu: unknown key; did you mean value?"),
        (
            ["skew", "--set", "sigma=2"],
            "--set sigma=2: expected the path of one of the level's keys, such as market",
        ),
        (["skew", "--set", "duration_s"], "a parameter is set as key=value, not 'duration_s'"),
        (["skew", "--duel", "skw"], "opponent.strategy: there is no strategy 'skw'; did you mean 'skew'?"),
        (["skw"], "there is no level 'skw'; there are "),
        (["skew", "--strategy", "skw"], "there is no strategy 'skw'; did you mean 'skew'?"),
    ],
)
def test_what_cannot_be_is_a_sentence_before_anything_is_drawn(
    mmtui: Mmtui, opened: list[tuple[Any, ...]], args: list[str], sentence: str
) -> None:
    ended = mmtui("play", *args)
    assert (ended.code, ended.out, opened) == (2, "", [])
    assert sentence in ended.err
    assert "\n" not in ended.err.rstrip()

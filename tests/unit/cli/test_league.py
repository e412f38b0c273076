"""``mmtui league``: what it prints."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Mmtui


def test_the_command_prints_ratings_and_who_beat_whom(mmtui: Mmtui, tmp_path: Path, short: Path) -> None:
    table = mmtui("league", "skew", "fixed", "--levels", short, "--seeds", "1:2", "--store", tmp_path / "s")
    assert table.code == 0
    assert "against skew" in table.out
    again = mmtui(
        "league", "skew", "fixed", "--levels", short, "--seeds", "1:2", "--store", tmp_path / "s", "--format", "json"
    )
    rows = json.loads(again.out)
    assert {row["name"] for row in rows} == {"skew", "fixed"}
    assert sum(row["games"] for row in rows) == 8
    assert mmtui("league", "skew", "--levels", short).code == 2

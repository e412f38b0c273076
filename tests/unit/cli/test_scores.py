"""``mmtui scores``."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from mmtui.career.career import Career
from tests.unit.career.test_career import NOON, record
from tests.unit.cli.conftest import Mmtui


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "mmtui"


@pytest.fixture
def played(data: Path) -> Path:
    career = Career(data)
    career.record(record("skew", 60.0, seed=7, pnl=-1234.5, fills=12))
    career.record(record("skew", 71.5, at=NOON + timedelta(days=1)))
    career.record(record("skew", 86.0, strategy="skew"))
    career.record(record("first-quotes", 40.0))
    career.close()
    return data


@pytest.mark.usefixtures("data")
def test_nothing_yet(mmtui: Mmtui) -> None:
    ended = mmtui("scores")
    assert (ended.code, ended.out, ended.err) == (0, "", "Nothing was played yet.\n")
    assert mmtui("scores", "--format", "json").out == "[]\n"


@pytest.mark.usefixtures("played")
def test_the_table_is_by_level_and_strategy(mmtui: Mmtui) -> None:
    ended = mmtui("scores")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split() for line in ended.out.splitlines()] == [
        ["level", "quoted", "hand", "played", "best", "stars", "mean", "last"],
        ["first-quotes", "by", "hand", "1", "40.0", "40.0", "2026-11-24"],
        ["skew", "by", "hand", "2", "71.5", "★★", "65.8", "2026-11-25"],
        ["skew", "skew", "1", "86.0", "★★★", "86.0", "2026-11-24"],
    ]


@pytest.mark.usefixtures("played")
def test_the_history_of_a_level(mmtui: Mmtui) -> None:
    lines = [line.split() for line in mmtui("scores", "--level", "skew").out.splitlines()]
    assert lines[1] == ["2026-11-24", "12:00", "by", "hand", "7", "60.0", "★", "-1,234.50", "12"]
    assert len(lines) == 4
    found = json.loads(mmtui("scores", "--level", "skew", "-s", "hand", "--format", "json").out)
    assert [entry["score"] for entry in found] == [60.0, 71.5]
    found = json.loads(mmtui("scores", "-s", "skew", "--format", "json").out)
    assert [(entry["level"], entry["best"]) for entry in found] == [("skew", 86.0)]


@pytest.mark.usefixtures("played")
def test_a_career_moves(mmtui: Mmtui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "career.json"
    assert mmtui("scores", "export", file).err == f"{file}: 4 sessions\n"
    before = mmtui("scores").out
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "elsewhere"))
    assert mmtui("scores", "import", file).err == f"{file}: 4 new sessions\n"
    assert mmtui("scores").out == before
    assert mmtui("scores", "import", file).err == f"{file}: 0 new sessions\n"


@pytest.mark.usefixtures("data")
def test_what_is_no_career_is_one_sentence(mmtui: Mmtui, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    for name, said in (("a.json", "not an exported career: "), ("b.json", "cannot be read: No such file")):
        ended = mmtui("scores", "import", tmp_path / name)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"Error: {tmp_path / name}: {said}")
        assert ended.err.count("\n") == 1


def test_a_damaged_file_is_told(mmtui: Mmtui, data: Path) -> None:
    data.mkdir()
    (data / "career.sqlite").write_bytes(b"nonsense")
    ended = mmtui("scores", "--format", "json")
    assert (ended.code, ended.out) == (0, "[]\n")
    assert "was damaged (it is no database)" in ended.err


def test_help_has_examples(mmtui: Mmtui) -> None:
    assert "mmtui scores " in mmtui("scores", "--help").out.partition("Examples:")[2]

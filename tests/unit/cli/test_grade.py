"""``mmtui grade`` and ``mmtui daily``."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import msgspec
import pytest

from mmtui.career.daily import daily
from mmtui.learning.grades import Grade
from mmtui.level.level import level_ids, load_level
from tests.unit.cli.conftest import Mmtui
from tests.unit.learning.classroom import by_hand, by_strategy, write
from tests.unit.session.support import short

COLUMNS = [
    *("file", "player", "level", "level_is", "seed", "score", "stars", "by_hand", "pnl", "par"),
    *("inventory", "markout", "presence", "checks_done", "checks_missed", "mistakes"),
    *("digest_ok", "sealed", "assisted", "duplicate_of"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "class"
    write(found / "a.jsonl", load_level("skew"), 1, 1, by_hand(), name="ada")
    write(found / "b.jsonl", short("skew", 10), 2, 2, by_strategy(), name='=HYPERLINK("x")')
    (found / "c.jsonl").write_text("no journal\n")
    return found


def test_the_columns_are_as_documented() -> None:
    assert [field.name for field in msgspec.structs.fields(Grade)] == COLUMNS


@pytest.mark.slow
def test_a_class_as_csv_and_as_a_page(mmtui: Mmtui, folder: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "grades.csv", tmp_path / "class.html"
    ended = mmtui("grade", folder, "--level", "skew", "--out", out, "--html", page, "--jobs", "1")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert list(rows[0]) == COLUMNS
    assert [(row["file"], row["player"], row["level_is"]) for row in rows] == [
        ("a.jsonl", "ada", "shipped"),
        # No formula to a spreadsheet.
        ("b.jsonl", """'=HYPERLINK("x")""", "other"),
        ("c.jsonl", "", ""),
    ]
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.slow
def test_a_class_as_json_and_as_a_table(mmtui: Mmtui, folder: Path) -> None:
    ended = mmtui("grade", folder, "--format", "json", "--jobs", "1")
    found = json.loads(ended.out)
    assert [list(row) for row in found] == [COLUMNS] * 3
    assert found[0]["sealed"] is True
    shown = mmtui("grade", folder, "--jobs", "1").out
    above, _, below = shown.partition("\nApart:\n")
    assert above.splitlines()[1].split()[:2] == ["1", "ada"]
    assert "assisted: a strategy quoted" in below
    assert "c.jsonl" in below


@pytest.mark.slow
def test_the_day_s_challenge_and_its_board(mmtui: Mmtui, tmp_path: Path) -> None:
    day = date(2026, 11, 27)
    level_id, seed = daily(day, level_ids())
    level = load_level(level_id)
    quick = msgspec.structs.replace(level, duration_s=10, events=())
    write(tmp_path / "j" / "a.jsonl", quick, seed, 1, by_hand(), name="ada")
    ended = mmtui("daily", "board", tmp_path / "j", "--day", day.isoformat(), "--format", "json", "--jobs", "1")
    found = json.loads(ended.out)
    assert (found["day"], found["level"], found["seed"], found["ranked"]) == ("2026-11-27", level_id, seed, [])
    ((apart,),) = ([each["why"] for each in found["apart"]],)
    assert any(why.startswith("another level") for why in apart)
    shown = mmtui("daily", "board", tmp_path / "j", "--day", day.isoformat(), "--jobs", "1").out
    assert shown.startswith(f"2026-11-27: {level.title} ({level_id}), seed {seed}\n")
    assert "No journal counts." in shown
    assert "seed" in mmtui("daily").out


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("grade", "nowhere"), "expected a folder of journals"),
        (("daily", "board", "nowhere", "--day", "soon"), "expected a date as in 2026-11-27"),
        (("play", "skew", "--player", "x" * 41), "at most 40 characters"),
        (("play", "skew", "--player", "a\x1b[2J"), "at most 40 characters"),
    ],
)
def test_bad_input_is_one_sentence(mmtui: Mmtui, given: tuple[str, ...], why: str) -> None:
    ended = mmtui(*given)
    assert ended.code == 2
    assert why in ended.err
    assert len(ended.err.splitlines()) == 1

"""``mmtui strategies new`` and ``mmtui strategies fit``."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Mmtui, shortened


def test_a_new_strategy_runs_with_the_command_that_is_told(
    mmtui: Mmtui, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = mmtui("strategies", "new", "my.py")
    assert (ended.code, ended.err) == (0, "")
    [run] = [line for line in ended.out.splitlines() if line.startswith("  mmtui run ")]
    assert run == "  mmtui run skew --strategy my.py:MyMaker --seeds 1:20"
    words = shlex.split(run.replace("skew", short.name).replace("1:20", "1:2"))
    ran = mmtui(*words[1:], "--format", "jsonl")
    assert ran.code == 0
    assert [json.loads(line)["error"] for line in ran.out.splitlines()] == [None, None]


def test_a_file_that_is_there_is_not_overwritten(mmtui: Mmtui, tmp_path: Path) -> None:
    file = tmp_path / "my.py"
    file.write_text("mine")
    ended = mmtui("strategies", "new", file)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"Error: {file}: is there already; expected a name that is free\n"
    assert file.read_text() == "mine"


@pytest.fixture
def half_minute(tmp_path: Path) -> Path:
    path = shortened("skew", tmp_path)
    path.write_text(path.read_text().replace("duration_s = 5", "duration_s = 30"))
    return path


def test_fit_prints_a_table_and_settings_that_run_takes(mmtui: Mmtui, half_minute: Path) -> None:
    ended = mmtui("strategies", "fit", half_minute, "--seeds", "1:4")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    values = {
        name: row.split() for row in lines for name in ("A", "k", "sigma", "spread") if row.startswith(f"{name} ")
    }
    assert set(values) == {"A", "k", "sigma", "spread"}
    assert all(float(row[1]) > float(row[2].removeprefix("±")) > 0 for row in values.values())
    settings = {row.split()[0]: row.split()[1:] for row in lines if "--set" in row}
    assert settings["glft"] == [
        "--set", f"sigma={values['sigma'][1]}", "--set", f"k={values['k'][1]}", "--set", f"rate={values['A'][1]}",
    ]  # fmt: skip
    for name, words in settings.items():
        assert mmtui("run", half_minute, "--strategy", name, "--seeds", 1, *words).code == 0


def test_fit_as_json_has_errors_and_the_rates_behind_them(mmtui: Mmtui, half_minute: Path) -> None:
    found = json.loads(mmtui("strategies", "fit", half_minute, "--seeds", "1:4", "--format", "json").out)
    assert list(found) == ["level", "seeds", "orders", "rate", "k", "sigma", "spread", "reaches"]
    assert set(found["k"]) == {"value", "error"}
    assert found["reaches"][0]["distance"] == 0.0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["skwe"], "Error: there is no level 'skwe'"),
        (["skew", "--seeds", "2:1"], "Error: --seeds 2:1: expected A:B"),
    ],
)
def test_what_cannot_be_fitted_is_one_sentence(mmtui: Mmtui, args: list[str], told: str) -> None:
    ended = mmtui("strategies", "fit", *args)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(told)
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1, r"\d market orders in 1 sessions are too few"), (30, r"all \d+ market orders are of one minute")],
)
def test_too_short_a_market_is_not_fitted(mmtui: Mmtui, half_minute: Path, seconds: int, told: str) -> None:
    half_minute.write_text(half_minute.read_text().replace("duration_s = 30", f"duration_s = {seconds}"))
    ended = mmtui("strategies", "fit", half_minute, "--seeds", "1")
    assert (ended.code, ended.out) == (2, "")
    assert re.fullmatch(rf"Error: level skew-short: {told}.*\n", ended.err)


@pytest.mark.parametrize("name", ["new", "fit"])
def test_help_has_examples(mmtui: Mmtui, name: str) -> None:
    assert re.search(rf"Examples?:\n +mmtui strategies {name} ", mmtui("strategies", name, "--help").out)

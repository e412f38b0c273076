"""``mmtui fit`` and ``mmtui validate``, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmtui.lab.market_fit.simulated import record
from mmtui.lab.tapes.writing import Scaled, write_tape
from mmtui.level.level import load_preset
from mmtui.market.tape.lobster import Units
from tests.unit.cli.conftest import Mmtui


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three minutes of a market of ours after its warm-up, as LOBSTER would have it: shares and 1/10,000 dollars."""
    path = tmp_path_factory.mktemp("tape") / "abc_message.csv.gz"
    messages = record(load_preset("us-100"), 7, 180.0)
    write_tape(path, iter([messages]), lambda: Scaled(Units(100, 100)))
    return path


@pytest.mark.slow
def test_a_market_is_fitted_and_held_against_the_rest(mmtui: Mmtui, tape: Path, tmp_path: Path) -> None:
    market, page = tmp_path / "market.toml", tmp_path / "page.html"
    fitted = mmtui("fit", tape, "--from", 60, "--duration", 90, "--markets", 40, "-o", market, "--symbol", "ABC")
    assert (fitted.code, fitted.out) == (0, f"{market}\n")
    assert "parameters told" in fitted.err
    # The lot that all sizes are multiples of, and the file's own tick.
    assert "lot = 100\n" in market.read_text()
    assert "tick = 0.01\n" in market.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["market.toml"]
    shown = mmtui("validate", market, tape, "--from", 150, "--seeds", "1:2", "--format", "json", "--out", page)
    found = json.loads(shown.out)
    assert shown.code == int(not (found["decided"] >= 12 and found["within_two"] >= 0.8))
    rows = [row for group in found["groups"].values() for row in group]
    assert found["decided"] == len(rows) >= 25
    assert {"statistic", "tape", "tape_se", "market", "market_se", "distance"} <= set(rows[0])
    assert len(found["groups"]) >= 12
    html = page.read_text()
    assert html.count("<svg") == len(found["groups"])
    assert "<script" not in html
    assert mmtui("fit", tape, "-o", market).err.endswith("is there already; --force writes over it\n")


@pytest.mark.slow
def test_a_preset_is_held_against_a_recording_of_itself(mmtui: Mmtui, tape: Path) -> None:
    shown = mmtui("validate", "us-100", tape, "--from", 60, "--seeds", "1:3")
    assert "the market behaves like the recording" in shown.out
    assert shown.code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fit", "{tape}", "-o", "market.json"], "market.json: a market's file ends in .toml"),
        (["fit", "{tape}", "--from", "200", "-o", "{new}"], "expected 60 s and 500 at least"),
        (["validate", "nowhere", "{tape}"], "nowhere"),
        (["validate", "hk-45", "{tape}"], "is not a multiple of the tick, 200"),
        (["validate", "{bad}", "{tape}"], "bad.toml: market.instrument: this key is missing"),
        (["validate", "{number}", "{tape}"], "number.toml"),
        (["validate", "{deep}", "{tape}"], "deep.toml: cannot be read as TOML"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    mmtui: Mmtui, tape: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    markets = {"bad": "[market]\nstep = 1\n", "number": "market = 1\n", "deep": f"market = {'[' * 5000}\n"}
    names = {"tape": tape, "new": tmp_path / "new.toml"}
    for name, text in markets.items():
        names[name] = tmp_path / f"{name}.toml"
        names[name].write_text(text)
    ended = mmtui(*(argument.format(**names) for argument in arguments))
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err

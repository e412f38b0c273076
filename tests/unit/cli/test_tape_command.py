"""``mmtui tape``: what it prints and writes, and what it says of bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmtui.cli.main import main
from tests.tapes import books_of, simulated, write

Output = pytest.CaptureFixture[str]


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    rows = simulated(200)[40:]
    books = books_of(simulated(200))[40:]
    (tmp_path / "X_orderbook_5.csv").write_text("".join(",".join(map(str, row)) + "\n" for row in books))
    return write(tmp_path / "X_message_5.csv", rows)


def test_info_measures_a_tape_beside_our_markets(tape: Path, capsys: Output) -> None:
    assert main(["tape", "info", str(tape)]) == 0
    printed = capsys.readouterr().out
    assert "X_orderbook_5.csv: is the book after every one of" in printed
    assert "orders put in that stood before the first message" in printed
    assert "us-100" in printed
    assert "trade-sign ACF(1)" in printed


def test_info_as_json(tape: Path, capsys: Output) -> None:
    assert main(["tape", "info", str(tape), "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["rows"] == record["compared"] == len(tape.read_text().splitlines())
    assert record["types"]["new"] > 100
    assert record["tick"] == 0.01
    assert record["skipped"] == {}
    assert 1 <= record["facts"]["spread"] < 10


def test_a_tape_is_imported_run_and_imported_again_only_by_force(tape: Path, capsys: Output) -> None:
    level = tape.with_name("X_message_5.toml")
    assert main(["tape", "import", str(tape), "--symbol", "X", "--from", "20", "--duration", "60"]) == 0
    assert capsys.readouterr().out == f"{level}\n"
    assert main(["levels", "check", str(level)]) == 0
    assert main(["run", str(level), "--strategy", "skew", "--seeds", "1:2", "--format", "json"]) == 0
    results = json.loads(capsys.readouterr().out.partition("\n")[2])
    # A tape has no chance in it: every seed is the same session.
    assert results[0]["digest"] == results[1]["digest"]
    assert results[0]["fills"] > 0
    assert main(["compare", str(level), "--strategy", "fixed", "--strategy", "skew", "--seeds", "1:2"]) == 2
    assert "every seed is the same session" in capsys.readouterr().err
    assert main(["tape", "import", str(tape)]) == 2
    assert "is there already; --force writes over it" in capsys.readouterr().err
    assert main(["tape", "import", str(tape), "--force", "--effect", "impact"]) == 0


def test_lenient_counts_what_it_skips(tape: Path, capsys: Output) -> None:
    lines = tape.read_text().splitlines()
    lines[60] = "what?"
    tape.write_text("\n".join(lines) + "\n")
    assert main(["tape", "info", str(tape)]) == 2
    assert f"{tape}, line 61: expected 6 columns" in capsys.readouterr().err
    assert main(["tape", "info", str(tape), "--lenient"]) == 0
    assert "1 rows skipped: columns" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["info", "none.csv"], "none.csv: cannot be read: No such file or directory"),
        (["info", "{tape}", "--orderbook", "none.csv"], "none.csv: cannot be read"),
        (["info", "{tape}", "--tick", "0.00001"], "--tick 0.00001: expected a number from 0.0001 to 1e6"),
        (["info", "{tape}", "--tick", "0.00015"], "--tick 0.00015: expected a multiple of 1/10000"),
        (["import", "{tape}", "--out", "level.csv"], "level.csv: a level's file ends in .toml"),
        (["import", "{tape}", "--from", "9999"], "the tape lasts"),
        (["import", "{tape}", "--lot", "100"], "is not a multiple of the lot, 100"),
    ],
)
def test_bad_input_ends_in_one_sentence(tape: Path, arguments: list[str], said: str, capsys: Output) -> None:
    assert main(["tape", *(argument.format(tape=tape) for argument in arguments)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_play_goes_to_the_floor_on_a_level_of_the_tape(
    tape: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[object, ...]] = []
    monkeypatch.setattr("mmtui.tui.run.open_app", lambda *given: opened.append(given))
    monkeypatch.setattr("platformdirs.user_data_path", lambda _: tmp_path / "data")
    assert main(["tape", "play", str(tape), "--strategy", "skew", "--speed", "4"]) == 0
    assert main(["tape", "play", str(opened[0][0])]) == 0
    path = tmp_path / "data" / "tapes" / "X_message_5" / "X_message_5.toml"
    assert opened == [(str(path), 1, "skew", 4.0), (str(path), 1, None, None)]
    assert path.exists()

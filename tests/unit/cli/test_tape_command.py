"""``mmtui tape``: what it prints and writes, and what it says of bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmtui.cli.main import main
from tests import recordings
from tests.tapes import books_of, simulated, write
from tests.unit.cli.conftest import Mmtui

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
    assert record["rows"] == record["compared"] == len(tape.read_text(encoding="utf-8").splitlines())
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
    lines = tape.read_text(encoding="utf-8").splitlines()
    lines[60] = "what?"
    tape.write_text("\n".join(lines) + "\n", encoding="utf-8")
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


def test_what_a_recording_of_levels_does_not_say_is_said(mmtui: Mmtui, tmp_path: Path) -> None:
    book, trades = recordings.tardis(tmp_path)
    done = mmtui("tape", "import", str(book), "--trades", str(trades), "--out", str(tmp_path / "level.toml"))
    assert done.code == 0
    assert "places in the queue are guesses" in done.err
    assert "(queues guessed)" in (tmp_path / "level.toml").read_text()
    assert mmtui("levels", "check", str(tmp_path / "level.toml")).code == 0


def test_levels_without_trades_say_so_and_are_fitted_no_market(mmtui: Mmtui, tmp_path: Path) -> None:
    book, trades = recordings.tardis(tmp_path)
    assert "--trades names it" in mmtui("tape", "info", book).out
    assert "--trades names it" not in mmtui("tape", "info", book, "--trades", trades).out
    # A minute and a half of levels that come and go.
    header, *rows = book.read_text().splitlines()
    first = int(rows[0].split(",")[2])
    more = [
        f"made,ABC,{first + 10**7 + at * 10**5},0,false,ask,{100.05 + at % 7 / 100:.2f},{at % 5 / 10}"
        for at in range(900)
    ]
    book.write_text("\n".join([header, *rows, *more]) + "\n")
    refused = mmtui("fit", book, "-o", tmp_path / "m.toml")
    assert refused.code == 2
    assert "nobody trades in it; where trades have a file of their own, --trades names it" in refused.err


def test_trades_without_levels_to_go_with_are_refused(mmtui: Mmtui, tmp_path: Path) -> None:
    path = recordings.databento_csv(tmp_path / "abc.csv")
    lobster = tmp_path / "message.csv"
    assert mmtui("tape", "convert", str(path), "-o", str(lobster)).code == 0
    done = mmtui("tape", "info", str(lobster), "--trades", str(path))
    assert done.code == 2
    assert "--trades goes with the levels of a book" in done.err


@pytest.mark.parametrize("command", [["tape", "guess"], ["validate"]])
def test_a_lot_is_not_asked_for_where_it_is_the_markets(mmtui: Mmtui, tape: Path, command: list[str]) -> None:
    done = mmtui(*command, str(tape), "us-100", "--lot", "5")
    assert done.code == 2
    assert "--lot" in done.err


def test_a_recording_is_converted_there_and_back(mmtui: Mmtui, tape: Path, tmp_path: Path) -> None:
    part, back = tmp_path / "part.npz", tmp_path / "back_message.csv.gz"
    done = mmtui("tape", "convert", tape, "--from", 60, "--duration", 30, "-o", part)
    assert (done.code, done.out) == (0, f"{part}\n")
    assert mmtui("tape", "convert", part, "-o", back, "--book", 3).code == 0
    shown = mmtui("tape", "info", back)
    assert "back_orderbook.csv.gz: is the book after every one of" in shown.out
    assert "over 30.0 s" in shown.out or "over 29." in shown.out


def test_a_session_is_exported_of_a_level_and_of_its_journal_alike(mmtui: Mmtui, tmp_path: Path, short: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    assert mmtui("tape", "export", short, "-s", "skew", "--seed", 7, "-o", one).code == 0
    assert mmtui("run", short, "-s", "skew", "--seeds", 7, "--journals", tmp_path / "journals").code == 0
    (journal,) = (tmp_path / "journals").glob("*.jsonl")
    assert mmtui("tape", "export", journal, "-o", other).code == 0
    assert one.read_bytes() == other.read_bytes()
    assert len(one.read_text().splitlines()) > 100


def test_a_file_of_no_known_ending_is_refused_and_nothing_written(mmtui: Mmtui, tape: Path, tmp_path: Path) -> None:
    done = mmtui("tape", "convert", tape, "-o", tmp_path / "tape.xlsx")
    assert done.code == 2
    assert "expected a name that ends in .csv, .csv.gz, .parquet or .npz" in done.err
    assert not (tmp_path / "tape.xlsx").exists()

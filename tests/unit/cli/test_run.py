"""``mmtui run``: its formats, what can be chosen, and what becomes of failures and bad input."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_data_path

from mmtui.cli.run import command
from mmtui.level.level import level_ids
from mmtui.session.journal import read_journal
from mmtui.session.signing import own_or_new_key
from mmtui.session.trust import Trust
from tests.unit.cli.conftest import Mmtui, shortened
from tests.unit.session.support import strategy_file

#: Every key of a result, in order; those of nested tables after a point.
KEYS = [
    *("mmtui", "level", "level_digest", "strategy", "params", "seed", "score", "stars"),
    *("parts.pnl", "parts.inventory", "parts.markout", "parts.presence", "ended"),
    *("pnl.total", "pnl.spread", "pnl.position", "pnl.hedge", "pnl.fees", "par", "drawdown"),
    *("position.final", "position.max_abs", "position.mean_abs"),
    *("position.final_net", "position.mean_net", "position.limit"),
    *("markout.1s", "markout.10s", "markout.60s", "fills", "volume", "presence"),
    *("market.trades", "market.events", "market.mean_spread", "market.final_mid", "digest"),
    *("par_volume", "trade", "opponent", "error", "ranked"),
]
#: An opponent has columns of its own, whether there is one or not.
_OPPONENT = [f"opponent.{key}" for key in ("strategy", "score", "stars", "pnl", "position", "fills", "error")]
COLUMNS = [column for key in KEYS for column in (_OPPONENT if key == "opponent" else [key])]


def results(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found


def flat_keys(record: dict[str, Any]) -> list[str]:
    keys: list[str] = []
    for key, value in record.items():
        keys += [f"{key}.{inner}" for inner in value] if isinstance(value, dict) and key != "params" else [key]
    return keys


# Formats


def test_json_is_a_list_with_the_keys_that_are_promised(mmtui: Mmtui, short: Path) -> None:
    ended = mmtui("run", short, "-s", "skew", "--seeds", "3:4", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    first, second = results(ended.out)
    assert flat_keys(first) == flat_keys(second) == KEYS
    assert (first["level"], first["strategy"], first["seed"], second["seed"]) == ("skew-short", "skew", 3, 4)
    assert first["params"] == {"half_spread": None, "skew": None, "size": None}
    assert (first["ended"], first["error"]) == ("time", None)
    assert first["digest"] != second["digest"]
    money = first["pnl"]
    parts = money["spread"] + money["position"] + money["hedge"] - money["fees"]
    assert money["total"] == pytest.approx(parts, rel=1e-9, abs=1e-9)


def test_json_lines_are_the_same_results_one_a_line(mmtui: Mmtui, short: Path) -> None:
    whole = results(mmtui("run", short, "-s", "skew", "--seeds", "3:5", "--format", "json").out)
    lines = mmtui("run", short, "-s", "skew", "--seeds", "3:5", "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == whole


def test_csv_has_a_column_for_every_key_whatever_is_run(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    few = shortened(
        "first-quotes",
        tmp_path,
        **{"{ pnl = 0.2, inventory = 0.15, markout = 0.4, presence = 0.25 }": "{ presence = 0.5, pnl = 0.5 }"},
    )
    ended = mmtui("run", few, short, "-s", "idle", "-s", "skew", "--seeds", "1", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert ended.out.splitlines()[0].split(",") == COLUMNS
    assert [(row["level"], row["strategy"]) for row in rows] == [
        ("first-quotes-short", "idle"),
        ("first-quotes-short", "skew"),
        ("skew-short", "idle"),
        ("skew-short", "skew"),
    ]
    assert (rows[0]["params"], rows[1]["params"]) == ("", "half_spread=auto skew=auto size=auto")
    assert (rows[0]["parts.markout"], rows[2]["parts.markout"]) == ("", "0.0")
    assert rows[0]["markout.10s"] == ""
    reordered = mmtui("run", short, few, "-s", "skew", "--seeds", "1", "--format", "csv")
    assert reordered.out.splitlines()[0].split(",") == COLUMNS


def test_csv_and_json_agree(mmtui: Mmtui, short: Path) -> None:
    (record,) = results(mmtui("run", short, "-s", "skew", "--seeds", "2", "--format", "json").out)
    (row,) = csv.DictReader(io.StringIO(mmtui("run", short, "-s", "skew", "--seeds", "2", "--format", "csv").out))
    for key, text in row.items():
        if key != "params":
            table, _, inner = key.partition(".")
            value = (record[table] or {}).get(inner) if inner else record[table]
            assert text == ("" if value is None else str(value)), key


def test_a_duel_is_told_in_every_format(mmtui: Mmtui, short: Path) -> None:
    args = ("run", short, "-s", "skew", "--duel", "fixed", "--seeds", "2")
    (record,) = results(mmtui(*args, "--format", "json").out)
    (row,) = csv.DictReader(io.StringIO(mmtui(*args, "--format", "csv").out))
    assert record["opponent"]["strategy"] == row["opponent.strategy"] == "fixed"
    assert str(record["opponent"]["pnl"]) == row["opponent.pnl"]
    assert mmtui(*args).out.splitlines()[1].endswith(f"fixed {record['opponent']['score']:.1f}")


def test_keys_of_a_level_are_set_beside_a_strategy_s_parameters(mmtui: Mmtui, short: Path) -> None:
    args = ("run", short, "-s", "fixed", "--seeds", "2", "--format", "json", "--set", "half_spread=2")
    (plain,) = results(mmtui(*args).out)
    (wild,) = results(mmtui(*args, "--set", "market.value.sigma=9").out)
    assert plain["params"] == wild["params"] == {"half_spread": 2.0, "size": None}
    assert plain["market"] != wild["market"]
    assert mmtui(*args, "--set", "market.value.sgma=9").err == (
        f"Error: {short}: market.value.sgma: unknown key; did you mean sigma?\n"
    )


def test_the_table_has_a_line_for_each_level_and_strategy(mmtui: Mmtui, short: Path, other: Path) -> None:
    ended = mmtui("run", short, other, "-s", "skew", "-s", "idle", "--seeds", "1:3")
    heading, *lines = ended.out.splitlines()
    assert heading.split()[:6] == ["level", "strategy", "seeds", "score", "sd", "PnL"]
    assert [line.split()[:3] for line in lines] == [
        ["skew-short", "skew", "3"],
        ["skew-short", "idle", "3"],
        ["first-quotes-short", "skew", "3"],
        ["first-quotes-short", "idle", "3"],
    ]
    scores = [r["score"] for r in results(mmtui("run", short, "-s", "skew", "--seeds", "1:3", "--format", "json").out)]
    assert lines[0].split()[3] == f"{sum(scores) / 3:.1f}"
    assert not any("\x1b" in line for line in ended.out.splitlines())


def test_out_writes_to_a_file_and_prints_nothing(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    printed = mmtui("run", short, "-s", "skew", "--seeds", "1:2", "--format", "jsonl")
    ended = mmtui("run", short, "-s", "skew", "--seeds", "1:2", "--format", "jsonl", "--out", tmp_path / "r.jsonl")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert (tmp_path / "r.jsonl").read_text() == printed.out


# What is run


def test_everything_is_run_level_by_level_and_seed_by_seed(mmtui: Mmtui, short: Path, other: Path) -> None:
    ended = mmtui("run", short, other, "-s", "idle", "-s", "fixed", "--seeds", "7:8", "--format", "json")
    assert [(r["level"], r["seed"], r["strategy"]) for r in results(ended.out)] == [
        (level, seed, strategy)
        for level in ("skew-short", "first-quotes-short")
        for seed in (7, 8)
        for strategy in ("idle", "fixed")
    ]


@pytest.mark.slow
def test_all_is_every_level_that_ships_once(mmtui: Mmtui) -> None:
    ended = mmtui("run", "all", "skew", "-s", "idle", "--seeds", "1", "--format", "json")
    assert [r["level"] for r in results(ended.out)] == level_ids()


@pytest.mark.slow
def test_runs_are_reproducible_and_the_same_with_two_jobs(mmtui: Mmtui, short: Path) -> None:
    args = ("run", short, "-s", "skew", "-s", "fixed", "--seeds", "1:9", "--format", "json")
    once = mmtui(*args)
    assert mmtui(*args).out == once.out
    assert mmtui(*args, "--jobs", "2").out == once.out


def test_a_strategy_of_one_s_own_is_run(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    spec = strategy_file(
        tmp_path, "return Quotes(view.best_bid, view.best_ask, view.rules.min_size, view.rules.min_size)"
    )
    ended = mmtui("run", short, "-s", spec, "--seeds", "1", "--format", "json")
    (result,) = results(ended.out)
    assert (ended.code, result["strategy"], result["error"]) == (0, spec, None)
    assert result["presence"] > 0.9


def test_settings_go_to_every_strategy_that_has_them_or_to_one(mmtui: Mmtui, short: Path) -> None:
    args = ("run", short, "-s", "fixed", "-s", "skew", "-s", "idle", "--seeds", "1", "--format", "json")
    ended = mmtui(*args, "--set", "size=3", "--set", "skew.half_spread=2.5", "--set", "skew=0.5")
    fixed, skew, idle = (result["params"] for result in results(ended.out))
    assert fixed == {"half_spread": None, "size": 3}
    assert skew == {"half_spread": 2.5, "skew": 0.5, "size": 3}
    assert idle == {}


def test_settings_reach_a_strategy_in_a_file_by_its_whole_name(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes()", more="    lots: int = 1\n")
    ended = mmtui("run", short, "-s", spec, "--seeds", "1", "--set", f"{spec}.lots=4", "--format", "json")
    assert results(ended.out)[0]["params"] == {"lots": 4}


def test_journals_replay_to_the_digests_of_the_results(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(view.best_bid, view.best_ask, 1, 1)")
    ended = mmtui(
        "run", short, "-s", "skew", "-s", spec, "--set", "skew.size=3", "--seeds", "1:2", "--format", "json",
        "--journals", tmp_path / "deep" / "journals",
    )  # fmt: skip
    found = {}
    for path in (tmp_path / "deep" / "journals").iterdir():
        journal = read_journal(path, Trust(own_or_new_key(user_data_path("mmtui")).public))
        assert journal.end is not None
        assert journal.script.played().digest == journal.end.digest
        found[path.name.startswith("skew-short-skew-"), journal.seed] = journal.end.digest
    assert found == {(r["strategy"] == "skew", r["seed"]): r["digest"] for r in results(ended.out)}
    assert len(found) == 4


# Strategies that fail


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_fails_is_reported_and_the_others_are_kept(
    mmtui: Mmtui, short: Path, tmp_path: Path, jobs: int
) -> None:
    spec = strategy_file(tmp_path, "return Quotes(1 // (6 - self.asked))")
    ended = mmtui(
        "run", short, "-s", spec, "-s", "skew", "--seeds", "1:5", "--format", "json", "--jobs", jobs
    )  # fmt: skip
    assert ended.code == 1
    bad, good = ([r for r in results(ended.out) if r["strategy"] == name] for name in (spec, "skew"))
    assert len(bad) == len(good) == 5
    why = f"strategy {spec} failed: ZeroDivisionError: integer division or modulo by zero (mine.py, line 14)"
    assert {(r["ended"], r["error"]) for r in bad} == {("error", why)}
    assert {r["error"] for r in good} == {None}
    assert ended.err.splitlines() == [f"skew-short, seed {seed}: {why}" for seed in range(1, 6)]


@pytest.mark.slow
def test_the_table_counts_runs_that_failed_and_averages_the_others(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    sometimes = strategy_file(tmp_path, "return Quotes(1 // (view.best_bid % 2))", "sometimes.py")
    always = strategy_file(tmp_path, "return 1 // 0", "always.py")
    ended = mmtui("run", short, "-s", sometimes, "-s", always, "--seeds", "1:20")
    assert ended.code == 1
    assert "20, 20 failed" in ended.out


def test_a_failed_run_s_journal_replays_too(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(1 // (6 - self.asked))")
    ended = mmtui("run", short, "-s", spec, "--seeds", "1", "--journals", tmp_path / "j", "--format", "json")
    (path,) = (tmp_path / "j").iterdir()
    replayed = mmtui("replay", path, "--headless")
    assert replayed.code == 0
    assert json.loads(replayed.out) == results(ended.out)[0]


# Bad input

SKEW = ("skew", "-s", "skew")
NOBODY_S = "no chosen strategy has it; their parameters are"
UNWRITTEN = "the journal cannot be written"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["skw", "-s", "skew"], "there is no level 'skw'; there are adverse-selection, "),
        (["no.toml", "-s", "skew"], "no.toml: the level cannot be read: No such file or directory"),
        (["skew", "-s", "skw"], "there is no strategy 'skw'; did you mean 'skew'?"),
        (["skew", "-s", "no.py:Mine"], "there is no strategy file no.py"),
        ([*SKEW, "--seeds", "9:3"], "--seeds 9:3: expected A:B with A ≤ B, 1,000,000 seeds at most"),
        ([*SKEW, "--seeds", "-3:3"], "--seeds -3:3: expected a whole number from 0 to 1e18, not '-3'"),
        ([*SKEW, "--seeds", "1-3"], "--seeds 1-3: expected a whole number from 0 to 1e18, not '1-3'"),
        ([*SKEW, "--seeds", "1:"], "--seeds 1:: expected A:B or one whole number"),
        ([*SKEW, "--seeds", ""], "--seeds : expected A:B or one whole number"),
        ([*SKEW, "--jobs", "0"], "--jobs 0: expected a whole number from 1 to 1024"),
        ([*SKEW, "--jobs", "two"], "--jobs two: expected a whole number from 1 to 1024"),
        ([*SKEW, "--set", "nonsense"], "a parameter is set as key=value, not 'nonsense'"),
        ([*SKEW, "--set", "colour=3"], f"--set colour=3: {NOBODY_S} half_spread, size, skew"),
        (["skew", "-s", "idle", "--set", "size=3"], f"--set size=3: {NOBODY_S} none"),
        ([*SKEW, "--set", "fixed.size=3"], f"--set fixed.size=3: {NOBODY_S} half_spread, size, skew"),
        ([*SKEW, "--set", "skew.sizes=3"], "strategy skew has no parameter 'sizes'; did you mean 'size'?"),
        ([*SKEW, "--set", "size=x"], "strategy skew: size must be a whole number from 1 to 1e9, or auto, not 'x'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(mmtui: Mmtui, args: list[str], sentence: str) -> None:
    ended = mmtui("run", *args)
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert ended.out == ""
    assert ended.err.startswith(f"Error: {sentence}")
    assert ended.err.endswith(f"{sentence}\n") or sentence.endswith(", ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--out", "/no/r.json"], "/no/r.json: cannot be written: No such file or directory"),
        (["--out", "/"], "/: cannot be written: Is a directory"),
        (["--out", "/dev/full"], "/dev/full: cannot be written: No space left on device"),
        (["--format", "parquet", "--out", "/dev/full"], "/dev/full: cannot be written: No space left on device"),
        (["--journals", "/dev/null/x"], f"/dev/null/x/skew-skew-1.jsonl: {UNWRITTEN}: Not a directory"),
    ],
)
def test_what_cannot_be_written_is_one_sentence_and_exit_code_1(mmtui: Mmtui, args: list[str], sentence: str) -> None:
    ended = mmtui("run", *SKEW, *args)
    assert (ended.code, ended.out, ended.err) == (1, "", f"Error: {sentence}\n")


def test_bad_settings_leave_the_results_of_before_alone(mmtui: Mmtui, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("before")
    assert mmtui("run", *SKEW, "--set", "size=x", "--out", tmp_path / "r.json").code == 2
    assert (tmp_path / "r.json").read_text() == "before"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[maker]", "[maker]\nposition_limt = 3", "maker.position_limt: unknown key; did you mean position_limit?"),
        ("rate = 0.5", "rate = -0.5", "market.noise_market.rate: expected a number of at least 0, not -0.5"),
    ],
)
def test_a_level_with_a_fault_is_one_sentence(mmtui: Mmtui, tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = shortened("skew", tmp_path, **{old: new})
    ended = mmtui("run", path, "-s", "skew")
    assert (ended.code, ended.out, ended.err) == (2, "", f"Error: {path}: {sentence}\n")


def test_a_strategy_file_that_raises_when_it_is_read_is_bad_input(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import math\nmath.sqrt(-1)\n")
    ended = mmtui("run", short, "-s", f"{tmp_path}/mine.py:Mine")
    sentence = f"strategy file {tmp_path}/mine.py cannot be run: ValueError: math domain error (mine.py, line 2)"
    assert (ended.code, ended.out, ended.err) == (2, "", f"Error: {sentence}\n")


def test_two_levels_of_one_name_are_refused(mmtui: Mmtui, tmp_path: Path) -> None:
    path = shortened("skew", tmp_path, **{'id = "skew"': 'id = "skew"'})
    ended = mmtui("run", "skew", path, "-s", "skew")
    sentence = f"{path}: another level is called 'skew' too; give this one its own id"
    assert (ended.code, ended.err) == (2, f"Error: {sentence}\n")


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["skew"], "Missing option '--strategy'"),
        (["-s", "skew"], "Missing argument 'LEVEL...'"),
        (["skew", "-s", "skew", "--format", "xml"], "Invalid value for '--format'"),
        (["skew", "-s", "skew", "--journals", __file__], "Invalid value for '--journals'"),
    ],
)
def test_wrong_usage_is_explained_and_exits_2(mmtui: Mmtui, args: list[str], complaint: str) -> None:
    ended = mmtui("run", *args)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Usage: mmtui run ")
    assert complaint in ended.err.splitlines()[-1] + ended.err.splitlines()[-2]


def test_help_has_examples() -> None:
    assert command.epilog is not None
    assert command.epilog.count("mmtui run") >= 3


@pytest.mark.slow
def test_a_run_brings_in_nothing_that_it_does_not_need(short: Path) -> None:
    """Or it would start slowly: no terminal library, no screen's instruments, no other strategy."""
    code = (
        "import sys; from mmtui.cli.main import main; main(sys.argv[1:]);"
        "print(*sorted(sys.modules), file=sys.stderr, sep='\\n')"
    )
    args = ["run", str(short), "-s", "skew", "--seeds", "1"]
    ended = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True)
    imported = set(ended.stderr.splitlines())
    assert {"mmtui.session.session", "mmtui.strategies.baselines.skew"} <= imported
    needless = {
        "rich",
        "textual",
        "multiprocessing",
        "mmtui.signals.volatility",
        "mmtui.observe.snapshot_builder",
        "mmtui.strategies.baselines.touch",
    }
    assert not imported & needless


def test_an_audit_is_silent_where_all_adds_up_and_ends_the_run_where_not(
    mmtui: Mmtui, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = mmtui("run", short, "-s", "skew", "--seeds", "3", "--audit", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    assert results(ended.out) == results(mmtui("run", short, "-s", "skew", "--seeds", "3", "--format", "json").out)
    monkeypatch.setattr("mmtui.session.audit.isclose", lambda *_, **__: False)
    ended = mmtui("run", short, "-s", "skew", "--seeds", "3", "--audit")
    assert ended.code == 1
    assert "seed 3, 0.000 s: the PnL is 0.0, its parts make" in ended.err

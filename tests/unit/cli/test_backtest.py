"""``mmtui backtest``."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from pyarrow import parquet

from mmtui.lab.backtest.model import PathStep
from tests.unit.cli.conftest import Mmtui

STEPS = 120


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """Two minutes of a walk around 100, in cents."""
    moves = np.rint(np.random.default_rng(2).normal(0, 2, STEPS)).astype(int)
    path = tmp_path / "prices.csv"
    lines = [
        f"2026-01-05T09:{30 + at // 60}:{at % 60:02}Z,{100 + cents / 100:.2f},x"
        for at, cents in enumerate([0, *np.cumsum(moves).tolist()])
    ]
    path.write_text("\n".join(["timestamp,price,note", *lines]))
    return path


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_the_summary_adds_up_and_says_what_was_run(mmtui: Mmtui, prices: Path) -> None:
    ended = mmtui("backtest", prices, "--strategy", "skew", "--fill", "coin", "--seed", 3, "--set", "half_spread=2")
    assert (ended.code, ended.err) == (0, "")
    shown = {line[:10].strip(): line[10:].strip() for line in ended.out.splitlines()}
    assert shown["path"].endswith("121 prices in 120 s")
    assert shown["market"].startswith("tick 0.01, spread 2 ticks, volatility ")
    assert shown["strategy"] == "skew half_spread=2.0 size=1"
    assert shown["fills by"] == "coin, seed 3"
    assert "PnL" in shown
    assert shown[""].startswith("= spread ")


def test_json_is_the_summary(mmtui: Mmtui, prices: Path) -> None:
    ended = mmtui("backtest", prices, "-s", "skew", "--fill", "intensity", "--format", "json")
    report = json.loads(ended.out)
    pnl = report["pnl"]
    assert pnl["total"] == pytest.approx(pnl["spread"] + pnl["position"] + pnl["hedge"] - pnl["fees"])
    assert report["fill"] == "intensity"
    assert set(report["markout"]) == {"1s", "10s", "60s"}
    assert report["path"]["rate"] > 0


def test_csv_is_a_row_a_step_and_stands_alone_on_standard_output(mmtui: Mmtui, prices: Path) -> None:
    ended = mmtui("backtest", prices, "-s", "touch", "--fill", "coin", "--format", "csv")
    rows = rows_of(ended.out)
    assert len(rows) == STEPS
    assert list(rows[0]) == list(PathStep.__struct_fields__)
    assert rows[0]["timestamp"] == "2026-01-05T09:30:00Z"
    assert rows[-1]["pnl"] != "0.0"
    assert "PnL" in ended.err


@pytest.mark.parametrize("form", [[], ["--format", "csv"], ["--format", "table"]])
def test_rows_go_to_a_csv_file_and_the_summary_to_standard_output(
    mmtui: Mmtui, prices: Path, tmp_path: Path, form: list[str]
) -> None:
    out = tmp_path / "steps.csv"
    ended = mmtui("backtest", prices, "-s", "touch", "--fill", "coin", "--out", out, *form)
    assert "PnL" in ended.out
    alone = mmtui("backtest", prices, "-s", "touch", "--fill", "coin", "--format", "csv")
    assert out.read_text() == alone.out


def test_the_summary_goes_to_a_file_of_another_name(mmtui: Mmtui, prices: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    ended = mmtui("backtest", prices, "-s", "touch", "--format", "json", "--out", out)
    assert ended.out == ""
    assert json.loads(out.read_text())["strategy"] == "touch"


def test_parquet_holds_the_same_rows(mmtui: Mmtui, prices: Path, tmp_path: Path) -> None:
    out = tmp_path / "steps.parquet"
    assert mmtui("backtest", prices, "-s", "touch", "--fill", "coin", "--out", out).code == 0
    table = parquet.read_table(out)
    rows = rows_of(mmtui("backtest", prices, "-s", "touch", "--fill", "coin", "--format", "csv").out)
    assert table.column_names == list(PathStep.__struct_fields__)
    assert [str(value) for value in table["pnl"].to_pylist()] == [row["pnl"] for row in rows]


def test_parquet_without_pyarrow_is_one_sentence(
    mmtui: Mmtui, prices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ended = mmtui("backtest", prices, "-s", "touch", "--out", tmp_path / "steps.parquet")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Error: parquet needs pyarrow, which is not installed: pip install 'mmtui[parquet]'\n"
    assert not (tmp_path / "steps.parquet").exists()


def test_a_plot_shows_price_and_pnl(mmtui: Mmtui, prices: Path) -> None:
    ended = mmtui("backtest", prices, "-s", "skew", "--fill", "through", "--plot")
    assert ended.code == 0
    lines = ended.out.splitlines()
    at = lines.index("PnL")
    braille = [any("\u2801" <= sign <= "\u28ff" for sign in line) for line in lines]
    assert sum(braille[:at]) >= 5
    assert sum(braille[at:]) >= 3
    assert "▲" in ended.out
    assert "▼" in ended.out
    assert "2026-01-05T09:30:00Z" in lines[-1]


def test_every_option_reaches_the_run(mmtui: Mmtui, prices: Path) -> None:
    settings = {"tick": 0.02, "lot": 10, "spread": 5, "limit": 4, "seed": 9}
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    ended = mmtui(
        "backtest", prices, "-s", "fixed", "--fill", "intensity", "--A", 2, "--k", 25, "--size", 3, "--fee-bps", 1,
        "--latency-ms", 5, "--format", "json", *options
    )  # fmt: skip
    report = json.loads(ended.out)
    assert report["seed"] == 9
    assert report["params"]["size"] == 3
    assert report["position"]["limit"] == 4
    assert report["pnl"]["fees"] > 0
    path = report["path"]
    assert (path["tick"], path["lot"], path["spread"]) == (0.02, 10, 5)
    assert (path["rate"], path["k"]) == (2.0, pytest.approx(0.5))


def test_chance_and_touching_reach_the_run(mmtui: Mmtui, prices: Path) -> None:
    def fills(*args: object) -> int:
        return int(json.loads(mmtui("backtest", prices, "-s", "touch", "--format", "json", *args).out)["fills"])

    assert fills("--fill", "coin", "--chance", 0) == 0
    assert fills("--fill", "through", "--touching") > fills("--fill", "through")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["-s", "skwe"], "there is no strategy 'skwe'; did you mean 'skew'?"),
        (
            ["-s", "skew", "--set", "x=1"],
            "--set x=1: no chosen strategy has it; their parameters are half_spread, size",
        ),
        (["-s", "skew", "--tick", "0"], "--tick 0: expected a number from 1e-12 to 1e12"),
        (["-s", "skew", "--tick", "nan"], "--tick nan: expected a number from 1e-12 to 1e12"),
        (["-s", "skew", "--k", "x"], "--k x: expected a number from 1e-12 to 1e12"),
        (["-s", "skew", "--tick", "500"], "is below a tick of 500"),
        (["-s", "skew", "--format", "parquet"], "--format parquet: expected --out FILE, since parquet is not text"),
        (["-s", "skew", "--format", "csv", "--out", "a.parquet"], "--format csv: --out a.parquet says parquet"),
        (["-s", "skew", "--fill", "book", "--market", "moon"], "Invalid value for '--market': 'moon' is not one of"),
        ([], "Missing option '--strategy' / '-s'."),
    ],
)
def test_wrong_use_is_one_sentence(mmtui: Mmtui, prices: Path, args: list[str], told: str) -> None:
    ended = mmtui("backtest", prices, *args)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_what_cannot_be_written_is_one_sentence(mmtui: Mmtui, prices: Path) -> None:
    ended = mmtui("backtest", prices, "-s", "skew", "--out", "/nowhere/a.csv")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "Error: /nowhere/a.csv: cannot be written: No such file or directory\n"


def test_a_bad_row_is_one_sentence_with_its_line(mmtui: Mmtui, prices: Path) -> None:
    prices.write_text(prices.read_text(encoding="utf-8").replace("09:30:04Z,", "09:30:04Z,-"), encoding="utf-8")
    ended = mmtui("backtest", prices, "-s", "skew")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: {prices}, line 6: the price -")


def test_a_strategy_of_one_s_own_runs_and_a_failing_one_is_told_with_its_line(mmtui: Mmtui, prices: Path) -> None:
    file = prices.parent / "my.py"
    assert mmtui("strategies", "new", file).code == 0
    assert mmtui("backtest", prices, "-s", f"{file}:MyMaker").code == 0
    text = file.read_text()
    file.write_text(text.replace("centre = others_mid(view)", "centre = others_mid(vew)"))
    line = next(at for at, row in enumerate(file.read_text().splitlines(), 1) if "vew" in row)
    ended = mmtui("backtest", prices, "-s", f"{file}:MyMaker")
    assert ended.code == 1
    assert ended.err.endswith(f"failed: NameError: name 'vew' is not defined (my.py, line {line})\n")


def test_help_has_examples_and_says_what_fills(mmtui: Mmtui) -> None:
    shown = mmtui("backtest", "--help").out
    assert "mmtui backtest prices.csv --strategy skew" in shown
    for model in ("coin ", "through ", "intensity ", "book "):
        assert f"\n    {model}" in shown


def test_the_report_s_keys_are_stable(mmtui: Mmtui, prices: Path) -> None:
    report = json.loads(mmtui("backtest", prices, "-s", "idle", "--format", "json").out)
    assert list(report) == [
        "mmtui", "file", "strategy", "params", "fill", "seed", "pnl", "drawdown", "position", "markout", "fills",
        "volume", "path", "notes",
    ]  # fmt: skip
    assert msgspec.json.encode(report)

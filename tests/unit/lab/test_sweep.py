"""Sweeps, and the store that lets them go on where they were."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import pytest
from pyarrow.parquet import read_table

from mmtui.errors import InputError
from mmtui.lab.runs.batch import simulate
from mmtui.lab.runs.store import key_of
from mmtui.lab.sweeps.sweep import SweepPoint, sweep
from mmtui.level.level import Level, load_level, parse_level
from mmtui.market.tape.tape_market import file_digest
from mmtui.session.commands import Params
from mmtui.session.result import Result
from mmtui.strategies.imports import imported_code
from mmtui.strategies.sources import source_digest
from tests.tapes import LEVEL as TAPE
from tests.tapes import simulated, write
from tests.unit.cli.conftest import Mmtui, mmtui, short  # noqa: F401
from tests.unit.cli.test_interrupt import PATIENCE
from tests.unit.session.support import strategy_file

POINTS: list[Params] = [{"half_spread": half, "skew": 0.2} for half in (1.0, 2.0, 0.5)]


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=10)


def stored(folder: Path) -> int:
    """How many sessions a store has."""
    if not (folder / "results.sqlite").exists():
        return 0
    with closing(sqlite3.connect(folder / "results.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM results").fetchone()[0])


def swept(level: Level, folder: Path, seeds: range, points: list[Params] = POINTS) -> tuple[list[SweepPoint], int]:
    """The points, and how many sessions were new to the store."""
    before = stored(folder)
    found = sweep(level, "skew", points, seeds, store=folder)
    return found, stored(folder) - before


@pytest.mark.slow
def test_only_what_is_missing_is_run(level: Level, tmp_path: Path) -> None:
    first, ran = swept(level, tmp_path, range(1, 5))
    assert ran == 12
    assert swept(level, tmp_path, range(1, 5)) == (first, 0)
    assert swept(level, tmp_path, range(3, 7))[1] == 6
    assert swept(level, tmp_path, range(1, 5), [*POINTS, {"half_spread": 3.0, "skew": 0.2}])[1] == 4
    alone = sweep(level, "skew", POINTS, range(1, 5))
    assert alone == first
    other = msgspec.structs.replace(level, duration_s=9)
    assert swept(other, tmp_path, range(1, 5))[1] == 12


def test_points_are_ranked_and_only_clear_differences_are_called_so(level: Level) -> None:
    found = sweep(level, "skew", POINTS, range(1, 9), measure="drawdown")
    assert [point.drawdown for point in found] == sorted(point.drawdown for point in found)
    assert (found[0].verdict, found[0].behind) == ("best", 0.0)
    assert all(point.verdict in ("better", "not distinguishable") for point in found[1:])
    assert found[-1].behind == pytest.approx(found[-1].drawdown - found[0].drawdown)
    single = sweep(level, "skew", POINTS, [1])
    assert [(point.score_sd, point.sharpe) for point in single] == [(None, None)] * 3
    results = [simulate(level, "skew", seed, POINTS[0]) for seed in range(1, 9)]
    (one,) = (point for point in found if point.point == POINTS[0])
    assert one.score == pytest.approx(sum(result.score for result in results) / 8)


def test_chance_alone_makes_a_point_better_one_time_in_twenty(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twelve points with nothing between them, by the one that happens to be best."""
    template = simulate(msgspec.structs.replace(level, duration_s=2), "idle", 1)
    rng = np.random.default_rng(8)
    points: list[Params] = [{"skew": at / 100} for at in range(1, 13)]

    def by_chance(*_: object) -> Iterator[Result]:
        for seed in range(1, 11):
            for score in rng.standard_normal(len(points)).tolist():
                yield msgspec.structs.replace(template, seed=seed, score=score, digest=str(score))

    monkeypatch.setattr("mmtui.lab.sweeps.sweep.run_batches", by_chance)
    rounds = 60
    found = sum(
        any(point.verdict == "better" for point in sweep(level, "skew", points, range(1, 11))) for _ in range(rounds)
    )
    # At most 3 expected, standard deviation 1.7; four of them above. Uncorrected it would be 35 or more.
    assert found <= 3 + 7


def test_points_that_are_the_same_are_never_told_apart(level: Level) -> None:
    found = sweep(level, "skew", [{"size": 2, "skew": skew} for skew in (0.12, 0.12, 0.12)], range(1, 6))
    assert [point.verdict for point in found] == ["best", "not distinguishable", "not distinguishable"]


def test_seeds_that_are_one_session_are_no_sample(tmp_path: Path) -> None:
    tape = write(tmp_path / "tape.csv", simulated(60))
    text = TAPE.format(duration=5, file="tape.csv", digest=file_digest(tape), more="from_s = 20.0")
    level = parse_level(text, str(tmp_path / "level.toml"))
    assert [point.verdict for point in sweep(level, "skew", POINTS, [1])] == ["best", None, None]
    with pytest.raises(InputError, match="level recorded: every seed is the same session"):
        sweep(level, "skew", POINTS, [1, 2])


def test_a_key_tells_apart_all_that_matters(level: Level, tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes()")
    first = source_digest([(spec, ())])
    base = source_digest([("composite", [spec])])
    assert first != source_digest([("skew", ())])
    strategy_file(tmp_path, "return Quotes(None)")
    assert source_digest([(spec, ())]) != first
    assert source_digest([("composite", [spec])]) != base
    keys = {
        key_of(level, "skew", "code", {"a": 1, "b": 2}, 1),
        key_of(msgspec.structs.replace(level, duration_s=11), "skew", "code", {"a": 1, "b": 2}, 1),
        key_of(level, "fixed", "code", {"a": 1, "b": 2}, 1),
        key_of(level, "skew", "other code", {"a": 1, "b": 2}, 1),
        key_of(level, "skew", "code", {"a": 1, "b": 3}, 1),
        key_of(level, "skew", "code", {"a": 1, "b": 2}, 2),
    }
    assert len(keys) == 6
    assert key_of(level, "skew", "code", {"b": 2, "a": 1}, 1) in keys


# The command


@pytest.fixture
def args(short: Path, tmp_path: Path) -> list[str]:  # noqa: F811
    grid = ["--grid", "half_spread=0.5,1", "--grid", "skew=0.05,0.2"]
    return ["sweep", str(short), "-s", "skew", *grid, "--seeds", "1:3", "--store", str(tmp_path / "store")]


def test_table_and_map_are_printed(mmtui: Mmtui, args: list[str]) -> None:  # noqa: F811
    ended = mmtui(*args)
    lines = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert lines[0].split()[:3] == ["half_spread", "skew", "score"]
    assert "this one" in lines[1]
    assert lines[6] == "score, half_spread down, skew across"
    assert lines[7].split() == ["0.05", "0.2"]
    assert [line.split()[0] for line in lines[8:10]] == ["0.5", "1"]
    assert lines[-2].startswith("skew-short: skew at 4 points over 3 seeds; behind the best in score. To confirm")
    words = shlex.split(lines[-1])
    assert words[1:] == [
        *("compare", str(args[1]), "-s", "skew", "-s"),
        *("winner=skew[half_spread=1.0,skew=0.05]", "--seeds", "4:6"),
    ]


def test_forms_agree(mmtui: Mmtui, args: list[str], tmp_path: Path) -> None:  # noqa: F811
    rows = json.loads(mmtui(*args, "--format", "json").out)
    listed = list(csv.DictReader(io.StringIO(mmtui(*args, "--format", "csv").out)))
    assert [row["point.half_spread"] for row in listed] == [str(row["point"]["half_spread"]) for row in rows]
    assert [row["score"] for row in listed] == [str(row["score"]) for row in rows]
    assert mmtui(*args, "--format", "parquet", "--out", tmp_path / "s.parquet").code == 0
    assert read_table(tmp_path / "s.parquet").column_names == list(listed[0])
    assert mmtui(*args, "--format", "json", "--jobs", "2").out == mmtui(*args, "--format", "json").out


def test_ranges_are_drawn_from(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:  # noqa: F811
    args = ["sweep", short, "-s", "skew", "--grid", "half_spread=0.5:3", "--seeds", "1:2", "--store", tmp_path]
    rows = json.loads(mmtui(*args, "--sobol", "8", "--format", "json").out)
    cells = sorted(int((row["point"]["half_spread"] - 0.5) / 2.5 * 8) for row in rows)
    assert cells == list(range(8))
    assert len(json.loads(mmtui(*args, "--random", "5", "--format", "json").out)) == 5
    both = mmtui(*args, "--random", "5", "--sobol", "8")
    assert (both.code, both.err) == (2, "Error: --random and --sobol: expected one of them\n")
    (tmp_path / "file").write_text("")
    ended = mmtui(*args[:-1], tmp_path / "file" / "x", "--random", "2")
    assert ended.code == 1
    assert ended.err.startswith(f"Error: --store {tmp_path / 'file' / 'x'}: results cannot be kept there: ")


def started(args: list[str], seeds: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mmtui", *args, "--seeds", seeds, "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kept_in(folder: Path) -> int:
    path = folder / "results.sqlite"
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(path)) as database:
            return int(database.execute("SELECT count(*) FROM results").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_sweep_that_is_ended_goes_on_from_there(
    mmtui: Mmtui,  # noqa: F811
    args: list[str],
    tmp_path: Path,
    how: signal.Signals,
) -> None:
    running = started(args, "1:100000")
    until = time.monotonic() + PATIENCE
    while kept_in(tmp_path / "store") < 12:
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(running.pid, how)
    out, err = running.communicate(timeout=PATIENCE)
    assert out == ""
    kept = kept_in(tmp_path / "store")
    assert kept >= 12
    if how is signal.SIGINT:
        assert running.returncode == 130
        assert err.startswith("What is finished is kept in ")
    again = mmtui(*args, "--format", "json")
    assert (again.code, kept_in(tmp_path / "store")) == (0, kept)
    fresh = [*args[:-1], str(tmp_path / "another")]
    assert mmtui(*fresh, "--format", "json").out == again.out


@pytest.mark.slow
def test_two_at_once_do_not_disturb_each_other(args: list[str], tmp_path: Path) -> None:
    both = [started(args, "1:12"), started(args, "1:12")]
    (first, second) = (running.communicate(timeout=PATIENCE) for running in both)
    assert first == second
    assert json.loads(first[0])
    assert kept_in(tmp_path / "store") == 48


# The code that a strategy consists of


def test_an_edited_helper_is_another_strategy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imported by the file, by what it imports, in a function, or from a package beside it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    package = tmp_path / "mmtui_test_package"
    package.mkdir()
    files = {
        package / "__init__.py": "",
        package / "inner.py": "from . import deeper\n",
        package / "deeper.py": "X = 1\n",
        tmp_path / "mmtui_test_helper.py": "import mmtui_test_further\n",
        tmp_path / "mmtui_test_further.py": "X = 1\n",
        tmp_path / "mmtui_test_late.py": "import mmtui_test_later\n",
        tmp_path / "mmtui_test_later.py": "X = 1\n",
        tmp_path / "mmtui_test_unused.py": "X = 1\n",
    }
    for path, text in files.items():
        path.write_text(text)
    strategy = tmp_path / "mine.py"
    strategy.write_text(
        "import mmtui_test_helper\nfrom mmtui_test_package import inner\n"
        "from mmtui.strategies.baselines.skew import Skew\n\n\nclass Mine(Skew):\n"
        "    def quote(self, view):\n        import mmtui_test_late\n        return super().quote(view)\n"
    )
    spec = f"{strategy}:Mine"
    before = source_digest([(spec, ())])
    assert source_digest([(spec, ())]) == before
    for path in files:
        text = path.read_text()
        path.write_text(text + "# edited\n")
        assert (source_digest([(spec, ())]) == before) is (path.name == "mmtui_test_unused.py"), path.name
        path.write_text(text)
    assert source_digest([(spec, ())]) == before


def test_an_installed_library_counts_by_its_version() -> None:
    code = imported_code([b"import msgspec.json, json, mmtui.book, no_such_module"])
    assert code["msgspec"].startswith(b"msgspec ")
    assert not {"json", "mmtui.book", "no_such_module"} & set(code)


def test_a_module_in_a_plain_folder_of_a_package_is_found(tmp_path: Path) -> None:
    package = tmp_path / "mmtui_test_outer"
    (package / "plain").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "plain" / "module.py").write_text("A = 1")
    code = imported_code([b"from mmtui_test_outer.plain.module import A"], folder=str(tmp_path))
    assert sorted(code) == ["mmtui_test_outer/__init__.py", "mmtui_test_outer/plain/module.py"]


def test_a_point_without_the_measure_is_last_and_has_none() -> None:
    level = msgspec.structs.replace(load_level("skew"), duration_s=20)
    ranked = sweep(level, "fixed", [{"half_spread": 1e5}, {"half_spread": 0.5}], range(1, 4), measure="markout_10s")
    assert [point.point["half_spread"] for point in ranked] == [0.5, 1e5]
    assert (ranked[1].behind, ranked[1].markout_10s) == (None, None)
    with pytest.raises(InputError, match="markout_10s cannot be computed"):
        sweep(level, "fixed", [{"half_spread": 1e5}], range(1, 4), measure="markout_10s")

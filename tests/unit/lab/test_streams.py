"""Many sessions: streamed, stored, written as a data set, and not lost with a process."""

from __future__ import annotations

import os
import signal
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from pyarrow import dataset
from pyarrow.parquet import ParquetFile

from mmtui import compare, load_level, run, stream
from mmtui.errors import MmtuiError, OutputError
from mmtui.lab.tables.parquet import write_dataset, write_parquet
from mmtui.level.level import Level
from mmtui.session.result import Result
from tests.unit.cli.conftest import Mmtui, mmtui  # noqa: F401

DIES = """
import os, signal
from dataclasses import dataclass
from pathlib import Path
from mmtui import Quotes, Strategy

@dataclass
class Dies(Strategy):
    name = "dies"
    idea = "ends its process, as often as there are files to take away"

    def quote(self, view):
        for path in sorted(Path({folder!r}).glob("life-*")):
            path.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return Quotes.around(view.mid, 1.0, 1)
"""


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=2)


@pytest.fixture
def dies(tmp_path: Path) -> str:
    (tmp_path / "dies.py").write_text(DIES.format(folder=str(tmp_path)))
    return f"{tmp_path / 'dies.py'}:Dies"


def lives(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"life-{number}").touch()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no such signals")
def test_a_process_that_is_killed_is_replaced_and_no_result_is_lost(level: Level, dies: str, tmp_path: Path) -> None:
    alone = run(level, ["skew", dies], range(1, 9))
    lives(tmp_path, 2)
    assert run(level, ["skew", dies], range(1, 9), jobs=2) == alone
    assert not list(tmp_path.glob("life-*"))


@pytest.mark.slow
def test_sessions_that_kill_every_process_are_given_up(level: Level, dies: str, tmp_path: Path) -> None:
    lives(tmp_path, 40)
    with pytest.raises(MmtuiError, match=r"4 processes were ended from outside, the last ones at level skew, strategy"):
        run(level, ["skew", dies], range(1, 3), jobs=2)


@pytest.mark.slow
def test_what_is_stored_is_not_run_again_and_comes_in_its_place(level: Level, tmp_path: Path) -> None:
    whole = run(level, ["skew", "fixed", "idle"], range(1, 7))
    run(level, ["fixed"], range(2, 5), store=tmp_path)
    run(level, ["skew", "fixed", "idle"], [3], store=tmp_path, jobs=2)
    for jobs in (1, 2):
        assert run(level, ["skew", "fixed", "idle"], range(1, 7), store=tmp_path, jobs=jobs) == whole


def test_what_came_before_an_end_is_stored(level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = list(islice(stream(level, ["skew", "fixed"], range(1, 5), store=tmp_path), 5))

    def never(*_: object) -> Iterator[Result]:
        raise AssertionError
        yield

    first = [*run(level, ["skew", "fixed"], [1, 2], store=tmp_path)]
    monkeypatch.setattr("mmtui.lab.runs.run.run_here", never)
    assert run(level, ["skew", "fixed"], [1, 2], store=tmp_path) == first == some[:4]


def test_a_data_set_has_a_folder_for_each_level_and_strategy(level: Level, tmp_path: Path) -> None:
    other = msgspec.structs.replace(level, id="other")
    results = run([level, other], ["skew", "a.b=skew[size=1]", "skew[size=1]"], range(1, 4))
    assert write_dataset(iter(results), Result, tmp_path / "runs") == 18
    found = dataset.dataset(tmp_path / "runs", partitioning="hive").to_table().to_pylist()
    assert sorted((row["level"], row["strategy"], row["seed"], row["score"]) for row in found) == sorted(
        (result.level, result.strategy, result.seed, result.score) for result in results
    )
    files = {path: path.read_bytes() for path in (tmp_path / "runs").rglob("*.parquet")}
    assert len(files) == 6
    write_dataset(iter(results), Result, tmp_path / "runs")
    assert {path: path.read_bytes() for path in (tmp_path / "runs").rglob("*.parquet")} == files
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file/level=skew"):
        write_dataset(iter(results), Result, tmp_path / "file")


def test_a_file_has_a_row_group_for_each_level_and_strategy(level: Level, tmp_path: Path) -> None:
    results = run(level, ["skew", "idle"], range(1, 4))
    write_parquet(iter(results), Result, tmp_path / "runs.parquet")
    file = ParquetFile(tmp_path / "runs.parquet")
    groups = [file.read_row_group(at).column("strategy").to_pylist() for at in range(file.num_row_groups)]
    assert groups == [["skew"] * 3, ["idle"] * 3]


@pytest.mark.slow
def test_a_comparison_keeps_some_bytes_of_a_session(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    (result,) = run(level, "skew", [1])
    monkeypatch.setattr("mmtui.lab.statistics.paired._RESAMPLES", 100)

    def results(count: int) -> Iterator[Result]:
        for seed in range(count):
            for name in ("skew", "idle"):
                yield msgspec.structs.replace(result, seed=seed, strategy=name, score=float(seed % 7), digest=str(seed))

    def peak(count: int) -> int:
        tracemalloc.start()
        compare(results(count), ["skew", "idle"])
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    # A result itself is three kilobytes.
    assert (peak(10_000) - peak(5_000)) / 10_000 < 1_000


def test_the_command_stores_and_writes_a_data_set(mmtui: Mmtui, tmp_path: Path) -> None:  # noqa: F811
    args = ["run", "skew", "-s", "skew", "--set", "duration_s=2", "--seeds", "1:3", "--format", "parquet"]
    for _ in range(2):
        ended = mmtui(*args, "--store", str(tmp_path / "store"), "--out", f"{tmp_path}/runs/")
        assert (ended.code, ended.err) == (0, "")
    assert dataset.dataset(tmp_path / "runs", partitioning="hive").count_rows() == 3
    assert os.listdir(tmp_path / "store") == ["results.sqlite"]  # noqa: PTH208

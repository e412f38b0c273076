"""Batches on a Dask cluster of processes of this machine: the same results, whatever becomes of the workers."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from distributed import LocalCluster

from mmtui.cli.main import main
from mmtui.errors import InputError, MmtuiError
from mmtui.lab.leagues.league import fixtures, play_elsewhere, played
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.cluster import finish_elsewhere
from mmtui.lab.runs.run import run_batches
from mmtui.level.level import Level, load_level, parse_level
from mmtui.market.tape.tape_market import file_digest
from mmtui.session.commands import Params
from mmtui.strategies.loading import SentFile
from mmtui.strategies.sources import engine_digest
from tests.tapes import LEVEL, simulated, write
from tests.unit.cli.test_interrupt import ENDLESS, PATIENCE, Running, lines_of
from tests.unit.session.support import strategy_file

# Dask closes its connections in its own time.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as found:
        yield found


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=20)


@pytest.mark.slow
def test_results_are_those_of_a_local_run_to_the_byte(cluster: LocalCluster, level: Level) -> None:
    batch = Batch([level, load_level("first-quotes")], [("skew", {}), ("fixed", {"size": 3})], range(1, 7))
    there = list(run_batches([batch], cluster=cluster.scheduler_address))
    assert msgspec.json.encode(there) == msgspec.json.encode(list(run_batches([batch])))


def test_a_league_is_that_of_this_machine_and_of_strategies_that_ship(cluster: LocalCluster, level: Level) -> None:
    games = fixtures([level], [("skew", {}), ("fixed", {})], [1, 2])
    assert list(played(games, 1, cluster=cluster.scheduler_address)) == list(played(games, 1))
    with pytest.raises(InputError, match="strategies that ship"):
        list(played(fixtures([level], [("skew", {}), ("my.py:Mine", {})], [1]), 1, cluster=cluster.scheduler_address))
    with pytest.raises(MmtuiError, match=r"the one that asks, 9\.9\.9,"):
        play_elsewhere(games[0], "another", "9.9.9")


def test_strategies_in_files_travel_and_are_called_what_they_are_called_here(
    cluster: LocalCluster, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers' own folder is another one, in which the files' paths lead nowhere."""
    bodies = {
        "good": "return Quotes(view.best_bid, view.best_ask, 1, 1)",
        "bad": "return Quotes(1 / 0)",
        "odd": "return 7",
    }
    specs = [strategy_file(tmp_path, body, f"{stem}.py") for stem, body in bodies.items()]
    monkeypatch.chdir(tmp_path)
    own: list[tuple[str, Params]] = [(Path(spec).name, {}) for spec in specs]
    batch = Batch([level], [*own, ("composite", {"base": own[0][0]})], [1, 2])
    there = list(run_batches([batch], cluster=cluster.scheduler_address))
    assert msgspec.json.encode(there) == msgspec.json.encode(list(run_batches([batch])))
    assert [result.error is None for result in there[:4]] == [True, False, False, True]
    assert "bad.py, line" in (there[1].error or "")


def test_a_tape_travels_too(cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies in a folder that the workers, whose own is another, would not find."""
    monkeypatch.chdir(tmp_path)
    tape = write(Path("tape.csv"), simulated(60))
    text = LEVEL.format(duration=10, file="tape.csv", digest=file_digest(tape), more="from_s = 20.0")
    level = parse_level(text, "level.toml")
    batch = Batch([level], [("skew", {}), ("fixed", {})], [1, 2])
    there = list(run_batches([batch], cluster=cluster.scheduler_address))
    assert msgspec.json.encode(there) == msgspec.json.encode(list(run_batches([batch])))
    assert there[0].market.trades > 0


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(cluster: LocalCluster, level: Level) -> None:
    batch = Batch([level], [("skew", {}), ("fixed", {})], range(1, 121))
    results = run_batches([batch], cluster=cluster.scheduler_address)
    there = list(islice(results, 20))
    killed = next(iter(cluster.workers.values())).pid
    os.kill(killed, signal.SIGKILL)
    there += results
    assert msgspec.json.encode(there) == msgspec.json.encode(list(run_batches([batch])))
    # Dask starts another worker in its own time.
    until = time.monotonic() + PATIENCE
    while next(iter(cluster.workers.values())).pid == killed:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_worker_with_another_program_is_refused(level: Level) -> None:
    batch = Batch([level], [("skew", {})], [1])
    with pytest.raises(MmtuiError, match="a worker runs another mmtui than the one that asks, next"):
        finish_elsewhere(batch, {}, {}, {}, "another", "next")


def test_files_that_were_sent_are_forgotten_after_the_chunk(level: Level, tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes()")
    path, _, name = spec.rpartition(":")
    text = Path(path).read_bytes()
    Path(path).unlink()
    batch = Batch([level], [(spec, {})], [1])
    done = finish_elsewhere(batch, {path: SentFile(path, text)}, {}, {}, engine_digest(), "")
    assert (done.results[0].strategy, done.results[0].error) == (f"{path}:{name}", None)
    with pytest.raises(InputError, match="there is no strategy file"):
        list(run_batches([batch]))


def test_the_command_runs_there(cluster: LocalCluster, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["run", "first-quotes", "-s", "skew", "--seeds", "1:3", "--format", "json"]
    assert main([*args, "--cluster", cluster.scheduler_address]) == 0
    there = capsys.readouterr().out
    assert main(args) == 0
    assert json.loads(there) == json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_what_is_finished_before_ctrl_c_is_kept(cluster: LocalCluster, tmp_path: Path) -> None:
    args = ("first-quotes", *ENDLESS, "--format", "jsonl", "--cluster", cluster.scheduler_address)
    with Running(tmp_path, *args) as running:
        running.wait_until(lambda: lines_of(running.out) > 5)
        shown = running.interrupt()
    found = [json.loads(line) for line in shown.splitlines()]
    assert [(r["seed"], r["strategy"]) for r in found[:4]] == [(1, "skew"), (1, "idle"), (2, "skew"), (2, "idle")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--cluster", "tcp://127.0.0.1:9"], "--cluster tcp://127.0.0.1:9: no Dask scheduler answers there"),
        (["--cluster", "nowhere at all"], "--cluster nowhere at all: no Dask scheduler answers there"),
        (["--cluster", "tcp://127.0.0.1:9", "--journals", "."], "--journals: on a cluster no journals are written"),
    ],
)
def test_what_cannot_be_reached_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], complaint: str
) -> None:
    monkeypatch.setattr("mmtui.lab.runs.cluster._PATIENCE_S", 0.5)
    assert main(["run", "first-quotes", "-s", "skew", *arguments]) == 2
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert len(shown.err.splitlines()) == 1


@pytest.mark.slow
def test_sessions_run_where_the_time_limit_holds(cluster: LocalCluster, level: Level, tmp_path: Path) -> None:
    """On the main thread of a process, which an alarm can interrupt; what they print is in nobody's results."""
    body = "import threading, signal; print('x'); main = threading.current_thread() is threading.main_thread()\n"
    body += "        raise RuntimeError(f'{main} {signal.getitimer(signal.ITIMER_REAL)[0] > 0}')"
    spec = strategy_file(tmp_path, body)
    [result, fixed] = run_batches([Batch([level], [(spec, {}), ("fixed", {})], [1])], cluster=cluster.scheduler_address)
    assert result.error is not None
    assert "RuntimeError: True True" in result.error
    assert fixed.error is None

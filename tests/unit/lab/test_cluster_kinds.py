"""Clusters as they are: behind TLS, by a scheduler's file, as a client, and lost in the middle."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import dask
import msgspec
import pytest
from distributed import Client, LocalCluster
from distributed.security import Security

from mmtui import Quotes, Result, load_level, run, stream
from mmtui.errors import InputError, MmtuiError
from mmtui.level.level import Level
from mmtui.strategies.protocol import MarketView, Strategy
from tests.unit.cli.test_interrupt import PATIENCE
from tests.unit.session.support import strategy_file

# Dask closes its connections in its own time.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@dataclass
class Near(Strategy):
    """Quotes around the mid."""

    name = "near"
    idea = "a tick from the mid"

    def quote(self, view: MarketView) -> Quotes:
        return Quotes.around(view.mid, 1.0, 1)


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=10)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A cluster with keys of its own, which Dask's configuration names."""
    security, folder = Security.temporary(), tmp_path_factory.mktemp("keys")
    named = {
        "ca-file": security.tls_ca_file,
        "client.cert": security.tls_client_cert,
        "client.key": security.tls_client_key,
    }
    for name, text in named.items():
        (folder / name).write_text(text)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, protocol="tls://", security=security, dashboard_address="127.0.0.1:0"
        ) as found,
        dask.config.set({f"distributed.comm.tls.{name}": str(folder / name) for name in named}),
    ):
        yield found


@pytest.fixture(scope="module")
def here(level: Level) -> list[Result]:
    return run(level, [Near, "skew"], range(1, 7))


def test_an_address_a_file_and_a_client_lead_to_the_same_results(
    tls: LocalCluster, level: Level, here: list[Result], tmp_path: Path
) -> None:
    assert tls.scheduler_address.startswith("tls://")
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": tls.scheduler_address}))
    with Client(tls, set_as_default=False) as client:
        for cluster in (tls.scheduler_address, str(file), client):
            assert run(level, [Near, "skew"], range(1, 7), cluster=cluster) == here


def test_objects_and_a_file_s_helpers_travel(tls: LocalCluster, level: Level, tmp_path: Path) -> None:
    class Scaled(Near):
        """Defined in no module's body."""

        def quote(self, view: MarketView) -> Quotes:
            return Quotes.around(view.mid, level.normal.spread, 1)

    (tmp_path / "sent_helper.py").write_text("SIZE = 3\n")
    spec = strategy_file(tmp_path, "from sent_helper import SIZE; return Quotes.around(view.mid, 1.0, SIZE)")
    local = run(level, [Scaled, spec], [1, 2], opponent=Scaled)
    assert [result.error for result in local] == [None] * 4
    assert run(level, [Scaled, spec], [1, 2], opponent=Scaled, cluster=tls.scheduler_address) == local


def test_a_killed_worker_loses_nothing(tls: LocalCluster, level: Level) -> None:
    results = stream(level, [Near], range(1, 41), cluster=tls.scheduler_address)
    there = list(islice(results, 10))
    os.kill(next(iter(tls.workers.values())).pid, signal.SIGKILL)
    assert [*there, *results] == run(level, [Near], range(1, 41))


def test_without_keys_there_is_one_sentence(tls: LocalCluster, level: Level) -> None:
    with (
        dask.config.set({f"distributed.comm.tls.{name}": None for name in ("ca-file", "client.cert", "client.key")}),
        pytest.raises(InputError, match=r"no Dask scheduler answers there: .*TLS configuration"),
    ):
        run(level, "skew", [1], cluster=tls.scheduler_address)


def dask_program(name: str, file: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", "--scheduler-file", str(file), "--no-dashboard"]
    return subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_what_came_back_before_a_scheduler_died_is_stored(
    level: Level, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scheduler.json"
    scheduler, worker = dask_program("scheduler", file, "--port", "0"), dask_program("worker", file, "--nthreads", "1")
    try:
        until = time.monotonic() + PATIENCE
        while not file.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        results = stream(level, "skew", range(1, 5_000), cluster=str(file), store=tmp_path / "store")
        found = list(islice(results, 5))
        scheduler.kill()
        with pytest.raises(MmtuiError, match=r"the cluster at .*scheduler.json was lost; what had come back is kept"):
            found.extend(results)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    with closing(sqlite3.connect(tmp_path / "store" / "results.sqlite")) as database:
        (count,) = database.execute("SELECT count(*) FROM results").fetchone()
    assert 5 <= len(found) <= count
    assert run(level, "skew", range(1, 6), store=tmp_path / "store") == found[:5]
    assert "Traceback" not in capfd.readouterr().err

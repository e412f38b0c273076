"""Ctrl-C, and the progress bar: what only a real process with a real terminal shows."""

from __future__ import annotations

import csv
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

#: Far more seeds than anybody waits for.
ENDLESS = ("-s", "skew", "-s", "idle", "--seeds", "1:1000000")
#: Only so that what hangs fails, in seconds: a loaded machine is a hundred times faster.
PATIENCE = 600


class Running:
    """The program in a process group of its own, as a shell starts it, its output in files."""

    def __init__(self, folder: Path, *args: object) -> None:
        self.out, self.err = folder / "stdout", folder / "stderr"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mmtui", "run", *map(str, args)], stdout=out, stderr=err, start_new_session=True
            )

    def wait_until(self, enough: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not enough():
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < until
            time.sleep(0.02)

    def interrupt(self) -> str:
        """Ctrl-C, as a terminal sends it to the whole group; returns what was printed."""
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.wait(PATIENCE) == 130
        assert self.err.read_text().strip() == ""
        return self.out.read_text()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def lines_of(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n") if path.exists() else 0


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_json_lines_finished_before_ctrl_c_are_kept(short: Path, tmp_path: Path, jobs: int) -> None:
    with Running(tmp_path, short, *ENDLESS, "--format", "jsonl", "--jobs", jobs) as running:
        running.wait_until(lambda: lines_of(running.out) > 5)
        shown = running.interrupt()
    found = [json.loads(line) for line in shown.splitlines()]
    assert [(r["seed"], r["strategy"]) for r in found[:4]] == [(1, "skew"), (1, "idle"), (2, "skew"), (2, "idle")]
    assert shown.endswith("\n")


@pytest.mark.slow
@pytest.mark.parametrize(("form", "jobs"), [("json", 1), ("json", 2), ("table", 1)])
def test_what_is_finished_before_ctrl_c_is_printed(short: Path, tmp_path: Path, form: str, jobs: int) -> None:
    """So many journals tell that the first chunks are finished."""
    journals = tmp_path / "journals"
    with Running(tmp_path, short, *ENDLESS, "--format", form, "--jobs", jobs, "--journals", journals) as running:
        running.wait_until(lambda: journals.exists() and len(list(journals.iterdir())) > 40)
        shown = running.interrupt()
    if form == "json":
        found = json.loads(shown)
        assert len(found) >= 8
        assert all(result["ended"] == "time" for result in found)
    else:
        assert "skew-short  skew " in shown


@pytest.mark.slow
def test_results_written_to_a_file_are_whole_after_ctrl_c(short: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    with Running(tmp_path, short, *ENDLESS, "--format", "csv", "--out", out) as running:
        # Beside its place until it is whole.
        running.wait_until(lambda: any(lines_of(part) > 4 for part in tmp_path.glob(".r.csv.*")))
        assert not out.exists()
        assert running.interrupt() == ""
    assert not list(tmp_path.glob(".r.csv.*"))
    rows = list(csv.reader(out.read_text().splitlines()))
    assert len(rows) > 4
    assert len({len(row) for row in rows}) == 1


def seen_on_a_terminal(*args: object) -> tuple[str, str]:
    """Standard output, and what a terminal on standard error was sent."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mmtui", "run", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    sent = b""
    try:
        while chunk := os.read(ours, 4096):
            sent += chunk
    except OSError:  # Linux's way of saying that the other end is closed.
        pass
    out, _ = process.communicate(timeout=PATIENCE)
    os.close(ours)
    assert process.returncode == 0
    return out, sent.decode()


@pytest.mark.slow
def test_progress_is_shown_on_a_terminal_and_only_there(short: Path) -> None:
    args = (short, "-s", "idle", "--seeds", "1:5", "--format", "jsonl")
    out, shown = seen_on_a_terminal(*args)
    assert "5/5" in shown
    assert len([json.loads(line) for line in out.splitlines()]) == 5
    piped = subprocess.run(
        [sys.executable, "-m", "mmtui", "run", *map(str, args)], capture_output=True, text=True, check=True
    )
    assert (piped.stdout, piped.stderr) == (out, "")

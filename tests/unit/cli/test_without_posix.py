"""The common way calls nothing that only POSIX has: Windows' names are left, and commands run by them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

#: What Python has on POSIX and not on Windows, as far as programs use it.
WITHOUT = """
import os, signal, sys
# What others made knows its platform by name, and is asked before.
import asyncio, click, msgspec, multiprocessing.context, numpy, platformdirs, sqlite3, subprocess
for name in ("fcntl", "termios", "tty", "pty", "pwd", "grp", "resource", "syslog"):
    sys.modules[name] = None
for name in (
    "chown", "fchmod", "fchown", "fork", "forkpty", "geteuid", "getgid", "getpgid", "getuid", "killpg", "lchown",
    "mkfifo", "nice", "register_at_fork", "sched_getaffinity", "setpgid", "setsid", "sysconf", "wait4",
    "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC",
):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGCHLD", "SIGTSTP", "SIGKILL"):
    delattr(signal, name)
for name in ("setitimer", "getitimer", "alarm", "pthread_sigmask", "ITIMER_REAL", "sigwait", "pause"):
    delattr(signal, name)
from mmtui.cli.main import main
code = main(sys.argv[1:])
sys.exit(code)
"""


def run(arguments: list[str], folder: Path, typed: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env={"XDG_DATA_HOME": str(folder), "HOME": str(folder), "TERM": "dumb"},
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_sessions_are_run_and_compared_without_posix(short: Path, tmp_path: Path) -> None:
    level = str(short)
    assert '"digest"' in run(["run", level, "-s", "skew", "--seeds", "1:2", "--format", "json"], tmp_path)
    assert "skew" in run(["compare", level, "-s", "skew", "-s", "fixed", "--seeds", "1:2"], tmp_path)
    run(["run", level, "-s", "skew", "--seeds", "1", "--journals", "kept"], tmp_path)
    (journal,) = (tmp_path / "kept").iterdir()
    assert "score" in run(["report", str(journal)], tmp_path).casefold()
    run(["replay", "--headless", str(journal)], tmp_path)


@pytest.mark.slow
def test_a_level_is_played_in_words_and_a_tape_measured_without_posix(short: Path, tmp_path: Path) -> None:
    assert "of 100" in run(["play", "--plain", str(short), "--seed", "1"], tmp_path, "join bid\nwait 60\n")
    run(["tape", "export", str(short), "-s", "skew", "-o", "session_message.csv.gz"], tmp_path)
    assert "spread, ticks" in run(["tape", "info", "session_message.csv.gz"], tmp_path)

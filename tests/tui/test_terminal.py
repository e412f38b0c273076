"""What is left behind in a real terminal when the app breaks or is ended: a terminal as it was, and the journal."""

from __future__ import annotations

import signal
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mmtui.session.journal import read_journal
from tests.benchmarks.drivers.terminal import Terminal
from tests.unit.cli.test_interrupt import PATIENCE

pytestmark = pytest.mark.slow

#: The app, whose ladder breaks as soon as the market has run for so many seconds.
_BREAKS = """
import sys
from mmtui.tui.run import open_app
from mmtui.tui.widgets.ladder import Ladder

update = Ladder.update

def breaks(self, view):
    if view.now_ns > 1_500_000_000:
        raise RuntimeError("broken on purpose")
    update(self, view)

Ladder.update = breaks
open_app("first-quotes", 7, "skew", 4.0)
sys.exit(0)
"""
#: The app, whose ladder breaks with a text that a terminal would obey.
_SAYS = r"""
import sys
from mmtui.tui.run import open_app
from mmtui.tui.widgets.ladder import Ladder

def breaks(self, view):
    raise RuntimeError("\x1b]52;c;ZXZpbA==\x07\x1b]0;TITLE\x07\x1b[2J broken on purpose")

Ladder.update = breaks
sys.exit(open_app("first-quotes", 7, "skew", 4.0))
"""
_LEFT_ALTERNATE, _CURSOR, _NO_MOUSE = b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"


def read_to_the_end(terminal: Terminal) -> None:
    until = time.monotonic() + PATIENCE
    while terminal.process.poll() is None:
        assert time.monotonic() < until
        terminal.read(0.05)
    # What it wrote before it ended is in the terminal.
    while terminal.read(0.0):
        pass


def assert_restored(terminal: Terminal) -> None:
    for restored in (_LEFT_ALTERNATE, _CURSOR, _NO_MOUSE):
        assert restored in terminal.output
    # What a line does with keys again: echo them, wait for Enter, and turn Ctrl+C into a signal.
    usual = termios.ECHO | termios.ICANON | termios.ISIG
    assert terminal.line_modes() & usual == usual


@contextmanager
def played(folder: Path) -> Iterator[Terminal]:
    """A level that runs in a terminal until a test ends it; its journal is then whole."""
    env = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    journals = folder / "mmtui" / "journals"
    terminal = Terminal([sys.executable, "-m", "mmtui", "play", "first-quotes", "--seed", "7"], 120, 40, env)
    try:
        # The clock has run for a while.
        terminal.until(lambda _: any(b'"clock"' in path.read_bytes() for path in journals.glob("*")), seconds=PATIENCE)
        yield terminal
    finally:
        terminal.close()
    (path,) = journals.glob("*.jsonl")
    journal = read_journal(path)
    assert journal.end is None
    assert journal.script.played().now_ns == journal.until_ns


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_restores_the_terminal_and_keeps_the_journal(tmp_path: Path, number: signal.Signals) -> None:
    with played(tmp_path) as terminal:
        terminal.process.send_signal(number)
        read_to_the_end(terminal)
        assert terminal.process.returncode == 128 + number
        assert_restored(terminal)


def test_a_terminal_that_goes_without_a_signal_ends_the_app_and_keeps_the_journal(tmp_path: Path) -> None:
    with played(tmp_path) as terminal:
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 128 + signal.SIGHUP


def test_a_crash_says_why_without_what_a_terminal_obeys_and_exits_with_1(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    terminal = Terminal([sys.executable, "-c", _SAYS], 120, 40, env)
    try:
        read_to_the_end(terminal)
        assert terminal.process.returncode == 1
        assert_restored(terminal)
    finally:
        terminal.close()
    assert b"broken on purpose" in terminal.output
    assert b"TITLE" in terminal.output
    for obeyed in (b"\x1b]52", b"\x1b]0;", b"\x1b[2J"):
        assert obeyed not in terminal.output


def test_a_crash_restores_the_terminal_and_keeps_the_journal(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    terminal = Terminal([sys.executable, "-c", _BREAKS], 120, 40, env)
    try:
        terminal.until(lambda output: b"broken on purpose" in output, seconds=PATIENCE)
        read_to_the_end(terminal)
        assert_restored(terminal)
    finally:
        terminal.close()
    (path,) = (tmp_path / "mmtui" / "journals").glob("*.jsonl")
    journal = read_journal(path)
    assert journal.end is None
    assert journal.until_ns >= 1_000_000_000
    assert journal.script.played().now_ns == journal.until_ns

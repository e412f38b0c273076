"""What is left behind in a real terminal when the app breaks: a terminal as it was, and the journal."""

from __future__ import annotations

import sys
import termios
import time
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
_LEFT_ALTERNATE, _CURSOR, _NO_MOUSE = b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"


def test_a_crash_restores_the_terminal_and_keeps_the_journal(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    terminal = Terminal([sys.executable, "-c", _BREAKS], 120, 40, env)
    try:
        terminal.until(lambda output: b"broken on purpose" in output, seconds=PATIENCE)
        until = time.monotonic() + PATIENCE
        while terminal.process.poll() is None:
            assert time.monotonic() < until
            terminal.read(0.05)
        # What it wrote before it ended is in the terminal.
        while terminal.read(0.0):
            pass
        for restored in (_LEFT_ALTERNATE, _CURSOR, _NO_MOUSE):
            assert restored in terminal.output
        # What a line does with keys again: echo them, wait for Enter, and turn Ctrl+C into a signal.
        usual = termios.ECHO | termios.ICANON | termios.ISIG
        assert terminal.line_modes() & usual == usual
    finally:
        terminal.close()
    (path,) = (tmp_path / "mmtui" / "journals").glob("*.jsonl")
    journal = read_journal(path)
    assert journal.end is None
    assert journal.until_ns >= 1_000_000_000
    assert journal.script.played().now_ns == journal.until_ns

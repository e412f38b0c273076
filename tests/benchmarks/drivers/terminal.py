"""A program in a pseudo-terminal of a given size."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence


class Terminal:
    """Runs a program, collects what it writes and types keys."""

    def __init__(self, args: Sequence[str], columns: int, rows: int, env: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.output = b""
        self.started = time.perf_counter()
        # An unbuffered stream loses what a full terminal does not take at once.
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        environment = {**inherited, **env, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.process = subprocess.Popen(args, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)

    def read(self, seconds: float) -> bytes:
        """What comes within a while, at most; empty when nothing does."""
        if not select.select([self._ours], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:
            return b""
        self.output += data
        return data

    def until(self, shows: Callable[[bytes], bool], seconds: float = 30.0) -> float:
        """Seconds since the start until the output, from where it was emptied last, is as asked for."""
        deadline = time.perf_counter() + seconds
        while not shows(self.output):
            # What a program writes before it ends can still be read.
            ended = self.process.poll() is not None
            if time.perf_counter() > deadline or (not self.read(0.05) and ended):
                raise TimeoutError(self.output[-500:].decode("utf-8", "replace"))
        return time.perf_counter() - self.started

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._ours, keys)

    def line_modes(self) -> int:
        """The terminal's local modes, as :mod:`termios` numbers them."""
        modes: int = termios.tcgetattr(self._ours)[3]
        return modes

    def drain(self) -> None:
        """Forget what was written so far, and read on until the program ends."""
        while self.process.poll() is None:
            self.read(0.05)
            self.output = b""

    def hang_up(self) -> None:
        """Let the terminal go. It is not the program's controlling one, so that no signal tells of it."""
        os.close(self._ours)
        self._ours = -1

    def close(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        if self._ours >= 0:
            os.close(self._ours)

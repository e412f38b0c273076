"""Signals that end a program: they end a command as Ctrl-C does, with what is finished kept."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

from mmtui.errors import Interrupted
from mmtui.lab.runs.interrupts import ENDING


class EndedError(Interrupted):
    """A signal has ended the program.

    Attributes:
        signal: its number.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.signal = number


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Have signals that would end the process raise EndedError; those that it was started to ignore, it ignores."""
    changed = []
    try:
        if current_thread() is main_thread():
            for number in ENDING:
                if signal.getsignal(number) == signal.SIG_DFL:
                    changed.append(number)
                    signal.signal(number, _end)
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _: object) -> None:
    raise EndedError(number)

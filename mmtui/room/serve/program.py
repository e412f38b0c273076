"""A program that plays a level alone: started here, it says its lines on its standard output and hears on its input."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from subprocess import PIPE, Popen
from threading import Timer
from typing import BinaryIO, NamedTuple, cast

import msgspec

from mmtui.errors import InputError
from mmtui.level.level import Level
from mmtui.room.protocol.lines import decode_answer
from mmtui.room.protocol.messages import Refused
from mmtui.room.serve.solo import Solo, play_alone
from mmtui.session.result import Result
from mmtui.session.session import Session

#: How long a program that has been told the end may take to go, in seconds.
_GOODBYE_S = 5.0


class Budget(NamedTuple):
    """What a program may use for a session: seconds of this machine's clock, and lines."""

    seconds: float
    lines: int


class Program(NamedTuple):
    """A program to start: what it is called in tables, and its words."""

    name: str
    words: tuple[str, ...]


def sessions(
    programs: Sequence[Program], levels: Sequence[Level], seeds: Sequence[int], budget: Budget
) -> Iterator[tuple[Result, str]]:
    """Yields the result of each program on each level and seed, and why it left early; empty where it did not.

    One that ends, or whose budget does, has left its market there, and is scored so. Each session is a process of its
    own, which knows nothing of the others. Raises InputError for a program that cannot be started.
    """
    for level in levels:
        for seed in seeds:
            for program in programs:
                solo = Solo(Session(level, seed))
                why = play_by(program, solo, budget)
                yield msgspec.structs.replace(solo.session.result(), strategy=program.name), why


def play_by(program: Program, solo: Solo, budget: Budget) -> str:
    """Have a program play a session; why it left early, empty where it did not. Raises InputError."""
    try:
        process = Popen(program.words, stdin=PIPE, stdout=PIPE, start_new_session=True)
    except OSError as error:
        raise InputError(f"{program.words[0]}: it cannot be started: {error.strerror or error}") from None
    assert process.stdin is not None
    lines = _Counted(cast("BinaryIO", process.stdout), budget.lines)
    late = Timer(budget.seconds, _kill, [process])
    late.daemon = True
    late.start()

    last = b""

    def say(line: bytes) -> None:
        nonlocal last
        last = line
        # One that has gone hears nothing; its lines end too.
        with suppress(OSError):
            process.stdin.write(line)  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]

    try:
        play_alone(solo, cast("BinaryIO", lines), say)
    finally:
        in_time = late.is_alive()
        late.cancel()
        code = _ended(process, kill=solo.session.over == "left" and not lines.ended)
    if solo.session.over != "left":
        return ""
    if not in_time:
        return f"its {budget.seconds:g} s were over"
    if lines.left < 0:
        return f"its {budget.lines:,} lines were used up"
    if lines.ended:
        return "it left" if not code else f"it ended with exit code {code}"
    match decode_answer(last):
        case Refused(why=why):
            return f"it was let go: {why}"
        case _:
            return "it left"


class _Counted:
    """Lines, of which only so many are read; ``ended`` once there are no more."""

    def __init__(self, lines: BinaryIO, most: int) -> None:
        self.left = most
        self.ended = False
        self._lines = lines

    def readline(self, size: int) -> bytes:
        """The next line; none once all have been read."""
        self.left -= 1
        if self.left < 0:
            return b""
        line = self._lines.readline(size)
        self.ended = not line
        return line


def _ended(process: Popen[bytes], *, kill: bool) -> int:
    """Have the program end; its exit code."""
    with process:
        with suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        if kill and process.poll() is None:
            _kill(process)
        timer = Timer(_GOODBYE_S, _kill, [process])
        timer.start()
        process.wait()
        timer.cancel()
    return process.returncode


def _kill(process: Popen[bytes]) -> None:
    """End the program, and on POSIX what it has started, which would hold its output open."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()

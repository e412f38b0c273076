"""A process for the sessions of a cluster's worker, which runs its tasks on threads.

In a process of its own sessions run on the main thread, as they do at home: the time limit on strategies holds, and
what a strategy prints is no part of anything.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from mmtui.errors import MmtuiError
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.workers import Done, finish
from mmtui.strategies.loading import SentFile, sent_files

_START = "import sys; sys.path[:] = {path!r}; from mmtui.lab.runs.child import answer; answer()"


class _Child:
    """The process; it ends with this one, also when this one is killed."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", _START.format(path=sys.path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        atexit.register(self.close)

    def finish(self, chunk: Batch, files: Mapping[str, SentFile]) -> Done:
        """Run a chunk to its end there. Raises MmtuiError as a session does, or when the process is gone."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump((chunk, dict(files)), process.stdin)
            process.stdin.flush()
            answer: Done | MmtuiError = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            raise MmtuiError("a process that ran sessions was ended from outside") from None
        if isinstance(answer, MmtuiError):
            raise answer
        return answer

    def close(self) -> None:
        """End the process."""
        _child.cache_clear()
        atexit.unregister(self.close)
        self._process.kill()
        self._process.communicate()


@cache
def _child() -> _Child:
    return _Child()


def finish_in_child(chunk: Batch, files: Mapping[str, SentFile]) -> Done:
    """Run a chunk to its end in a process that is kept for the next. Raises MmtuiError as a session does.

    Args:
        chunk: what to run.
        files: the strategies' files that were sent with it.
    """
    return _child().finish(chunk, files)


def answer() -> None:
    """Run the chunks that come on standard input, and answer on what was standard output, until the other end goes."""
    with os.fdopen(os.dup(1), "wb") as answers, suppress(EOFError, BrokenPipeError):
        # Whoever prints here prints to standard error.
        os.dup2(2, 1)
        while True:
            chunk, files = pickle.load(sys.stdin.buffer)
            try:
                with sent_files(files):
                    found: Done | MmtuiError = finish(chunk)
            except MmtuiError as error:
                found = error
            pickle.dump(found, answers)
            answers.flush()

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

from mmtui.errors import MmtuiError
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.workers import Done, finish
from mmtui.strategies.helpers import placed_modules
from mmtui.strategies.loading import SentFile, sent_files

_START = "import sys; sys.path[:] = {path!r}; from mmtui.lab.runs.child import answer; answer()"


class _Child:
    """The process; it ends with this one, also when this one is killed. It imports modules from a folder too."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        command = [sys.executable, "-c", _START.format(path=[*sys.path, folder])]
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
        _CHILDREN.clear()
        atexit.unregister(self.close)
        self._process.kill()
        self._process.communicate()


#: The one that is kept, if any.
_CHILDREN: list[_Child] = []


def finish_in_child(chunk: Batch, files: Mapping[str, SentFile], modules: Mapping[str, bytes]) -> Done:
    """Run a chunk to its end in a process that is kept for the next. Raises MmtuiError as a session does.

    Args:
        chunk: what to run.
        files: the strategies' files that were sent with it.
        modules: what its strategies that are objects may import, by path.
    """
    folder = placed_modules(modules)
    if _CHILDREN and _CHILDREN[0].folder != folder:
        # It may have imported another state of the same modules.
        _CHILDREN[0].close()
    if not _CHILDREN:
        _CHILDREN.append(_Child(folder))
    return _CHILDREN[0].finish(chunk, files)


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

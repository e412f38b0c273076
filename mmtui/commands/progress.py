"""The progress bar of commands that run many sessions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack

from mmtui.game.result import Result


def with_progress(results: Iterator[Result], total: int, stack: ExitStack) -> Iterator[Result]:
    """Show a bar while results come, where standard error is a terminal."""
    if not sys.stderr.isatty():
        return results
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    progress = Progress(
        BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    )
    stack.enter_context(progress)
    task = progress.add_task("", total=total)

    def counted() -> Iterator[Result]:
        for result in results:
            yield result
            progress.advance(task)

    return counted()

"""The progress bar of commands that run many sessions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack

from mmtui.session.result import Result


def with_progress(results: Iterator[Result], total: int, stack: ExitStack) -> Iterator[Result]:
    """Show a bar while results come, where standard error is a terminal."""
    if not sys.stderr.isatty():
        return results
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Sessions a second."""

        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:.1f}/s")

    progress = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        # Results go to standard output meanwhile.
        redirect_stdout=False,
    )
    stack.enter_context(progress)
    task = progress.add_task("", total=total)

    def counted() -> Iterator[Result]:
        for result in results:
            yield result
            progress.advance(task)

    return counted()

"""Progress of a command's sessions: a bar, and a line for each in which a strategy fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stderr
from typing import TextIO, cast

import click

from mmtui.cli.terminal import Screened, styled
from mmtui.session.result import Result


class Bar(ExitStack):
    """A bar on standard error, if that is a terminal; it ends with the context.

    Args:
        total: how many steps there are.
    """

    def __init__(self, total: int) -> None:
        super().__init__()
        self._total = total
        self._advance: Callable[[int], None] | None = None

    def advance(self, steps: int) -> None:
        """So many more are done."""
        if self._advance is None and sys.stderr.isatty():
            self._advance = _bar(self, self._total)
        if self._advance is not None:
            self._advance(steps)


class Sessions(ExitStack):
    """Reports sessions as they are finished; the bar, on standard error if that is a terminal, ends with the context.

    Attributes:
        failed: sessions so far in which the strategy failed.
    """

    failed = 0

    def watch(self, results: Iterator[Result], total: int) -> Iterator[Result]:
        """Yields the results; reports on standard error how many are finished, and which failed."""
        advance = _bar(self, total) if sys.stderr.isatty() else None
        for result in results:
            if result.error is not None:
                self.failed += 1
                click.echo(f"{result.level}, seed {result.seed}: {result.error}", err=True)
            yield result
            if advance is not None:
                advance(1)


def _bar(stack: ExitStack, total: int) -> Callable[[int], None]:
    """Show a bar until a context ends; returns what moves it."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    from mmtui.tui.visible import VisibleConsole

    class Rate(ProgressColumn):
        """Steps a second."""

        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:.1f}/s")

    # Results go to standard output meanwhile.
    progress = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=VisibleConsole(file=styled(sys.stderr)),
        transient=True,
        redirect_stdout=False,
    )
    task = stack.enter_context(progress).add_task("", total=total)
    # Rich would take control characters in what is said meanwhile for styles.
    stack.enter_context(redirect_stderr(cast("TextIO", Screened(sys.stderr, None))))
    return lambda steps: progress.advance(task, steps)

"""Ctrl-C while others work for us: it is noted when it comes, and raised where nothing is left half done.

What a signal's handler raises may come in the midst of any call. In Python's own locks it can leave one held for good,
and in a destructor or the callback of a weak reference it is dropped; whoever waits for results then waits for ever.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import FrameType

#: Signals that end a program, beside Ctrl-C.
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
#: How often it is looked whether one has come, in seconds.
_LOOK_S = 0.1

_Found = TypeVar("_Found")


class Interrupts:
    """A context on the main thread in which such signals wait for ``check``, while its iterators work.

    A second one does not wait: its handler runs at once, as without this.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Callable[[int, FrameType | None], object]] = {}
        self._holding = False
        self._noted: int | None = None

    def __enter__(self) -> Interrupts:
        if current_thread() is main_thread():
            for number in (signal.SIGINT, *ENDING):
                handler = signal.getsignal(number)
                if callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._handlers.items():
            if signal.getsignal(number) == self._note:
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._holding and self._noted is None:
            self._noted = number
        else:
            self._noted = None
            self._handlers[number](number, frame)

    def check(self) -> None:
        """Handle what was noted: raises what the signal's handler does."""
        if self._noted is not None:
            number, self._noted = self._noted, None
            self._handlers[number](number, None)

    def iterate(self, results: Iterator[_Found]) -> Iterator[_Found]:
        """Yields what an iterator does; it is not interrupted in its work, while its user is, as always."""
        while True:
            self._holding = True
            try:
                found = next(results)
            except StopIteration:
                return
            finally:
                self._holding = False
                self.check()
            yield found

    def wait(self, future: Future[_Found], gone: Callable[[], bool] = lambda: False) -> _Found:
        """Returns what a future comes to.

        Args:
            future: it.
            gone: whether it will never be done.

        Raises:
            TimeoutError: it is gone.
        """
        while True:
            self.check()
            try:
                return future.result(_LOOK_S)
            except TimeoutError:
                if future.done():
                    return future.result()
                if gone():
                    raise

"""Runs a strategy's code with a time limit, so that code that never returns is stopped and its line reported.

The limit is in wall-clock time and far above what any quote needs; it decides only whether a run fails. The alarm
signal interrupts the code between two of its instructions, or in its sleep, and the traceback then shows its line.
A single call into compiled code that never checks for signals cannot be stopped.

An alarm needs the main thread, where sessions run, in the app and in each process of a batch, and a system that has
one. On other threads the code is stopped between two of its instructions only, not in its sleep. Under a debugger, and
where other code uses the alarm, there is no limit.

What the code prints goes to standard error, since standard output is for results. Ctrl-C is told from a strategy that
raises KeyboardInterrupt itself.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from ctypes import c_ulong, py_object, pythonapi
from types import FrameType
from typing import TypeVar

from mmtui.errors import Interrupted
from mmtui.strategies.protocol import MarketView, Quotes, Strategy

#: Seconds that one call of ``quote`` may take, and running a strategy's file or setting one up.
LIMIT_S = 5.0
IMPORT_LIMIT_S = 10.0
#: After that the alarm repeats at this interval, for a strategy that catches everything.
_REPEAT_S = 0.25

_Answer = TypeVar("_Answer")


class _Overrun(BaseException):
    """Raised in the strategy's code. Not an Exception, so that ``except Exception`` there does not swallow it."""


#: What nobody who runs a strategy's code may take for a failure of it, but for :func:`limited`.
PASSING = (Interrupted, _Overrun)


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise Interrupted


class _Alarm:
    """The process's one alarm.

    Attributes:
        asking: whether a strategy's code is running; a late alarm finds that it is not.
        allowed: the strategy last checked by ``allows``, which costs more than a simple quote.
    """

    def __init__(self) -> None:
        self.asking = False
        self.allowed: object = None

    def ring(self, signum: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        if not self.asking:
            signal.setitimer(signal.ITIMER_REAL, 0)
        elif sys.gettrace() is None:
            raise _Overrun

    def allows(self, whose: object) -> bool:
        """Return whether the alarm may be set for a strategy; claims the alarm if no other code uses it."""
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
        if not hasattr(signal, "setitimer"):
            return False
        handler = signal.getsignal(signal.SIGALRM)
        if handler == signal.SIG_DFL and signal.getitimer(signal.ITIMER_REAL)[0] == 0:
            handler = self.ring
            signal.signal(signal.SIGALRM, handler)
        if handler != self.ring:
            return False
        self.allowed = whose
        return True


class _OtherThreads:
    """Stops code on threads that no signal reaches, between two of its instructions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deadlines: dict[int, float] = {}
        self._stopped: set[int] = set()
        self._watching = False

    def run(self, call: Callable[[], _Answer], limit_s: float) -> _Answer:
        """Return what the call does. Raises _Overrun when it took longer."""
        me = threading.get_ident()
        if me in self._deadlines:
            return call()
        with self._lock:
            self._deadlines[me] = time.monotonic() + limit_s
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="mmtui-watchdog", daemon=True).start()
        try:
            return call()
        finally:
            with self._lock:
                del self._deadlines[me]
                if me in self._stopped:
                    self._stopped.discard(me)
                    # One that was on its way when the call ended by itself must not arrive later.
                    pythonapi.PyThreadState_SetAsyncExc(c_ulong(me), None)

    def _watch(self) -> None:
        while True:
            time.sleep(_REPEAT_S)
            with self._lock:
                if not self._deadlines:
                    self._watching = False
                    return
                for thread, deadline in self._deadlines.items():
                    if time.monotonic() > deadline:
                        self._stopped.add(thread)
                        pythonapi.PyThreadState_SetAsyncExc(c_ulong(thread), py_object(_Overrun))


_ALARM = _Alarm()
_OTHERS = _OtherThreads()


def ask(strategy: Strategy, view: MarketView, limit_s: float | None = None) -> Quotes:
    """Return ``strategy.quote(view)``.

    Args:
        strategy: the strategy.
        view: its view of the market.
        limit_s: seconds it may take; ``LIMIT_S`` if None.

    Raises:
        TimeoutError: it took longer; the traceback leads through the line where it was.
    """
    return limited(lambda: strategy.quote(view), "quote()", LIMIT_S if limit_s is None else limit_s, strategy)


def limited(call: Callable[[], _Answer], what: str, limit_s: float = IMPORT_LIMIT_S, whose: object = None) -> _Answer:
    """Return what some of a strategy's code returns.

    Args:
        call: runs it.
        what: its name in a sentence.
        limit_s: seconds it may take.
        whose: the strategy, if it is there already.

    Raises:
        TimeoutError: it took longer; the traceback leads through the line where it was.
    """
    alarm = _ALARM
    late = None
    printing = sys.stdout
    try:
        if threading.get_ident() != threading.main_thread().ident:
            return _OTHERS.run(call, limit_s)
        # Code called by a strategy shares its limit.
        if alarm.asking:
            return call()
        sys.stdout = sys.stderr
        if not ((whose is not None and alarm.allowed is whose) or alarm.allows(whose)):
            return call()
        try:
            # In this order, or an alarm that comes at once would be taken for a late one, and none would follow.
            alarm.asking = True
            signal.setitimer(signal.ITIMER_REAL, limit_s, _REPEAT_S)
            return call()
        finally:
            alarm.asking = False
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Overrun as overrun:
        late = overrun
    finally:
        sys.stdout = printing
    raise TimeoutError(f"{what} took longer than {limit_s:g} s").with_traceback(late.__traceback__)

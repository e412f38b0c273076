"""Runs a strategy's code with a time limit, so that code that never returns is stopped and its line reported.

The limit is in wall-clock time and far above what any quote needs; it decides only whether a run fails. The alarm
signal interrupts the code between two of its instructions, or in its sleep, and the traceback then shows its line.
Setting an alarm for each question would cost as much as a simple quote, so one goes on ringing while questions come.
A single call into compiled code that never checks for signals cannot be stopped.

An alarm needs the main thread, where sessions run, in the app and in each process of a batch, and a system that has
one. On other threads the code is stopped between two of its instructions only, not in its sleep. Under a debugger, and
where other code uses the alarm, there is no limit.

What the code prints goes to standard error, since standard output is for results. Ctrl-C is told from a strategy that
raises KeyboardInterrupt itself.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from collections.abc import Callable
from ctypes import c_ulong, py_object, pythonapi
from threading import Lock, Thread, get_ident, main_thread
from types import FrameType
from typing import TypeVar

from mmtui.errors import Interrupted
from mmtui.strategies.protocol import MarketView, Quotes, Strategy

#: Seconds that one call of ``quote`` may take, and running a strategy's file or setting one up.
LIMIT_S = 5.0
#: After that the alarm repeats at this interval, for a strategy that catches everything.
_REPEAT_S = 0.25


_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


class _Overrun(BaseException):
    """Raised in the strategy's code. Not an Exception, so that ``except Exception`` there does not swallow it."""


#: What nobody who runs a strategy's code may take for a failure of it, but for this module.
PASSING = (Interrupted, _Overrun)


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise Interrupted


class _Alarm:
    """The process's one alarm. It rings on every so many seconds while strategies are being asked.

    A question that is still being answered when it rings a second time has taken too long.

    Attributes:
        asking: whether a strategy is being called; a late alarm finds that it is not.
        questions: how many have been put so far.
        rung: the question that the alarm has rung in last.
        standing: whether it goes on ringing.
        thread: the main thread, the only one that it interrupts.
        allowed: the strategy last checked by ``allows``, which costs more than a simple quote.
    """

    def __init__(self) -> None:
        self.asking = False
        self.questions = 0
        self.rung = -1
        self.allowed: object = None
        self.settle()

    def settle(self) -> None:
        """Begin in a new process, which no alarm is set in."""
        self.standing = False
        self.thread = main_thread().ident

    def ring(self, signum: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        late = self.rung == self.questions
        self.rung = self.questions
        if not late:
            return
        if not self.asking:
            self.stop()
        elif sys.gettrace() is None:
            signal.setitimer(signal.ITIMER_REAL, _REPEAT_S, _REPEAT_S)
            raise _Overrun

    def start(self) -> None:
        """Let it ring every ``LIMIT_S`` from now on."""
        self.standing = True
        signal.setitimer(signal.ITIMER_REAL, LIMIT_S, max(LIMIT_S, _REPEAT_S))
        # An alarm that rang while the interpreter shuts down would end the process.
        atexit.register(self.stop)

    def stop(self) -> None:
        """Let it ring no more."""
        if self.standing:
            self.standing = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            atexit.unregister(self.stop)

    def allows(self, whose: object) -> bool:
        """Return whether the alarm may be set for a strategy; claims the alarm if no other code uses it."""
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
        if not hasattr(signal, "setitimer"):
            return False
        handler, left_s = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)[0]
        if handler == signal.SIG_DFL and left_s == 0:
            handler = self.ring
            signal.signal(signal.SIGALRM, handler)
        if handler != self.ring:
            return False
        self.standing = self.standing and left_s > 0
        self.allowed = whose
        return True


class _OtherThreads:
    """Stops code on threads that no signal reaches, between two of its instructions."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._deadlines: dict[int, float] = {}
        self._stopped: set[int] = set()
        self._watching = False

    def run(self, call: Callable[[_Asked], _Answer], argument: _Asked) -> _Answer:
        """Return what the call does. Raises _Overrun when it took longer."""
        me = get_ident()
        if me in self._deadlines:
            return call(argument)
        with self._lock:
            self._deadlines[me] = time.monotonic() + LIMIT_S
            if not self._watching:
                self._watching = True
                Thread(target=self._watch, name="mmtui-watchdog", daemon=True).start()
        try:
            return call(argument)
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
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ALARM.settle)


def ask(strategy: Strategy, view: MarketView) -> Quotes:
    """Return ``strategy.quote(view)``.

    Raises:
        TimeoutError: it took longer than ``LIMIT_S``, at the latest after twice that; the traceback leads through the
            line where it was.
    """
    return _answered(strategy.quote, view, "quote()", strategy)


def limited(call: Callable[[], _Answer], what: str) -> _Answer:
    """Return what some of a strategy's code returns.

    Args:
        call: runs it.
        what: its name in a sentence.

    Raises:
        TimeoutError: as :func:`ask` does.
    """
    return _answered(lambda _: call(), None, what, None)


def _answered(call: Callable[[_Asked], _Answer], argument: _Asked, what: str, whose: object) -> _Answer:
    alarm = _ALARM
    # Code called by a strategy shares its limit.
    here = get_ident() == alarm.thread
    if alarm.asking and here:
        return call(argument)
    printing, late = sys.stdout, None
    try:
        if not here:
            return _OTHERS.run(call, argument)
        sys.stdout = sys.stderr
        if not ((whose is not None and alarm.allowed is whose) or alarm.allows(whose)):
            return call(argument)
        alarm.questions += 1
        # In this order, or an alarm that comes at once would be taken for a late one, and none would follow.
        alarm.asking = True
        if not alarm.standing:
            alarm.start()
        return call(argument)
    except _Overrun as overrun:
        late = overrun
        alarm.stop()
    finally:
        if here:
            alarm.asking = False
            sys.stdout = printing
    raise TimeoutError(f"{what} took longer than {LIMIT_S:g} s").with_traceback(late.__traceback__)

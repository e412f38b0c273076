"""Calls a strategy with a time limit, so that one that never returns is stopped and its line reported.

The limit is in wall-clock time and far above what any quote needs; it decides only whether a run fails. The alarm
signal interrupts the strategy between two of its instructions, or in its sleep, and the traceback then shows its line.
Setting an alarm for each question would cost as much as a simple quote, so one goes on ringing while questions come.
A single call into compiled code that never checks for signals cannot be stopped.

An alarm needs the main thread, where sessions run, in the app and in each process of a batch, and a system that has
one. On other threads, under a debugger, and where other code uses the alarm, there is no limit.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from threading import get_ident, main_thread
from types import FrameType

from mmtui.strategies.protocol import MarketView, Quotes, Strategy

#: Seconds that one call of ``quote`` may take.
LIMIT_S = 5.0
#: After that the alarm repeats at this interval, for a strategy that catches everything.
_REPEAT_S = 0.25


class _Overrun(BaseException):
    """Raised in the strategy's code. Not an Exception, so that ``except Exception`` there does not swallow it."""


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
        self.allowed: Strategy | None = None
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

    def allows(self, strategy: Strategy) -> bool:
        """Return whether the alarm may be set for a strategy; claims the alarm if no other code uses it."""
        if not hasattr(signal, "setitimer"):
            return False
        handler, left_s = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)[0]
        if handler == signal.SIG_DFL and left_s == 0:
            handler = self.ring
            signal.signal(signal.SIGALRM, handler)
        if handler != self.ring:
            return False
        self.standing = self.standing and left_s > 0
        self.allowed = strategy
        return True


_ALARM = _Alarm()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ALARM.settle)


def ask(strategy: Strategy, view: MarketView) -> Quotes:
    """Return ``strategy.quote(view)``.

    Raises:
        TimeoutError: it took longer than ``LIMIT_S``, at the latest after twice that; the traceback leads through the
            line where it was.
    """
    alarm = _ALARM
    # A strategy called by another shares the other's limit.
    if alarm.asking or get_ident() != alarm.thread or not (alarm.allowed is strategy or alarm.allows(strategy)):
        return strategy.quote(view)
    alarm.questions += 1
    try:
        # In this order, or an alarm that comes at once would be taken for a late one, and none would follow.
        alarm.asking = True
        if not alarm.standing:
            alarm.start()
        return strategy.quote(view)
    except _Overrun as overrun:
        late = overrun
        alarm.stop()
    finally:
        alarm.asking = False
    raise TimeoutError(f"quote() took longer than {LIMIT_S:g} s").with_traceback(late.__traceback__)

"""Calls a strategy with a time limit, so that one that never returns is stopped and its line reported.

The limit is in wall-clock time and far above what any quote needs; it decides only whether a run fails. The alarm
signal interrupts the strategy between two of its instructions, or in its sleep, and the traceback then shows its line.
A single call into compiled code that never checks for signals cannot be stopped.

An alarm needs the main thread, where sessions run, in the app and in each process of a batch, and a system that has
one. On other threads, under a debugger, and where other code uses the alarm, there is no limit.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

from mmtui.strategies.protocol import MarketView, Quotes, Strategy

#: Seconds that one call of ``quote`` may take.
LIMIT_S = 5.0
#: After that the alarm repeats at this interval, for a strategy that catches everything.
_REPEAT_S = 0.25


class _Overrun(BaseException):
    """Raised in the strategy's code. Not an Exception, so that ``except Exception`` there does not swallow it."""


class _Alarm:
    """The process's one alarm.

    Attributes:
        asking: whether a strategy is being called; a late alarm finds that it is not.
        allowed: the strategy last checked by ``allows``, which costs more than a simple quote.
    """

    def __init__(self) -> None:
        self.asking = False
        self.allowed: Strategy | None = None

    def ring(self, signum: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        if not self.asking:
            signal.setitimer(signal.ITIMER_REAL, 0)
        elif sys.gettrace() is None:
            raise _Overrun

    def allows(self, strategy: Strategy) -> bool:
        """Return whether the alarm may be set for a strategy; claims the alarm if no other code uses it."""
        if not hasattr(signal, "setitimer"):
            return False
        handler = signal.getsignal(signal.SIGALRM)
        if handler == signal.SIG_DFL and signal.getitimer(signal.ITIMER_REAL)[0] == 0:
            handler = self.ring
            signal.signal(signal.SIGALRM, handler)
        if handler != self.ring:
            return False
        self.allowed = strategy
        return True


_ALARM = _Alarm()


def ask(strategy: Strategy, view: MarketView, limit_s: float | None = None) -> Quotes:
    """Return ``strategy.quote(view)``.

    Args:
        strategy: the strategy.
        view: its view of the market.
        limit_s: seconds it may take; ``LIMIT_S`` if None.

    Raises:
        TimeoutError: it took longer; the traceback leads through the line where it was.
    """
    alarm = _ALARM
    # A strategy called by another shares the other's limit.
    if (
        alarm.asking
        or threading.get_ident() != threading.main_thread().ident
        or not (alarm.allowed is strategy or alarm.allows(strategy))
    ):
        return strategy.quote(view)
    limit_s = LIMIT_S if limit_s is None else limit_s
    late = None
    try:
        # In this order, or an alarm that comes at once would be taken for a late one, and none would follow.
        alarm.asking = True
        signal.setitimer(signal.ITIMER_REAL, limit_s, _REPEAT_S)
        return strategy.quote(view)
    except _Overrun as overrun:
        late = overrun
    finally:
        alarm.asking = False
        signal.setitimer(signal.ITIMER_REAL, 0)
    raise TimeoutError(f"quote() took longer than {limit_s:g} s").with_traceback(late.__traceback__)

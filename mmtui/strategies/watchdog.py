"""Asks a strategy with a limit on the time it takes, so that one that never answers is stopped and told where it was.

The limit is in our own time and far above what any question needs; it decides only whether a run fails. The alarm of
the operating system interrupts the strategy between two of its instructions, or in its sleep, and the traceback then
shows its line. A single call into compiled code that never looks up cannot be stopped so.

An alarm needs the main thread, which is where sessions run, in the app and in each process of a batch, and a system
that has one. Elsewhere, under a debugger, and where somebody else uses the alarm, the question has no limit.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

from mmtui.strategies.protocol import MarketView, Quotes, Strategy

#: Seconds that one question may take.
LIMIT_S = 5.0
#: After that the alarm repeats at this interval, for a strategy that catches everything.
_REPEAT_S = 0.25


class _Overrun(BaseException):
    """Raised in the strategy's code. Not an Exception, so that ``except Exception`` there does not swallow it."""


class _Alarm:
    """The process's one alarm.

    Attributes:
        asking: whether a question is being answered; an alarm that comes too late finds that it is not.
        allowed: who was last found to be free to be asked under the alarm. Looking costs more than an easy question.
    """

    def __init__(self) -> None:
        self.asking = False
        self.allowed: Strategy | None = None

    def ring(self, signum: int, frame: FrameType | None) -> None:
        """What the signal does."""
        if not self.asking:
            signal.setitimer(signal.ITIMER_REAL, 0)
        elif sys.gettrace() is None:
            raise _Overrun

    def allows(self, strategy: Strategy) -> bool:
        """Whether the alarm may be set for a strategy; it is taken into use if nobody else uses it."""
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
    """``strategy.quote(view)``, within the limit.

    Args:
        strategy: the strategy.
        view: what it is shown.
        limit_s: seconds it may take; ``LIMIT_S`` if None.

    Raises:
        TimeoutError: it took longer; the traceback leads through the line where it was.
    """
    alarm = _ALARM
    # A strategy asked by another shares the other's limit.
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

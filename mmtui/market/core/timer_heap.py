"""Timers in the order of time, and of one instant in that of their making: (time, count, what, row) in a heap.

Where the engine is compiled, ``c_timer_heap.pxd`` is in this module's place, with the same functions: a heap of C
integers, without an object for each timer.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop as pop
from heapq import heappush as push
from operator import itemgetter

__all__ = ["Timer", "Timers", "empty", "first", "pop", "push"]

Timer = tuple[int, int, int, int]
Timers = list[Timer]
#: The earliest timer; without one, one of count 0 that never comes. In C, since it is looked up after every timer.
first: Callable[[Timers], Timer] = itemgetter(0)


def empty() -> Timers:
    """A heap without timers, but for one that never comes."""
    return [(2**63 - 1, 0, 0, 0)]

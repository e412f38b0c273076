"""Timers in the order of time, and of one instant in that of their making: (time, count, what, row) in a heap.

Where the engine is compiled, ``c_timer_heap.pxd`` is in this module's place, with the same functions: a heap of C
integers, without an object for each timer.
"""

from __future__ import annotations

from heapq import heappop as pop
from heapq import heappush as push

__all__ = ["Timer", "Timers", "earliest", "empty", "pop", "push"]

Timer = tuple[int, int, int, int]
Timers = list[Timer]
_NEVER_NS = 2**63 - 1


def empty() -> Timers:
    """A heap without timers."""
    return []


def earliest(timers: Timers) -> int:
    """When the first one is; without one, later than anything."""
    return timers[0][0] if timers else _NEVER_NS

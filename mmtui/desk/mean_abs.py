"""The time-weighted mean of an absolute value."""

from __future__ import annotations


class MeanAbs:
    """The time-weighted mean of an absolute value that changes in steps; an update is O(1).

    Args:
        value: at the start.
        now_ns: the start.
    """

    __slots__ = ("_area", "_changed_ns", "_start_ns", "_value")

    def __init__(self, value: float, now_ns: int) -> None:
        self._value = value
        self._start_ns = self._changed_ns = now_ns
        self._area: float = 0  # the integral up to the last change, exact for whole numbers

    def update(self, now_ns: int, value: float) -> None:
        """Change the value from ``now_ns`` on, no earlier than the last change."""
        self._area += abs(self._value) * (now_ns - self._changed_ns)
        self._changed_ns = now_ns
        self._value = value

    def mean(self, now_ns: int) -> float:
        """The mean from the start to ``now_ns``, no earlier than the last change; at the start, the value there."""
        elapsed = now_ns - self._start_ns
        if elapsed <= 0:
            return float(abs(self._value))
        return (self._area + abs(self._value) * (now_ns - self._changed_ns)) / elapsed

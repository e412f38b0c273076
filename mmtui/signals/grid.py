"""An irregularly updated value, sampled at regular instants."""

from __future__ import annotations

_NS_PER_S = 1_000_000_000


class Grid:
    """Regular instants ``step_s`` apart, the first at the first update; at each stands the last value given by then.

    An instant is sampled once it is past, so that of several values at its nanosecond the last counts. Updates may come
    at any time: the instants between two of them all have the earlier value.

    Args:
        step_s: the grid's step in seconds, positive. Raises ValueError otherwise.

    Attributes:
        sample: the value at the instants that the last ``update`` passed, if it passed any.
        step_s: the step as used, a whole number of nanoseconds.
    """

    __slots__ = ("_next_ns", "_step_ns", "_value", "sample", "step_s")

    def __init__(self, step_s: float) -> None:
        if not step_s > 0:
            raise ValueError(f"the grid's step must be positive, not {step_s} s")
        self._step_ns = max(1, round(step_s * _NS_PER_S))
        self.step_s = self._step_ns / _NS_PER_S
        self._next_ns: int | None = None
        self._value = 0.0
        self.sample = 0.0

    def update(self, now_ns: int, value: float) -> int:
        """Take the value from ``now_ns`` on; return how many instants lie between the last update and now."""
        passed = 0
        if self._next_ns is None:
            self._next_ns = now_ns
        elif now_ns > self._next_ns:
            passed = (now_ns - 1 - self._next_ns) // self._step_ns + 1
            self._next_ns += passed * self._step_ns
            self.sample = self._value
        self._value = value
        return passed

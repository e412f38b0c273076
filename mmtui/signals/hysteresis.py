"""A threshold that does not flicker."""

from __future__ import annotations


class Hysteresis:
    """Goes on where a measure reaches one level, and off where it has come back to another, lower one.

    A measure is noisy, and one that stands at its threshold crosses it all the time; with two levels it must come all
    the way back before anything changes again.

    Args:
        on: where it goes on, in the measure's unit.
        off: where it goes off, at most ``on``; equal to it the two are one plain threshold. Raises ValueError above.

    Attributes:
        is_on: what it is now; off before the first measure.
    """

    __slots__ = ("_off", "_on", "is_on")

    def __init__(self, on: float, off: float) -> None:
        if not off <= on:
            raise ValueError(f"off must be at most on, {on}, not {off}")
        self._on = on
        self._off = off
        self.is_on = False

    def update(self, measure: float) -> bool:
        """Take the measure and return whether it is on; one that is not a number changes nothing."""
        if measure >= self._on:
            self.is_on = True
        elif measure < self._off:
            self.is_on = False
        return self.is_on

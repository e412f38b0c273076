"""A threshold with hysteresis."""

from __future__ import annotations


class Hysteresis:
    """Switches on when a measure reaches one level, and off when it falls below another, lower one.

    A noisy measure near a single threshold would cross it all the time.

    Args:
        on: where it switches on, in the measure's unit.
        off: where it switches off, at most ``on``; if equal, it is a plain threshold. Raises ValueError above.

    Attributes:
        is_on: the present state; off before the first measure.
    """

    __slots__ = ("_off", "_on", "is_on")

    def __init__(self, on: float, off: float) -> None:
        if not off <= on:
            raise ValueError(f"off must be at most on, {on}, not {off}")
        self._on = on
        self._off = off
        self.is_on = False

    def update(self, measure: float) -> bool:
        """Take the measure and return the state; a NaN changes nothing."""
        if measure >= self._on:
            self.is_on = True
        elif measure < self._off:
            self.is_on = False
        return self.is_on

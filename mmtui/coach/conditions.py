"""A level's conditions, looked at once a second: each remembers whether it held, and all for how long they have."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.coach.readings import Readings
from mmtui.level.conditions import COMPARISONS, ConditionSpec
from mmtui.signals.hysteresis import Hysteresis
from mmtui.units import NS_PER_S


class Condition:
    """A condition that is looked at once a second."""

    def __init__(self, spec: ConditionSpec) -> None:
        self._signal = spec.signal
        self._says = spec.says
        for name, measure in COMPARISONS.items():
            threshold = getattr(spec, name)
            if threshold is not None:
                self._measure = measure
                self._gate = Hysteresis(measure(threshold), measure(threshold if spec.until is None else spec.until))

    def holds(self, readings: Readings) -> bool:
        """Whether it holds now."""
        value = readings[self._signal]
        if self._says is not None:
            return bool(value == self._says)
        if value is None:
            self._gate.is_on = False
            return False
        assert not isinstance(value, str), "the catalogue says that it is a number"
        return self._gate.update(self._measure(value))


class Conditions:
    """Several conditions, all of which must hold, and for how long they have.

    Attributes:
        held_s: seconds since all of them have held without a break; None while one does not.
    """

    def __init__(self, specs: Sequence[ConditionSpec]) -> None:
        self._conditions = [Condition(spec) for spec in specs]
        self._since_ns: int | None = None
        self.held_s: float | None = None

    def update(self, now_ns: int, readings: Readings) -> None:
        """Look at them; to be called at each whole second."""
        # Each is asked, since each remembers whether it held.
        holding = [condition.holds(readings) for condition in self._conditions]
        if all(holding):
            if self._since_ns is None:
                self._since_ns = now_ns
            self.held_s = (now_ns - self._since_ns) / NS_PER_S
        else:
            self._since_ns = self.held_s = None

"""Conditions on signals, as a level's file states them: compared with a number or a word, and no code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from mmtui.coach.readings import SIGNALS, Readings, Signal
from mmtui.errors import did_you_mean
from mmtui.signals.hysteresis import Hysteresis
from mmtui.units import NS_PER_S

#: How a number is compared: what is made of it and of the threshold, so that the condition holds from there up.
_COMPARISONS: dict[str, Callable[[float], float]] = {
    "at_least": lambda number: number,
    "at_most": lambda number: -number,
    "beyond": abs,
    "within": lambda number: -abs(number),
}


class ConditionSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A signal compared with a number or a word, by exactly one of the keys from ``at_least`` to ``says``.

    Without a value of the signal (no quote, no fill yet) it does not hold.

    Attributes:
        signal: one of the signals.
        at_least: it holds from this number up.
        at_most: it holds from this number down.
        beyond: it holds where the number, whatever its sign, is this or more.
        within: it holds where the number, whatever its sign, is this or less.
        says: it holds where a signal in words says this.
        until: once it holds, it holds until the number is back past this one; left out, until it is back past the
            threshold.
    """

    signal: str
    at_least: float | None = None
    at_most: float | None = None
    beyond: float | None = None
    within: float | None = None
    says: str | None = None
    until: float | None = None

    def __post_init__(self) -> None:
        signal = known_signal("signal", self.signal)
        compared = [name for name in _COMPARISONS if getattr(self, name) is not None]
        if signal.words:
            if self.says is None or compared or self.until is not None:
                raise ValueError(f"signal: {self.signal} is a word; expected says = one of {', '.join(signal.words)}")
            if self.says not in signal.words:
                raise ValueError(f"says: expected one of {', '.join(signal.words)}, not {self.says!r}")
        elif self.says is not None or len(compared) != 1:
            raise ValueError(f"signal: {self.signal} is a number; expected one of {', '.join(_COMPARISONS)}")
        elif self.until is not None:
            (name,) = compared
            measure, threshold = _COMPARISONS[name], getattr(self, name)
            if measure(self.until) > measure(threshold):
                most = "at least" if measure(1.0) < 0 else "at most"
                raise ValueError(f"until: expected {most} {name}, {threshold:g}, not {self.until:g}")


class Condition:
    """A condition that is looked at once a second."""

    def __init__(self, spec: ConditionSpec) -> None:
        self._signal = spec.signal
        self._says = spec.says
        for name, measure in _COMPARISONS.items():
            threshold = getattr(spec, name)
            if threshold is not None:
                self._measure = measure
                self._gate = Hysteresis(measure(threshold), measure(threshold if spec.until is None else spec.until))

    def holds(self, readings: Readings) -> bool:
        """Whether it holds now."""
        value = getattr(readings, self._signal)
        if self._says is not None:
            return bool(value == self._says)
        if value is None:
            self._gate.is_on = False
            return False
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


def known_signal(key: str, name: str) -> Signal[object]:
    """The signal of a name. Raises ValueError, with the key at which it stands."""
    if name not in SIGNALS:
        raise ValueError(f"{key}: there is no signal {name!r}{did_you_mean(name, SIGNALS)}")
    return SIGNALS[name]

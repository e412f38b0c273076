"""Conditions on signals, as a level's file states them: compared with a number or a word, and no code."""

from __future__ import annotations

from collections.abc import Callable
from operator import neg, pos

import msgspec

from mmtui.level.signal_catalogue import known_signal
from mmtui.units import FiniteFloat


def _minus_abs(number: float) -> float:
    return -abs(number)


#: How a number is compared: what is made of it and of the threshold, so that the condition holds from there up.
COMPARISONS: dict[str, Callable[[float], float]] = {
    "at_least": pos,
    "at_most": neg,
    "beyond": abs,
    "within": _minus_abs,
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
    at_least: FiniteFloat | None = None
    at_most: FiniteFloat | None = None
    beyond: FiniteFloat | None = None
    within: FiniteFloat | None = None
    says: str | None = None
    until: FiniteFloat | None = None

    def __post_init__(self) -> None:
        signal = known_signal("signal", self.signal)
        compared = [name for name in COMPARISONS if getattr(self, name) is not None]
        if signal.words:
            if self.says is None or compared or self.until is not None:
                raise ValueError(f"signal: {self.signal} is a word; expected says = one of {', '.join(signal.words)}")
            if self.says not in signal.words:
                raise ValueError(f"says: expected one of {', '.join(signal.words)}, not {self.says!r}")
        elif self.says is not None or len(compared) != 1:
            raise ValueError(f"signal: {self.signal} is a number; expected one of {', '.join(COMPARISONS)}")
        elif self.until is not None:
            (name,) = compared
            measure, threshold = COMPARISONS[name], getattr(self, name)
            if measure(self.until) > measure(threshold):
                most = "at least" if measure(1.0) < 0 else "at most"
                raise ValueError(f"until: expected {most} {name}, {threshold:g}, not {self.until:g}")

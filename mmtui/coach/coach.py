"""The coach: a line at the moment it matters, and what of the lesson was done and missed. Both are data of a level.

Looks once a second of market time. It reads and never acts, so the session is the same with and without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmtui.coach.conditions import Conditions
from mmtui.coach.readings import Readings
from mmtui.level.coaching import CheckSpec, HintSpec, Sentence
from mmtui.observe.snapshot import CoachLine
from mmtui.units import NS_PER_S

#: A line stays for so long, unless it is true no more or another has something to say after the first seconds.
_SHOWN_NS, _LEAST_SHOWN_NS = 12 * NS_PER_S, 4 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Occasion:
    """Once that a lesson's check applied.

    Attributes:
        check: its place among the level's checks.
        name: what was to be done.
        from_ns: when the occasion began.
        to_ns: when it was done, or its time was over.
        done: whether it was.
    """

    check: int
    name: str
    from_ns: int
    to_ns: int
    done: bool


class Coach:
    """Speaks the level's hints and keeps the log of its checks.

    Args:
        hints, checks: the level's.

    Attributes:
        occasions: done and missed, in the order in which they ended.
    """

    def __init__(self, hints: Sequence[HintSpec], checks: Sequence[CheckSpec]) -> None:
        self.occasions: list[Occasion] = []
        self._hints = [_Hint(spec) for spec in hints]
        self._checks = [_Check(row, spec) for row, spec in enumerate(checks)]
        self._line: CoachLine | None = None
        self._said: _Hint | None = None

    def look(self, now_ns: int, readings: Readings) -> None:
        """Log what was done and missed, and say what there is to say; to be called at each whole second."""
        for check in self._checks:
            occasion = check.update(now_ns, readings)
            if occasion is not None:
                self.occasions.append(occasion)
        for hint in self._hints:
            hint.conditions.update(now_ns, readings)
        if self._line is not None and now_ns < self._line.at_ns + _LEAST_SHOWN_NS:
            return
        if self._said is not None and self._said.conditions.held_s is None:
            self._line = self._said = None
        for hint in self._hints:
            text = hint.line(now_ns, readings)
            if text is not None:
                self._line, self._said = CoachLine(now_ns, text), hint
                return

    def line(self, now_ns: int) -> CoachLine | None:
        """What is said now, None when nothing is."""
        line = self._line
        return line if line is not None and now_ns < line.at_ns + _SHOWN_NS else None


class _Hint:
    def __init__(self, spec: HintSpec) -> None:
        self.conditions = Conditions(spec.when)
        self._spec = spec
        self._sentence = Sentence(spec.say)
        self._next_ns = 0

    def line(self, now_ns: int, readings: Readings) -> str | None:
        """The sentence, if it is due; one that lacks a value waits for it."""
        held_s = self.conditions.held_s
        if held_s is None or held_s < self._spec.for_s or now_ns < self._next_ns:
            return None
        text = self._sentence.filled(readings, held_s)
        if text is not None:
            self._next_ns = now_ns + round(self._spec.again_s * NS_PER_S)
        return text


class _Check:
    def __init__(self, row: int, spec: CheckSpec) -> None:
        self._row = row
        self._spec = spec
        self._when = Conditions(spec.when)
        self._do = Conditions(spec.do)
        self._from_ns: int | None = None
        self._next_ns = 0

    def update(self, now_ns: int, readings: Readings) -> Occasion | None:
        """Take in a second; the occasion that ended with it, if one did."""
        spec = self._spec
        self._when.update(now_ns, readings)
        self._do.update(now_ns, readings)
        held_s = self._when.held_s
        if self._from_ns is None and now_ns >= self._next_ns and held_s is not None and held_s >= spec.for_s:
            self._from_ns = now_ns
        from_ns = self._from_ns
        if from_ns is None:
            return None
        doing_s = self._do.held_s
        done = doing_s is not None and doing_s >= spec.keep_s
        if doing_s is None and held_s is None:
            self._from_ns = None
            return None
        if not done and (doing_s is not None or now_ns < from_ns + round(spec.within_s * NS_PER_S)):
            return None
        self._from_ns, self._next_ns = None, now_ns + round(spec.again_s * NS_PER_S)
        return Occasion(self._row, spec.name, from_ns, now_ns, done)

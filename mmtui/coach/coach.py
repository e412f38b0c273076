"""The coach: a line at the moment it matters, and what of the lesson was done and missed. Both are data of a level.

Looked at once a second of market time. It reads and never acts, so the session is the same with and without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Annotated

import msgspec

from mmtui.coach.conditions import Conditions, ConditionSpec, known_signal
from mmtui.coach.readings import Readings
from mmtui.units import NS_PER_S, NonNegativeFloat, PositiveFloat

if TYPE_CHECKING:
    from mmtui.coach.observer import Observer

#: The placeholder for how long the conditions have held, in seconds.
_HELD = "held"
#: How a number may be written: sign, thousands, and f, e, % or g with so many decimals; g when nothing is said.
_NUMBER_FORMAT = re.compile(r"([+ ]?)(,?(?:(?:\.[0-6])?[fe%g])?)")
#: A line stays for so long, unless another has something to say after the first seconds.
_SHOWN_NS, _LEAST_SHOWN_NS = 12 * NS_PER_S, 4 * NS_PER_S


class HintSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the coach says when some conditions hold.

    Attributes:
        when: conditions, all of which must hold.
        for_s: how long they must have held, in seconds, before it is said.
        say: the sentence. ``{signal}`` stands for a signal's value now, ``{held}`` for the seconds that the conditions
            have held; ``{imbalance:+.2f}`` says how a number is written: sign, decimals, and f, e, % or g.
        again_s: how long until it may be said again, in seconds, if the conditions hold then.
    """

    when: tuple[ConditionSpec, ...]
    say: str
    for_s: NonNegativeFloat = 0.0
    again_s: Annotated[float, msgspec.Meta(ge=60.0)] = 60.0

    def __post_init__(self) -> None:
        _expect_some("when", self.when)
        Sentence(self.say)


class CheckSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the lesson asks for: each time some conditions come to hold, others must within a while.

    An occasion whose conditions cease before it was done or its time is over does not count.

    Attributes:
        name: what is to be done, in a few words; the debrief lists it.
        when: conditions that make the occasion; all must hold.
        for_s: how long they must have held, in seconds, before it is one.
        do: conditions that show that it was done; all must come to hold within the time given.
        within_s: the time given, in seconds.
        keep_s: how long they must hold without a break, in seconds; it may reach beyond the time given.
        again_s: how long after an occasion's end the next may begin, in seconds.
    """

    name: str
    when: tuple[ConditionSpec, ...]
    do: tuple[ConditionSpec, ...]
    within_s: PositiveFloat
    keep_s: NonNegativeFloat = 0.0
    for_s: NonNegativeFloat = 0.0
    again_s: NonNegativeFloat = 30.0

    def __post_init__(self) -> None:
        _expect_some("when", self.when)
        _expect_some("do", self.do)


@dataclass(frozen=True, slots=True)
class CoachLine:
    """What the coach says, since ``at_ns``."""

    at_ns: int
    text: str


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

    Attributes:
        occasions: done and missed, in the order in which they ended.
    """

    def __init__(self, hints: Sequence[HintSpec], checks: Sequence[CheckSpec], observer: Observer) -> None:
        self.occasions: list[Occasion] = []
        self._observer = observer
        self._hints = [_Hint(spec) for spec in hints]
        self._checks = [_Check(row, spec) for row, spec in enumerate(checks)]
        self._line: CoachLine | None = None

    def look(self, now_ns: int) -> None:
        """Take in what there is to see; to be called at each whole second."""
        readings = self._observer.look(now_ns)
        for check in self._checks:
            occasion = check.update(now_ns, readings)
            if occasion is not None:
                self.occasions.append(occasion)
        for hint in self._hints:
            hint.conditions.update(now_ns, readings)
        if self._line is not None and now_ns < self._line.at_ns + _LEAST_SHOWN_NS:
            return
        lines = (hint.line(now_ns, readings) for hint in self._hints)
        text = next((line for line in lines if line is not None), None)
        if text is not None:
            self._line = CoachLine(now_ns, text)

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


class Sentence:
    """A sentence with placeholders: names of signals, and how their numbers are written. Nothing is evaluated.

    Args:
        say: the sentence, see :class:`HintSpec`. Raises ValueError, beginning with "say", for what is none.
    """

    def __init__(self, say: str) -> None:
        try:
            parts = list(Formatter().parse(say))
        except ValueError as error:
            raise ValueError(f"say: {error}") from None
        self._parts: list[tuple[str, str, str]] = []
        for text, name, spec, conversion in parts:
            form = spec or ""
            if name is not None:
                if not name.isidentifier() or conversion is not None:
                    raise ValueError(f"say: expected the name of a signal in braces, not {name!r}")
                if name != _HELD and known_signal("say", name).words:
                    if form:
                        raise ValueError(f"say: {name} is a word, which has no number's format {form!r}")
                elif (found := _NUMBER_FORMAT.fullmatch(form)) is None:
                    raise ValueError(f"say: expected a number's format such as +.2f after {name}, not {form!r}")
                else:
                    # Nothing is ever written as minus nothing.
                    form = f"{found[1]}z{found[2]}" + ("" if found[2][-1:] in tuple("fe%g") else "g")
            self._parts.append((text, name or "", form))

    def filled(self, readings: Readings, held_s: float) -> str | None:
        """The sentence as it is now; None while a signal in it has no value."""
        filled = ""
        for text, name, form in self._parts:
            filled += text
            if name:
                value = held_s if name == _HELD else getattr(readings, name)
                if value is None:
                    return None
                filled += value if isinstance(value, str) else format(float(value), form)
        return filled


def _expect_some(key: str, conditions: Sequence[ConditionSpec]) -> None:
    if not conditions:
        raise ValueError(f"{key}: expected at least one condition")

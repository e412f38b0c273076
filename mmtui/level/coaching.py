"""What the coach says and what the lesson asks for, as a level's file states them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Annotated

import msgspec

from mmtui.level.conditions import ConditionSpec
from mmtui.level.signal_catalogue import known_signal
from mmtui.units import NonNegativeFloat, PositiveFloat

#: The placeholder for how long the conditions have held, in seconds.
_HELD = "held"
#: How a number may be written: sign, thousands, and f, e, % or g with so many decimals; g when nothing is said.
_NUMBER_FORMAT = re.compile(r"([+ ]?)(,?(?:(?:\.[0-6])?[fe%g])?)")


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
    again_s: Annotated[float, msgspec.Meta(ge=60.0, le=1e12)] = 60.0

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

    def filled(self, values: Mapping[str, float | str | None], held_s: float) -> str | None:
        """The sentence with the signals' values in it; None while one of them has none."""
        filled = ""
        for text, name, form in self._parts:
            filled += text
            if name:
                value = held_s if name == _HELD else values[name]
                if value is None:
                    return None
                filled += value if isinstance(value, str) else format(float(value), form)
        return filled


def _expect_some(key: str, conditions: Sequence[ConditionSpec]) -> None:
    if not conditions:
        raise ValueError(f"{key}: expected at least one condition")

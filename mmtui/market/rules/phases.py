"""The phases of a trading day, and the published timetable of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from mmtui.units import NS_PER_S, NonNegativeFloat


class Phase(StrEnum):
    """A phase of an exchange.

    - ``OPEN``: continuous trading.
    - ``AUCTION``: orders are collected, to be traded all at one price when it ends.
    - ``CLOSED``: no orders are taken and nothing trades; resting orders stay and may be withdrawn.
    - ``COOLING_OFF``: continuous trading inside a fixed band of prices.
    - ``LIMIT_STATE``: the best price stands at a limit; continuous trading inside the band.
    - ``HALT``: trading is stopped; orders are collected as in an auction, with which it ends.
    """

    OPEN = "open"
    AUCTION = "auction"
    CLOSED = "closed"
    COOLING_OFF = "cooling-off"
    LIMIT_STATE = "limit-state"
    HALT = "halt"

    def __init__(self, word: str) -> None:
        #: Whether orders trade when they meet.
        self.continuous = word in ("open", "cooling-off", "limit-state")
        #: Whether orders are collected, to trade at one price.
        self.collecting = word in ("auction", "halt")


#: Default names, where they are not the values.
_NAMES = {Phase.OPEN: "continuous trading", Phase.LIMIT_STATE: "limit state", Phase.HALT: "trading halt"}


class PhaseSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From ``from_s`` on the exchange is in this phase; before the first it is open.

    Attributes:
        from_s: when it begins, in seconds.
        kind: "open" (continuous trading), "auction" (a call auction that trades when it ends) or "closed".
        name: what the maker reads, such as "opening auction" or "lunch".
    """

    from_s: NonNegativeFloat
    kind: Literal["open", "auction", "closed"]
    name: str | None = None


class Span(NamedTuple):
    """A planned phase, in nanoseconds since the level's start; the last one of a day has no end."""

    start_ns: int
    end_ns: int | None
    phase: Phase
    name: str


class Timetable:
    """The planned phases of a day.

    Args:
        specs: in the order of time. Raises ValueError otherwise, naming the one that is out of order.
    """

    def __init__(self, specs: Sequence[PhaseSpec] = ()) -> None:
        for index, (earlier, later) in enumerate(pairwise(specs), start=1):
            if later.from_s <= earlier.from_s:
                raise ValueError(
                    f"phases[{index}].from_s: expected a time after {earlier.from_s:g}, not {later.from_s:g}"
                )
        if not specs or specs[0].from_s > 0:
            specs = (PhaseSpec(from_s=0.0, kind="open"), *specs)
        starts = [round(spec.from_s * NS_PER_S) for spec in specs]
        self.spans = [
            Span(start_ns, end_ns, Phase(spec.kind), spec.name or phase_name(Phase(spec.kind)))
            for spec, start_ns, end_ns in zip(specs, starts, [*starts[1:], None], strict=True)
        ]
        self._starts = starts

    def at(self, time_ns: int) -> Span:
        """Return the phase planned at a time; the market's warm-up, before 0, is open."""
        if time_ns < 0:
            return Span(time_ns, 0, Phase.OPEN, phase_name(Phase.OPEN))
        return self.spans[bisect_right(self._starts, time_ns) - 1]

    def open_ns(self, until_ns: int) -> int:
        """Return the time planned for continuous trading from 0 to ``until_ns``."""
        return sum(
            max(0, min(until_ns, until_ns if span.end_ns is None else span.end_ns) - span.start_ns)
            for span in self.spans
            if span.phase is Phase.OPEN
        )

    def edges(self, time_ns: int, end_ns: int) -> tuple[int, int | None]:
        """Return how long the session of continuous trading at a time has lasted, and how long the day's last one will.

        Args:
            time_ns: a time planned to be open.
            end_ns: when the last phase ends, if no other follows.

        Returns:
            (since the session's start, to the last session's end or None in any other session), in nanoseconds.
        """
        span = self.at(time_ns)
        last = next(each for each in reversed(self.spans) if each.phase is Phase.OPEN)
        to_end_ns = (end_ns if span.end_ns is None else span.end_ns) - time_ns if span == last else None
        return time_ns - span.start_ns, to_end_ns


def phase_name(phase: Phase) -> str:
    """Return the default name of a phase."""
    return _NAMES.get(phase, phase.value)

"""Who is ahead in a duel, and when that changed."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.units import NS_PER_S

#: Before this time the scores say nothing, and a lead of less than this, in points, is none.
_FIRST_NS, _LEAST = 20 * NS_PER_S, 1.0


@dataclass(frozen=True, slots=True)
class LeadChange:
    """From ``at_ns`` on the player (``own``) or the opponent was ahead."""

    at_ns: int
    own: bool


class Leads:
    """The changes of the lead, oldest first.

    Attributes:
        changes: so far.
    """

    def __init__(self) -> None:
        self.changes: list[LeadChange] = []

    def update(self, now_ns: int, own: float, other: float) -> None:
        """Take in both scores; to be called once a second."""
        if now_ns < _FIRST_NS or abs(own - other) < _LEAST:
            return
        if not self.changes or self.changes[-1].own is not (own > other):
            self.changes.append(LeadChange(now_ns, own > other))

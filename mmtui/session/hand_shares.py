"""How much of a session was by hand."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

#: A stretch at this speed or more, in seconds of market for one of ours, is folded: nobody watches it.
FOLDED = 64.0
#: The share, of the time and of the fills, from which a session is by hand.
BY_HAND = 0.8
#: The share from which it is a strategy's alone: what it leaves as it is taken back at the end is nobody's doing.
ALONE = 0.99


class HandShares(NamedTuple):
    """The player's shares, 0 to 1, of the time that was not folded and of the fills; None of nothing."""

    time: float | None = None
    fills: float | None = None

    @property
    def by_hand(self) -> bool:
        """Whether the session is the player's own."""
        return all(share is None or share >= BY_HAND for share in self)

    @property
    def by_strategy(self) -> bool:
        """Whether strategies alone quoted."""
        return not self.by_hand and all(share is None or share <= 1 - ALONE for share in self)


#: Of a session in which nobody quoted, or of which it is not known who did.
NO_SHARES = HandShares()


def folded_ns(speeds: Iterable[tuple[int, float]], until_ns: int) -> int:
    """How much of a session was folded, from (at_ns, speed) of each change of the speed."""
    changes = [*speeds, (until_ns, 0.0)]
    return sum(end_ns - at_ns for (at_ns, speed), (end_ns, _) in pairwise(changes) if speed >= FOLDED)

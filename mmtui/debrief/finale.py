"""The fill that a level ends with: the worst one, or the best where nothing was lost or every star was earned."""

from __future__ import annotations

from bisect import bisect_right

import msgspec
import numpy as np

from mmtui.debrief.model import JUDGED_NS, Debrief, FillFacts, FillVerdict
from mmtui.units import NS_PER_S

#: How long before the fill it begins; it ends when the fill is judged.
_BEFORE_NS = 3 * NS_PER_S
_ALL_STARS = 3


class Finale(msgspec.Struct, frozen=True, kw_only=True):
    """A fill with what led to it and what came of it.

    Attributes:
        debrief: the session, explained.
        verdict: what the fill made, and why.
        best: whether it is shown for what it made rather than for what it cost.
        joined_ns: when the order came to rest; None of one that traded at once.
        from_ns, to_ns: the stretch to show.
    """

    debrief: Debrief
    verdict: FillVerdict
    best: bool
    joined_ns: int | None
    from_ns: int
    to_ns: int

    @property
    def fill(self) -> FillFacts:
        """The fill."""
        return self.debrief.fills[self.verdict.fill]

    def value_at(self, at_ns: int) -> float | None:
        """The latent value at a time, in ticks, between its samples of each second; None without one."""
        seconds = self.debrief.seconds
        row = max(0, bisect_right(seconds.at_ns, at_ns) - 1)
        values = [value for value in seconds.value[row : row + 2] if value is not None]
        return float(np.interp(at_ns, seconds.at_ns[row : row + len(values)], values)) if values else None

    def made_by(self, at_ns: int) -> float:
        """What the fill has made up to a time, in currency: its markout, times its lots; 0 before it."""
        fill = self.fill
        if at_ns <= fill.at_ns:
            return 0.0
        markout = fill.side * (self.debrief.mids.just_before(at_ns) - fill.price)
        return markout * fill.quantity * self.debrief.instrument.tick_value


def finale(debrief: Debrief, number: int | None = None) -> Finale | None:
    """The finale of a session, or one of its fills told in the same way.

    Args:
        debrief: the session.
        number: the index of a fill among ``debrief.fills``, one of the worst or the best; None to choose.

    Returns:
        None where no fill was judged.
    """
    verdicts = [*debrief.worst, *debrief.best]
    if number is not None:
        verdicts = [verdict for verdict in verdicts if verdict.fill == number]
    elif debrief.best and debrief.result.stars == _ALL_STARS:
        verdicts = [*debrief.best]
    if not verdicts:
        return None
    verdict = verdicts[0]
    fill = debrief.fills[verdict.fill]
    return Finale(
        debrief=debrief,
        verdict=verdict,
        best=verdict.money > 0,
        joined_ns=next((order.joined_ns for order in debrief.orders if order.order_id == fill.order_id), None),
        from_ns=max(0, fill.at_ns - _BEFORE_NS),
        to_ns=fill.at_ns + JUDGED_NS,
    )

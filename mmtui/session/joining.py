"""A seat that somebody took while the session ran: his score counts from there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mmtui.desk import Desk, Presence
from mmtui.session.par import ParSource
from mmtui.session.score import ScoreInputs
from mmtui.units import NS_PER_S

#: The horizon of the score's markout among those of a fill: 10 s.
_HORIZON = 1


@dataclass(frozen=True, slots=True)
class Joining:
    """What a maker had come to when somebody took the seat.

    Attributes:
        at_ns: when.
        total: PnL, in currency.
        held: the integral of the absolute net position, in lots × nanoseconds.
        present_ns, owed_ns: time quoted as obliged, and with an obligation.
        fills: how many there were.
    """

    at_ns: int
    total: float
    held: float
    present_ns: int
    owed_ns: int
    fills: int

    @classmethod
    def now(cls, total: float, desk: Desk, presence: Presence, now_ns: int) -> Joining:
        """A maker as it is now: its PnL, and what it has done."""
        held = desk.mean_net(now_ns) * now_ns
        return cls(now_ns, total, held, *presence.times(now_ns), len(desk.fills))

    def since(self, whole: ScoreInputs, desk: Desk, presence: Presence, now_ns: int, par: ParSource) -> ScoreInputs:
        """The measures from here on, from those of the whole session, whose volumes are from here on already."""
        elapsed_ns, second = now_ns - self.at_ns, self.at_ns // NS_PER_S
        present_ns, owed_ns = presence.times(now_ns)
        due = [fill for fill in desk.fills[self.fills :] if fill.markouts[_HORIZON] is not None]
        lots = sum(fill.quantity for fill in due)
        made = sum(fill.quantity * (fill.markouts[_HORIZON] or 0.0) for fill in due)
        par_before = par.at(second)
        unknown = whole.par is None or par_before is None
        return replace(
            whole,
            pnl=whole.pnl - self.total,
            par=None if unknown else (whole.par or 0.0) - (par_before or 0.0),
            mean_net=(desk.mean_net(now_ns) * now_ns - self.held) / elapsed_ns if elapsed_ns else abs(desk.net),
            markout=made / lots if lots else None,
            presence=(present_ns - self.present_ns) / (owed_ns - self.owed_ns) if owed_ns > self.owed_ns else 0.0,
        )

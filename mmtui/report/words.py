"""How a report's numbers are written, in text and in HTML alike."""

from __future__ import annotations

from mmtui.debrief import Debrief, FillFacts, MarkoutCurve, ScorePart, Seconds
from mmtui.session.result import Opposition
from mmtui.units import NS_PER_S

ENDS = {
    "time": "The time was up.",
    "loss": "The loss limit was reached.",
    "left": "The player left.",
    "error": "The strategy failed.",
    "running": "The journal breaks off here.",
}
#: The parts of the PnL in the order of the identity, each with its sign in it.
PARTS = (("spread", 1), ("position", 1), ("hedge", 1), ("fees", -1))
GROUPS = {
    "noise": "noise traders",
    "informed": "informed traders",
    "momentum": "momentum traders",
    "rival": "rival makers",
    "institution": "institutions",
    "arbitrageur": "arbitrageurs",
    "maker": "other makers",
    "recorded": "the tape",
    "buy": "bought",
    "sell": "sold",
    "manual": "by hand",
    "strategy": "by strategy",
    "all": "all fills",
}


def clock(at_ns: int) -> str:
    """Minutes and seconds since the start.

    >>> clock(83_400_000_000)
    '1:23.4'
    """
    minutes, tenths = divmod(at_ns * 10 // NS_PER_S, 600)
    return f"{minutes}:{tenths // 10:02}.{tenths % 10}"


def money(amount: float) -> str:
    """An amount with its sign.

    >>> money(-1234.5), money(0.0)
    ('−1,234.50', '0.00')
    """
    return ("−" if amount < -0.005 else "+" if amount > 0.005 else "") + f"{abs(amount):,.2f}"


def ticks(value: float | None) -> str:
    """Ticks a share with their sign."""
    return "–" if value is None else ("−" if value < -0.005 else "+" if value > 0.005 else "") + f"{abs(value):.2f}"


def stars(count: int) -> str:
    """Earned and missed."""
    return "★" * count + "☆" * (3 - count)


def who(strategy: str | None) -> str:
    """Who quoted at the end."""
    return "by hand" if strategy is None else f"by {strategy}"


def against(opponent: Opposition) -> str:
    """The opponent in a duel, and how it did."""
    return f"against {opponent.strategy}, which scored {opponent.score:.1f} and made {opponent.pnl:+,.2f}"


def arithmetic(part: ScorePart) -> str:
    """A part's formula, and under which numbers it was taken."""
    inputs = ", ".join(f"{name} = {'–' if value is None else f'{value:,.6g}'}" for name, value in part.inputs.items())
    return f"{part.formula}; {inputs}"


def deal(found: Debrief, fill: FillFacts) -> str:
    """A fill in words."""
    done = "bought" if fill.side > 0 else "sold"
    return f"{done} {fill.quantity} @ {found.instrument.format(fill.price)}"


def overall(found: Debrief) -> MarkoutCurve | None:
    """The markouts of all fills, if there were any."""
    return found.markouts[0] if found.markouts else None


def part(seconds: Seconds, name: str, sign: int) -> list[float]:
    """One part of the PnL over time, with the sign that it has in the sum."""
    return [sign * amount for amount in getattr(seconds, name)]

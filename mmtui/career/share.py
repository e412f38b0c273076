"""The day's result in a few characters, to paste to a colleague who plays the same market: it gives nothing away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mmtui.units import NS_PER_S
from mmtui.wording import clock, points

_BARS = "▁▂▃▄▅▆▇█"
_LENGTH = 10


def share_line(
    level: str, day: date, score: float, stars: int, pnl_by_second: Sequence[float], stood_s: float = 0.0
) -> str:
    """Level, date, score, stars, the course of the PnL, without its scale or its sign, and how long one paused.

    >>> share_line("skew", date(2026, 11, 24), 71.43, 2, [0, 5, 3, 8, 12, 10, 15, 20, 18, 25])
    'mmtui skew 2026-11-24 · 71 ★★☆ · ▁▂▂▃▄▄▅▇▆█'
    >>> share_line("skew", date(2026, 11, 24), 71.43, 2, [0, 5, 3, 8, 12, 10, 15, 20, 18, 25], 83.0)
    'mmtui skew 2026-11-24 · 71 ★★☆ · ▁▂▂▃▄▄▅▇▆█ · paused 01:23'

    Args:
        level: its title or id.
        day: the day whose challenge it was.
        score: 0 to 100.
        stars: 0 to 3.
        pnl_by_second: money, from the start to the end.
        stood_s: for how long the clock stood still meanwhile, in seconds; less than one is not told.
    """
    paused = f" · paused {clock(round(stood_s * NS_PER_S))}" if stood_s >= 1 else ""
    told = f"mmtui {level} {day.isoformat()} · {points(score)} {'★' * stars}{'☆' * (3 - stars)}"
    return f"{told} · {spark(pnl_by_second)}{paused}"


def bars(scores: Sequence[float]) -> str:
    """Scores of 0 to 100 as bars, one each.

    >>> bars([0, 50, 100])
    '▁▅█'
    """
    return "".join(_BARS[round(score / 100 * (len(_BARS) - 1))] for score in scores)


def spark(values: Sequence[float]) -> str:
    """The course of a series in bars, from its least to its greatest value.

    >>> spark([0.0] + [1.0] * 50)[:3]
    '▁██'
    """
    if not values:
        return ""
    picked = [values[round(step * (len(values) - 1) / (_LENGTH - 1))] for step in range(_LENGTH)]
    low, high = min(picked), max(picked)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[round((value - low) * scale)] for value in picked)

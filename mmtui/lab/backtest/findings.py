"""What is odd in a price path: gaps, and moves that look like a split."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from mmtui.market.core.draws import Ints
from mmtui.units import NS_PER_S

#: A gap is so many usual distances long, and longer than a weekend if the usual one is a day or so.
_GAP = 20
_DAY_NS = 86_400 * NS_PER_S
#: A split moves the price by so many usual moves at least, to within this part of one of these ratios.
_FAR, _NEAR = 20, 0.02
_RATIOS = (
    (2, 1),
    (3, 1),
    (3, 2),
    (4, 1),
    (5, 1),
    (5, 4),
    (7, 1),
    (8, 1),
    (10, 1),
    (15, 1),
    (20, 1),
    (25, 1),
    (50, 1),
    (100, 1),
)
_MOST_NAMED = 3


def findings(stamps: Sequence[str], times_ns: Ints, values: Sequence[Decimal]) -> list[str]:
    """Returns what is odd, a sentence each.

    Args:
        stamps: the timestamps as they stand in the file.
        times_ns: the same in nanoseconds.
        values: the prices.
    """
    return [*_gaps(stamps, times_ns), *_splits(stamps, values)]


def _gaps(stamps: Sequence[str], times_ns: Ints) -> Iterator[str]:
    apart = np.diff(times_ns)
    usual = float(np.median(apart))
    least = max(_GAP * usual, 4.5 * _DAY_NS if usual > _DAY_NS / 4 else 0.0)
    gaps = np.flatnonzero(apart > least)
    if len(gaps):
        at = int(gaps[np.argmax(apart[gaps])])
        count = "A gap" if len(gaps) == 1 else f"{len(gaps):,} gaps, the longest"
        yield (
            f"{count} of {_duration(int(apart[at]))} after {stamps[at]}, where prices are mostly "
            f"{_duration(round(usual))} apart; quotes stand all that time."
        )


def _splits(stamps: Sequence[str], values: Sequence[Decimal]) -> Iterator[str]:
    logs = np.log(np.array([float(value) for value in values]))
    moves = np.diff(logs)
    sized = np.abs(moves[moves != 0])
    usual = float(np.median(sized)) if len(sized) else 0.0
    found = []
    for at in np.flatnonzero(np.abs(moves) > max(_FAR * usual, math.log(1.2))).tolist():
        for new, old in _RATIOS:
            if abs(abs(moves[at]) - math.log(new / old)) < max(_NEAR, 3 * usual):
                ratio = f"{new} for {old}" if moves[at] < 0 else f"{old} for {new}"
                found.append(f"a split of {ratio} at {stamps[at + 1]} ({values[at]} to {values[at + 1]})")
                break
    if found:
        more = f", and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        yield f"What looks like {', '.join(found[:_MOST_NAMED])}{more}: the position is valued as if it were a move."


def _duration(ns: int) -> str:
    seconds = ns / NS_PER_S
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"

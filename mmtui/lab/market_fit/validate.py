"""A market held against a recording, statistic by statistic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from mmtui.lab.market_fit.catalogue import STATISTICS
from mmtui.lab.market_fit.fit import TOLERANCE
from mmtui.lab.market_fit.observed import Observed
from mmtui.lab.market_fit.probes import Edge, edges
from mmtui.lab.market_fit.statistics import Measured, block_length, measure

#: A market behaves like a recording if so large a share of the decided statistics is within two units.
ENOUGH = 0.8
WITHIN = 2.0
#: Fewer decided statistics tell nothing.
FEWEST = 12


class Row(msgspec.Struct, frozen=True):
    """A statistic that the recording tells.

    ``distance`` is that of the two in units of the standard error of their difference, to whose square that of a
    tolerance is added: a tenth of the recording's value, and no less than the statistic's floor. None if the market has
    no such statistic.
    """

    statistic: str
    words: str
    tape: float
    tape_se: float
    market: float | None
    market_se: float | None
    distance: float | None


class Validation(msgspec.Struct, frozen=True):
    """All of them, by group; those whose error exceeds their size on the tape are undecided, and in no share.

    ``probes`` are what simple ways to trade earn in both.
    """

    market: str
    tape: str
    groups: dict[str, list[Row]]
    decided: int
    undecided: list[str]
    within_two: float
    verdict: str
    probes: list[Edge] = []

    @property
    def good(self) -> bool:
        """Whether the market behaves like the recording."""
        return self.decided >= FEWEST and self.within_two >= ENOUGH


def compare(market: str, tape: str, seen: Observed, simulated: Sequence[Observed]) -> Validation:
    """Compare a market, seen under some seeds, with a recording.

    Args:
        market: its name.
        tape: the recording's.
        seen: the recording.
        simulated: the market, as long each.
    """
    recorded = measure([seen], block_length(seen.seconds), STATISTICS)
    # A seed is a block: what changes slowly differs between seeds, and not within one.
    found = judged(market, tape, recorded, measure(simulated, seen.seconds, STATISTICS))
    return msgspec.structs.replace(found, probes=edges(seen, simulated))


def judged(market: str, tape: str, recorded: Measured, made: Measured) -> Validation:
    """The same from what was measured."""
    groups: dict[str, list[Row]] = {}
    undecided: list[str] = []
    columns = zip(STATISTICS, recorded.values, recorded.errors, made.values, made.errors, strict=True)
    for statistic, value, error, other, other_error in columns:
        # A share of none or all has no error that blocks could show.
        if not (np.isfinite(value) and 0 < error < abs(value)):
            undecided.append(statistic.name)
            continue
        known = bool(np.isfinite(other))
        tolerance = max(TOLERANCE * abs(value), statistic.floor)
        unit = float(np.sqrt(error**2 + np.nan_to_num(other_error) ** 2 + tolerance**2))
        row = Row(
            statistic.name,
            statistic.words,
            float(value),
            float(error),
            float(other) if known else None,
            float(np.nan_to_num(other_error)) if known else None,
            abs(float(other - value)) / unit if known else None,
        )
        groups.setdefault(statistic.group, []).append(row)
    rows = list(_all(groups))
    near = sum(row.distance is not None and row.distance <= WITHIN for row in rows)
    share = near / len(rows) if rows else 0.0
    return Validation(market, tape, groups, len(rows), undecided, share, _verdict(rows, share))


def _all(groups: dict[str, list[Row]]) -> Iterable[Row]:
    return (row for rows in groups.values() for row in rows)


def _verdict(rows: Sequence[Row], share: float) -> str:
    if len(rows) < FEWEST:
        return f"the recording decides {len(rows)} statistics, too few to tell"
    furthest = sorted(rows, key=lambda row: -(np.inf if row.distance is None else row.distance))
    apart = [row.statistic for row in furthest if row.distance is None or row.distance > WITHIN][:3]
    words = "the market behaves like the recording" if share >= ENOUGH else "the market behaves otherwise"
    return f"{words}: {share:.0%} of {len(rows)} statistics within two" + (
        f"; furthest off: {', '.join(apart)}" if apart else ""
    )

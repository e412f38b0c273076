"""A report: the debrief of a journal, with what the journal says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from mmtui.debrief.build import debrief
from mmtui.debrief.model import Debrief, Ranking
from mmtui.debrief.ranking import ranking
from mmtui.session.journal import Parent, read_journal
from mmtui.wording import money, stamp


class Report(msgspec.Struct, frozen=True):
    """A debrief and the ranking it is compared with; the JSON of ``mmtui report``.

    Attributes:
        journal: the file's name.
        parent: the journal that the session was taken over from, if it was.
        same: whether the session re-simulated has the journal's digest; None for a journal that breaks off.
        debrief: the session, explained.
        ranking: the shipped strategies on the same tape; None if not asked for.
    """

    journal: str
    parent: Parent | None
    same: bool | None
    debrief: Debrief
    ranking: Ranking | None


def report(path: Path, *, compared: bool = True) -> Report:
    """Make the report of a journal.

    Args:
        path: the journal.
        compared: whether to rank it among the shipped strategies, which takes about a second.

    Raises:
        JournalError: it cannot be read.
        UnknownStrategyError: its strategy no longer exists.
    """
    journal = read_journal(path)
    found = debrief(journal.script)
    same = None if journal.end is None else journal.end.digest == found.result.digest
    others = ranking(journal.level, journal.seed, found.result) if compared else None
    return Report(path.name, journal.parent, same, found, others)


def notes(report: Report) -> Iterator[str]:
    """Yields what else is to be said of the session: its opponent, an error, its parent, a digest that differs."""
    result, parent = report.debrief.result, report.parent
    if (opponent := result.opponent) is not None:
        pnl = money(opponent.pnl).strip()
        yield f"against {opponent.strategy}, which scored {opponent.score:.1f} and made {pnl}"
    if result.error is not None:
        yield result.error
    if parent is not None:
        yield f"taken over from {parent.name} at {stamp(parent.at_ns)}"
    if report.same is False:
        yield "This version plays it otherwise than the one that wrote it: the digests differ."

"""A report: the debrief of a journal, with what the journal says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from mmtui.debrief.build import debrief
from mmtui.debrief.model import Debrief, Ranking
from mmtui.debrief.ranking import ranking
from mmtui.learning.luck import Luck, luck
from mmtui.session.journal import Journal
from mmtui.session.journal_lines import Parent
from mmtui.session.result import Result
from mmtui.wording import money, stamp


class Report(msgspec.Struct, frozen=True):
    """A debrief and the ranking it is compared with; the JSON of ``mmtui report``.

    Attributes:
        journal: the file's name.
        parent: the journal that the session was taken over from, if it was.
        same: whether the session re-simulated has the journal's digest; None for a journal that breaks off.
        debrief: the session, explained.
        ranking: the shipped strategies on the same tape; None if not asked for.
        luck: how much of the PnL was luck; None where that cannot be told.
    """

    journal: str
    parent: Parent | None
    same: bool | None
    debrief: Debrief
    ranking: Ranking | None
    luck: Luck | None = None


def report(journal: Journal, *, compared: bool = True) -> Report:
    """Make the report of a journal.

    Args:
        journal: the journal.
        compared: whether to rank it among the shipped strategies, which takes about a second.

    Raises:
        JournalError: this version cannot play it again.
        UnknownStrategyError: its strategy no longer exists.
    """
    script = journal.script
    found = debrief(script)
    same = None if journal.end is None else journal.end.digest == found.result.digest
    others = ranking(script.level, script.seed, found.result) if compared else None
    return Report(Path(journal.source).name, journal.parent, same, found, others, luck(script))


def notes(report: Report) -> Iterator[str]:
    """Yields what else is to be said of the session: its opponent, an error, its parent, a digest that differs."""
    parent = report.parent
    yield from result_notes(report.debrief.result)
    if report.luck is not None:
        yield f"of the PnL {report.luck.told}"
    if parent is not None:
        yield f"taken over from {parent.name} at {stamp(parent.at_ns)}"
    if report.same is False:
        yield "This version plays it otherwise than the one that wrote it: the digests differ."


def result_notes(result: Result) -> Iterator[str]:
    """Yields what a result says of an opponent and of an error, if there were any."""
    if (opponent := result.opponent) is not None:
        pnl = money(opponent.pnl).strip()
        yield f"against {opponent.strategy}, which scored {opponent.score:.1f} and made {pnl}"
    if result.error is not None:
        yield result.error

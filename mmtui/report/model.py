"""What a report holds."""

from __future__ import annotations

from pathlib import Path

import msgspec

from mmtui.debrief import Debrief, Ranking, debrief, ranking
from mmtui.session.journal import read_journal
from mmtui.session.journal_lines import Parent


class Report(msgspec.Struct, frozen=True):
    """A debrief with the ranking that it is compared with.

    Attributes:
        journal: the file's name.
        parent: the journal that the session was taken over from, if it was.
        same: whether the session re-simulated has the digest that the journal states; None when it breaks off.
        debrief: the session, explained.
        ranking: how others did on the same tape; None when that was not asked for.
    """

    journal: str
    parent: Parent | None
    same: bool | None
    debrief: Debrief
    ranking: Ranking | None


def report(path: Path, *, compared: bool = True) -> Report:
    """The report of a journal.

    Args:
        path: the journal.
        compared: whether the strategies that ship play the same tape too, which takes about a second.

    Raises:
        JournalError: it cannot be read.
        UnknownStrategyError: a strategy in it is not there any more.
    """
    journal = read_journal(path)
    found = debrief(journal.script)
    same = None if journal.end is None else journal.end.digest == found.result.digest
    others = ranking(journal.level, journal.seed, found.result) if compared else None
    return Report(path.name, journal.parent, same, found, others)

"""Journals of several people played again, checked, and put in order: for boards and for classes.

A replay that has a journal's digest proves what was played: level, seed, commands, and so the score. The signature says
whose key it was, and that nothing was altered since. Nothing can prove that a person was there, or how often one tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from mmtui.debrief.build import debrief
from mmtui.debrief.model import Debrief
from mmtui.errors import InputError, JournalError, LevelError, MmtuiError
from mmtui.lab.runs.workers import map_in_processes
from mmtui.learning.pseudonyms import pseudonym
from mmtui.level.level import Level, load_level
from mmtui.session.hand_shares import HandShares, folded_ns
from mmtui.session.journal import Journal, read_journal
from mmtui.session.journal_lines import Player
from mmtui.session.signing import is_good
from mmtui.session.trust import NOBODY, Trust
from mmtui.wording import visible

#: The longest name that is shown.
_LONGEST_NAME = 40


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """A journal as it is graded; a column each. What is not known of one that cannot be played again is None.

    Attributes:
        file: its name.
        player: the name that it carries, else a pseudonym of its key.
        level: the level's id.
        level_is: ``shipped`` if it is the level that ships under this id, ``given`` if it is the one asked for,
            ``other`` if it is neither.
        seed: the market.
        score, stars: of the replay, stars if it were by hand.
        by_hand: the smaller one of the player's shares of time and fills; None where nobody quoted.
        pnl, par: money.
        inventory, markout, presence: points of these parts of the score, 0 to 100; None where the level has no such.
        checks_done, checks_missed: occasions on which the lesson was done, and missed.
        mistakes: their kinds, the costliest first.
        digest_ok: whether the replay has the journal's digest.
        sealed: whether the key that it names has signed it as it is.
        assisted: whether it was not by hand alone: a strategy quoted, it was taken over from a replay, or played slow.
        duplicate_of: the file with the same session that was begun earlier.
    """

    file: str
    player: str | None = None
    level: str | None = None
    level_is: str | None = None
    seed: int | None = None
    score: float | None = None
    stars: int | None = None
    by_hand: float | None = None
    pnl: float | None = None
    par: float | None = None
    inventory: float | None = None
    markout: float | None = None
    presence: float | None = None
    checks_done: int | None = None
    checks_missed: int | None = None
    mistakes: str | None = None
    digest_ok: bool | None = None
    sealed: bool | None = None
    assisted: bool | None = None
    duplicate_of: str | None = None


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A journal's grade, and what else is needed to put it in order.

    Attributes:
        grade: the row.
        apart: why it does not count, a sentence each; empty if it does.
        key: the player's public key.
        begun: when it was begun, as the journal says.
        attempt: which try it is, as the journal says.
        digest: of the replay; empty where there was none.
        missed: checks of the lesson that were missed, by name.
    """

    grade: Grade
    apart: tuple[str, ...] = ()
    key: str | None = None
    begun: str = ""
    attempt: int = 1
    digest: str = ""
    missed: tuple[str, ...] = ()


def journals_in(folder: Path) -> list[Path]:
    """The journals of a folder and the folders in it, by name. Raises InputError if there is none."""
    if not folder.is_dir():
        raise InputError(f"{folder}: expected a folder of journals")
    found = sorted(path for path in folder.rglob("*.jsonl") if path.is_file())
    if not found:
        raise InputError(f"{folder}: there is no journal in it, a file whose name ends in .jsonl")
    return found


def grade_files(
    files: Sequence[Path], folder: Path, level: Level | None = None, trust: Trust = NOBODY, jobs: int = 1
) -> list[Graded]:
    """Play journals again and grade them.

    Args:
        files: the journals.
        folder: what their names are relative to.
        level: the level that all should be of; None for any that ships.
        trust: what of this machine they may have the program use.
        jobs: processes; the result does not depend on it.

    Returns:
        Those that count, the best score first; then the others, by file.
    """
    graded = partial(_graded, folder=folder, level=level, trust=trust)
    played = map_in_processes(graded, files, jobs)
    return in_order(list(_without_duplicates(played)))


def in_order(graded: Sequence[Graded]) -> list[Graded]:
    """Those that count, the best score first; then the others, by file."""
    counting = [each for each in graded if not each.apart]
    others = [each for each in graded if each.apart]
    by_score = sorted(counting, key=lambda each: (-(each.grade.score or 0.0), each.grade.file))
    return [*by_score, *sorted(others, key=lambda each: each.grade.file)]


def set_apart(graded: Graded, why: str) -> Graded:
    """The journal, which does not count, for one more reason."""
    return msgspec.structs.replace(graded, apart=(*graded.apart, why))


def _without_duplicates(graded: Iterable[Graded]) -> Iterator[Graded]:
    """Yields the journals; of several with one session all but one do not count.

    That one is of those that nothing else speaks against the one that was begun first.
    """
    first: dict[str, str] = {}
    for each in sorted(graded, key=lambda each: (bool(each.apart), each.begun, each.grade.file)):
        name = each.grade.file
        original = first.setdefault(each.digest, name) if each.digest else name
        if original == name:
            yield each
            continue
        grade = msgspec.structs.replace(each.grade, duplicate_of=original)
        yield set_apart(msgspec.structs.replace(each, grade=grade), f"the same session as {original}")


def _graded(path: Path, folder: Path, level: Level | None, trust: Trust) -> Graded:
    name = str(path.relative_to(folder))
    try:
        journal = read_journal(path, trust)
    except JournalError as error:
        return Graded(grade=Grade(file=name), apart=(_reason(error, path),))
    player = journal.player
    key = None if player is None else player.key
    known = Grade(
        file=name,
        player=name_of(journal.player),
        level=journal.level.id,
        level_is=_level_is(journal, level),
        seed=journal.seed,
        sealed=any(each.key == key and is_good(each, journal.statement) for each in journal.signatures),
    )
    graded = Graded(grade=known, key=key, begun=journal.begun or "", attempt=journal.attempt or 1)
    try:
        found = debrief(journal.script)
    except MmtuiError as error:
        return set_apart(graded, _reason(error, path))
    result, parts = found.result, found.result.parts
    shares = found.quoted.shares(folded_ns([(change.at_ns, change.speed) for change in journal.speeds], found.until_ns))
    help_had = list(_help(journal, shares))
    grade = msgspec.structs.replace(
        known,
        score=result.score,
        stars=result.stars,
        by_hand=min((share for share in shares if share is not None), default=None),
        pnl=result.pnl.total,
        par=result.par,
        inventory=parts.get("inventory"),
        markout=parts.get("markout"),
        presence=parts.get("presence"),
        checks_done=sum(occasion.done for occasion in found.occasions),
        checks_missed=sum(not occasion.done for occasion in found.occasions),
        mistakes=" ".join(mistake.kind for mistake in found.mistakes),
        digest_ok=None if journal.end is None else journal.end.digest == result.digest,
        assisted=bool(help_had),
    )
    return msgspec.structs.replace(
        graded,
        grade=grade,
        apart=(*_faults(journal, grade, found, level), *help_had),
        digest=result.digest,
        missed=tuple(occasion.name for occasion in found.occasions if not occasion.done),
    )


def _faults(journal: Journal, grade: Grade, found: Debrief, level: Level | None) -> Iterator[str]:
    """Yields why a journal that can be played again is not what it should be."""
    if journal.end is None:
        yield "it breaks off before its end"
    elif not grade.digest_ok:
        yield "forged: the replay has another digest"
    if any(each.result is not None and each.result != found.result for each in journal.outcomes):
        yield "forged: the result in it is not the replay's"
    if grade.level_is == "other" or (level is not None and found.result.level_digest != level.digest):
        wanted = "that ships" if level is None else f"{level.id!r} that was asked for"
        same = level is not None and journal.level.id == level.id
        yield f"another level: {journal.level.id!r} in it " + (
            "has been changed" if same else f"is not the one {wanted}"
        )
    if not grade.sealed:
        yield "not sealed: the key that it names has not signed it as it is"


def _help(journal: Journal, shares: HandShares) -> Iterator[str]:
    """Yields what help was had."""
    together = isinstance(journal.level, Level) and journal.level.score.together
    if not shares.by_hand and not together:
        yield "assisted: a strategy quoted"
    if journal.parent is not None:
        yield "assisted: taken over from a replay"
    if any(change.speed < 1 for change in journal.speeds):
        yield "assisted: played slower than the market"


def _level_is(journal: Journal, level: Level | None) -> str:
    played = journal.level
    if not isinstance(played, Level):
        return "other"
    with suppress(LevelError):
        if load_level(played.id).digest == played.digest:
            return "shipped"
    return "given" if level is not None and level.digest == played.digest else "other"


def name_of(player: Player | None) -> str | None:
    """What somebody is called: by the name in a journal, else by a pseudonym of the key."""
    if player is None:
        return None
    if player.name:
        return visible(player.name)[:_LONGEST_NAME]
    return None if player.key is None else pseudonym(player.key)


def _reason(error: MmtuiError, path: Path) -> str:
    """An error without the file's path, which stands beside it."""
    return str(error).removeprefix(f"{path}: ")

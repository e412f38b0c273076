"""The board of a day: who played its challenge, from a folder of journals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from mmtui.errors import JournalError
from mmtui.learning.grades import Grade, Graded, grade_files, in_order, journals_in, name_of, set_apart
from mmtui.level.level import Level
from mmtui.session.journal import read_header
from mmtui.session.trust import NOBODY, Trust
from mmtui.wording import visible


class Apart(msgspec.Struct, frozen=True):
    """A journal that does not count, and why."""

    file: str
    player: str | None
    why: tuple[str, ...]


class _Named(msgspec.Struct):
    id: str


class Board(msgspec.Struct, frozen=True):
    """The board of a day.

    Attributes:
        day: as 2026-11-27; ``level`` and ``seed`` follow from it.
        ranked: the journals that count, the best score first.
        apart: the others.
    """

    day: str
    level: str
    seed: int
    ranked: tuple[Grade, ...]
    apart: tuple[Apart, ...]


def board(folder: Path, level: Level, seed: int, trust: Trust = NOBODY, jobs: int = 1) -> list[Graded]:
    """Rank the journals of a folder that are of a day's challenge; each player's first try counts.

    Args:
        folder: the journals.
        level: the day's level.
        seed: its seed.
        trust: what of this machine journals may have the program use.
        jobs: processes; the result does not depend on it.

    Raises:
        InputError: there is no journal in the folder.
    """
    seen: set[str] = set()
    found, here = [], []
    for path in journals_in(folder):
        elsewhere = _elsewhere(path, folder, level, seed)
        if elsewhere is None:
            here.append(path)
        else:
            found.append(elsewhere)
    graded = grade_files(here, folder, level, trust, jobs) if here else []
    for each in sorted(graded, key=lambda each: (each.attempt, each.begun, each.grade.file)):
        why = ""
        if each.attempt > 1:
            why = f"try {each.attempt}: the first one counts"
        elif each.key in seen:
            why = "another try of the same player: the first one counts"
        elif each.key is not None and not each.apart:
            seen.add(each.key)
        found.append(set_apart(each, why) if why else each)
    return in_order(found)


def _elsewhere(path: Path, folder: Path, level: Level, seed: int) -> Graded | None:
    """A journal whose first line says that it is of another market, which need not be played again; else None."""
    try:
        header = read_header(path)
        played = msgspec.json.decode(header.level, type=_Named).id
    except (JournalError, msgspec.DecodeError):
        return None
    if (played, header.seed) == (level.id, seed):
        return None
    why = f"another market: seed {header.seed}" if played == level.id else f"another level: {visible(played)}"
    grade = Grade(file=str(path.relative_to(folder)), player=name_of(header.player), level=played, seed=header.seed)
    return Graded(grade=grade, apart=(why,))


def as_board(day: date, level: Level, seed: int, graded: Sequence[Graded]) -> Board:
    """The board of journals that were ranked."""
    return Board(
        day=day.isoformat(),
        level=level.id,
        seed=seed,
        ranked=tuple(each.grade for each in graded if not each.apart),
        apart=tuple(Apart(each.grade.file, each.grade.player, each.apart) for each in graded if each.apart),
    )

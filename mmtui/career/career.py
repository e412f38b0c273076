"""The career: every session that was played to its end, and what follows from them. Kept in SQLite.

One file, ``career.sqlite``, in write-ahead mode, so that two apps can be open at once. Each row carries a checksum of
what it says, since a database notices damage to its structure only. On opening, the whole is looked through; a damaged
file is set aside and what is whole in it goes into a new one. Before its tables are changed for a later version of the
program, the file is copied. Where nothing can be kept (a folder that is read-only, a disk that is full), a sentence
says so, and the rest of the run keeps its career in memory. See :mod:`mmtui.career.career_file` for how.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any, Literal, get_args

import msgspec

from mmtui.career.career_file import CareerFile
from mmtui.errors import CareerError, one_line, shortened
from mmtui.files import NO_JSON, read
from mmtui.paths import LEVEL_ID
from mmtui.session.hand_shares import NO_SHARES, HandShares
from mmtui.session.result import Result
from mmtui.session.score import stars_of
from mmtui.version import SCORING

#: The version of what is exported, and the oldest that is read: 1 did not say under which scoring a session was scored,
#: 2 neither how much of it was by hand, nor on which day of the player's, nor what sets it apart.
EXPORT_FORMAT, _OLDEST_EXPORT = 3, 1
#: What sets a session apart, see :class:`Record`; with one of the first three the market was known or another one.
Mark = Literal["replay", "again", "set", "slow"]
_REHEARSED = frozenset(("replay", "again", "set"))
_MARKS = {
    "replay": "taken over from a replay",
    "again": "a further try at the seed",
    "set": "on a changed level",
    "slow": "slowed down",
}
#: The largest whole number that a database holds.
_MOST = 2**63 - 1
_Score = Annotated[float, msgspec.Meta(ge=0, le=100)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
#: How times are written, UTC, and days.
_AT, _DAY = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"
_Stars = Annotated[int, msgspec.Meta(ge=0, le=3)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Best(msgspec.Struct, frozen=True, array_like=True):
    """A best score, 0 to 100, and the stars it earned."""

    score: _Score
    stars: _Stars


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the player has come.

    Attributes:
        best: level id to the best score.
        older: the same under earlier versions of the scoring: it competes with none, and unlocks what it unlocked.
        last: id of the level that was played last, empty before the first.
        taught: whether the first lesson was followed or skipped.
    """

    best: dict[str, Best] = {}
    older: dict[str, Best] = {}
    last: str = ""
    taught: bool = False

    @property
    def reached(self) -> dict[str, Best]:
        """Level id to the score with most stars, of any version of the scoring."""
        both = (*self.older.items(), *self.best.items())
        return dict(sorted(both, key=lambda entry: entry[1].stars))

    def with_record(self, record: Record) -> Progress:
        """The progress after a session."""
        if record.counts:
            return self.with_score(record.level, record.score, record.stars)
        return msgspec.structs.replace(self, last=record.level)

    def with_score(self, level: str, score: float, stars: int) -> Progress:
        """The progress after a level was played to its end."""
        best = self.best
        if level not in best or score > best[level].score:
            best = {**best, level: Best(score, stars)}
        return msgspec.structs.replace(self, best=best, last=level)


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session that was played.

    Attributes:
        at: when it ended, UTC, as 2026-11-24T16:58:31Z.
        level: its id; ``digest`` of the whole session; None where it is not known.
        stars: earned: none where too much was quoted by a strategy.
        strategy: the one that quoted, unless the session is by hand.
        daily: the date whose challenge it was, if it was one and counts.
        journal: the file name of its journal, if there is one.
        scoring: the version of the scoring that the score and stars are of, see :mod:`mmtui.session.score`.
        hand_time, hand_fills: the player's shares of the time that was not folded and of the fills; None of nothing,
            and where an earlier version kept the session, which only knew who quoted at the end.
        local_day: the date where the player was when it ended; None where an earlier version kept it.
        marks: what sets it apart, words with blanks between: it was taken over from a ``replay``, the level and seed
            were tried ``again``, keys of the level were ``set``, it was played ``slow``, below its own speed. The first
            three earn no stars, and none of them makes a daily.
    """

    at: str
    level: Annotated[str, msgspec.Meta(pattern=LEVEL_ID, max_length=100)]
    score: _Score
    stars: _Stars
    seed: _Count | None = None
    strategy: str | None = None
    ended: str = "time"
    pnl: float | None = None
    fills: _Count | None = None
    digest: str | None = None
    daily: str | None = None
    journal: str | None = None
    scoring: Annotated[int, msgspec.Meta(ge=1, le=_MOST)] = 1
    hand_time: _Share | None = None
    hand_fills: _Share | None = None
    local_day: str | None = None
    marks: str = ""

    def __post_init__(self) -> None:
        for name, text, form in (
            ("at", self.at, _AT),
            ("daily", self.daily, _DAY),
            ("local_day", self.local_day, _DAY),
        ):
            if text is not None and _reformed(text, form) != text:
                raise ValueError(f"{name}: expected a time written as {form}, not {shortened(text)!r}")
        if self.journal is not None and (PureWindowsPath(self.journal).name != self.journal or "\0" in self.journal):
            raise ValueError(f"journal: expected the name of a file, not {shortened(self.journal)!r}")
        if not {*self.marks.split()} <= {*get_args(Mark)}:
            raise ValueError(f"marks: expected some of {', '.join(get_args(Mark))}, not {shortened(self.marks)!r}")

    @classmethod
    def of(
        cls,
        result: Result,
        at: datetime,
        daily: date | None = None,
        journal: str | None = None,
        *,
        shares: HandShares = NO_SHARES,
        strategy: str | None = None,
        together: bool = False,
        marks: Iterable[Mark] = (),
    ) -> Record:
        """What is kept of a session's result.

        Args:
            result: of the session.
            at: when it ended; of a time in UTC the player's day is this machine's, of any other its own.
            daily: the date whose challenge it was.
            journal: the file name of its journal.
            shares: how much of it was by hand.
            strategy: the last that quoted in it.
            together: whether the level gives stars to hand and strategy together.
            marks: what sets it apart.
        """
        marks = (*marks,)
        counts = earns_stars(shares, together=together) and _REHEARSED.isdisjoint(marks)
        strategy = None if shares.by_hand else strategy or "a strategy"
        return cls(
            at=at.astimezone(UTC).strftime(_AT),
            level=result.level,
            score=result.score,
            stars=result.stars if counts else 0,
            seed=result.seed if result.seed <= _MOST else None,
            strategy=None if strategy is None else strategy.encode(errors="replace").decode(),
            ended=result.ended,
            pnl=result.pnl.total,
            fills=result.fills,
            digest=result.digest,
            daily=None if daily is None or not counts or marks else daily.isoformat(),
            journal=journal,
            scoring=SCORING,
            hand_time=shares.time,
            hand_fills=shares.fills,
            local_day=(at.astimezone() if at.tzinfo in (None, UTC) else at).date().isoformat(),
            marks=" ".join(marks),
        )

    @property
    def shares(self) -> HandShares:
        """How much of it was by hand."""
        return HandShares(self.hand_time, self.hand_fills)

    @property
    def by_hand(self) -> float | None:
        """The smaller of the player's shares; None where nothing is known of them."""
        return min((share for share in self.shares if share is not None), default=None)

    @property
    def counts(self) -> bool:
        """Whether it is the player's own, or earned a star together with a strategy.

        What an earlier version kept counts as it did then, when nothing was known of shares.
        """
        if self.rehearsed:
            return False
        return self.shares.by_hand or (self.stars > 0 and not self.shares.by_strategy)

    @property
    def current(self) -> bool:
        """Whether it counts under the scoring of now."""
        return self.counts and self.scoring == SCORING

    @property
    def rehearsed(self) -> bool:
        """Whether its market was known before, or is not the level's: it is shown, and earns nothing."""
        return not _REHEARSED.isdisjoint(self.marks.split())

    @property
    def apart(self) -> str:
        """What sets it apart from what counts now, in words; empty for nothing."""
        older = [f"scoring {self.scoring}"] if self.scoring != SCORING else []
        return ", ".join([*older, *(_MARKS[mark] for mark in self.marks.split())])

    @property
    def badge(self) -> int:
        """What a strategy alone has earned, 0 to 3: stars of its own kind."""
        return stars_of(self.score) if self.shares.by_strategy and not self.rehearsed else 0

    @property
    def who(self) -> str:
        """By hand, a strategy, or both."""
        if self.strategy is None:
            return "by hand"
        both = not self.shares.by_hand and not self.shares.by_strategy
        return f"hand and {self.strategy}" if both else self.strategy

    @property
    def day(self) -> date:
        """The player's day on which it was played; by this machine's zone where the record does not say."""
        if self.local_day is not None:
            return date.fromisoformat(self.local_day)
        try:
            return datetime.fromisoformat(self.at).astimezone().date()
        except (OverflowError, ValueError, OSError):
            # In the first or last hours of the calendar no other zone has a date.
            return date.fromisoformat(self.at[:10])


class _ExportVersion(msgspec.Struct):
    """The version of an export, which may be one that only later versions know."""

    career: int = EXPORT_FORMAT


class Export(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole career as JSON."""

    career: int = EXPORT_FORMAT
    taught: bool = False
    last: str = ""
    sessions: tuple[Record, ...] = ()


class Career:
    """What was played so far, and adding to it.

    Args:
        folder: where it is kept; None keeps nothing beyond this run.

    Attributes:
        troubles: what the player should know of how it was opened, a sentence each.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = CareerFile(None if folder is None else folder / "career.sqlite", Record)
        self.troubles = list(self._file.troubles)
        if folder is not None:
            self._import_progress(folder / "progress.json")

    # Adding

    def record(self, record: Record) -> str:
        """Add a session; a sentence if it could not be kept, else an empty one."""
        return self._file.add([record], {"last": record.level})

    def taught(self) -> str:
        """The first lesson was followed or skipped; a sentence if that could not be kept, else an empty one."""
        return self._file.add([], {"taught": "yes"})

    def import_from(self, data: bytes, source: str) -> int:
        """Add the sessions of an export that are not there yet, and tell how many. Raises CareerError."""
        try:
            version = msgspec.json.decode(data, type=_ExportVersion).career
            if not _OLDEST_EXPORT <= version <= EXPORT_FORMAT:
                raise CareerError(
                    f"{source}: career: version {version}, where this version reads {_OLDEST_EXPORT} to {EXPORT_FORMAT}"
                )
            export = msgspec.json.decode(data, type=Export)
        except NO_JSON as error:
            raise CareerError(f"{source}: not an exported career: {one_line(error)}") from None
        known = set(self.sessions())
        new = [record for record in dict.fromkeys(export.sessions) if record not in known]
        facts = {"taught": "yes"} if export.taught else {}
        trouble = self._file.add(new, facts | ({"last": export.last} if export.last and not self._last else {}))
        if trouble:
            raise CareerError(trouble)
        return len(new)

    def export(self) -> Export:
        """All of it."""
        progress = self.progress
        return Export(taught=progress.taught, last=progress.last, sessions=tuple(self.sessions()))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _import_progress(self, path: Path) -> None:
        """Take in, once, what an earlier version kept in a file of its own."""
        try:
            modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            progress = msgspec.json.decode(read(path), type=Progress)
        except (OSError, *NO_JSON):
            return
        at = modified.strftime(_AT)
        records = [
            Record(at=at, level=level, score=best.score, stars=best.stars) for level, best in progress.best.items()
        ]
        facts = {"last": progress.last} if progress.last else {}
        trouble = self._file.add(records, facts | ({"taught": "yes"} if progress.taught else {}))
        if trouble:
            self.troubles.append(trouble)
            return
        try:
            path.replace(path.with_name(path.name + ".imported"))
        except OSError as error:
            self.troubles.append(f"{path} cannot be put aside: {error.strerror}.")

    # What follows

    def sessions(self, level: str | None = None) -> list[Record]:
        """Everything that was played, or of one level, oldest first."""
        return self._file.records(level)

    @property
    def _last(self) -> str:
        return self._file.facts().get("last", "")

    @property
    def progress(self) -> Progress:
        """How far the player has come."""
        facts = self._file.facts()
        best: dict[str, Best] = {}
        older: dict[str, Best] = {}
        for record in self.sessions():
            bests = best if record.scoring == SCORING else older
            if record.counts and (record.level not in bests or record.score > bests[record.level].score):
                bests[record.level] = Best(record.score, record.stars)
        return Progress(best=best, older=older, last=facts.get("last", ""), taught="taught" in facts)

    def opened(self, levels: Sequence[str]) -> frozenset[str]:
        """The levels of the campaign that are open: the first, those after one with a star, and those with a score.

        Args:
            levels: ids in the order of the campaign.
        """
        return opened(levels, self.progress.reached)

    def tried(self, level: str, seed: int) -> bool:
        """Whether a level was played on a seed before."""
        return any(record.seed == seed for record in self.sessions(level))

    def daily(self, day: date) -> Record | None:
        """What a day's challenge came to: the first time counts."""
        return next((record for record in self.sessions() if record.daily == day.isoformat() and record.counts), None)

    def streak(self, today: date) -> int:
        """The player's days in a row, up to today or yesterday, on which something was played by hand.

        Somebody who travels west may have played tomorrow; a day that is lost on the way east, so that the next session
        is within 24 hours, is no break.
        """
        played: dict[date, list[datetime]] = {}
        for record in self.sessions():
            if record.counts:
                played.setdefault(record.day, []).append(datetime.fromisoformat(record.at))
        one = timedelta(days=1)
        day = next((near for near in (today + one, today, today - one) if near in played), None)
        length = 0
        while day is not None:
            length += 1
            before, lost = day - one, day - 2 * one
            if before not in played:
                near = lost in played and min(played[day]) - max(played[lost]) < one
                before = lost if near else date.min
            day = before if before in played else None
        return length


def _reformed(text: str, form: str) -> str:
    """A time read and written again in a form; nothing if it is none."""
    try:
        return datetime.strptime(text, form).strftime(form)  # noqa: DTZ007
    except ValueError:
        return ""


def opened(levels: Sequence[str], best: Mapping[str, Best]) -> frozenset[str]:
    """See :meth:`Career.opened`."""
    return frozenset(
        level
        for index, level in enumerate(levels)
        if index == 0 or level in best or (levels[index - 1] in best and best[levels[index - 1]].stars > 0)
    )


def earns_stars(shares: HandShares, *, together: bool) -> bool:
    """Whether a session can earn stars: it is by hand, or by hand and strategy where these count ``together``."""
    return shares.by_hand or (together and not shares.by_strategy)


def summary(records: Sequence[Record]) -> list[dict[str, Any]]:
    """By level and who quoted: the least share by hand, sessions, best and mean score, stars, badge, and when last."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        who = ", ".join(filter(None, (record.who, record.apart)))
        groups.setdefault((record.level, who), []).append(record)
    return [
        {
            "level": level,
            "who": who,
            "strategy": group[0].strategy,
            "hand": min((share for record in group if (share := record.by_hand) is not None), default=None),
            "sessions": len(group),
            "best": max(record.score for record in group),
            "stars": max(record.stars * record.counts for record in group),
            "badge": max(record.badge for record in group),
            "mean": sum(record.score for record in group) / len(group),
            "last": max(record.at for record in group),
        }
        for (level, who), group in sorted(groups.items())
    ]

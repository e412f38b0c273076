"""The engine: sessions and what is kept of them, for the screens. Heavy imports wait until they are needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from threading import Lock
from time import time
from typing import TYPE_CHECKING

from mmtui.errors import JournalError, MmtuiError, OutputError, UntrustedError
from mmtui.tui.cards import Card, is_shipped
from mmtui.tui.catalogue import Catalogue

# Only types: the first frame need not wait for them.
if TYPE_CHECKING:
    from mmtui.career.career import Mark
    from mmtui.coach.watched import WatchedReplay, WatchedSession
    from mmtui.debrief.live import LiveRecord
    from mmtui.debrief.model import Debrief, Ranking
    from mmtui.learning.licence import LicenceBook
    from mmtui.learning.repetition import Repetition
    from mmtui.level.level import Level
    from mmtui.session.hand_shares import HandShares
    from mmtui.session.journal_file import JournalWriter, Try
    from mmtui.session.par import ParInSteps
    from mmtui.session.replay import Script
    from mmtui.session.signing import SigningKey
    from mmtui.session.trust import Trust
    from mmtui.tui.driver import Driver

#: Processes that an app takes at most.
_MOST_JOBS = 4
#: Sessions of levels longer than so many seconds are worth processes of their own.
_LONG_S = 900
#: Mistakes are looked for in so many journals.
_LATEST = 20


class Engine(Catalogue):
    """Gives the screens levels, strategies and sessions.

    Args:
        journals: folder of the journals; None to write none.
        own: folder of the player's own levels; None for none.
        data: folder of the player's key; None for none.

    Attributes:
        player: what new journals call the player; empty for nothing.
        jobs: processes for what takes many sessions.
        stood_s: for how long the present session has stood still, in seconds of wall time, as far as that is known.
        served: whether whoever opens a page plays: then no journal has any file used.
        trouble: a sentence on what went wrong as the last session was opened; empty for nothing.
    """

    def __init__(self, journals: Path | None = None, own: Path | None = None, data: Path | None = None) -> None:
        super().__init__(own)
        self.journals = journals
        self.player = ""
        self.jobs = max(1, min(_MOST_JOBS, os.cpu_count() or 1))
        self.served = False
        self._data = data
        self._trusted: set[Path] = set()
        self.trouble = ""
        self._journal: JournalWriter | None = None
        self._seat: WatchedSession | None = None
        self._speeds: list[tuple[int, float]] = []
        #: For how long the session had stood still before this sitting.
        self.stood_s = self._stood_before_s = 0.0
        #: Which try at its level and seed the present session is, and whether it was taken over from a replay.
        self._tries, self._taken_over = 1, False
        self._explained: tuple[Script, Debrief, WatchedReplay] | None = None
        self._live: LiveRecord | None = None
        # Two screens may want the same debrief at once.
        self._explaining = Lock()

    def open(self, card: Card, seed: int, strategy: str | None) -> WatchedSession:
        """A new session, without a journal when that cannot be written. Raises UnknownStrategyError."""
        from mmtui.coach.watched import WatchedSession
        from mmtui.debrief.live import LiveRecord
        from mmtui.session.journal_file import JournalWriter, free_path
        from mmtui.session.session import Session

        level = card.level
        self.suspend()
        self._remember(strategy)
        self.trouble = ""
        self._tries, self._taken_over = 1, False
        self.stood_s = self._stood_before_s = 0.0
        session = Session(level, seed, strategy, par=self._par(level, seed))
        if self.journals is not None and card.kept:
            try:
                path = free_path(self.journals, f"{level.id}-{seed}")
                about = self._try(self.journals, level, seed)
                self._tries = about.number or 1
                self._journal = JournalWriter(path, session, on_trouble=self._journal_failed, about=about)
            except OutputError as error:
                self.trouble = f"Without a journal: {error}"
        self._seat = WatchedSession(session)
        self._live = LiveRecord(self._seat) if session.opponent is None else None
        self._speeds = []
        return self._seat

    def _par(self, level: Level, seed: int) -> ParInSteps:
        """Par as a session on the screen needs it: no frame waits for it."""
        from mmtui.session.par import ParInSteps
        from mmtui.session.session import par_of

        return ParInSteps(par_of(level, seed))

    def _play_on(self, seat: WatchedSession, speeds: Sequence[tuple[int, float]] = ()) -> WatchedSession:
        """Take a seat in a session that was played up to here, at these speeds."""
        seat.session.par = self._par(seat.session.level, seat.seed)
        self._seat, self._speeds = seat, list(speeds)
        return seat

    def _try(self, journals: Path, level: Level, seed: int) -> Try:
        """The journal's facts about a new session."""
        from mmtui.session.journal_file import Try, earlier_tries

        begun = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Try(1 + earlier_tries(journals, level, seed), begun, self.player or None, self._key())

    def _key(self) -> SigningKey | None:
        """The player's key; None where there is none that can be used."""
        from mmtui.session.signing import own_or_new_key

        if self._data is None:
            return None
        with suppress(MmtuiError):
            return own_or_new_key(self._data)
        return None

    def make_key(self) -> str:
        """Make the player's key, if there is none; return what prevents it, empty for nothing."""
        from mmtui.session.signing import own_or_new_key

        try:
            if self._data is not None:
                own_or_new_key(self._data)
        except MmtuiError as error:
            return f"Journals are not signed: {error}"
        return ""

    def _trust(self, path: Path) -> Trust:
        """What a journal may use."""
        from mmtui.session.trust import NOBODY, Trust

        if self.served:
            return NOBODY
        key = self._key()
        return Trust(None if key is None else key.public, told=path in self._trusted)

    def trust(self, name: str) -> None:
        """The player says that a journal, by path or file name, may use the files that it names."""
        self._trusted.add(self._journal_path(name))

    def unfinished(self) -> list[Path]:
        """Unfinished journals: the latest first, but those that cannot be resumed last."""
        from mmtui.session.journal_file import unfinished

        found = [] if self.journals is None else unfinished(self.journals)
        return sorted(found, key=lambda path: bool(self.why_not_resumed(path)))

    def why_not_resumed(self, path: Path) -> str:
        """Why the session of an unfinished journal cannot be resumed, in one sentence; empty when it can."""
        from mmtui.session.journal import read_journal

        try:
            refused = read_journal(path, self._trust(path)).refused
            # That it names files can be asked about.
            may_ask = isinstance(refused, UntrustedError) and not self.served
            return "" if refused is None or may_ask else str(refused)
        except JournalError as error:
            return str(error)

    def about(self, path: Path) -> str:
        """What *Continue* goes on with: the level, and how far it has come, or that it can no longer be played."""
        from mmtui.session.journal import read_journal
        from mmtui.wording import clock

        try:
            journal = read_journal(path)
        except JournalError:
            return f"{path.stem}, can no longer be played"
        if journal.unplayable:
            return f"{journal.level.title}, can no longer be played"
        return f"{journal.level.title}, {clock(journal.until_ns)} of {clock(journal.level.end_ns)}"

    def refusal(self, name: str) -> str:
        """Why a journal, by path or file name, cannot be played again, as far as its first line says; else empty."""
        from mmtui.session.journal import engine_refusal, read_header

        try:
            return engine_refusal(read_header(self._journal_path(name)), ended=True)
        except JournalError:
            return ""

    def _journal_path(self, name: str) -> Path:
        return Path(name) if self.journals is None else self.journals / name

    @cached_property
    def repetition(self) -> Repetition:
        """What of the drills is due when."""
        from mmtui.learning.repetition import Repetition

        return Repetition(self._data)

    @cached_property
    def licence(self) -> LicenceBook:
        """What the player has shown to be able to do."""
        from mmtui.learning.licence import LicenceBook

        return LicenceBook(self._data)

    def drills_due(self, today: date) -> int:
        """How many drills are due, those of mistakes that were done before included."""
        from mmtui.learning.drills import shipped

        keys = [drill.name for drill in shipped()]
        return len(self.repetition.due([*keys, *self.repetition.own()], today))

    def latest_journals(self) -> list[Path]:
        """The latest journals, the last one first."""
        if self.journals is None:
            return []
        return sorted(self.journals.glob("*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)[:_LATEST]

    def own_trust(self) -> Trust:
        """What a journal of the player's own may use."""
        from mmtui.session.trust import NOBODY, Trust

        key = self._key()
        return NOBODY if self.served or key is None else Trust(key.public)

    def change_speed(self, speed: float, paused: bool) -> None:
        """Record the speed, and whether the clock is stopped, here and in the journal."""
        if self._seat is not None:
            self._speeds.append((self._seat.now_ns, speed))
        if self._journal is not None:
            self._journal.change_speed(speed, paused, self.stood_s)

    def stood(self, driver: Driver) -> None:
        """Record for how long the session has stood still by now."""
        before_s = self.stood_s
        self.stood_s = self._stood_before_s + driver.stood_s
        if self._journal is not None and self.stood_s > before_s:
            self._journal.change_speed(driver.speed, driver.paused, self.stood_s)

    def begun(self, path: Path) -> date | None:
        """The player's day on which a journal's session was begun, if it says so. Raises JournalError."""
        from mmtui.session.journal import read_header

        at = read_header(path).begun
        try:
            return None if at is None else datetime.fromisoformat(at).astimezone().date()
        except (ValueError, OverflowError, OSError):
            return None

    def resume(self, path: Path) -> tuple[Card, WatchedSession]:
        """Resume the session of an unfinished journal; may take seconds. Raises JournalError, UnknownStrategyError."""
        from mmtui.coach.watched import WatchedSession
        from mmtui.session.journal import read_journal
        from mmtui.session.journal_file import resume

        self.suspend()
        self.trouble = ""
        trust, key = self._trust(path), self._key()
        left_s = path.stat().st_mtime if path.exists() else time()
        session, seat, self._journal = resume(path, self._journal_failed, WatchedSession, trust, key)
        journal = read_journal(path)
        self._tries, self._taken_over = journal.attempt or 1, journal.parent is not None
        speeds = [(change.at_ns, change.speed) for change in journal.speeds]
        # To be away from an unfinished level is to pause it.
        self.stood_s = self._stood_before_s = journal.stood_s + max(0.0, time() - left_s)
        return Card(session.level, f"journal {path}", counts=is_shipped(session.level)), self._play_on(seat, speeds)

    def close(self) -> str:
        """Finish the journal of a session that is over; return its file name, empty without one."""
        writer, self._journal = self._journal, None
        if writer is None:
            return ""
        writer.close()
        return writer.path.name

    def complete_score(self, seat: WatchedSession) -> None:
        """Work out par as far as the score of a finished session needs it; may take seconds."""
        from mmtui.session.session import par_of

        par_of(seat.session.level, seat.seed).advance(seat.end_ns)

    def shares(self, seat: WatchedSession) -> HandShares:
        """How much of a session was by hand, without what was folded."""
        from mmtui.session.hand_shares import folded_ns
        from mmtui.session.outcome import who_quoted

        return who_quoted(seat.session).shares(folded_ns(self._speeds, seat.now_ns))

    def marks(self, card: Card, seat: WatchedSession, *, tried: bool) -> tuple[Mark, ...]:
        """What sets the present session apart; ``tried`` says that its level and seed were scored before."""
        slow = any(
            speed < 1 and from_ns < to_ns
            for (from_ns, speed), (to_ns, _) in pairwise([*self._speeds, (seat.now_ns, 1.0)])
        )
        found: dict[Mark, bool] = {
            "replay": self._taken_over,
            "again": (tried or self._tries > 1) and not self._taken_over,
            "set": card.changed,
            "slow": slow,
        }
        return tuple(mark for mark, holds in found.items() if holds)

    def script(self, seat: WatchedSession) -> Script:
        """The script that replays a session."""
        from mmtui.session.replay import Script

        return Script.of(seat.session)

    def explain(self, script: Script) -> tuple[Debrief, WatchedReplay]:
        """The debrief of a session, and its replay with fast seeks; may take seconds the first time.

        That of the session just played is there at once: it was recorded on the way.

        Raises UnknownStrategyError for a strategy that no longer exists.
        """
        from mmtui.coach.watched import WatchedReplay
        from mmtui.debrief.build import debrief_of

        with self._explaining:
            if self._explained is None or self._explained[0] is not script:
                if self._live is not None and self._live.is_of(script):
                    self._explained = script, *self._live.explain(script)
                else:
                    replay = WatchedReplay(script)
                    self._explained = script, debrief_of(replay), replay
            return self._explained[1:]

    def is_explained(self, script: Script) -> bool:
        """Whether ``explain`` has its result already."""
        return self._explained is not None and self._explained[0] is script

    def was_recorded(self, script: Script) -> bool:
        """Whether a session was recorded while it was played, so that ``explain`` need not play it again."""
        return self._live is not None and self._live.is_of(script)

    def rankings(self, script: Script, debrief: Debrief) -> Iterator[tuple[Ranking, int]]:
        """The shipped strategies on a session's tape, as each has played it, and how many are still to; takes seconds.

        Days are played in other processes.
        """
        from mmtui.debrief.ranking import rankings
        from mmtui.lab.runs.workers import map_in_processes

        jobs = self.jobs if script.level.duration_s > _LONG_S else 1
        yield from rankings(script.level, script.seed, debrief.result, partial(map_in_processes, jobs=jobs))

    def replay(self, script: Script) -> WatchedReplay:
        """The replay of a session, at its start."""
        from mmtui.coach.watched import WatchedReplay

        return WatchedReplay(script)

    def take_over(self, replay: WatchedReplay, name: str) -> WatchedSession:
        """A session that continues a replay from its time, with a journal of its own; ``name`` is the replayed one's.

        Raises JournalError where the level is over.
        """
        from mmtui.session.journal import read_journal
        from mmtui.session.journal_file import free_path, take_over

        self.suspend()
        self.trouble = ""
        self._tries, self._taken_over = 1, True
        self.stood_s = self._stood_before_s = 0.0
        if self.journals is None:
            return self._play_on(replay.branch()[1])
        level, seed = replay.script.level, replay.seed
        path = free_path(self.journals, f"{level.id}-{seed}")
        about = self._try(self.journals, level, seed)
        end = read_journal(self.journals / name).end if name else None
        digest = None if end is None else end.digest
        parent = Path(name).name or "a session without a journal"
        _, seat, self._journal = take_over(path, replay, parent, digest, self._journal_failed, about)
        return self._play_on(seat)

    def open_journal(self, name: str) -> tuple[Card, Script]:
        """The level and script of a journal, by path or file name. Raises JournalError, UnknownStrategyError."""
        from mmtui.session.journal import read_journal

        path = self._journal_path(name)
        script = read_journal(path, self._trust(path)).script
        script.check()
        return Card(script.level, f"journal {name}", counts=is_shipped(script.level)), script

    def suspend(self) -> bool:
        """Close the journal of the present session; whether it is whole, so that the session can be resumed later."""
        writer, self._journal = self._journal, None
        if writer is None:
            return False
        whole = writer.is_whole
        writer.close()
        return whole

    def _journal_failed(self, trouble: str) -> None:
        """Show the player that the journal could not be written."""
        if self._seat is not None:
            self._seat.session.maker.notices.append(trouble)

"""Seats with all that looks at their session for a player: snapshots, indicators and the coach."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.coach.coach import Occasion
from mmtui.coach.observer import CoachWatcher
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.observe.snapshot_builder import SnapshotBuilder
from mmtui.session.commands import AnyCommand
from mmtui.session.replay import Replay, Script
from mmtui.session.result import Result
from mmtui.session.session import Session


class WatchedSession:
    """The player's seat in a session, which is watched from here on. See :class:`mmtui.observe.seat.Seat`.

    Copied or pickled it stays whole: the copy has a session of its own, watched likewise.

    Attributes:
        session: the session.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._snapshots = SnapshotBuilder(session, session.own)
        level = session.level
        has_coach = bool(level.coach or level.lesson_checks)
        self._observer = CoachWatcher(session, self._snapshots.indicators) if has_coach else None

    @property
    def seed(self) -> int:
        """Which market of its level it is."""
        return self.session.seed

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the level's start."""
        return self.session.now_ns

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self.session.end_ns

    @property
    def over(self) -> str | None:
        """Why the session ended, None while it goes on."""
        return self.session.over

    @property
    def noticed(self) -> int:
        """How many notices there were so far: headlines, phases, and what went wrong."""
        return len(self.session.maker.notices)

    @property
    def by_strategy(self) -> bool:
        """Whether a strategy quotes."""
        return self.session.maker.auto

    def advance(self, to_ns: int) -> None:
        """Run the market up to a time."""
        self.session.advance(to_ns)

    def submit(self, command: AnyCommand) -> None:
        """Carry out a command now."""
        self.session.submit(command)

    def leave(self) -> None:
        """End the session here."""
        self.session.leave()

    def view(self) -> FloorSnapshot:
        """What there is to see now."""
        observer = self._observer
        return self._snapshots.snapshot(None if observer is None else observer.coach.line(self.session.now_ns))

    def result(self) -> Result:
        """What is reported of the session so far."""
        return self.session.result()

    @property
    def occasions(self) -> Sequence[Occasion]:
        """Where the level's lesson was done and where it was missed, so far."""
        return () if self._observer is None else self._observer.coach.occasions


class WatchedReplay(Replay[WatchedSession]):
    """A seat in a session played again, where commands do nothing: what was done is done."""

    def __init__(self, script: Script) -> None:
        super().__init__(script, WatchedSession)

    @property
    def seed(self) -> int:
        """Which market of its level it is."""
        return self.script.seed

    def submit(self, command: AnyCommand) -> None:
        """Do nothing."""

    def leave(self) -> None:
        """Do nothing."""

    def view(self) -> FloorSnapshot:
        """What there was to see then."""
        return self.watched.view()

    def result(self) -> Result:
        """What was to report of the session then."""
        return self.session.result()

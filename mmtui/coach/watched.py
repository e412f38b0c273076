"""A session with all that looks at it for a player: snapshots, indicators and the coach."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.coach.coach import Occasion
from mmtui.coach.observer import Observer
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.observe.snapshot_builder import SnapshotBuilder
from mmtui.session.session import Session


class WatchedSession:
    """A session, watched from here on. Copied or pickled, it stays whole: the copy is a session watched likewise.

    Attributes:
        session: the session.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._snapshots = SnapshotBuilder(session)
        level = session.level
        has_coach = bool(level.coach or level.lesson_checks)
        self._observer = Observer(session, self._snapshots.indicators) if has_coach else None

    def snapshot(self) -> FloorSnapshot:
        """What the screen shows now. Reading it changes nothing."""
        observer = self._observer
        return self._snapshots.snapshot(None if observer is None else observer.coach.line(self.session.now_ns))

    @property
    def occasions(self) -> Sequence[Occasion]:
        """Where the level's lesson was done and where it was missed, so far."""
        return () if self._observer is None else self._observer.coach.occasions

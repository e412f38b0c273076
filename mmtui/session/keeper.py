"""Copies of a session kept while it is played, so that its replay need not play it again to go anywhere."""

from __future__ import annotations

from typing import Any

from mmtui.session.kept import Kept
from mmtui.session.replay import apart_ns
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher


class Keeper(Watcher):
    """Keeps copies of a session, with what watches it, as far apart as a replay of the whole level does.

    Args:
        session: the session, at its start.
        watched: its watchers, which are copied with it.

    Attributes:
        copies: the times, and the copies with the number of the command that comes next.
    """

    def __init__(self, session: Session, watched: Any) -> None:
        self.copies: list[tuple[int, Kept[tuple[Session, Any, int]]]] = []
        self._watched = watched
        self._apart_ns = apart_ns(session.end_ns)
        self._next_ns = session.now_ns + self._apart_ns
        super().__init__(session)

    def on_advance(self, now_ns: int) -> None:
        """Keep a copy if the last one is far enough behind."""
        session = self.session
        if now_ns >= self._next_ns and session.over is None:
            self._next_ns = now_ns + self._apart_ns
            self.copies.append((now_ns, Kept((session, self._watched, len(session.commands)))))

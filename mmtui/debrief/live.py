"""The debrief of a session that was recorded while it was played: there at once, with fast seeks in its replay."""

from __future__ import annotations

from mmtui.coach.watched import WatchedReplay, WatchedSession
from mmtui.debrief.build import explained
from mmtui.debrief.model import Debrief
from mmtui.debrief.recorder import Recorder
from mmtui.session.keeper import Keeper
from mmtui.session.replay import Script


class LiveRecord:
    """What is recorded and kept of a session from its start on.

    Args:
        seat: the player's, at the start of a session that is no duel: of one both scores are recorded each second, for
            which par is not known in time.
    """

    def __init__(self, seat: WatchedSession) -> None:
        self._seat = seat
        self._keeper = Keeper(seat.session, seat)
        self._recorder = Recorder(seat.session)

    def is_of(self, script: Script) -> bool:
        """Whether a script is the session's, from its start to its end."""
        session = self._seat.session
        return session.over is not None and script == Script.of(session)

    def explain(self, script: Script) -> tuple[Debrief, WatchedReplay]:
        """The debrief, and the replay at its end."""
        found = explained(self._recorder, self._seat.occasions)
        replay = WatchedReplay(script)
        replay.take_in(self._keeper.copies)
        replay.seek(replay.end_ns)
        return found, replay

"""Looks at a session once a second, for the coach."""

from __future__ import annotations

from mmtui.coach.coach import Coach
from mmtui.coach.readings import Readings, WatchedSecond
from mmtui.observe.indicators import Indicators
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from mmtui.units import NS_PER_S


class CoachWatcher(Watcher):
    """Has a coach look at a session at each whole second.

    Args:
        session: the session to watch.
        indicators: what the trader's indicators show; they watch the same session, and were attached to it before.
        coach: who looks; one for the session's level unless given.
    """

    def __init__(self, session: Session, indicators: Indicators, coach: Coach | None = None) -> None:
        level = session.level
        self.coach = Coach(level.coach, level.lesson_checks) if coach is None else coach
        self._indicators = indicators
        self._quotes: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._quoted_ns = 0
        super().__init__(session)
        if session.now_ns % NS_PER_S == 0:
            self.on_second(session.now_ns)

    def on_second(self, now_ns: int) -> None:
        """Have the coach look."""
        self.coach.look(now_ns, self.readings(now_ns))

    def readings(self, now_ns: int) -> Readings:
        """The signals at this whole second."""
        session, gateway = self.session, self.session.maker.gateway
        quotes = dict(gateway.bid_lots), dict(gateway.ask_lots)
        if quotes != self._quotes:
            self._quotes, self._quoted_ns = quotes, now_ns
        return Readings(WatchedSecond(session, now_ns, self._indicators.read(now_ns), self._quoted_ns))

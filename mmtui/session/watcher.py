"""Watchers: attached to a session from outside, they read it and change nothing."""

from __future__ import annotations

from typing import Any

from mmtui.book import Trade
from mmtui.market.core.gateway import Event, MakerOrder
from mmtui.session.commands import AnyCommand
from mmtui.session.session import HOOKS, Session


class Watcher:
    """Is notified of what happens in a session, by the methods that a subclass overrides; the others cost nothing.

    A copied or pickled session has no watchers. A watcher that is copied or pickled takes its session along and is
    attached to the copy; watchers of one session must be copied together.

    Attributes:
        session: the session it is attached to.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._attach()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._attach()

    def _attach(self) -> None:
        for hook in HOOKS:
            if getattr(type(self), hook) is not getattr(Watcher, hook):
                self.session.listen(hook, getattr(self, hook))

    def on_trade(self, now_ns: int, trade: Trade) -> None:
        """A trade was printed, of any participants."""

    def on_second(self, now_ns: int) -> None:
        """A whole second of market time is complete, and its samples are taken."""

    def on_order(self, now_ns: int, event: Event, order: MakerOrder) -> None:
        """An event of an own order; a fill is booked already."""

    def on_event(self, now_ns: int) -> None:
        """An event of the market was carried out."""

    def on_command(self, now_ns: int, command: AnyCommand, seat: int) -> None:
        """A seat's command was carried out."""

    def on_advance(self, now_ns: int) -> None:
        """The session was advanced up to this time."""

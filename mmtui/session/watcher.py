"""What is attached to a session from outside: it reads, and changes nothing."""

from __future__ import annotations

from typing import Any

from mmtui.book import Trade
from mmtui.market.core.gateway import Event, MakerOrder
from mmtui.session.commands import AnyCommand
from mmtui.session.session import HOOKS, Session


class Watcher:
    """Is notified of what happens in a session, by the methods that a subclass overrides; the others cost nothing.

    A session does not hold its watchers when it is copied or pickled: a copy is watched by nobody. A watcher that is
    copied or pickled takes its session along, and is attached to that copy; copy several of one session together.

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
        """A trade was printed, by whomever."""

    def on_second(self, now_ns: int) -> None:
        """A whole second of the market's time is over, and its samples are taken."""

    def on_order(self, now_ns: int, event: Event, order: MakerOrder) -> None:
        """Something became of an order of the player's or strategy's; a fill is booked already."""

    def on_event(self, now_ns: int) -> None:
        """Any event of the market's has been carried out."""

    def on_command(self, now_ns: int, command: AnyCommand) -> None:
        """A command was carried out."""

    def on_advance(self, now_ns: int) -> None:
        """The session was run up to here."""

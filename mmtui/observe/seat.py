"""A seat: a maker's place in a market, as its player uses it."""

from __future__ import annotations

from typing import Protocol

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session.commands import AnyCommand
from mmtui.session.result import Result


class Seat(Protocol):
    """What a screen or a program needs of a session: one being played, or one played again."""

    @property
    def seed(self) -> int:
        """Which market of its level it is."""

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the level's start."""

    @property
    def end_ns(self) -> int:
        """Where it ends at the latest."""

    @property
    def over(self) -> str | None:
        """Why it ended, None while it goes on."""

    def advance(self, to_ns: int) -> None:
        """Go forward to a time."""

    def submit(self, command: AnyCommand) -> None:
        """Carry out a command now."""

    def leave(self) -> None:
        """End the session here."""

    def view(self) -> FloorSnapshot:
        """What there is to see now. Reading it changes nothing."""

    def result(self) -> Result:
        """What is reported of the session so far."""

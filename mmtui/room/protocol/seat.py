"""A seat in somebody's room, as a screen uses it: its market goes on by itself."""

from __future__ import annotations

from collections.abc import Callable

from mmtui.level.level import Level
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.room.protocol.messages import End, Places
from mmtui.session.commands import AnyCommand
from mmtui.session.result import Result


class RoomSeat:
    """A seat. See :class:`mmtui.observe.seat.Seat`; nothing that it does waits.

    Args:
        level: what is published of the room's level.
        name: what the player is called.
        view: what there is to see first.
        send: sends a command on; raises InputError for what may not be sent.

    Attributes:
        told: what the room has answered last, in a sentence; empty for nothing that is to be read.
        end, places: what was said at the end; None before.
        gone: why there is no connection any more; empty while there is one.
        on_change: told when there is anything new to see.
        unseen: whether that has not been looked at yet; it is told of once.
        recorded: whether what everybody does is recorded.
        kept: whether the player has shown anything by which he has the same seat again.
    """

    seed = 0

    def __init__(self, level: Level, name: str, view: FloorSnapshot, send: Callable[[AnyCommand], None]) -> None:
        self.level = level
        self.name = name
        self.told = ""
        self.end: End | None = None
        self.places: Places | None = None
        self.gone = ""
        self.on_change: Callable[[], object] = _nothing
        self._view = view
        self._send = send
        self.unseen = False
        self.recorded = False
        self.kept = True

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the level's start."""
        return self._view.now_ns

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self._view.end_ns

    @property
    def over(self) -> str | None:
        """Why it ended, None while it goes on."""
        return self._view.ended

    def advance(self, to_ns: int) -> None:
        """Do nothing."""

    def submit(self, command: AnyCommand) -> None:
        """Send a command on."""
        self._send(command)

    def leave(self) -> None:
        """Do nothing; the connection's end says it."""

    def update(self, view: FloorSnapshot) -> None:
        """Take in what there is to see now."""
        self._view = view
        self.changed()

    def changed(self) -> None:
        """Note that there is something new to see."""
        if not self.unseen:
            self.unseen = True
            self.on_change()

    def view(self) -> FloorSnapshot:
        """What there is to see now."""
        return self._view

    def result(self) -> Result:
        """What was said at the end."""
        assert self.end is not None, "the level is over"
        assert self.end.result is not None, "it is a seat"
        return self.end.result


def _nothing() -> None:
    """Do nothing."""

"""An instructor's line to a room, or that of somebody who looks on, as a screen uses it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from mmtui.level.level import Level
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.room.protocol.messages import Shown


class RoomDesk:
    """What comes of a room, and what is said to it; nothing that it does waits.

    Args:
        level: what is published of the room's level.
        instructs: whether it may do anything.
        send: says something to the room.

    Attributes:
        shown: the market and how all do; None before anything was shown.
        told: what the room has refused last, in a sentence; empty for nothing that is to be read.
        gone: why there is no connection any more; empty while there is one.
        watched: the seat whose floor is asked for, and what there is to see from it.
    """

    def __init__(self, level: Level, instructs: bool, send: Callable[[msgspec.Struct], None]) -> None:
        self.level = level
        self.instructs = instructs
        self.send = send
        self.shown: Shown | None = None
        self.told = ""
        self.gone = ""
        self.watched: int | None = None
        self.floor: FloorSnapshot | None = None

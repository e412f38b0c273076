"""Small rooms to test with."""

from __future__ import annotations

from pathlib import Path

import msgspec

from mmtui.level.level import Level, load_level
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.units import NS_PER_S

S = NS_PER_S


def short(level: str = "skew", duration_s: int = 20) -> Level:
    """A level that is soon over."""
    return msgspec.structs.replace(load_level(level), duration_s=duration_s)


def quiet(_trouble: str) -> None:
    """Say nothing."""


def opened(spec: RoomSpec, journal: Path | None = None, *, level: Level | None = None, seed: int = 7) -> Room:
    """A room at its start, bots quoting."""
    room = Room(level or short(), seed, spec)
    if journal is not None:
        room.record([journal], quiet)
    room.open()
    return room

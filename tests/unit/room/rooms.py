"""Small rooms to test with."""

from __future__ import annotations

from pathlib import Path

import msgspec

from mmtui.book import Side
from mmtui.level.level import Level, load_level
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.session.commands import Join
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


def play(room: Room, from_s: int, to_s: int, numbers: tuple[int, ...] = (0,)) -> None:
    """Have seats quote both sides twice a second."""
    for half in range(2 * from_s, 2 * to_s):
        room.advance(half * S // 2)
        for number in numbers:
            room.submit(number, Join(Side.BUY, 2))
            room.submit(number, Join(Side.SELL, 2))

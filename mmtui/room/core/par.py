"""Par of a room: what the level's par strategy makes in a seat more, beside the bots of all the others."""

from __future__ import annotations

from functools import partial

from mmtui.level.level import Level
from mmtui.room.core.spec import RoomSpec
from mmtui.session.commands import HandOver
from mmtui.session.par import NoPar, Par
from mmtui.session.session import Session


def room_par(level: Level, seed: int, spec: RoomSpec) -> Par:
    """Par of a room in one book; it does not depend on who joins it."""
    return Par(partial(_par_session, level, seed, spec), level.end_ns, (room_par, (level, seed, spec)))


def _par_session(level: Level, seed: int, spec: RoomSpec) -> Session:
    session = Session(level, seed, level.par, par=NoPar(), seats=spec.seats + 1)
    for seat in range(spec.seats):
        session.submit(HandOver(spec.bot(seat)), seat + 1)
    return session

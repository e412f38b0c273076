"""Par of a room: what the level's par strategy makes in a seat more, beside the bots of all the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import msgspec

from mmtui.level.level import Level
from mmtui.room.core.spec import RoomSpec
from mmtui.session.commands import HandOver
from mmtui.session.par import NoPar, Par, ParSource
from mmtui.session.session import Session


def room_par(level: Level, seed: int, spec: RoomSpec) -> Par:
    """Par of a room in one book; it does not depend on who joins it."""
    return Par(partial(_par_session, level, seed, spec), level.end_ns, (room_par, (level, seed, spec)))


class KeptPar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Par that was worked out before.

    Attributes:
        made, traded: the money made and the lots traded by each whole second, to the level's end.
    """

    made: Annotated[Sequence[float | None], msgspec.Meta(min_length=1)]
    traded: Annotated[Sequence[int | None], msgspec.Meta(min_length=1)]

    @classmethod
    def of(cls, par: ParSource, level: Level) -> KeptPar:
        """Par of a level, known to its end."""
        seconds = range(level.duration_s + 1)
        return cls([par.at(second) for second in seconds], [par.volume_at(second) for second in seconds])

    def advance(self, to_ns: int) -> None:
        """Do nothing: all is known."""

    def at(self, second: int) -> float | None:
        """What par was at a whole second, in money."""
        return self.made[min(second, len(self.made) - 1)]

    def volume_at(self, second: int) -> int | None:
        """What the par strategy had traded by a whole second, in lots."""
        return self.traded[min(second, len(self.traded) - 1)]


def _par_session(level: Level, seed: int, spec: RoomSpec) -> Session:
    session = Session(level, seed, level.par, par=NoPar(), seats=spec.seats + 1)
    for seat in range(spec.seats):
        session.submit(HandOver(spec.bot(seat)), seat + 1)
    return session

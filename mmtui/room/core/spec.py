"""What a room is: who may sit in it, and how it treats them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Literal

import msgspec

from mmtui.errors import InputError
from mmtui.level.level import Level
from mmtui.market.book_market import BookMarketSpec
from mmtui.session.session import MOST_SEATS as MOST_OF_A_SESSION
from mmtui.strategies.registry import check_name
from mmtui.units import NS_PER_MS

#: Par is made in a seat more.
MOST_SEATS = MOST_OF_A_SESSION - 1
#: The most that a seat's commands are held back for the slowest line's sake.
MOST_DELAY_MS = 250
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,23}")
_ANIMALS = (
    "ant",
    "bat",
    "bee",
    "cat",
    "cod",
    "cow",
    "crab",
    "crow",
    "deer",
    "dove",
    "duck",
    "eel",
    "elk",
    "emu",
    "frog",
)


class RoomSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A room, as the first of its lines in the journal holds it.

    Attributes:
        seats: how many make the market.
        bots: who quotes for seats that nobody has taken, in turn.
        own_market: each seat has the same market for itself, instead of one for all.
        drop: what becomes of a seat whose connection drops: a bot quotes, or its orders are withdrawn.
        delay_ms: the common delay of commands at the start.
        commitment: what was published of the seed, see :mod:`mmtui.room.core.commitment`.
    """

    seats: Annotated[int, msgspec.Meta(ge=1, le=MOST_SEATS)]
    bots: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST_SEATS)] = ("skew",)
    own_market: bool = False
    drop: Literal["bot", "cancel"] = "bot"
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=MOST_DELAY_MS)] = 0
    commitment: str = ""

    @property
    def delay_ns(self) -> int:
        """The common delay at the start."""
        return self.delay_ms * NS_PER_MS

    def bot(self, seat: int) -> str:
        """Who quotes for a seat that nobody has taken."""
        return self.bots[seat % len(self.bots)]

    def check(self, level: Level) -> None:
        """Raise InputError unless such a room can play a level."""
        if not isinstance(level.market, BookMarketSpec):
            raise InputError(f"a room plays levels whose market is of the kind book, not {level.id}'s")
        if level.opponent is not None:
            raise InputError("a room plays levels without an opponent: its seats are each other's")
        for bot in self.bots:
            check_name(bot)


def seat_name(wanted: str, taken: Collection[str], number: int) -> str:
    """What a seat is called: as its player wants, or by a pseudonym; no two alike.

    Raises InputError for a name that is no plain word.
    """
    if not wanted:
        wanted = f"{_ANIMALS[number % len(_ANIMALS)]}-{number + 1}"
    if not _NAME.fullmatch(wanted):
        raise InputError("expected a name of 1 to 24 letters, digits, points, hyphens and underscores")
    name, again = wanted, 2
    while name in taken:
        name, again = f"{wanted}.{again}", again + 1
    return name

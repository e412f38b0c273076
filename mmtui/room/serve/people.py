"""Who has which seat or name, kept beside journals for a room that is killed and goes on: private, in no journal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from mmtui.errors import InputError
from mmtui.files import NO_JSON, read, write
from mmtui.room.core.commitment import Secret
from mmtui.room.core.room import Room

FILE = "people.json"
_MOST_BYTES = 1_000_000


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    secret: Secret
    seats: dict[int, str]
    barred: frozenset[str] = frozenset()


class People:
    """The file of who has which seat.

    Args:
        folder: the room's; None to keep none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FILE

    def write(self, room: Room, secret: Secret) -> None:
        """Keep who has which seat now, and who was put out. Raises OutputError."""
        if self._path is not None:
            seats = {seat.number: seat.identity for seat in room.seats if seat.identity}
            write(self._path, msgspec.json.encode(_Kept(secret, seats, frozenset(room.barred))), private=True)

    def restore(self, room: Room) -> Secret:
        """Have everybody's seat be theirs again; returns the room's secret. Raises InputError."""
        assert self._path is not None, "a room that goes on has a folder"
        try:
            kept = msgspec.json.decode(read(self._path, _MOST_BYTES), type=_Kept)
            for number, identity in kept.seats.items():
                room.seats[number].identity = identity
            room.barred.update(kept.barred)
        except OSError as error:
            raise InputError(f"{self._path}: it cannot be read: {error.strerror}") from None
        except (msgspec.MsgspecError, IndexError, *NO_JSON) as error:
            raise InputError(f"{self._path}: expected who has which seat of this room: {error}") from None
        return kept.secret


class Claims:
    """Whose names are whose through all rooms of a league: who comes first by a name has it from then on.

    Args:
        path: the file that keeps them, as hashes.
        names: of those who play.

    Raises InputError for a file that cannot be read.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._path = path
        self.names = names
        self._owners: dict[str, str] = {}
        try:
            if path.exists():
                self._owners = msgspec.json.decode(read(path, _MOST_BYTES), type=dict[str, str])
        except OSError as error:
            raise InputError(f"{path}: it cannot be read: {error.strerror}") from None
        except (msgspec.MsgspecError, *NO_JSON) as error:
            raise InputError(f"{path}: expected whose names are whose: {error}") from None

    def claim(self, room: Room, identity: str, name: str) -> None:
        """Have a seat of a name be somebody's. Raises InputError where it is another's, OutputError."""
        seat = next((seat for seat in room.seats if seat.name == name), None)
        if seat is None:
            raise InputError(f"this match is of {' and '.join(seat.name for seat in room.seats if seat.taken)}")
        if self._owners.setdefault(name, identity) != identity:
            raise InputError(f"{name} has come with another key or token before")
        seat.identity = identity
        write(self._path, msgspec.json.encode(self._owners), private=True)

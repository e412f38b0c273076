"""Opening a room: a new one, or one that was killed and goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from mmtui.errors import InputError
from mmtui.files import NO_JSON, make_folder, read, write
from mmtui.level.level import Level
from mmtui.room.core.commitment import Secret
from mmtui.room.core.par import KeptPar
from mmtui.room.core.resume import resumed
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.room.serve.host import Host, journal_paths, new_token
from mmtui.room.serve.people import People

#: Par as it was worked out, so that a room that goes on need not work it out again; private, in no journal.
_PAR, _MOST_PAR = "par.json", 10_000_000


def open_room(
    level: Level,
    spec: Callable[[str], RoomSpec],
    *,
    seed: int | None,
    folder: Path | None,
    password: str,
    starts_at: int,
    on_trouble: Callable[[str], None],
) -> Host:
    """A new room.

    Args:
        level: what is played.
        spec: the room, given the commitment to its seed.
        seed: of the session; 128 random bits unless given.
        folder: where journals go; None for none.
        password: what lets people in; empty for nothing.
        starts_at: so many seats taken open the market.
        on_trouble: told when the journal can no longer be written.

    Raises:
        InputError: no room plays the level, or the folder has a room's journal already.
        OutputError: the folder cannot be written.
    """
    secret = Secret.new(seed)
    room = Room(level, secret.seed, spec(secret.commitment))
    room.fix_par()
    people = People(folder)
    if folder is not None:
        make_folder(folder)
        paths = journal_paths(folder, room)
        if taken := [path for path in paths if path.exists()]:
            raise InputError(f"{taken[0]} is there already: --resume goes on with it, or take another folder")
        room.record(paths, on_trouble)
        if not room.spec.own_market:
            kept = KeptPar.of(room.sessions[0].par, level)
            write(folder / _PAR, msgspec.json.encode(kept), private=True)
    room.open()
    people.write(room, secret)
    return Host(room, secret, password, new_token(), people, starts_at, recorded=folder is not None)


def reopen_room(folder: Path, *, password: str, on_trouble: Callable[[str], None]) -> Host:
    """A room that was killed, as far as its journal goes; seats are their players' again.

    Raises:
        InputError: there is none to go on with.
        OutputError: its journal cannot be written.
    """
    room = resumed(folder / "room.jsonl", on_trouble, _kept_par(folder / _PAR))
    people = People(folder)
    try:
        secret = people.restore(room)
    except InputError:
        room.close()
        raise
    room.fix_par()
    return Host(room, secret, password, new_token(), people, recorded=True, started=room.now_ns > 0)


def _kept_par(path: Path) -> KeptPar | None:
    """Par as it was worked out when the room was opened; None if it was not kept. Raises InputError."""
    try:
        return msgspec.json.decode(read(path, _MOST_PAR), type=KeptPar)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: it cannot be read: {error.strerror}") from None
    except (msgspec.MsgspecError, *NO_JSON) as error:
        raise InputError(f"{path}: expected par of this room: {error}") from None

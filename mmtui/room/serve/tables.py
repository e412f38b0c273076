"""The rooms in which people of a league meet, two by two, many at once, and all behind the same door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mmtui.errors import InputError
from mmtui.lab.leagues.league import Pairing, of_two
from mmtui.room.core.spec import RoomSpec
from mmtui.room.serve.failures import Failures
from mmtui.room.serve.host import Host, Lobby, new_token
from mmtui.room.serve.opening import open_room, reopen_room
from mmtui.room.serve.people import Claims
from mmtui.session.journal import read_journal
from mmtui.session.journal_lines import RoomLine
from mmtui.session.result import Result

#: Nobody quotes for a person: who stays away has lost.
_NOBODY = "idle"
_ABSENT = "did not come"


@dataclass
class Tables(Lobby):
    """The rooms of a league. See :class:`~mmtui.room.serve.host.Lobby`.

    Args:
        folder: has a folder a game, so that a league that was cut off goes on.
        claims: whose names are whose.
        password: what lets people in; empty for nothing.
        on_trouble: told when a journal can no longer be written.

    Attributes:
        instructor: the token of whoever instructs, in any of the rooms.
    """

    folder: Path
    claims: Claims
    password: str
    on_trouble: Callable[[str], None]
    failures: Failures = field(default_factory=Failures)
    instructor: str = field(default_factory=new_token)

    def __post_init__(self) -> None:
        self._hosts: list[Host] = []

    def host_of(self, name: str) -> Host:
        """The room that somebody plays in now; for no name any. Raises InputError where there is none."""
        open_hosts = [host for host in self._hosts if not host.ended.is_set()]
        for host in open_hosts:
            if not name or any(seat.name == name for seat in host.room.seats):
                return host
        if name not in self.claims.names:
            raise InputError(f"expected one of the league's names: {', '.join(self.claims.names)}")
        raise InputError(f"{name} has no match now; come back when the next one is called")

    def path_of(self, game: Pairing) -> Path:
        """The journal of a game's room."""
        (first, _), (second, _) = game.first, game.second
        return self.folder / f"{game.level.id}-{game.seed}-{first}-{second}" / "room.jsonl"

    def opened(self, game: Pairing) -> Host:
        """The room of a game: a new one, which opens its market once all who play are there, or one that goes on.

        Its market is one that nobody knows: the game's seed only counts. Raises InputError, OutputError.
        """
        folder = self.path_of(game).parent
        names = [name for name, _ in (game.first, game.second)]
        people = [name for name in names if name in self.claims.names]
        if self.path_of(game).exists():
            host = reopen_room(folder, password=self.password, on_trouble=self.on_trouble)
        else:
            bots = tuple(_NOBODY if name in people else name for name in names)
            host = open_room(
                game.level,
                lambda commitment: RoomSpec(seats=2, bots=bots, drop="cancel", commitment=commitment),
                seed=None,
                folder=folder,
                password=self.password,
                starts_at=len(people),
                on_trouble=self.on_trouble,
            )
            for name in people:
                host.room.take(names.index(name), name)
        host.starts_at, host.claims, host.instructor = len(people), self.claims, self.instructor
        self._hosts = [other for other in self._hosts if not other.ended.is_set()] + [host]
        return host

    def result(self, game: Pairing) -> Result | None:
        """What a game came to; None while it has not ended. Raises JournalError."""
        path = self.path_of(game)
        journal = read_journal(path) if path.exists() else None
        if journal is None or journal.end is None:
            return None
        came = {line.seat for line in journal.records if isinstance(line, RoomLine) and line.do == "back"}
        own, other = (
            outcome.result
            if name not in self.claims.names or outcome.seat in came or outcome.result is None
            else msgspec.structs.replace(outcome.result, error=_ABSENT)
            for outcome, (name, _) in zip(journal.outcomes, (game.first, game.second), strict=True)
        )
        return None if own is None or other is None else of_two(own, other)


def waves(games: Sequence[Pairing]) -> Iterator[list[Pairing]]:
    """Yields games that can be played at once, since nobody is in two of them, until all were."""
    left = [*games]
    while left:
        busy: set[str] = set()
        now: list[Pairing] = []
        later: list[Pairing] = []
        for game in left:
            names = {game.first[0], game.second[0]}
            (later if names & busy else now).append(game)
            busy |= names if not names & busy else set()
        yield now
        left = later

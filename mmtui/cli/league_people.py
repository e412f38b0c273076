"""Matches of a league in which people play: rooms on this machine, one after the other or side by side."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, redirect_stderr, redirect_stdout
from pathlib import Path

from mmtui.cli.room_floors import linger, listening
from mmtui.errors import InputError
from mmtui.files import write
from mmtui.lab.leagues.league import Entrant, Pairing, points
from mmtui.report.room import room_page
from mmtui.room.core.spec import seat_name
from mmtui.room.serve.entrances import OwnEntrance
from mmtui.room.serve.people import Claims
from mmtui.room.serve.tables import Tables, waves
from mmtui.room.serve.tcp import TcpServer
from mmtui.session.result import Result
from mmtui.strategies.registry import shipped_names

_OWNERS = "people.json"


class Crowd:
    """A league's people, and where they play.

    Args:
        names: what they are called.
        folder: where their games are kept.
        address, tcp, ssh: where they come in; no SSH for None.
        password: what lets them in; empty for nothing.
        say: prints a line.

    Raises InputError for a name that is none, OutputError.
    """

    def __init__(
        self,
        names: Sequence[str],
        folder: Path,
        address: str,
        tcp: int,
        ssh: int | None,
        password: str,
        say: Callable[[str], None],
    ) -> None:
        self.names = [seat_name(name, (), 0) for name in names]
        self._folder = folder
        self._address, self._tcp, self._ssh = address, tcp, ssh
        self._say = say
        self._tables = Tables(folder, Claims(folder / _OWNERS, self.names), password, say)

    def check(self, strategies: Sequence[Entrant]) -> None:
        """Raise InputError for strategies that no room has quote."""
        for name, params in strategies:
            if name not in shipped_names() or params:
                raise InputError(f"{name}: against people only strategies that ship play, as they are")

    def results(self, games: Sequence[Pairing]) -> Iterator[tuple[Pairing, Result]]:
        """Yields games with their results; those that were not played yet are, first."""
        if left := [game for game in games if self._tables.result(game) is None]:
            # Floors take the streams over and give back what they found, each in its own time.
            with redirect_stdout(sys.stdout), redirect_stderr(sys.stderr):
                asyncio.run(self._play(left))
        for game in games:
            result = self._tables.result(game)
            assert result is not None, "it has been played"
            yield game, result

    async def _play(self, games: Sequence[Pairing]) -> None:
        floors: set[asyncio.Task[None]] = set()
        address, tables = self._address, self._tables
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(TcpServer(tables).listening(address, self._tcp))
                if self._ssh is not None:
                    entrance = OwnEntrance(tables)
                    await stack.enter_async_context(listening(entrance, address, self._ssh, self._folder, floors))
            except OSError as error:
                raise InputError(f"cannot listen on {address}: {error.strerror or error}") from None
            self._say(f"Join by     mmtui join {address}:{self._tcp} --name YOUR-NAME --token A-WORD-OF-YOUR-OWN")
            if self._ssh is not None:
                self._say(f"or by       ssh -p {self._ssh} YOUR-NAME@{address}")
            if tables.password:
                self._say(f"Password    {tables.password}")
            self._say(f"Instructor  {tables.instructor}")
            for wave in waves(games):
                await asyncio.gather(*(self._game(game, floors) for game in wave))

    async def _game(self, game: Pairing, floors: set[asyncio.Task[None]]) -> None:
        host, title = self._tables.opened(game), f"{game.level.title}: {game.first[0]} against {game.second[0]}"
        try:
            self._say(f"{title}, match {game.seed}, opens when all are there")
            await host.run()
        finally:
            host.room.close()
        write(self._tables.path_of(game).parent / "debrief.html", room_page(host.room))
        result = self._tables.result(game)
        assert result is not None, "it has ended"
        assert result.opponent is not None, "a game has two"
        won = points(result)
        winner = "a draw" if won == 0.5 else f"{(game.second, game.first)[won == 1][0]} wins"
        self._say(f"{title}, {result.score:.1f} to {result.opponent.score:.1f}, {winner}")
        await linger(host, floors)

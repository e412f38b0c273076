"""Matches of a league in which people play: rooms on this machine, one after the other or side by side."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, redirect_stderr, redirect_stdout
from pathlib import Path

from mmtui.cli.room import Ports, link, web_extra
from mmtui.cli.room_floors import linger, listening
from mmtui.errors import InputError
from mmtui.files import write
from mmtui.lab.leagues.league import Entrant, Pairing, points
from mmtui.report.league import league_page
from mmtui.report.room import room_page
from mmtui.room.core.spec import seat_name
from mmtui.room.serve.entrances import OwnEntrance
from mmtui.room.serve.host import Host
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
        ports: where they come in, and where the league's page is.
        password: what lets them in; empty for nothing.
        say: prints a line.

    Raises InputError for a name that is none, OutputError.
    """

    def __init__(
        self,
        names: Sequence[str],
        folder: Path,
        ports: Ports,
        password: str,
        say: Callable[[str], None],
    ) -> None:
        self.names = [seat_name(name, (), 0) for name in names]
        self._folder = folder
        self._ports = ports
        self._say = say
        self._all = self.names
        self._on: list[tuple[Pairing, Host]] = []
        self._to_come: list[Pairing] = []
        self._played: list[tuple[Pairing, Result]] = []
        self._tables = Tables(folder, Claims(folder / _OWNERS, self.names), password, say)

    def check(self, strategies: Sequence[Entrant]) -> None:
        """Raise InputError for strategies that no room has quote."""
        for name, params in strategies:
            if name not in shipped_names() or params:
                raise InputError(f"{name}: against people only strategies that ship play, as they are")
        self._all = [*self.names, *(name for name, _ in strategies)]

    def page(self) -> str:
        """How the league stands, of the games that people are in."""
        return league_page(self._all, self._on, self._to_come, self._played)

    def results(self, games: Sequence[Pairing]) -> Iterator[tuple[Pairing, Result]]:
        """Yields games with their results; those that were not played yet are, first."""
        left: list[Pairing] = []
        for game in games:
            result = self._tables.result(game)
            if result is None:
                left.append(game)
            else:
                self._played.append((game, result))
        if left:
            # Floors take the streams over and give back what they found, each in its own time.
            with redirect_stdout(sys.stdout), redirect_stderr(sys.stderr):
                asyncio.run(self._play(left))
        for game in games:
            result = self._tables.result(game)
            assert result is not None, "it has been played"
            yield game, result

    async def _play(self, games: Sequence[Pairing]) -> None:
        floors: set[asyncio.Task[None]] = set()
        (address, tcp, ssh, web), tables = self._ports, self._tables
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(TcpServer(tables).listening(address, tcp))
                if ssh is not None:
                    entrance = OwnEntrance(tables)
                    await stack.enter_async_context(listening(entrance, address, ssh, self._folder, floors))
                if web is not None:
                    await stack.enter_async_context(_served(tables, address, web, self.page))
            except OSError as error:
                raise InputError(f"cannot listen on {address}: {error.strerror or error}") from None
            self._say(f"Join by     mmtui join {address}:{tcp} --name YOUR-NAME --token A-WORD-OF-YOUR-OWN")
            if ssh is not None:
                self._say(f"or by       ssh -p {ssh} YOUR-NAME@{address}")
            if web is not None:
                self._say(f"Page        {link(address, web, tables.password)}")
            if tables.password:
                self._say(f"Password    {tables.password}")
            self._say(f"Instructor  {tables.instructor}")
            rounds = [*waves(games)]
            self._to_come = [game for wave in rounds for game in wave]
            for wave in rounds:
                self._to_come = self._to_come[len(wave) :]
                await asyncio.gather(*(self._game(game, floors) for game in wave))

    async def _game(self, game: Pairing, floors: set[asyncio.Task[None]]) -> None:
        host, title = self._tables.opened(game), f"{game.level.title}: {game.first[0]} against {game.second[0]}"
        self._on.append((game, host))
        try:
            self._say(f"{title}, match {game.seed}, opens when all are there")
            await host.run()
        finally:
            host.room.close()
            self._on.remove((game, host))
        write(self._tables.path_of(game).parent / "debrief.html", room_page(host.room))
        result = self._tables.result(game)
        assert result is not None, "it has ended"
        self._played.append((game, result))
        write(self._folder / "league.html", self.page())
        assert result.opponent is not None, "a game has two"
        won = points(result)
        winner = "a draw" if won == 0.5 else f"{(game.second, game.first)[won == 1][0]} wins"
        self._say(f"{title}, {result.score:.1f} to {result.opponent.score:.1f}, {winner}")
        await linger(host, floors)


def _served(tables: Tables, address: str, port: int, page: Callable[[], str]) -> AbstractAsyncContextManager[None]:
    with web_extra():
        from mmtui.cli.league_site import page_served
    return page_served(tables, address, port, page)

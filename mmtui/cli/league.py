"""``mmtui league``: every strategy against every other, in one market."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from mmtui.cli.arguments import jobs_option, seeds_from, seeds_option, strategies_from, strategy_settings_option
from mmtui.cli.number import whole
from mmtui.cli.output import Output, output_options
from mmtui.cli.progress import Sessions
from mmtui.cli.tables import TableColumn, console, table
from mmtui.errors import InputError
from mmtui.lab.leagues.bracket import Match, bracket
from mmtui.lab.leagues.league import Pairing, fixtures, head_to_head, played, standing
from mmtui.lab.leagues.ratings import Rating
from mmtui.lab.runs.batch import find_levels
from mmtui.session.result import Result

if TYPE_CHECKING:
    from mmtui.cli.league_people import Crowd
    from mmtui.cli.room import Ports

_EPILOG = """\b
Examples:
  mmtui league glft skew fixed
  mmtui league glft rules skew fixed touch --bracket --seeds 1:3
  mmtui league my.py:MyMaker glft --levels skew,first-quotes --seeds 1:20 --jobs 2
  mmtui league glft skew rules --levels all --store league --format json --out table.json
  mmtui league --people ann,bob,cat,dan --bracket --seeds 1 --store cup --ssh 2222
  mmtui league skew --people ann,bob --levels skew,trend --seeds 1:2 --store class --web 8000
"""


@click.command(epilog=_EPILOG)
@click.argument("strategies", nargs=-1, metavar="STRATEGY...")
@click.option("--levels", default="skew", show_default=True, metavar="A,B", help="Levels, or all.")
@seeds_option("1:5")
@click.option("--bracket", "knockout", is_flag=True, help="Who loses a match is out; name the best first.")
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), help="Keep games here, and go on.")
@click.option("--people", default="", metavar="A,B", help="Who plays by hand, in rooms that are kept in --store.")
@click.option("--host", "address", default="127.0.0.1", show_default=True, help="Address where people come in.")
@click.option("--tcp", type=whole(1, 65535), default=7373, show_default=True, help="Port of mmtui join, for people.")
@click.option("--ssh", type=whole(1, 65535), help="Port for people's SSH clients; needs mmtui[room].")
@click.option("--web", type=whole(1, 65535), help="Port of a page with how the league stands; needs mmtui[serve].")
@click.option("--password", help="What lets people in; made when others than this machine can reach it.")
@jobs_option
@click.option("--cluster", metavar="ADDRESS|FILE", help="Play on the workers of a Dask scheduler, tcp://HOST:PORT.")
@strategy_settings_option
@output_options
def command(
    strategies: tuple[str, ...],
    levels: str,
    seeds: str,
    knockout: bool,
    store: Path | None,
    people: str,
    address: str,
    tcp: int,
    ssh: int | None,
    web: int | None,
    password: str | None,
    jobs: int,
    cluster: str | None,
    settings: tuple[str, ...],
    output: Output,
) -> int:
    """Have every STRATEGY make a market with every other, on each level and seed, once from either seat.

    The better score wins; less than half a point apart is a draw, and whoever fails has lost. Ratings are on Elo's
    scale: who is 100 above wins 64 games of 100. They are found by maximum likelihood, in whatever order games came.

    With --people a game that somebody is in is a room for two, once for each level and seed, on a market that nobody
    knows before; as many are on at once as there are pairs that are free. Who stays away has lost.
    """
    from mmtui.lab.runs.store import opened_store

    entrants = strategies_from(strategies, settings)
    found, numbers = find_levels([name.strip() for name in levels.split(",")]), seeds_from(seeds)
    finished: list[tuple[Pairing, Result]] = []
    crowd = None
    if people:
        from mmtui.cli.room import Ports

        crowd = _people(people, store, Ports(address, tcp, ssh, web), password)
        crowd.check(entrants)
        entrants = [*((name, {}) for name in crowd.names), *entrants]

    def results(games: Sequence[Pairing]) -> Iterator[Result]:
        for game, result in played(games, jobs, kept, cluster):
            finished.append((game, result))
            yield result

    def play(games: Sequence[Pairing]) -> Sequence[tuple[Pairing, Result]]:
        first = len(finished)
        if crowd is not None:
            by_hand = [game for game in games if {game.first[0], game.second[0]} & {*crowd.names}]
            finished.extend(crowd.results(by_hand))
            games = [game for game in games if game not in by_hand]
        with Sessions() as sessions:
            for _ in sessions.watch(results(games), len(games)):
                pass
        return finished[first:]

    def failed() -> int:
        return int(crowd is None and any(result.error is not None for _, result in finished))

    with ExitStack() as stack:
        kept = None if store is None else stack.enter_context(opened_store(store))
        if knockout:
            matches = [*bracket(found, entrants, numbers, play, either_seat=crowd is None)]
        else:
            play(fixtures(found, entrants, numbers, either_seat=crowd is None))
    if knockout:
        output.write(matches, Match, _write_matches)
        return failed()

    def write(rows: Sequence[Rating], stream: IO[str]) -> None:
        _write_table(rows, finished, stream)

    output.write(standing([name for name, _ in entrants], finished), Rating, write)
    return failed()


def _people(names: str, store: Path | None, ports: Ports, password: str | None) -> Crowd:
    from mmtui.cli.league_people import Crowd
    from mmtui.cli.room import password_for

    if store is None:
        raise InputError("--people: expected a folder for their games too, such as --store cup")
    called = [name.strip() for name in names.split(",")]
    say = partial(click.echo, file=sys.stderr)
    return Crowd(called, store, ports, password_for(ports.address, password), say)


def _write_matches(matches: Sequence[Match], stream: IO[str]) -> None:
    columns = [
        TableColumn("round"),
        TableColumn("match", left=True),
        TableColumn("won"),
        TableColumn("goes on", left=True),
    ]
    cells = [
        [
            str(match.round),
            f"{match.first} against {match.second or 'nobody'}",
            f"{match.won:g} of {match.games}" if match.games else "",
            match.winner,
        ]
        for match in matches
    ]
    screen = console(160, stream)
    screen.print(table(columns, cells, screen.width))


def _write_table(rows: Sequence[Rating], results: Sequence[tuple[Pairing, Result]], stream: IO[str]) -> None:
    pairs = head_to_head(results)
    names = [row.name for row in rows]

    def won(name: str, other: str) -> str:
        if name == other:
            return "·"
        score, count = pairs[min(name, other), max(name, other)]
        return f"{score if name < other else count - score:g} of {count}"

    columns = [TableColumn("who", left=True), TableColumn("rating"), TableColumn("±"), TableColumn("won")]
    columns += [TableColumn(f"against {name}", 100) for name in names]
    cells = [
        [row.name, f"{row.rating:.0f}", f"{row.error:.0f}", f"{row.won:g} of {row.games}"]
        + [won(row.name, name) for name in names]
        for row in rows
    ]
    screen = console(160, stream)
    screen.print(table(columns, cells, screen.width))

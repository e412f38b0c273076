"""``mmtui league``: every strategy against every other, in one market."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click

from mmtui.cli.arguments import jobs_option, seeds_from, seeds_option, strategies_from, strategy_settings_option
from mmtui.cli.output import Output, output_options
from mmtui.cli.progress import Sessions
from mmtui.cli.tables import TableColumn, console, table
from mmtui.lab.leagues.bracket import Match, bracket
from mmtui.lab.leagues.league import Pairing, fixtures, head_to_head, played, standing
from mmtui.lab.leagues.ratings import Rating
from mmtui.lab.runs.batch import find_levels
from mmtui.session.result import Result

_EPILOG = """\b
Examples:
  mmtui league glft skew fixed
  mmtui league glft rules skew fixed touch --bracket --seeds 1:3
  mmtui league my.py:MyMaker glft --levels skew,first-quotes --seeds 1:20 --jobs 2
  mmtui league glft skew rules --levels all --store league --format json --out table.json
"""


@click.command(epilog=_EPILOG)
@click.argument("strategies", nargs=-1, required=True, metavar="STRATEGY...")
@click.option("--levels", default="skew", show_default=True, metavar="A,B", help="Levels, or all.")
@seeds_option("1:5")
@click.option("--bracket", "knockout", is_flag=True, help="Who loses a match is out; name the best first.")
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), help="Keep games here, and go on.")
@jobs_option
@strategy_settings_option
@output_options
def command(
    strategies: tuple[str, ...],
    levels: str,
    seeds: str,
    knockout: bool,
    store: Path | None,
    jobs: int,
    settings: tuple[str, ...],
    output: Output,
) -> int:
    """Have every STRATEGY make a market with every other, on each level and seed, once from either seat.

    The better score wins; less than half a point apart is a draw, and whoever fails has lost. Ratings are on Elo's
    scale: who is 100 above wins 64 games of 100. They are found by maximum likelihood, in whatever order games came.
    """
    from mmtui.lab.runs.store import opened_store

    entrants = strategies_from(strategies, settings)
    found, numbers = find_levels([name.strip() for name in levels.split(",")]), seeds_from(seeds)
    finished: list[tuple[Pairing, Result]] = []

    def results(games: Sequence[Pairing]) -> Iterator[Result]:
        for game, result in played(games, jobs, kept):
            finished.append((game, result))
            yield result

    def play(games: Sequence[Pairing]) -> Sequence[tuple[Pairing, Result]]:
        first = len(finished)
        with Sessions() as sessions:
            for _ in sessions.watch(results(games), len(games)):
                pass
        return finished[first:]

    def failed() -> int:
        return int(any(result.error is not None for _, result in finished))

    with ExitStack() as stack:
        kept = None if store is None else stack.enter_context(opened_store(store))
        if knockout:
            matches = [*bracket(found, entrants, numbers, play)]
        else:
            play(fixtures(found, entrants, numbers))
    if knockout:
        output.write(matches, Match, _write_matches)
        return failed()

    def write(rows: Sequence[Rating], stream: IO[str]) -> None:
        _write_table(rows, finished, stream)

    output.write(standing([name for name, _ in entrants], finished), Rating, write)
    return failed()


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

    columns = [TableColumn("strategy", left=True), TableColumn("rating"), TableColumn("±"), TableColumn("won")]
    columns += [TableColumn(f"against {name}", 100) for name in names]
    cells = [
        [row.name, f"{row.rating:.0f}", f"{row.error:.0f}", f"{row.won:g} of {row.games}"]
        + [won(row.name, name) for name in names]
        for row in rows
    ]
    screen = console(160, stream)
    screen.print(table(columns, cells, screen.width))

"""A league of people as a page, for a wall: the matches that are on, those to come, how all stand, what was played."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mmtui.debrief.tables import Column, Table
from mmtui.lab.leagues.league import Pairing, points, standing
from mmtui.report.html import html_table, page, section
from mmtui.room.serve.host import Host
from mmtui.session.result import Result
from mmtui.wording import clock

_MOST_TO_COME = 12


def league_page(
    names: Sequence[str],
    on: Sequence[tuple[Pairing, Host]],
    to_come: Sequence[Pairing],
    played: Sequence[tuple[Pairing, Result]],
) -> str:
    """The page.

    Args:
        names: all who play, strategies too.
        on: the matches that are on, with their rooms.
        to_come: those that will be called next, in their order.
        played: those that are over, in their order.
    """
    tables = [_on(on), _to_come(to_come), _standing(names, played), _played(played)]
    sections = [f"<header><h1>League</h1><p>{escape(', '.join(names))}</p></header>"]
    sections += [section(table.heading, html_table(table)) for table in tables if table.rows]
    return page("League", sections)


def _match(game: Pairing) -> str:
    return f"{game.first[0]} against {game.second[0]}"


def _on(on: Sequence[tuple[Pairing, Host]]) -> Table:
    columns = (Column("Match"), Column("level"), Column("clock"), Column("PnL", "money"), Column("PnL", "money"))
    rows: list[tuple[str | float, ...]] = []
    for game, host in on:
        seats = host.room.seats
        away = [seat.name for seat in seats if seat.taken and not seat.connected]
        time = f"{clock(host.room.now_ns)} of {clock(host.room.end_ns)}"
        if not host.started:
            time = f"opens when {' and '.join(away)} {'have' if len(away) > 1 else 'has'} come"
        made = [maker.total for maker in host.room.sessions[0].seats]
        rows.append((_match(game), game.level.title, time, *made))
    return Table("On now", "", columns, rows)


def _to_come(games: Sequence[Pairing]) -> Table:
    rows = [(_match(game), game.level.title) for game in games[:_MOST_TO_COME]]
    note = f"{len(games)} to come" if len(games) > _MOST_TO_COME else ""
    return Table("Next", note, (Column("Match"), Column("level")), rows)


def _standing(names: Sequence[str], played: Sequence[tuple[Pairing, Result]]) -> Table:
    columns = (Column("Name"), Column("won", "points"), Column("of", "count"), Column("rating", "count"))
    rows = [(row.name, row.won, row.games, round(row.rating)) for row in standing(names, played)] if played else []
    return Table("How all stand", "", columns, rows)


def _played(played: Sequence[tuple[Pairing, Result]]) -> Table:
    columns = (Column("Match"), Column("level"), Column("score", "points"), Column("score", "points"), Column("won by"))
    rows = []
    for game, result in reversed(played):
        assert result.opponent is not None, "a game has two"
        won = points(result)
        winner = "nobody" if won == 0.5 else (game.second, game.first)[won == 1][0]
        rows.append((_match(game), game.level.title, result.score, result.opponent.score, winner))
    return Table("Played", "", columns, rows)

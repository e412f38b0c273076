"""A bracket: who loses a match is out, until one is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import fsum

import msgspec

from mmtui.lab.leagues.league import Entrant, Pairing, fixtures, points
from mmtui.level.level import Level
from mmtui.session.result import Result

Played = Callable[[Sequence[Pairing]], Sequence[tuple[Pairing, Result]]]


class Match(msgspec.Struct, frozen=True):
    """A match.

    Attributes:
        round: from 1.
        first, second: who met; ``second`` is empty where ``first`` had nobody to meet.
        won: the points of the first: 1 for a game that it won, ½ for a draw.
        games: how many.
        winner: who goes on.
    """

    round: int
    first: str
    second: str
    won: float
    games: int
    winner: str


def bracket(
    levels: Sequence[Level],
    entrants: Sequence[Entrant],
    seeds: Sequence[int],
    play: Played,
    *,
    either_seat: bool = True,
) -> Iterator[Match]:
    """Yields the matches, round by round.

    The first entrant meets the last, the second the last but one, so that those named first, the best, meet late; where
    they are no power of two, the first ones of a round have nobody to meet. A match is every level and seed, once from
    either seat or once at all. More points win, then the larger sum of scores, then who was named first.

    Args:
        levels: what is played on.
        entrants: who, the best first.
        seeds: on which markets.
        play: plays games, those of a round together.
        either_seat: see :func:`~mmtui.lab.leagues.league.fixtures`.

    Raises InputError as :func:`~mmtui.lab.leagues.league.fixtures`.
    """
    fixtures(levels, entrants, seeds, either_seat=either_seat)
    left, number = list(entrants), 1
    while len(left) > 1:
        size = 1 << (len(left) - 1).bit_length()
        free, meeting = left[: size - len(left)], left[size - len(left) :]
        on = list(free)
        yield from (Match(number, name, "", 0.0, 0, name) for name, _ in free)
        pairs = [*zip(meeting[: len(meeting) // 2], reversed(meeting), strict=False)]
        games = [game for pair in pairs for game in fixtures(levels, pair, seeds, either_seat=either_seat)]
        played = play(games)
        for first, second in pairs:
            match = _match(number, first, second, [each for each in played if each[0].first in (first, second)])
            yield match
            on.append(first if match.winner == first[0] else second)
        left, number = on, number + 1


def _match(number: int, first: Entrant, second: Entrant, played: Sequence[tuple[Pairing, Result]]) -> Match:
    name, other = first[0], second[0]
    won = 0.0
    scores: dict[str, list[float]] = {name: [], other: []}
    for game, result in played:
        assert result.opponent is not None, "a game has two"
        home = game.first[0] == name
        won += points(result) if home else 1.0 - points(result)
        scores[game.first[0]].append(result.score)
        scores[game.second[0]].append(result.opponent.score)
    lead = (2 * won - len(played), fsum(scores[name]) - fsum(scores[other]))
    return Match(number, name, other, won, len(played), name if lead >= (0.0, 0.0) else other)

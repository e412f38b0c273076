"""Ratings from games: Elo's scale, by maximum likelihood, so that the order of the games does not matter.

The model is that of Bradley and Terry (1952): i beats j with probability γᵢ / (γᵢ + γⱼ), a draw counting half. Its
estimate is found by the iteration of Hunter, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics
32 (2004), equation 3. A rating is 1500 + 400 · log₁₀ γ, the mean of all being 1500.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log, log10

import msgspec
import numpy as np

#: Each has drawn this many games more against somebody of the mean rating, which keeps ratings finite.
_PRIOR = 1.0
_MEAN, _SCALE = 1500.0, 400.0
_TURNS, _SETTLED = 10_000, 1e-10


class Rating(msgspec.Struct, frozen=True):
    """A player's rating, with its standard error, and the games that it comes from."""

    name: str
    rating: float
    error: float
    games: int
    won: float


def ratings(names: Sequence[str], points: Mapping[tuple[str, str], tuple[float, int]]) -> list[Rating]:
    """Ratings, best first.

    Args:
        names: the players.
        points: for pairs of them, each once, the points of the first (1 a win, ½ a draw) and the games.
    """
    place = {name: number for number, name in enumerate(names)}
    games = np.zeros((len(names), len(names)))
    won = np.zeros(len(names))
    for (first, second), (score, count) in points.items():
        one, other = place[first], place[second]
        games[one, other] += count
        games[other, one] += count
        won[one] += score
        won[other] += count - score
    strength = np.ones(len(names))
    for _ in range(_TURNS):
        shares = (games / (strength[:, None] + strength[None, :])).sum(axis=1) + 2 * _PRIOR / (strength + 1.0)
        better = (won + _PRIOR) / shares
        settled = np.abs(np.log(better / strength)).max() < _SETTLED
        strength = better
        if settled:
            break
    chances = strength[:, None] / (strength[:, None] + strength[None, :])
    information = -games * chances * (1 - chances)
    prior = 2 * _PRIOR * strength / (strength + 1.0) ** 2
    np.fill_diagonal(information, 0.0)
    np.fill_diagonal(information, -information.sum(axis=1) + prior)
    # Of the ratings about their mean, which is fixed.
    centre = np.eye(len(names)) - 1.0 / len(names)
    errors = np.sqrt(np.diag(centre @ np.linalg.inv(information) @ centre)) * _SCALE / log(10)
    level = float(np.log10(strength).mean())
    found = [
        Rating(
            name,
            _MEAN + _SCALE * (log10(strength[number]) - level),
            float(errors[number]),
            int(games[number].sum()),
            float(won[number]),
        )
        for name, number in place.items()
    ]
    return sorted(found, key=lambda rating: -rating.rating)

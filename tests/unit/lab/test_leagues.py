"""Leagues: games of two strategies in one market, and ratings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from mmtui.errors import InputError
from mmtui.lab.leagues.bracket import bracket
from mmtui.lab.leagues.league import Entrant, Pairing, fixtures, head_to_head, play, played, points, standing
from mmtui.lab.leagues.ratings import ratings
from mmtui.lab.runs.store import opened_store
from mmtui.session.result import Opposition, Result
from mmtui.session.session import Session
from tests.unit.room.rooms import short


def test_ratings_find_the_strengths_that_the_games_were_drawn_from() -> None:
    """Of 2,000 games a pair the standard error is about 8; the band is four of them and a little for the prior."""
    rng = np.random.default_rng(3)
    true = {"a": 1650.0, "b": 1500.0, "c": 1350.0}
    games = {}
    for one, other in (("a", "b"), ("a", "c"), ("b", "c")):
        chance = 1 / (1 + 10 ** ((true[other] - true[one]) / 400))
        games[one, other] = (float(rng.binomial(2000, chance)), 2000)
    found = ratings(list(true), games)
    assert [rating.name for rating in found] == ["a", "b", "c"]
    for rating in found:
        assert abs(rating.rating - true[rating.name]) < 35
        assert 4 < rating.error < 12
        assert rating.games == 4000


def test_who_wins_all_has_a_rating_all_the_same_and_equals_have_equal_ones() -> None:
    best, worst = ratings(["a", "b"], {("a", "b"): (10.0, 10)})
    assert best.name == "a"
    assert best.rating + worst.rating == pytest.approx(3000.0)
    assert 1700 < best.rating < 2200
    even = ratings(["a", "b", "c"], {("a", "b"): (5.0, 10), ("b", "c"): (5.0, 10), ("a", "c"): (5.0, 10)})
    assert [rating.rating for rating in even] == pytest.approx([1500.0] * 3)


def test_a_game_is_a_session_of_two_seats_and_the_seats_are_changed() -> None:
    level = short(duration_s=30)
    games = fixtures([level], [("skew", {}), ("fixed", {"half_spread": 2.0})], [1, 2])
    assert [(game.seed, game.first[0]) for game in games] == [(1, "skew"), (1, "fixed"), (2, "skew"), (2, "fixed")]
    result = play(games[0])
    assert result.opponent is not None
    assert (result.strategy, result.opponent.strategy) == ("skew", "fixed")
    assert result.digest != Session(level, 1, "skew").digest
    assert result.fills + result.opponent.fills > 0
    assert points(result) == float(result.score > result.opponent.score) or points(result) == 0.5


def test_in_a_bracket_who_loses_is_out_and_those_named_first_meet_last() -> None:
    level = short(duration_s=1)
    made = Session(level, 1, "idle").result

    def play(games: Sequence[Pairing]) -> list[tuple[Pairing, Result]]:
        """Names from a to e, of which the one that comes first is better; nobody beats d, and c and e are equals."""
        return [(game, result_of(*(name for name, _ in game[2:]))) for game in games]

    def result_of(one: str, other: str) -> Result:
        strength = {"a": 60.0, "b": 50.0, "c": 40.0, "d": 90.0, "e": 40.0}
        against = Opposition(other, strength[other], 0, {}, 0.0, 0, 0)
        return msgspec.structs.replace(made(), score=strength[one], opponent=against)

    matches = [*bracket([level], [(name, {}) for name in "abcde"], [1, 2], play)]
    assert [(match.round, match.first, match.second, match.winner) for match in matches] == [
        (1, "a", "", "a"),
        (1, "b", "", "b"),
        (1, "c", "", "c"),
        (1, "d", "e", "d"),
        (2, "a", "d", "d"),
        (2, "b", "c", "b"),
        (3, "d", "b", "d"),
    ]
    assert [match.games for match in matches[3:]] == [4] * 4
    assert [match.won for match in matches[3:]] == [4.0, 0.0, 4.0, 4.0]
    (even,) = bracket([level], [("c", {}), ("e", {})], [1], play)
    assert (even.won, even.winner) == (1.0, "c")
    with pytest.raises(InputError, match="two entrants or more"):
        next(bracket([level], [("c", {})], [1], play))


def test_whoever_fails_has_lost_and_the_league_goes_on(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(
        "from mmtui.strategies.protocol import Strategy\n\n\n"
        "class Bad(Strategy):\n    name = idea = 'bad'\n\n    def quote(self, view):\n        raise ValueError('no')\n"
    )
    bad = f"{tmp_path}/bad.py:Bad"
    results = list(played(fixtures([short(duration_s=10)], [(bad, {}), ("skew", {})], [1]), jobs=1))
    assert [points(result) for _, result in results] == [0.0, 1.0]
    assert head_to_head(results) == {(bad, "skew"): (0.0, 2)}
    assert [rating.name for rating in standing([bad, "skew"], results)] == ["skew", bad]


@pytest.mark.slow
def test_a_league_that_was_cut_off_goes_on_and_any_number_of_processes_comes_to_the_same(tmp_path: Path) -> None:
    games = fixtures([short(duration_s=5)], [("skew", {}), ("fixed", {})], [1, 2])
    with opened_store(tmp_path) as store:
        first = list(played(games[:2], 1, store))
    with opened_store(tmp_path) as store:
        assert len(store.find(game.key for game in games)) == 2
        whole = list(played(games, 2, store))
    assert [game for game, _ in whole] == games
    assert whole[:2] == first
    assert [(game, play(game)) for game in games] == whole


def test_another_strategy_parameter_or_seed_is_another_game() -> None:
    level = short()
    firsts: list[Entrant] = [("fixed", {}), ("touch", {})]
    seconds: list[Entrant] = [("skew", {}), ("skew", {"half_spread": 2.0})]
    keys = {Pairing(level, seed, first, second).key for seed in (1, 2) for first in firsts for second in seconds}
    assert len(keys) == 8
    assert Pairing(level, 1, ("skew", {}), ("fixed", {})).key != Pairing(level, 1, ("fixed", {}), ("skew", {})).key


@pytest.mark.parametrize("entrants", [[("skew", {})], [("skew", {}), ("skew", {})]])
def test_a_league_needs_two_different_strategies(entrants: list[Entrant]) -> None:
    with pytest.raises(InputError, match="two entrants or more"):
        fixtures([short()], entrants, [1])

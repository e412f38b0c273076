"""The guessing game: both markets come, look alike, and the answers are counted and judged."""

from __future__ import annotations

from pathlib import Path
from random import Random

import msgspec
import pytest

from mmtui.errors import InputError
from mmtui.learning.guess import GuessingGame
from mmtui.level.level import Level, load_preset
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from tests.tapes import level_on, simulated, write


def fitted(recording: Level) -> BookMarketSpec:
    """A market of the recording's tick and lot, at another price."""
    there = recording.market.instrument
    market = load_preset("us-100")
    return msgspec.structs.replace(market, instrument=msgspec.structs.replace(there, price=there.price + 1))


@pytest.fixture
def recording(tmp_path: Path) -> Level:
    level = level_on(write(tmp_path / "tape.csv", simulated(90)), 5, "roam_s = 20.0\n")
    assert isinstance(level.market, TapeSpec)
    return level


def test_both_come_without_being_told_apart_by_what_is_written(recording: Level) -> None:
    game = GuessingGame(recording, fitted(recording), rounds=20, rng=Random(1))
    kinds, words, earlier = set(), set(), 0.0
    for _ in range(game.rounds):
        level, seed, recorded = game.begin()
        assert isinstance(level.market, TapeSpec) is recorded
        kinds.add(recorded)
        words.add((level.id, level.title, level.situation, level.lesson, level.market.instrument.symbol, level.normal))
        exchange = Session(level, seed).market.exchange
        assert abs(exchange.mid - level.market.instrument.start_ticks) < 100
        # What was traded before the start stands on the tape of both.
        earlier = max(earlier, -exchange.tape[0][0] / NS_PER_S) if not recorded else earlier
        game.answer(recorded=True)
    assert earlier > 100
    assert kinds == {True, False}
    assert len(words) == 1
    assert game.over


@pytest.mark.parametrize(
    ("right", "told"),
    [(6, "6 of 6 right. Guessing blindly, one does as well in 2% of games: you can tell them apart."), (4, "34%")],
)
def test_the_verdict_is_that_of_a_fair_coin(recording: Level, right: int, told: str) -> None:
    game = GuessingGame(recording, fitted(recording), rounds=6, rng=Random(2))
    for number in range(6):
        was = game.begin().recorded
        assert game.answer(recorded=was if number < right else not was) is (number < right)
    assert game.right == right
    assert told in game.verdict


def test_markets_that_another_tick_tells_apart_are_refused(recording: Level) -> None:
    instrument = msgspec.structs.replace(recording.market.instrument, tick=0.05)
    with pytest.raises(InputError, match=r"a tick of .*, the market of 0.05; they must be alike"):
        GuessingGame(recording, msgspec.structs.replace(fitted(recording), instrument=instrument))


def test_an_answer_needs_a_market(recording: Level) -> None:
    with pytest.raises(RuntimeError, match="no round has begun"):
        GuessingGame(recording, fitted(recording)).answer(recorded=True)

"""Forty journals of a day, five of them forged in ways of their own: each is found, and nobody else is."""

from __future__ import annotations

import json
from functools import cache

import msgspec
import pytest

from mmtui.learning.board import board
from mmtui.learning.grades import Graded
from mmtui.level.level import Level
from tests.unit.learning.classroom import by_hand, by_strategy, write
from tests.unit.session.journals import lines, rewrite
from tests.unit.session.support import S, short

pytestmark = pytest.mark.slow
HONEST, SEED = 35, 9


@cache
def level() -> Level:
    return short("skew", 20)


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    folder = tmp_path_factory.mktemp("forty")
    for number in range(1, HONEST + 1):
        # Nobody presses a key in the same fifth of a second as another.
        commands = by_hand(1.0 + number % 5, number * S // 5)
        write(folder / f"{number:02}.jsonl", level(), SEED, number, commands, name=f"student {number}", minute=number)
    # An easier level in the place of the day's, honestly played and sealed.
    easier = msgspec.structs.replace(level(), maker=msgspec.structs.replace(level().maker, position_limit=10_000))
    write(folder / "swapped.jsonl", easier, SEED, 41, by_hand(2.5, 7 * S // 2 + 1))
    # Somebody else's, under a key and a name of one's own.
    write(folder / "doubled.jsonl", level(), SEED, 42, by_hand(4.0, 3 * S // 5), name="copier", minute=50)
    write(folder / "assisted.jsonl", level(), SEED, 43, by_strategy())
    # The file of another with one thing changed, and its checksums made to match.
    header, *records = lines(folder / "05.jsonl")
    rewrite(folder / "engine.jsonl", [{**header, "engine": header["engine"] + 1}, *records])
    at = next(place for place, record in enumerate(records) if record["line"] == "command")
    edited = json.loads(json.dumps(records[at]).replace('"half_spread": 1.0', '"half_spread": 1.5'))
    assert edited != records[at]
    rewrite(folder / "edited.jsonl", [header, *records[:at], edited, *records[at + 1 :]])
    return {each.grade.file: each for each in board(folder, level(), SEED, jobs=2)}


def test_all_who_played_are_ranked(ranked: dict[str, Graded]) -> None:
    assert len(ranked) == HONEST + 5
    counting = [name for name, each in ranked.items() if not each.apart]
    assert sorted(counting) == [f"{number:02}.jsonl" for number in range(1, HONEST + 1)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("swapped", "another level: 'skew' in it has been changed"),
        ("doubled", "the same session as 03.jsonl"),
        ("assisted", "assisted: a strategy quoted"),
        ("engine", "a session of engine"),
        ("edited", "forged: the replay has another digest"),
    ],
)
def test_what_is_forged_stands_apart_with_why(ranked: dict[str, Graded], name: str, why: str) -> None:
    assert any(each.startswith(why) for each in ranked[f"{name}.jsonl"].apart)

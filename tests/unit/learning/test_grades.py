"""Journals graded: those that count, and what is forged, of another level, not sealed, doubled or assisted."""

from __future__ import annotations

import json
import shutil
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest

from mmtui.errors import InputError
from mmtui.learning.board import as_board, board
from mmtui.learning.grades import Grade, Graded, grade_files, journals_in
from mmtui.learning.pseudonyms import pseudonym
from mmtui.level.level import Level, load_level
from mmtui.report.class_report import class_page
from mmtui.session.journal import read_journal
from tests.unit.learning.classroom import by_hand, by_strategy, key_of, write
from tests.unit.session.journals import lines, rewrite
from tests.unit.session.support import S, short

COUNTED = 3


@cache
def level() -> Level:
    return short("skew", 40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three journals as they should be, and seven that are not."""
    found = tmp_path_factory.mktemp("class")
    for number, half_spread in enumerate((2.0, 3.0, 4.0), start=1):
        name = f"student {number}" if number < COUNTED else None
        write(found / f"good-{number}.jsonl", level(), number, number, by_hand(half_spread), name=name)
    good = found / "good-1.jsonl"
    records = lines(good)

    # A number changed, and the checksums left.
    (found / "altered.jsonl").write_bytes(good.read_bytes().replace(b'"half_spread":2.0', b'"half_spread":1.0', 1))
    # Another seed claimed, resealed.
    rewrite(found / "reseeded.jsonl", [{**records[0], "seed": 77}, *records[1:]])
    # A better score written, resealed, the signature kept.
    at = next(place for place, line in enumerate(records) if line.get("line") == "result")
    better = {**records[at], "result": {**records[at]["result"], "score": 99.0}}
    rewrite(found / "better.jsonl", [*records[:at], better, *records[at + 1 :]])
    # An easier level, honestly played and sealed.
    easier = msgspec.structs.replace(level(), maker=msgspec.structs.replace(level().maker, position_limit=10_000))
    write(found / "easier.jsonl", easier, 4, 4, by_hand())
    # Somebody else's session under another name and key.
    write(found / "copied.jsonl", level(), 1, 5, by_hand(2.0), name="copier", minute=30)
    # Without its signature.
    rewrite(found / "unsigned.jsonl", lines(write(found / "unsigned.jsonl", level(), 6, 6, by_hand()))[:-1])
    # A strategy's.
    write(found / "assisted.jsonl", level(), 7, 7, by_strategy())
    return found


@pytest.fixture(scope="module")
def graded(folder: Path) -> list[Graded]:
    return grade_files(journals_in(folder), folder, level())


def of(graded: list[Graded], name: str) -> Graded:
    return next(each for each in graded if each.grade.file == f"{name}.jsonl")


@pytest.mark.slow
def test_those_that_count_come_first_the_best_before_the_others(graded: list[Graded]) -> None:
    counting = [each for each in graded if not each.apart]
    assert {each.grade.file for each in counting} == {f"good-{number}.jsonl" for number in (1, 2, 3)}
    assert graded[:COUNTED] == counting
    scores = [each.grade.score for each in counting]
    assert scores == sorted(scores, key=lambda score: -(score or 0))


def test_a_grade_is_that_of_the_replay(graded: list[Graded], folder: Path) -> None:
    grade = of(graded, "good-1").grade
    outcome = read_journal(folder / "good-1.jsonl").outcomes[0].result
    assert outcome is not None
    assert (grade.score, grade.stars, grade.pnl, grade.par) == (
        outcome.score,
        outcome.stars,
        outcome.pnl.total,
        outcome.par,
    )
    assert (grade.inventory, grade.markout, grade.presence) == tuple(
        outcome.parts.get(part) for part in ("inventory", "markout", "presence")
    )
    assert (grade.player, grade.level, grade.level_is, grade.seed) == ("student 1", "skew", "given", 1)
    assert (grade.digest_ok, grade.sealed, grade.assisted, grade.duplicate_of, grade.by_hand) == (
        True,
        True,
        False,
        None,
        1.0,
    )


def test_who_has_no_name_has_a_pseudonym_of_the_key(graded: list[Graded]) -> None:
    assert of(graded, "good-3").grade.player == pseudonym(key_of(3).public)
    assert len({pseudonym(key_of(number).public) for number in range(100)}) > 90


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("altered", "its checksum does not match"),
        ("reseeded", "forged: the replay has another digest"),
        ("better", "forged: the result in it is not the replay's"),
        ("easier", "another level"),
        ("copied", "the same session as good-1.jsonl"),
        ("unsigned", "not sealed"),
        ("assisted", "assisted: a strategy quoted"),
    ],
)
def test_what_does_not_count_says_why(graded: list[Graded], name: str, why: str) -> None:
    assert any(why in each for each in of(graded, name).apart)


def test_what_was_resealed_is_not_sealed_by_its_key(graded: list[Graded]) -> None:
    for name in ("reseeded", "better", "unsigned"):
        assert of(graded, name).grade.sealed is False
        assert any("not sealed" in each for each in of(graded, name).apart)
    assert of(graded, "reseeded").grade.digest_ok is False
    assert of(graded, "easier").grade.level_is == "other"
    assert of(graded, "copied").grade.duplicate_of == "good-1.jsonl"
    assert of(graded, "assisted").grade.assisted is True
    assert of(graded, "altered").grade == Grade(file="altered.jsonl")


@pytest.mark.slow
def test_the_processes_do_not_matter(folder: Path) -> None:
    some = journals_in(folder)[:4]
    assert grade_files(some, folder, level(), jobs=2) == grade_files(some, folder, level())


def test_a_journal_taken_over_or_played_slowly_is_assisted(folder: Path, tmp_path: Path) -> None:
    records = lines(folder / "good-2.jsonl")
    slow = {"line": "speed", "at_ns": 2 * S, "speed": 0.5, "paused": False}
    place = next(at for at, line in enumerate(records) if line.get("at_ns", 0) > slow["at_ns"])
    rewrite(tmp_path / "slow.jsonl", [*records[:place], slow, *records[place:]])
    taken = {"name": "x.jsonl", "digest": None, "at_ns": S}
    rewrite(tmp_path / "taken.jsonl", [{**records[0], "parent": taken}, *records[1:]])
    slowed, over = sorted(grade_files(journals_in(tmp_path), tmp_path, level()), key=lambda each: each.grade.file)
    assert "assisted: played slower than the market" in slowed.apart
    assert "assisted: taken over from a replay" in over.apart


@pytest.mark.slow
def test_a_level_that_ships_is_known_as_such(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", load_level("skew"), 3, 1, by_hand())
    (found,) = grade_files(journals_in(tmp_path), tmp_path)
    assert (found.grade.level_is, found.apart) == ("shipped", ())
    (found,) = grade_files(journals_in(tmp_path), tmp_path, level())
    assert any("another level" in each for each in found.apart)


def test_the_board_ranks_the_first_try_of_each(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", level(), 9, 1, by_hand(2.0), minute=1)
    write(tmp_path / "again.jsonl", level(), 9, 1, by_hand(3.0), minute=5)
    write(tmp_path / "second.jsonl", level(), 9, 2, by_hand(3.5), minute=2, attempt=2)
    write(tmp_path / "b.jsonl", level(), 9, 3, by_hand(4.0), minute=3)
    write(tmp_path / "other.jsonl", level(), 8, 4, by_hand(2.0))
    ranked = board(tmp_path, level(), 9)
    assert {each.grade.file for each in ranked if not each.apart} == {"a.jsonl", "b.jsonl"}
    assert of(ranked, "again").apart == ("another try of the same player: the first one counts",)
    assert of(ranked, "second").apart == ("try 2: the first one counts",)
    assert of(ranked, "other").apart == ("another market: seed 8",)
    made = json.loads(msgspec.json.encode(as_board(date(2026, 11, 27), level(), 9, ranked)))
    assert [len(made["ranked"]), len(made["apart"])] == [2, 3]


def test_the_page_for_a_class_shows_everybody_and_obeys_nobody(folder: Path, tmp_path: Path) -> None:
    for name in ("good-1", "good-2", "assisted"):
        shutil.copy(folder / f"{name}.jsonl", tmp_path)
    write(tmp_path / "x.jsonl", level(), 20, 9, by_hand(), name="<script>\x1b[2J")
    shown = class_page("Skew & co", grade_files(journals_in(tmp_path), tmp_path, level()))
    assert "<title>Skew &amp; co" in shown
    assert "student 1" in shown
    assert "assisted: a strategy quoted" in shown
    assert "&lt;script&gt;[2J" in shown
    assert "<script" not in shown
    assert shown.count("<svg") == 4


def test_a_folder_without_journals_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no journal in it"):
        journals_in(tmp_path)
    with pytest.raises(InputError, match="expected a folder of journals"):
        journals_in(tmp_path / "none")

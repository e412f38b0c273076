"""What is due when: known ones later and later, others tomorrow, a few new ones a day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from mmtui.learning.repetition import DAYS, FILE, NEW_A_DAY, Repetition

TODAY = date(2026, 11, 27)
KEYS = ["a", "b", "c", "d", "e"]


def test_a_few_new_ones_come_a_day() -> None:
    repetition = Repetition(None)
    assert repetition.due(KEYS, TODAY) == KEYS[:NEW_A_DAY]
    repetition.record("a", TODAY, passed=True)
    assert repetition.due(KEYS, TODAY) == ["b", "c"]
    tomorrow = TODAY + timedelta(days=1)
    assert repetition.due(KEYS, tomorrow) == ["a", "b", "c", "d"]


def test_what_is_known_comes_later_and_later_and_what_is_not_tomorrow() -> None:
    repetition, day = Repetition(None), TODAY
    waits = []
    for _ in range(len(DAYS) + 1):
        repetition.record("a", day, passed=True)
        card = repetition.card("a")
        assert card is not None
        assert repetition.due(["a"], date.fromisoformat(card.due) - timedelta(days=1)) == []
        assert repetition.due(["a"], date.fromisoformat(card.due)) == ["a"]
        waits.append((date.fromisoformat(card.due) - day).days)
        day = date.fromisoformat(card.due)
    assert waits == [*DAYS, DAYS[-1]]
    repetition.record("a", day, passed=False)
    card = repetition.card("a")
    assert card is not None
    assert (card.box, card.due) == (0, (day + timedelta(days=1)).isoformat())
    assert (card.done, card.passed) == (len(waits) + 1, len(waits))


def test_the_longest_waiting_comes_first() -> None:
    repetition = Repetition(None)
    repetition.record("late", TODAY - timedelta(days=1), passed=False)
    repetition.record("later", TODAY - timedelta(days=5), passed=False)
    assert repetition.due(["late", "later", "new"], TODAY) == ["later", "late", "new"]


def test_it_is_kept(tmp_path: Path) -> None:
    assert Repetition(tmp_path).record("mistake-skew", TODAY, passed=True) == ""
    again = Repetition(tmp_path)
    assert again.trouble == ""
    assert again.own() == ["mistake-skew"]
    assert again.due(["mistake-skew"], TODAY) == []


def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    repetition = Repetition(tmp_path)
    assert "was damaged" in repetition.trouble
    assert repetition.due(["a"], TODAY) == ["a"]
    assert (tmp_path / f"{FILE}.damaged").exists()

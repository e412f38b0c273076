"""Keys of a level set by their paths, and the daily challenge."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mmtui.career.daily import daily
from mmtui.errors import LevelError
from mmtui.level.level import level_ids, load_level
from mmtui.level.overrides import with_overrides


@pytest.mark.parametrize(
    ("overrides", "tables"),
    [
        ({"a": "2"}, {"a": 2, "b": {"c": [1, {"d": 3}]}}),
        ({"b.c[0]": "2.5"}, {"a": 1, "b": {"c": [2.5, {"d": 3}]}}),
        ({"b.c[1].d": "true"}, {"a": 1, "b": {"c": [1, {"d": True}]}}),
        ({"b.x.y": "fast"}, {"a": 1, "b": {"c": [1, {"d": 3}], "x": {"y": "fast"}}}),
        ({"b.c": "[1, 2]"}, {"a": 1, "b": {"c": [1, 2]}}),
        ({"b": "{ e = 'f' }", "b.g": "1"}, {"a": 1, "b": {"e": "f", "g": 1}}),
        ({"a": "1 = 2"}, {"a": "1 = 2", "b": {"c": [1, {"d": 3}]}}),
    ],
)
def test_a_path_leads_to_a_key(overrides: dict[str, str], tables: dict[str, Any]) -> None:
    before = {"a": 1, "b": {"c": [1, {"d": 3}]}}
    assert with_overrides(before, overrides) == tables
    assert before == {"a": 1, "b": {"c": [1, {"d": 3}]}}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("b..c", "expected a key path such as market.value.sigma or events[0].at_s"),
        ("b.c[x]", "expected a key path such as market.value.sigma or events[0].at_s"),
        ("b.c[2]", "the level has no [2] there"),
        ("a.x", "the level has no x there"),
        ("b[0]", "the level has no [0] there"),
        ("c[0]", "the level has no c there"),
        ("b.c.x", "the level has no x there"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(path: str, why: str) -> None:
    with pytest.raises(LevelError) as raised:
        with_overrides({"a": 1, "b": {"c": [1, 2]}}, {path: "1"})
    assert str(raised.value) == f"--set {path}: {why}"


def test_a_level_with_dials_is_checked_as_any() -> None:
    assert load_level("sandbox", {"market.value.sigma": "2"}).market.value.sigma == 2  # type: ignore[union-attr]
    with pytest.raises(LevelError, match=r"sandbox\.toml: market\.value\.sgma: unknown key; did you mean sigma\?"):
        load_level("sandbox", {"market.value.sgma": "2"})


def test_dials_reach_what_events_inherit() -> None:
    level = load_level("volatility-spike", {"market.rivals.count": "0", "events[0].market.value.jump_rate": "0.5"})
    assert [spec.rivals.count for _, spec in level.regimes(1)] == [0, 0, 0]  # type: ignore[union-attr]
    assert [spec.value.jump_rate for _, spec in level.regimes(1)] == [0.0, 0.5, 0.5]  # type: ignore[union-attr]


def test_the_sandbox_is_no_level_of_the_campaign() -> None:
    assert "sandbox" not in level_ids()
    assert not load_level("sandbox").campaign


def test_every_level_is_the_daily_one_in_turn_and_every_day_has_a_market_of_its_own() -> None:
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(26)]
    chosen = [daily(day, ["a", "b", "c"]) for day in days]
    assert {level for level, _ in chosen[:3]} == {"a", "b", "c"}
    assert len({seed for _, seed in chosen}) == 26
    assert daily(date(2026, 3, 1), ["a", "b", "c"]) == chosen[0]

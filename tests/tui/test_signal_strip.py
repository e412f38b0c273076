"""What a level's lesson turns on can be seen on the smallest terminal that every level is played on."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.geometry import Region

from mmtui.level.level import level_ids, load_level
from mmtui.tui.app import MmtuiApp
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.signal_strip import ITEMS, needed
from tests.tui.small import HandDriver, SmallEngine

#: Signals of the catalogue that are seen elsewhere on that terminal: in the status, on the ladder or the desk.
ELSEWHERE = {
    *("elapsed", "left", "phase", "phase_left"),
    *("mid", "move", "own_bid", "own_ask", "bid_distance", "ask_distance", "half_spread", "width_ratio"),
    *("bid_size", "ask_size", "size", "shift", "skew", "queue_ahead", "quote_age", "quoting", "presence"),
    *("position", "position_share", "holding", "adding", "adding_size", "pnl", "fills", "recent_volume"),
}


def read_by(level_id: str) -> set[str]:
    level = load_level(level_id)
    conditions = [each for hint in level.coach for each in hint.when]
    conditions += [each for check in level.lesson_checks for each in (*check.when, *check.do)]
    return {condition.signal for condition in conditions}


@pytest.mark.parametrize("level_id", level_ids())
def test_every_signal_that_a_level_looks_at_has_its_place(level_id: str) -> None:
    shown = set().union(*(item.reads for item in needed(load_level(level_id))))
    assert read_by(level_id) <= shown | ELSEWHERE


def test_a_price_band_and_an_index_are_needed_where_there_is_one() -> None:
    labels = {level_id: [item.label for item in needed(load_level(level_id))] for level_id in level_ids()}
    assert [level_id for level_id, found in labels.items() if "band" in found] == ["vcm", "full-day"]
    assert [level_id for level_id, found in labels.items() if "basis" in found] == ["index-future"]
    assert [level_id for level_id, found in labels.items() if "net" in found] == [
        "unwanted-inventory",
        "index-future",
        "hedge",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("level_id", level_ids())
async def test_signals_and_score_of_a_level_are_on_screen_at_80_by_24(level_id: str) -> None:
    engine = SmallEngine()
    engine._levels.clear()
    app = MmtuiApp(engine, (level_id, 7, None, 1.0), HandDriver)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        strip = floor.query_one("#level-signals", Lines)
        await pilot.pause()
        text = strip.render_line(0).text
        for item in needed(floor.card.level):
            assert f" {item.label} " in text
        assert Region(0, 0, 80, 24).contains_region(strip.region)
        assert strip.region.height == 1
        line = floor.query_one("#score-line", Lines)
        assert line.region.height == 1
        for part in floor.card.level.score.weights:
            assert f" {part} " in line.render_line(0).text


@pytest.mark.slow
async def test_tab_turns_the_side_panel_through_all_of_its_pages_and_back() -> None:
    app: App[None] = MmtuiApp(SmallEngine(), ("volatility-spike", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        seen = []
        for _ in range(6):
            widgets = ("desk", "score", "signals", "chart", "tape")
            seen.append([name for name in widgets if app.screen.query_one(f"#{name}").region.height])
            assert app.screen.query_one("#brief").region.height == (0 if seen[-1] == ["desk"] else 2)
            await pilot.press("tab")
            await pilot.pause()
        assert seen == [["desk"], ["score"], ["signals"], ["chart"], ["tape"], ["desk"]]


def test_no_signal_is_on_the_strip_twice() -> None:
    assert len(set().union(*(item.reads for item in ITEMS))) == sum(len(item.reads) for item in ITEMS)

"""The first lesson waits for each key, works on the real game and need not be followed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.keys import format_key
from textual.widgets import OptionList, Static

from mmtui.career.career import Progress
from mmtui.tui.actions import ACTIONS
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.lesson import STEPS, Lesson
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.floor import FloorScreen
from tests.tui.small import HandDriver, SmallEngine

pytestmark = pytest.mark.slow


def first_start(folder: Path) -> MmtuiApp:
    return MmtuiApp(Engine(), driver=HandDriver, new_seed=lambda: 7, config=folder, data=folder)


def text_of(app: MmtuiApp) -> str:
    return str(app.screen.query_one("#lesson", Static).render())


def test_step_leads_on_by_its_own_action_only() -> None:
    lesson = Lesson()
    assert not lesson.advance("flatten")
    assert lesson.advance(ACTIONS[STEPS[0].action].action)
    assert lesson.at == 1


def test_key_that_was_remapped_is_the_key_that_is_told() -> None:
    rows = Lesson().rows({"floor.up": "j"})
    assert rows[1][0][0] == " j "


async def test_first_start_leads_through_the_lesson_to_its_end_and_never_again(tmp_path: Path) -> None:
    app = first_start(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert floor.driver.paused
        for number, step in enumerate(STEPS, start=1):
            action = ACTIONS[step.action]
            assert f"{number} of {len(STEPS)}" in text_of(app)
            assert f" {format_key(action.key)} " in text_of(app)
            # A key that was not asked for changes nothing.
            await pilot.press("g")
            assert f"{number} of {len(STEPS)}" in text_of(app)
            await pilot.press(action.key)
            await pilot.pause()
            assert isinstance(floor.driver, HandDriver)
            if not floor.driver.paused:
                floor.driver.step(1.0)
        assert not app.screen.query_one("#lesson").display
        assert app.progress.taught
    again = first_start(tmp_path)
    async with again.run_test(size=(80, 24)):
        assert again.screen.query_one(OptionList).get_option_at_index(0).id == "play"


async def test_lesson_can_be_skipped_at_once(tmp_path: Path) -> None:
    app = first_start(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "k")
        await pilot.pause()
        assert not app.screen.query_one("#lesson").display
        assert app.progress == Progress(taught=True)


async def test_daily_challenge_is_one_level_and_seed_a_day() -> None:
    chosen = []
    for day in (1, 1, 2):
        app = MmtuiApp(SmallEngine(), driver=HandDriver, today=lambda day=day: date(2026, 3, day))  # type: ignore[misc]
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("down", "down", "enter")
            await pilot.pause()
            assert isinstance(app.screen, BriefingScreen)
            chosen.append((app.screen.card.level.id, app.screen.seed))
    assert chosen[0] == chosen[1]
    assert chosen[0][0] != chosen[2][0]
    assert chosen[0][1] + 1 == chosen[2][1]


@pytest.mark.parametrize("ends", [1, 2, 28])
async def test_a_daily_belongs_to_the_day_on_which_it_was_begun(ends: int, tmp_path: Path) -> None:
    """Finished after midnight, or by a clock that was put ahead or back meanwhile."""
    day = [10]
    app = MmtuiApp(SmallEngine(), None, HandDriver, data=tmp_path, today=lambda: date(2026, 3, day[0]))
    async with app.run_test(size=(80, 24)) as pilot:
        app.show_daily()
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        day[0] = ends
        driver = app.screen.driver
        assert isinstance(driver, HandDriver)
        driver.step(10_000.0)
        await app.workers.wait_for_complete()
        driver.step(1.0)
        await app.workers.wait_for_complete()
        await pilot.pause()
        [record] = app.career.sessions()
        assert record.daily == "2026-03-10"
        assert app.career.daily(date(2026, 3, 10)) == record


async def test_next_level_is_the_first_without_a_star() -> None:
    app = MmtuiApp(SmallEngine(), driver=HandDriver)
    app.progress = app.progress.with_score("first-quotes", 71.0, 2)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        assert app.screen.card.level.id == "volatility-spike"

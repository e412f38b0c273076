"""Drills in the app: the list, one done, and what is due on the home screen."""

from __future__ import annotations

from datetime import date

import pytest
from textual.widgets import Static

from mmtui.learning.drills import shipped
from mmtui.tui.screens.drill import DrillScreen
from mmtui.tui.screens.drills import DrillsScreen
from tests.tui.test_pictures import SIZES, Picture, home

TODAY = date(2026, 11, 24)


def words(screen: DrillScreen) -> str:
    """What stands below the situation or the fans."""
    return str(screen.query_one("#what-if-verdict", Static).content)


@pytest.mark.slow
@SIZES
async def test_a_drill_is_done(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    app.engine.jobs = 1
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.show_drills()
        await pilot.pause()
        assert isinstance(app.screen, DrillsScreen)
        await app.workers.wait_for_complete()
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        assert screen.drill.name == shipped()[0].name
        assert "median" not in words(screen)
        assert picture(app)
        answers = [str(alternative) for alternative, _ in screen.choices]
        await pilot.press(*["down"] * answers.index(screen.drill.answer), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        card = app.engine.repetition.card(screen.drill.repeated)
        assert card is not None
        assert (card.done, card.passed) == (1, 1)
        assert "median" in words(screen)
        assert picture(app)
        # Only the first answer counts.
        await pilot.press("home", "enter")
        await app.workers.wait_for_complete()
        assert app.engine.repetition.card(screen.drill.repeated) == card
        await pilot.press("escape")
        await pilot.pause()
        assert app.engine.drills_due(TODAY) == 2


@pytest.mark.slow
@SIZES
async def test_the_list(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.show_drills()
        # They are read, then the screen comes, then it is laid out.
        for _ in range(3):
            await app.workers.wait_for_complete()
            await pilot.pause()
        assert picture(app)

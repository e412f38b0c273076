"""A drill played on the floor: what came before, the player's keys, and the verdict."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from mmtui.learning.drills import PLAY_NS, find
from mmtui.learning.play import Play
from mmtui.session.commands import Flatten
from mmtui.tui.app import MmtuiApp
from mmtui.tui.screens.card import CardScreen
from mmtui.tui.screens.drill import DrillScreen
from mmtui.tui.screens.drill_floor import DrillFloorScreen
from mmtui.units import NS_PER_S
from tests.tui.small import HandDriver
from tests.tui.test_pictures import SIZES, Picture, home

pytestmark = pytest.mark.slow


async def on_the_floor(app: MmtuiApp, pilot: Pilot[None], records: list[bool]) -> DrillFloorScreen:
    drill = find("the-spike", None)
    app.push_screen(DrillScreen(drill, drill.begin(), records.append))
    await pilot.pause()
    await pilot.press("p")
    while not isinstance(app.screen, CardScreen):
        await pilot.pause(0.05)
    await pilot.press("enter")
    await pilot.pause()
    assert isinstance(app.screen, DrillFloorScreen)
    return app.screen


@SIZES
async def test_it_is_played_and_judged(size: tuple[int, int], picture: Picture) -> None:
    app, records = home(), list[bool]()
    app.engine.jobs = 1
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        floor = await on_the_floor(app, pilot, records)
        driver = floor.driver
        assert isinstance(driver, HandDriver)
        # What has been cannot be changed.
        await pilot.press("f")
        assert "Not yet" in floor.message
        assert driver.speed == 4.0
        driver.step(5.1)
        assert (floor.mine, driver.speed) == (True, 1.0)
        driver.step(1.0)
        await pilot.press("f")
        await pilot.pause()
        assert picture(app)
        driver.step(PLAY_NS / NS_PER_S)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        play = screen._instead[0]
        assert isinstance(play, Play)
        assert [step.command for step in play.steps] == [Flatten()]
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert screen.found is not None
        assert screen.found.do == "what you played"
        assert len(records) == 1


async def test_enter_ends_it_sooner_and_escape_without_a_verdict() -> None:
    app, records = home(), list[bool]()
    app.engine.jobs = 1
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        floor = await on_the_floor(app, pilot, records)
        assert isinstance(floor.driver, HandDriver)
        # Not before it is one's own.
        await pilot.press("enter")
        assert app.screen is floor
        floor.driver.step(5.1)
        await pilot.press("enter")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        assert isinstance(screen._instead[0], Play)
        await app.workers.wait_for_complete()
        await pilot.press("p")
        while not isinstance(app.screen, CardScreen):
            await pilot.pause(0.05)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is screen
        assert len(records) == 1

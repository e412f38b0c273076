"""The guessing game in the app: a market, the question, the answer, the next one, the end."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from mmtui.learning.guess import GuessingGame
from mmtui.tui.guess_app import GuessApp
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.guess import GuessScreen
from mmtui.tui.screens.home import HomeScreen
from tests.tapes import level_on, simulated, write
from tests.tui.small import HandDriver, SmallEngine
from tests.tui.test_pictures import SIZES, Picture
from tests.unit.learning.test_guess import fitted


@pytest.mark.slow
@SIZES
async def test_two_markets_are_told(size: tuple[int, int], picture: Picture, tmp_path: Path) -> None:
    recording = level_on(write(tmp_path / "tape.csv", simulated(90)), 5, "roam_s = 20.0\n")
    game = GuessingGame(recording, fitted(recording), rounds=2, rng=Random(3))
    app = GuessApp(SmallEngine(), game=game, driver=HandDriver, new_seed=lambda: 4711)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        for number in (1, 2):
            await pilot.pause()
            floor = app.screen
            assert isinstance(floor, FloorScreen)
            assert not app.engine.unfinished(), "nothing is kept"
            assert isinstance(floor.driver, HandDriver)
            floor.driver.step(5.0)
            await app.workers.wait_for_complete()
            await pilot.pause()
            question = app.screen
            assert isinstance(question, GuessScreen)
            # Without an answer there is no next market, and a second answer does not count.
            await pilot.press("enter", "r", "s")
            assert len(game.answers) == number
            assert number == 2 or picture(app)
            await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert game.over
        assert not app.career.sessions()

"""What if, asked in a replay and in a debrief."""

from __future__ import annotations

import numpy as np
import pytest

from mmtui.tui.screens.debrief import PAGES
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.replay import ReplayScreen
from mmtui.tui.screens.what_if import LEGEND, WhatIfScreen
from mmtui.tui.widgets.fan import fan_rows
from tests.tui import small
from tests.tui.test_pictures import SIZES, Picture, debriefed, floor


@pytest.mark.slow
@SIZES
async def test_from_a_replay(size: tuple[int, int], picture: Picture) -> None:
    app = floor(small.finished)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press("w")
        await app.workers.wait_for_complete()
        await pilot.press("n", "n", "x")
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, WhatIfScreen)
        await app.workers.wait_for_complete()
        assert screen.found is None
        await pilot.press("down", "down", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert screen.found is not None
        assert (screen.found.do, screen.found.futures) == ("widen=2", 50)
        assert picture(app)
        await pilot.press("escape")
        assert isinstance(app.screen, ReplayScreen)


@pytest.mark.slow
async def test_from_the_fills_of_a_debrief() -> None:
    app = floor(small.finished)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await debriefed(app, pilot)
        await pilot.press("x")
        await pilot.pause()
        assert not isinstance(app.screen, WhatIfScreen)
        await pilot.press(str(1 + PAGES.index("fills")), "x")
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, WhatIfScreen)
        assert screen.moment.at_ns in {fill.time_ns for fill in small.finished().session.maker.desk.fills}


@pytest.mark.slow
async def test_a_race_is_on_the_same_market_with_the_quotes_as_ghosts() -> None:
    app = floor(small.finished)
    async with app.run_test(size=(120, 40)) as pilot:
        await debriefed(app, pilot)
        await pilot.press("w")
        await app.workers.wait_for_complete()
        replay = app.screen
        assert isinstance(replay, ReplayScreen)
        await pilot.press("r")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, FloorScreen)
        assert (screen.seat.seed, screen.seat.now_ns) == (replay.replay.seed, 0)
        assert screen._shows_earlier


def test_median_and_what_happened_differ_without_colours() -> None:
    happened = np.full(20, 4.0)
    paths = [np.full(20, 1.0)] * 3
    rows = fan_rows("x", paths, happened, 10**10, (0.0, 5.0), 40, 9)
    drawn = {style.split()[0]: text for row in rows[1:-1] for text, style in row if style.startswith(("live", "own"))}
    assert set(drawn["live"]) != set(drawn["own"])
    shown = {ink: text for text, ink in LEGEND if ink in ("live", "own")}
    assert shown["live"] != shown["own"]

"""The licence in the app: what it shows, and what a debrief and a drill write into it."""

from __future__ import annotations

import pytest

from mmtui.learning.licence import Acquaintance, CountedSession, Licence, weeks
from mmtui.tui.app import MmtuiApp
from mmtui.tui.screens.debrief import DebriefScreen
from mmtui.tui.screens.home import menu
from mmtui.tui.screens.licence import LicenceScreen
from tests.tui import small
from tests.tui.small import HandDriver, SmallEngine
from tests.tui.test_pictures import SIZES, Picture, debriefed, home

pytestmark = pytest.mark.slow
HELD = Licence(
    drills={"width": "2026-11-20", "flow": "2026-11-23"},
    levels={"width": "2026-11-22"},
    sessions=tuple(
        CountedSession(f"{number}", day, "skew", points)
        for number, (day, points) in enumerate(
            (
                ("2026-11-09", -12.0),
                ("2026-11-10", -7.5),
                ("2026-11-16", -3.0),
                ("2026-11-23", 4.0),
                ("2026-11-24", 6.5),
            )
        )
    ),
    met={"the Whale of Wan Chai": Acquaintance("sells on and on", "2026-11-22", 2, -310.0)},
)


@SIZES
async def test_picture(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    app.engine.licence.held = HELD
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.show_scores()
        await pilot.pause()
        await pilot.press("l")
        await pilot.pause()
        assert isinstance(app.screen, LicenceScreen)
        await pilot.pause()
        assert picture(app)


def test_home_says_the_skill_of_the_latest_week() -> None:
    app = home()
    app.engine.licence.held = HELD
    told = {name: about for name, _, about in menu(app, None)}
    assert told["scores"] == f"skill {weeks(HELD.sessions)[-1].points:+.1f} points in your latest week"
    app.engine.licence.held = Licence()
    assert {name: about for name, _, about in menu(app, None)}["scores"] == "bests, history, days in a row"


async def test_a_session_by_hand_counts_for_it_and_a_strategy_s_does_not() -> None:
    for moment, counts in ((small.nearly_over, True), (small.auto, False)):
        app = MmtuiApp(SmallEngine(moment), (moment().session.level.id, 7, None, 1.0), HandDriver, lambda: 4711)
        app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            floor = app.screen
            floor.driver.step(60)  # type: ignore[attr-defined]
            await debriefed(app, pilot)
            assert isinstance(app.screen, DebriefScreen)
            record = app.screen.played.record
            assert (record is not None and record.counts) == counts
            assert bool(app.engine.licence.held.seen) == counts
            assert bool(app.engine.licence.held.sessions) == counts

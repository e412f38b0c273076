"""The finale in the app: it plays by itself, any key goes on to the end, it is taken over, saved, and seen again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from mmtui.tui.app import MmtuiApp
from mmtui.tui.screens.debrief import DebriefScreen
from mmtui.tui.screens.ending import EndingScreen
from mmtui.tui.screens.finale import FinaleScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.widgets.finale import FRAMES, finale_rows
from tests.tui.small import HandDriver, SmallEngine
from tests.tui.test_pictures import NARROW, SIZES, Picture
from tests.tui.test_storms import hurry

pytestmark = pytest.mark.slow


@asynccontextmanager
async def told(size: tuple[int, int], *, still: bool = False) -> AsyncIterator[tuple[MmtuiApp, Pilot[None]]]:
    """A level that a strategy has just played to its end, whose finale has not moved yet."""
    app = MmtuiApp(SmallEngine(), ("volatility-spike", 7, "skew", 1.0), HandDriver, lambda: 4711)
    app.animation_level = "none"
    app.prefer(still=still)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        floor.driver.step(60)
        # The score is worked out first, and then, once the finale is there, what it tells.
        for _ in range(100):
            await app.workers.wait_for_complete()
            await pilot.pause()
            if isinstance(app.screen, FinaleScreen) and app.screen.told is not None:
                break
        if isinstance(app.screen, FinaleScreen) and app.screen._timer is not None:
            app.screen._timer.pause()
        yield app, pilot


def shown(app: MmtuiApp) -> FinaleScreen:
    assert isinstance(app.screen, FinaleScreen)
    assert app.screen.told is not None
    return app.screen


async def test_it_goes_on_by_itself_to_the_end_of_the_level() -> None:
    async with told(NARROW) as (app, pilot):
        screen = shown(app)
        while app.screen is screen:
            before = screen.frame
            screen.step()
            assert screen.frame == before + 1
            await pilot.pause()
        assert screen.frame >= FRAMES
        assert isinstance(app.screen, EndingScreen)


async def test_any_key_skips_it_and_the_end_still_answers() -> None:
    async with told(NARROW) as (app, pilot):
        shown(app)
        await pilot.press("g")
        await pilot.pause()
        assert isinstance(app.screen, EndingScreen)
        app.screen.lit = 3
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)


async def test_further_keys_before_it_is_gone_remove_nothing_else() -> None:
    async with told(NARROW) as (app, pilot):
        shown(app)
        hurry(pilot, "ggg")
        await pilot.pause()
        assert isinstance(app.screen, EndingScreen)
        assert isinstance(app.screen_stack[-2], DebriefScreen)


async def test_taking_over_goes_on_from_before_the_fill() -> None:
    async with told(NARROW) as (app, pilot):
        at_ns = shown(app).told.fill.at_ns  # type: ignore[union-attr]
        await pilot.press("t")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert app.screen.seat.now_ns == max(0, at_ns - 5_000_000_000)
        assert app.screen.driver.paused


async def test_reduced_motion_shows_the_last_frame_and_waits() -> None:
    async with told(NARROW, still=True) as (app, pilot):
        assert shown(app).frame == FRAMES - 1
        assert app.screen._timer is None  # type: ignore[attr-defined]
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, EndingScreen)


async def test_it_is_saved_as_a_picture_that_moves_and_as_an_asciicast(monkeypatch: pytest.MonkeyPatch) -> None:
    saved: dict[str, str] = {}

    def keep(_: MmtuiApp, file: Any, *, save_filename: str, name: str) -> None:
        assert name == save_filename
        saved[save_filename] = file.read()

    monkeypatch.setattr(MmtuiApp, "deliver_text", keep)
    async with told(NARROW) as (app, pilot):
        number = shown(app).told.verdict.fill  # type: ignore[union-attr]
        await pilot.press("y")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [*saved] == [f"volatility-spike-7-fill-{number}.{ending}" for ending in ("svg", "cast")]
        svg, cast = saved.values()
        assert svg.count("<animate ") > 100
        assert '"version": 2' in cast.partition("\n")[0]
        # It goes on meanwhile.
        assert isinstance(app.screen, FinaleScreen)


async def test_a_fill_of_the_debrief_is_seen_again() -> None:
    async with told(NARROW, still=True) as (app, pilot):
        await pilot.press("space")
        await pilot.pause()
        await pilot.press("d")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen)
        await pilot.press("4", "down", "f")
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = shown(app)
        assert screen.told is not None
        assert screen.told.verdict == screen.told.debrief.worst[1]
        await pilot.press("space")
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen)


@pytest.mark.parametrize("width", [56, 76, 112])
async def test_every_frame_has_its_size_and_who_it_was_is_told_after_the_fill(width: int) -> None:
    async with told(NARROW) as (app, _):
        finale = shown(app).told
        assert finale is not None
        for frame in range(0, FRAMES, 9):
            rows = finale_rows(finale, frame, width, 20)
            assert len(rows) == 20
            assert max(sum(len(text) for text, _ in row) for row in rows) <= width + 1
        first, last = (
            "".join(text for row in finale_rows(finale, frame, 200, 20) for text, _ in row) for frame in (0, FRAMES)
        )
        assert finale.verdict.why in last
        assert finale.verdict.why[:12] not in first


@SIZES
@pytest.mark.parametrize("frame", [30, 99], ids=["masked", "told"])
async def test_pictures(size: tuple[int, int], frame: int, picture: Picture) -> None:
    async with told(size) as (app, pilot):
        screen = shown(app)
        screen.frame = frame - 1
        screen.step()
        await pilot.pause()
        assert picture(app)

"""The market's clock under every dialog, with the driver that plays it in earnest."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.timer import Timer

from mmtui.tui import driver
from mmtui.tui.app import MmtuiApp
from mmtui.tui.driver import Driver
from mmtui.tui.screens.floor import FloorScreen
from tests.tui.small import SmallEngine, quiet

Frames = list[Callable[[], None]]


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Frames:
    """The driver's frames, which a test calls by hand; between two of them a tenth of a second passes."""
    found: Frames = []
    seconds = count()
    monkeypatch.setattr(driver, "perf_counter", lambda: next(seconds) / 10)
    really = FloorScreen.set_interval

    def by_hand(self: FloorScreen, interval: float, callback: Callable[[], None], **more: Any) -> Timer:
        if callback.__module__ == driver.__name__:
            found.append(callback)
            more["pause"] = True
        return really(self, interval, callback, **more)

    monkeypatch.setattr(FloorScreen, "set_interval", by_hand)
    return found


async def advances(pilot: Pilot[None], frames: Frames, floor: FloorScreen) -> bool:
    """Whether the market goes on in the next frames."""
    await pilot.pause()
    before = floor.seat.now_ns
    for _ in range(3):
        frames[-1]()
    await pilot.pause()
    return floor.seat.now_ns > before


def playing() -> MmtuiApp:
    return MmtuiApp(SmallEngine(quiet), (quiet().session.level.id, 7, None, 1.0), Driver)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "back"),
    [
        (("question_mark",), "escape"),
        (("escape",), "escape"),
        (("A",), "escape"),
        (("ctrl+p",), "escape"),
    ],
    ids=["help", "leave", "choose", "palette"],
)
async def test_clock_stands_still_under_what_is_over_the_floor(
    keys: tuple[str, ...], back: str, frames: Frames
) -> None:
    app = playing()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert await advances(pilot, frames, floor)
        await pilot.press(*keys)
        assert app.screen is not floor
        assert not await advances(pilot, frames, floor)
        await pilot.press(back)
        assert await advances(pilot, frames, floor)


@pytest.mark.slow
async def test_clock_stands_still_while_settings_and_keys_are_changed(frames: Frames) -> None:
    app = playing()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        app.show_settings()
        assert not await advances(pilot, frames, floor)
        await pilot.press("end", "enter")
        assert not await advances(pilot, frames, floor)
        await pilot.press("enter")
        assert not await advances(pilot, frames, floor)
        await pilot.press("escape", "escape", "escape")
        assert await advances(pilot, frames, floor)


@pytest.mark.slow
async def test_clock_stands_still_while_the_terminal_is_too_small(frames: Frames) -> None:
    app = playing()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        for size in ((59, 40), (120, 19)):
            await pilot.resize_terminal(*size)
            assert not await advances(pilot, frames, floor)
            await pilot.resize_terminal(60, 20)
            assert await advances(pilot, frames, floor)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "goes_on"), [("A", True), ("ctrl+p", True), ("question_mark", False), ("escape", False)]
)
async def test_purist_s_market_goes_on_under_the_chooser_and_the_palette_only(
    key: str, goes_on: bool, frames: Frames
) -> None:
    app = playing()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        app.prefer(runs_on=True)
        await pilot.press(key)
        assert await advances(pilot, frames, floor) is goes_on

"""Every screen, looked at: run with --snapshot-update after a change that is meant, and look at the new pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mmtui.game.snapshot import FloorSnapshot
from mmtui.tui.app import MmtuiApp
from mmtui.tui.theme import THEMES
from tests.tui import still
from tests.tui.still import HandDriver, StillEngine

Picture = Callable[[MmtuiApp], bool]
WIDE, NARROW = (120, 40), (80, 24)
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def home() -> MmtuiApp:
    app = MmtuiApp(StillEngine(still.TRADING), driver=HandDriver, new_seed=lambda: 4711)
    app.animation_level = "none"
    return app


def floor(view: FloorSnapshot) -> MmtuiApp:
    app = MmtuiApp(StillEngine(view), ("volatility-spike", 7, None, 1.0), HandDriver, lambda: 4711)
    app.animation_level = "none"
    return app


async def shows(app: MmtuiApp, size: tuple[int, int], picture: Picture, *keys: str) -> bool:
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause()
        return picture(app)


@SIZES
@pytest.mark.parametrize(
    "keys", [(), ("down", "enter"), ("enter",), ("enter", "s")], ids=["home", "levels", "briefing", "seed"]
)
async def test_before_the_floor(size: tuple[int, int], keys: tuple[str, ...], picture: Picture) -> None:
    assert await shows(home(), size, picture, *keys)


@SIZES
async def test_levels_with_a_best_score(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    app.progress = app.progress.with_score("first-quotes", 71.4, 2)
    assert await shows(app, size, picture, "down", "enter")


@SIZES
@pytest.mark.parametrize(
    ("view", "keys"),
    [
        (still.QUIET, ()),
        (still.GHOSTS, ()),
        (still.TRADING, ("up", "up", "up")),
        (still.TRADING, ("p", "3")),
        (still.AUTO, ("greater_than_sign",)),
        (replace(still.QUIET, notices=("buy 5 @ 100.20 rejected: it would trade at once",)), ()),
        (still.TRADING, ("pageup",) * 5),
        (still.TRADING, ("question_mark",)),
        (still.TRADING, ("A",)),
        (still.TRADING, ("escape",)),
    ],
    ids=["quiet", "ghosts", "trading", "paused", "auto", "rejected", "away", "help", "choose", "leave"],
)
async def test_floor(size: tuple[int, int], view: FloorSnapshot, keys: tuple[str, ...], picture: Picture) -> None:
    assert await shows(floor(view), size, picture, *keys)


@pytest.mark.parametrize("size", [(60, 20), (200, 60), (59, 30), (100, 19)], ids=["60x20", "200x60", "59x30", "100x19"])
async def test_floor_at_the_extremes(size: tuple[int, int], picture: Picture) -> None:
    assert await shows(floor(still.TRADING), size, picture)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_floor_in_each_theme(theme: str, picture: Picture) -> None:
    app = floor(still.TRADING)
    app.theme = theme
    assert await shows(app, WIDE, picture)


@SIZES
async def test_result(size: tuple[int, int], picture: Picture) -> None:
    app = floor(still.TRADING)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert isinstance(app.engine, StillEngine)
        app.engine.session.over = "time"
        await pilot.press("p")
        await pilot.pause()
        await pilot.pause()
        assert picture(app)

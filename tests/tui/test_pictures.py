"""Every screen, looked at: run with --snapshot-update after a change that is meant, and look at the new pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Input

from mmtui.career.career import Progress
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session.commands import Peg
from mmtui.tui.app import MmtuiApp
from mmtui.tui.theme import THEMES
from mmtui.units import NS_PER_S
from tests.tui import still
from tests.tui.still import HandDriver, StillEngine

Picture = Callable[[MmtuiApp], bool]
WIDE, NARROW = (120, 40), (80, 24)
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def home() -> MmtuiApp:
    app = MmtuiApp(
        StillEngine(still.TRADING), driver=HandDriver, new_seed=lambda: 4711, today=lambda: date(2026, 11, 24)
    )
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
        await app.workers.wait_for_complete()
        await pilot.pause()
        return picture(app)


@SIZES
@pytest.mark.parametrize(
    "keys",
    [
        (),
        ("down", "enter"),
        ("enter",),
        ("enter", "s"),
        ("down", "down", "down", "enter"),
        ("down", "down", "down", "enter", "down", "enter"),
        ("down", "down", "down", "down", "enter"),
        ("o",),
        ("o", "end", "enter", "down", "enter", "b"),
    ],
    ids=["home", "levels", "briefing", "seed", "duel", "duel-levels", "sandbox", "settings", "refused-key"],
)
async def test_before_the_floor(size: tuple[int, int], keys: tuple[str, ...], picture: Picture) -> None:
    assert await shows(home(), size, picture, *keys)


@SIZES
async def test_levels_with_a_best_score(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    app.progress = app.progress.with_score("first-quotes", 71.4, 2)
    assert await shows(app, size, picture, "down", "enter")


@SIZES
@pytest.mark.parametrize("screen", ["scores", "replays"])
async def test_what_was_played(size: tuple[int, int], screen: str, picture: Picture) -> None:
    app = home()
    for record in still.CAREER:
        app.career.record(record)
        app.progress = app.career.progress
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.show_scores() if screen == "scores" else app.show_replays()
        await pilot.pause()
        await pilot.pause()
        assert picture(app)


@SIZES
async def test_home_with_a_session_that_broke_off(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    for record in still.CAREER:
        app.career.record(record)
    app.progress = app.career.progress
    assert isinstance(app.engine, StillEngine)
    app.engine.broken_off = [Path("volatility-spike-7-1.jsonl")]
    assert await shows(app, size, picture)


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
        (replace(still.TRADING, peg=Peg(1.5, -0.5, 2)), ()),
        (still.TRADING, ("g", "g", "h", "exclamation_mark")),
        (still.HEDGED, ("i",)),
        (still.BANDED, ()),
        (still.COOLING, ()),
        (still.AUCTION, ()),
        (still.CLOSED, ()),
        (still.HALTED, ()),
    ],
    ids=[
        "quiet",
        "ghosts",
        "trading",
        "paused",
        "auto",
        "rejected",
        "away",
        "help",
        "choose",
        "leave",
        "pegged",
        "grouped",
        "hedged",
        "banded",
        "cooling-off",
        "auction",
        "closed",
        "halted",
    ],
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


async def test_floor_without_colours(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert await shows(floor(still.TRADING), WIDE, picture)


@SIZES
async def test_floor_with_a_minute_of_market(size: tuple[int, int], picture: Picture) -> None:
    app = floor(still.TRADING)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert isinstance(app.engine, StillEngine)
        for second in range(60):
            mid = 10017.5 + 4 * math.sin(second / 9) + second % 3
            orders = tuple(replace(order, price=round(mid - order.side * 3)) for order in still.TRADING.orders[:4:3])
            now_ns = still.TRADING.now_ns + second * NS_PER_S
            app.engine.session.shown = replace(still.TRADING, now_ns=now_ns, mid=mid, orders=orders)
            app.screen.paint()  # type: ignore[attr-defined]
        await pilot.pause()
        assert picture(app)


@SIZES
async def test_first_lesson(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    app.progress = Progress()
    assert await shows(app, size, picture, "enter", "up")


async def test_lesson_on_a_floor_that_is_too_small(picture: Picture) -> None:
    app = home()
    app.progress = Progress()
    assert await shows(app, (50, 15), picture, "enter")


async def test_first_start(picture: Picture) -> None:
    app = home()
    app.progress = Progress()
    assert await shows(app, NARROW, picture)


async def test_palette(picture: Picture) -> None:
    app = floor(still.TRADING)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+p")
        while not app.screen.query_one(CommandList).option_count:
            await pilot.pause()
        # The commands come in parts.
        await app.workers.wait_for_complete()
        app.screen.query_one(Input).cursor_blink = False
        await pilot.pause()
        assert picture(app)


@SIZES
@pytest.mark.parametrize("page", ["1", "2", "3", "4", "5"], ids=["score", "markout", "fills", "others", "lesson"])
async def test_debrief(size: tuple[int, int], page: str, picture: Picture) -> None:
    app = floor(still.TRADING)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press(page)
        await pilot.pause()
        assert picture(app)


@SIZES
@pytest.mark.parametrize("keys", [(), ("w", "v"), ("question_mark",)], ids=["start", "revealed", "help"])
async def test_replay(size: tuple[int, int], keys: tuple[str, ...], picture: Picture) -> None:
    app = floor(still.TRADING)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press("w")
        await app.workers.wait_for_complete()
        await pilot.press(*keys)
        await pilot.pause()
        assert picture(app)


@SIZES
async def test_retry_beside_the_earlier_run(size: tuple[int, int], picture: Picture) -> None:
    app = floor(still.TRADING)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press("r")
        await pilot.pause()
        await pilot.pause()
        assert picture(app)


async def debriefed(app: MmtuiApp, pilot: Pilot[None]) -> None:
    """Play the level to its end and wait until all is explained."""
    await pilot.pause()
    assert isinstance(app.engine, StillEngine)
    app.engine.session.over = "time"
    await pilot.press("p")
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()

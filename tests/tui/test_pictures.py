"""Every screen, looked at: run with --snapshot-update after a change that is meant, and look at the new pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Input

from mmtui.career.career import Progress
from mmtui.session.journal_file import JournalWriter
from mmtui.tui.app import MmtuiApp
from mmtui.tui.screens.debrief import PAGES
from mmtui.tui.screens.ending import EndingScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.theme import THEMES
from tests.tui import small
from tests.tui.small import HandDriver, Moment, SmallEngine

pytestmark = pytest.mark.slow

Picture = Callable[[MmtuiApp], bool]
WIDE, NARROW = (120, 40), (80, 24)
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def home(journals: Path | None = None) -> MmtuiApp:
    app = MmtuiApp(SmallEngine(journals=journals), None, HandDriver, lambda: 4711, today=lambda: date(2026, 11, 24))
    app.animation_level = "none"
    return app


def floor(moment: Moment) -> MmtuiApp:
    app = MmtuiApp(SmallEngine(moment), (moment().session.level.id, 7, None, 1.0), HandDriver, lambda: 4711)
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
        ("down", "down", "down", "down", "down", "enter"),
        ("o",),
        ("o", "end", "enter", "down", "enter", "b"),
    ],
    ids=[
        "home",
        "levels",
        "briefing",
        "seed",
        "duel",
        "duel-levels",
        "showpiece",
        "sandbox",
        "settings",
        "refused-key",
    ],
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
    for record in small.CAREER:
        app.career.record(record)
        app.progress = app.career.progress
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.show_scores() if screen == "scores" else app.show_replays()
        await pilot.pause()
        await pilot.pause()
        assert picture(app)


@SIZES
async def test_home_with_a_session_that_broke_off(size: tuple[int, int], picture: Picture, tmp_path: Path) -> None:
    JournalWriter(tmp_path / "volatility-spike-7-1.jsonl", small.quiet().session).close()
    app = home(tmp_path)
    for record in small.CAREER:
        app.career.record(record)
    app.progress = app.career.progress
    assert await shows(app, size, picture)


@SIZES
@pytest.mark.parametrize(
    ("moment", "keys"),
    [
        (small.opening, ()),
        (small.quiet, ()),
        (small.trading, ("up", "up", "up")),
        (small.trading, ("p", "3")),
        (small.auto, ("greater_than_sign",)),
        (small.rejected, ()),
        (small.trading, ("pageup",) * 5),
        (small.trading, ("question_mark",)),
        (small.trading, ("A",)),
        (small.trading, ("escape",)),
        (small.pegged, ()),
        (small.trading, ("g", "g", "h", "exclamation_mark")),
        (small.hedged, ("i",)),
        (small.banded, ()),
        (small.cooling, ()),
        (small.auction, ()),
        (small.closed, ()),
        (small.halted, ()),
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
async def test_floor(size: tuple[int, int], moment: Moment, keys: tuple[str, ...], picture: Picture) -> None:
    assert await shows(floor(moment), size, picture, *keys)


@pytest.mark.parametrize("pages", [1, 2, 3, 4], ids=["score", "signals", "chart", "tape"])
async def test_side_panel_turned(pages: int, picture: Picture) -> None:
    assert await shows(floor(small.nearly_over), NARROW, picture, *("tab",) * pages)


@SIZES
async def test_search_in_the_help(size: tuple[int, int], picture: Picture) -> None:
    assert await shows(floor(small.trading), size, picture, "question_mark", "slash", *"queue")


@pytest.mark.parametrize("size", [(60, 20), (200, 60), (59, 30), (100, 19)], ids=["60x20", "200x60", "59x30", "100x19"])
async def test_floor_at_the_extremes(size: tuple[int, int], picture: Picture) -> None:
    assert await shows(floor(small.trading), size, picture)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_floor_in_each_theme(theme: str, picture: Picture) -> None:
    app = floor(small.trading)
    app.theme = theme
    assert await shows(app, WIDE, picture)


async def test_floor_without_colours(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert await shows(floor(small.trading), WIDE, picture)


@SIZES
async def test_floor_with_a_minute_of_market(size: tuple[int, int], picture: Picture) -> None:
    app = floor(small.minute)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert isinstance(app.screen.driver, HandDriver)
        for _ in range(60):
            app.screen.driver.step(1)
        await pilot.pause()
        assert picture(app)


@SIZES
async def test_card_of_the_first_lesson(size: tuple[int, int], picture: Picture) -> None:
    app = home()
    app.progress = Progress()
    assert await shows(app, size, picture, "enter")


async def test_lesson_on_a_floor_that_is_too_small(picture: Picture) -> None:
    app = home()
    app.progress = Progress()
    assert await shows(app, (50, 15), picture, "enter", "enter")


async def test_first_start(picture: Picture) -> None:
    app = home()
    app.progress = Progress()
    assert await shows(app, NARROW, picture)


async def test_palette(picture: Picture) -> None:
    app = floor(small.trading)
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
@pytest.mark.parametrize("lit", [0, 3], ids=["dark", "lit"])
async def test_ending(size: tuple[int, int], lit: int, picture: Picture) -> None:
    app = floor(small.finished)
    app.prefer(still=lit == 3)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, EndingScreen)
        assert picture(app)


@SIZES
@pytest.mark.parametrize("page", ["mistakes", "duel"])
async def test_lost_duel(size: tuple[int, int], page: str, picture: Picture) -> None:
    app = floor(small.duelled)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press(str(1 + PAGES.index(page)))
        await pilot.pause()
        assert picture(app)


@SIZES
async def test_first_lesson(size: tuple[int, int], picture: Picture) -> None:
    app = MmtuiApp(SmallEngine(), driver=HandDriver, new_seed=lambda: 4711)
    async with app.run_test(size=size) as pilot:
        app.start_lesson()
        await pilot.pause()
        await pilot.pause()
        await pilot.press("enter", "enter")
        floor_screen = app.screen
        assert isinstance(floor_screen, FloorScreen)
        assert isinstance(floor_screen.driver, HandDriver)
        floor_screen.driver.step(0.1)
        await pilot.pause()
        assert picture(app)


@SIZES
@pytest.mark.parametrize("page", PAGES[:-1])
async def test_debrief(size: tuple[int, int], page: str, picture: Picture) -> None:
    app = floor(small.finished)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press(str(1 + PAGES.index(page)))
        await pilot.pause()
        assert picture(app)


@SIZES
@pytest.mark.parametrize("keys", [(), ("w", "v"), ("question_mark",)], ids=["start", "revealed", "help"])
async def test_replay(size: tuple[int, int], keys: tuple[str, ...], picture: Picture) -> None:
    app = floor(small.finished)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press("w")
        await app.workers.wait_for_complete()
        await pilot.press(*keys)
        await pilot.pause()
        assert picture(app)


@SIZES
async def test_retry_beside_the_earlier_run(size: tuple[int, int], picture: Picture) -> None:
    app = floor(small.finished)
    async with app.run_test(size=size) as pilot:
        await debriefed(app, pilot)
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert isinstance(app.screen.driver, HandDriver)
        app.screen.driver.step(10)
        await pilot.pause()
        assert picture(app)


async def debriefed(app: MmtuiApp, pilot: Pilot[None]) -> None:
    """Wait until a level that is over is explained."""
    await small.past_ending(pilot)
    await app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()

"""The first lesson waits for effects, stops the clock on each text, and is passed by somebody who reads nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from mmtui.book import Side
from mmtui.career.career import Progress
from mmtui.market.book_market import KIND_WORDS, kind_of_order
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.lesson import STEPS
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.card import CardScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.status import StatusBar
from mmtui.units import NS_PER_S
from mmtui.wording import counted
from tests.tui.small import HandDriver, SmallEngine

pytestmark = pytest.mark.slow


def first_start(folder: Path) -> MmtuiApp:
    return MmtuiApp(Engine(), driver=HandDriver, new_seed=lambda: 7, config=folder, data=folder)


def text_of(floor: FloorScreen) -> str:
    return str(floor.query_one("#lesson", Static).render())


@asynccontextmanager
async def lesson(folder: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[FloorScreen, Pilot[None]]]:
    """The lesson at its card, as a first start comes to it."""
    app = first_start(folder)
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, CardScreen)
        floor = app.screen_stack[-2]
        assert isinstance(floor, FloorScreen)
        yield floor, pilot


async def taught(floor: FloorScreen, pilot: Pilot[None], keys: Iterator[str]) -> list[str]:
    """Press keys while the clock stands and let it run while it runs, until the floor is left; the texts."""
    texts: list[str] = []
    driver = floor.driver
    assert isinstance(driver, HandDriver)
    room = floor.ladder.size
    for _ in range(3000):
        if pilot.app.screen is not floor:
            return texts
        assert floor.ladder.size == room
        text = text_of(floor)
        if not texts or texts[-1] != text:
            texts.append(text)
        status = floor.query_one(StatusBar).render_line(0).text
        assert ("PAUSED" in status) is driver.paused
        if driver.paused:
            await pilot.press(next(keys))
        else:
            assert "The clock runs" in text
            driver.step(1 / 15)
        await pilot.pause()
    raise AssertionError(texts)


async def test_a_card_says_what_a_market_maker_is_and_no_time_passes(tmp_path: Path) -> None:
    async with lesson(tmp_path) as (floor, pilot):
        card = str(pilot.app.screen.query_one(Static).render())
        assert "You are the shop." in card
        bid, ask = floor.view.best_bid, floor.view.best_ask
        assert bid is not None
        assert ask is not None
        price = floor.card.level.market.instrument.format
        assert f"Buy at {price(bid)}, sell at {price(ask)}, a hundred times" in " ".join(card.split())
        assert floor.driver.paused
        assert floor.view.now_ns == 0


async def test_who_reads_nothing_gets_through_by_enter_alone(tmp_path: Path) -> None:
    async with lesson(tmp_path) as (floor, pilot):
        await pilot.press("enter")
        await pilot.pause()
        heights = set()
        really = floor.show
        ladder = floor.query_one(Ladder)

        def shown(*given: Any, **more: Any) -> None:
            heights.add(ladder.size.height)
            really(*given, **more)

        floor.show = shown  # type: ignore[method-assign]
        texts = await taught(floor, pilot, cycle(["enter"]))
        # No row of the ladder moves from one text to the next.
        assert len(heights) == 1
        # Each text stopped the clock, and the market's share of it leaves time to read in four minutes.
        stopped = [text for text in texts if "The clock runs" not in text]
        assert [text.split(" of ")[0] for text in stopped] == [str(number) for number in range(1, len(STEPS) + 1)]
        assert floor.seat.now_ns < 60 * NS_PER_S
        desk = floor.seat.session.maker.desk
        assert len(desk.fills) >= 2
        first = desk.fills[0]
        did = "bought" if first.side is Side.BUY else "sold"
        price = floor.card.level.market.instrument.format(first.price)
        filled = next(text for text in texts if "first fill" in text)
        assert f"you {did} {counted(first.quantity, 'lot')} at {price}" in filled
        # The lesson's market is one in which the trip pays.
        assert any("A round trip: bought at" in text and "It made" in text for text in texts)
        reveal = next(text for text in texts if "who was it?" in text)
        assert first.other_id is not None
        assert KIND_WORDS[kind_of_order(first.other_id)].one in reveal
        assert "ou bought from" in reveal
        assert "ou sold to" in reveal
        # The same kind again is not explained again.
        kinds = {fill.other_id and kind_of_order(fill.other_id) for fill in desk.fills}
        assert reveal.count("your living") + reveal.count("your risk") <= len(kinds)
        assert isinstance(pilot.app.screen, BriefingScreen)
        assert pilot.app.progress.taught  # type: ignore[attr-defined]
        # Nothing of it is scored.
        assert pilot.app.career.sessions() == []  # type: ignore[attr-defined]


async def test_who_presses_what_he_likes_gets_through_too(tmp_path: Path) -> None:
    async with lesson(tmp_path) as (floor, pilot):
        await pilot.press("escape")
        await pilot.pause()
        keys = cycle(["b", "down", "s", "p", "full_stop", "g", "enter", "u", "h", "q", "3"])
        await taught(floor, pilot, keys)
        assert isinstance(pilot.app.screen, BriefingScreen)


async def test_a_step_waits_for_the_effect_and_its_text_says_what_stands_on_the_ladder(tmp_path: Path) -> None:
    async with lesson(tmp_path) as (floor, pilot):
        await pilot.press("enter")
        await pilot.pause()
        driver = floor.driver
        assert isinstance(driver, HandDriver)
        await pilot.press("g", "g", "g", "up", "3", "1")
        assert text_of(floor).startswith("1 of")
        await pilot.press("q")
        # The order is on its way: nothing to tell yet.
        assert text_of(floor).startswith("1 of")
        assert not driver.paused
        driver.step(0.1)
        assert driver.paused
        mark = text_of(floor).split()[3:5]
        ladder = floor.query_one(Ladder)
        lines = [ladder.render_line(y).text for y in range(ladder.size.height)]
        assert any(" ".join(mark) in line for line in lines)
        # A key of which nothing comes stops the clock again, at the same text.
        await pilot.press("x")
        for _ in range(40):
            if not driver.paused:
                driver.step(0.1)
        assert driver.paused
        assert text_of(floor).startswith("2 of")


async def test_a_wait_for_a_fill_ends_whatever_the_market_does(tmp_path: Path) -> None:
    """Quotes that are left behind are put at the best price; a position that nobody takes is traded away."""
    async with lesson(tmp_path) as (floor, pilot):
        await pilot.press("enter")
        await pilot.pause()
        # Far away on both sides, where nobody comes.
        texts = await taught(floor, pilot, cycle(["pagedown", "b", "pageup", "pageup", "s", "pagedown", "p", "enter"]))
        assert any("first fill" in text for text in texts)
        assert floor.seat.now_ns < 170 * NS_PER_S


async def test_the_coach_does_not_talk_over_the_lesson(tmp_path: Path) -> None:
    async with lesson(tmp_path) as (floor, _):
        assert floor.settings.coach
        assert not floor.coach_speaks


async def test_lesson_comes_first_only_at_the_first_start_and_can_be_left_at_once(tmp_path: Path) -> None:
    async with lesson(tmp_path) as (floor, pilot):
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("k")
        await pilot.pause()
        assert isinstance(pilot.app.screen, BriefingScreen)
        assert floor not in pilot.app.screen_stack
        assert pilot.app.progress == Progress(taught=True)  # type: ignore[attr-defined]
    again = first_start(tmp_path)
    async with again.run_test(size=(80, 24)):
        assert again.screen.query_one(OptionList).get_option_at_index(0).id == "play"


async def test_daily_challenge_is_one_level_and_seed_a_day() -> None:
    chosen = []
    for day in (1, 1, 2):
        app = MmtuiApp(SmallEngine(), driver=HandDriver, today=lambda day=day: date(2026, 3, day))  # type: ignore[misc]
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("down", "down", "enter")
            await pilot.pause()
            assert isinstance(app.screen, BriefingScreen)
            chosen.append((app.screen.card.level.id, app.screen.seed))
    assert chosen[0] == chosen[1]
    assert chosen[0][0] != chosen[2][0]
    assert chosen[0][1] + 1 == chosen[2][1]


@pytest.mark.parametrize("ends", [1, 2, 28])
async def test_a_daily_belongs_to_the_day_on_which_it_was_begun(ends: int, tmp_path: Path) -> None:
    """Finished after midnight, or by a clock that was put ahead or back meanwhile."""
    day = [9]
    app = MmtuiApp(SmallEngine(), None, HandDriver, data=tmp_path, today=lambda: date(2026, 3, day[0]))
    async with app.run_test(size=(80, 24)) as pilot:
        # The app was opened the day before.
        day[0] = 10
        app.show_daily()
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        day[0] = ends
        driver = app.screen.driver
        assert isinstance(driver, HandDriver)
        driver.step(10_000.0)
        await app.workers.wait_for_complete()
        driver.step(1.0)
        await app.workers.wait_for_complete()
        await pilot.pause()
        [record] = app.career.sessions()
        assert record.daily == "2026-03-10"
        assert app.career.daily(date(2026, 3, 10)) == record


async def test_next_level_is_the_first_without_a_star() -> None:
    app = MmtuiApp(SmallEngine(), driver=HandDriver)
    app.progress = app.progress.with_score("first-quotes", 71.0, 2)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        assert app.screen.card.level.id == "volatility-spike"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_no_row_of_the_ladder_comes_or_goes_with_a_text(tmp_path: Path, size: tuple[int, int]) -> None:
    """At the least size too, where the longest text has as many lines as there is room for."""
    async with lesson(tmp_path, size) as (floor, pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert len(await taught(floor, pilot, cycle(["enter"]))) >= len(STEPS)

"""The real game, played in the app by keys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Static

from mmtui.lab.runs.batch import simulate
from mmtui.level.level import load_level
from mmtui.session.journal import read_journal
from mmtui.session.session import Session
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.replay import ReplayScreen
from tests.tui.small import HandDriver, past_ending
from tests.unit.session.support import strategy_file

pytestmark = pytest.mark.slow


async def test_first_quotes_played_by_keys_gives_the_digest_of_its_journal(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    app = MmtuiApp(engine, driver=HandDriver, new_seed=lambda: 7)
    async with app.run_test(size=(120, 40)) as pilot:
        # Home, briefing, floor.
        await pilot.press("enter", "enter")
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        assert floor.card.level.id == "first-quotes"

        async def play(seconds: float, *keys: str) -> None:
            await pilot.press(*keys)
            await pilot.pause()
            assert isinstance(floor, FloorScreen)
            assert isinstance(floor.driver, HandDriver)
            floor.driver.step(seconds)
            await pilot.pause()

        await play(4.2, "2", "q", "w")
        await play(7.9, "comma", "space", "down", "b")
        await play(3.1, "semicolon", "grave_accent")
        names = [card.name for card in engine.strategies()]
        steps = names.index("skew") - names.index("fixed")
        await play(30.0, "A", *("down",) * steps, "enter", "a")
        assert floor.seat.view().active == "skew"
        await play(10.0, "a")
        assert floor.seat.view().active is None
        await play(5.0, "W", "full_stop", "f")
        await play(200.0, "1", "q", "w", "greater_than_sign")

        result = (await past_ending(pilot)).played.result
        assert result.ended == "time"
        assert result.fills > 0

    journal = read_journal(tmp_path / "first-quotes-7-1.jsonl")
    assert len(journal.entries) >= 10
    assert journal.end is not None
    assert journal.end.digest == result.digest
    assert journal.script.played().result().digest == result.digest


@pytest.mark.parametrize("strategy", ["skew", "ppo"])
async def test_strategy_left_untouched_in_the_app_gives_the_digest_of_a_headless_run(strategy: str) -> None:
    app = MmtuiApp(Engine(), ("first-quotes", 3, strategy, 16.0), HandDriver)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        while floor.seat.over is None:
            floor.driver.step(0.37)
        played = (await past_ending(pilot)).played.result.digest
    headless = Session(load_level("first-quotes"), 3, strategy)
    headless.advance(headless.end_ns)
    assert played == headless.result().digest


async def test_journal_that_cannot_be_written_is_told_and_the_level_is_played_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    app = MmtuiApp(Engine(blocked), ("first-quotes", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert "Without a journal" in app.screen.query_one("#message").render_line(0).text


async def test_strategy_in_a_file_is_said_to_be_code_before_it_is_chosen_and_offered_again(tmp_path: Path) -> None:
    mine = strategy_file(tmp_path, "return Quotes.around(view.mid, 2.0, 1)")
    app = MmtuiApp(Engine(), ("skew", 1, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("A", "end")
        await pilot.pause()
        assert any("is code" in str(about.render()) for about in app.screen.query(".about").results(Static))
        await pilot.press("tab", *mine, "enter")
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert floor.seat.view().ready == mine
        await pilot.press("a", "A")
        await pilot.pause()
        assert floor.seat.view().active == mine
        assert isinstance(app.screen, ChooseStrategy)
        assert mine in app.screen.strategies


async def test_journal_opens_at_its_time_and_nothing_is_left_lying_about(tmp_path: Path) -> None:
    simulate(load_level("first-quotes"), "skew", 7, journal=tmp_path / "a.jsonl")
    data = tmp_path / "data"
    app = MmtuiApp(
        Engine(data / "journals"), data=data, driver=HandDriver, watch=(str(tmp_path / "a.jsonl"), 83_400_000_000)
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ReplayScreen)
        assert screen.replay.now_ns == 83_400_000_000
        assert screen.driver.paused
    assert [path.name for path in data.iterdir()] == ["career.sqlite"]


async def test_in_a_browser_no_strategy_in_a_file_is_to_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MmtuiApp, "is_web", True)
    app = MmtuiApp(Engine(), ("skew", 1, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("A")
        await pilot.pause()
        assert isinstance(app.screen, ChooseStrategy)
        assert not any("file" in name for name in app.screen.strategies)


async def test_the_journal_says_which_try_it_is_and_how_fast_it_was_played(tmp_path: Path) -> None:
    """Speeds and pauses are in it, and the first lesson's, whose clock stands still at first."""
    app = MmtuiApp(Engine(tmp_path), ("first-quotes", 7, "skew", 2.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        floor.driver.step(1.0)
        await pilot.press("p")
        await pilot.press("p", "greater_than_sign")
        floor.driver.step(600.0)
        await past_ending(pilot)
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
    first, second = (read_journal(tmp_path / f"first-quotes-7-{number}.jsonl") for number in (1, 2))
    assert [(change.at_ns, change.speed, change.paused) for change in first.speeds] == [
        (0, 2.0, False),
        (2_000_000_000, 2.0, True),
        (2_000_000_000, 2.0, False),
        (2_000_000_000, 4.0, False),
    ]
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.begun is not None
    assert datetime.strptime(first.begun, "%Y-%m-%dT%H:%M:%S%z") <= datetime.now(UTC)
    (outcome,) = first.outcomes
    assert outcome.quoted.shares().time == 0.0
    assert first.end is not None
    assert first.script.played().digest == first.end.digest

"""The real game, played in the app by keys."""

from __future__ import annotations

from pathlib import Path

from mmtui.game.journal import read_journal
from mmtui.game.level import load_level
from mmtui.game.session import Session
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import GameEngine
from mmtui.tui.screens.debrief import DebriefScreen
from mmtui.tui.screens.floor import FloorScreen
from tests.tui.still import HandDriver


async def test_first_quotes_played_by_keys_gives_the_digest_of_its_journal(tmp_path: Path) -> None:
    engine = GameEngine(tmp_path)
    app = MmtuiApp(engine, driver=HandDriver, new_seed=lambda: 7)
    async with app.run_test(size=(120, 40)) as pilot:
        # Home, briefing, floor.
        await pilot.press("enter", "enter")
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        assert floor.card.id == "first-quotes"

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
        assert floor.session.snapshot().active == "skew"
        await play(10.0, "a")
        assert floor.session.snapshot().active is None
        await play(5.0, "W", "full_stop", "f")
        await play(200.0, "1", "q", "w", "greater_than_sign")

        assert isinstance(app.screen, DebriefScreen)
        result = app.screen.played.result
        assert result["ended"] == "time"
        assert result["fills"] > 0

    journal = read_journal(tmp_path / "first-quotes-7-1.jsonl")
    assert len(journal.entries) >= 10
    assert journal.end is not None
    assert journal.end.digest == result["digest"]
    assert journal.replay().result().digest == result["digest"]


async def test_strategy_left_untouched_in_the_app_gives_the_digest_of_a_headless_run() -> None:
    app = MmtuiApp(GameEngine(), ("first-quotes", 3, "skew", 16.0), HandDriver)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        while floor.session.over is None:
            floor.driver.step(0.37)
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen)
        played = app.screen.played.result["digest"]
    headless = Session(load_level("first-quotes"), 3, "skew")
    headless.advance(headless.end_ns)
    assert played == headless.result().digest


async def test_journal_that_cannot_be_written_is_told_and_the_level_is_played_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    app = MmtuiApp(GameEngine(blocked), ("first-quotes", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert "Without a journal" in app.screen.query_one("#message").render_line(0).text

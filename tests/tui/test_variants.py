"""Beside the campaign: the sandbox's overrides, a duel and levels of one's own, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Static

from mmtui.level.describe import maker_rules
from mmtui.level.level import load_level
from mmtui.level.new import write_skeleton
from mmtui.level.overrides import value_at
from mmtui.market.book_market import BookMarketSpec
from mmtui.paths import levels_dir
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.levels import LevelsScreen
from mmtui.tui.screens.sandbox import SandboxScreen
from tests.tui.small import HandDriver

pytestmark = pytest.mark.slow


def opened(own: Path | None = None, data: Path | None = None) -> MmtuiApp:
    app = MmtuiApp(Engine(own=own), driver=HandDriver, new_seed=lambda: 7, data=data)
    app.progress = app.progress.with_score("skew", 1.0, 0)
    return app


async def test_a_dial_is_checked_and_then_played() -> None:
    app = opened()
    async with app.run_test(size=(120, 40)) as pilot:
        app.show_sandbox()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, SandboxScreen)
        field = screen.query(Input).first()
        assert (field.name, field.value) == (
            "market.value.sigma",
            f"{value_at(load_level('sandbox'), 'market.value.sigma'):.4g}",
        )
        field.value = "-1"
        await pilot.press("enter")
        foot = screen.query_one("#foot", Static)
        assert str(foot.render()) == "market.value.sigma: expected a number of at least 0, not -1."
        field.value = "2.5"
        screen.query(Input).last().value = ""
        await pilot.press("enter")
        await pilot.pause()
        briefing = app.screen
        assert isinstance(briefing, BriefingScreen)
        level = briefing.card.level
        assert isinstance(level.market, BookMarketSpec)
        assert level.market.value.sigma == 2.5
        assert level.duration_s == 300
        assert not briefing.card.counts


async def test_a_duel_is_chosen_and_played_and_does_not_count() -> None:
    app = opened()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down", "down", "down", "enter")
        await pilot.pause()
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, LevelsScreen)
        assert "AGAINST SKEW" in str(app.screen.query_one("#heading", Static).render())
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        assert ("duel with", "skew") in list(maker_rules(app.screen.card.level))
        await pilot.press("enter")
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        opponent = floor.seat.view().opponent
        assert opponent is not None
        assert opponent.strategy == "skew"
        before = app.progress.best
        while floor.seat.over is None:
            floor.driver.step(30.0)
        await pilot.pause()
        assert app.progress.best == before


async def test_own_levels_are_listed_and_what_is_wrong_with_them_told(tmp_path: Path) -> None:
    write_skeleton(tmp_path / "my-level.toml")
    (tmp_path / "bad.toml").write_text("id = 3")
    app = opened(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        app.show_levels()
        await pilot.pause()
        menu = app.screen.query_one(OptionList)
        prompts = [str(menu.get_option_at_index(index).prompt) for index in range(menu.option_count)]
        own = prompts.index("YOUR LEVELS")
        assert "My level" in prompts[own + 1]
        assert f"{tmp_path}/bad.toml: id: expected text, not 3" in " ".join(prompts[own + 2].split())
        menu.highlighted = own + 1
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        assert app.screen.card.level.id == "my-level"
        assert not app.screen.card.counts


def test_a_level_counts_only_as_it_ships() -> None:
    engine = Engine()
    assert engine.level("skew").counts
    assert not engine.level("skew", {"duration_s": "60"}).counts
    assert not engine.level("sandbox").counts
    assert not engine.level(str(levels_dir() / "skew.toml")).counts


def test_a_level_with_dials_is_found_again_by_its_source() -> None:
    engine = Engine()
    card = engine.level("skew", {"duration_s": "60"})
    assert engine.level(card.source) == card
    assert engine.level(card.source).level.duration_s == 60
    assert engine.level("skew").level.duration_s == 300

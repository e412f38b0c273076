"""The app offers all that its screens may ask of it."""

from __future__ import annotations

import pytest

from mmtui.tui.app import MmtuiApp
from mmtui.tui.cards import Card
from mmtui.tui.navigator import Navigator
from mmtui.tui.screens.floor import FloorScreen
from tests.tui.small import HandDriver, SmallEngine


def test_the_app_is_a_navigator() -> None:
    navigator: Navigator = MmtuiApp(SmallEngine())
    asked = {*vars(Navigator), *Navigator.__annotations__}
    assert not [name for name in asked if not name.startswith("_") and not hasattr(navigator, name)]


async def test_a_level_that_is_opened_at_once_waits_for_no_list_of_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = SmallEngine()
    levels, asked = engine.levels, list[int]()

    def counted() -> list[Card]:
        asked.append(len(asked))
        return levels()

    monkeypatch.setattr(engine, "levels", counted)
    app = MmtuiApp(engine, ("skew", 7, None, 1.0), HandDriver)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert not asked
        app.return_to(app.screen_stack[0])
        await pilot.pause()
        await pilot.pause()
        assert asked

"""The board in the app, and the name that journals carry."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from mmtui.career.daily import daily
from mmtui.learning.grades import Graded
from mmtui.tui.screens.board import BoardScreen
from mmtui.tui.screens.replay import ReplayScreen
from mmtui.tui.screens.settings import NameScreen
from tests.tui.small import FIRST, LEVEL
from tests.tui.test_pictures import SIZES, Picture, home
from tests.unit.learning.classroom import by_hand, by_strategy, write

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two who count, one who was helped, and one of another market."""
    level, seed = daily(DAY, (FIRST, LEVEL))
    found = tmp_path_factory.mktemp("day")
    write(found / "a.jsonl", level, seed, 1, by_hand(2.0), name="ada")
    write(found / "b.jsonl", level, seed, 2, by_hand(4.0))
    write(found / "c.jsonl", level, seed, 3, by_strategy(), name="\x1b[2Jcarl")
    write(found / "d.jsonl", level, seed + 1, 4, by_hand(2.0))
    return found


@SIZES
async def test_a_folder_is_ranked_and_an_entry_shows_its_session(
    size: tuple[int, int], folder: Path, picture: Picture
) -> None:
    app = home()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.show_scores()
        await pilot.pause()
        await pilot.press("b")
        await app.workers.wait_for_complete()
        board = app.screen
        assert isinstance(board, BoardScreen)
        # Without a folder of one's own there is nothing to rank yet.
        assert board.graded is None
        await pilot.press("f")
        board.query_one(Input).value = str(folder)
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        graded: list[Graded] = board.graded or []
        assert [(each.grade.file, bool(each.apart)) for each in graded] == [
            ("a.jsonl", False),
            ("b.jsonl", False),
            ("c.jsonl", True),
            ("d.jsonl", True),
        ]
        assert app.settings.board == str(folder)
        # The folder of this run is no part of the picture.
        board.query_one(Input).value = "class"
        await pilot.pause()
        assert picture(app)
        assert board.query_one(OptionList).highlighted == 0
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ReplayScreen)
        assert app.screen.name_of_journal == str(folder / "a.jsonl")


async def test_another_day_has_another_market(folder: Path) -> None:
    app = home()
    app.prefer(board=str(folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.show_board()
        await app.workers.wait_for_complete()
        await pilot.press("left")
        await app.workers.wait_for_complete()
        await pilot.pause()
        board = app.screen
        assert isinstance(board, BoardScreen)
        assert board.day == date(2026, 11, 23)
        assert all(each.apart for each in board.graded or ())
        assert len(board.graded or ()) == 4


async def test_whoever_is_served_cannot_look_about(folder: Path) -> None:
    app = home()
    app.prefer(board=str(folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.engine.served = True
        app.show_board()
        await app.workers.wait_for_complete()
        await pilot.press("f")
        assert app.screen.query_one(Input).disabled
        assert not isinstance(app.focused, Input)


async def test_a_name_is_typed_in_the_settings_and_journals_carry_it() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o", "end", "up", "enter")
        await pilot.pause()
        assert isinstance(app.screen, NameScreen)
        await pilot.press(*"ada", "enter")
        await pilot.pause()
        assert app.settings.player == app.engine.player == "ada"
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("escape")
        assert app.settings.player == "ada"

"""The app opens what an earlier version has left, and says which sessions can no longer be played."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from mmtui.errors import JournalError
from mmtui.session.journal_file import JournalWriter
from mmtui.session.session import Session
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.run import open_replay
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.screens.replays import ReplaysScreen
from mmtui.version import ENGINE
from tests.unit.session.support import short
from tests.unit.test_earlier_files import CHANGED, FILES

pytestmark = pytest.mark.slow

OF_ENGINE_1 = f"a session of engine 1, which this version (engine {ENGINE}) cannot play again"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folders of somebody who has played the earlier version."""
    journals = tmp_path / "journals"
    journals.mkdir()
    for name in ("career.sqlite", "settings.json"):
        shutil.copy(FILES / name, tmp_path)
    for name in ("finished.jsonl", "unfinished.jsonl"):
        shutil.copy(FILES / name, journals)
    return tmp_path


def app_in(data: Path) -> MmtuiApp:
    return MmtuiApp(Engine(data / "journals"), config=data, data=data)


async def toasts(app: MmtuiApp, pilot: Pilot[None]) -> str:
    await pilot.pause()
    return "".join(toast.message for toast in app._notifications)


async def test_settings_keys_and_career_are_as_they_were(data: Path) -> None:
    app = app_in(data)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        assert await toasts(app, pilot) == ""
        assert {name: getattr(app.settings, name) for name in CHANGED} == CHANGED
        assert app.theme == "mmtui-light"
        assert len(app.settings.keys) == 115
        assert (app.progress.older["first-quotes"].stars, app.progress.taught) == (3, True)


async def test_continue_says_what_can_no_longer_be_played(data: Path) -> None:
    app = app_in(data)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        await pilot.pause()
        entry = app.screen.query_one(OptionList).get_option_at_index(0)
        assert entry.id == "go-on"
        assert "Skew, can no longer be played" in str(entry.prompt)
        await pilot.press("home", "enter")
        said = await toasts(app, pilot)
        assert f"unfinished.jsonl: {OF_ENGINE_1}; mmtui report still shows its level, seed and commands." in said
        assert isinstance(app.screen, HomeScreen)
    assert (data / "journals" / "unfinished.jsonl").read_bytes() == (FILES / "unfinished.jsonl").read_bytes()


async def test_continue_prefers_what_can_be_played(data: Path) -> None:
    mine = data / "journals" / "skew-5-1.jsonl"
    JournalWriter(mine, Session(short("skew"), 5)).close()
    (data / "journals" / "unfinished.jsonl").touch()
    engine = Engine(data / "journals")
    assert [path.stem for path in engine.unfinished()] == ["skew-5-1", "unfinished"]
    app = MmtuiApp(engine, config=data, data=data)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.pause()
        entry = app.screen.query_one(OptionList).get_option_at_index(0)
        assert "Skew, 00:00 of 00:20" in str(entry.prompt)


async def test_replays_list_it_with_the_sentence(data: Path) -> None:
    app = app_in(data)
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        app.show_replays()
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        rows = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
        # Those whose files are gone say so when they are chosen.
        assert [OF_ENGINE_1 in row for row in rows] == [True, *[False] * (len(rows) - 1)]
        await pilot.press("enter")
        sentence = f"finished.jsonl: {OF_ENGINE_1}; mmtui report still shows its level, seed, commands and how it ended"
        assert sentence in await toasts(app, pilot)
        assert isinstance(app.screen, ReplaysScreen)


def test_its_replay_is_refused_before_anything_is_drawn() -> None:
    with pytest.raises(JournalError, match=re.escape(OF_ENGINE_1)):
        open_replay(FILES / "finished.jsonl", 0)

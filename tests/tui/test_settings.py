"""Settings and key maps are kept; what is damaged is set aside and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList
from textual.widgets import OptionList

from mmtui.errors import InputError
from mmtui.json_file import JsonFile
from mmtui.session.commands import Cancel, Quote
from mmtui.session.session import Session
from mmtui.tui.actions import ACTIONS
from mmtui.tui.app import MmtuiApp
from mmtui.tui.keys import checked, keys_of, remap
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.settings import CHOICES, KeymapScreen, KeyScreen, SettingsScreen
from mmtui.tui.settings import Settings
from tests.tui.small import HandDriver, SmallEngine


def app_in(folder: Path | None) -> MmtuiApp:
    return MmtuiApp(SmallEngine(), driver=HandDriver, new_seed=lambda: 7, config=folder, data=folder)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    store = JsonFile(tmp_path / "new" / "settings.json")
    settings = Settings(theme="mmtui-light", speed=4.0, several=True, keys={"floor.bid": "n"})
    assert store.read(Settings()) == (Settings(), "")
    assert store.write(settings) == ""
    assert store.read(Settings()) == (settings, "")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ["", "{", '{"speed": 99}', '{"keys": [1]}', "\xff"])
def test_damaged_file_is_set_aside_whole_and_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, "latin-1")
    settings, trouble = JsonFile(path).read(Settings())
    assert settings == Settings()
    assert "settings.json.damaged" in trouble
    assert not path.exists()
    assert (tmp_path / "settings.json.damaged").read_text("latin-1") == text


def test_setting_of_a_later_version_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"speed": 2, "smell": true}')
    assert JsonFile(path).read(Settings()) == (Settings(speed=2.0), "")


def test_folder_that_cannot_be_made_is_told_and_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in JsonFile(tmp_path / "file" / "settings.json").write(Settings())


def test_key_that_is_taken_is_refused_by_a_sentence_that_names_its_action() -> None:
    with pytest.raises(InputError, match=r"^the key s is taken already, by offer at the cursor .*\(floor.offer\)"):
        remap({}, "floor.bid", "s")
    # What holds everywhere is in the way everywhere; another screen's keys are not.
    with pytest.raises(InputError, match="palette"):
        remap({}, "home.help", "ctrl+p")
    assert remap({}, "floor.bid", "o") == {"floor.bid": "o"}


def test_default_key_leaves_nothing_in_the_map() -> None:
    assert remap({"floor.bid": "o"}, "floor.bid", "b") == {}


def test_keys_needed_in_lists_are_refused_there_only() -> None:
    with pytest.raises(InputError, match="move in lists"):
        remap({}, "home.help", "down")
    assert remap({"floor.down": "j"}, "floor.bid", "down")["floor.bid"] == "down"


def test_map_from_a_hand_written_file_keeps_swaps_and_drops_conflicts() -> None:
    good, troubles = checked({"floor.bid": "s", "floor.offer": "b", "floor.pause": "f", "floor.nonsense": "x"})
    assert good == {"floor.bid": "s", "floor.offer": "b"}
    assert len(troubles) == 2
    assert keys_of(ACTIONS["floor.help"], good) == ("question_mark", "f1")


@pytest.mark.slow
async def test_enter_goes_through_a_setting_and_saves_it(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        assert isinstance(app.screen, SettingsScreen)
        await pilot.press("enter", "down", "enter", "enter")
        assert app.theme == "mmtui-light"
        await pilot.press("escape")
    kept = app_in(tmp_path)
    assert (kept.theme, kept.settings.speed) == ("mmtui-light", 4.0)


@pytest.mark.slow
async def test_remapped_key_works_on_the_floor_and_is_kept(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("o", "end", "enter")
        assert isinstance(app.screen, KeymapScreen)
        assert app.screen.query_one(OptionList).highlighted == 0
        await pilot.press("enter")
        assert isinstance(app.screen, KeyScreen)
        await pilot.press("s")
        refusal = str(app.screen.query_one("#refusal").render())
        assert "The key s is taken already" in refusal
        await pilot.press("n")
        assert isinstance(app.screen, KeymapScreen)
    app = app_in(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        app.play(app.engine.level("volatility-spike"), 7)
        await pilot.pause()
        session = session_of(app)
        before = len(session.commands)
        await pilot.press("n", "b", "c")
        assert [type(command) for _, command in session.commands[before:]] == [Quote, Cancel]


async def test_damaged_settings_are_told_on_the_home_screen(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    app = app_in(tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        assert ["damaged" in toast.message for toast in app._notifications] == [True]


@pytest.mark.slow
async def test_palette_runs_an_action_of_the_floor() -> None:
    app = app_in(None)
    async with app.run_test(size=(120, 40)) as pilot:
        app.play(app.engine.level("volatility-spike"), 7)
        await pilot.pause()
        session = session_of(app)
        before = len(session.commands)
        await pilot.press("ctrl+p")
        await pilot.press(*"cancel all")
        while not app.screen.query_one(CommandList).option_count:
            await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert [command for _, command in session.commands[before:]] == [Cancel()]


@pytest.mark.slow
async def test_palette_reaches_every_level_theme_and_setting_by_a_short_name() -> None:
    app = app_in(None)
    async with app.run_test(size=(120, 40)) as pilot:
        app.play(app.engine.level("volatility-spike"), 7)
        await pilot.pause()
        floor = app.screen
        commands = {command.title: command for command in app.get_system_commands(floor)}
        assert len(commands) == len(list(app.get_system_commands(floor)))
        assert all(len(title) <= 32 for title in commands)
        assert {"cancel all", "join bid", "flatten", "settings", "level first quotes"} <= set(commands)
        for choice in CHOICES:
            assert {f"{choice.title}: {choice.shown(value)}".lower() for value in choice.values} <= set(commands)
        commands["colours: light"].callback()
        assert app.theme == "mmtui-light"
        commands["keyboard: azerty"].callback()
        assert app.settings.keys["floor.size-2"] == "é,2"
        # The session that was played is kept, and nothing of it stays on the stack.
        commands["level first quotes"].callback()
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        assert floor not in app.screen_stack


def session_of(app: MmtuiApp) -> Session:
    assert isinstance(app.screen, FloorScreen)
    return app.screen.seat.session

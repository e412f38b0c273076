"""Storms of keys, clicks and new sizes on the floor: nothing breaks, and the journal gives the session again."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.events import Key
from textual.geometry import Size
from textual.pilot import Pilot

from mmtui.session.journal import read_journal
from mmtui.tui.actions import ACTIONS
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.screens.floor import FloorScreen
from tests.tui.small import HandDriver, SmallEngine

pytestmark = pytest.mark.slow

#: Keys that end the app are left out; everything else of every screen is in, and what dialogs and forms take.
KEYS = [
    key
    for action in ACTIONS.values()
    if action.action != "quit"
    for key in action.key.split(",")
    if key not in ("ctrl+c", "ctrl+q", "q") or action.screen == "floor"
] + ["enter", "escape", "tab", "up", "down", "left", "right", "backspace", "9", "x"]
SIZES = [(120, 40), (80, 24), (60, 20), (59, 19), (200, 60), (100, 30)]


def hurry(pilot: Pilot[None], keys: Iterable[str]) -> None:
    """Press keys faster than the app takes them."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize("before", [[], ["down"], ["l"]])
async def test_a_choice_that_is_made_twice_at_once_is_made_once(before: list[str]) -> None:
    app = MmtuiApp(SmallEngine())
    async with app.run_test() as pilot:
        await pilot.press(*before)
        depth = len(app.screen_stack)
        hurry(pilot, ["enter", "enter"])
        await pilot.pause()
        assert len(app.screen_stack) == depth + 1


async def _storm(pilot: Pilot[None], dice: random.Random) -> None:
    app = pilot.app
    match dice.choices(["key", "burst", "mouse", "time", "size"], [6, 2, 4, 3, 1])[0]:
        case "key":
            await pilot.press(dice.choice(KEYS))
        case "burst":
            # A key that is held, or several before the first has done anything.
            keys = [dice.choice(KEYS)] * 3 if dice.random() < 0.5 else dice.choices(KEYS, k=4)
            hurry(pilot, keys)
            await pilot.pause()
        case "mouse":
            width, height = app.size
            at = (dice.randrange(width), dice.randrange(height))
            await pilot.click(offset=at, button=dice.choice([1, 1, 2, 3]), times=dice.choice([1, 1, 2]))
        case "time":
            if isinstance(app.screen, FloorScreen) and isinstance(app.screen.driver, HandDriver):
                app.screen.driver.step(dice.choice([0.02, 0.3, 1.0, 5.0]))
        case "size":
            size = Size(*dice.choice(SIZES))
            await pilot.resize_terminal(*size)


@pytest.mark.parametrize("seed", range(2))
async def test_storms_break_nothing(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    app = MmtuiApp(Engine(tmp_path), ("skew", seed, None, 1.0), HandDriver, new_seed=lambda: 5)
    # The storm takes time of its own, and may go to any screen and play any level from there.
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        for _ in range(100):
            await _storm(pilot, dice)
            if not app.is_running:
                # Home's last entry, chosen.
                break
        assert not app.return_code
    _check_journals(tmp_path)


def _check_journals(folder: Path) -> None:
    """Each gives one session, and the one that was played if that came to its end."""
    journals = [read_journal(path) for path in folder.glob("*.jsonl")]
    assert any(journal.entries for journal in journals)
    for journal in journals:
        digests = {journal.script.played().digest for _ in range(2)}
        if journal.end is not None:
            digests.add(journal.end.digest)
        assert len(digests) == 1

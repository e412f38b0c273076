"""Makes the pictures of this folder from the real app: ``python -m assets.make`` in the repository's root.

Level, seed, size, theme and keys are fixed, so the same code makes the same pictures.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from assets.film import film
from mmtui.tui.app import MmtuiApp
from mmtui.tui.driver import Driver
from mmtui.tui.engine import Engine
from mmtui.tui.screens import home
from mmtui.tui.screens.floor import FloorScreen

FOLDER = Path(__file__).parent
SIZE = (120, 40)
LEVEL, SEED = "skew", 8
SMALL = (80, 24)
FILM_LEVEL = "first-quotes"
#: What is pressed before each frame.
FILM_KEYS = (("q", "w"), (), (), ("semicolon",), (), ("full_stop",), (), ("comma",), (), ("a",), (), ())


class _ByHand(Driver):
    """Leaves the clock to this script."""

    def start(self, screen: Any, paint: Callable[[], None], runs: Callable[[], bool]) -> None:
        self.paint = paint

    def step(self, seconds: float) -> None:
        """Play some of the level."""
        for _ in range(round(seconds * 4)):
            self.advance(0.25)
            self.paint()


def _screen(app: MmtuiApp) -> str:
    """The screen as an SVG, whose classes Rich would number by its whole content."""
    return re.sub(r"terminal-\d+-", "mmtui-", app.export_screenshot(title="mmtui"))


def _save(app: MmtuiApp, name: str) -> None:
    (FOLDER / f"{name}.svg").write_text(_screen(app), "utf-8")


async def _press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def make() -> None:
    """Play a little and take the pictures."""
    app = MmtuiApp(Engine(), driver=_ByHand, new_seed=lambda: SEED)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        _save(app, "home")
        app.play(app.engine.level(LEVEL), SEED)
        await pilot.pause()
        floor, driver = app.screen, app.screen.driver  # type: ignore[attr-defined]
        assert isinstance(floor, FloorScreen)
        assert isinstance(driver, _ByHand)
        await _press(pilot, "a")
        driver.step(165.0)
        # Taken back, the strategy's orders go on working as the player's own.
        await _press(pilot, "a", "3")
        driver.step(2.0)
        await _press(pilot, "space")
        _save(app, "floor")
        await _press(pilot, "a")
        driver.step(300.0)
        await pilot.pause()
        await _press(pilot, "d")
        await app.workers.wait_for_complete()
        await pilot.pause()
        _save(app, "debrief")
        # The worst fill, and who was on its other side.
        await _press(pilot, "w")
        await app.workers.wait_for_complete()
        await _press(pilot, "w", "v")
        await _press(pilot, "space")
        _save(app, "replay")


async def make_film() -> None:
    """A quarter of a minute of quoting by hand, in a small terminal."""
    app = MmtuiApp(Engine(), (FILM_LEVEL, SEED, None, 1.0), _ByHand, lambda: SEED)
    app.animation_level = "none"
    frames = []
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        driver = app.screen.driver  # type: ignore[attr-defined]
        assert isinstance(driver, _ByHand)
        driver.step(20.0)
        await _press(pilot, "space", "3")
        for keys in FILM_KEYS:
            await _press(pilot, *keys)
            driver.step(0.75)
            await pilot.pause()
            frames.append(_screen(app))
    (FOLDER / "film.svg").write_text(film(frames, 0.75 * len(frames)), "utf-8")


def main() -> None:
    """Make every picture."""
    os.environ.pop("NO_COLOR", None)
    # A commit's own would be another each time.
    home.program_version = lambda: "0.1.0"  # type: ignore[assignment,attr-defined]
    asyncio.run(make())
    asyncio.run(make_film())
    for path in sorted(FOLDER.glob("*.svg")):
        print(path.relative_to(FOLDER.parent))


if __name__ == "__main__":
    main()

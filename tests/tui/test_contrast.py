"""Every text on every screen, in every theme, measured: 4.5:1 against its ground."""

from __future__ import annotations

import pytest
from rich.color import Color as RichColor
from textual.color import Color

from mmtui.tui.app import MmtuiApp
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.theme import THEMES
from tests.tui import small
from tests.tui.small import HandDriver, SmallEngine, past_ending

pytestmark = pytest.mark.slow

LEAST = 4.5
#: Lines and bars are not read.
DRAWING = set(" ▏▎▍▌▋▊▉█▁▂▃▄▅▆▇▀━─│┊╎┄▐▔▕") | {chr(0x2800 + bits) for bits in range(256)}


def channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def luminance(color: RichColor) -> float:
    red, green, blue = color.get_truecolor()
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)


def contrast(ink: RichColor, ground: RichColor) -> float:
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def unreadable(app: MmtuiApp) -> list[tuple[str, str, str, float]]:
    """Texts of the screen under the least contrast, with their colours."""
    found = []
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style is None or set(text) <= DRAWING or style.color is None or style.bgcolor is None:
                continue
            ratio = contrast(style.color, style.bgcolor)
            if ratio < LEAST:
                found.append((text, style.color.name, style.bgcolor.name, round(ratio, 2)))
    return found


def test_measure_knows_black_and_white() -> None:
    assert contrast(Color.parse("#000").rich_color, Color.parse("#fff").rich_color) == pytest.approx(21.0)
    assert contrast(Color.parse("#777").rich_color, Color.parse("#fff").rich_color) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_text_is_readable(theme: str) -> None:
    app = MmtuiApp(SmallEngine(small.trading), driver=HandDriver, new_seed=lambda: 4711)
    app.theme = theme
    for record in small.CAREER:
        app.career.record(record)
    app.progress = app.career.progress
    bad: dict[str, list[tuple[str, str, str, float]]] = {}
    async with app.run_test(size=(120, 40)) as pilot:

        async def look(name: str, *keys: str) -> None:
            await pilot.press(*keys)
            await pilot.pause()
            await pilot.pause()
            if wrong := unreadable(app):
                bad[name] = wrong

        await look("home")
        await look("levels", "down", "enter")
        await look("briefing", "down", "enter")
        await look("floor", "enter")
        await look("paused", "p", "up", "3")
        await look("away", *("pageup",) * 5)
        assert isinstance(app.screen, FloorScreen)
        assert isinstance(app.screen.driver, HandDriver)
        await look("auto", "p", "a")
        app.screen.driver.step(1)
        await look("auto, working")
        app.screen.driver.step(60)
        await look("end")
        await past_ending(pilot)
        await look("debrief")
        await app.workers.wait_for_complete()
        for page in "123456":
            await look(f"debrief {page}", page)
        await look("replay", "w")
        await app.workers.wait_for_complete()
        await look("worst, revealed", "w", "v")
        await pilot.press("t")
        await app.workers.wait_for_complete()
        await look("taken over")
        app.show_scores()
        await look("scores")
        app.show_replays()
        await look("replays")
    assert bad == {}

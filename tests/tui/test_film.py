"""The picture that moves is made of the screens, line by line."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from assets.film import film
from mmtui.tui.app import MmtuiApp
from tests.tui import small
from tests.tui.small import HandDriver, SmallEngine

pytestmark = pytest.mark.slow

_SVG = "{http://www.w3.org/2000/svg}"


async def test_lines_that_stay_are_in_a_film_once_and_others_are_shown_in_turn() -> None:
    app = MmtuiApp(SmallEngine(small.trading), ("volatility-spike", 7, None, 1.0), HandDriver)
    frames = []
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in ("3", "4", "3"):
            await pilot.press(key)
            await pilot.pause()
            frames.append(re.sub(r"terminal-\d+-", "mmtui-", app.export_screenshot()))
    made = film(frames, 6.0)
    groups = [group for group in ET.fromstring(made).iter(f"{_SVG}g") if "[" in "".join(group.itertext())]
    shown = [group for group in groups if group.find(f"{_SVG}animate") is not None]
    # Only the line with the sizes changes: [5], then [10], then [5] again.
    times = [group.find(f"{_SVG}animate").attrib for group in shown]  # type: ignore[union-attr]
    assert [entry["keyTimes"] for entry in times] == ["0;0.3333", "0;0.3333;0.6667", "0;0.6667"]
    assert [entry["values"] for entry in times] == ["visible;hidden", "hidden;visible;hidden", "hidden;visible"]
    assert [group.get("visibility") for group in shown] == ["visible", "hidden", "hidden"]
    assert made.count("<animate ") == 3
    assert len(made) < 1.3 * len(frames[0])

"""The help: keys first, then the pages of the documentation, laid out beside the screen's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Static

from mmtui import docs
from mmtui.docs.terms import explain, marks
from mmtui.level.level import level_ids, load_level
from mmtui.tui import markdown
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.screens.briefing import new_rows
from mmtui.tui.screens.help import HelpScreen
from mmtui.tui.screens.room_floor import RoomFloorScreen
from mmtui.tui.theme import THEMES
from mmtui.tui.widgets.desk import desk_rows
from mmtui.tui.widgets.line_view import LineView
from mmtui.tui.widgets.page import PageView
from mmtui.tui.widgets.signal_strip import ITEMS
from mmtui.tui.widgets.signals import signal_rows
from tests.tui.small import INSTRUMENT, HandDriver, SmallEngine, trading
from tests.tui.test_contrast import unreadable

SAMPLE = """# A page

Some text with `code`, **bold** and a link to [the glossary](glossary.md#signals), then [on this page](#a-table).

```sh
mmtui docs glossary
```

## A table

| mark | means |
|---|---|
| `◆` | a reservation price |

1. first
2. second

### Too many columns

| a | b | c | d | e | f | g | h | i | j | k | l |
|---|---|---|---|---|---|---|---|---|---|---|---|
| 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 |
"""


@pytest.fixture
def home(tmp_path: Path) -> MmtuiApp:
    app = MmtuiApp(Engine(tmp_path / "journals", tmp_path / "levels"), today=lambda: date(2026, 11, 24))
    app.animation_level = "none"
    return app


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are two pages, and each is the sample."""
    monkeypatch.setattr(docs, "TOPICS", {"start": "a page", "glossary": "another"})
    monkeypatch.setattr(docs, "page", lambda _topic: SAMPLE)


async def press(app: MmtuiApp, pilot: Pilot[None], *keys: str) -> HelpScreen:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
    return cast("HelpScreen", app.screen)


def lines_of(app: MmtuiApp) -> list[str]:
    return ["".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()]


def row_of(app: MmtuiApp, text: str) -> int:
    """The row of the page's line that is this text."""
    top = app.screen.query_one(PageView).region.y
    return next(y for y, line in enumerate(lines_of(app)) if line.strip(" ▁▂▃▄▅▆▇█") == text) - top


async def test_keys_come_first_and_no_page_is_read_for_them(home: MmtuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(topic: str) -> str:
        raise AssertionError(f"{topic} was read")

    monkeypatch.setattr(docs, "page", nothing)
    async with home.run_test(size=(80, 24)) as pilot:
        await press(home, pilot, "f1")
        assert any("HOME" in line for line in lines_of(home))
        assert "Esc back" in "".join(lines_of(home))


@pytest.mark.slow
async def test_pages_are_laid_out_in_a_thread(home: MmtuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = []
    really = markdown.page_lines

    def noticed(*args: object) -> object:
        laid_out.append(threading.current_thread())
        return really(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(markdown, "page_lines", noticed)
    async with home.run_test(size=(80, 24)) as pilot:
        screen = await press(home, pilot, "f1", *["right"] * len(docs.TOPICS))
        assert screen.query_one(PageView).topic == "changelog"
        assert len(laid_out) >= len(docs.TOPICS)
        assert threading.main_thread() not in laid_out
        await press(home, pilot, "right")
        assert screen.query_one(PageView).topic == ""
        await press(home, pilot, "left", "left")
        assert screen.query_one(PageView).topic == "design"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "topic", "heading"),
    [("g", "glossary", "Glossary"), ("l", "floor", "Marks"), ("n", "changelog", "What is new")],
)
async def test_glossary_marks_and_news_have_a_key(home: MmtuiApp, key: str, topic: str, heading: str) -> None:
    async with home.run_test(size=(80, 24)) as pilot:
        screen = await press(home, pilot, "f1", key)
        assert screen.query_one(PageView).topic == topic
        assert row_of(home, heading) == 0
        await press(home, pilot, "pagedown")
        assert heading not in [line.strip() for line in lines_of(home)]
        await press(home, pilot, "k")
        assert any("HOME" in line for line in lines_of(home))
        await press(home, pilot, "escape")
        assert not isinstance(home.screen, HelpScreen)


async def test_links_lead_to_pages_and_headings(home: MmtuiApp) -> None:
    async with home.run_test(size=(80, 24)) as pilot:
        screen = await press(home, pilot, "f1", "right")
        page = screen.query_one(PageView)
        assert page.topic == "start"
        y, line = next((y, line) for y, line in enumerate(lines_of(home)) if "keys" in line)
        await pilot.click(offset=(line.index("levels"), y))
        await home.workers.wait_for_complete()
        assert page.topic == "levels"
        screen.action_follow("glossary.md#signals")
        await home.workers.wait_for_complete()
        await pilot.pause()
        assert (page.topic, row_of(home, "Signals")) == ("glossary", 0)
        screen.action_follow("#who-trades")
        await home.workers.wait_for_complete()
        await pilot.pause()
        assert (page.topic, row_of(home, "Who trades")) == ("glossary", 0)


@pytest.mark.usefixtures("sample")
async def test_a_link_in_a_page_is_followed(home: MmtuiApp) -> None:
    async with home.run_test(size=(80, 24)) as pilot:
        screen = await press(home, pilot, "f1", "right")
        y, line = next((y, line) for y, line in enumerate(lines_of(home)) if "the glossary" in line)
        await pilot.click(offset=(line.index("the glossary") + 2, y))
        await home.workers.wait_for_complete()
        assert screen.query_one(PageView).topic == "glossary"


@pytest.mark.parametrize("topic", docs.TOPICS)
@pytest.mark.parametrize("width", [50, 80])
def test_every_page_fits_its_width(topic: str, width: int) -> None:
    lines = markdown.page_lines(docs.page(topic), width, {}, Style(color="white", bgcolor="black"), "screen.follow")
    assert {sum(segment.cell_length for segment in line) for line in lines} == {width}
    assert "<!--" not in "".join(segment.text for line in lines for segment in line)


@pytest.mark.slow
@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_pages_are_readable_in_each_theme(home: MmtuiApp, theme: str) -> None:
    async with home.run_test(size=(80, 60)) as pilot:
        await press(home, pilot, "f1", "right")
        home.theme = theme
        await home.workers.wait_for_complete()
        await pilot.pause()
        assert any("reservation" in line for line in lines_of(home))
        assert unreadable(home) == []


@pytest.mark.slow
@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
async def test_page(home: MmtuiApp, size: tuple[int, int], picture: Callable[[MmtuiApp], bool]) -> None:
    async with home.run_test(size=size) as pilot:
        await press(home, pilot, "f1", "right")
        assert picture(home)


async def test_a_word_is_found_as_it_is_typed_and_escape_leads_back(home: MmtuiApp) -> None:
    async with home.run_test(size=(80, 24)) as pilot:
        screen = await press(home, pilot, "f1", "slash")
        found = screen.query_one("#help-found", Static)
        await press(home, pilot, *"markout")
        assert str(found.render()).startswith("Markout  how far the ")
        await press(home, pilot, *"zz")
        assert "No word" in str(found.render())
        await press(home, pilot, "escape")
        assert home.screen is screen
        assert any("HOME" in line for line in lines_of(home))
        await press(home, pilot, "escape")
        assert home.screen is not screen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("panel", "word", "says"),
    [
        ("signals", "hurst", "Hurst exponent: how a price's moves go on"),
        ("desk", "realised", "Realised: what closed trades made"),
        ("desk", "MARKOUT", "Markout: how far"),
        ("score", "inventory", "Inventory: the position, seen as a risk"),
        ("ladder", "Bought", "Bought: lots that takers bought here"),
        ("ladder", "◆", "◆  a strategy's reservation price"),
        ("ladder", "q4", "5 q12  your order of 5 lots"),
    ],
)
async def test_help_explains_the_word_or_mark_under_the_pointer(panel: str, word: str, says: str) -> None:
    app = MmtuiApp(SmallEngine(trading), ("volatility-spike", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        widget = app.screen.query_one(f"#{panel}", LineView)
        lines = [widget.render_line(y).text for y in range(widget.size.height)]
        y = next(y for y, line in enumerate(lines) if word in line)
        await pilot.hover(f"#{panel}", offset=(lines[y].index(word), y))
        hint = "" if panel == "ladder" and y else says
        assert (str(widget.tooltip) if widget.tooltip else "").startswith(hint)
        await press(app, pilot, "question_mark")
        assert str(app.screen.query_one("#help-word", Static).render()).startswith(says)


@pytest.mark.slow
async def test_help_says_that_the_clock_stands_where_it_does() -> None:
    app = MmtuiApp(SmallEngine(trading), ("volatility-spike", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await press(app, pilot, "question_mark")
        assert any("The clock stands still." in line for line in lines_of(app))
    app = MmtuiApp(SmallEngine(), driver=HandDriver)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await press(app, pilot, "question_mark")
        assert not any("The clock" in line for line in lines_of(app))
    assert not RoomFloorScreen.STANDS


@pytest.mark.parametrize("width", [60, 72, 98])
@pytest.mark.parametrize("level_id", level_ids())
def test_what_is_new_in_a_level_fits_beside_its_indent(level_id: str, width: int) -> None:
    rows = ["".join(text for text, _ in row) for row in new_rows(load_level(level_id), (), width)]
    assert all(len(row) <= width for row in rows)


def test_every_label_of_the_panels_is_explained() -> None:
    view = trading().view()
    widths = {"desk": desk_rows(view, INSTRUMENT, 40, 40), "signals": signal_rows(view, INSTRUMENT, 40, 10)}
    labels = {row[0][0].strip() for rows in widths.values() for row in rows[1:] if row and row[0][1] == "muted"}
    assert labels
    # A fill begins with its arrow, a markout with its unit.
    unknown = {label for label in labels if label.isalpha() and not explain(label)}
    assert unknown <= {"ticks"}
    assert all(explain(item.label) for item in ITEMS)


def test_every_mark_of_the_screens_is_in_the_legend() -> None:
    assert set("q…×┄‹›▲▼◂◆◇═HLΔ┊★☆") <= set(marks())

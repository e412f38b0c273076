"""Scores, replays, levels that are locked, and going on with what broke off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from mmtui.career.career import Record, summary
from mmtui.lab.runs.batch import simulate
from mmtui.session.journal import read_journal
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.screens.replay import ReplayScreen
from mmtui.tui.screens.scores import group_row, history_rows
from tests.tui import small
from tests.tui.small import HandDriver, SmallEngine, past_ending
from tests.tui.test_strangers import text_of

pytestmark = pytest.mark.slow


def career(journals: Path) -> MmtuiApp:
    app = MmtuiApp(SmallEngine(journals=journals), driver=HandDriver, new_seed=lambda: 4711)
    for record in small.CAREER:
        app.career.record(record)
    app.progress = app.career.progress
    return app


def test_scores_tell_best_mean_and_how_often() -> None:
    group = next(g for g in summary(small.CAREER) if g["level"] == "first-quotes" and g["strategy"] is None)
    text = "".join(part for part, _ in group_row(group, {"first-quotes": "First quotes"}, 80))
    assert text.startswith("First quotes  by hand")
    mean = (38.2 + 55.0 + 71.4 + 64.9 + 73.3) / 5
    assert text.split()[-5:] == ["73.3", "★★☆", f"{mean:.1f}", "5", "2026-11-24"]


def test_history_has_a_column_a_session_with_a_star_or_without() -> None:
    records = [record for record in small.CAREER if record.level == "first-quotes"]
    rows = history_rows(records, 80, 12)
    base = rows[-1]
    starred = sum(len(text) for text, style in base if "bought-bar" in style)
    starless = sum(len(text) for text, style in base if "sold-bar" in style)
    # Two cells a session at this width; one of the six has no star.
    assert (starred, starless) == (10, 2)


async def test_session_is_chosen_and_seen_again_and_one_that_is_gone_is_told(tmp_path: Path) -> None:
    simulate(small.LEVEL, "skew", 1, journal=tmp_path / "mine-107-1.jsonl")
    app = career(tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.show_replays()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "gone.jsonl" in "".join(toast.message for toast in app._notifications)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ReplayScreen)


async def test_level_behind_one_without_a_star_is_unranked() -> None:
    app = MmtuiApp(SmallEngine(), driver=HandDriver, new_seed=lambda: 4711)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.show_levels()
        await pilot.pause()
        told = app.screen.query_one("#lesson", Static)
        assert "unranked" not in str(told.render())
        await pilot.press("down")
        await pilot.pause()
        way = "A star on First quotes opens it. Enter plays it unranked before that."
        assert way in " ".join(str(told.render()).split())
        await pilot.press("enter")
        await pilot.pause()
        # It can be tried, and what is made there does not count.
        assert isinstance(app.screen, BriefingScreen)
        assert not app.screen.card.counts
        assert "Unranked: a star on First quotes opens it" in str(app.screen.query_one("#heading", Static).render())
        app.pop_screen()
        app.progress = app.progress.with_score("first-quotes", 55.0, 1)
        app.pop_screen()
        app.show_levels()
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        assert app.screen.card.counts
        assert not app.screen.card.note


async def test_session_without_a_journal_cannot_be_kept_for_later_which_is_said(tmp_path: Path) -> None:
    (tmp_path / "journals").write_text("a file where the folder should be")
    app = MmtuiApp(Engine(tmp_path / "journals"), ("first-quotes", 7, "skew", 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("escape", "k")
        await pilot.pause()
        assert "nothing goes on from here" in "".join(toast.message for toast in app._notifications)


async def test_session_kept_for_later_is_gone_on_with_from_home_and_ends_with_its_journal(tmp_path: Path) -> None:
    app = MmtuiApp(Engine(tmp_path), ("first-quotes", 7, "skew", 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert isinstance(app.screen.driver, HandDriver)
        app.screen.driver.step(60.0)
        await pilot.press("escape", "k")
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert app.screen.query_one(OptionList).get_option_at_index(0).id == "go-on"
        await pilot.press("home", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        assert floor.driver.paused
        assert floor.seat.now_ns == 60_000_000_000
        floor.driver.step(600.0)
        digest = (await past_ending(pilot)).played.result.digest
    journal = read_journal(tmp_path / "first-quotes-7-1.jsonl")
    assert journal.end is not None
    assert journal.end.digest == digest == journal.script.played().digest


async def test_taking_over_leaves_a_journal_that_names_its_parent(tmp_path: Path) -> None:
    app = MmtuiApp(Engine(tmp_path), ("first-quotes", 7, "skew", 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert isinstance(app.screen.driver, HandDriver)
        app.screen.driver.step(600.0)
        await past_ending(pilot)
        await pilot.press("w")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.press("shift+right", "shift+right", "t")
        await app.workers.wait_for_complete()
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert floor.seat.now_ns == 20_000_000_000
        await pilot.press("a", "grave_accent")
    parent, child = (read_journal(tmp_path / f"first-quotes-7-{number}.jsonl") for number in (1, 2))
    assert parent.end is not None
    assert child.parent is not None
    assert (child.parent.name, child.parent.digest) == ("first-quotes-7-1.jsonl", parent.end.digest)
    assert child.parent.at_ns == 20_000_000_000


async def played_out(app: MmtuiApp, pilot: Pilot[None], speed: float = 1.0) -> Record:
    """What is kept of the session on the screen, played to its end."""
    await pilot.pause()
    floor = app.screen
    assert isinstance(floor, FloorScreen)
    assert isinstance(floor.driver, HandDriver)
    floor.driver.speed, floor.driver.paused = speed, False
    floor.driver.step(600.0 / speed)
    await past_ending(pilot)
    return app.career.sessions()[-1]


async def test_what_was_known_before_is_marked_and_earns_no_stars(tmp_path: Path) -> None:
    """A second try at the seed, what is taken over from a replay, a changed level; slower counts."""
    app = MmtuiApp(SmallEngine(journals=tmp_path), driver=HandDriver, new_seed=lambda: 4711)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        card = app.engine.level("first-quotes")
        app.play(card, 31)
        first = await played_out(app, pilot)
        assert (first.marks, first.counts) == ("", True)
        await pilot.press("r")
        again = await played_out(app, pilot)
        assert (again.marks, again.stars, again.counts) == ("again", 0, False)
        assert "no stars: a further try at the seed" in text_of(app)
        app.play(card, 32)
        slow = await played_out(app, pilot, speed=0.5)
        assert (slow.marks, slow.counts) == ("slow", True)
        await pilot.press("w")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("shift+right", "t")
        await app.workers.wait_for_complete()
        taken = await played_out(app, pilot)
        assert (taken.marks, taken.counts) == ("replay", False)
        app.play(app.engine.level("first-quotes", {"score.point": "0.01"}), 33)
        changed = await played_out(app, pilot)
        assert (changed.marks, changed.stars) == ("set", 0)
        # Left before its end, it is not scored; its market is known all the same.
        app.play(card, 34)
        await pilot.pause()
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert len(app.career.sessions()) == 5
        app.play(card, 34)
        assert (await played_out(app, pilot)).marks == "again"


async def test_a_daily_that_is_left_counts(tmp_path: Path) -> None:
    app = MmtuiApp(SmallEngine(journals=tmp_path), driver=HandDriver, today=lambda: date(2026, 11, 24))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.show_daily()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        floor.driver.step(10.0)
        await pilot.press("escape")
        await pilot.pause()
        await pilot.pause()
        assert "A daily counts: its rest is absence." in str(app.screen.query_one("#card Static", Static).render())
        await pilot.press("enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await past_ending(pilot)
        (left,) = app.career.sessions()
        assert (left.ended, left.daily, left.stars) == ("left", "2026-11-24", 0)
        assert app.career.daily(date(2026, 11, 24)) == left
        # The next try is one at a known market, and leaving it is nobody's business.
        await pilot.press("r")
        await pilot.pause()
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert app.career.sessions() == [left]

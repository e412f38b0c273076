"""The end of a level: its stars, who earned them, what they open, and the fold on the way there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from textual.pilot import Pilot

from mmtui.career.career import Best, Progress, Record
from mmtui.observe.leads import LeadChange, Leads
from mmtui.session.hand_shares import FOLDED, HandShares
from mmtui.session.replay import Script
from mmtui.session.result import Opposition
from mmtui.tui.app import MmtuiApp
from mmtui.tui.driver import FOLDING
from mmtui.tui.format import width_of
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.debrief import DebriefScreen
from mmtui.tui.screens.ending import Ending, EndingScreen, ending_rows
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.widgets.debrief_tables import Played, sum_rows, verdict_rows
from mmtui.tui.widgets.tape import tape_rows
from mmtui.units import NS_PER_S
from tests.tui import small
from tests.tui.small import HandDriver, SmallEngine

pytestmark = pytest.mark.slow

SEAT = small.finished()
SCRIPT = Script.of(SEAT.session)
BY_HAND, BY_BOTH, BY_STRATEGY = HandShares(1.0, 1.0), HandShares(0.5, 0.6), HandShares(0.0, 0.0)


def played(score: float, shares: HandShares = BY_HAND, opponent: Opposition | None = None) -> Played:
    stars = sum(score >= least for least in (50, 70, 85))
    result = msgspec.structs.replace(SEAT.result(), score=score, stars=stars, opponent=opponent)
    record = Record.of(result, datetime(2026, 11, 24, tzinfo=UTC), shares=shares, strategy="skew")
    card = SmallEngine().level("volatility-spike")
    return Played(card, 7, None, result, SCRIPT, shares=shares, record=record)


def text(ending: Ending, lit: int = 3) -> str:
    return "\n".join("".join(part for part, _ in row).rstrip() for row in ending_rows(ending, lit))


def test_best_so_far_and_what_is_missing_to_the_next_star_are_said() -> None:
    assert "Your first score here   8.0 more for the next star" in text(Ending(played(62.0)))
    assert "A new best; before it 51.0 ★☆☆   8.0 more for the next star" in text(Ending(played(62.0), Best(51.0, 1)))
    assert "Your best is 71.0 ★★☆   14.0 more for the next star" in text(Ending(played(62.0), Best(71.0, 2)))
    assert "every star there is" in text(Ending(played(92.0)))


def test_stars_are_by_hand_a_strategy_alone_has_a_badge_and_both_have_neither() -> None:
    assert "★    ★    ☆" in text(Ending(played(72.0)))
    alone = text(Ending(played(72.0, BY_STRATEGY)))
    assert "✦    ✦    ✧" in alone
    assert "Strategies alone earn a badge" in " ".join(alone.split())
    both = text(Ending(played(72.0, BY_BOTH)))
    assert "☆    ☆    ☆" in both
    assert "this was quoted by hand 50% of the time and 60% of the" in " ".join(both.split())
    unranked = text(Ending(replace(played(72.0), record=None, card=replace(played(72.0).card, note="Unranked: try."))))
    assert "Unranked: try." in unranked


def test_the_unlock_is_named_once_the_stars_are_lit() -> None:
    ending = Ending(played(72.0), opened=SmallEngine().level("first-quotes"))
    assert "UNLOCKED" not in text(ending, 1)
    assert "UNLOCKED  1  First quotes" in text(ending, 2)
    assert "Enter plays it" in text(ending)
    assert "THE WHOLE CAMPAIGN IS YOURS" in text(replace(ending, crowned="39 of 39 stars in 60 sessions."))


@pytest.mark.parametrize("shares", [BY_HAND, BY_STRATEGY, BY_BOTH])
def test_every_line_fits_into_the_panel_of_the_least_terminal(shares: HandShares) -> None:
    ending = Ending(played(72.0, shares), opened=SmallEngine().level("first-quotes"))
    rows = ending_rows(ending, 3, 54)
    assert max(width_of(row) for row in rows) <= 54
    assert not any("…" in text for row in rows for text, _ in row)


def test_a_duel_is_won_or_lost() -> None:
    opponent = Opposition("touch", 70.0, 2, {}, 0.0, 0, 3)
    assert "WON  72.0 against 70.0 by touch" in text(Ending(played(72.0, opponent=opponent)))
    assert "LOST  62.0 against 70.0 by touch" in text(Ending(played(62.0, opponent=opponent)))


def test_the_score_s_arithmetic_is_three_lines_that_add_up() -> None:
    factors, total, lost = ("".join(part for part, _ in row) for row in sum_rows(played(SEAT.result().score), 100))
    products, _, score = total.partition(" = ")
    assert sum(float(number) for number in products.split(" + ")) == pytest.approx(float(score), abs=0.2)
    assert factors.count("×") == 4
    assert lost.startswith("most is missing in inventory")


def test_a_markout_that_is_missing_is_told_in_words() -> None:
    result = SEAT.result()
    markout, parts = dict.fromkeys(result.markout), {"markout": 0.0, "pnl": 100.0}
    early = replace(played(5.0), result=msgspec.structs.replace(result, markout=markout, parts=parts))
    assert "no fill is 10 s old" in "".join(part for row in sum_rows(early, 100) for part, _ in row)


def test_a_good_markout_that_counts_little_says_that_little_was_traded() -> None:
    parts = {"markout": 5.0, "pnl": 100.0}
    result = msgspec.structs.replace(SEAT.result(), parts=parts, trade=0.05)
    lost = sum_rows(replace(played(5.0), result=result), 100)[-1]
    assert "".join(part for part, _ in lost).endswith("ticks at 10 s, traded 5% of what it takes")


def test_a_try_that_is_not_ranked_counts_no_points_to_a_star() -> None:
    ranked = replace(played(72.0).card, counts=True)
    unranked = replace(ranked, counts=False, note="Unranked: a star on Skew opens it, and then it counts.")
    told = [
        "".join(text for row in verdict_rows(replace(played(72.0), card=card, record=None)) for text, _ in row)
        for card in (ranked, unranked)
    ]
    assert ["more for the next star" in text for text in told] == [True, False]
    assert "unranked: its stars are kept nowhere" in told[1]


@asynccontextmanager
async def ended(*, still: bool) -> AsyncIterator[tuple[MmtuiApp, Pilot[None]]]:
    """A level that a strategy played to the second star; the first level's star is what opens it."""
    app = MmtuiApp(SmallEngine(small.quiet), ("volatility-spike", 7, None, 1.0), HandDriver, lambda: 4711)
    app.prefer(still=still)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        card = replace(app.engine.level("first-quotes"), counts=True)
        app.finish(replace(played(72.0), card=card))
        await app.workers.wait_for_complete()
        await pilot.pause()
        yield app, pilot


async def test_reduced_motion_lights_all_stars_at_once() -> None:
    async with ended(still=True) as (app, _):
        assert isinstance(app.screen, EndingScreen)
        assert app.screen.lit == 3


async def test_stars_light_one_by_one_and_enter_does_not_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    # No beat comes between the keys, however slow the machine is.
    monkeypatch.setattr("mmtui.tui.screens.ending._BEAT_S", 3600.0)
    async with ended(still=False) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, EndingScreen)
        before = screen.lit
        screen.light()
        assert screen.lit == before + 1
        # As if the last were still to come: a key meant for the floor does nothing yet.
        screen.lit = 2
        await pilot.press("r", "n", "w")
        assert isinstance(app.screen, EndingScreen)
        screen.lit = 2
        await pilot.press("enter")
        assert screen.lit >= 3
        assert isinstance(app.screen, EndingScreen)
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen)


async def test_enter_plays_what_was_opened() -> None:
    app = MmtuiApp(SmallEngine(), ("first-quotes", 7, None, 1.0), HandDriver, lambda: 4711)
    app.prefer(still=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        result = msgspec.structs.replace(SEAT.result(), level="first-quotes", score=72.0, stars=2)
        card = app.engine.level("first-quotes")
        app.finish(Played(card, 7, None, result, SCRIPT, shares=BY_HAND))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, EndingScreen)
        assert app.progress.best == {"first-quotes": Best(72.0, 2)}
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BriefingScreen)
        assert app.screen.card.level.id == "volatility-spike"


async def test_a_level_is_not_what_playing_it_unlocked() -> None:
    app = MmtuiApp(SmallEngine(), ("volatility-spike", 7, None, 1.0), HandDriver, lambda: 4711)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        result = msgspec.structs.replace(SEAT.result(), score=37.0, stars=0)
        app.finish(Played(app.engine.level("volatility-spike"), 7, None, result, SCRIPT, shares=BY_HAND))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, EndingScreen)
        assert app.screen.ending.opened is None


async def test_what_a_strategy_made_opens_nothing() -> None:
    app = MmtuiApp(SmallEngine(), ("first-quotes", 7, None, 1.0), HandDriver, lambda: 4711)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        result = msgspec.structs.replace(SEAT.result(), level="first-quotes", score=92.0, stars=3)
        app.finish(Played(app.engine.level("first-quotes"), 7, None, result, SCRIPT, shares=BY_STRATEGY))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.progress == Progress(last="first-quotes", taught=True)
        assert [(record.stars, record.badge) for record in app.career.sessions()] == [(0, 3)]


# Folding


async def test_quiet_time_is_folded_up_to_the_next_event_while_a_strategy_quotes() -> None:
    app = MmtuiApp(SmallEngine(small.minute), ("volatility-spike", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        driver = floor.driver
        assert isinstance(driver, HandDriver)
        await pilot.press("e")
        assert (driver.folded, driver.speed) == (True, FOLDING)
        driver.step(1.0)
        # The headline comes after 26 s, and is not missed.
        assert 26.0 <= floor.seat.now_ns / NS_PER_S <= 26.1
        assert (driver.folded, driver.speed) == (False, 1.0)
        assert "Headlines" in floor.view.notices[-1]
        driver.step(1.0)
        assert floor.seat.now_ns / NS_PER_S == pytest.approx(27.0, abs=0.1)
        # What was folded is nobody's time, but the fills in it are the strategy's.
        shares = app.engine.shares(floor.seat)
        assert shares.time == 0.0
        assert FOLDING >= FOLDED
        await pilot.press("a", "e")
        assert not driver.folded
        assert "Hand over first" in floor.message


def test_the_lead_changes_only_by_a_point_or_more_and_not_at_the_start() -> None:
    leads = Leads()
    for second, own, other in ((5, 90.0, 10.0), (20, 50.0, 50.5), (25, 52.0, 50.0), (30, 50.0, 50.9), (40, 50.0, 55.0)):
        leads.update(second * NS_PER_S, own, other)
    assert leads.changes == [LeadChange(25 * NS_PER_S, True), LeadChange(40 * NS_PER_S, False)]


def test_changes_of_the_lead_are_on_the_tape_in_their_place() -> None:
    found = small.duelled().view()
    assert found.leads
    between = found.tape[5].time_ns - 1
    view = replace(found, leads=(LeadChange(between, False),))
    rows = ["".join(part for part, _ in row) for row in tape_rows(view, small.INSTRUMENT, 40, 20)]
    place = sum(trade.time_ns >= between for trade in view.tape)
    assert "⇄ touch leads" in rows[1 + place]

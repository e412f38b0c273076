"""The debrief's pages and the replay behind them: what they lead to, and that their numbers are the debrief's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from mmtui.coach.watched import WatchedReplay
from mmtui.debrief.model import Debrief
from mmtui.debrief.tables import ranks
from mmtui.errors import UnknownStrategyError
from mmtui.session.journal import read_journal
from mmtui.session.replay import Replay, Script
from mmtui.session.score import PAR_POINTS
from mmtui.tui import format as fmt
from mmtui.tui.app import MmtuiApp
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.screens.debrief import PAGES, DebriefScreen, _lesson_options, _taught
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.replay import ReplayScreen
from mmtui.tui.widgets.debrief_charts import markout_rows, money_rows, position_rows, price_rows
from mmtui.tui.widgets.debrief_tables import Played, arithmetic_rows, cost_rows, facts_rows, group_rows, rank_rows
from mmtui.tui.widgets.line_view import TextRows
from mmtui.tui.widgets.message import MessageLine
from mmtui.tui.widgets.pixels import Pixels
from mmtui.tui.widgets.scrubber import ReplayState, Scrubber, scrubber_rows
from mmtui.units import NS_PER_S
from tests.tui.small import HandDriver, SmallEngine, finished, past_ending

pytestmark = pytest.mark.slow

SCRIPT = Script.of(finished().session)
DEBRIEF, _ = SmallEngine().explain(SCRIPT)


def event(number: int) -> int:
    """When the market's event of this number after the start is."""
    replay = Replay(SCRIPT)
    replay.seek(0)
    for _ in range(number):
        replay.step()
    return replay.now_ns


def text_of(rows: object) -> list[str]:
    return ["".join(part for part, _ in row) for row in rows]  # type: ignore[attr-defined]


@asynccontextmanager
async def debriefed(
    engine: SmallEngine | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[MmtuiApp, Pilot[None]]]:
    """An app whose level has just ended, everything explained."""
    engine = engine or SmallEngine(finished)
    app = MmtuiApp(engine, ("volatility-spike", 7, None, 1.0), HandDriver, lambda: 4711)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if isinstance(app.screen, FloorScreen):
            assert isinstance(app.screen.driver, HandDriver)
            app.screen.driver.step(60)
        await past_ending(pilot)
        await app.workers.wait_for_complete()
        await pilot.pause()
        yield app, pilot


@asynccontextmanager
async def replayed(*keys: str, engine: SmallEngine | None = None) -> AsyncIterator[tuple[ReplayScreen, Pilot[None]]]:
    async with debriefed(engine) as (app, pilot):
        await pilot.press(*(keys or ("w",)))
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, ReplayScreen)
        yield app.screen, pilot


# Rows


@pytest.mark.parametrize("width", [40, 76, 116])
def test_no_row_of_a_debrief_is_wider_than_its_panel(width: int) -> None:
    panels = [
        money_rows(DEBRIEF, width, 13),
        position_rows(DEBRIEF, width, 8),
        price_rows(DEBRIEF, width, 14),
        markout_rows(DEBRIEF, width, 14),
    ]
    for rows in panels:
        # The legend of the money may be cut by a narrow panel.
        lengths = [len(line) for number, line in enumerate(text_of(rows)) if rows is not panels[0] or number != 1]
        assert max(lengths) <= width


def test_facts_break_between_each_other() -> None:
    session = finished().session
    played = Played(Card(session.level, session.level.id), session.seed, None, session.result(), SCRIPT)
    (whole,) = text_of(facts_rows(played, 120))
    lines = text_of(facts_rows(played, 50))
    assert len(lines) > 1
    assert max(map(len, lines)) <= 50
    assert "".join(lines) == whole


def test_lines_of_the_lesson_begin_under_each_other() -> None:
    lines = text_of(_taught("Near the band widen, shrink and flatten: whoever is stuck pays for the gap.", 50))
    assert len(lines) == 2
    assert all(line.startswith(" ") and not line.startswith("  ") for line in lines)


def test_nothing_stands_over_no_advice() -> None:
    found = msgspec.structs.replace(DEBRIEF, advice=DEBRIEF.advice[-1:])
    assert str(next(_lesson_options(DEBRIEF, 80)).prompt) == "TRY NEXT"
    assert str(next(_lesson_options(found, 80)).prompt) != "TRY NEXT"


def test_money_s_line_ends_at_the_sum_of_its_parts() -> None:
    seconds = DEBRIEF.seconds
    assert seconds.total[-1] == pytest.approx(
        seconds.spread[-1] + seconds.position[-1] + seconds.hedge[-1] - seconds.fees[-1]
    )
    legend = text_of(money_rows(DEBRIEF, 116, 13))[1]
    for name in ("spread", "position"):
        assert f"{name} {getattr(seconds, name)[-1]:+.0f}" in legend
    assert f"fees {-seconds.fees[-1]:+.0f}" in legend
    assert f"pnl {seconds.total[-1]:+.0f}" in legend


def test_areas_grow_from_nothing_and_the_line_lies_over_them() -> None:
    pixels = Pixels(2, 4, -1.0, 1.0)
    pixels.bar(0, 0.0, 1.0, "bid")
    pixels.line([1.0, 1.0, -1.0, -1.0], "live")
    assert "bid" in pixels.spans(1)[0][1]
    assert "bid" not in pixels.spans(3)[0][1]
    top = pixels.spans(0)[0]
    assert top[1] == "live on bid"
    assert 0x2800 < ord(top[0][0]) < 0x2900


def test_score_is_told_with_its_arithmetic() -> None:
    lines = text_of(arithmetic_rows(DEBRIEF, 116))
    assert f" pnl = {PAR_POINTS:g} + (pnl − par) / point" in lines
    result = DEBRIEF.result
    assert f"   pnl {result.pnl.total:g}, par {result.par:g}, point {DEBRIEF.point:g}" in lines


def test_markouts_are_told_by_group_and_ranks_with_oneself_among_them() -> None:
    groups = text_of(group_rows(DEBRIEF, 58))
    informed = next(line for line in groups if "informed" in line)
    point = next(curve for curve in DEBRIEF.markouts if curve.group == "informed").at(10 * NS_PER_S)
    assert point is not None
    assert f"{point.mean:+.2f}" in informed
    ((ranking, waiting),) = SmallEngine().rankings(SCRIPT, DEBRIEF)
    assert waiting == 0
    others = text_of(rank_rows(ranks(DEBRIEF, ranking), 80))
    (own,) = (line for line in others if line.split()[1:2] == ["you"])
    assert own.split()[2] == f"{DEBRIEF.result.score:.1f}"
    # Strategies without anything to hedge with or to revert to are one.
    assert sum("skew" in line for line in others) == 1


# Pages


async def test_pages_turn_by_arrows_and_numbers() -> None:
    async with debriefed() as (app, pilot):
        screen = app.screen
        assert isinstance(screen, DebriefScreen)
        for page in (1, 2, 3, 4, 5, 0):
            await pilot.press("right")
            assert screen.page == page
            assert screen.query_one(f"#page-{PAGES[page]}").display
        await pilot.press("left")
        assert screen.page == 5
        await pilot.press("3")
        assert screen.page == 2


async def test_enter_on_a_fill_shows_the_moments_before_it() -> None:
    async with replayed("4", "enter") as (screen, _):
        worst = DEBRIEF.fills[DEBRIEF.worst[0].fill]
        assert screen.replay.now_ns == worst.at_ns - 5 * NS_PER_S


async def test_t_on_an_entry_plays_on_from_its_moment(tmp_path: Path) -> None:
    async with debriefed(SmallEngine(finished, journals=tmp_path)) as (app, pilot):
        await pilot.press("t")
        assert isinstance(app.screen, DebriefScreen)
        await pilot.press("4", "t")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        worst = DEBRIEF.fills[DEBRIEF.worst[0].fill]
        assert app.screen.seat.now_ns == worst.at_ns - 5 * NS_PER_S
        assert app.screen.driver.paused


async def test_enter_on_what_was_missed_shows_where() -> None:
    async with replayed("6", "enter") as (screen, _):
        missed = next(advice.at_ns for advice in DEBRIEF.advice if advice.at_ns is not None)
        assert screen.replay.now_ns == missed - 5 * NS_PER_S


async def test_strategy_that_is_gone_is_told_and_leaves_the_score() -> None:
    class Gone(SmallEngine):
        def explain(self, script: Script) -> tuple[Debrief, WatchedReplay]:
            raise UnknownStrategyError("there is no strategy 'mine'")

    async with debriefed(Gone(finished)) as (app, _):
        assert "no strategy 'mine'" in str(app.screen.query_one("#money", TextRows).render())


async def test_retry_shows_the_earlier_run_until_a_key_hides_it() -> None:
    async with debriefed() as (app, pilot):
        await pilot.press("r")
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        assert isinstance(floor.driver, HandDriver)
        floor.driver.step(10)
        assert sum(ghost.earlier for ghost in floor.view.ghosts) == 2
        await pilot.press("G")
        assert not any(ghost.earlier for ghost in floor.view.ghosts)
        await pilot.press("G")
        assert any(ghost.earlier for ghost in floor.view.ghosts)


# Replay


@pytest.mark.parametrize("found", [DEBRIEF, msgspec.structs.replace(DEBRIEF, mistakes=())])
def test_mistakes_say_what_absence_cost_though_it_has_no_price_in_money(found: Debrief) -> None:
    presence = next(part for part in found.score if part.name == "presence")
    cost = presence.weight * (100 - presence.points)
    assert cost > 1
    told = " ".join(" ".join(text_of(cost_rows(found, 76))).split())
    assert f"quoted as obliged {found.result.presence:.0%} of the time, which cost {cost:.0f} points" in told
    present = tuple(msgspec.structs.replace(part, points=99.9) for part in found.score)
    assert "obliged" not in " ".join(text_of(cost_rows(msgspec.structs.replace(found, score=present), 76)))


def test_what_is_revealed_is_not_cut_where_two_lines_hold_it() -> None:
    told = (
        "◆ value 100.017, -0.8 t from the mid",
        "02:45.1 sold to an informed trader, the value then went 1.2 t your way",
    )
    rows = {width: text_of(scrubber_rows(ReplayState(0, NS_PER_S, (), told), width)) for width in (80, 120)}
    assert [line.strip() for line in rows[80][1:]] == list(told)
    assert [line.strip() for line in rows[120][1:]] == ["   ".join(told)]


async def test_a_long_seek_goes_in_steps_and_keys_count_from_where_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with replayed() as (screen, pilot):
        # What the keys are is said where it begins, though it stood at the end of the session before.
        assert "p plays" in screen.query_one(MessageLine).render_line(0).text
        await pilot.press("home")
        wall = count()
        # A budget that two slices of a twentieth of a second use up.
        monkeypatch.setattr(screen.driver, "go", partial(Driver.go, screen.driver, wall=lambda: float(next(wall))))
        await pilot.press("end", "left")
        # From the nearest copy, at 30 s, its timer may have taken some steps, but not a hundred.
        assert screen.replay.now_ns < 36 * NS_PER_S
        screen.show_message("There")
        for _ in range(1000):
            screen._go_on()
        assert screen.replay.now_ns == screen.view.now_ns == screen.replay.end_ns - NS_PER_S
        assert screen.driver.paused
        assert "There" in screen.query_one(MessageLine).render_line(0).text
        assert not screen.ladder.away


async def test_a_seek_back_takes_what_was_not_said_yet_off_the_coach_s_line() -> None:
    async with replayed() as (screen, pilot):
        coach = screen.coach
        await pilot.press("end")
        assert screen.view.notices
        told = "".join(text for row in coach.lines() for text, _ in row)
        # It was said at some time on the way, not now.
        assert screen.view.notices[-1][:20] in told
        assert fmt.clock(screen.view.now_ns) not in told
        await pilot.press("home")
        assert not screen.view.notices
        assert coach.lines() == []


async def test_replay_stands_still_until_it_is_let_run() -> None:
    async with replayed() as (screen, pilot):
        assert screen.driver.paused
        await pilot.press("p", "greater_than_sign")
        assert isinstance(screen.driver, HandDriver)
        screen.driver.step(1.5)
        assert screen.replay.now_ns == 3 * NS_PER_S


@pytest.mark.parametrize(
    ("keys", "at_ns"),
    [
        (("right",), NS_PER_S),
        (("right", "right", "left"), NS_PER_S),
        (("shift+right",), 10 * NS_PER_S),
        (("shift+right", "shift+left", "left"), 0),
        (("full_stop", "full_stop"), event(2)),
        (("full_stop", "full_stop", "comma"), event(1)),
        (("end",), DEBRIEF.until_ns),
        (("end", "home"), 0),
        (("n",), DEBRIEF.fills[0].at_ns),
        (("n", "n", "n", "N"), DEBRIEF.fills[1].at_ns),
        (("w",), DEBRIEF.fills[DEBRIEF.worst[0].fill].at_ns),
        (("w", "w"), DEBRIEF.fills[DEBRIEF.worst[1].fill].at_ns),
    ],
)
async def test_key_goes_to_its_moment(keys: tuple[str, ...], at_ns: int) -> None:
    async with replayed() as (screen, pilot):
        await pilot.press(*keys)
        assert screen.replay.now_ns == at_ns
        assert screen.view.now_ns == at_ns
        assert screen.driver.paused


async def test_click_on_the_line_of_time_goes_there() -> None:
    async with replayed() as (screen, pilot):
        await pilot.click(Scrubber, offset=(60, 0))
        # A cell of the line is a hundredth of it.
        assert screen.replay.now_ns == pytest.approx(screen.replay.end_ns / 2, rel=0.02)


async def test_the_hidden_is_shown_only_when_asked_for() -> None:
    async with replayed() as (screen, pilot):
        await pilot.press("w")
        hidden = screen.view.reservation
        assert "value" not in screen.query_one(Scrubber).render_line(1).text
        await pilot.press("v")
        second = screen.replay.now_ns // NS_PER_S
        assert screen.view.reservation == DEBRIEF.seconds.value[second]
        told = screen.query_one(Scrubber).render_line(1).text
        assert "◆ value" in told
        assert "sold to a noise trader" in told
        await pilot.press("v")
        assert screen.view.reservation == hidden


async def test_taking_over_goes_on_from_the_moment_under_the_parent_s_name(tmp_path: Path) -> None:
    async with replayed(engine=SmallEngine(journals=tmp_path)) as (screen, pilot):
        await pilot.press("shift+right", "t")
        app = screen.app
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app, MmtuiApp)
        parent = read_journal(tmp_path / "volatility-spike-7-2.jsonl").parent
        assert parent is not None
        assert (parent.at_ns, parent.name) == (10 * NS_PER_S, "volatility-spike-7-1.jsonl")
        assert isinstance(app.screen, FloorScreen)
        assert app.screen.driver.paused


def test_line_of_time_has_its_fills_where_they_were() -> None:
    bought, sold = (next(fill for fill in DEBRIEF.fills if fill.side == side) for side in (1, -1))
    moment = ReplayState(20 * NS_PER_S, 40 * NS_PER_S, [(fill.at_ns, fill.side) for fill in (bought, sold)])
    line, told = text_of(scrubber_rows(moment, 120))
    assert line[11 + bought.at_ns * 98 // (40 * NS_PER_S)] == "▲"
    assert line[11 + sold.at_ns * 98 // (40 * NS_PER_S)] == "▼"
    assert line[60] == "●"
    assert (len(line), len(told)) == (120, 120)

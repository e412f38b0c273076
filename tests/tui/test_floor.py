"""Keys and clicks become commands; the ladder holds still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from textual.pilot import Pilot

from mmtui.book import Side
from mmtui.career.career import Best
from mmtui.level.level import level_ids, load_level
from mmtui.session.commands import (
    AnyCommand,
    Cancel,
    Fix,
    Flatten,
    HandOver,
    Hedge,
    Join,
    Move,
    Peg,
    Quote,
    Ready,
    Reverse,
    Shift,
    Take,
    TakeBack,
    Undo,
)
from mmtui.session.journal import read_journal
from mmtui.tui.app import MmtuiApp
from mmtui.tui.format import Span
from mmtui.tui.manual_trading import first_size
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.floor import FloorScreen, ring_times
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.ladder_rows import LadderRow
from mmtui.tui.widgets.message import MessageLine
from tests.tui.small import (
    INSTRUMENT,
    HandDriver,
    Moment,
    SmallEngine,
    auto,
    hedged,
    indexed,
    lost,
    past_ending,
    quiet,
    touch,
    trading,
)

pytestmark = pytest.mark.slow

QUIET, HEDGES = quiet().view(), hedged().view().hedges
BID, ASK = touch(quiet())
LAYOUT_CLASSES = {"-narrow", "-compact", "-wide", "-vast", "-short", "-tall", "-high"}
HALF = (ASK - BID) / 2


class Floor:
    """A floor under test."""

    def __init__(self, app: MmtuiApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        assert isinstance(app.screen, FloorScreen)
        self.screen = app.screen
        self.seat = self.screen.seat
        self.session = self.seat.session
        self.ladder = self.screen.query_one(Ladder)
        assert isinstance(self.screen.driver, HandDriver)
        self.driver = self.screen.driver
        self._before = len(self.session.commands)

    async def press(self, *keys: str) -> list[AnyCommand]:
        """The commands that these keys gave."""
        self._before = len(self.session.commands)
        await self.pilot.press(*keys)
        return self.given

    @property
    def given(self) -> list[AnyCommand]:
        """The commands since the start or the last keys."""
        return [command for _, command in self.session.commands[self._before :]]

    def change(self, **changes: object) -> None:
        """Let the market look like another one, and show it."""
        view = replace(self.seat.view(), **changes)  # type: ignore[arg-type]
        self.seat.view = lambda: view  # type: ignore[method-assign]
        self.screen.paint()

    def cell(self, column: str, price: int) -> tuple[int, int]:
        """Where a price's row and a column cross."""
        assert self.ladder.top is not None
        names = [item.name for item in self.ladder._layout]
        x = sum(item.width for item in self.ladder._layout[: names.index(column)])
        return x + 2, 1 + (self.ladder.top - price) // self.ladder.group

    async def drag(self, column: str, price: int, to: int) -> None:
        """Press the mouse at a price, move it to another and let go."""
        await self.pilot.mouse_down(Ladder, offset=self.cell(column, price))
        await self.pilot.hover(Ladder, offset=self.cell(column, to))
        await self.pilot.mouse_up(Ladder, offset=self.cell(column, to))
        await self.pilot.pause()

    @property
    def message(self) -> str:
        """What the line above the footer says."""
        return self.screen.query_one(MessageLine).render_line(0).text

    def line(self, y: int) -> str:
        """The text of a line of the ladder."""
        return self.ladder.render_line(y).text


@asynccontextmanager
async def on_floor(moment: Moment = quiet, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Floor]:
    app = MmtuiApp(SmallEngine(moment), (moment().session.level.id, 7, None, 1.0), HandDriver, lambda: 4711)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Floor(app, pilot)


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (("b",), Quote(Side.BUY, BID, 1)),
        (("up", "up", "up", "s"), Quote(Side.SELL, BID + 3, 1)),
        (("down", "3", "b"), Quote(Side.BUY, BID - 1, 5)),
        (("pageup", "s"), Quote(Side.SELL, BID + 10, 1)),
        (("q",), Join(Side.BUY, 1)),
        (("w",), Join(Side.SELL, 1)),
        (("Q",), Join(Side.BUY, 1, improve=1)),
        (("W",), Join(Side.SELL, 1, improve=1)),
        (("2", "B"), Take(Side.BUY, 2)),
        (("S",), Take(Side.SELL, 1)),
        (("comma",), Shift(1, -1)),
        (("full_stop",), Shift(-1, 1)),
        (("semicolon",), Shift(-1, 0)),
        (("apostrophe",), Shift(0, 1)),
        (("left_square_bracket",), Shift(-1, -1)),
        (("right_square_bracket",), Shift(1, 1)),
        (("c",), Cancel(price=BID)),
        (("x",), Cancel(side=Side.BUY)),
        (("z",), Cancel(side=Side.SELL)),
        (("grave_accent",), Cancel()),
        (("f",), Flatten()),
        (("r",), Reverse()),
        (("u",), Undo()),
        (("a",), HandOver("skew")),
    ],
)
async def test_key_gives_its_command(keys: tuple[str, ...], command: AnyCommand) -> None:
    async with on_floor() as floor:
        assert await floor.press(*keys) == [command]


async def test_a_takes_back_from_the_strategy_that_quotes() -> None:
    async with on_floor(auto) as floor:
        assert await floor.press("a") == [TakeBack()]


async def test_chosen_strategy_becomes_ready_when_quoting_by_hand() -> None:
    async with on_floor() as floor:
        assert await floor.press("A", "down", "enter") == [Ready("rules")]


async def test_typed_parameters_go_with_the_strategy_and_stay_with_it() -> None:
    async with on_floor() as floor:
        commands = await floor.press("A", "tab", *"2.5", "enter")
        assert commands == [Ready("skew", {"half_spread": 2.5})]
        assert await floor.press("a") == [HandOver("skew", {"half_spread": 2.5})]
        assert await floor.press("a") == [TakeBack()]
        assert await floor.press("A", "enter") == [Ready("skew", {"half_spread": 2.5})]
        assert await floor.press("A", "up", "enter") == [Ready("touch")]


async def test_parameter_that_cannot_be_is_refused_by_a_sentence() -> None:
    async with on_floor() as floor:
        assert await floor.press("A", "tab", "tab", "tab", "backspace", "enter") == [Ready("skew")]
        await floor.press("A", "tab", "tab", "tab", "backspace", "x", "enter")
        assert "Size must be" in str(floor.app.screen.query_one("#choose-foot").render()).replace("skew: size", "Size")
        assert await floor.press("escape") == []


async def test_chosen_strategy_takes_over_from_the_one_that_quotes() -> None:
    async with on_floor(auto) as floor:
        assert await floor.press("A", "up", "enter") == [HandOver("rules")]


async def test_level_s_own_strategy_is_ready_when_none_was_chosen() -> None:
    app = MmtuiApp(SmallEngine(), ("volatility-spike", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)):
        assert isinstance(app.screen, FloorScreen)
        assert app.screen.seat.session.commands == [(0, Ready("skew"))]


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (("H",), Hedge("IDX", Side.SELL, -HEDGES[0].missing)),
        (("i", "H"), Hedge("P100", Side.BUY, HEDGES[1].missing)),
        (("i", "i", "left_curly_bracket"), Hedge("IDX", Side.SELL, 1)),
        (("right_curly_bracket",), Hedge("IDX", Side.BUY, 1)),
    ],
)
async def test_hedge_key_trades_the_instrument_that_is_first(keys: tuple[str, ...], command: AnyCommand) -> None:
    async with on_floor(hedged) as floor:
        assert await floor.press(*keys) == [command]


async def test_hedge_key_says_when_there_is_nothing_to_hedge_with() -> None:
    async with on_floor() as floor:
        assert await floor.press("H", "i", "left_curly_bracket") == []
        assert "nothing to hedge with" in floor.message


async def test_a_key_says_the_volatility_a_year() -> None:
    async with on_floor(trading) as floor:
        assert await floor.press("v") == []
        now = floor.screen.view.signals.volatility
        assert now is not None
        # √(252 days of 23,400 s), at $100 of 10,000 ticks.
        year = now * (252 * 23_400) ** 0.5 / floor.screen.view.mid
        assert f"Volatility {year:.0%} a year, {year / 252**0.5:.1%} a day" in floor.message


async def test_coach_is_silenced_by_a_key_and_stays_so() -> None:
    async with on_floor(indexed) as floor:
        line = floor.screen.coach
        assert "you have not quoted as obliged" in line.render_line(0).text
        await floor.press("C")
        assert "you have not quoted as obliged" not in line.render_line(0).text
        assert not floor.app.settings.coach


async def test_coach_has_a_line_of_his_own_that_no_message_covers() -> None:
    async with on_floor(indexed, size=(80, 24)) as floor:
        floor.screen.show_message("Speed ×1")
        assert "Speed ×1" in floor.message
        assert "you have not quoted as obliged: no bid or ask" in floor.screen.coach.render_line(0).text


async def test_no_message_covers_the_second_line_of_the_coach() -> None:
    async with on_floor(hedged, size=(80, 24)) as floor:
        floor.screen.show_message("Speed ×1")
        first, second = (floor.screen.coach.render_line(y).text for y in (0, 1))
        assert second.strip()
        assert f"{first.partition('COACH')[2].strip()} {second.strip()}" == floor.screen.coach.text
        assert "Speed ×1" in floor.message


async def test_a_notice_is_said_once_and_stands_out_while_it_is_new() -> None:
    async with on_floor(size=(80, 24)) as floor:
        floor.session.maker.notices.append("buy 10 @ 104.60 rejected: position limit 20: this order could make it 25")
        floor.screen.paint()
        rows = floor.screen.coach.lines()
        assert "rejected" in "".join(text for text, _ in rows[0])
        assert {style for row in rows for _, style in row[-1:]} == {"bold own"}
        assert "rejected" not in floor.message
        floor.driver.step(7)
        assert {style for row in floor.screen.coach.lines() for _, style in row[-1:]} == {"muted"}


@pytest.mark.parametrize("level_id", level_ids())
def test_the_first_size_is_one_whose_quotes_count(level_id: str) -> None:
    level = load_level(level_id)
    smaller = [size for size in level.maker.sizes if size < first_size(level)]
    assert first_size(level) >= level.obligation.min_size
    assert all(size < level.obligation.min_size for size in smaller)


async def test_a_size_that_does_not_count_says_so() -> None:
    async with on_floor(indexed, size=(80, 24)) as floor:
        least = floor.screen.card.level.obligation.min_size
        assert least > floor.screen.card.level.maker.sizes[0]
        await floor.press("1")
        assert f"presence counts from {least} on" in floor.message


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_first_frame_has_the_layout_of_those_after_it(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[set[str]] = []
    really = FloorScreen._refresh_layout

    def noted(self: FloorScreen, *given: Any, **more: Any) -> None:
        laid_out.append({name for name in self.classes if name in LAYOUT_CLASSES})
        really(self, *given, **more)

    monkeypatch.setattr(FloorScreen, "_refresh_layout", noted)
    async with on_floor(size=size) as floor:
        await floor.pilot.pause()
        assert len(laid_out) > 1
        assert all(classes == laid_out[-1] for classes in laid_out)


async def test_undo_says_whether_anything_came_back() -> None:
    async with on_floor(size=(80, 24)) as floor:
        await floor.press("q", "w")
        floor.driver.step(1)
        await floor.press("full_stop", "u")
        assert "Back to the quotes of before" in floor.message
        floor.driver.step(1)
        # The second has nothing left to withdraw.
        await floor.press("grave_accent", "grave_accent", "u")
        assert "Your last command changed none of your quotes" in floor.message


async def test_the_chooser_s_first_frame_has_its_layout_too(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[bool] = []
    really = ChooseStrategy._refresh_layout

    def noted(self: ChooseStrategy, *given: Any, **more: Any) -> None:
        laid_out.append(self.has_class("-small"))
        really(self, *given, **more)

    monkeypatch.setattr(ChooseStrategy, "_refresh_layout", noted)
    async with on_floor(size=(80, 24)) as floor:
        await floor.press("A")
        await floor.pilot.pause()
        assert laid_out
        assert all(laid_out)


async def test_order_under_the_cursor_moves_with_the_cursor() -> None:
    async with on_floor(trading) as floor:
        price = touch(trading())[0]
        own = sorted(order.price for order in floor.screen.view.orders if order.side is Side.BUY)[1]
        assert own < price
        await floor.press(*["down"] * (price - own))
        assert await floor.press("shift+down") == [Move(Side.BUY, own, own - 1)]
        assert floor.ladder.cursor == own - 1
        await floor.press("up", "up")
        assert await floor.press("shift+down") == []


async def test_size_keys_stay_between_one_lot_and_the_largest_order() -> None:
    async with on_floor() as floor:
        await floor.press("minus", "minus")
        assert floor.screen.quote_size == 1
        await floor.press("5", "plus", "plus")
        assert floor.screen.quote_size == 20
        await floor.press("2", "plus")
        assert floor.screen.quote_size == 3


async def test_ladder_holds_still_under_the_hand_while_the_market_runs_away_and_says_how_far() -> None:
    async with on_floor() as floor:
        top, before = floor.ladder.top, floor.line(1)
        assert top is not None
        floor.ladder.touched()
        floor.change(best_bid=10100, best_ask=10103, mid=10101.5)
        assert floor.ladder.top == top
        assert floor.line(1)[40:] == before[40:]
        assert f"▲ {10100 - top} t" in floor.line(0)
        assert f"Market {10100 - top} ticks above: space recentres" in floor.message
        await floor.press("space")
        assert "Price" in floor.line(0)
        assert floor.ladder.top == 10102 + floor.ladder.rows_shown // 2


@pytest.mark.parametrize("hand", ["pointer", "key"])
async def test_ladder_scrolls_when_the_market_comes_to_its_edge_and_hands_rest(hand: str) -> None:
    async with on_floor() as floor:
        top = floor.ladder.top
        assert top is not None
        floor.ladder.rested()
        floor.change(best_bid=top - 6, best_ask=top - 3, mid=top - 4.5)
        assert floor.ladder.top == top
        if hand == "pointer":
            await floor.pilot.hover(Ladder, offset=(5, 5))
        else:
            await floor.press("exclamation_mark")
        floor.change(best_bid=top - 5, best_ask=top - 2, mid=top - 3.5)
        assert floor.ladder.top == top
        floor.ladder.rested()
        floor.screen.paint()
        assert floor.ladder.top == top - 4 + floor.ladder.rows_shown // 2


async def test_window_that_was_moved_from_the_market_by_hand_stays_there_until_the_market_comes_or_is_called() -> None:
    async with on_floor() as floor:
        await floor.press(*("pageup",) * 4)
        top = floor.ladder.top
        assert top is not None
        floor.ladder.rested()
        floor.screen.paint()
        assert floor.ladder.top == top
        floor.change(best_bid=top - 10, best_ask=top - 7, mid=top - 8.5)
        floor.change(best_bid=top - 4, best_ask=top - 2, mid=top - 3.0)
        assert floor.ladder.top == top - 3 + floor.ladder.rows_shown // 2


async def test_first_levels_follow_the_market_from_the_start_and_say_so() -> None:
    for level, follows in (("first-quotes", True), ("volatility-spike", False)):
        app = MmtuiApp(SmallEngine(), (level, 7, None, 1.0), HandDriver)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            ladder = app.screen.query_one(Ladder)
            assert ladder.follows is follows
            assert ("follow" in ladder.render_line(0).text) is follows


async def test_window_follows_only_the_player_s_own_cursor() -> None:
    async with on_floor() as floor:
        top = floor.ladder.top
        assert top is not None
        await floor.press(*("up",) * 10)
        assert floor.ladder.top == top
        await floor.press("pageup", "pageup")
        assert floor.ladder.cursor == BID + 30
        assert floor.ladder.top == floor.ladder.cursor


async def test_only_lines_that_changed_are_drawn_again() -> None:
    async with on_floor() as floor:
        drawn: list[Hashable] = []
        draw = floor.ladder.draw

        def watched(key: Hashable) -> Iterable[Span]:
            drawn.append(key)
            return draw(key)

        floor.ladder.draw = watched  # type: ignore[method-assign]
        floor.change(bids={**floor.screen.view.bids, BID - 2: QUIET.bids[BID - 2] + 1})
        await floor.pilot.pause()
        assert [getattr(key, "price", None) for key in drawn] == [BID - 2]


async def test_resize_keeps_the_middle_of_the_window() -> None:
    async with on_floor() as floor:
        await floor.pilot.resize_terminal(80, 24)
        await floor.pilot.pause()
        rows = floor.ladder.rows_shown
        assert floor.ladder.top is not None
        assert abs(floor.ladder.top - rows // 2 - (BID + ASK + 1) // 2) <= 1


async def test_pause_stops_and_starts_the_clock() -> None:
    async with on_floor() as floor:
        await floor.press("p")
        assert floor.driver.paused
        await floor.press("p")
        assert not floor.driver.paused


async def test_speed_keys_change_the_speed() -> None:
    async with on_floor() as floor:
        await floor.press("greater_than_sign", "greater_than_sign", "less_than_sign")
        assert floor.driver.speed == 2.0


async def test_message_stays_for_six_seconds_of_the_level() -> None:
    async with on_floor() as floor:
        floor.session.maker.notices.append("buy 5 @ 100.20 rejected: it would trade at once")
        floor.screen.paint()
        message = floor.screen.query_one("#message")
        assert "would trade" in message.render_line(0).text
        floor.driver.step(5.9)
        assert "would trade" in message.render_line(0).text
        floor.driver.step(0.2)
        assert "would trade" not in message.render_line(0).text


async def test_message_stays_as_long_for_the_eye_at_a_higher_speed() -> None:
    async with on_floor() as floor:
        await floor.press("greater_than_sign")
        floor.screen.show_message("Here")
        floor.driver.step(5.9)
        assert "Here" in floor.message
        floor.driver.step(0.2)
        assert "Here" not in floor.message


async def test_own_fill_is_told() -> None:
    async with on_floor() as floor:
        await floor.press("B")
        floor.driver.step(0.1)
        assert f"Bought 1 at {INSTRUMENT.format(ASK)}" in floor.screen.query_one("#message").render_line(0).text


@pytest.mark.parametrize(
    ("column", "button", "command"),
    [
        ("bid", 1, Quote(Side.BUY, BID - 6, 1)),
        ("my_bid", 1, Quote(Side.BUY, BID - 6, 1)),
        ("ask", 1, Quote(Side.SELL, BID - 6, 1)),
        ("bid", 3, Quote(Side.BUY, BID - 6, 2)),
        ("ask", 3, Quote(Side.SELL, BID - 6, 2)),
        ("my_bid", 3, Cancel(Side.BUY, BID - 6)),
        ("my_ask", 3, Cancel(Side.SELL, BID - 6)),
    ],
)
async def test_click_quotes_or_cancels_at_its_cell(column: str, button: int, command: AnyCommand) -> None:
    async with on_floor() as floor:
        await floor.pilot.click(Ladder, offset=floor.cell(column, BID - 6), button=button)
        await floor.pilot.pause()
        assert floor.given == [command]
        assert floor.ladder.cursor == BID - 6


async def test_disarmed_click_only_moves_the_cursor() -> None:
    async with on_floor(trading) as floor:
        own = max(order.price for order in floor.screen.view.orders if order.side is Side.BUY)
        await floor.press("exclamation_mark")
        await floor.pilot.click(Ladder, offset=floor.cell("bid", BID - 6))
        await floor.drag("my_bid", own, own - 4)
        assert floor.given == []
        assert floor.ladder.cursor == own - 4
        await floor.press("exclamation_mark")
        await floor.pilot.click(Ladder, offset=floor.cell("bid", BID - 6))
        assert floor.given == [Quote(Side.BUY, BID - 6, 1)]


async def test_dragged_order_moves_and_nothing_else_happens() -> None:
    async with on_floor(trading) as floor:
        ask = next(
            order.price
            for order in floor.screen.view.orders
            if order.side is Side.SELL and order.orders_ahead is not None
        )
        await floor.drag("my_ask", ask, ask + 3)
        assert floor.given == [Move(Side.SELL, ask, ask + 3)]
        await floor.pilot.click(Ladder, offset=floor.cell("bid", BID - 6))
        assert floor.given[1:] == [Quote(Side.BUY, BID - 6, 1)]


async def test_order_dragged_off_the_prices_stays() -> None:
    async with on_floor(trading) as floor:
        x, y = floor.cell("my_ask", touch(trading())[1])
        await floor.pilot.mouse_down(Ladder, offset=(x, y))
        await floor.pilot.mouse_up(Ladder, offset=(x, 0))
        await floor.pilot.pause()
        assert floor.given == []


@pytest.mark.parametrize(
    ("keys", "peg"),
    [
        ((), Peg(HALF, 0.0, 1)),
        (("comma",), Peg(HALF - 0.5, 0.0, 1)),
        (("full_stop",), Peg(HALF + 0.5, 0.0, 1)),
        (("semicolon",), Peg(HALF, -0.5, 1)),
        (("apostrophe",), Peg(HALF, 0.5, 1)),
        (("right_square_bracket",), Peg(HALF, 1.0, 1)),
        (("3",), Peg(HALF, 0.0, 5)),
        (("M",), Peg(HALF, 0.0, 1, "microprice")),
    ],
)
async def test_keys_act_on_pegged_quotes(keys: tuple[str, ...], peg: Peg) -> None:
    async with on_floor() as floor:
        first = await floor.press("m")
        assert first == [Peg(HALF, 0.0, 1)]
        assert await floor.press(*keys) == ([peg] if keys else [])
        assert await floor.press("m") == [Fix()]


PEGGED_TO: tuple[Literal["microprice", "index", "mid"], ...] = ("microprice", "index", "mid")


async def test_pegged_quotes_follow_mid_microprice_and_then_the_index() -> None:
    async with on_floor(indexed) as floor:
        (first,) = await floor.press("m")
        assert isinstance(first, Peg)
        given = [command for _ in range(3) for command in await floor.press("M")]
        assert given == [Peg(first.half_spread, first.skew, first.size, name) for name in PEGGED_TO]


async def test_peg_starts_from_the_quotes_there_are() -> None:
    async with on_floor() as floor:
        for command in (Quote(Side.BUY, BID - 4, 1), Quote(Side.SELL, ASK + 2, 1)):
            floor.seat.submit(command)
        floor.driver.step(0.03)
        assert touch(floor.seat) == (BID, ASK)
        assert await floor.press("m") == [Peg(HALF + 3, -1.0, 1)]


async def test_rows_of_five_ticks_quote_at_the_row_s_price() -> None:
    async with on_floor() as floor:
        await floor.press("g", "g")
        assert floor.ladder.cursor == 5 * round(BID / 5)
        assert "×5" in floor.line(0)
        assert await floor.press("up", "s") == [Quote(Side.SELL, 5 * round(BID / 5) + 5, 1)]
        await floor.press("g")
        assert floor.ladder.group == 1


async def test_every_order_of_a_grouped_row_is_withdrawn() -> None:
    async with on_floor(trading) as floor:
        await floor.press("g", "g", "down")
        cursor = floor.ladder.cursor
        inside = [order.price for order in floor.screen.view.orders if cursor <= order.price < cursor + 5]
        assert len(set(inside)) > 1
        assert await floor.press("c") == [Cancel(price=price) for price in inside]


async def test_ladder_follows_when_asked_to_and_not_while_the_pointer_moves() -> None:
    async with on_floor() as floor:
        await floor.press("h")
        floor.ladder.rested()
        top = floor.ladder.top
        assert top is not None
        floor.change(best_bid=BID + 3, best_ask=ASK + 3, mid=BID + 6.0)
        assert floor.ladder.top == top
        await floor.pilot.hover(Ladder, offset=(5, 5))
        floor.change(best_bid=10100, best_ask=10103, mid=10101.5)
        assert floor.ladder.top == top
        floor.ladder.rested()
        floor.screen.paint()
        assert floor.ladder.top == 10102 + floor.ladder.rows_shown // 2


async def test_several_orders_a_side_are_a_setting() -> None:
    async with on_floor() as floor:
        floor.app.prefer(several=True)
        assert await floor.press("b", "q") == [
            Quote(Side.BUY, BID, 1, add=True),
            Join(Side.BUY, 1, add=True),
        ]


async def test_click_on_the_position_makes_it_the_size() -> None:
    async with on_floor(trading) as floor:
        await floor.pilot.click("#desk", offset=(5, 1))
        await floor.pilot.pause()
        assert floor.screen.quote_size == trading().view().desk.position


async def test_wheel_and_click_on_the_sizes_change_the_size() -> None:
    async with on_floor() as floor:
        line = floor.screen.query_one(MessageLine)
        line.post_message(line.SizeChange(step=1))
        await floor.pilot.pause()
        assert floor.screen.quote_size == 2
        x = line.render_line(0).text.index(" 10 ")
        await floor.pilot.click(MessageLine, offset=(x + 1, 0))
        await floor.pilot.pause()
        assert floor.screen.quote_size == 10


async def test_bell_rings_on_own_fills_if_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_floor() as floor:
        rung: list[int] = []
        monkeypatch.setattr(floor.app, "bell", lambda: rung.append(1))
        await floor.press("B")
        floor.driver.step(0.1)
        assert floor.screen.view.desk.fills == 1
        assert rung == []
        floor.app.prefer(bell=True)
        await floor.press("B")
        floor.driver.step(0.1)
        assert floor.screen.view.desk.fills == 2
        assert rung == [1]


@pytest.mark.parametrize(
    ("side", "large", "times"),
    [
        (Side.BUY, False, (0.0,)),
        (Side.SELL, False, (0.0, 0.15)),
        (Side.BUY, True, (0.0, 0.45)),
        (Side.SELL, True, (0.0, 0.15, 0.45, 0.6)),
    ],
)
def test_bell_tells_side_and_size(side: Side, large: bool, times: tuple[float, ...]) -> None:
    assert ring_times(side, large=large) == pytest.approx(times)


async def test_reduced_motion_silences_the_bell_and_the_flash(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_floor() as floor:
        rung: list[int] = []
        monkeypatch.setattr(floor.app, "bell", lambda: rung.append(1))
        monkeypatch.setattr(Ladder, "flash_over", lambda _: None)
        floor.app.prefer(bell=True, still=True)
        await floor.press("B")
        floor.driver.step(0.1)
        assert floor.screen.view.desk.fills == 1
        assert rung == []
        assert not any(row.flash for row in ladder_keys(floor))
        floor.app.prefer(still=False)
        await floor.press("B")
        floor.driver.step(0.1)
        fill = floor.screen.view.desk.last_fills[0]
        assert rung == [1]
        assert [row.price for row in ladder_keys(floor) if row.flash] == [fill.price]
        monkeypatch.undo()
        floor.ladder.flash_over()
        assert not any(row.flash for row in ladder_keys(floor))


def ladder_keys(floor: Floor) -> list[LadderRow]:
    return [row for row in floor.ladder.lines() if isinstance(row, LadderRow)]


async def test_click_on_the_price_only_moves_the_cursor() -> None:
    async with on_floor() as floor:
        await floor.pilot.click(Ladder, offset=(40, 5))
        assert floor.given == []
        assert floor.ladder.top is not None
        assert floor.ladder.cursor == floor.ladder.top - 4


async def test_click_on_the_header_of_own_orders_cancels_the_side() -> None:
    async with on_floor() as floor:
        await floor.pilot.click(Ladder, offset=(12, 0))
        await floor.pilot.pause()
        assert floor.given == [Cancel(side=Side.BUY)]


async def test_level_that_is_over_shows_its_result_and_retry_plays_the_same_seed(tmp_path: Path) -> None:
    app = MmtuiApp(SmallEngine(journals=tmp_path), ("volatility-spike", 7, None, 1.0), HandDriver, lambda: 4711)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await play_to_the_end(Floor(app, pilot))
        result = (await past_ending(pilot)).played.result
        end = read_journal(tmp_path / "volatility-spike-7-1.jsonl").end
        assert end is not None
        assert end.digest == result.digest
        assert app.progress.best == {"volatility-spike": Best(result.score, result.stars)}
        await pilot.press("r")
        await pilot.pause()
        assert playing(app) == ("volatility-spike", 7, None)


async def test_speed_that_the_app_was_started_with_holds_until_the_setting_changes() -> None:
    app = MmtuiApp(SmallEngine(), ("volatility-spike", 7, None, 4.0), HandDriver, lambda: 4711)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for key in ("r", "n"):
            await play_to_the_end(Floor(app, pilot))
            await past_ending(pilot)
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, FloorScreen)
            assert app.screen.driver.speed == 4.0
        app.prefer(speed=2.0)
        app.play(app.engine.level("volatility-spike"), 8)
        await pilot.pause()
        assert isinstance(app.screen, FloorScreen)
        assert app.screen.driver.speed == 2.0


async def test_new_seed_plays_another_market() -> None:
    async with on_floor(lost) as floor:
        await play_to_the_end(floor)
        assert floor.seat.over == "loss"
        await past_ending(floor.pilot)
        await floor.pilot.press("n")
        await floor.pilot.pause()
        assert playing(floor.app) == ("volatility-spike", 4711, None)


async def play_to_the_end(floor: Floor) -> None:
    floor.driver.step(60)
    await floor.pilot.pause()
    await floor.app.workers.wait_for_complete()
    await floor.pilot.pause()


def playing(app: MmtuiApp) -> tuple[str, int, str | None]:
    """Level, seed and strategy of the floor."""
    assert isinstance(app.screen, FloorScreen)
    return app.screen.card.level.id, app.screen.seat.seed, app.screen.strategy


async def test_escape_asks_and_staying_changes_nothing() -> None:
    async with on_floor() as floor:
        await floor.press("escape", "escape")
        assert floor.app.screen is floor.screen
        assert floor.session.over is None
        await floor.press("escape", "enter")
        await floor.pilot.pause()
        assert floor.session.over == "left"
        assert isinstance(floor.app.screen, HomeScreen)


async def test_way_from_home_to_the_floor_and_back_by_keys_alone() -> None:
    app = MmtuiApp(SmallEngine(), driver=HandDriver, new_seed=lambda: 4711)
    app.progress = app.progress.with_score("first-quotes", 71.4, 2)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter", "down", "enter")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, BriefingScreen)
        assert (screen.card.level.id, screen.seed) == ("volatility-spike", 4711)
        await pilot.press("s", *("backspace",) * 4, "1", "2", "enter")
        await pilot.press("enter")
        await pilot.pause()
        assert playing(app) == ("volatility-spike", 12, None)
        await pilot.press("escape", "enter", "escape", "escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)


async def test_key_map_moves_a_key() -> None:
    async with on_floor() as floor:
        floor.app.set_keymap({"floor.cancel-all": "d"})
        assert await floor.press("d") == [Cancel()]
        assert await floor.press("grave_accent") == []


@pytest.mark.parametrize(("speed", "painted"), [(4.0, 6), (8.0, 2)])
async def test_the_floor_is_painted_more_rarely_when_nobody_could_follow(
    speed: float, painted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_floor() as floor:
        paints: list[bool] = []
        floor.driver.speed = speed
        monkeypatch.setattr(floor.screen, "paint", lambda *, panels: paints.append(panels))
        for _ in range(6):
            floor.screen.frame()
        assert len(paints) == painted

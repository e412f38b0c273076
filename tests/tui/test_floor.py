"""Keys and clicks become commands; the ladder holds still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from mmtui.book import Side
from mmtui.career.career import Best
from mmtui.observe.snapshot import CoachLine, FloorSnapshot, OwnOrder
from mmtui.session.commands import (
    AnyCommand,
    Cancel,
    Fix,
    Flatten,
    HandOver,
    Hedge,
    HedgeAll,
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
from mmtui.tui.app import MmtuiApp
from mmtui.tui.format import Span
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.debrief import DebriefScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.message import MessageLine
from tests.tui import still
from tests.tui.still import HandDriver, StillEngine, StillSession


class Floor:
    """A floor under test."""

    def __init__(self, app: MmtuiApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        assert isinstance(app.screen, FloorScreen)
        self.screen = app.screen
        assert isinstance(self.screen.seat, StillSession)
        self.session = self.screen.seat
        self.ladder = self.screen.query_one(Ladder)
        assert isinstance(self.screen.driver, HandDriver)
        self.driver = self.screen.driver
        self.session.commands.clear()

    async def press(self, *keys: str) -> list[AnyCommand]:
        """The commands that these keys gave."""
        self.session.commands.clear()
        await self.pilot.press(*keys)
        return list(self.session.commands)

    def change(self, **changes: object) -> None:
        """Let the market become another one, and show it."""
        self.session.shown = replace(self.session.shown, **changes)  # type: ignore[arg-type]
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
async def on_floor(view: FloorSnapshot = still.GHOSTS, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Floor]:
    app = MmtuiApp(StillEngine(view), ("volatility-spike", 7, None, 1.0), HandDriver, lambda: 4711)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Floor(app, pilot)


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (("b",), Quote(Side.BUY, 10016, 1)),
        (("up", "up", "up", "s"), Quote(Side.SELL, 10019, 1)),
        (("down", "3", "b"), Quote(Side.BUY, 10015, 5)),
        (("pageup", "s"), Quote(Side.SELL, 10026, 1)),
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
        (("c",), Cancel(price=10016)),
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
    async with on_floor(still.AUTO) as floor:
        assert await floor.press("a") == [TakeBack()]


async def test_chosen_strategy_becomes_ready_when_quoting_by_hand() -> None:
    async with on_floor() as floor:
        assert await floor.press("A", "down", "enter") == [Ready("avellaneda-stoikov")]


async def test_typed_parameters_go_with_the_strategy_and_stay_with_it() -> None:
    async with on_floor() as floor:
        commands = await floor.press("A", "tab", *"2.5", "enter")
        assert commands == [Ready("skew", {"half_spread": 2.5})]
        assert await floor.press("a") == [HandOver("skew", {"half_spread": 2.5})]
        assert await floor.press("A", "enter") == [Ready("skew", {"half_spread": 2.5})]
        assert await floor.press("A", "up", "enter") == [Ready("fixed")]


async def test_parameter_that_cannot_be_is_refused_by_a_sentence() -> None:
    async with on_floor() as floor:
        assert await floor.press("A", "tab", "tab", "backspace", "enter") == [Ready("skew")]
        await floor.press("A", "tab", "tab", "backspace", "x", "enter")
        assert "Size must be" in str(floor.app.screen.query_one("#choose-foot").render()).replace("skew: size", "Size")
        assert await floor.press("escape") == []


async def test_chosen_strategy_takes_over_from_the_one_that_quotes() -> None:
    async with on_floor(still.AUTO) as floor:
        assert await floor.press("A", "up", "enter") == [HandOver("skew")]


async def test_level_s_own_strategy_is_ready_when_none_was_chosen() -> None:
    app = MmtuiApp(StillEngine(still.QUIET), ("volatility-spike", 7, None, 1.0), HandDriver)
    async with app.run_test(size=(120, 40)):
        assert isinstance(app.engine, StillEngine)
        assert app.engine.session.commands == [Ready("skew")]


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (("H",), HedgeAll("HSI")),
        (("i", "H"), HedgeAll("HSI-P")),
        (("i", "i", "left_curly_bracket"), Hedge("HSI", Side.SELL, 1)),
        (("right_curly_bracket",), Hedge("HSI", Side.BUY, 1)),
    ],
)
async def test_hedge_key_trades_the_instrument_that_is_first(keys: tuple[str, ...], command: AnyCommand) -> None:
    async with on_floor(still.HEDGED) as floor:
        assert await floor.press(*keys) == [command]


async def test_hedge_key_says_when_there_is_nothing_to_hedge_with() -> None:
    async with on_floor() as floor:
        assert await floor.press("H", "i", "left_curly_bracket") == []
        assert "nothing to hedge with" in floor.message


async def test_coach_is_silenced_by_a_key_and_stays_so() -> None:
    async with on_floor() as floor:
        line = floor.screen.coach
        floor.change(coach=CoachLine(0, "Buyers lead."))
        assert "Buyers lead." in line.render_line(0).text
        await floor.press("C")
        assert "Buyers lead." not in line.render_line(0).text
        assert not floor.app.settings.coach


async def test_coach_speaks_in_the_message_line_where_there_is_no_room_for_his() -> None:
    async with on_floor(size=(80, 24)) as floor:
        floor.change(coach=CoachLine(0, "Buyers lead."))
        assert "Buyers lead." in floor.message


async def test_order_under_the_cursor_moves_with_the_cursor() -> None:
    async with on_floor(still.TRADING) as floor:
        assert await floor.press("shift+down") == [Move(Side.BUY, 10016, 10015)]
        assert floor.ladder.cursor == 10015
        assert await floor.press("shift+down") == []


async def test_size_keys_stay_between_one_lot_and_the_largest_order() -> None:
    async with on_floor() as floor:
        await floor.press("minus", "minus")
        assert floor.screen.quote_size == 1
        await floor.press("5", "plus", "plus")
        assert floor.screen.quote_size == 20
        await floor.press("2", "plus")
        assert floor.screen.quote_size == 3


async def test_ladder_holds_still_while_the_market_runs_away_and_says_how_far() -> None:
    async with on_floor() as floor:
        top, before = floor.ladder.top, floor.line(1)
        assert top is not None
        floor.change(best_bid=10100, best_ask=10103, mid=10101.5)
        assert floor.ladder.top == top
        assert floor.line(1)[40:] == before[40:]
        assert f"▲ {10100 - top} t" in floor.line(0)
        await floor.press("space")
        assert "Price" in floor.line(0)
        assert floor.ladder.top == 10102 + floor.ladder.rows_shown // 2


async def test_window_follows_only_the_player_s_own_cursor() -> None:
    async with on_floor() as floor:
        top = floor.ladder.top
        assert top is not None
        await floor.press(*("up",) * 10)
        assert floor.ladder.top == top
        await floor.press("pageup", "pageup")
        assert floor.ladder.cursor == 10016 + 30
        assert floor.ladder.top == floor.ladder.cursor


async def test_only_lines_that_changed_are_drawn_again() -> None:
    async with on_floor() as floor:
        drawn: list[Hashable] = []
        draw = floor.ladder.draw

        def watched(key: Hashable) -> Iterable[Span]:
            drawn.append(key)
            return draw(key)

        floor.ladder.draw = watched  # type: ignore[method-assign]
        floor.change(bids={**still.QUIET.bids, 10014: 30})
        await floor.pilot.pause()
        assert [getattr(key, "price", None) for key in drawn] == [10014]


async def test_resize_keeps_the_middle_of_the_window() -> None:
    async with on_floor() as floor:
        await floor.pilot.resize_terminal(80, 24)
        await floor.pilot.pause()
        rows = floor.ladder.rows_shown
        assert floor.ladder.top is not None
        assert abs(floor.ladder.top - rows // 2 - 10018) <= 1


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
        floor.change(noticed=1, notices=("buy 5 @ 100.20 rejected: it would trade at once",))
        message = floor.screen.query_one("#message")
        assert "would trade" in message.render_line(0).text
        floor.driver.step(5.9)
        assert "would trade" in message.render_line(0).text
        floor.driver.step(0.2)
        assert "would trade" not in message.render_line(0).text


async def test_own_fill_is_told() -> None:
    async with on_floor() as floor:
        floor.change(desk=still.LONG_DESK)
        assert "Bought 2 at 100.16" in floor.screen.query_one("#message").render_line(0).text


@pytest.mark.parametrize(
    ("column", "button", "command"),
    [
        ("bid", 1, Quote(Side.BUY, 10010, 1)),
        ("my_bid", 1, Quote(Side.BUY, 10010, 1)),
        ("ask", 1, Quote(Side.SELL, 10010, 1)),
        ("bid", 3, Quote(Side.BUY, 10010, 2)),
        ("ask", 3, Quote(Side.SELL, 10010, 2)),
        ("my_bid", 3, Cancel(Side.BUY, 10010)),
        ("my_ask", 3, Cancel(Side.SELL, 10010)),
    ],
)
async def test_click_quotes_or_cancels_at_its_cell(column: str, button: int, command: AnyCommand) -> None:
    async with on_floor() as floor:
        await floor.pilot.click(Ladder, offset=floor.cell(column, 10010), button=button)
        await floor.pilot.pause()
        assert floor.session.commands == [command]
        assert floor.ladder.cursor == 10010


async def test_disarmed_click_only_moves_the_cursor() -> None:
    async with on_floor(still.TRADING) as floor:
        await floor.press("exclamation_mark")
        await floor.pilot.click(Ladder, offset=floor.cell("bid", 10010))
        await floor.drag("my_bid", 10016, 10012)
        assert floor.session.commands == []
        assert floor.ladder.cursor == 10012
        await floor.press("exclamation_mark")
        await floor.pilot.click(Ladder, offset=floor.cell("bid", 10010))
        assert floor.session.commands == [Quote(Side.BUY, 10010, 1)]


async def test_dragged_order_moves_and_nothing_else_happens() -> None:
    async with on_floor(still.TRADING) as floor:
        await floor.drag("my_ask", 10021, 10024)
        assert floor.session.commands == [Move(Side.SELL, 10021, 10024)]
        await floor.pilot.click(Ladder, offset=floor.cell("bid", 10010))
        assert floor.session.commands[1:] == [Quote(Side.BUY, 10010, 1)]


async def test_order_dragged_off_the_prices_stays() -> None:
    async with on_floor(still.TRADING) as floor:
        x, y = floor.cell("my_ask", 10021)
        await floor.pilot.mouse_down(Ladder, offset=(x, y))
        await floor.pilot.mouse_up(Ladder, offset=(x, 0))
        await floor.pilot.pause()
        assert floor.session.commands == []


@pytest.mark.parametrize(
    ("keys", "peg"),
    [
        ((), Peg(1.5, 0.0, 1)),
        (("comma",), Peg(1.0, 0.0, 1)),
        (("full_stop",), Peg(2.0, 0.0, 1)),
        (("semicolon",), Peg(1.5, -0.5, 1)),
        (("apostrophe",), Peg(1.5, 0.5, 1)),
        (("right_square_bracket",), Peg(1.5, 1.0, 1)),
        (("3",), Peg(1.5, 0.0, 5)),
        (("M",), Peg(1.5, 0.0, 1, "microprice")),
    ],
)
async def test_keys_act_on_pegged_quotes(keys: tuple[str, ...], peg: Peg) -> None:
    async with on_floor() as floor:
        first = await floor.press("m")
        assert first == [Peg(1.5, 0.0, 1)]
        floor.change(peg=first[0])
        assert await floor.press(*keys) == ([peg] if keys else [])
        assert await floor.press("m") == [Fix()]


async def test_peg_starts_from_the_quotes_there_are() -> None:
    orders = (OwnOrder(1, Side.BUY, 10012, 1, 0, 0), OwnOrder(2, Side.SELL, 10021, 1, 0, 0))
    async with on_floor(replace(still.GHOSTS, orders=orders)) as floor:
        assert await floor.press("m") == [Peg(4.5, -1.0, 1)]


async def test_rows_of_five_ticks_quote_at_the_row_s_price() -> None:
    async with on_floor() as floor:
        await floor.press("g", "g")
        assert floor.ladder.cursor == 10015
        assert "×5" in floor.line(0)
        assert await floor.press("up", "s") == [Quote(Side.SELL, 10020, 1)]
        await floor.press("g")
        assert floor.ladder.group == 1


async def test_every_order_of_a_grouped_row_is_withdrawn() -> None:
    async with on_floor(still.TRADING) as floor:
        await floor.press("g", "g", "down")
        assert await floor.press("c") == [Cancel(price=10014), Cancel(price=10012)]


async def test_ladder_follows_when_asked_to_and_not_while_the_pointer_moves() -> None:
    async with on_floor() as floor:
        await floor.press("h")
        top = floor.ladder.top
        assert top is not None
        floor.change(best_bid=10019, best_ask=10022, mid=10020.5)
        assert floor.ladder.top == top
        await floor.pilot.hover(Ladder, offset=(5, 5))
        floor.change(best_bid=10100, best_ask=10103, mid=10101.5)
        assert floor.ladder.top == top
        floor.ladder._pointer_rests()
        floor.screen.paint()
        assert floor.ladder.top == 10102 + floor.ladder.rows_shown // 2


async def test_several_orders_a_side_are_a_setting() -> None:
    async with on_floor() as floor:
        floor.app.prefer(several=True)
        assert await floor.press("b", "q") == [
            Quote(Side.BUY, 10016, 1, add=True),
            Join(Side.BUY, 1, add=True),
        ]


async def test_click_on_the_position_makes_it_the_size() -> None:
    async with on_floor(still.TRADING) as floor:
        await floor.pilot.click("#desk", offset=(5, 1))
        await floor.pilot.pause()
        assert floor.screen.quote_size == 12


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
        floor.change(desk=still.LONG_DESK)
        assert rung == []
        floor.app.prefer(bell=True)
        floor.change(desk=replace(still.LONG_DESK, fills=213))
        assert rung == [1]


async def test_click_on_the_price_only_moves_the_cursor() -> None:
    async with on_floor() as floor:
        await floor.pilot.click(Ladder, offset=(40, 5))
        assert floor.session.commands == []
        assert floor.ladder.top is not None
        assert floor.ladder.cursor == floor.ladder.top - 4


async def test_click_on_the_header_of_own_orders_cancels_the_side() -> None:
    async with on_floor() as floor:
        await floor.pilot.click(Ladder, offset=(12, 0))
        await floor.pilot.pause()
        assert floor.session.commands == [Cancel(side=Side.BUY)]


async def test_level_that_is_over_shows_its_result_and_retry_plays_the_same_seed() -> None:
    async with on_floor() as floor:
        engine = floor.app.engine
        assert isinstance(engine, StillEngine)
        floor.session.over = "time"
        floor.screen.paint()
        await floor.pilot.pause()
        assert isinstance(floor.app.screen, DebriefScreen)
        assert engine.closed is floor.session
        assert floor.app.progress.best == {"volatility-spike": Best(71.4, 2)}
        await floor.pilot.press("r")
        await floor.pilot.pause()
        assert isinstance(floor.app.screen, FloorScreen)
        assert engine.opened[-1] == ("volatility-spike", 7, None)


async def test_new_seed_plays_another_market() -> None:
    async with on_floor() as floor:
        floor.session.over = "loss"
        floor.screen.paint()
        await floor.pilot.pause()
        await floor.pilot.press("n")
        await floor.pilot.pause()
        assert isinstance(floor.app.engine, StillEngine)
        assert floor.app.engine.opened[-1] == ("volatility-spike", 4711, None)


async def test_escape_asks_and_staying_changes_nothing() -> None:
    async with on_floor() as floor:
        await floor.press("escape", "escape")
        assert floor.app.screen is floor.screen
        assert not floor.session.left
        await floor.press("escape", "enter")
        await floor.pilot.pause()
        assert floor.session.left
        assert isinstance(floor.app.screen, HomeScreen)


async def test_way_from_home_to_the_floor_and_back_by_keys_alone() -> None:
    app = MmtuiApp(StillEngine(still.GHOSTS), driver=HandDriver, new_seed=lambda: 4711)
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
        assert isinstance(app.engine, StillEngine)
        assert app.engine.opened == [("volatility-spike", 12, None)]
        await pilot.press("escape", "enter", "escape", "escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)


async def test_key_map_moves_a_key() -> None:
    async with on_floor() as floor:
        floor.app.set_keymap({"floor.cancel-all": "d"})
        assert await floor.press("d") == [Cancel()]
        assert await floor.press("grave_accent") == []

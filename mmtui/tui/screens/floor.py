"""The trading floor: it reads snapshots, and turns keys and clicks into commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

import msgspec
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.screen import Screen
from textual.widgets import Footer, Static

from mmtui.book import Side
from mmtui.game.commands import (
    AnyCommand,
    Cancel,
    Flatten,
    HandOver,
    Join,
    Quote,
    Ready,
    Shift,
    Take,
    TakeBack,
)
from mmtui.game.snapshot import FloorSnapshot
from mmtui.market.instrument import NS_PER_S
from mmtui.tui.driver import Driver
from mmtui.tui.engine import Card
from mmtui.tui.keys import bindings
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.help import HelpScreen
from mmtui.tui.screens.leave import LeaveScreen
from mmtui.tui.screens.result import Played
from mmtui.tui.widgets.desk import desk_rows
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.message import MessageLine
from mmtui.tui.widgets.status import Playing, Status, speed_label
from mmtui.tui.widgets.tape import tape_rows

if TYPE_CHECKING:
    from mmtui.tui.app import MmtuiApp

#: How long a message stays, in the level's time: while the clock stands, so does the message.
_MESSAGE_NS = 6 * NS_PER_S
_SIDES = {"bid": Side.BUY, "ask": Side.SELL}
_WIDTHS = [(0, "-tiny"), (60, "-narrow"), (80, "-compact"), (110, "-wide"), (160, "-vast")]
_HEIGHTS = [(0, "-flat"), (20, "-short"), (30, "-tall")]
TOO_SMALL = "The floor needs 60 columns and 20 rows: make the terminal larger, or its letters smaller."


class FloorScreen(Screen[None]):
    """A level being played."""

    CSS_PATH = "floor.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("floor"))
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(self, card: Card, seed: int, strategy: str | None, driver: Driver) -> None:
        super().__init__()
        self.card = card
        self.seed = seed
        self.strategy = strategy
        self.driver = driver
        self.session = driver.session
        self.quote_size = card.sizes[0]
        self._view = self._first_view()
        self._message = ""
        self._message_until_ns = 0
        self._finished = False

    def _first_view(self) -> FloorSnapshot:
        view = self.session.snapshot()
        if view.ready is None and view.active is None:
            self.session.submit(Ready(self.card.strategy))
            view = self.session.snapshot()
        return view

    def compose(self) -> ComposeResult:
        instrument = self.card.instrument
        yield Status(id="status")
        with Horizontal(id="body"):
            yield Ladder(instrument, id="ladder")
            with Container(id="side"):
                yield Lines(instrument, desk_rows, id="desk")
                yield Lines(instrument, tape_rows, id="tape")
        yield Lines(instrument, desk_rows, id="strip")
        yield MessageLine(id="message")
        yield Footer(show_command_palette=False, compact=True)
        yield Static(TOO_SMALL, id="too-small")

    def on_mount(self) -> None:
        self._ladder = self.query_one(Ladder)
        self._status = self.query_one(Status)
        self._messages = self.query_one(MessageLine)
        self._panels = list(self.query(Lines))
        trouble = cast("MmtuiApp", self.app).engine.trouble
        if trouble:
            self.say(trouble)
        self.call_after_refresh(self.paint)
        self.driver.start(self, self.paint)

    def paint(self) -> None:
        """Show the session as it is now, and go on to the result when it is over."""
        before, view = self._view, self.session.snapshot()
        self._view = view
        if view.notices:
            self.say(view.notices[-1])
        elif view.desk.fills > before.desk.fills and view.desk.last_fills:
            self._tell_fill(view)
        elif self._message and view.now_ns > self._message_until_ns:
            self._message = ""
        self._ladder.update(view)
        for panel in self._panels:
            panel.update(view)
        driver = self.driver
        self._status.update(view, Playing(self.card.title, driver.speed, driver.paused, driver.behind))
        self._messages.update(self._message, self.quote_size, self.card.sizes)
        if self.session.over is not None and self.is_current and not self._finished:
            self._finished = True
            self._finish()

    def say(self, text: str) -> None:
        """Put a message above the footer for a while."""
        self._message = text
        self._message_until_ns = self.session.now_ns + _MESSAGE_NS

    def do(self, command: AnyCommand) -> None:
        """Give the session a command and show what it changed."""
        self.session.submit(command)
        self.paint()

    def _tell_fill(self, view: FloorSnapshot) -> None:
        fill = view.desk.last_fills[0]
        verb = "Bought" if fill.side is Side.BUY else "Sold"
        self.say(f"{verb} {fill.quantity} at {self.card.instrument.format(fill.price)}")

    def _finish(self) -> None:
        app = cast("MmtuiApp", self.app)
        app.engine.close(self.session)
        result = msgspec.to_builtins(self.session.result())
        app.finish(Played(self.card, self.seed, self.strategy, result))

    # Quoting

    def action_quote(self, side: str) -> None:
        """Quote a side at the cursor."""
        self.do(Quote(_SIDES[side], self._ladder.cursor, self.quote_size))

    def action_join(self, side: str, improve: int) -> None:
        """Quote at the best price of a side, or better."""
        self.do(Join(_SIDES[side], self.quote_size, improve))

    def action_shift(self, bid: int, ask: int) -> None:
        """Move the quotes by ticks."""
        self.do(Shift(bid, ask))

    def action_move_order(self, ticks: int) -> None:
        """Move the order under the cursor, and the cursor with it."""
        order = next((order for order in self._view.orders if order.price == self._ladder.cursor), None)
        if order is None:
            self.say("There is no order of yours at the cursor")
            self.paint()
            return
        self._ladder.move(ticks)
        self.do(Quote(order.side, order.price + ticks, order.quantity))

    def action_take(self, side: str) -> None:
        """Trade at once."""
        self.do(Take(_SIDES[side], self.quote_size))

    def action_flatten(self) -> None:
        """Trade the position away."""
        self.do(Flatten())

    # Withdrawing

    def action_cancel_here(self) -> None:
        """Withdraw the orders at the cursor."""
        self.do(Cancel(price=self._ladder.cursor))

    def action_cancel_side(self, side: str) -> None:
        """Withdraw a side."""
        self.do(Cancel(side=_SIDES[side]))

    def action_cancel_all(self) -> None:
        """Withdraw everything."""
        self.do(Cancel())

    # Strategy

    def action_hand_over(self) -> None:
        """Hand over to the ready strategy, or take back."""
        if self._view.active is not None:
            self.do(TakeBack())
        elif self._view.ready is not None:
            self.do(HandOver(self._view.ready))
        else:
            self.action_choose_strategy()

    def action_choose_strategy(self) -> None:
        """Choose which strategy is ready; one that is quoting already gives way to the chosen one."""
        view = self._view

        def chosen(name: str | None) -> None:
            if name is None:
                return
            if view.active is not None:
                self.do(HandOver(name))
            else:
                self.say(f"{name} is ready: a hands over to it")
                self.do(Ready(name))

        strategies = cast("MmtuiApp", self.app).engine.strategies()
        self.app.push_screen(ChooseStrategy(strategies, view.active or view.ready), chosen)

    # Time

    def action_pause(self) -> None:
        """Stop or start the clock."""
        self.driver.paused = not self.driver.paused
        self.paint()

    def action_speed(self, steps: int) -> None:
        """Change the speed."""
        self.driver.change_speed(steps)
        self.say(f"Speed {speed_label(self.driver.speed).strip()}")
        self.paint()

    def action_leave(self) -> None:
        """Ask whether to leave; the clock stands still meanwhile."""
        app = cast("MmtuiApp", self.app)

        def answered(leave: bool | None) -> None:
            if leave:
                self.session.leave()
                app.engine.close(self.session)
                app.pop_screen()

        app.push_screen(LeaveScreen(), answered)

    def action_help(self) -> None:
        """Show the keys; the clock stands still meanwhile."""
        self.app.push_screen(HelpScreen(self))

    # Ladder and size

    def action_cursor(self, rows: int) -> None:
        """Move the cursor."""
        self._ladder.move(rows)

    def action_recentre(self) -> None:
        """Put the market in the middle."""
        self._ladder.recentre()

    def action_preset(self, index: int) -> None:
        """Choose a size."""
        self._set_size(self.card.sizes[index])

    def action_size(self, step: int) -> None:
        """Change the size by a lot."""
        self._set_size(self.quote_size + step)

    def _set_size(self, size: int) -> None:
        self.quote_size = max(1, min(self.card.max_order, size))
        self.paint()

    def on_ladder_asked(self, message: Ladder.Asked) -> None:
        """What the mouse wants is a command like any other."""
        if message.do == "quote" and message.price is not None:
            self.do(Quote(message.side, message.price, self.quote_size))
        else:
            self.do(Cancel(side=message.side, price=message.price))

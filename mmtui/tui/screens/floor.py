"""The trading floor: it reads snapshots, and turns keys and clicks into commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from mmtui.book import Side
from mmtui.game.commands import (
    AnyCommand,
    Cancel,
    Fix,
    Flatten,
    HandOver,
    Hedge,
    HedgeAll,
    Join,
    Move,
    Params,
    Peg,
    Quote,
    Ready,
    Reverse,
    Shift,
    Take,
    TakeBack,
    Undo,
)
from mmtui.game.snapshot import FloorSnapshot, Ghost, HedgeSnapshot
from mmtui.tui.driver import Driver
from mmtui.tui.engine import Card, PlaySession
from mmtui.tui.keys import bindings
from mmtui.tui.lesson import Lesson
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.help import HelpScreen
from mmtui.tui.screens.leave import LeaveScreen
from mmtui.tui.screens.market import MarketScreen
from mmtui.tui.widgets.desk import POSITION_LINE
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.message import MessageLine, Said
from mmtui.tui.widgets.reckoning import Played
from mmtui.tui.widgets.rows import as_content
from mmtui.tui.widgets.status import Playing, speed_label

if TYPE_CHECKING:
    from mmtui.game.debrief import Quotes
    from mmtui.tui.app import MmtuiApp

_SIDES = {"bid": Side.BUY, "ask": Side.SELL}
#: The panels beside the ladder are painted in every so many frames.
_PANELS_EVERY = 5
#: A step of the keys on pegged quotes, in ticks.
_PEG_STEP = 0.5


class FloorScreen(MarketScreen):
    """A level being played.

    Args:
        card, seed, strategy: the level, its market, and who quotes from the start, if not the player.
        session: what is played.
        driver: lets it run.
        lesson: what is taught meanwhile.
        earlier: the quotes of an earlier run on the same market, which show as ghosts.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(bindings("floor"))

    def __init__(
        self,
        card: Card,
        seed: int,
        strategy: str | None,
        session: PlaySession,
        driver: Driver,
        lesson: Lesson | None = None,
        earlier: Quotes | None = None,
    ) -> None:
        super().__init__(card.instrument, _first_view(card, session), classes="-floor")
        self.lesson = lesson
        self.card = card
        self.seed = seed
        self.strategy = strategy
        self.driver = driver
        self.session = session
        self.quote_size = card.sizes[0]
        self._params: Params = {}
        self._hedge = 0
        self._earlier = earlier
        self._shows_earlier = earlier is not None
        self._finished = False
        self._frames = 0

    def compose_below(self) -> ComposeResult:
        yield Static(id="lesson")

    def on_unmount(self) -> None:
        """Leave no journal open, whichever way the floor is left."""
        cast("MmtuiApp", self.app).engine.close(self.session)

    def on_mount(self) -> None:
        self._show_lesson()
        if self.lesson is not None:
            self.driver.paused = True
        trouble = cast("MmtuiApp", self.app).engine.trouble
        if trouble:
            self.say(trouble)
        self.call_after_refresh(self.paint)
        self.driver.start(self, self._frame)

    def _frame(self) -> None:
        """One frame of the live floor: the panels only now and then, numbers cannot be read any faster."""
        self._frames += 1
        self.paint(panels=self._frames % _PANELS_EVERY == 1)

    def paint(self, *, panels: bool = True) -> None:
        """Show the session as it is now, and go on to the result when it is over; a fill shows everywhere at once."""
        before, view = self.view, self.session.snapshot()
        self.view = view = self._with_earlier(self._first_hedge_first(view))
        if view.notices:
            self.say(view.notices[-1])
        elif view.desk.fills > before.desk.fills and view.desk.last_fills:
            self._tell_fill(view)
        driver = self.driver
        playing = Playing(self.card.title, driver.speed, driver.paused, driver.behind, self.card.instrument.format)
        said = Said(self.message, self.quote_size, self.card.sizes, self.ladder.armed)
        fresh = panels or view.desk.fills != before.desk.fills or view.phase != before.phase
        self.show(playing, said, panels=fresh)
        if self.session.over is not None and self.is_current and not self._finished:
            self._finished = True
            self._finish()

    def do(self, command: AnyCommand) -> None:
        """Give the session a command and show what it changed."""
        self.session.submit(command)
        self.paint()

    def _tell_fill(self, view: FloorSnapshot) -> None:
        fill = view.desk.last_fills[0]
        verb = "Bought" if fill.side is Side.BUY else "Sold"
        self.say(f"{verb} {fill.quantity} at {self.card.instrument.format(fill.price)}")
        if self.settings.bell:
            self.app.bell()

    def _finish(self) -> None:
        app = cast("MmtuiApp", self.app)
        name = app.engine.close(self.session)
        result = msgspec.to_builtins(self.session.result())
        script = app.engine.script(self.session)
        app.finish(Played(self.card, self.seed, self.strategy, result, script, name))

    # The lesson

    def did(self, action: str) -> None:
        """Take notice that an action was carried out."""
        if self.lesson is not None and self.lesson.did(action):
            self._show_lesson()

    def _show_lesson(self) -> None:
        panel = self.query_one("#lesson", Static)
        rows = [] if self.lesson is None else self.lesson.rows(self.settings.keys)
        self.set_class(bool(rows), "-teaching")
        panel.update(as_content(rows))

    def action_lesson(self) -> None:
        """End the lesson, and remember that it need not be offered first again."""
        if self.lesson is None:
            self.say("There is no lesson under way: the home screen offers it")
            self.paint()
            return
        self.lesson = None
        self._show_lesson()
        cast("MmtuiApp", self.app).taught()

    # Quoting

    def action_quote(self, side: str) -> None:
        """Quote a side at the cursor."""
        self._quote(_SIDES[side], self.ladder.cursor, self.quote_size)

    def _quote(self, side: Side, price: int, size: int) -> None:
        self.do(Quote(side, price, size, add=self.settings.several))

    def action_join(self, side: str, improve: int) -> None:
        """Quote at the best price of a side, or better."""
        self.do(Join(_SIDES[side], self.quote_size, improve, add=self.settings.several))

    def action_width(self, step: int) -> None:
        """Bring the quotes closer together (negative) or further apart."""
        peg = self.view.peg
        if peg is None:
            self.do(Shift(-step, step))
        else:
            self._peg(half_spread=max(0.0, peg.half_spread + step * _PEG_STEP))

    def action_skew(self, step: int) -> None:
        """Lower the bid (negative) or raise the ask; shift both quotes when they are pegged."""
        if self.view.peg is None:
            self.do(Shift(min(0, step), max(0, step)))
        else:
            self._peg(skew=self.view.peg.skew + step * _PEG_STEP)

    def action_both(self, ticks: int) -> None:
        """Move both quotes by ticks."""
        if self.view.peg is None:
            self.do(Shift(ticks, ticks))
        else:
            self._peg(skew=self.view.peg.skew + ticks)

    def action_peg(self) -> None:
        """Let the quotes follow the market, or leave them where they are."""
        view = self.view
        if view.peg is not None:
            self.say("Your quotes stay where they are")
            self.do(Fix())
            return
        bids = [order.price for order in view.orders if order.side is Side.BUY and not order.leaving]
        asks = [order.price for order in view.orders if order.side is Side.SELL and not order.leaving]
        if bids and asks:
            half, skew = (min(asks) - max(bids)) / 2, (min(asks) + max(bids)) / 2 - view.mid
        else:
            half, skew = view.signals.spread / 2, 0.0
        self.do(Peg(max(_PEG_STEP, half), round(skew / _PEG_STEP) * _PEG_STEP, self.quote_size))
        self.say("Your quotes follow the mid: , . width   ; ' skew   M microprice   m fixes them")
        self.paint()

    def action_reference(self) -> None:
        """Let pegged quotes follow the mid or the microprice."""
        peg = self.view.peg
        if peg is None:
            self.say("Your quotes are fixed: peg them first")
            self.paint()
        else:
            self._peg(reference="microprice" if peg.reference == "mid" else "mid")

    def _peg(self, **changes: Any) -> None:
        assert self.view.peg is not None
        self.do(msgspec.structs.replace(self.view.peg, **changes))

    def action_undo(self) -> None:
        """Bring back the quotes of before."""
        self.do(Undo())

    def action_move_order(self, rows: int) -> None:
        """Move the orders in the cursor's row, and the cursor with them."""
        found = self.ladder.orders_at_cursor()
        if not found:
            self.say("There is no order of yours at the cursor")
            self.paint()
            return
        self.ladder.move(rows)
        for side, price in dict.fromkeys((side, price) for side, price, _ in found):
            self.do(Move(side, price, price + rows * self.ladder.group))

    def action_take(self, side: str) -> None:
        """Trade at once."""
        self.do(Take(_SIDES[side], self.quote_size))

    def action_flatten(self) -> None:
        """Trade the position away."""
        self.do(Flatten())

    def action_reverse(self) -> None:
        """Trade the position into its opposite."""
        self.do(Reverse())

    # Hedging

    def _first_hedge_first(self, view: FloorSnapshot) -> FloorSnapshot:
        """The view with the hedge instrument that the keys trade in front."""
        first = self._hedge
        return replace(view, hedges=view.hedges[first:] + view.hedges[:first]) if first else view

    def action_hedge(self) -> None:
        """Hedge the position."""
        if hedge := self._hedge_instrument():
            self.do(HedgeAll(hedge.name))

    def action_trade_hedge(self, side: str) -> None:
        """Trade one contract of the hedge instrument."""
        if hedge := self._hedge_instrument():
            self.do(Hedge(hedge.name, _SIDES[side], 1))

    def action_next_hedge(self) -> None:
        """Let the keys trade the next hedge instrument."""
        if self._hedge_instrument():
            self._hedge = (self._hedge + 1) % len(self.view.hedges)
            self.paint()
            self.say(f"The keys trade {self.view.hedges[0].name}")
            self.paint()

    def _hedge_instrument(self) -> HedgeSnapshot | None:
        """What the keys trade; says so when there is none."""
        if self.view.hedges:
            return self.view.hedges[0]
        self.say("There is nothing to hedge with in this level")
        self.paint()
        return None

    # An earlier run

    def _with_earlier(self, view: FloorSnapshot) -> FloorSnapshot:
        """The view with the quotes that an earlier run had at this time."""
        if self._earlier is None or not self._shows_earlier:
            return view
        quotes = zip((Side.BUY, Side.SELL), self._earlier.at(view.now_ns), strict=True)
        ghosts = [Ghost(side, price, 0, earlier=True) for side, price in quotes if price is not None]
        return replace(view, ghosts=(*view.ghosts, *ghosts))

    def action_earlier(self) -> None:
        """Show or hide the quotes of an earlier run."""
        if self._earlier is None:
            self.say("There is no earlier run of this market: retry one from its debrief")
        else:
            self._shows_earlier = not self._shows_earlier
            self.say("‹ › are your quotes of the earlier run" if self._shows_earlier else "The earlier run is hidden")
        self.paint()

    # Withdrawing

    def action_cancel_here(self) -> None:
        """Withdraw the orders in the cursor's row."""
        prices = dict.fromkeys(price for _, price, _ in self.ladder.orders_at_cursor())
        for price in prices or [self.ladder.cursor]:
            self.do(Cancel(price=price))

    def action_cancel_side(self, side: str) -> None:
        """Withdraw a side."""
        self.do(Cancel(side=_SIDES[side]))

    def action_cancel_all(self) -> None:
        """Withdraw everything."""
        self.do(Cancel())

    # Strategy

    def action_hand_over(self) -> None:
        """Hand over to the ready strategy, or take back."""
        if self.view.active is not None:
            self.do(TakeBack())
        elif self.view.ready is not None:
            self.do(HandOver(self.view.ready, self._params))
        else:
            self.action_choose_strategy()

    def action_choose_strategy(self) -> None:
        """Choose which strategy is ready; one that is quoting already gives way to the chosen one."""
        view = self.view

        def chosen(choice: tuple[str, Params] | None) -> None:
            if choice is None:
                return
            name, self._params = choice
            if view.active is not None:
                self.do(HandOver(name, self._params))
            else:
                self.say(f"{name} is ready: a hands over to it")
                self.do(Ready(name, self._params))

        engine = cast("MmtuiApp", self.app).engine
        self.app.push_screen(ChooseStrategy(engine, view.active or view.ready, self._params), chosen)

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

        def answered(answer: str | None) -> None:
            if answer is None:
                return
            if answer == "keep":
                app.engine.put_down()
            else:
                self.session.leave()
                app.engine.close(self.session)
            app.pop_screen()

        app.push_screen(LeaveScreen(), answered)

    def action_coach(self) -> None:
        """Let the coach speak, or not."""
        app = cast("MmtuiApp", self.app)
        app.prefer(coach=not self.settings.coach)
        self.say("The coach speaks" if self.settings.coach else "The coach is silent")
        self.paint()

    def action_help(self) -> None:
        """Show the keys; the clock stands still meanwhile."""
        self.app.push_screen(HelpScreen(self))

    # Clicks and size

    def action_arm(self) -> None:
        """Let clicks send orders, or not."""
        self.ladder.armed = not self.ladder.armed
        self.say("A click sends an order" if self.ladder.armed else "A click only moves the cursor")
        self.paint()

    def action_preset(self, index: int) -> None:
        """Choose a size."""
        self._set_size(self.card.sizes[index])

    def action_size(self, step: int) -> None:
        """Change the size by a lot."""
        self._set_size(self.quote_size + step)

    def _set_size(self, size: int) -> None:
        self.quote_size = max(1, min(self.card.max_order, size))
        if self.view.peg is not None and self.view.peg.size != self.quote_size:
            self._peg(size=self.quote_size)
        else:
            self.paint()

    # The mouse: what it wants is a command like any other

    def on_ladder_asked(self, message: Ladder.Asked) -> None:
        """A click or a drag on the ladder."""
        side, price = message.side, message.price
        if message.do == "cancel" or price is None:
            self.do(Cancel(side=side, price=price))
        elif message.do == "move" and message.to is not None:
            self.do(Move(side, price, message.to))
        elif message.do == "quote":
            self._quote(side, price, self.quote_size)
        else:
            self._quote(side, price, self._second_size())

    def _second_size(self) -> int:
        """The next larger preset, or the size itself if it is the largest."""
        return next((size for size in self.card.sizes if size > self.quote_size), self.quote_size)

    def on_message_line_sized(self, message: MessageLine.Sized) -> None:
        """The wheel or a click on the sizes."""
        if message.preset is not None:
            self.action_preset(message.preset)
        else:
            self.action_size(message.step)

    def on_lines_pressed(self, message: Lines.Pressed) -> None:
        """A click on the position makes it the size."""
        position = abs(self.view.desk.position)
        if message.panel.id == "desk" and message.y == POSITION_LINE and position:
            self._set_size(position)


def _first_view(card: Card, session: PlaySession) -> FloorSnapshot:
    """The market as the floor opens, with a strategy watching it."""
    view = session.snapshot()
    if view.ready is None and view.active is None:
        session.submit(Ready(card.strategy))
        view = session.snapshot()
    return view

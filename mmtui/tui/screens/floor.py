"""The trading floor: a level being played, from its first frame to the debrief."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.observe.snapshot import FloorSnapshot, Ghost
from mmtui.session.commands import HandOver, Params, Ready, TakeBack
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.keys import bindings
from mmtui.tui.lesson import Lesson
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.leave import LeaveScreen
from mmtui.tui.screens.trading import TradingScreen
from mmtui.tui.widgets.debrief_tables import Played
from mmtui.tui.widgets.line_view import as_content
from mmtui.tui.widgets.message import Said

if TYPE_CHECKING:
    from mmtui.debrief.model import QuoteHistory

#: The panels beside the ladder are painted in every so many frames.
_PANELS_EVERY = 5


class FloorScreen(TradingScreen):
    """A level being played.

    Args:
        card, seat: the level, and where the player sits in its market.
        driver: advances the session.
        strategy: the one that quotes from the start; None for the player.
        lesson: what is taught meanwhile.
        earlier: the quotes of an earlier run on the same market, which show as ghosts.
    """

    BINDINGS = bindings("floor")

    def __init__(
        self,
        card: Card,
        seat: WatchedSession,
        driver: Driver,
        strategy: str | None = None,
        lesson: Lesson | None = None,
        earlier: QuoteHistory | None = None,
    ) -> None:
        super().__init__(card, seat, _first_view(card, seat), driver, "-floor")
        self.lesson = lesson
        self.strategy = strategy
        self._params: Params = {}
        self._earlier = earlier
        self._shows_earlier = earlier is not None
        self._finished = False
        self._frames = 0

    def compose_below(self) -> ComposeResult:
        yield Static(id="lesson")

    def on_mount(self) -> None:
        self._show_lesson()
        if self.lesson is not None:
            self.driver.paused = True
        trouble = self.navigator.engine.trouble
        if trouble:
            self.say(trouble)

    def frame(self) -> None:
        """Paints a frame of the live floor: the panels only now and then, numbers cannot be read any faster."""
        self._frames += 1
        self.paint(panels=self._frames % _PANELS_EVERY == 1)

    def paint(self, *, panels: bool = True) -> None:
        """Show the session as it is now, and go on to the result when it is over; a fill shows everywhere at once."""
        before, view = self.view, self.seat.view()
        self.view = view = self._with_earlier(self._first_hedge_first(view))
        if view.noticed > before.noticed:
            self.say(view.notices[-1])
        elif view.desk.fills > before.desk.fills and view.desk.last_fills:
            self._tell_fill(view)
        said = Said(self.message, self.quote_size, self.card.sizes, self.ladder.armed)
        fresh = panels or view.desk.fills != before.desk.fills or view.phase != before.phase
        self.show(self.card.title, said, panels=fresh)
        if self.seat.over is not None and self.is_current and not self._finished:
            self._finished = True
            if view.score.pending:
                self.say("Working out the score …")
                self._settle()
            else:
                self._finish()

    @work(thread=True)
    def _settle(self) -> None:
        """Have the score known, in a thread; the next paint goes on to the result."""
        self.navigator.engine.settle(self.seat)
        self._finished = False
        self.app.call_from_thread(self.paint)

    def _tell_fill(self, view: FloorSnapshot) -> None:
        fill = view.desk.last_fills[0]
        verb = "Bought" if fill.side is Side.BUY else "Sold"
        self.say(f"{verb} {fill.quantity} at {self.card.instrument.format(fill.price)}")
        if self.settings.bell:
            self.app.bell()

    def _finish(self) -> None:
        navigator = self.navigator
        name = navigator.engine.close()
        script = navigator.engine.script(self.seat)
        navigator.finish(Played(self.card, self.seat.seed, self.strategy, self.seat.result(), script, name))

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
            self.tell("There is no lesson under way: the home screen offers it")
            return
        self.lesson = None
        self._show_lesson()
        self.navigator.taught()

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
            self.tell("There is no earlier run of this market: retry one from its debrief")
        else:
            self._shows_earlier = not self._shows_earlier
            self.tell("‹ › are your quotes of the earlier run" if self._shows_earlier else "The earlier run is hidden")

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

        engine = self.navigator.engine
        # Whoever plays in a browser may be somebody else, whom a file of this machine's is no business of.
        files = not self.app.is_web
        self.app.push_screen(ChooseStrategy(engine, view.active or view.ready, self._params, files=files), chosen)

    def action_leave(self) -> None:
        """Ask whether to leave; the clock stands still meanwhile."""
        engine = self.navigator.engine

        def answered(answer: str | None) -> None:
            if answer is None:
                return
            if answer == "keep":
                engine.put_down()
            else:
                self.seat.leave()
                engine.close()
            self.app.pop_screen()

        self.app.push_screen(LeaveScreen(), answered)

    def action_coach(self) -> None:
        """Let the coach speak, or not."""
        self.navigator.prefer(coach=not self.settings.coach)
        self.tell("The coach speaks" if self.settings.coach else "The coach is silent")


def _first_view(card: Card, seat: WatchedSession) -> FloorSnapshot:
    """The market as the floor opens, with a strategy watching it."""
    view = seat.view()
    if view.ready is None and view.active is None:
        seat.submit(Ready(card.strategy))
        view = seat.view()
    return view

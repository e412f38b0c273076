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
from mmtui.session.commands import AnyCommand
from mmtui.tui import format as fmt
from mmtui.tui.actions import ACTIONS
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.keys import bindings
from mmtui.tui.lesson import Lesson, card_rows
from mmtui.tui.manual_trading import first_view
from mmtui.tui.screens.card import CARD_WIDTH, CardScreen, WaitingScreen
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.leave import LeaveScreen
from mmtui.tui.screens.trading import TradingScreen
from mmtui.tui.widgets.debrief_tables import Played
from mmtui.tui.widgets.line_view import as_content
from mmtui.tui.widgets.message import MessageState
from mmtui.tui.widgets.signals import measures

if TYPE_CHECKING:
    from mmtui.debrief.model import QuoteHistory

_AGAIN_S = 0.45
#: In the first levels of the campaign the ladder follows the market until told otherwise.
_FOLLOWED = 3
#: The panels beside the ladder are painted once in so many frames.
_PANELS_EVERY = 5
#: Above this speed the floor is painted once in so many frames.
_FAST, _FAST_EVERY = 4.0, 3
#: A fold ends at a position that has grown to this share of the limit.
_FOLD_HELD = 0.6


class FloorScreen(TradingScreen):
    """A level being played.

    Args:
        card, seat: the level, and the player's seat in its market.
        driver: advances the session.
        strategy: the one that quotes from the start; None for the player.
        teaching: whether it is the first lesson.
        earlier: the quotes of an earlier run on the same market, shown as ghosts; None for none.
    """

    BINDINGS = bindings("floor")
    PASSING = (*TradingScreen.PASSING, ChooseStrategy)

    def __init__(
        self,
        card: Card,
        seat: WatchedSession,
        driver: Driver,
        strategy: str | None = None,
        teaching: bool = False,
        earlier: QuoteHistory | None = None,
    ) -> None:
        super().__init__(card, seat, seat.view() if teaching else first_view(card, seat), driver, "-floor")
        self.seat: WatchedSession = seat
        self.lesson = Lesson(self.view, card.level.market.instrument) if teaching else None
        self.strategy = strategy
        self._earlier = earlier
        self._shows_earlier = earlier is not None
        self._finished = False
        self._frames = 0
        self._folded_at_ns: int | None = None

    def compose_below(self) -> ComposeResult:
        yield Static(id="lesson")

    def on_mount(self) -> None:
        level = self.card.level
        self.ladder.follows = level.campaign and level.number <= _FOLLOWED
        self._show_lesson()
        if self.lesson is not None:
            self.driver.paused = True
            # Once the floor behind it is drawn.
            self.call_after_refresh(self.call_after_refresh, self._show_card)
        trouble = self.navigator.engine.trouble
        if trouble:
            self.set_message(trouble)

    def frame(self) -> None:
        """Paint a frame, at high speeds every few frames; the panels more rarely, since nobody reads any faster."""
        self._frames += 1
        over = self.seat.over is not None
        if self._slow or over:
            self.paint(panels=over or self._frames % _PANELS_EVERY == 1)
        elif self._frames % _FAST_EVERY == 0:
            self.paint(panels=self._frames % (2 * _FAST_EVERY) == 0)

    @property
    def _slow(self) -> bool:
        return self.driver.speed <= _FAST

    def paint(self, *, panels: bool = True) -> None:
        """Show the session, with all panels at once after a fill at low speeds; go to the debrief when it is over."""
        before, view = self.view, self.seat.view()
        self.view = view = self._with_earlier(self._first_hedge_first(view))
        ran = not self.driver.paused
        self._teach(view)
        if view.noticed > before.noticed:
            self.set_message(view.notices[-1])
        if report := self.report(before):
            self.set_message(report)
        if view.desk.fills > before.desk.fills:
            self._ring(view)
        self._tell_fold()
        message = MessageState(self.message, self.quote_size, self.card.level.maker.sizes, self.ladder.armed)
        # No frame follows one that stopped the clock.
        panels = panels or (ran and self.driver.paused)
        news = view.desk.fills != before.desk.fills or view.phase != before.phase
        fresh = panels or (news and self._slow)
        self.show(self.card.level.title, message, panels=fresh)
        if self.seat.over is not None and self.app.screen is self and not self._finished:
            self._finished = True
            if self.lesson is not None:
                self.action_lesson()
            elif view.score.pending:
                self.app.push_screen(WaitingScreen("Working out the score …"))
                self._complete_score()
            else:
                self._finish()

    @work(thread=True)
    def _complete_score(self) -> None:
        """Work out the score in a thread, after which the next paint goes to the debrief."""
        self.navigator.engine.complete_score(self.seat)
        self.app.call_from_thread(self._scored)

    def _scored(self) -> None:
        if self.navigator.return_to(self):
            self._finish()

    def _ring(self, view: FloorSnapshot) -> None:
        """Ring the bell for a fill, so that its side and size can be heard."""
        settings, sizes = self.settings, self.card.level.maker.sizes
        if settings.bell and not settings.still:
            fill = view.desk.last_fills[0]
            for after_s in ring_times(fill.side, large=fill.quantity >= sizes[len(sizes) // 2]):
                self.set_timer(after_s, self.app.bell) if after_s else self.app.bell()

    def _finish(self) -> None:
        navigator = self.navigator
        navigator.engine.stood(self.driver)
        stood_s = navigator.engine.stood_s
        name = navigator.engine.close()
        script = navigator.engine.script(self.seat)
        shares = navigator.engine.shares(self.seat)
        tried = navigator.career.tried(self.card.level.id, self.seat.seed)
        marks = navigator.engine.marks(self.card, self.seat, tried=tried)
        result = self.seat.result()
        played = Played(
            self.card, self.seat.seed, self.strategy, result, script, name, shares=shares, stood_s=stood_s, marks=marks
        )
        navigator.finish(played)

    # The lesson

    @property
    def coach_speaks(self) -> bool:
        """Whether the coach is heard: not over the lesson."""
        return self.lesson is None and super().coach_speaks

    def do(self, command: AnyCommand) -> None:
        """Submit a command; in the lesson the clock runs until its effect shows."""
        if self.lesson is not None:
            self._let_run(self.lesson)
        super().do(command)

    def action_pause(self) -> None:
        super().action_pause()
        if self.lesson is not None and not self.driver.paused:
            self._let_run(self.lesson)
            self.paint()

    def _show_card(self) -> None:
        instrument = self.card.level.market.instrument
        self.app.push_screen(CardScreen(card_rows(self.view, instrument, CARD_WIDTH)))

    def _let_run(self, lesson: Lesson) -> None:
        """Whatever was pressed answers the present text: the clock runs until something comes of it."""
        self.driver.paused = not lesson.answer()
        self._show_lesson()

    def _teach(self, view: FloorSnapshot) -> None:
        """Stop the clock for the lesson's next text, and keep its waits short."""
        lesson = self.lesson
        if lesson is None or self.seat.over is not None:
            return
        if lesson.look(view, self.seat.session.maker.desk.fills):
            self.driver.paused = True
            self._show_lesson()
        for command in lesson.help():
            self.seat.submit(command)

    def _show_lesson(self) -> None:
        panel = self.query_one("#lesson", Static)
        rows = [] if self.lesson is None else self.lesson.rows(self.settings.keys)
        self.set_class(bool(rows), "-teaching")
        panel.update(as_content(rows))

    def action_lesson(self) -> None:
        if self.lesson is None:
            self.show_message("There is no lesson under way: the home screen offers it")
            return
        self.lesson = None
        self.seat.leave()
        self.navigator.engine.close()
        self.navigator.lesson_done()

    async def action_lesson_on(self) -> None:
        """Do what the lesson asks for."""
        lesson = self.lesson
        step = None if lesson is None else lesson.step
        if lesson is None or step is None or lesson.read:
            return
        if step is lesson.steps[-1]:
            self.action_lesson()
        elif step.done is None:
            self._let_run(lesson)
        elif step.action == "floor.join-bid":
            # Where both sides are asked for, both are quoted.
            for side in ("bid", "ask") if lesson.at else ("bid",):
                self.action_join(side, 0)
        else:
            await self.run_action(ACTIONS[step.action].action)

    # An earlier run

    def _with_earlier(self, view: FloorSnapshot) -> FloorSnapshot:
        """The view with the quotes of the earlier run at this time."""
        if self._earlier is None or not self._shows_earlier:
            return view
        quotes = zip((Side.BUY, Side.SELL), self._earlier.at(view.now_ns), strict=True)
        ghosts = [Ghost(side, price, 0, earlier=True) for side, price in quotes if price is not None]
        return replace(view, ghosts=(*view.ghosts, *ghosts))

    def action_earlier(self) -> None:
        if self._earlier is None:
            self.show_message("There is no earlier run of this market: retry one from its debrief")
        else:
            self._shows_earlier = not self._shows_earlier
            shown, hidden = "‹ › are your quotes of the earlier run", "The earlier run is hidden"
            self.show_message(shown if self._shows_earlier else hidden)

    def action_measure(self) -> None:
        self.show_message(measures(self.view, self.card.level.market.instrument))

    # Folding

    def action_fold(self) -> None:
        """Let the strategy quote until something happens, as fast as the machine can."""
        driver, seat = self.driver, self.seat
        if driver.folded:
            driver.unfold()
            self.show_message("Here you are")
            return
        if not seat.by_strategy:
            self.show_message("Hand over first (a): the strategy quotes while the quiet time is folded")
            return
        noticed, held = seat.noticed, _FOLD_HELD * self.card.level.maker.position_limit

        def until() -> bool:
            position = abs(seat.session.maker.desk.position)
            return seat.noticed > noticed or not seat.by_strategy or (position >= held and position > started)

        started = abs(seat.session.maker.desk.position)
        self._folded_at_ns = seat.now_ns
        driver.fold(until)
        self.show_message("Folding quiet time, up to the next event, phase or large position; e stops")

    def _tell_fold(self) -> None:
        """Say how much was folded, once it is."""
        if self._folded_at_ns is not None and not self.driver.folded:
            if not (self.view.noticed and self.message == self.view.notices[-1]):
                self.set_message(f"Folded {fmt.clock(self.view.now_ns - self._folded_at_ns)}")
            self._folded_at_ns = None

    # Strategy

    @property
    def offers_files(self) -> bool:
        """A player in a browser may be somebody else, who must not run files of this machine."""
        return not self.app.is_web

    def action_leave(self) -> None:
        """Ask whether to leave; the clock is stopped meanwhile."""
        engine = self.navigator.engine
        daily = self.navigator.is_daily(self.card, self.seat.seed)

        def answered(answer: str | None) -> None:
            if answer is None:
                return
            if answer == "keep":
                engine.stood(self.driver)
                if not engine.suspend():
                    self.notify(
                        "It has no whole journal, so nothing goes on from here.", severity="warning", markup=False
                    )
            else:
                self.seat.leave()
                if daily:
                    # The next paint goes to its end.
                    self.call_after_refresh(self.paint)
                    return
                engine.close()
            self.app.pop_screen()

        self.app.push_screen(LeaveScreen(scored=daily), answered)

    def action_coach(self) -> None:
        self.navigator.prefer(coach=not self.settings.coach)
        self.show_message("The coach speaks" if self.settings.coach else "The coach is silent")


def ring_times(side: Side, *, large: bool) -> tuple[float, ...]:
    """When the bell rings for a fill, in seconds from now: once bought, twice sold; all of it again for a large one."""
    once = (0.0,) if side is Side.BUY else (0.0, 0.15)
    return (*once, *(_AGAIN_S + at for at in once)) if large else once

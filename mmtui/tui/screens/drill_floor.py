"""A drill on the floor: what came before it is seen again, then one acts, with the real keys, for half a minute."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import BindingType

from mmtui.coach.watched import WatchedReplay, WatchedSession
from mmtui.learning.drills import PLAY_NS, Drill
from mmtui.learning.play import Play, TimedCommand, played
from mmtui.session.commands import AnyCommand
from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.card import CARD_WIDTH, CardScreen
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.trading import TradingScreen
from mmtui.tui.widgets.message import MessageState
from mmtui.units import NS_PER_S

#: What a drill has no use for; an undone command could not be told apart in another future.
_NOT_HERE = frozenset(
    f"floor.{name}" for name in ("slower", "faster", "fold", "lesson-on", "lesson", "earlier", "undo")
)
#: What came before is seen so much faster.
_LEAD_SPEED = 4.0
_PANELS_EVERY = 5


def _bindings() -> list[BindingType]:
    floor = [binding for binding in bindings("floor") if getattr(binding, "id", None) not in _NOT_HERE]
    return [*floor, *bindings("drill-floor")]


class DrillFloorScreen(TradingScreen):
    """The floor at the moment of a drill.

    Args:
        drill: the drill.
        lead: the session, some seconds before.
        seat: the player's, at the moment.
        driver: advances the one, then the other.
        judge: called with what was played.
    """

    BINDINGS = _bindings()
    PASSING = (*TradingScreen.PASSING, ChooseStrategy)

    def __init__(
        self, drill: Drill, lead: WatchedReplay, seat: WatchedSession, driver: Driver, judge: Callable[[Play], None]
    ) -> None:
        level = drill.script.level
        super().__init__(Card(level, level.id, kept=False), lead, lead.view(), driver, "-floor")
        self.drill = drill
        self.mine = False
        self._lead, self._own = lead, seat
        self._judge = judge
        self._steps: list[TimedCommand] = []
        self._frames = 0
        self._done = False
        driver.speed = _LEAD_SPEED

    def on_mount(self) -> None:
        self.ladder.follows = True
        # Once the floor behind it is drawn.
        self.call_after_refresh(self.call_after_refresh, self._brief)

    def _brief(self) -> None:
        drill = self.drill
        rows: list[Row] = [((drill.title.upper(), "bold own"),), ()]
        rows += [((line, "foreground"),) for line in fmt.wrap(drill.situation, CARD_WIDTH)]
        told = (
            f"You see what came before, then the market is yours for {PLAY_NS // NS_PER_S} seconds, with all keys; "
            "Enter ends them. What you do is judged over fifty futures."
        )
        rows += [(), *(((line, "muted"),) for line in fmt.wrap(told, CARD_WIDTH)), ()]
        rows.append(fmt.key_row(("Enter", "starts")))
        self.app.push_screen(CardScreen(rows))

    def frame(self) -> None:
        """Paint a frame; the panels only every few frames, since numbers cannot be read any faster."""
        self._frames += 1
        self.paint(panels=self._frames % _PANELS_EVERY == 1)

    def paint(self, *, panels: bool = True) -> None:
        """Show the market; when the time is over, have judged what was done."""
        if not self.mine and self._lead.now_ns >= self.drill.at_ns - 1:
            self.mine, panels = True, True
            self.seat = self.driver.session = self._own
            self.driver.speed = 1.0
            self.set_message("It is yours: act. Enter ends the drill")
        before, view = self.view, self._first_hedge_first(self.seat.view())
        self.view = view
        if view.noticed > before.noticed:
            self.set_message(view.notices[-1])
        if self.mine and (report := self.report(before)):
            self.set_message(report)
        left_ns = self.drill.at_ns + PLAY_NS - view.now_ns
        left = f"yours, {max(0, left_ns) // NS_PER_S} s left" if self.mine else "what came before"
        message = MessageState(self.message, self.quote_size, self.card.level.maker.sizes, self.ladder.armed)
        self.show(f"Drill · {left}", message, panels=panels or view.desk.fills != before.desk.fills)
        if self.mine and (left_ns <= 0 or self.seat.over is not None):
            self.action_done()

    def do(self, command: AnyCommand) -> None:
        """Submit a command, and note it for the other futures."""
        if not self.mine:
            self.show_message("Not yet: this has been already")
            return
        self._steps.append(played(self._own.session, command))
        super().do(command)

    def action_done(self) -> None:
        """Have judged what was done so far."""
        if self.mine and not self._done and self.is_current:
            self._done = True
            self.app.pop_screen()
            self._judge(Play(tuple(self._steps)))

    def action_leave(self) -> None:
        """Leave without being judged."""
        self.app.pop_screen()

    def action_coach(self) -> None:
        self.navigator.prefer(coach=not self.settings.coach)

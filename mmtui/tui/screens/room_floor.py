"""The floor in somebody's room: the market goes on by itself, and several make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from textual.binding import BindingType
from textual.screen import Screen

from mmtui.errors import InputError
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.room.protocol.messages import Place
from mmtui.room.protocol.seat import RoomSeat
from mmtui.session.commands import AnyCommand
from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.card import CARD_WIDTH, CardScreen
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.leave import LeaveRoomScreen
from mmtui.tui.screens.trading import TradingScreen
from mmtui.tui.widgets.line_view import LineView
from mmtui.tui.widgets.message import MessageState

#: What nobody does to a market that others are in, and what is for those who play alone.
_ALONE = frozenset(f"floor.{name}" for name in ("pause", "slower", "faster", "fold", "lesson-on", "lesson", "earlier"))
#: The panels beside the ladder are painted once in so many frames.
_PANELS_EVERY = 5
_MOST_PLACES = 10


def _bindings() -> list[BindingType]:
    return [binding for binding in bindings("floor") if getattr(binding, "id", None) not in _ALONE]


class LiveDriver(Driver):
    """Paints a market that goes on by itself, whenever there is anything new to see.

    Args:
        seat: the seat.
    """

    def __init__(self, seat: RoomSeat) -> None:
        super().__init__(seat)
        self._seat = seat

    def start(self, screen: Screen[None], paint: Callable[[], None], runs: Callable[[], bool]) -> None:
        """Paint at each change while it can be seen."""

        def frame() -> None:
            self._seat.unseen = False
            if runs():
                paint()

        # In the screen's own turn: whoever tells of a change may be another floor's.
        self._seat.on_change = partial(screen.call_later, frame)
        self._seat.unseen = False

    def advance(self, elapsed_s: float, wall: object = None) -> None:
        """Do nothing."""


class RoomFloorScreen(TradingScreen):
    """A seat in a room.

    Args:
        seat: the seat.
    """

    BINDINGS = _bindings()
    PASSING = (*TradingScreen.PASSING, ChooseStrategy, CardScreen, LeaveRoomScreen)
    STANDS = False

    def __init__(self, seat: RoomSeat) -> None:
        card = Card(seat.level, seat.level.id, kept=False)
        super().__init__(card, seat, seat.view(), LiveDriver(seat), "-floor")
        self.room = seat
        self._painted: FloorSnapshot | None = None
        self._finished = False
        self._frames = 0

    def on_mount(self) -> None:
        self.ladder.follows = True
        what = "what you do is recorded" if self.room.recorded else "nothing is recorded"
        again = "your seat is yours while you are away" if self.room.kept else "no seat is kept without a word of yours"
        self.set_message(f"You are {self.room.name}; {what}; {again}")

    def frame(self) -> None:
        """Paint a frame, if there is anything new; the panels only every few, since numbers are not read any faster."""
        if self.room.view() is self._painted and not (self.room.told or self.room.gone or self.room.places):
            return
        self._frames += 1
        self.paint(panels=self._frames % _PANELS_EVERY == 1)
        self._draw()

    def _draw(self) -> None:
        """Draw what has changed in one go; each widget by itself would ask for a turn, and many floors share them."""
        for widget in self.query(LineView):
            if widget._repaint_required:
                widget._repaint_required = False
                self._dirty_widgets.add(widget)
        self._on_timer_update()

    def on_screen_resume(self) -> None:
        """See what has changed while something else was above."""
        self.room.changed()

    def paint(self, *, panels: bool = True) -> None:
        """Show the market; at its end, how all did."""
        self._painted = self.room.view()
        before, view = self.view, self._first_hedge_first(self._painted)
        over = self.room.places is not None or bool(self.room.gone)
        if over:
            # The last view may be from just before the end.
            view = replace(view, phase="ended")
        self.view = view
        if view.noticed > before.noticed:
            self.set_message(view.notices[-1])
        if self.room.told:
            self.set_message(self.room.told)
            self.room.told = ""
        if report := self.report(before):
            self.set_message(report)
        message = MessageState(self.message, self.quote_size, self.card.level.maker.sizes, self.ladder.armed)
        fresh = panels or view.desk.fills != before.desk.fills or view.phase != before.phase
        self.show(f"{self.card.level.title} · {self.room.name}", message, panels=fresh)
        if over and not self._finished:
            self._finished = True
            self.app.push_screen(CardScreen(self._end_rows()), lambda _: self.app.exit())

    def do(self, command: AnyCommand) -> None:
        """Submit a command; what the room refuses is a message."""
        try:
            self.room.submit(command)
        except InputError as error:
            self.set_message(_capital(str(error)))
        self.paint(panels=False)
        self._draw()

    def action_cursor(self, rows: int) -> None:
        self.ladder.move(rows)
        self.paint(panels=False)
        self._draw()

    def action_leave(self) -> None:
        """Ask whether to go."""
        again = "Your seat is yours when you come back." if self.room.kept else "No seat is kept for you."
        self.app.push_screen(LeaveRoomScreen(f"The market goes on. {again}"))

    def action_coach(self) -> None:
        self.show_message("There is no coach in a room")

    def _end_rows(self) -> list[Row]:
        """How all did, the own seat marked; or why there is no connection any more."""
        if self.room.places is None:
            return [((_capital(self.room.gone), "foreground"),), (), fmt.key_row(("Enter", "leaves"))]
        rows: list[Row] = [(("The level is over", "bold foreground"),), ()]
        rows += place_rows(self.room.places.places, self.room.name)
        return [*rows, (), fmt.key_row(("Enter", "leaves"))]


def place_rows(places: Sequence[Place], own: str) -> list[Row]:
    """Rank, name, score and PnL of the best seats, and of the own one."""
    rows: list[Row] = []
    for rank, place in enumerate(places, start=1):
        if rank <= _MOST_PLACES or place.name == own:
            text = f"{rank:>3}  {fmt.fit(place.name, 24):<24} {place.score:>6.1f} {place.pnl:>+12,.2f}"
            rows.append(((text[:CARD_WIDTH], "bold own" if place.name == own else "foreground"),))
    return rows


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]

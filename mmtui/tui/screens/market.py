"""The ladder and the panels around it, in every size of terminal."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Footer, Static

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.screens.base import AppScreen
from mmtui.tui.widgets.chart import PriceChart
from mmtui.tui.widgets.coach import CoachBar
from mmtui.tui.widgets.desk import desk_rows
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.message import MessageLine, MessageState
from mmtui.tui.widgets.signals import signal_rows
from mmtui.tui.widgets.status import PlayState, StatusBar, speed_label
from mmtui.tui.widgets.tape import tape_rows
from mmtui.units import NS_PER_S

_WIDTHS = [(0, "-tiny"), (60, "-narrow"), (80, "-compact"), (110, "-wide"), (160, "-vast")]
_HEIGHTS = [(0, "-flat"), (20, "-short"), (30, "-tall"), (50, "-high")]
#: How long a message stays, on the level's clock.
_MESSAGE_NS = 6 * NS_PER_S
TOO_SMALL = "The floor needs 60 columns and 20 rows: make the terminal larger, or its letters smaller."


# Other containers would draw their own blank lines at every change of a cell.
class _Row(Horizontal):
    BLANK = True


class _Column(Vertical):
    BLANK = True


class _Pane(Container):
    BLANK = True


class MarketScreen(AppScreen):
    """What a floor and a replay have in common: the panels, the clock and the ladder's window.

    Args:
        card: the level.
        view: the first snapshot.
        driver: advances the session.

    Attributes:
        ladder, coach: the ladder, and the coach's line.
        view: the snapshot that is shown.
    """

    CSS_PATH = "market.tcss"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(self, card: Card, view: FloorSnapshot, driver: Driver, classes: str) -> None:
        super().__init__(classes=classes)
        self.card = card
        self.view = view
        self.driver = driver
        self._message = ""
        self._message_at_ns = 0
        self._status = StatusBar(id="status")
        self._messages = MessageLine(id="message")
        self.coach = CoachBar(id="coach")
        self._panels: list[Lines | PriceChart] = []

    def compose(self) -> ComposeResult:
        instrument = self.card.level.market.instrument
        self.ladder = Ladder(instrument, armed=self.settings.armed, id="ladder")
        yield self._status
        with _Row(id="body"):
            yield self.ladder
            with _Pane(id="side"):
                with _Column(id="market"):
                    yield PriceChart(instrument, id="chart")
                    yield Lines(instrument, signal_rows, id="signals")
                    yield Lines(instrument, tape_rows, id="tape")
                yield Lines(instrument, desk_rows, id="desk")
        yield Lines(instrument, desk_rows, id="strip")
        yield Lines(instrument, tape_rows, id="ticker")
        yield self.coach
        yield from self.compose_below()
        yield self._messages
        yield Footer(show_command_palette=False, compact=True)
        yield Static(TOO_SMALL, id="too-small")

    def compose_below(self) -> ComposeResult:
        """The widgets between the market and the message."""
        yield from ()

    def on_mount(self) -> None:
        self._panels = [*self.query(Lines), *self.query(PriceChart)]
        self.set_class(any(hedge.kind == "index" for hedge in self.view.hedges), "-indexed")
        self.call_after_refresh(self.paint)
        self.driver.start(self, self.frame)

    def show(self, title: str, message: MessageState, *, panels: bool = True) -> None:
        """Show the view; the panels beside the ladder only with ``panels``."""
        view, driver = self.view, self.driver
        self.ladder.update(view)
        self.coach.update(view, speaks=self.coach_speaks)
        if panels:
            for panel in self._panels:
                panel.update(view)
            price = self.card.level.market.instrument.format
            self._status.update(view, PlayState(title, driver.speed, driver.paused, driver.behind, price))
        if not message.text and not self.coach.display:
            # There are too few rows for a line of the coach's own.
            message = message._replace(text=self.coach.text)
        self._messages.update(message)

    def set_message(self, text: str) -> None:
        """Set the message above the footer, which stays for a while."""
        self._message = text
        self._message_at_ns = self.view.now_ns

    def show_message(self, text: str) -> None:
        """Show a message at once."""
        self.set_message(text)
        self.paint()

    @property
    def coach_speaks(self) -> bool:
        """Whether the coach is heard."""
        return self.settings.coach

    @property
    def message(self) -> str:
        """The last message; empty after a while."""
        if abs(self.view.now_ns - self._message_at_ns) > _MESSAGE_NS:
            self._message = ""
        return self._message

    def paint(self) -> None:
        """Take a snapshot and show it."""
        raise NotImplementedError

    def frame(self) -> None:
        """Paint after an advance of the driver."""
        self.paint()

    # Time

    def action_pause(self) -> None:
        self.driver.paused = not self.driver.paused
        self.paint()

    def action_speed(self, steps: int) -> None:
        self.driver.change_speed(steps)
        self.show_message(f"Speed {speed_label(self.driver.speed).strip()}")

    # The ladder's window

    def action_cursor(self, rows: int) -> None:
        self.ladder.move(rows)

    def action_recentre(self) -> None:
        self.ladder.recentre()

    def action_follow(self) -> None:
        self.ladder.follows = not self.ladder.follows
        self.show_message("The ladder follows the market" if self.ladder.follows else "The ladder holds still")

    def action_group(self) -> None:
        self.ladder.next_group()
        self.paint()

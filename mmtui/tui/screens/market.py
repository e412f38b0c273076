"""A market on the screen: the ladder and the panels around it, in every size of terminal."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Footer, Static

from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui.screens.base import AppScreen
from mmtui.tui.widgets.chart import PriceChart
from mmtui.tui.widgets.coach import CoachBar
from mmtui.tui.widgets.desk import desk_rows
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.message import MessageLine, Said
from mmtui.tui.widgets.signals import signal_rows
from mmtui.tui.widgets.status import Playing, StatusBar
from mmtui.tui.widgets.tape import tape_rows
from mmtui.units import NS_PER_S

_WIDTHS = [(0, "-tiny"), (60, "-narrow"), (80, "-compact"), (110, "-wide"), (160, "-vast")]
_HEIGHTS = [(0, "-flat"), (20, "-short"), (30, "-tall"), (50, "-high")]
#: How long a message stays, in the level's time: while the clock stands, so does the message.
_MESSAGE_NS = 6 * NS_PER_S
TOO_SMALL = "The floor needs 60 columns and 20 rows: make the terminal larger, or its letters smaller."


# Containers whose own lines are blank are drawn for nothing, at every change of a cell.
class _Row(Horizontal):
    BLANK = True


class _Column(Vertical):
    BLANK = True


class _Pane(Container):
    BLANK = True


class MarketScreen(AppScreen):
    """What a floor and a replay have in common: they show snapshots, and the ladder's window moves by keys.

    Attributes:
        ladder, coach: the ladder, and the coach's line.
        view: what is shown.
    """

    CSS_PATH = "market.tcss"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(self, instrument: Instrument, view: FloorSnapshot, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.instrument = instrument
        self.view = view
        self._message = ""
        self._message_at_ns = 0
        self._status = StatusBar(id="status")
        self._messages = MessageLine(id="message")
        self.coach = CoachBar(id="coach")
        self._panels: list[Lines | PriceChart] = []

    def compose(self) -> ComposeResult:
        instrument = self.instrument
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
        """What stands between the market and the message."""
        yield from ()

    def on_mount(self) -> None:
        self._panels = [*self.query(Lines), *self.query(PriceChart)]
        self.set_class(any(hedge.kind == "index" for hedge in self.view.hedges), "-indexed")

    def show(self, playing: Playing, said: Said, *, panels: bool = True) -> None:
        """Show the view, the panels beside the ladder only if they are wanted."""
        view = self.view
        self.ladder.update(view)
        self.coach.update(view, speaks=self.settings.coach)
        if panels:
            for panel in self._panels:
                panel.update(view)
            self._status.update(view, playing)
        if not said.text and not self.coach.display:
            # No room for a line of the coach's own.
            said = said._replace(text=self.coach.text)
        self._messages.update(said)

    def say(self, text: str) -> None:
        """Put a message above the footer for a while."""
        self._message = text
        self._message_at_ns = self.view.now_ns

    @property
    def message(self) -> str:
        """What was said last, empty when that is a while ago."""
        if abs(self.view.now_ns - self._message_at_ns) > _MESSAGE_NS:
            self._message = ""
        return self._message

    def paint(self) -> None:
        """Show what there is now."""
        raise NotImplementedError

    # The ladder's window

    def action_cursor(self, rows: int) -> None:
        """Move the cursor."""
        self.ladder.move(rows)

    def action_recentre(self) -> None:
        """Put the market in the middle."""
        self.ladder.recentre()

    def action_follow(self) -> None:
        """Let the ladder follow the market, or hold it."""
        self.ladder.follows = not self.ladder.follows
        self.say("The ladder follows the market" if self.ladder.follows else "The ladder holds still")
        self.paint()

    def action_group(self) -> None:
        """Show more ticks in a row, or one again."""
        self.ladder.next_group()
        self.paint()

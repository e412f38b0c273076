"""The ladder and the panels around it, in every size of terminal."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.command import CommandPalette
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static

from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui.actions import ACTIONS
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.format import Row
from mmtui.tui.keys import keys_of
from mmtui.tui.screens.base import AppScreen
from mmtui.tui.widgets.chart import PriceChart
from mmtui.tui.widgets.coach import CoachBar
from mmtui.tui.widgets.desk import brief_rows, desk_rows
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.message import MessageLine, MessageState
from mmtui.tui.widgets.score import score_line, score_rows
from mmtui.tui.widgets.signal_strip import strip_rows
from mmtui.tui.widgets.signals import signal_rows
from mmtui.tui.widgets.status import PlayState, StatusBar, speed_label
from mmtui.tui.widgets.tape import tape_rows
from mmtui.units import NS_PER_S

_WIDTHS = [(0, "-tiny"), (60, "-narrow"), (80, "-compact"), (110, "-wide"), (160, "-vast")]
_HEIGHTS = [(0, "-flat"), (20, "-short"), (30, "-tall"), (50, "-high")]
#: How long a message stays, on the level's clock at single speed; longer at more, so that it can be read.
_MESSAGE_NS = 6 * NS_PER_S
#: What the side panel of a narrow terminal turns through.
PAGES = ("desk", "score", "signal", "chart", "tape")
TOO_SMALL_CLASSES = {"-tiny", "-flat"}
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
    #: Over these the market goes on where the player wants it to.
    PASSING: ClassVar[tuple[type[Screen[Any]], ...]] = (CommandPalette,)
    #: Whether the market stands still under dialogs and help.
    STANDS: ClassVar[bool] = True

    def __init__(self, card: Card, view: FloorSnapshot, driver: Driver, classes: str) -> None:
        super().__init__(classes=classes)
        self.card = card
        self.view = view
        self.driver = driver
        self._page = PAGES[0]
        self._message = ""
        self._message_at_ns = 0
        self._status = StatusBar(id="status")
        self._messages = MessageLine(id="message")
        self.coach = CoachBar(id="coach")
        self._panels: list[Lines | PriceChart] = []

    def compose(self) -> ComposeResult:
        instrument = self.card.level.market.instrument
        signals = partial(signal_rows, banded=self.card.level.exchange.halt is not None)
        self.ladder = Ladder(instrument, armed=self.settings.armed, id="ladder")
        yield self._status
        with _Row(id="body"):
            yield self.ladder
            with _Pane(id="side"):
                yield Lines(instrument, self._tab_rows, id="tabs")
                yield Lines(instrument, brief_rows, id="brief")
                with _Column(id="market"):
                    yield PriceChart(instrument, id="chart")
                    yield Lines(instrument, signals, id="signals")
                    yield Lines(instrument, tape_rows, id="tape")
                with _Column(id="books"):
                    yield Lines(instrument, desk_rows, id="desk")
                    yield Lines(instrument, partial(score_rows, self.card.level), id="score")
        yield Lines(instrument, desk_rows, id="strip")
        yield Lines(instrument, partial(score_line, self.card.level), id="score-line")
        yield Lines(instrument, partial(strip_rows, self.card.level), id="level-signals")
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
        level = self.card.level
        extra = sum(hedge.kind == "index" for hedge in self.view.hedges) + (level.exchange.halt is not None)
        self.query_one("#signals").set_class(extra == 1, "-eight")
        self.query_one("#signals").set_class(extra > 1, "-nine")
        self._show_page()
        self.call_after_refresh(self.paint)
        self.driver.start(self, self.frame, self.clock_runs)

    def clock_runs(self) -> bool:
        """Whether the market may go on: it can be seen, and nothing that asks for attention is over it."""
        if not self.classes.isdisjoint(TOO_SMALL_CLASSES):
            return False
        top = self.app.screen
        return top is self or (self.settings.runs_on and isinstance(top, self.PASSING))

    def show(self, title: str, message: MessageState, *, panels: bool = True) -> None:
        """Show the view; the panels beside the ladder only with ``panels``."""
        view, driver = self.view, self.driver
        self.ladder.update(view)
        self.coach.update(view, speaks=self.coach_speaks)
        if panels:
            for panel in self._panels:
                panel.update(view)
            price = self.card.level.market.instrument.format
            armed = self.ladder.armed if message.presets else None
            self._status.update(view, PlayState(title, driver.speed, driver.paused, driver.behind, price, armed))
        if not message.text:
            message = message._replace(text=self._lost())
        whole = message.text == self.coach.shown and not self.coach.rest
        if self.coach.stress(whole and self.coach.size.height > 1):
            message = message._replace(text="")
        if message.text in ("", self.coach.shown) and self.coach.rest:
            message = message._replace(text=self.coach.rest, ink="auto" if self.coach.text else message.ink)
        self._messages.update(message)

    def after_action(self, action: str) -> None:
        """Hold the ladder still under the hand."""
        self.ladder.touched()

    def _lost(self) -> str:
        """Where the market is when it is not on the ladder, and the key that brings it back; empty when it is."""
        away = self.ladder.away
        if not away:
            return ""
        key = self.app.get_key_display(Binding(keys_of(ACTIONS["floor.recentre"], self.settings.keys)[0], ""))
        return f"Market {abs(away)} ticks {'above' if away > 0 else 'below'}: {key} recentres"

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
        if abs(self.view.now_ns - self._message_at_ns) > _MESSAGE_NS * max(1.0, self.driver.speed):
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

    # The side panel

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are panels to turn only where not all of them fit."""
        return action != "turn" or self.has_class("-compact")

    def on_resize(self) -> None:
        self.refresh_bindings()

    def action_turn(self) -> None:
        self._page = PAGES[(PAGES.index(self._page) + 1) % len(PAGES)]
        self._show_page()

    def on_lines_pressed(self, message: Lines.Pressed) -> None:
        """A click on a name above the side panel turns to it."""
        if message.panel.id == "tabs":
            at = 0
            for page in PAGES:
                at += len(page) + 1
                if message.x < at:
                    self._page = page
                    self._show_page()
                    return

    def _show_page(self) -> None:
        for page in PAGES:
            self.set_class(page == self._page, f"-page-{page}")
        self.call_after_refresh(self.paint)

    def _tab_rows(self, _view: FloorSnapshot, _instrument: Instrument, width: int, _height: int) -> list[Row]:
        """The names of the panels, the one that is shown marked."""
        spans = [(f"{page} ", "bold own on panel" if page == self._page else "muted on panel") for page in PAGES]
        return [tuple(spans)]

    # The ladder's window

    def action_cursor(self, rows: int) -> None:
        self.ladder.move(rows)
        self.paint()

    def action_recentre(self) -> None:
        self.ladder.recentre()
        self.paint()

    def action_follow(self) -> None:
        self.ladder.follows = not self.ladder.follows
        self.show_message("The ladder follows the market" if self.ladder.follows else "The ladder holds still")

    def action_group(self) -> None:
        self.ladder.next_group()
        self.paint()

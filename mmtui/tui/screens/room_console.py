"""A room as its instructor sees it, or as it is on a wall: the market, how all do, the trades, and the news."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Input, Static

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.room.core.instructions import (
    HaltTrading,
    Headline,
    InstitutionOrder,
    Jump,
    Message,
    NextEvent,
    SetMarket,
    Spike,
    Withdraw,
)
from mmtui.room.core.public import Market
from mmtui.room.protocol.desk import RoomDesk
from mmtui.room.protocol.messages import Freeze, Kick, Mute, Place, Shown, Speed, Start
from mmtui.room.protocol.seat import RoomSeat
from mmtui.session.commands import AnyCommand
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppModal, AppScreen, field
from mmtui.tui.screens.leave import LeaveRoomScreen
from mmtui.tui.screens.room_floor import RoomFloorScreen
from mmtui.tui.widgets.line_view import as_content
from mmtui.wording import visible

_SPIKE_LOTS = 20
_PAINTS_S = 0.25
#: Columns of the seats with their fills.
_WIDE = 65
_BAR = 14


class ConsoleScreen(AppScreen):
    """The console.

    Args:
        desk: the line to the room.
    """

    CSS_PATH = "room_console.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("console")

    def __init__(self, desk: RoomDesk) -> None:
        super().__init__()
        self.desk = desk
        self._marked = 0
        self._muted: set[int] = set()
        self._halted = False
        self._said = ""
        self._empty = True

    def compose(self) -> ComposeResult:
        yield Static(id="console-head")
        with Horizontal(id="console"):
            with Vertical(id="console-market"):
                yield Static(id="console-book")
                yield Static(id="console-tape")
            with Vertical(id="console-people"):
                yield Static(id="console-places")
                yield Static(id="console-news")
        yield Static(id="console-message")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.paint()
        self.set_interval(_PAINTS_S, self.paint)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who only looks on can only leave."""
        return self.desk.instructs or action == "leave"

    def paint(self) -> None:
        """Show what there is."""
        desk, shown = self.desk, self.desk.shown
        self._look_for_floor()
        if self._empty and shown is not None:
            # What was said of a market that was not there yet is true no more.
            self._empty, self._said = False, ""
        self._said, desk.told = desk.told or self._said, ""
        rows: list[Row] = [((desk.gone or self._said, "auto"),)]
        self.query_one("#console-message", Static).update(as_content(rows), layout=False)
        if shown is None:
            return
        width, height = self.query_one("#console-places").size
        parts = {
            "head": [head_row(desk, shown)],
            "book": book_rows(desk, shown.market),
            "tape": tape_rows(desk, shown.market),
            "places": place_rows(shown.places, self._seat if desk.instructs else None, self._muted, width, height),
            "news": news_rows(shown.market),
        }
        for name, found in parts.items():
            self.query_one(f"#console-{name}", Static).update(as_content(found), layout=False)

    @property
    def _places(self) -> list[Place]:
        return [] if self.desk.shown is None else self.desk.shown.places

    @property
    def _seat(self) -> int:
        """The marked seat, by its number; ranks change, and the mark stays with the seat."""
        return self._marked

    def action_move(self, step: int) -> None:
        order = [place.seat for place in self._places]
        if order:
            at = order.index(self._marked) if self._marked in order else 0
            self._marked = order[max(0, min(len(order) - 1, at + step))]
            self.paint()

    def _do(self, request: msgspec.Struct, said: str) -> None:
        self._said = said
        self.desk.send(request)
        self.paint()

    def _called(self, seat: int) -> str:
        return next((place.name for place in self._places if place.seat == seat), f"seat {seat}")

    # The market

    def action_start(self) -> None:
        shown = self.desk.shown
        if shown is None or not shown.started:
            self._do(Start(), "The market is open")
        else:
            self._do(Freeze(not shown.frozen), "The clock goes on" if shown.frozen else "The clock stands still")

    def action_speed(self, times: float) -> None:
        if self.desk.shown is not None:
            speed = max(0.5, min(16.0, self.desk.shown.speed * times))
            self._do(Speed(speed), f"Speed ×{speed:g}")

    def action_spike(self, side: str) -> None:
        bought = side == "bid"
        spike = Spike(side=Side.BUY if bought else Side.SELL, lots=_SPIKE_LOTS)
        self._do(spike, f"{'Bought' if bought else 'Sold'} {_SPIKE_LOTS} lots at once")

    def action_halt(self) -> None:
        self._halted = not self._halted
        self._do(HaltTrading(on=self._halted), "Trading is halted" if self._halted else "Trading goes on")

    def action_event(self) -> None:
        self._do(NextEvent(), "The next event comes as soon as nobody knows that it does not")

    def action_jump(self) -> None:
        def then(text: str) -> None:
            self._do(Jump(ticks=float(text)), f"The value jumps by {text} ticks")

        self._ask("By how many ticks does the value jump?", then)

    def action_set_market(self) -> None:
        def then(text: str) -> None:
            key, _, value = text.partition("=")
            self._do(SetMarket(key=key.strip(), value=float(value)), f"The market's {text} from now on")

        self._ask("Which number of the market, such as informed.rate=2?", then)

    def action_institution(self) -> None:
        def then(text: str) -> None:
            lots, seconds = (int(each) for each in text.split())
            side = Side.BUY if lots > 0 else Side.SELL
            self._do(InstitutionOrder(side=side, lots=abs(lots), seconds=seconds), f"{lots} lots over {seconds} s")

        self._ask("How many lots, sold where negative, over how many seconds, such as -200 60?", then)

    def action_headline(self) -> None:
        self._ask("What is the news?", lambda text: self._do(Headline(text=text), "It is out"))

    # Seats

    def action_message(self, whom: str) -> None:
        seat = -1 if whom == "all" else self._seat
        to = "everybody" if seat == -1 else self._called(seat)
        self._ask(f"To {to}:", lambda text: self._do(Message(seat=seat, text=text), f"Said to {to}"))

    def _ask(self, question: str, then: Callable[[str], None]) -> None:
        def answered(text: str | None) -> None:
            try:
                if text:
                    then(text)
            except ValueError:
                self._said = f"{visible(str(text))} is no answer to: {question}"
                self.paint()

        self.app.push_screen(PromptScreen(question), answered)

    def action_mute(self) -> None:
        seat, on = self._seat, self._seat not in self._muted
        self._muted ^= {seat}
        self._do(Mute(seat, on), f"{self._called(seat)} {'does nothing more' if on else 'may act again'}")

    def action_withdraw(self) -> None:
        self._do(Withdraw(seat=self._seat), f"The orders of {self._called(self._seat)} are withdrawn")

    def action_kick(self) -> None:
        self._muted.discard(self._seat)
        self._do(Kick(self._seat), f"{self._called(self._seat)} is out")

    def action_see_floor(self) -> None:
        self.desk.watched, self.desk.floor = self._seat, None
        self._said = f"Waiting for the floor of {self._called(self._seat)}"
        self.paint()

    def _look_for_floor(self) -> None:
        """Open the floor that was asked for, once there is anything to see; what the room refuses is not coming."""
        desk = self.desk
        if desk.watched is None or self.app.screen is not self:
            return
        if desk.floor is not None:
            self._said = ""
            seat = RoomSeat(desk.level, self._called(desk.watched), desk.floor, _refuse)
            self.app.push_screen(WatchedFloorScreen(seat, desk))
        elif desk.told:
            desk.watched = None

    def action_leave(self) -> None:
        """Ask whether to go; not where the room is no more."""
        if self.desk.gone:
            self.app.exit()
        else:
            self.app.push_screen(LeaveRoomScreen("It stays open, and its market goes on."))


class WatchedFloorScreen(RoomFloorScreen):
    """Somebody's floor, to be looked at.

    Args:
        seat: the seat.
        desk: whose line brings what there is to see.
    """

    def __init__(self, seat: RoomSeat, desk: RoomDesk) -> None:
        super().__init__(seat)
        self._desk = desk

    def on_mount(self) -> None:
        self.set_interval(_PAINTS_S, self._take_in)

    def _take_in(self) -> None:
        """Show what has come."""
        if self._desk.floor is not None:
            self.room.update(self._desk.floor)

    def action_leave(self) -> None:
        self._desk.watched = None
        self.app.pop_screen()


class PromptScreen(AppModal[str | None]):
    """Asks for a line of text.

    Args:
        question: what for.
    """

    CSS_PATH = "card.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(id="card", classes="panel"):
            yield Static(self._question, markup=False)
            yield field("text")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


def head_row(desk: RoomDesk, shown: Shown) -> Row:
    """The level, the clock and how it goes."""
    market = shown.market
    state = "ENDED" if market.phase == "ended" else "FROZEN" if shown.frozen else "LIVE" if shown.started else "WAITING"
    clock = f"{fmt.clock(market.at_ns)}/{fmt.clock(market.end_ns)}"
    return (
        (f" {desk.level.title.upper()}  ", "bold own"),
        (f"{state:<8} {clock} ×{shown.speed:g}  {market.phase.upper()}", "foreground"),
    )


def book_rows(desk: RoomDesk, market: Market) -> list[Row]:
    """The best levels of the book, asks above bids, without whose they are."""
    price = desk.level.market.instrument.format
    most = max((lots for _, lots in (*market.bids, *market.asks)), default=1)
    rows: list[Row] = [(("BOOK", "bold muted"),)]
    for levels, style in ((market.asks[7::-1], "ask"), (market.bids[:8], "bid")):
        for at, lots in levels:
            bar = "█" * max(1, round(_BAR * lots / most))
            rows.append(((f"{price(at):>10} ", "foreground"), (f"{lots:>5} ", style), (bar, style)))
    return rows


def tape_rows(desk: RoomDesk, market: Market) -> list[Row]:
    """The last trades, newest first."""
    price = desk.level.market.instrument.format
    rows: list[Row] = [(("TRADES", "bold muted"),)]
    for trade in market.tape:
        sign, style = fmt.arrow(trade.side)
        rows.append(
            ((f"{fmt.stamp(trade.at_ns)} ", "muted"), (f"{sign} {trade.quantity:>4} @ {price(trade.price)}", style))
        )
    return rows


def place_rows(places: list[Place], marked: int | None, muted: set[int], width: int, height: int) -> list[Row]:
    """How the seats do, best first, as many as fit around the marked one; where it is narrow, without the fills."""
    wide = width >= _WIDE
    called = 26 if wide else 13
    head = f"   {'SEATS':<{called}}" + (
        f"{'score':>7}{'pnl':>12}{'position':>10}{'fills':>7}" if wide else f"{'score':>6}{'pnl':>11}{'lots':>7}"
    )
    rows: list[Row] = [((head, "bold muted"),)]
    seats = [place.seat for place in places]
    at = seats.index(marked) if marked in seats else 0
    first = max(0, min(at - height // 2, len(places) - max(1, height - 1)))
    for rank, place in enumerate(places[first:], start=first + 1):
        mute = " mute" if place.seat in muted else ""
        text = f"{rank:>2} {fmt.fit(place.name, called - 1 - len(mute)) + mute:<{called}}"
        if wide:
            text += f"{place.score:>7.1f}{place.pnl:>+12,.2f}{place.position:>+10}{place.fills:>7}"
        else:
            text += f"{place.score:>6.1f}{place.pnl:>+11,.0f}{place.position:>+7}"
        rows.append(((text, "bold own" if place.seat == marked else "foreground"),))
    return rows


def news_rows(market: Market) -> list[Row]:
    """What was said to all, newest first."""
    rows: list[Row] = [(("NEWS", "bold muted"),)]
    rows += [((f"{fmt.clock(at_ns)} ", "muted"), (text, "foreground")) for at_ns, text in market.news]
    return rows


def _refuse(_command: AnyCommand) -> None:
    raise InputError("you look on: it is somebody else's seat")

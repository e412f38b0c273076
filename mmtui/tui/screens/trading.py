"""Keys and clicks that become commands: quoting, withdrawing, trading, hedging."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.observe.snapshot import FloorSnapshot, HedgeSnapshot
from mmtui.session import commands
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.screens.market import MarketScreen
from mmtui.tui.widgets.desk import POSITION_LINE
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.ladder_rows import own_quotes
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.message import MessageLine

_SIDES = {"bid": Side.BUY, "ask": Side.SELL}
#: A step of the keys on pegged quotes, in ticks.
_PEG_STEP = 0.5


class TradingScreen(MarketScreen):
    """A market screen that sends commands.

    Args:
        card: the level.
        seat: the player's seat.
        view: its first snapshot.

    Attributes:
        quote_size: size of the next quote, in lots.
    """

    def __init__(self, card: Card, seat: WatchedSession, view: FloorSnapshot, driver: Driver, classes: str) -> None:
        super().__init__(card, view, driver, classes)
        self.seat = seat
        self.quote_size = card.level.maker.sizes[0]
        self._hedge = 0

    def do(self, command: commands.AnyCommand) -> None:
        """Submit a command and show the result."""
        self.seat.submit(command)
        self.paint()

    # Quoting

    def action_quote(self, side: str) -> None:
        self._quote(_SIDES[side], self.ladder.cursor, self.quote_size)

    def _quote(self, side: Side, price: int, size: int) -> None:
        self.do(commands.Quote(side, price, size, add=self.settings.several))

    def action_join(self, side: str, improve: int) -> None:
        self.do(commands.Join(_SIDES[side], self.quote_size, improve, add=self.settings.several))

    def action_width(self, step: int) -> None:
        """Bring the quotes closer together (negative) or further apart."""
        self._adjust(commands.Shift(-step, step), half_spread=step * _PEG_STEP)

    def action_skew(self, step: int) -> None:
        """Lower the bid (negative) or raise the ask; shift both quotes when they are pegged."""
        self._adjust(commands.Shift(min(0, step), max(0, step)), skew=step * _PEG_STEP)

    def action_both(self, ticks: int) -> None:
        self._adjust(commands.Shift(ticks, ticks), skew=ticks)

    def _adjust(self, shift: commands.Shift, half_spread: float = 0.0, skew: float = 0.0) -> None:
        """Shift fixed quotes; change the half-spread or the skew of pegged ones, in ticks."""
        peg = self.view.peg
        if peg is None:
            self.do(shift)
        else:
            self._peg(half_spread=max(0.0, peg.half_spread + half_spread), skew=peg.skew + skew)

    def action_peg(self) -> None:
        view = self.view
        if view.peg is not None:
            self.set_message("Your quotes stay where they are")
            self.do(commands.Fix())
            return
        bid, ask = own_quotes(view)
        if bid is None or ask is None:
            half, skew = view.signals.spread / 2, 0.0
        else:
            half, skew = (ask - bid) / 2, (ask + bid) / 2 - view.mid
        self.do(commands.Peg(max(_PEG_STEP, half), round(skew / _PEG_STEP) * _PEG_STEP, self.quote_size))
        self.show_message("Your quotes follow the mid: , . width   ; ' skew   M microprice   m fixes them")

    def action_reference(self) -> None:
        peg = self.view.peg
        if peg is None:
            self.show_message("Your quotes are fixed: peg them first")
        else:
            self._peg(reference="microprice" if peg.reference == "mid" else "mid")

    def _peg(self, **changes: Any) -> None:
        assert self.view.peg is not None
        self.do(msgspec.structs.replace(self.view.peg, **changes))

    def action_undo(self) -> None:
        self.do(commands.Undo())

    def action_move_order(self, rows: int) -> None:
        found = self.ladder.orders_in(self.ladder.cursor)
        if not found:
            self.show_message("There is no order of yours at the cursor")
            return
        self.ladder.move(rows)
        for side, price in found:
            self.do(commands.Move(side, price, price + rows * self.ladder.group))

    def action_take(self, side: str) -> None:
        self.do(commands.Take(_SIDES[side], self.quote_size))

    def action_flatten(self) -> None:
        self.do(commands.Flatten())

    def action_reverse(self) -> None:
        self.do(commands.Reverse())

    # Hedging

    def _first_hedge_first(self, view: FloorSnapshot) -> FloorSnapshot:
        """The view with the hedge instrument first that the keys trade."""
        first = self._hedge
        return replace(view, hedges=view.hedges[first:] + view.hedges[:first]) if first else view

    def action_hedge(self) -> None:
        if hedge := self._hedge_instrument():
            self.do(commands.HedgeAll(hedge.name))

    def action_trade_hedge(self, side: str) -> None:
        if hedge := self._hedge_instrument():
            self.do(commands.Hedge(hedge.name, _SIDES[side], 1))

    def action_next_hedge(self) -> None:
        if self._hedge_instrument():
            self._hedge = (self._hedge + 1) % len(self.view.hedges)
            self.paint()
            self.show_message(f"The keys trade {self.view.hedges[0].name}")

    def _hedge_instrument(self) -> HedgeSnapshot | None:
        """The hedge instrument that the keys trade; shows a message without one."""
        if self.view.hedges:
            return self.view.hedges[0]
        self.show_message("There is nothing to hedge with in this level")
        return None

    # Withdrawing

    def action_cancel_here(self) -> None:
        cursor = self.ladder.cursor
        for price in dict.fromkeys(price for _, price in self.ladder.orders_in(cursor)) or [cursor]:
            self.do(commands.Cancel(price=price))

    def action_cancel_side(self, side: str) -> None:
        self.do(commands.Cancel(side=_SIDES[side]))

    def action_cancel_all(self) -> None:
        self.do(commands.Cancel())

    # Clicks and size

    def action_arm(self) -> None:
        self.ladder.armed = not self.ladder.armed
        self.show_message("A click sends an order" if self.ladder.armed else "A click only moves the cursor")

    def action_preset(self, index: int) -> None:
        self._set_size(self.card.level.maker.sizes[index])

    def action_size(self, step: int) -> None:
        self._set_size(self.quote_size + step)

    def _set_size(self, size: int) -> None:
        self.quote_size = max(1, min(self.card.level.maker.max_order, size))
        if self.view.peg is not None and self.view.peg.size != self.quote_size:
            self._peg(size=self.quote_size)
        else:
            self.paint()

    # The mouse

    def on_ladder_request(self, message: Ladder.Request) -> None:
        """A click or a drag on the ladder."""
        side, price = message.side, message.price
        if message.do == "cancel" or price is None:
            self.do(commands.Cancel(side=side, price=price))
        elif message.do == "move" and message.to is not None:
            self.do(commands.Move(side, price, message.to))
        elif message.do == "quote":
            self._quote(side, price, self.quote_size)
        else:
            # The next larger preset, if there is one.
            larger = (size for size in self.card.level.maker.sizes if size > self.quote_size)
            self._quote(side, price, next(larger, self.quote_size))

    def on_message_line_size_change(self, message: MessageLine.SizeChange) -> None:
        """The wheel or a click on the sizes."""
        if message.preset is not None:
            self.action_preset(message.preset)
        else:
            self.action_size(message.step)

    def on_lines_pressed(self, message: Lines.Pressed) -> None:
        """A click on the position makes it the quote size."""
        super().on_lines_pressed(message)
        position = abs(self.view.desk.position)
        if message.panel.id == "desk" and message.y == POSITION_LINE and position:
            self._set_size(position)

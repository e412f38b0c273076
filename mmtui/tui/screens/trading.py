"""Keys and clicks that become commands: quoting, withdrawing, trading, hedging."""

from __future__ import annotations

from mmtui.observe.seat import Seat
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session import commands
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.manual_trading import SIDES, ManualTrading, first_size
from mmtui.tui.screens.choose import ChooseStrategy
from mmtui.tui.screens.market import MarketScreen
from mmtui.tui.widgets.desk import POSITION_LINE
from mmtui.tui.widgets.ladder import Ladder
from mmtui.tui.widgets.lines import Lines
from mmtui.tui.widgets.message import MessageLine

_NONE_HERE = "There is no order of yours at the cursor"


class TradingScreen(MarketScreen, ManualTrading):
    """A market screen that sends commands.

    Args:
        card: the level.
        seat: the player's seat.
        view: its first snapshot.

    Attributes:
        quote_size: size of the next quote, in lots.
    """

    pegged = "Your quotes follow the mid: , . width   ; ' skew   M microprice   m fixes them"

    def __init__(self, card: Card, seat: Seat, view: FloorSnapshot, driver: Driver, classes: str) -> None:
        super().__init__(card, view, driver, classes)
        self.seat = seat
        self.quote_size = first_size(card.level)
        self._params = {}

    @property
    def several(self) -> bool:
        """Whether the settings say so."""
        return self.settings.several

    @property
    def offers_files(self) -> bool:
        """Whether strategies in files may be chosen, besides those that ship."""
        return False

    def action_choose_strategy(self) -> None:
        """Choose the ready strategy; it replaces one that is quoting."""
        view = self.view

        def chosen(choice: tuple[str, commands.Params] | None) -> None:
            if choice is None:
                return
            name, self._params = choice
            if view.active is not None:
                self.do(commands.HandOver(name, self._params))
            else:
                self.set_message(f"{name} is ready: a hands over to it")
                self.do(commands.Ready(name, self._params))

        engine, files = self.navigator.engine, self.offers_files
        self.app.push_screen(ChooseStrategy(engine, view.active or view.ready, self._params, files=files), chosen)

    # Quoting

    def action_quote(self, side: str) -> None:
        self.quote(SIDES[side], self.ladder.cursor, self.quote_size)

    def action_move_order(self, rows: int) -> None:
        found = self.ladder.orders_in(self.ladder.cursor)
        if not self._needs(found, _NONE_HERE):
            return
        self.ladder.move(rows)
        for side, price in found:
            self.do(commands.Move(side, price, price + rows * self.ladder.group))

    # Withdrawing

    def action_cancel_here(self) -> None:
        cursor = self.ladder.cursor
        self._needs(self.ladder.orders_in(cursor), _NONE_HERE)
        for price in dict.fromkeys(price for _, price in self.ladder.orders_in(cursor)) or [cursor]:
            self.do(commands.Cancel(price=price))

    # Clicks and size

    def action_arm(self) -> None:
        self.ladder.armed = not self.ladder.armed
        self.show_message("A click sends an order" if self.ladder.armed else "A click only moves the cursor")

    # The mouse

    def on_ladder_request(self, message: Ladder.Request) -> None:
        """A click or a drag on the ladder."""
        side, price = message.side, message.price
        if message.do == "cancel" or price is None:
            self.do(commands.Cancel(side=side, price=price))
        elif message.do == "move" and message.to is not None:
            self.do(commands.Move(side, price, message.to))
        elif message.do == "quote":
            self.quote(side, price, self.quote_size)
        else:
            # The next larger preset, if there is one.
            larger = (size for size in self.card.level.maker.sizes if size > self.quote_size)
            self.quote(side, price, next(larger, self.quote_size))

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

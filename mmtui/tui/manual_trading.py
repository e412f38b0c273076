"""Manual trading on a floor, whether by keys or by words: quoting, withdrawing, trading, hedging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from mmtui.book import Side
from mmtui.level.level import Level
from mmtui.observe.seat import Seat
from mmtui.observe.snapshot import FloorSnapshot, HedgeSnapshot, OwnOrder
from mmtui.session import commands
from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.reports import TakeOrder, fill_report, hedge_report, take_report
from mmtui.tui.widgets.ladder_rows import own_quotes

SIDES = {"bid": Side.BUY, "ask": Side.SELL}
#: A step of the keys on pegged quotes, in ticks.
_PEG_STEP = 0.5


def first_size(level: Level) -> int:
    """The size to begin with, in lots: the smallest preset of which quotes meet the obligation."""
    sizes = level.maker.sizes
    return next((size for size in sizes if size >= level.obligation.min_size), sizes[-1])


class ManualTrading:
    """Carries out the actions of :data:`mmtui.tui.actions.floor.FLOOR` that need no screen.

    Attributes:
        card: the level.
        seat: the player's seat.
        view: what there was to see last.
        quote_size: size of the next quote, in lots.
    """

    card: Card
    seat: Seat
    view: FloorSnapshot
    quote_size: int

    #: What is said once quotes follow the market.
    pegged = "Your quotes follow the mid"
    #: How fills are told that came between two looks.
    fill_report = staticmethod(fill_report)
    _hedge = 0
    _sent: TakeOrder | None = None
    _params: commands.Params

    @property
    def several(self) -> bool:
        """Whether a quote leaves those that there are on its side."""
        return False

    def paint(self) -> None:
        """Take a look at the market anew."""
        raise NotImplementedError

    def set_message(self, text: str) -> None:
        """Say a sentence with the next look."""
        raise NotImplementedError

    def show_message(self, text: str) -> None:
        """Say a sentence at once."""
        raise NotImplementedError

    def action_choose_strategy(self) -> None:
        """Choose the ready strategy; each floor offers its own."""

    def do(self, command: commands.AnyCommand) -> None:
        """Submit a command and show the result."""
        self.seat.submit(command)
        self.paint()

    # Strategy

    def action_hand_over(self) -> None:
        """Hand over to the ready strategy, or take back."""
        if self.view.active is not None:
            self.do(commands.TakeBack())
        elif self.view.ready is not None:
            self.do(commands.HandOver(self.view.ready, self._params))
        else:
            self.action_choose_strategy()

    # Quoting

    def quote(self, side: Side, price: int, size: int) -> None:
        """Quote a side at a price, in ticks."""
        self.do(commands.Quote(side, price, size, add=self.several))

    def action_join(self, side: str, improve: int) -> None:
        self.do(commands.Join(SIDES[side], self.quote_size, improve, add=self.several))

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
            self._needs(self._working(), "You have no quotes to move: bid and offer first")
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
        self.show_message(self.pegged)

    def action_reference(self) -> None:
        peg = self.view.peg
        if peg is None:
            self.show_message("Your quotes are fixed: peg them first")
        else:
            indexed = any(hedge.kind == "index" for hedge in self.view.hedges)
            following = {"mid": "microprice", "microprice": "index" if indexed else "mid", "index": "mid"}
            self._peg(reference=following[peg.reference])

    def _peg(self, **changes: Any) -> None:
        assert self.view.peg is not None
        self.do(msgspec.structs.replace(self.view.peg, **changes))

    def action_undo(self) -> None:
        before = self.view
        self.do(commands.Undo())
        if self.view.noticed > before.noticed:
            return
        same = (self.view.orders, self.view.peg) == (before.orders, before.peg)
        undone = "Back to the quotes of before your last change; again, and they are as they were"
        self.show_message("Your last command changed none of your quotes" if same else undone)

    def _working(self, side: Side | None = None) -> list[OwnOrder]:
        """The own orders of a side, or of both, that are not being withdrawn."""
        return [order for order in self.view.orders if side in (None, order.side) and not order.pending_cancel]

    def _needs(self, found: Sequence[Any], why: str) -> bool:
        """Whether there is something to act on; shows the message if not."""
        if not found:
            self.show_message(why)
        return bool(found)

    def action_take(self, side: str) -> None:
        command = commands.Take(SIDES[side], self.quote_size)
        self._send(command.side, command.size, command.protection)
        self.do(command)

    def action_flatten(self) -> None:
        self._trade_away(commands.Flatten(), 1, "flat")

    def action_reverse(self) -> None:
        self._trade_away(commands.Reverse(), 2, "reverse")

    def _trade_away(self, command: commands.Flatten | commands.Reverse, times: int, for_: str) -> None:
        position = self.view.desk.position
        if position:
            side = Side.SELL if position > 0 else Side.BUY
            self._send(side, times * abs(position), command.protection, for_)
        self._needs(range(abs(position)), "Your position is 0: your orders are withdrawn, there is nothing to trade")
        self.do(command)

    def _send(self, side: Side, lots: int, within: int, for_: str = "") -> None:
        """Remember an order that trades at once, for its report."""
        self._sent = TakeOrder(side, lots, self.view.now_ns + self.card.level.latency_ns, within, for_)

    def report(self, before: FloorSnapshot) -> str:
        """What has happened since an earlier view, in a sentence; empty for nothing."""
        view, instrument = self.view, self.card.level.market.instrument
        new = view.desk.last_fills[: view.desk.fills - before.desk.fills]
        if self._sent is not None and view.now_ns >= self._sent.due_ns:
            sent, self._sent = self._sent, None
            # Where the exchange refused it, that was said.
            return "" if view.noticed > before.noticed else take_report(sent, view, instrument)
        if new:
            return self.fill_report(new, instrument)
        held = {hedge.name: hedge for hedge in before.hedges}
        traded = (hedge for hedge in view.hedges if held[hedge.name].position != hedge.position)
        hedge = next(traded, None) if view.active is None else None
        return "" if hedge is None else hedge_report(held[hedge.name], hedge)

    # Hedging

    def _first_hedge_first(self, view: FloorSnapshot) -> FloorSnapshot:
        """The view with the hedge instrument first that the keys trade."""
        first = self._hedge
        return replace(view, hedges=view.hedges[first:] + view.hedges[:first]) if first else view

    def action_hedge(self) -> None:
        if (hedge := self._hedge_instrument()) is None:
            return
        net, lacks = self.view.desk.net or 0.0, hedge.missing
        if not lacks and abs(net) >= 1.0 and not hedge.coming:
            self.show_message(f"{hedge.name} cannot hedge more: held {fmt.signed(hedge.position)}, net {net:+.1f} lots")
        elif not lacks:
            self.show_message(f"Nothing to hedge: held {fmt.signed(hedge.position)} {hedge.name}, covered")
        elif any(other.position or other.coming for other in self.view.hedges if other is not hedge):
            # What other instruments hedge already is not hedged again.
            self.do(commands.Hedge(hedge.name, Side.BUY if lacks > 0 else Side.SELL, abs(lacks)))
        else:
            self.do(commands.HedgeAll(hedge.name))

    def action_trade_hedge(self, side: str) -> None:
        if hedge := self._hedge_instrument():
            self.do(commands.Hedge(hedge.name, SIDES[side], 1))

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

    def action_cancel_side(self, side: str) -> None:
        self._needs(self._working(SIDES[side]), f"You have no {'bid' if side == 'bid' else 'offer'} to withdraw")
        self.do(commands.Cancel(side=SIDES[side]))

    def action_cancel_all(self) -> None:
        self._needs(self._working(), "You have no order to withdraw")
        self.do(commands.Cancel())

    # Size

    def action_preset(self, index: int) -> None:
        self._set_size(self.card.level.maker.sizes[index])

    def action_size(self, step: int) -> None:
        self._set_size(self.quote_size + step)

    def _set_size(self, size: int) -> None:
        self.quote_size = max(1, min(self.card.level.maker.max_order, size))
        if self.view.peg is not None and self.view.peg.size != self.quote_size:
            self._peg(size=self.quote_size)
        elif self.quote_size < (least := self.card.level.obligation.min_size):
            self.show_message(f"{fmt.counted(self.quote_size, 'lot')} a side: presence counts from {least} on")
        else:
            self.paint()


def first_view(card: Card, seat: Seat) -> FloorSnapshot:
    """The first snapshot, with a strategy ready."""
    view = seat.view()
    if view.ready is None and view.active is None:
        seat.submit(commands.Ready(card.level.lesson_strategy))
        view = seat.view()
    return view

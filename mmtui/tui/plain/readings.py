"""The numbers of a floor in sentences: what is said when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mmtui.book import Side
from mmtui.level.describe import maker_rules
from mmtui.level.level import Level
from mmtui.observe.snapshot import FillLine, FloorSnapshot, OwnOrder
from mmtui.session.score import next_star
from mmtui.tui.plain.words import moment
from mmtui.tui.reports import cover
from mmtui.wording import counted, money, signed, ticks

_LINES = 5
NAMES = {Side.BUY: "bid", Side.SELL: "offer"}


def best(view: FloorSnapshot, level: Level) -> str:
    """The best prices, as in ``Bid 99.98, ask 100.01``."""
    price = level.market.instrument.format
    bid, ask = ("nothing" if ticks is None else price(ticks) for ticks in (view.best_bid, view.best_ask))
    return f"Bid {bid}, ask {ask}."


def quotes(view: FloorSnapshot, level: Level) -> str:
    """The own orders, both sides in a sentence."""
    if not view.orders:
        return "You quote nothing."
    told = "; ".join(_side(view, level, side) for side in Side)
    return f"{told[0].upper()}{told[1:]}."


def _side(view: FloorSnapshot, level: Level, side: Side) -> str:
    orders = [order for order in view.orders if order.side is side]
    if not orders:
        return f"you have no {NAMES[side]}"
    told = ", ".join(_order(order, view, level) for order in orders)
    return f"your {NAMES[side]} {told}"


def held(position: int) -> str:
    """A position in words: ``long 3``, ``short 3``, ``flat``."""
    return f"{'long' if position > 0 else 'short'} {abs(position)}" if position else "flat"


def _order(order: OwnOrder, view: FloorSnapshot, level: Level) -> str:
    if order.pending_cancel:
        where = "being withdrawn"
    elif order.lots_ahead is None:
        where = "on its way"
    else:
        front = view.best_bid if order.side is Side.BUY else view.best_ask
        behind = 0 if front is None else (front - order.price) * order.side
        ahead = f"{counted(order.lots_ahead, 'lot')} ahead" if order.lots_ahead else "first in the queue"
        if order.part is not None:
            ahead = f"{order.part:.0%} of what trades there"
        where = f"{counted(behind, 'tick')} behind the best" if behind > 0 else ahead
    return f"{order.quantity} at {level.market.instrument.format(order.price)}, {where}"


def _fill(fill: FillLine, level: Level) -> str:
    verb = "bought" if fill.side is Side.BUY else "sold"
    return f"{verb} {fill.quantity} at {level.market.instrument.format(fill.price)}{_after(fill)}"


def _after(fill: FillLine) -> str:
    """The longest markout that is due."""
    due = [(horizon, value) for horizon, value in zip((1, 10, 60), fill.markouts, strict=True) if value is not None]
    return f", {due[-1][1]:+.1f} ticks a share after {due[-1][0]} s" if due else ""


@dataclass(frozen=True)
class PlainAnswers:
    """What there is to say of a view: a method for each word that asks."""

    view: FloorSnapshot
    level: Level

    def market(self) -> Iterator[str]:
        """The best prices, the lots there and the last trade."""
        price = self.level.market.instrument.format
        yield best(self.view, self.level)
        for name, prices in (("Bids", sorted(self.view.bids, reverse=True)), ("Asks", sorted(self.view.asks))):
            lots = self.view.bids if name == "Bids" else self.view.asks
            yield f"{name}: {', '.join(f'{lots[tick]} at {price(tick)}' for tick in prices[:_LINES]) or 'none'}."
        if self.view.phase != "open":
            until = "" if self.view.phase_ends_ns is None else f" until {moment(self.view.phase_ends_ns)}"
            yield f"The exchange: {self.view.phase_name}{until}."
        if self.view.last is not None:
            yield f"Last trade: {self.view.last.quantity} at {price(self.view.last.price)}."

    def orders(self) -> Iterator[str]:
        """The own orders, and who quotes."""
        yield quotes(self.view, self.level)
        if self.view.peg is not None:
            yield f"They follow the {self.view.peg.reference}, {self.view.peg.half_spread:g} ticks to each side."
        if self.view.active is not None:
            yield f"{self.view.active} quotes for you."
        elif self.view.ready is not None:
            yield f"{self.view.ready} is ready to be handed over to."

    def position(self) -> Iterator[str]:
        """What is held, what it has made, and where from."""
        desk, instrument = self.view.desk, self.level.market.instrument
        entry = "" if desk.average_entry is None else f", entered at {instrument.to_money(desk.average_entry):.4g}"
        net = "" if desk.net is None else f"; net of hedges {desk.net:+.1f}"
        yield f"{held(desk.position).capitalize()}, of at most {desk.limit} lots{entry}{net}."
        parts = (("spread capture", desk.spread), ("position", desk.position_pnl), ("hedges", desk.hedge))
        told = ", ".join(f"{name} {money(amount).strip()}" for name, amount in parts)
        yield f"PnL {money(desk.total).strip()} {instrument.currency}: {told}, fees {money(-desk.fees).strip()}."
        yield f"{counted(desk.fills, 'fill')}; quoting as obliged {desk.presence:.0%} of the time."

    def score(self) -> Iterator[str]:
        """The score so far."""
        score = self.view.score
        missing = next_star(score.total)
        yield (
            f"{score.total:.1f} of 100, {counted(score.stars, 'star')}"
            + ("" if missing is None or score.pending else f"; {missing:.1f} more for the next")
            + "."
        )
        yield f"{', '.join(f'{part} {points:.0f}' for part, points in score.parts.items())}, each of 100."
        if self.view.opponent is not None:
            yield f"{self.view.opponent.strategy} has {self.view.opponent.score:.1f}."

    def signals(self) -> Iterator[str]:
        """What a trader's instruments show."""
        seen = self.view.signals
        if seen.volatility is not None:
            yield f"Volatility {seen.volatility:.2f} ticks per root of a second, usually {seen.normal_volatility:.2f}."
        usual = "" if seen.usual_spread is None else f", over the last minute {seen.usual_spread:.1f}"
        yield f"Spread {counted(seen.spread, 'tick')}{usual}."
        yield f"Takers' imbalance {seen.imbalance:+.2f}; order flow at the best prices {signed(seen.book_flow)} lots."
        yield f"Microprice {ticks(seen.microprice - self.view.mid, 0)} ticks from the mid."
        if seen.basis_z is not None:
            yield f"Basis {seen.basis_z:+.1f} standard deviations from usual."

    def tape(self) -> Iterator[str]:
        """The last trades."""
        if not self.view.tape:
            yield "No trade yet."
        for trade in self.view.tape[:_LINES]:
            own = "" if trade.own is None else ", with you"
            verb = "bought" if trade.side is Side.BUY else "sold"
            price = self.level.market.instrument.format(trade.price)
            yield f"{moment(trade.time_ns)}: a taker {verb} {trade.quantity} at {price}{own}."

    def fills(self) -> Iterator[str]:
        """The last own fills."""
        if not self.view.desk.last_fills:
            yield "Nobody has traded with you yet."
        for fill in self.view.desk.last_fills[:_LINES]:
            yield f"{moment(fill.time_ns)}: {_fill(fill, self.level)}."

    def hedges(self) -> Iterator[str]:
        """The hedge instruments."""
        if not self.view.hedges:
            yield "There is nothing to hedge with in this level."
        for hedge in self.view.hedges:
            yield (
                f"{hedge.name}, {hedge.kind}: bid {hedge.bid}, ask {hedge.ask}, {held(hedge.position)}, {cover(hedge)}."
            )

    def rules(self) -> Iterator[str]:
        """What the level asks of the maker."""
        for name, value in maker_rules(self.level):
            yield f"{name}: {value}."
        yield f"order sizes: {', '.join(map(str, self.level.maker.sizes))} lots."

    def time(self) -> Iterator[str]:
        """The clock."""
        yield f"{moment(self.view.now_ns)} of {moment(self.view.end_ns)}."


#: The words.
READINGS = frozenset(name for name in vars(PlainAnswers) if not name.startswith("_"))

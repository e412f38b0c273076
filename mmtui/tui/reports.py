"""What was done, in a sentence: whole orders and hedges, not the parts they were filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mmtui.book import Side
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FillLine, FloorSnapshot, HedgeSnapshot
from mmtui.tui import format as fmt


class TakeOrder(NamedTuple):
    """An order to trade at once that is on its way.

    Attributes:
        side, lots: what is wanted.
        due_ns: when it reaches the exchange and trades.
        within: ticks beyond the best price that it may go.
        for_: what it is for: empty, "flat" or "reverse".
    """

    side: Side
    lots: int
    due_ns: int
    within: int
    for_: str = ""


def fill_report(fills: Iterable[FillLine], instrument: Instrument) -> str:
    """``Bought 5 at 100.16``: the newest fills that belong together, those of one side at one instant."""
    newest, *others = fills
    same = [newest, *(fill for fill in others if (fill.side, fill.time_ns) == (newest.side, newest.time_ns))]
    return f"{_verb(newest.side)} {_lots_and_price(same, instrument)}"


def fills_report(fills: Iterable[FillLine], instrument: Instrument) -> str:
    """``Bought 5 at 100.16, sold 2 at 100.2``: all fills by side, that of the newest first."""
    sides: dict[Side, list[FillLine]] = {}
    for fill in fills:
        sides.setdefault(fill.side, []).append(fill)
    told = ", ".join(f"{_verb(side)} {_lots_and_price(each, instrument)}" for side, each in sides.items())
    return told[0] + told[1:].lower()


def take_report(order: TakeOrder, view: FloorSnapshot, instrument: Instrument) -> str:
    """What an order that has traded came to, with what it did not get."""
    fills = [fill for fill in view.desk.last_fills if (fill.side, fill.time_ns) == (order.side, order.due_ns)]
    done = sum(fill.quantity for fill in fills)
    there = "offered" if order.side is Side.BUY else "bid for"
    within = fmt.counted(order.within, "tick")
    if not done:
        return f"Nothing {'bought' if order.side is Side.BUY else 'sold'}: none was {there} within {within}"
    if done < order.lots:
        traded = _lots_and_price(fills, instrument, of=order.lots)
        return f"{_verb(order.side)} {traded}: no more was {there} within {within}"
    traded = f"{_verb(order.side)} {_lots_and_price(fills, instrument)}"
    before = {"flat": "Flat: ", "reverse": "Reversed: "}.get(order.for_, "")
    return f"{before}{traded[0].lower() if before else traded[0]}{traded[1:]}"


def hedge_report(before: HedgeSnapshot, now: HedgeSnapshot) -> str:
    """``Sold 8 IX: held -8, covered``, after what is held has changed."""
    traded = now.position - before.position
    verb = "Bought" if traded > 0 else "Sold"
    return f"{verb} {abs(traded)} {now.name}: held {fmt.signed(now.position)}, {cover(now)}"


def cover(hedge: HedgeSnapshot) -> str:
    """Whether the net position is hedged, or what is missing."""
    if not hedge.missing:
        return "covered"
    return f"{'buy' if hedge.missing > 0 else 'sell'} {abs(hedge.missing)} more"


def _verb(side: Side) -> str:
    return "Bought" if side is Side.BUY else "Sold"


def _lots_and_price(fills: list[FillLine], instrument: Instrument, of: int = 0) -> str:
    lots = sum(fill.quantity for fill in fills)
    prices = {fill.price for fill in fills}
    if len(prices) == 1:
        price = instrument.format(fills[0].price)
    else:
        mean = sum(fill.price * fill.quantity for fill in fills) / lots
        price = f"{fmt.price(instrument, mean)} on average"
    return f"{lots}{f' of {of}' if of else ''} at {price}"

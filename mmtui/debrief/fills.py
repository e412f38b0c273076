"""The best and worst fills, and the orders by their place in the queue."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from statistics import median

from mmtui.book import Side
from mmtui.debrief.markouts import markout_point
from mmtui.debrief.model import JUDGED, FillFacts, FillVerdict, Met, OrderFacts, QueueGroup
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.kinds import AnyMarketSpec
from mmtui.units import NS_PER_S

_SHOWN = 5
#: The groups of orders by the lots ahead of them: up to, and the group's name.
_BY_LOTS = ((0, "front"), (9, "1-9"), (49, "10-49"), (sys.maxsize, "50+"))
#: The same by their part of what trades.
_BY_PART = ((0.05, "under 5%"), (0.2, "5-20%"), (1.0, "over 20%"))


def verdicts(
    fills: Sequence[FillFacts], orders: Sequence[OrderFacts], tick_value: float
) -> tuple[tuple[FillVerdict, ...], tuple[FillVerdict, ...]]:
    """The worst and the best fills by the money they made in ten seconds, the most extreme first.

    Args:
        fills: oldest first.
        orders: those that rested.
        tick_value: money per lot and tick.
    """
    joined = {order.order_id: order.joined_ns for order in orders}
    judged = [
        (markout * fill.quantity * tick_value, number)
        for number, fill in enumerate(fills)
        if (markout := fill.markouts[JUDGED]) is not None
    ]
    worst = sorted(entry for entry in judged if entry[0] < 0)[:_SHOWN]
    best = sorted((entry for entry in judged if entry[0] > 0), key=lambda entry: (-entry[0], entry[1]))[:_SHOWN]

    def explained(chosen: Sequence[tuple[float, int]]) -> tuple[FillVerdict, ...]:
        return tuple(
            FillVerdict(number, money, _why(fills[number], joined.get(fills[number].order_id)))
            for money, number in chosen
        )

    return explained(worst), explained(best)


def _why(fill: FillFacts, joined_ns: int | None) -> str:
    """Names the counterparty, the value then and its move after, and the age of the quote."""
    buy = fill.side is Side.BUY
    other = fill.who
    if fill.maker:
        sentence = f"{other[0].upper()}{other[1:]} {'sold to your bid' if buy else 'bought from your ask'}"
    else:
        sentence = f"You {'bought from' if buy else 'sold to'} {other}"
    if fill.value is not None and (moved := fill.value_move) is not None:
        edge = fill.side * (fill.value - fill.price)
        sentence += f", {abs(edge):.1f} ticks {'better' if edge >= 0 else 'worse'} than the value"
        sentence += f", which then went {abs(moved):.1f} ticks {'your way' if moved >= 0 else 'against you'}"
    if joined_ns is not None and fill.maker:
        sentence += f"; the quote had stood {(fill.at_ns - joined_ns) / NS_PER_S:.1f} s"
    return f"{sentence}."


def met(fills: Sequence[FillFacts], market: AnyMarketSpec) -> Iterator[Met]:
    """Yields the institutions with a name whom the maker traded with, in the order of their names."""
    specs = market.institutions.values() if isinstance(market, BookMarketSpec) else ()
    tells = {spec.called: spec.tell for spec in specs if spec.called}
    for called, tell in sorted(tells.items()):
        own = [fill for fill in fills if fill.called == called]
        judged = [(markout, fill.quantity) for fill in own if (markout := fill.markouts[JUDGED]) is not None]
        money = sum(markout * lots for markout, lots in judged) * market.instrument.tick_value
        if own:
            yield Met(called, tell, len(own), sum(fill.quantity for fill in own), money)


def queue_groups(orders: Sequence[OrderFacts], fills: Sequence[FillFacts]) -> Iterator[QueueGroup]:
    """Yields the orders by the lots ahead of them as they joined, or by their part where not time alone decides."""
    by_order: dict[int, list[FillFacts]] = {}
    for fill in fills:
        by_order.setdefault(fill.order_id, []).append(fill)
    parts = any(order.part is not None for order in orders)
    below = -1.0
    for most, name in _BY_PART if parts else _BY_LOTS:
        group = [each for each in orders if below < ((each.part or 0.0) if parts else each.lots_ahead) <= most]
        below = most
        if group:
            yield _group(name, group, [fill for order in group for fill in by_order.get(order.order_id, ())])


def _group(name: str, orders: Sequence[OrderFacts], fills: Sequence[FillFacts]) -> QueueGroup:
    lots = sum(order.quantity for order in orders)
    waits = [(order.first_fill_ns - order.joined_ns) / NS_PER_S for order in orders if order.first_fill_ns is not None]
    markout = markout_point(fills, JUDGED)
    return QueueGroup(
        ahead=name,
        orders=len(orders),
        lots=lots,
        filled=sum(order.filled for order in orders) / lots,
        reached=len(waits) / len(orders),
        wait_s=median(waits) if waits else None,
        markout=None if markout is None else markout.mean,
    )

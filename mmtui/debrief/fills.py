"""Single fills and orders: what was best and worst, and what the queue did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from mmtui.book import Side
from mmtui.debrief.model import JUDGED, FillFacts, FillVerdict, OrderFacts, QueueGroup
from mmtui.market.book_market import ParticipantKind
from mmtui.units import NS_PER_S

_SHOWN = 5
_WHO: dict[ParticipantKind, str] = {
    "noise": "A noise trader",
    "informed": "An informed trader",
    "momentum": "A momentum trader",
    "rival": "A rival maker",
    "institution": "An institution",
    "arbitrageur": "An arbitrageur",
    "maker": "Another maker",
    "recorded": "Somebody on the tape",
}
#: From so many lots ahead on, an order is in the group of that name; the last that applies.
_GROUPS = ((0, "front"), (1, "1-9"), (10, "10-49"), (50, "50+"))


def verdicts(
    fills: Sequence[FillFacts], orders: Sequence[OrderFacts], tick_value: float
) -> tuple[tuple[FillVerdict, ...], tuple[FillVerdict, ...]]:
    """The worst and the best fills by what they made in ten seconds, the most extreme first.

    Args:
        fills: oldest first.
        orders: those that rested.
        tick_value: money a lot and tick.
    """
    joined = {order.order_id: order.joined_ns for order in orders}
    judged = []
    for number, fill in enumerate(fills):
        markout = fill.markouts[JUDGED]
        if markout is not None and markout != 0:
            judged.append((markout * fill.quantity * tick_value, number))
    worst = sorted(entry for entry in judged if entry[0] < 0)[:_SHOWN]
    best = sorted((entry for entry in judged if entry[0] > 0), key=lambda entry: (-entry[0], entry[1]))[:_SHOWN]

    def told(chosen: Sequence[tuple[float, int]]) -> tuple[FillVerdict, ...]:
        return tuple(
            FillVerdict(number, money, _why(fills[number], joined.get(fills[number].order_id)))
            for money, number in chosen
        )

    return told(worst), told(best)


def _why(fill: FillFacts, joined_ns: int | None) -> str:
    """Who it was, what the value was and did, and how long the quote had stood."""
    buy = fill.side is Side.BUY
    if fill.maker:
        done = f"{_WHO[fill.other]} {'sold to your bid' if buy else 'bought from your ask'}"
    else:
        who = _WHO[fill.other]
        done = f"You {'bought from' if buy else 'sold to'} {who[0].lower()}{who[1:]}"
    said = [done]
    if fill.value is not None and fill.value_later is not None:
        edge = fill.side * (fill.value - fill.price)
        moved = fill.side * (fill.value_later - fill.value)
        said.append(f"{abs(edge):.1f} ticks {'better' if edge >= 0 else 'worse'} than the value")
        said.append(f"which then went {abs(moved):.1f} ticks {'your way' if moved >= 0 else 'against you'}")
    sentence = ", ".join(said)
    if joined_ns is not None and fill.maker:
        sentence += f"; the quote had stood {(fill.at_ns - joined_ns) / NS_PER_S:.1f} s"
    return f"{sentence}."


def queue_groups(orders: Sequence[OrderFacts], fills: Sequence[FillFacts]) -> Iterator[QueueGroup]:
    """What became of the orders, by the lots that were ahead of them as they joined."""
    by_order: dict[int, list[FillFacts]] = {}
    for fill in fills:
        by_order.setdefault(fill.order_id, []).append(fill)
    for row, (least, name) in enumerate(_GROUPS):
        most = _GROUPS[row + 1][0] if row + 1 < len(_GROUPS) else None
        group = [order for order in orders if least <= order.lots_ahead and (most is None or order.lots_ahead < most)]
        if group:
            yield _group(name, group, [fill for order in group for fill in by_order.get(order.order_id, ())])


def _group(name: str, orders: Sequence[OrderFacts], fills: Sequence[FillFacts]) -> QueueGroup:
    lots = sum(order.quantity for order in orders)
    waits = [(order.first_fill_ns - order.joined_ns) / NS_PER_S for order in orders if order.first_fill_ns is not None]
    due = [(markout, fill.quantity) for fill in fills if (markout := fill.markouts[JUDGED]) is not None]
    weight = sum(quantity for _, quantity in due)
    return QueueGroup(
        ahead=name,
        orders=len(orders),
        lots=lots,
        filled=sum(order.filled for order in orders) / lots,
        reached=len(waits) / len(orders),
        wait_s=median(waits) if waits else None,
        markout=sum(markout * quantity for markout, quantity in due) / weight if weight else None,
    )

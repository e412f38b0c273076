"""How an incoming order is shared out among the orders resting at one price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec


class Matching(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rule at one price: by time, pro rata, or a part by each.

    Better prices always trade first, and an order that takes all there is at a price takes it by time. What is less is
    shared out in steps, as on CME Globex (its algorithms A, C and K without market makers of their own): the *top*
    order; the lots that go by time; the rest pro rata, rounded down; what rounding left over, by time.

    Attributes:
        pro_rata: the share of the lots that goes pro rata, rounded down; the others go by time. 0 is price-time.
        top: whether the last order that bettered the best price trades first, with all its lots.
        minimum: a pro-rata part of fewer lots is none; CME's is 2.

    Raises:
        ValueError: a share outside 0 to 1, a minimum below 1.
    """

    pro_rata: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    top: bool = False
    minimum: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1

    def __post_init__(self) -> None:
        if not 0 <= self.pro_rata <= 1:
            raise ValueError(f"pro_rata: expected a number from 0 to 1, not {self.pro_rata!r}")
        if self.minimum < 1:
            raise ValueError(f"minimum: expected at least 1 lot, not {self.minimum!r}")

    @property
    def by_time(self) -> bool:
        """Whether time alone decides."""
        return not self.pro_rata and not self.top


#: Price-time priority.
PRICE_TIME = Matching()


def allocate(queue: Mapping[int, int], quantity: int, matching: Matching, top: int | None) -> dict[int, int]:
    """Share an order's lots out among the orders at a price.

    Args:
        queue: order id to lots, in the order of arrival.
        quantity: the lots to share out; at most those in the queue.
        matching: the rule.
        top: the last order that bettered the best price, wherever it is now.

    Returns:
        Order id to lots, at least one each, in the order of arrival.
    """
    left = dict(queue)
    if matching.top and top in left:
        quantity -= _by_time(left, (top,), quantity)
    # A share such as .29 of 100 lots is 28.999… in floating point.
    pro_rata = int(matching.pro_rata * quantity + 1e-9)
    _by_time(left, queue, quantity - pro_rata)
    there = sum(left.values())
    over = pro_rata
    for order_id, lots in left.items():
        part = pro_rata * lots // there if lots else 0
        if part >= matching.minimum:
            left[order_id] -= part
            over -= part
    _by_time(left, queue, over)
    return {order_id: lots - left[order_id] for order_id, lots in queue.items() if lots > left[order_id]}


def part_of(order_id: int, queue: Mapping[int, int], matching: Matching, top: int | None) -> float:
    """The part of an order for half the lots at its price that a resting order would trade, from 0 to 1."""
    half = max(1, sum(queue.values()) // 2)
    return allocate(queue, half, matching, top).get(order_id, 0) / half


def _by_time(left: dict[int, int], order_ids: Mapping[int, int] | tuple[int, ...], quantity: int) -> int:
    """Take lots from orders, one after the other; returns how many."""
    wanted = quantity
    for order_id in order_ids:
        if not wanted:
            break
        lots = min(wanted, left[order_id])
        left[order_id] -= lots
        wanted -= lots
    return quantity - wanted

"""A maker's orders in hedge instruments, from sending to execution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mmtui.book import Side
from mmtui.market.core.clock import Scheduler
from mmtui.market.hedges.instruments import HedgeInstrument, HedgePrice


@dataclass(frozen=True, slots=True)
class HedgeOrder:
    """An order to trade ``quantity`` contracts of a hedge instrument at once; ``manual`` if the player placed it."""

    name: str
    side: Side
    quantity: int
    manual: bool = False


class HedgeListener(Protocol):
    """The receiver of a hedge gateway's reports."""

    def on_hedge(self, now_ns: int, order: HedgeOrder, price: HedgePrice, refusal: str | None) -> None:
        """Notify that an order has arrived: it traded whole at ``price``, or was refused whole, with the reason."""


class HedgeGateway:
    """Sends orders, which ``latency_ns`` later trade whole at the quotes of that time or are refused whole.

    Attributes:
        positions: signed contracts held, by instrument.
        coming: signed contracts of the orders on their way.
    """

    def __init__(
        self, hedges: Mapping[str, HedgeInstrument], clock: Scheduler, latency_ns: int, listener: HedgeListener
    ) -> None:
        self.positions = dict.fromkeys(hedges, 0)
        self.coming = dict.fromkeys(hedges, 0)
        self._hedges = hedges
        self._clock = clock
        self._latency_ns = latency_ns
        self._listener = listener
        self._sent: dict[int, HedgeOrder] = {}
        self._orders = 0

    def send(self, order: HedgeOrder) -> None:
        """Send an order of at least one contract of an existing instrument."""
        self._orders += 1
        self._sent[self._orders] = order
        self.coming[order.name] += order.side * order.quantity
        self._clock.at(self._clock.now_ns + self._latency_ns, self._arrive, self._orders)

    def _arrive(self, now_ns: int, row: int) -> None:
        order = self._sent.pop(row)
        name, quantity = order.name, order.side * order.quantity
        self.coming[name] -= quantity
        hedge = self._hedges[name]
        after, limit = self.positions[name] + quantity, hedge.spec.limit
        refusal = None
        if abs(after) > limit:
            refusal = f"position limit {limit}: this order would make it {after}"
        else:
            self.positions[name] = after
        self._listener.on_hedge(now_ns, order, hedge.price(now_ns), refusal)

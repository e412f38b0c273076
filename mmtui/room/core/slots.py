"""Which command reaches the exchange first: slots of 20 ms, and in each an order that nobody's line decides."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from heapq import heapify, heappop, heappush

from mmtui.session.commands import AnyCommand
from mmtui.units import NS_PER_MS

SLOT_NS = 20 * NS_PER_MS


class Slots:
    """Commands on their way to the exchange.

    Those of a slot reach it at the slot's end, seat by seat in a permutation that the seed and the slot give, each
    seat's own in the order of sending.

    Args:
        seed: the session's, which nobody knows before its end.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._coming: list[tuple[int, bytes, int, int, AnyCommand]] = []
        self._sent = 0

    def add(self, now_ns: int, due_ns: int, seat: int, command: AnyCommand) -> int:
        """Have a command arrive at the end of the slot of a time, or of the next one; returns when, in nanoseconds.

        Args:
            now_ns: the session's clock; what arrives does so later.
            due_ns: when it is due.
            seat: whose it is.
            command: what is to be done.
        """
        slot = max(-(-due_ns // SLOT_NS), now_ns // SLOT_NS + 1)
        self._sent += 1
        heappush(self._coming, (slot, self._place(slot, seat), self._sent, seat, command))
        return slot * SLOT_NS

    def _place(self, slot: int, seat: int) -> bytes:
        """Where a seat stands in a slot's permutation."""
        return sha256(f"{self._seed}:{slot}:{seat}".encode()).digest()

    def until(self, to_ns: int) -> Iterator[tuple[int, int, AnyCommand]]:
        """Take out what arrives up to a time: when, whose and what, in the order of arrival."""
        while self._coming and self._coming[0][0] * SLOT_NS <= to_ns:
            slot, _, _, seat, command = heappop(self._coming)
            yield slot * SLOT_NS, seat, command

    def drop(self, seat: int) -> None:
        """Forget what a seat has sent."""
        self._coming = [entry for entry in self._coming if entry[3] != seat]
        heapify(self._coming)

    def count(self, seat: int) -> int:
        """How many commands of a seat are on their way."""
        return sum(entry[3] == seat for entry in self._coming)

"""Order ids, which say whose an order is."""

from __future__ import annotations

#: Order ids carry their participant's index in the last bits: ``order_id % PARTICIPANTS``.
PARTICIPANTS = 1024
#: The same as a mask, which is quicker.
INDEX = PARTICIPANTS - 1
#: Indices below this one belong to makers (the player, a strategy); those from it on to the background.
FIRST_BACKGROUND = 256
#: Indices of a recorded tape's orders and of who took them, and of the takers of a market without a book.
TAPE, TAPE_TAKERS, TAKERS = 384, 385, 386


class IdRange:
    """Hands out one participant's order ids."""

    __slots__ = ("_next",)

    def __init__(self, index: int) -> None:
        self._next = PARTICIPANTS + index

    def one(self) -> int:
        """The next id."""
        order_id = self._next
        self._next = order_id + PARTICIPANTS
        return order_id

    def take(self, count: int) -> range:
        """The next ``count`` ids."""
        ids = range(self._next, self._next + count * PARTICIPANTS, PARTICIPANTS)
        self._next = ids.stop
        return ids

"""Whose floor is painted next: floors that share a process take turns, so that a key waits for one painting at most."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from dataclasses import dataclass

from mmtui.room.protocol.seat import RoomSeat

#: How often each floor is painted where there is time for it.
_EVERY_S = 1 / 8
#: How many rounds of the loop a floor may take from being told to having painted.
_ROUNDS = 50
#: How long something is new, in seconds; and how many floors that were left are kept at most.
_NEW_S, _MOST_LEFT = 1.0, 8


@dataclass(eq=False)
class Turn:
    """A floor: its seat, and what has it see what there is to see now."""

    seat: RoomSeat
    refresh: Callable[[], None]


class Turns:
    """The floors of a process.

    They are painted one after the other, and after each the process does other things for as long as that took: half
    the time is for keys, and for the market. Garbage is searched for among what is new: a search through all that
    thirty floors are made of would stop them for half a second every few seconds. Those that were left are found a few
    at a time.
    """

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._left = 0
        self._running: asyncio.Task[None] | None = None

    def take(self, seat: RoomSeat, refresh: Callable[[], None]) -> Turn:
        """Have a floor painted from now on."""
        self._turns.append(turn := Turn(seat, refresh))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return turn

    def leave(self, turn: Turn) -> None:
        """Have a floor painted no more."""
        self._turns.remove(turn)
        self._left += 1
        if self._left >= _MOST_LEFT or not self._turns:
            self._left = 0
            gc.unfreeze()
            gc.collect()
            gc.freeze()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        searched_s = loop.time()
        while self._turns:
            if loop.time() - searched_s > _NEW_S:
                gc.collect(1)
                gc.freeze()
                searched_s = loop.time()
            for turn in [*self._turns]:
                began_s = loop.time()
                turn.refresh()
                for _ in range(_ROUNDS):
                    if not turn.seat.unseen:
                        break
                    await asyncio.sleep(0)
                await asyncio.sleep(max(_EVERY_S / len(self._turns or (turn,)), loop.time() - began_s))
        self._running = None

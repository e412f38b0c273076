"""What participants of the background have in common."""

from __future__ import annotations

from mmtui.market.core.clock import Actor
from mmtui.market.core.draws import generator
from mmtui.market.core.exchange import Exchange


class Participant(Actor):
    """Somebody who trades in the background, with a random generator and a range of order ids.

    Args:
        exchange: where it trades.
        seed: the session's seed.
        index: its index, which its order ids carry.
        name: the generator's, so that no other's draws depend on this one's.
    """

    def __init__(self, exchange: Exchange, seed: int, index: int, name: str) -> None:
        self._exchange = exchange
        self._rng = generator(seed, name)
        self._rng_name = name
        self._next_id = exchange.id_range(index)

    def reseed(self, seed: int, now_ns: int) -> None:
        """Draw by another seed what comes after now; to be called before the next draw from now on.

        Where the times are those of a Poisson process there is no more to it, since it has no memory.
        """
        self._rng = generator(seed, self._rng_name)

"""Connections that have not shown yet whether they may come in: few, whoever opens how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mmtui.room.serve.failures import whose

#: More than all seats of a room, who may come at once.
_MOST = 250


class Callers:
    """Those of one way into a room. Where there are too many, the oldest of whoever has most is let go."""

    def __init__(self) -> None:
        self._waiting: dict[Callable[[], None], str] = {}

    def add(self, let_go: Callable[[], None], address: str) -> None:
        """Note a connection from an address, by what ends it."""
        self._waiting[let_go] = whose(address)
        if len(self._waiting) > _MOST:
            ((who, _),) = Counter(self._waiting.values()).most_common(1)
            oldest = next(each for each, owner in self._waiting.items() if owner == who)
            self.remove(oldest)
            oldest()

    def remove(self, let_go: Callable[[], None]) -> None:
        """Note that a connection has said what it has to say, or has ended."""
        self._waiting.pop(let_go, None)

"""Tries that failed, by address: whoever fails too often is not heard for a while."""

from __future__ import annotations

from collections import Counter, deque
from time import monotonic

_MOST, _WITHIN_S = 10, 60.0
#: Failures that are remembered in all; the oldest are forgotten first.
_REMEMBERED = 10_000


class Failures:
    """The failures of the last minute; shared by all ways into a room."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._past: deque[tuple[float, str]] = deque()

    def add(self, address: str) -> None:
        """Note that an address has failed."""
        self._past.append((monotonic(), address))
        self._counts[address] += 1

    def too_many(self, address: str) -> bool:
        """Whether an address has failed too often."""
        oldest_s = monotonic() - _WITHIN_S
        while self._past and (self._past[0][0] < oldest_s or len(self._past) > _REMEMBERED):
            _, old = self._past.popleft()
            self._counts[old] -= 1
            if not self._counts[old]:
                del self._counts[old]
        return self._counts[address] >= _MOST

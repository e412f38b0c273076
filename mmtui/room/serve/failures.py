"""Tries to come in, by address: the more of them have failed, the more time lies between two.

Many may share an address, of whom most know the password: nobody is shut out, and who knows it gets in at his turn.
Only where tries come in floods is one told to try again. Who guesses has some 25 guesses a minute in the long run.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from ipaddress import IPv6Address, ip_address
from time import monotonic

#: So many failures are free; they are remembered so long, in seconds, and so many in all, the oldest forgotten first.
_FREE, _WITHIN_S, _REMEMBERED = 10, 600.0, 10_000
#: The time between two tries for each failure that is remembered, and how long one may wait for its turn, in seconds.
_APART_S, _LONGEST_S = 0.01, 10.0
#: Whoever has an address of the sixth version has as many as there are in these bits.
_OWN_BITS = 64
#: Said to a try that cannot wait for its turn.
TOO_MANY = "too many wrong passwords have come from your address: try again in some seconds"


class Failures:
    """The failures of the last minutes; shared by all ways into a room."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._past: deque[tuple[float, str]] = deque()
        self._next_s: dict[str, float] = {}

    def add(self, address: str) -> None:
        """Note that an address has failed."""
        who = whose(address)
        self._past.append((monotonic(), who))
        self._counts[who] += 1

    def pause_s(self, address: str) -> float | None:
        """How long a try waits for its turn, in seconds, which it has then; None where too many wait already."""
        now_s, who = monotonic(), whose(address)
        self._forget(now_s)
        failures = self._counts[who]
        if failures < _FREE:
            return 0.0
        turn_s = max(now_s, self._next_s.get(who, 0.0))
        if turn_s - now_s > _LONGEST_S:
            return None
        self._next_s[who] = turn_s + failures * _APART_S
        return turn_s - now_s

    async def turn(self, address: str) -> bool:
        """Wait until it is an address's turn to try; whether it is."""
        pause_s = self.pause_s(address)
        if pause_s is None:
            return False
        if pause_s:
            await asyncio.sleep(pause_s)
        return True

    def _forget(self, now_s: float) -> None:
        while self._past and (self._past[0][0] < now_s - _WITHIN_S or len(self._past) > _REMEMBERED):
            _, who = self._past.popleft()
            self._counts[who] -= 1
            if not self._counts[who]:
                del self._counts[who]
                self._next_s.pop(who, None)


def whose(address: str) -> str:
    """Whose an address is, as far as failures count together."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> _OWN_BITS << _OWN_BITS)
    return str(found)

"""How long the maker had orders in the market, by who quoted: the player or a strategy."""

from __future__ import annotations


class QuotingTime:
    """Time with own orders resting, apart for each of the two that may quote; an update is O(1).

    Args:
        now_ns: the start.
    """

    __slots__ = ("_by_strategy", "_hand_ns", "_quoting", "_since_ns", "_strategy_ns")

    def __init__(self, now_ns: int) -> None:
        self._quoting = self._by_strategy = False
        self._since_ns = now_ns
        self._hand_ns = self._strategy_ns = 0

    def update(self, now_ns: int, quoting: bool, by_strategy: bool) -> None:
        """Take what holds from ``now_ns`` on: whether an own order rests, and whether a strategy quotes."""
        if quoting is not self._quoting or by_strategy is not self._by_strategy:
            self._hand_ns, self._strategy_ns = self.until(now_ns)
            self._since_ns = now_ns
            self._quoting, self._by_strategy = quoting, by_strategy

    def until(self, now_ns: int) -> tuple[int, int]:
        """Nanoseconds up to ``now_ns``, no earlier than the last update: by hand, and by a strategy."""
        past_ns = now_ns - self._since_ns if self._quoting else 0
        if self._by_strategy:
            return self._hand_ns, self._strategy_ns + past_ns
        return self._hand_ns + past_ns, self._strategy_ns

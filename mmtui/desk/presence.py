"""Presence: how much of the time the maker met its obligation to quote."""

from __future__ import annotations


class Presence:
    """The share of time with a quote on both sides, no wider and no smaller than the obligation allows.

    Args:
        max_width: the widest quote, ask − bid in ticks, that counts; None for any.
        min_size: the smallest size a side, in lots, that counts; below one, any size does.
        now_ns: the start.

    Attributes:
        quoting: whether the quote counts now.
    """

    __slots__ = ("_changed_ns", "_max_width", "_min_size", "_present_ns", "_start_ns", "quoting")

    def __init__(self, max_width: int | None, min_size: int, now_ns: int = 0) -> None:
        self.quoting = False
        self._max_width = max_width
        self._min_size = max(1, min_size)
        self._start_ns = self._changed_ns = now_ns
        self._present_ns = 0

    def update(self, now_ns: int, bid: int | None, bid_size: int, ask: int | None, ask_size: int) -> None:
        """Take the maker's resting quote from ``now_ns`` on: prices in ticks, None without one, sizes in lots."""
        if self.quoting:
            self._present_ns += now_ns - self._changed_ns
        self._changed_ns = now_ns
        self.quoting = (
            bid is not None
            and ask is not None
            and min(bid_size, ask_size) >= self._min_size
            and (self._max_width is None or ask - bid <= self._max_width)
        )

    def share(self, now_ns: int) -> float:
        """The share of the time from the start to ``now_ns`` in which the quote counted, 0 to 1."""
        elapsed = now_ns - self._start_ns
        if elapsed <= 0:
            return float(self.quoting)
        present = self._present_ns + (now_ns - self._changed_ns if self.quoting else 0)
        return present / elapsed

"""Presence: the share of the time in which the maker met its obligation to quote."""

from __future__ import annotations


class Presence:
    """The share of time with a quote on both sides, no wider and no smaller than the obligation allows.

    Time without an obligation, such as that of a closed market, does not count at all.

    Args:
        max_width: the widest quote, ask − bid in ticks, that counts; None for any.
        min_size: the smallest size, in lots at the best price of each side, that counts; below one, any size does.
        now_ns: the start.

    Attributes:
        quoting: whether the present quote counts.
        owed: whether there is an obligation to quote now; set it with :meth:`owe`.
    """

    __slots__ = ("_elapsed_ns", "_max_width", "_min_size", "_present_ns", "_since_ns", "owed", "quoting")

    def __init__(self, max_width: int | None, min_size: int, now_ns: int = 0) -> None:
        self.quoting = False
        self.owed = True
        self._max_width = max_width
        self._min_size = max(1, min_size)
        self._since_ns = now_ns
        self._elapsed_ns = self._present_ns = 0

    def update(self, now_ns: int, bid: int | None, bid_size: int, ask: int | None, ask_size: int) -> None:
        """Set the maker's best quote from ``now_ns`` on: prices in ticks, None without one, lots at each."""
        quoting = (
            bid is not None
            and ask is not None
            and bid_size >= self._min_size
            and ask_size >= self._min_size
            and (self._max_width is None or ask - bid <= self._max_width)
        )
        if quoting is not self.quoting:
            self._elapse(now_ns)
            self.quoting = quoting

    def oblige(self, max_width: int) -> None:
        """Change the widest quote that counts from the next update on."""
        self._max_width = max_width

    def owe(self, now_ns: int, owed: bool) -> None:
        """Set whether there is an obligation from ``now_ns`` on."""
        self._elapse(now_ns)
        self.owed = owed

    def share(self, now_ns: int) -> float:
        """The share, 0 to 1, of the time with an obligation up to ``now_ns`` in which the quote counted."""
        present_ns, owed_ns = self.times(now_ns)
        return present_ns / owed_ns if owed_ns else float(self.quoting)

    def times(self, now_ns: int) -> tuple[int, int]:
        """The time up to ``now_ns`` in which the quote counted, and the time with an obligation, in nanoseconds."""
        self._elapse(now_ns)
        return self._present_ns, self._elapsed_ns

    def _elapse(self, now_ns: int) -> None:
        past_ns = now_ns - self._since_ns
        self._since_ns = now_ns
        if self.owed:
            self._elapsed_ns += past_ns
            if self.quoting:
                self._present_ns += past_ns

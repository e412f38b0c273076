"""Pressure on the price: takers' buying against selling, and the book's two sides against each other."""

from __future__ import annotations

from collections import deque
from math import inf


class _SignedFlow:
    """Signed quantities over a window of time.

    Args:
        window_s: the window's length in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ("_gross", "_moves", "_net", "_window_ns")

    def __init__(self, window_s: float) -> None:
        if not window_s > 0:
            raise ValueError(f"window_s must be positive, not {window_s}")
        self._window_ns = round(window_s * 1e9)
        self._moves: deque[tuple[int, int]] = deque()
        self._net = 0
        self._gross = 0

    def _add(self, now_ns: int, quantity: int) -> None:
        self._moves.append((now_ns, quantity))
        self._net += quantity
        self._gross += abs(quantity)

    def _expire(self, now_ns: int) -> None:
        moves = self._moves
        horizon_ns = now_ns - self._window_ns
        while moves and moves[0][0] <= horizon_ns:
            quantity = moves.popleft()[1]
            self._net -= quantity
            self._gross -= abs(quantity)

    def balance(self, now_ns: int) -> float:
        """The sum over the sum of sizes in (now − window, now], −1 to 1; 0.0 for an empty window."""
        self._expire(now_ns)
        return self._net / self._gross if self._gross else 0.0


class TradeImbalance(_SignedFlow):
    """(Bought − sold) / (bought + sold) over a window of time, by the takers' side: −1 all sold, +1 all bought.

    Args:
        window_s: the window's length in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ()

    def update(self, now_ns: int, signed_quantity: int) -> None:
        """Take a trade: its lots, positive when the taker bought and negative when it sold."""
        self._expire(now_ns)
        self._add(now_ns, signed_quantity)

    def value(self, now_ns: int) -> float:
        """The imbalance over (now − window, now], 0.0 without a trade in it."""
        return self.balance(now_ns)


class OrderFlowImbalance(_SignedFlow):
    """The best quotes' order-flow imbalance, in lots, summed over a window of time.

    Cont, Kukanov and Stoikov, The price impact of order book events (Journal of Financial Econometrics 12(1), 2014):
    from one state of the best quotes to the next (b, q_b, a, q_a; the one before primed)

        e = 1{b≥b′}q_b − 1{b≤b′}q_b′ − 1{a≤a′}q_a + 1{a≥a′}q_a′

    Limit orders, cancels and trades at the touch all count, so it explains the mid's moves better than trades alone.
    An empty side is a price infinitely far away with nothing on it. ``balance`` is Σe / Σ|e|: −1 sellers alone press,
    +1 buyers alone, 0.0 without events.

    Args:
        window_s: the window's length in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ("_quotes",)

    def __init__(self, window_s: float) -> None:
        super().__init__(window_s)
        self._quotes: tuple[float, int, float, int] | None = None

    def update(self, now_ns: int, bid: int | None, bid_size: int, ask: int | None, ask_size: int) -> int:
        """Take the best quotes as they stand now (ticks and lots; None for an empty side) and return their e.

        The first has no predecessor: its e is 0.
        """
        self._expire(now_ns)
        before = self._quotes
        b, q_b = (-inf, 0) if bid is None else (bid, bid_size)
        a, q_a = (inf, 0) if ask is None else (ask, ask_size)
        self._quotes = (b, q_b, a, q_a)
        if before is None:
            return 0
        b0, q_b0, a0, q_a0 = before
        e = (q_b if b >= b0 else 0) - (q_b0 if b <= b0 else 0) - (q_a if a <= a0 else 0) + (q_a0 if a >= a0 else 0)
        if e:
            self._add(now_ns, e)
        return e

    def value(self, now_ns: int) -> int:
        """Σe over (now − window, now], in lots: positive when buyers press."""
        self._expire(now_ns)
        return self._net

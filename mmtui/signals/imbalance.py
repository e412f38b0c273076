"""Who is pushing: takers against each other, and the book's two sides against each other."""

from __future__ import annotations

from collections import deque


class TradeImbalance:
    """(Bought − sold) / (bought + sold) over a window of time, by the takers' side: −1 all sold, +1 all bought.

    Args:
        window_s: the window's length in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ("_net", "_trades", "_volume", "_window_ns")

    def __init__(self, window_s: float) -> None:
        self._window_ns = _window_ns(window_s)
        self._trades: deque[tuple[int, int]] = deque()
        self._net = 0
        self._volume = 0

    def update(self, now_ns: int, signed_quantity: int) -> None:
        """Take a trade: its lots, positive when the taker bought and negative when it sold."""
        self._expire(now_ns)
        self._trades.append((now_ns, signed_quantity))
        self._net += signed_quantity
        self._volume += abs(signed_quantity)

    def value(self, now_ns: int) -> float:
        """The imbalance over (now − window, now], 0.0 without a trade in it."""
        self._expire(now_ns)
        return self._net / self._volume if self._volume else 0.0

    def _expire(self, now_ns: int) -> None:
        trades = self._trades
        horizon_ns = now_ns - self._window_ns
        while trades and trades[0][0] <= horizon_ns:
            signed_quantity = trades.popleft()[1]
            self._net -= signed_quantity
            self._volume -= abs(signed_quantity)


class OrderFlowImbalance:
    """The best quotes' order-flow imbalance, in lots, summed over a window of time.

    Cont, Kukanov and Stoikov, The price impact of order book events (Journal of Financial Econometrics 12(1), 2014):
    from one state of the best quotes to the next (b, q_b, a, q_a; the one before primed)

        e = 1{b≥b′}q_b − 1{b≤b′}q_b′ − 1{a≤a′}q_a + 1{a≥a′}q_a′

    Limit orders, cancels and trades at the touch all count, so it explains the mid's moves better than trades alone.
    An empty side is a price infinitely far away with nothing on it.

    Args:
        window_s: the window's length in seconds, positive. Raises ValueError otherwise.
    """

    __slots__ = ("_ask", "_ask_size", "_bid", "_bid_size", "_flow", "_moves", "_pressure", "_started", "_window_ns")

    def __init__(self, window_s: float) -> None:
        self._window_ns = _window_ns(window_s)
        self._moves: deque[tuple[int, int]] = deque()
        self._flow = 0
        self._pressure = 0
        self._started = False
        self._bid, self._bid_size, self._ask, self._ask_size = -float("inf"), 0, float("inf"), 0

    def update(self, now_ns: int, bid: int | None, bid_size: int, ask: int | None, ask_size: int) -> int:
        """Take the best quotes as they stand now (ticks and lots; None for an empty side) and return their e.

        The first has nothing to be compared with: its e is 0.
        """
        self._expire(now_ns)
        b, q_b = (-float("inf"), 0) if bid is None else (bid, bid_size)
        a, q_a = (float("inf"), 0) if ask is None else (ask, ask_size)
        e = 0
        if self._started:
            if b >= self._bid:
                e += q_b
            if b <= self._bid:
                e -= self._bid_size
            if a <= self._ask:
                e -= q_a
            if a >= self._ask:
                e += self._ask_size
        self._started = True
        self._bid, self._bid_size, self._ask, self._ask_size = b, q_b, a, q_a
        if e:
            self._moves.append((now_ns, e))
            self._flow += e
            self._pressure += abs(e)
        return e

    def value(self, now_ns: int) -> int:
        """Σe over (now − window, now], in lots: positive when buyers press."""
        self._expire(now_ns)
        return self._flow

    def balance(self, now_ns: int) -> float:
        """Σe / Σ|e| over the window: −1 sellers alone press, +1 buyers alone, 0.0 while nothing happens."""
        self._expire(now_ns)
        return self._flow / self._pressure if self._pressure else 0.0

    def _expire(self, now_ns: int) -> None:
        moves = self._moves
        horizon_ns = now_ns - self._window_ns
        while moves and moves[0][0] <= horizon_ns:
            e = moves.popleft()[1]
            self._flow -= e
            self._pressure -= abs(e)


def _window_ns(window_s: float) -> int:
    if not window_s > 0:
        raise ValueError(f"window_s must be positive, not {window_s}")
    return round(window_s * 1e9)

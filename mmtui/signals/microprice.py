"""The microprice: the mid, leaning toward the thinner side."""

from __future__ import annotations


def microprice(bid: int, bid_size: int, ask: int, ask_size: int) -> float:
    """Return the best prices, each weighted by the size on the other side, in ticks.

    (bid × ask size + ask × bid size) / (bid size + ask size): between bid and ask, and closer to the ask when more
    lots are bid than offered, for the next move is likelier up. With no lots on either side it is the mid. This is
    the size-weighted mid, which Stoikov (The micro-price, Quantitative Finance 18(12), 2018) starts from and refines.

    Args:
        bid: the best bid in ticks.
        bid_size: the lots there.
        ask: the best ask in ticks.
        ask_size: the lots there.
    """
    lots = bid_size + ask_size
    return (bid * ask_size + ask * bid_size) / lots if lots else (bid + ask) / 2

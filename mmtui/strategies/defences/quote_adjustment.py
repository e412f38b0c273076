"""How all defences together change the quotes that a strategy wants."""

from __future__ import annotations

from mmtui.strategies.protocol import Quotes


class QuoteAdjustment:
    """The change that all defences together make to quotes; a new one changes nothing.

    With m the mid, r the reservation price and b the bid that were wanted, the bid becomes

        m + lean (r - m) + shift - (bid_width (r - b) + bid_back)

    and the ask likewise. It is applied once, so the order of the defences does not matter and sizes are rounded once.

    Attributes:
        shift: ticks that both quotes move up.
        lean: factor on how far the reservation price is from the mid, and so on the skew.
        bid_width, ask_width: factors on the distances from the reservation price.
        bid_back, ask_back: ticks that a side steps back in addition.
        bid_size, ask_size: factors on the sizes.
        bid, ask: whether there is a quote on that side.
    """

    __slots__ = (
        "ask",
        "ask_back",
        "ask_size",
        "ask_width",
        "bid",
        "bid_back",
        "bid_size",
        "bid_width",
        "lean",
        "shift",
    )

    def __init__(
        self,
        shift: float = 0.0,
        lean: float = 1.0,
        bid_width: float = 1.0,
        ask_width: float = 1.0,
        bid_back: float = 0.0,
        ask_back: float = 0.0,
        bid_size: float = 1.0,
        ask_size: float = 1.0,
        bid: bool = True,
        ask: bool = True,
    ) -> None:
        self.shift = shift
        self.lean = lean
        self.bid_width = bid_width
        self.ask_width = ask_width
        self.bid_back = bid_back
        self.ask_back = ask_back
        self.bid_size = bid_size
        self.ask_size = ask_size
        self.bid = bid
        self.ask = ask

    def widen(self, factor: float) -> None:
        """Multiply both distances by a factor."""
        self.bid_width *= factor
        self.ask_width *= factor

    def shrink(self, factor: float) -> None:
        """Multiply both sizes by a factor."""
        self.bid_size *= factor
        self.ask_size *= factor

    def apply(self, quotes: Quotes, mid: float, least: int = 1, widest: float | None = None) -> Quotes:
        """Return the adjusted quotes; hedges are unchanged.

        Args:
            quotes: what was wanted; without a reservation price it is the mid.
            mid: half-way between the best prices of others, in ticks.
            least: lots below which no size is cut, but no more than was wanted.
            widest: the largest width, in ticks, from bid to ask; beyond it both come closer in proportion.
        """
        wanted = mid if quotes.reservation is None else quotes.reservation
        centre = mid + self.lean * (wanted - mid) + self.shift
        below = above = None
        if quotes.bid is not None and self.bid:
            below = self.bid_width * (wanted - quotes.bid) + self.bid_back
        if quotes.ask is not None and self.ask:
            above = self.ask_width * (quotes.ask - wanted) + self.ask_back
        if widest is not None and below is not None and above is not None and below + above > widest:
            closer = widest / (below + above)
            below *= closer
            above *= closer
        return Quotes(
            None if below is None else max(0.0, centre - below),
            None if above is None else max(0.0, centre + above),
            _cut(quotes.bid_size, self.bid_size, least),
            _cut(quotes.ask_size, self.ask_size, least),
            centre,
            quotes.hedges,
            quotes.nearest,
        )


def _cut(size: int, factor: float, least: int) -> int:
    return max(min(size, max(1, least)), round(size * factor))

"""What defences see, and how they change quotes, whoever worked those out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from mmtui.strategies.protocol import MarketView, Quotes


@dataclass(frozen=True, slots=True)
class DefenceContext:
    """What a defence is shown.

    Attributes:
        view: the market.
        mid: half-way between the best prices of others, in ticks.
        spread: between the best prices of others, in ticks.
        volatility: the estimate over the market's usual volatility.
        width: between the bid and the ask to be protected, in ticks.
    """

    view: MarketView
    mid: float
    spread: int
    volatility: float
    width: float


@dataclass(slots=True)
class QuoteAdjustment:
    """How quotes are to be changed, by all defences together; as it is made, they are left alone.

    With m the mid, r the reservation price and b the bid that were wanted, the bid becomes

        m + lean (r - m) + shift - (bid_width (r - b) + bid_back)

    and the ask likewise. Since it is put to the quotes once, the order of the defences does not matter, and
    sizes are rounded only once.

    Attributes:
        shift: ticks that both quotes move up.
        lean: factor on how far the reservation price is from the mid, and so on the skew.
        bid_width, ask_width: factors on the distances from the reservation price.
        bid_back, ask_back: ticks that a side steps back besides.
        bid_size, ask_size: factors on the sizes.
        bid, ask: whether there is a quote on that side.
    """

    shift: float = 0.0
    lean: float = 1.0
    bid_width: float = 1.0
    ask_width: float = 1.0
    bid_back: float = 0.0
    ask_back: float = 0.0
    bid_size: float = 1.0
    ask_size: float = 1.0
    bid: bool = True
    ask: bool = True

    def widen(self, factor: float) -> None:
        """Both distances times a factor."""
        self.bid_width *= factor
        self.ask_width *= factor

    def shrink(self, factor: float) -> None:
        """Both sizes times a factor."""
        self.bid_size *= factor
        self.ask_size *= factor

    def put_to(self, quotes: Quotes, mid: float, least: int = 1, widest: float | None = None) -> Quotes:
        """Quotes in this stance; hedges stay as they were wanted.

        Args:
            quotes: what was wanted; without a reservation price it is the mid.
            mid: half-way between the best prices of others, in ticks.
            least: lots below which no size is cut, but no more than was wanted.
            widest: ticks between bid and ask that are not to be exceeded; both come closer in proportion.
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
        )


def _cut(size: int, factor: float, least: int) -> int:
    return max(min(size, max(1, least)), round(size * factor))


class Defence(ABC):
    """A rule that protects quotes: it looks at one thing, and has a say in the stance."""

    @abstractmethod
    def look(self, sight: DefenceContext, stance: QuoteAdjustment) -> None:
        """Take in what there is to see now, and change the stance if the rule asks for it."""

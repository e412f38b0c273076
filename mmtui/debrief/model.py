"""What a debrief holds: everything that happened to the maker, in numbers from which every other number follows.

Times are nanoseconds since the level's start, prices ticks, quantities lots, money the instrument's currency, markouts
ticks per share. What is many times the same thing is held by column, so that it stays small as JSON.
"""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from mmtui.book import Side
from mmtui.coach.coach import Occasion
from mmtui.market.book_market import ParticipantKind
from mmtui.market.core.instrument import Instrument
from mmtui.session.hedging import HedgeFill
from mmtui.session.result import Result
from mmtui.units import NS_PER_S

#: The version of the debrief's JSON.
DEBRIEF_FORMAT = 1
#: How long after a fill its markouts are taken, in nanoseconds: a tenth of a second to a minute.
HORIZONS_NS: tuple[int, ...] = tuple(
    round(seconds * NS_PER_S) for seconds in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
)
#: Which of them worst and best fills are judged by: ten seconds, as the score is.
JUDGED = HORIZONS_NS.index(10 * NS_PER_S)


class ScorePart(msgspec.Struct, frozen=True):
    """A part of the score with its arithmetic.

    Attributes:
        name: as the level weighs it.
        weight: its share of the score.
        points: 0 to 100; points × weight, summed over the parts, is the score.
        formula: how the points come from the inputs, which it calls by name; they are then kept within 0 and 100.
        inputs: name to number; None where there was none, such as the markout without a fill.
    """

    name: str
    weight: float
    points: float
    formula: str
    inputs: dict[str, float | None]


class Seconds(msgspec.Struct, frozen=True):
    """Samples at each whole second from the start, and one at the end, by column.

    ``total`` is ``spread + position + hedge − fees`` in every sample; ``held`` is the position in lots and ``net`` the
    same with what is held beside the book, ``bid`` and ``ask`` the market's best prices, ``value`` the latent value
    (None where there is none).
    """

    at_ns: list[int]
    bid: list[int]
    ask: list[int]
    mid: list[float]
    value: list[float | None]
    held: list[int]
    net: list[float]
    total: list[float]
    spread: list[float]
    position: list[float]
    hedge: list[float]
    fees: list[float]


class Mids(msgspec.Struct, frozen=True):
    """The mid by column, a row each time that it changed: it holds from its time on."""

    at_ns: list[int]
    mid: list[float]

    def just_before(self, at_ns: int) -> float:
        """The mid that held until ``at_ns``, before anything that happened just then."""
        return self.mid[max(0, bisect_right(self.at_ns, at_ns - 1) - 1)]


class QuoteHistory(msgspec.Struct, frozen=True):
    """The maker's own best bid and ask (None without one) and the lots that rest on each side, by column.

    There is a row each time that any of them changed.
    """

    at_ns: list[int]
    bid: list[int | None]
    bid_lots: list[int]
    ask: list[int | None]
    ask_lots: list[int]

    def at(self, at_ns: int) -> tuple[int | None, int | None]:
        """The bid and ask that stood at a time, as an earlier run's ghost shows them."""
        row = bisect_right(self.at_ns, at_ns) - 1
        return (None, None) if row < 0 else (self.bid[row], self.ask[row])


class FillFacts(msgspec.Struct, frozen=True):
    """One own fill, all that is known of it.

    Attributes:
        at_ns: when.
        side: the maker's.
        price, quantity: ticks and lots.
        mid_before: the mid just before the event that caused it.
        fee: currency; negative is a rebate.
        maker: whether the own order was resting.
        manual: whether the player, not a strategy, had placed it.
        order_id: the own order.
        other: the kind of the participant on the other side.
        position_after, net_after: signed lots, without and with what is held beside the book.
        value, value_later: the latent value at the fill and ten seconds later (or at the end, if that is sooner); None
            where there is none.
        markouts: at each of ``horizons_ns`` of the debrief; None where the session ended before.
    """

    at_ns: int
    side: Side
    price: int
    quantity: int
    mid_before: float
    fee: float
    maker: bool
    manual: bool
    order_id: int
    other: ParticipantKind
    position_after: int
    net_after: float
    value: float | None
    value_later: float | None
    markouts: tuple[float | None, ...]


class OrderFacts(msgspec.Struct, frozen=True):
    """The life of an own order that rested.

    Attributes:
        joined_ns, left_ns: when it reached the book and when nothing of it was left there; None if it still rests.
        side, price, quantity: as it arrived.
        manual: whether the player placed it.
        behind_best: ticks behind the best price of its side as it arrived; 0 at it, negative when it improves it.
        lots_ahead: the queue in front of it as it arrived.
        filled: lots that traded.
        first_fill_ns: when the first did.
    """

    order_id: int
    joined_ns: int
    left_ns: int | None
    side: Side
    price: int
    quantity: int
    manual: bool
    behind_best: int
    lots_ahead: int
    filled: int
    first_fill_ns: int | None


class MarkoutPoint(msgspec.Struct, frozen=True):
    """A mean markout, weighted by lots, over the fills that were due; the 95% band is None with too few."""

    horizon_ns: int
    mean: float
    low: float | None
    high: float | None
    fills: int
    lots: int


class MarkoutCurve(msgspec.Struct, frozen=True):
    """The markout of a group of fills at each horizon at which any was due.

    ``by`` is what was grouped by ("all", "side", "other", "placed") and ``group`` which of them it is ("all"; "buy",
    "sell"; a kind of participant; "manual", "strategy").
    """

    by: str
    group: str
    points: tuple[MarkoutPoint, ...]


class FillVerdict(msgspec.Struct, frozen=True):
    """Why a fill was among the worst or best: its number in ``fills``, what it made in ten seconds, and a sentence."""

    fill: int
    money: float
    why: str


class QueueGroup(msgspec.Struct, frozen=True):
    """What became of the orders that joined the book with so many lots ahead.

    Attributes:
        ahead: "front" (none), "1-9", "10-49" or "50+" lots.
        orders, lots: that joined.
        filled: the share of the lots that traded.
        reached: the share of the orders of which something traded.
        wait_s: median seconds from joining to the first lot traded; None when none did.
        markout: at 10 s, of what traded; None when nothing was due.
    """

    ahead: str
    orders: int
    lots: int
    filled: float
    reached: float
    wait_s: float | None
    markout: float | None


class Gap(msgspec.Struct, frozen=True):
    """A stretch of time."""

    from_ns: int
    to_ns: int


class Advice(msgspec.Struct, frozen=True):
    """What to try next, and a moment of the replay that shows why, if there is one."""

    text: str
    at_ns: int | None = None


class Debrief(msgspec.Struct, frozen=True, kw_only=True):
    """A session, explained.

    Attributes:
        debrief: the version of this format.
        result: as ``mmtui run`` prints it; "digest" there is of the session re-simulated.
        title, lesson: the level's.
        instrument: what was traded.
        duration_ns, until_ns: how long the level lasts, and where the session ended.
        start_position, start_mid: what the maker held at the start, and the mid at which it was entered.
        score: the parts of the score.
        horizons_ns: those of the fills' markouts.
        fills, hedge_fills, orders: oldest first.
        markouts: the curves, "all" first.
        worst, best: up to five each, the most extreme first.
        gaps, closed: when the obligation was not met, and when nothing was owed, the market being closed.
        headlines: (when, what) was told to the player.
        occasions: where the lesson was done and where it was missed.
        advice: what to try next.
    """

    debrief: int = DEBRIEF_FORMAT
    result: Result
    title: str
    lesson: str
    instrument: Instrument
    duration_ns: int
    until_ns: int
    start_position: int
    start_mid: float
    score: tuple[ScorePart, ...]
    horizons_ns: tuple[int, ...]
    seconds: Seconds
    mids: Mids
    fills: tuple[FillFacts, ...]
    hedge_fills: tuple[HedgeFill, ...]
    quotes: QuoteHistory
    orders: tuple[OrderFacts, ...]
    markouts: tuple[MarkoutCurve, ...]
    worst: tuple[FillVerdict, ...]
    best: tuple[FillVerdict, ...]
    queue: tuple[QueueGroup, ...]
    gaps: tuple[Gap, ...]
    closed: tuple[Gap, ...]
    headlines: tuple[tuple[int, str], ...]
    occasions: tuple[Occasion, ...]
    advice: tuple[Advice, ...]


class Rank(msgspec.Struct, frozen=True):
    """How a strategy, or the player (``strategy`` None), did on the tape."""

    strategy: str | None
    score: float
    stars: int
    pnl: float
    mean_abs: float
    markout: float | None


class WithoutMaker(msgspec.Struct, frozen=True):
    """The market without the maker, on the same seed: by second the mid and the spread, and what was traded."""

    mid: list[float]
    spread: list[int]
    trades: int
    mean_spread: float
    final_mid: float


class Ranking(msgspec.Struct, frozen=True):
    """The same tape played by the strategies that ship, the best first, with the session itself among them.

    Attributes:
        ranks: everybody.
        percentile: the share of the shipped strategies that scored less, 0 to 100.
        alone: the market without the maker.
    """

    ranks: tuple[Rank, ...]
    percentile: float
    alone: WithoutMaker

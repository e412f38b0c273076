"""The data of a debrief: everything that happened to the maker, in numbers from which every other number follows.

Times are nanoseconds since the level's start, prices ticks, quantities lots, money the instrument's currency, markouts
ticks per share. Long series are stored by column, which keeps the JSON small.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal

import msgspec

from mmtui.book import Side
from mmtui.coach.coach import Occasion
from mmtui.market.book_market import KIND_WORDS, ParticipantKind
from mmtui.market.core.instrument import Instrument
from mmtui.observe.leads import LeadChange
from mmtui.session.hedging import HedgeFill
from mmtui.session.outcome import WhoQuoted
from mmtui.session.result import Result
from mmtui.units import NS_PER_S

#: The version of the debrief's JSON.
DEBRIEF_FORMAT = 2
#: The horizons of markout curves, in nanoseconds after the fill: a tenth of a second to a minute.
CURVE_HORIZONS_NS: tuple[int, ...] = tuple(
    round(seconds * NS_PER_S) for seconds in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
)
#: The horizon that fills are judged by, ten seconds as in the score, and its index in ``CURVE_HORIZONS_NS``.
JUDGED_NS = 10 * NS_PER_S
JUDGED = CURVE_HORIZONS_NS.index(JUDGED_NS)
#: Kinds of mistakes, see :mod:`mmtui.debrief.mistakes`.
MistakeKind = Literal["event", "limit", "skew", "missing", "stale", "crossing", "absent"]
#: The parts of the PnL and their signs in it: total = spread + position + hedge − fees.
PNL_PARTS = {"spread": 1, "position": 1, "hedge": 1, "fees": -1}


class ScorePart(msgspec.Struct, frozen=True):
    """A part of the score with its arithmetic.

    Attributes:
        name: as in the level's weights.
        weight: its share of the score.
        points: 0 to 100; points × weight, summed over the parts, is the score.
        formula: the points as an expression in the names of the inputs, before they are clipped to 0 to 100.
        inputs: name to number; None if there is none, such as the markout without a fill.
    """

    name: str
    weight: float
    points: float
    formula: str
    inputs: dict[str, float | None]


class Seconds(msgspec.Struct, frozen=True):
    """Samples at each whole second from the start, and one at the end, by column.

    ``total`` is ``spread + position + hedge − fees`` in every sample; ``held`` is the position in lots and ``net`` the
    same including hedges, ``bid`` and ``ask`` the market's best prices, ``value`` the latent value (None without one).
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

    def stack(self, row: int) -> dict[str, tuple[float, float]]:
        """The parts of the PnL in a sample as bars (base, tip) around zero: gains stacked upwards, losses downwards."""
        above = below = 0.0
        bars = {}
        for name, sign in PNL_PARTS.items():
            amount = sign * getattr(self, name)[row]
            if amount > 0:
                bars[name] = above, above + amount
                above += amount
            else:
                bars[name] = below, below + amount
                below += amount
        return bars


class Mids(msgspec.Struct, frozen=True):
    """The mid by column, with a row for each change; it holds from that time on."""

    at_ns: list[int]
    mid: list[float]

    def just_before(self, at_ns: int) -> float:
        """The mid until ``at_ns``, before the events at that time."""
        return self.mid[max(0, bisect_right(self.at_ns, at_ns - 1) - 1)]


class QuoteHistory(msgspec.Struct, frozen=True):
    """The maker's best bid and ask (None without one) and the lots resting on each side, by column.

    There is a row for each change of any of them.
    """

    at_ns: list[int]
    bid: list[int | None]
    bid_lots: list[int]
    ask: list[int | None]
    ask_lots: list[int]

    def at(self, at_ns: int) -> tuple[int | None, int | None]:
        """The bid and ask at a time."""
        row = bisect_right(self.at_ns, at_ns) - 1
        return (None, None) if row < 0 else (self.bid[row], self.ask[row])


class FillFacts(msgspec.Struct, frozen=True):
    """One of the maker's fills.

    Attributes:
        side: the maker's side.
        mid_before: the mid just before the event that caused the fill.
        fee: negative is a rebate.
        maker: whether the maker's order was resting.
        manual: whether the player, not a strategy, placed the order.
        order_id: the maker's order.
        other: the kind of the participant on the other side.
        position_after, net_after: signed lots, without and with hedges.
        value, value_later: the latent value at the fill and ten seconds later (or at the end, if that is sooner); None
            without one.
        markouts: at each of the debrief's ``horizons_ns``; None if the session ended before.
        called: what the participant on the other side is called, if it has a name.
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
    called: str = ""

    @property
    def who(self) -> str:
        """Who was on the other side: the name, else the kind."""
        return self.called or KIND_WORDS[self.other].one

    @property
    def value_move(self) -> float | None:
        """The move of the value after the fill in the maker's favour, in ticks; None without a value."""
        return None if self.value is None or self.value_later is None else self.side * (self.value_later - self.value)


class OrderFacts(msgspec.Struct, frozen=True):
    """The life of one of the maker's resting orders.

    Attributes:
        joined_ns, left_ns: when it reached the book and when it left it; None if it still rests.
        side, price, quantity: on arrival.
        manual: whether the player placed it.
        behind_best: ticks behind the best price of its side on arrival; 0 at it, negative if it improves it.
        lots_ahead: the queue in front of it on arrival.
        part: the part of an order for half the lots there that it would have traded; None where time alone decides.
        filled: lots traded.
        first_fill_ns: when the first lots traded, None before.
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
    part: float | None
    filled: int
    first_fill_ns: int | None


class MarkoutPoint(msgspec.Struct, frozen=True):
    """A mean markout over the fills that are due, weighted by lots; its 95% band is None with too few fills."""

    horizon_ns: int
    mean: float
    low: float | None
    high: float | None
    fills: int
    lots: int


class MarkoutCurve(msgspec.Struct, frozen=True):
    """The markouts of a group of fills at each horizon at which any was due.

    ``by`` is the criterion ("all", "side", "other", "placed") and ``group`` one of its values ("all"; "buy", "sell"; a
    kind of participant; "manual", "strategy").
    """

    by: str
    group: str
    points: tuple[MarkoutPoint, ...]

    def at(self, horizon_ns: int) -> MarkoutPoint | None:
        """The point at a horizon, None if no fill was due there."""
        return next((point for point in self.points if point.horizon_ns == horizon_ns), None)

    @property
    def fills(self) -> int:
        """How many fills the curve is from, at the horizon with the most."""
        return max((point.fills for point in self.points), default=0)

    @property
    def lots(self) -> int:
        """The lots of these fills."""
        return max((point.lots for point in self.points), default=0)


class FillVerdict(msgspec.Struct, frozen=True):
    """One of the worst or best fills: its index in ``fills``, the money it made in ten seconds, and why."""

    fill: int
    money: float
    why: str


class QueueGroup(msgspec.Struct, frozen=True):
    """The orders that joined the book with a number of lots ahead of them in the queue, or a part of what trades.

    Attributes:
        ahead: "front" (none), "1-9", "10-49" or "50+" lots; where not time alone decides, their part of an order for
            half the lots at their price, "under 5%", "5-20%" or "over 20%".
        orders, lots: that joined.
        filled: the share of the lots that traded.
        reached: the share of the orders that traded at least in part.
        wait_s: median seconds from joining to the first fill; None without one.
        markout: the fills' mean at 10 s; None if none was due.
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


class Mistake(msgspec.Struct, frozen=True):
    """A kind of mistake that was made in a session.

    Attributes:
        kind: what was done.
        times: how often.
        lasted_ns: how long in all; 0 for what has no length.
        lots: how many it was about; 0 where that says nothing.
        cost: money lost by it, positive: a piece of what was lost against par that no other mistake has.
        from_ns, to_ns: the costliest time.
    """

    kind: MistakeKind
    times: int
    lasted_ns: int
    lots: int
    cost: float
    from_ns: int
    to_ns: int


class DuelCourse(msgspec.Struct, frozen=True):
    """Both scores and the opponent's PnL at the times of ``Seconds``, by column, and the changes of the lead."""

    scores: list[float]
    opponent_scores: list[float]
    opponent_pnl: list[float]
    leads: tuple[LeadChange, ...]


class Met(msgspec.Struct, frozen=True):
    """A participant with a name whom the maker traded with.

    Attributes:
        called, tell: its name, and how one knows it.
        fills, lots: the maker's with it.
        money: what they made in ten seconds; of those that were judged.
    """

    called: str
    tell: str
    fills: int
    lots: int
    money: float


class Advice(msgspec.Struct, frozen=True):
    """What to try next, and the moment of the replay that shows why, if there is one."""

    text: str
    at_ns: int | None = None


class Debrief(msgspec.Struct, frozen=True, kw_only=True):
    """A session, explained.

    Attributes:
        debrief: the version of this format.
        result: as ``mmtui run`` prints it; its digest is of the session re-simulated.
        title, lesson: of the level.
        instrument: the instrument traded.
        duration_ns, until_ns: the length of the level, and when the session ended.
        point: money that a point of the score's PnL part is worth.
        start_position, start_mid: the maker's position at the start, and the mid at which it was booked.
        score: the parts of the score.
        horizons_ns: the horizons of the fills' markouts.
        fills, hedge_fills, orders: oldest first.
        markouts: the curves, "all" first.
        worst, best: up to five each, the most extreme first.
        gaps, closed: when the obligation was not met, and when there was none because the market was closed.
        headlines: (at_ns, text) of each notice to the player.
        occasions: where the lesson was done and where it was missed.
        advice: what to try next.
        quoted: who quoted.
        mistakes: those that matter, the costliest first.
        duel: its course; None without an opponent.
        met: the participants with a name whom the maker traded with.
    """

    debrief: int = DEBRIEF_FORMAT
    result: Result
    title: str
    lesson: str
    instrument: Instrument
    duration_ns: int
    until_ns: int
    point: float
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
    quoted: WhoQuoted
    mistakes: tuple[Mistake, ...]
    duel: DuelCourse | None
    met: tuple[Met, ...] = ()


class Rank(msgspec.Struct, frozen=True):
    """The outcome of a strategy, or of the session itself (``strategy`` None), on the tape."""

    strategy: str | None
    score: float
    stars: int
    pnl: float
    mean_abs: float
    markout: float | None


class WithoutMaker(msgspec.Struct, frozen=True):
    """The market without the maker on the same seed: mid and spread by second, and its totals."""

    mid: list[float]
    spread: list[int]
    trades: int
    mean_spread: float
    final_mid: float


class Ranking(msgspec.Struct, frozen=True):
    """The session among the shipped strategies on the same tape.

    Attributes:
        ranks: best score first.
        percentile: the share of the shipped strategies with a lower score, 0 to 100.
        without_maker: the market without the maker.
    """

    ranks: tuple[Rank, ...]
    percentile: float
    without_maker: WithoutMaker

"""What the screen is shown: frozen, complete, and computed only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mmtui.book import Indication, Side
from mmtui.market.rules.halts import Band
from mmtui.observe.leads import LeadChange
from mmtui.session.commands import Peg, PhaseName
from mmtui.session.result import Opposition
from mmtui.session.score import Score, ScoreInputs
from mmtui.signals.cointegration import Cointegration


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """One of the maker's orders. Prices in ticks, quantities in lots.

    ``lots_ahead`` and ``orders_ahead`` are the exact queue in front of it, None while it is on its way to the
    exchange. ``part`` is the part of an order for half the lots at its price that it would trade, None where time alone
    decides. ``pending_cancel`` is True while its cancellation is on its way.
    """

    order_id: int
    side: Side
    price: int
    quantity: int
    lots_ahead: int | None
    orders_ahead: int | None
    pending_cancel: bool = False
    part: float | None = None


@dataclass(frozen=True, slots=True)
class Ghost:
    """A quote that the ready strategy would have in the market, or that an ``earlier`` run had there at this time."""

    side: Side
    price: int
    quantity: int
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class TapeTrade:
    """One trade; ``side`` is the taker's. ``own`` is the maker's side in it, None when it was others'."""

    time_ns: int
    price: int
    quantity: int
    side: Side
    own: Side | None


@dataclass(frozen=True, slots=True)
class FillLine:
    """One own fill with its markouts in ticks per share at 1, 10 and 60 s; None until due."""

    time_ns: int
    side: Side
    price: int
    quantity: int
    markouts: tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class DeskSnapshot:
    """The maker's books. Money in the instrument's currency, positions in lots, markouts in ticks per share.

    Attributes:
        net: the position with its hedges, as the score counts it; None in a level without hedge instruments.
    """

    position: int
    limit: int
    average_entry: float | None
    realised: float
    unrealised: float
    total: float
    spread: float
    position_pnl: float
    hedge: float
    fees: float
    markouts: tuple[float | None, float | None, float | None]
    presence: float
    fills: int
    volume: int
    last_fills: tuple[FillLine, ...]
    net: float | None = None


@dataclass(frozen=True, slots=True)
class HedgeSnapshot:
    """A hedge instrument and what is held of it. Prices in its own ticks, positions in contracts, money in currency.

    Attributes:
        name, kind: what the level calls it, and "future", "index", "put" or "call".
        bid, ask: what it trades at.
        tick: currency, or index points, a tick.
        position, coming, limit: signed contracts held, on their way, and the most either way.
        perfect: the contracts that would hedge the book's position now, which HedgeAll trades to.
        missing: the contracts still to trade, those on their way counted as held, so that the net position is hedged;
            0 while that is less than half a lot.
        ratio: contracts to sell for each lot held: by beta, carry or delta.
        beta, delta: a future's and an option's, else None.
        basis_z: of an index, how unusual the book's price is against it, in standard deviations of the last two
            minutes; None before there are enough samples, and for other instruments.
        pnl: since the start, the half-spreads paid in it, fees not.
        cost: paid so far to trade it: half-spreads and fees.
    """

    name: str
    kind: str
    bid: int
    ask: int
    tick: float
    position: int
    coming: int
    limit: int
    perfect: int
    missing: int
    ratio: float
    beta: float | None
    delta: float | None
    basis_z: float | None
    pnl: float
    cost: float


@dataclass(frozen=True, slots=True)
class CoachLine:
    """What the coach says, since ``at_ns``."""

    at_ns: int
    text: str


@dataclass(frozen=True, slots=True)
class SignalsSnapshot:
    """What a trader's instruments show.

    Attributes:
        volatility, normal_volatility: of the mid now and usually, in ticks per square root of a second.
        spread, usual_spread: now and its mean over the last minute, in ticks.
        imbalance: (bought − sold) / (bought + sold) by takers over the last ten seconds, -1 to 1.
        book_flow: order-flow imbalance of the best quotes over the last ten seconds, taken at whole seconds, in lots;
            positive when buyers press.
        pressure: the same as a share of all that happened there, -1 to 1.
        microprice: in ticks.
        hurst: the mid's Hurst exponent over the last samples, a second apart, and what it allows to say, see
            mmtui.signals.hurst.HurstVerdict; None before there are enough of them.
        basis: the mid over the first spot index's carried to expiry, in ticks; None without an index.
        basis_z: how unusual that is, in standard deviations of the last two minutes; None before there are samples.
        cointegration: Engle and Granger's test of the mid on that index, both over the last minutes, renewed every ten
            seconds; None without an index, or before there are samples.
    """

    volatility: float | None
    normal_volatility: float
    spread: int
    usual_spread: float | None
    imbalance: float
    book_flow: int
    pressure: float
    microprice: float
    hurst: tuple[float, str] | None
    basis: float | None = None
    basis_z: float | None = None
    cointegration: Cointegration | None = None


@dataclass(frozen=True, slots=True)
class FloorSnapshot:
    """The market and the maker at one instant.

    Attributes:
        now_ns, end_ns: the session's clock and its end, in nanoseconds since the level's start.
        phase: what the exchange does (mmtui.market.rules.phases.Phase), or "ended".
        phase_name: the same for the eye, such as "lunch".
        phase_ends_ns: when it goes over to another phase; None while that is not planned.
        band: the band of prices that holds, if any.
        indication: what the auction under way would do if it ended now; None without one.
        ended: why it ended ("time", "loss"), else None.
        bids, asks: lots by price in ticks, every level of the book.
        best_bid, best_ask: in ticks, None when a side is empty.
        mid: in ticks.
        last: the last trade.
        high, low: of the trades since the level's start, in ticks.
        volume: price to (lots sellers hit there, lots buyers lifted there), since the level's start.
        recent: price to (lots sold, lots bought) there in the last ten seconds.
        stacked: price to lots that others stacked (positive) or pulled (negative) in the last five seconds, on the bid
            and on the ask.
        orders: own orders, working or on their way.
        ghosts: what the ready strategy would quote; empty while it quotes itself.
        reservation: the ready or running strategy's reservation price in ticks, if it has one.
        tape: the last trades, newest first.
        score, measures: the score so far, and what it is computed from.
        signals: what a trader's instruments show.
        peg: what the player's quotes follow; None while they are fixed.
        active: name of the strategy that is quoting, None when the player is.
        ready: name of the strategy that would take over.
        notices: the last things that the exchange or the level had to say, oldest first.
        noticed: how many there were so far.
        hedges: the hedge instruments beside the book, in the level's order.
        coach: what the coach says now, None when it says nothing.
        opponent: how the opponent does in a duel, else None.
        mids: the mid at each whole second of the last minute, the latest last.
        leads: the changes of the lead in a duel, newest first.
        step: prices of orders are multiples of so many ticks.
    """

    now_ns: int
    end_ns: int
    phase: PhaseName
    ended: str | None
    bids: Mapping[int, int]
    asks: Mapping[int, int]
    best_bid: int | None
    best_ask: int | None
    mid: float
    last: TapeTrade | None
    high: int | None
    low: int | None
    volume: Mapping[int, tuple[int, int]]
    recent: Mapping[int, tuple[int, int]]
    stacked: Mapping[int, tuple[int, int]]
    orders: tuple[OwnOrder, ...]
    ghosts: tuple[Ghost, ...]
    reservation: float | None
    tape: tuple[TapeTrade, ...]
    desk: DeskSnapshot
    score: Score
    measures: ScoreInputs
    signals: SignalsSnapshot
    peg: Peg | None
    active: str | None
    ready: str | None
    notices: tuple[str, ...] = ()
    noticed: int = 0
    hedges: tuple[HedgeSnapshot, ...] = ()
    phase_name: str = ""
    phase_ends_ns: int | None = None
    band: Band | None = None
    indication: Indication | None = None
    coach: CoachLine | None = None
    opponent: Opposition | None = None
    leads: tuple[LeadChange, ...] = ()
    step: int = 1
    mids: tuple[float, ...] = ()

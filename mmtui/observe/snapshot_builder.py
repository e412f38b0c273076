"""Makes the snapshots that a screen shows, and keeps what only a screen needs."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from mmtui.book import Side, Trade
from mmtui.market.core.exchange import PARTICIPANTS
from mmtui.observe.indicators import Indicators
from mmtui.observe.leads import Leads
from mmtui.observe.recent_flow import PulledStacked, traded
from mmtui.observe.snapshot import (
    CoachLine,
    DeskSnapshot,
    FillLine,
    FloorSnapshot,
    Ghost,
    HedgeSnapshot,
    OwnOrder,
    TapeTrade,
)
from mmtui.session.score import score
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from mmtui.strategies.protocol import HedgeQuote

_TAPE_LINES = 40
_FILL_LINES = 40
_NOTICES = 20
_MIDS = 61
#: A net position is hedged when it is smaller, in lots.
_HEDGED = 0.5


class SnapshotBuilder(Watcher):
    """Sees the market and the maker as the screen does, from when it is attached on. It changes nothing.

    Args:
        session: the session to watch.
        index: the maker whose orders count as own, by its place among the makers.
        indicators: the trader's, where several share them; they watch the same session.

    Attributes:
        indicators: what the trader's indicators show.
    """

    def __init__(self, session: Session, index: int = 0, indicators: Indicators | None = None) -> None:
        self.indicators = Indicators(session) if indicators is None else indicators
        self._maker = session.makers[index]
        self._exchange = session.market.exchange
        self._index = index
        self._moved = PulledStacked(index)
        self._volume: dict[int, tuple[int, int]] = {}
        self._leads = Leads()
        self._high: int | None = None
        self._low: int | None = None
        super().__init__(session)
        self.on_second(session.now_ns)

    def on_trade(self, now_ns: int, trade: Trade) -> None:
        """Count a trade at its price."""
        price, quantity, _, _, side = trade
        sold, bought = self._volume.get(price, (0, 0))
        self._volume[price] = (sold, bought + quantity) if side is Side.BUY else (sold + quantity, bought)
        if self._high is None or price > self._high:
            self._high = price
        if self._low is None or price < self._low:
            self._low = price

    def on_second(self, now_ns: int) -> None:
        """Remember the book, with which later ones are compared, and in a duel who leads."""
        self._moved.remember(now_ns, self._others(Side.BUY), self._others(Side.SELL))
        session, opponent = self.session, self.session.opponent
        if opponent is not None:
            # Both have the same par, which may not be known yet: against what lies between them it says who is ahead.
            own, other = session.measures(), session.measures(opponent)
            par = (own.pnl + other.pnl) / 2
            totals = [score(session.level, replace(each, par=par, par_volumes=None)).total for each in (own, other)]
            self._leads.update(now_ns, *totals)

    def snapshot(self, coach: CoachLine | None = None) -> FloorSnapshot:
        """The market and the maker at this instant, and what the coach says."""
        session, exchange, maker = self.session, self._exchange, self._maker
        now_ns = session.now_ns
        (bid, ask), reservation = maker.ghosts()
        tape = [self._tape_trade(*entry) for entry in islice(reversed(exchange.tape), _TAPE_LINES)]
        signals = self.indicators.read(now_ns)
        measures = session.measures(maker)
        return FloorSnapshot(
            now_ns=now_ns,
            end_ns=session.end_ns,
            phase=exchange.phase.value if session.over is None else "ended",
            phase_name=exchange.phase_name,
            phase_ends_ns=exchange.phase_ends_ns,
            band=exchange.band(now_ns),
            step=exchange.step,
            mids=tuple(session.mid_by_second[-_MIDS:]),
            indication=exchange.indication(),
            ended=session.over,
            bids={level.price: level.quantity for level in exchange.depth(Side.BUY)},
            asks={level.price: level.quantity for level in exchange.depth(Side.SELL)},
            best_bid=exchange.best_bid,
            best_ask=exchange.best_ask,
            mid=exchange.mid,
            last=tape[0] if tape else None,
            high=self._high,
            low=self._low,
            volume=dict(self._volume),
            recent=traded(reversed(exchange.tape), now_ns),
            stacked=self._moved.since(now_ns, self._others(Side.BUY), self._others(Side.SELL), reversed(exchange.tape)),
            orders=self._own_orders(),
            ghosts=tuple(
                Ghost(side, target.price, target.quantity)
                for side, target in ((Side.BUY, bid), (Side.SELL, ask))
                if target is not None
            ),
            reservation=reservation,
            # What was before the level is no part of it.
            tape=tuple(trade for trade in tape if trade.time_ns >= 0),
            desk=self._desk(now_ns),
            score=score(session.level, measures, ranked=session.ranked),
            measures=measures,
            signals=signals,
            peg=maker.manual_orders.peg,
            active=maker.strategy_name if maker.auto else None,
            ready=maker.strategy_name if maker.strategy is not None else None,
            notices=tuple(maker.notices[-_NOTICES:]),
            noticed=len(maker.notices),
            hedges=self._hedges(),
            coach=coach,
            opponent=session.opposition(),
            leads=tuple(reversed(self._leads.changes)),
        )

    def _others(self, side: Side) -> dict[int, int]:
        """Lots by price without the maker's own."""
        own = self._maker.gateway.lots(side)
        return {level.price: level.quantity - own.get(level.price, 0) for level in self._exchange.depth(side)}

    def _tape_trade(self, time_ns: int, trade: Trade) -> TapeTrade:
        price, quantity, maker_id, taker_id, side = trade
        own = None
        if maker_id % PARTICIPANTS == self._index:
            own = side.opposite
        elif taker_id % PARTICIPANTS == self._index:
            own = side
        return TapeTrade(time_ns, price, quantity, side, own)

    def _own_orders(self) -> tuple[OwnOrder, ...]:
        orders = []
        for order in self._maker.gateway.orders.values():
            if order.immediate:
                continue
            ahead = self._exchange.queue_ahead(order.order_id)
            lots, count = (None, None) if ahead is None else ahead
            orders.append(
                OwnOrder(
                    order.order_id,
                    order.side,
                    order.price,
                    order.quantity,
                    lots,
                    count,
                    order.pending_cancel,
                    self._exchange.part_of(order.order_id),
                )
            )
        return tuple(orders)

    def _hedges(self) -> tuple[HedgeSnapshot, ...]:
        view, book = self._maker.view, self._maker.desk.hedges
        hedges = view.hedges
        return tuple(
            HedgeSnapshot(
                name=hedge.name,
                kind=hedge.kind,
                bid=hedge.bid,
                ask=hedge.ask,
                tick=hedge.tick,
                position=hedge.position,
                coming=hedge.coming,
                limit=hedge.limit,
                perfect=hedge.against(view.position),
                missing=_missing(hedge, self._maker.desk.net),
                ratio=hedge.ratio,
                beta=hedge.beta,
                delta=hedge.delta,
                basis_z=self.indicators.basis_z.get(hedge.name),
                pnl=book.leg_pnl(hedge.name),
                cost=hedge.cost,
            )
            for hedge in hedges.values()
        )

    def _desk(self, now_ns: int) -> DeskSnapshot:
        maker, mark = self._maker, self._maker.mark
        desk = maker.desk
        money = desk.attribution(mark)
        fills = islice(reversed(desk.fills), _FILL_LINES)
        return DeskSnapshot(
            position=desk.position,
            limit=self.session.level.maker.position_limit,
            average_entry=desk.average_entry,
            realised=desk.realised,
            unrealised=desk.unrealised(mark),
            total=money.total,
            spread=money.spread,
            position_pnl=money.position,
            hedge=money.hedge,
            fees=money.fees,
            markouts=(desk.markout(0), desk.markout(1), desk.markout(2)),
            presence=maker.presence.share(now_ns),
            fills=len(desk.fills),
            volume=desk.volume,
            last_fills=tuple(
                FillLine(fill.time_ns, fill.side, fill.price, fill.quantity, (*fill.markouts,))  # type: ignore[arg-type]
                for fill in fills
            ),
            net=desk.net if desk.hedges.legs else None,
        )


def _missing(hedge: HedgeQuote, net: float) -> int:
    """The contracts to trade so that the net position is hedged, what other instruments hedge left to them."""
    if abs(net) < _HEDGED or not hedge.ratio:
        return 0
    return hedge.against(net - hedge.position / hedge.ratio) - hedge.position - hedge.coming

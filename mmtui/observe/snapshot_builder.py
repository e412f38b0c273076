"""Makes the snapshots that a screen shows, and keeps what only a screen needs."""

from __future__ import annotations

from itertools import islice

from mmtui.book import Side, Trade
from mmtui.coach.coach import CoachLine
from mmtui.level.level import Level
from mmtui.market.core.exchange import PARTICIPANTS
from mmtui.market.kinds import AnyMarket
from mmtui.observe.indicators import BasisIndicator, Indicators
from mmtui.observe.recent_flow import PulledStacked, traded
from mmtui.observe.snapshot import (
    DeskSnapshot,
    FillLine,
    FloorSnapshot,
    Ghost,
    HedgeSnapshot,
    OwnOrder,
    ScoreSnapshot,
    TapeTrade,
)
from mmtui.session.maker import Maker
from mmtui.session.result import Opposition
from mmtui.session.score import Score

_TAPE_LINES = 40
_FILL_LINES = 12


class SnapshotBuilder:
    """Sees the market and the maker as the screen does. It changes nothing.

    Attributes:
        gauges: what the trader's instruments show.
    """

    def __init__(self, market: AnyMarket, maker: Maker, level: Level, gauges: Indicators, index: int = 0) -> None:
        self._exchange = market.exchange
        self._maker = maker
        self._level = level
        self.gauges = gauges
        self._index = index
        self._stacking = PulledStacked(index)
        self._basis = BasisIndicator(market.instrument.tick)
        self._volume: dict[int, tuple[int, int]] = {}
        self._trades = -1
        self._tape: tuple[TapeTrade, ...] = ()
        self._high: int | None = None
        self._low: int | None = None

    def on_print(self, now_ns: int, trade: Trade) -> None:
        """Take in a trade."""
        price, quantity, _, _, side = trade
        sold, bought = self._volume.get(price, (0, 0))
        self._volume[price] = (sold, bought + quantity) if side is Side.BUY else (sold + quantity, bought)
        self.gauges.on_print(now_ns, side * quantity)
        if self._high is None or price > self._high:
            self._high = price
        if self._low is None or price < self._low:
            self._low = price

    def snapshot(
        self,
        now_ns: int,
        over: str | None,
        score: Score,
        coach: CoachLine | None = None,
        opponent: Opposition | None = None,
    ) -> FloorSnapshot:
        """The market and the maker at this instant."""
        exchange, maker = self._exchange, self._maker
        book = exchange.book
        (bid, ask), reservation = maker.ghosts()
        tape = self._last_trades()
        bids = {level.price: level.total for level in book.bids.levels.values()}
        asks = {level.price: level.total for level in book.asks.levels.values()}
        notices = tuple(maker.notices)
        maker.notices.clear()
        return FloorSnapshot(
            now_ns=now_ns,
            end_ns=self._level.end_ns,
            phase=exchange.phase.value if over is None else "ended",
            phase_name=exchange.phase_name,
            phase_ends_ns=exchange.phase_ends_ns,
            band=exchange.band(now_ns),
            step=exchange.step,
            indication=exchange.indication(),
            ended=over,
            bids=bids,
            asks=asks,
            best_bid=exchange.best_bid,
            best_ask=exchange.best_ask,
            mid=exchange.mid,
            last=tape[0] if tape else None,
            high=self._high,
            low=self._low,
            volume=dict(self._volume),
            recent=traded(reversed(exchange.tape), now_ns),
            stacked=self._stacking.look(
                now_ns, self._others(Side.BUY, bids), self._others(Side.SELL, asks), reversed(exchange.tape)
            ),
            orders=self._own_orders(),
            ghosts=tuple(
                Ghost(side, target.price, target.quantity)
                for side, target in ((Side.BUY, bid), (Side.SELL, ask))
                if target is not None
            ),
            reservation=reservation,
            tape=tape,
            desk=self._desk(now_ns),
            score=ScoreSnapshot(score.total, {**score.parts}, score.stars),
            signals=self.gauges.read(now_ns, exchange),
            peg=maker.manual_orders.peg,
            active=maker.strategy_name if maker.auto else None,
            ready=maker.strategy_name if maker.strategy is not None else None,
            notices=notices,
            hedges=self._hedges(now_ns),
            coach=coach,
            opponent=opponent,
        )

    def _others(self, side: Side, lots: dict[int, int]) -> dict[int, int]:
        """Lots by price without the maker's own."""
        own = self._maker.gateway.lots(side)
        return {price: total - own.get(price, 0) for price, total in lots.items()} if own else lots

    def _last_trades(self) -> tuple[TapeTrade, ...]:
        """The tape's last lines; the same ones until there is another trade."""
        exchange = self._exchange
        if exchange.trades != self._trades:
            self._trades = exchange.trades
            self._tape = tuple(self._tape_trade(*entry) for entry in islice(reversed(exchange.tape), _TAPE_LINES))
        return self._tape

    def _tape_trade(self, time_ns: int, trade: Trade) -> TapeTrade:
        price, quantity, maker_id, taker_id, side = trade
        own = None
        if maker_id % PARTICIPANTS == self._index:
            own = side.opposite
        elif taker_id % PARTICIPANTS == self._index:
            own = side
        return TapeTrade(time_ns, price, quantity, side, own)

    def _own_orders(self) -> tuple[OwnOrder, ...]:
        book = self._exchange.book
        orders = []
        for order in self._maker.gateway.orders.values():
            if order.immediate:
                continue
            ahead = book.queue_ahead(order.order_id)
            lots, count = (None, None) if ahead is None else ahead
            orders.append(
                OwnOrder(order.order_id, order.side, order.price, order.quantity, lots, count, order.pending_cancel)
            )
        return tuple(orders)

    def _hedges(self, now_ns: int) -> tuple[HedgeSnapshot, ...]:
        view, book = self._maker.view, self._maker.desk.hedges
        hedges = view.hedges
        basis = self._basis.read(now_ns, self._exchange.mid, hedges.values())
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
                ratio=hedge.ratio,
                beta=hedge.beta,
                delta=hedge.delta,
                basis_z=basis.get(hedge.name),
                pnl=book.leg_pnl(hedge.name),
                cost=hedge.cost,
            )
            for hedge in hedges.values()
        )

    def _desk(self, now_ns: int) -> DeskSnapshot:
        maker, mid = self._maker, self._exchange.mid
        desk = maker.desk
        money = desk.attribution(mid)
        fills = islice(reversed(desk.fills), _FILL_LINES)
        return DeskSnapshot(
            position=desk.position,
            limit=self._level.maker.position_limit,
            average_entry=desk.average_entry,
            realised=desk.realised,
            unrealised=desk.unrealised(mid),
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

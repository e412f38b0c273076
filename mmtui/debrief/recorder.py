"""Watches a session being played again, and writes down what a debrief is made of. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmtui.debrief.model import Gap, Mids, OrderFacts, QuoteHistory, Seconds
from mmtui.desk import Fill
from mmtui.market.core.gateway import Event, MakerOrder
from mmtui.session.replay import Replay
from mmtui.session.watcher import Watcher
from mmtui.units import NS_PER_S

#: How long after a fill its latent value is looked at again.
LATER_NS = 10 * NS_PER_S


@dataclass
class _Life:
    """An own order so far; see OrderFacts."""

    order: MakerOrder
    joined_ns: int
    quantity: int
    behind_best: int
    lots_ahead: int
    filled: int = 0
    first_fill_ns: int | None = None
    left_ns: int | None = None


class _Stretches:
    """The stretches of time in which something was so.

    Attributes:
        found: those that are over.
    """

    def __init__(self, *, on: bool) -> None:
        self.found: list[Gap] = []
        self._since_ns = 0 if on else None

    def update(self, now_ns: int, on: bool) -> None:
        """Whether it is so from now on."""
        if on and self._since_ns is None:
            self._since_ns = now_ns
        elif not on and self._since_ns is not None:
            if now_ns > self._since_ns:
                self.found.append(Gap(self._since_ns, now_ns))
            self._since_ns = None


class Recorder(Watcher):
    """Plays a replay that stands at its start to its end, and keeps what happened.

    Args:
        replay: the session.

    Attributes:
        session: the session, played.
        seconds, mids, quotes: see the debrief.
        values: of each own fill, the latent value then and ten seconds later.
        nets: of each own fill, the net position after it.
        gaps, closed: when the obligation was not met, and when nothing was owed.
        headlines: what was told to the player, and when.
    """

    def __init__(self, replay: Replay[Any]) -> None:
        session = replay.session
        self._market = session.market
        self._maker = session.maker
        exchange = self._market.exchange
        self.start_mid = exchange.mid
        self.seconds = Seconds([], [], [], [], [], [], [], [], [], [], [], [])
        self.mids = Mids([0], [exchange.mid])
        self.quotes = QuoteHistory([0], [None], [0], [None], [0])
        self.values: list[tuple[float | None, float | None]] = []
        self.nets: list[float] = []
        presence = self._maker.presence
        self.gaps = _Stretches(on=presence.owed)
        self.closed = _Stretches(on=not presence.owed)
        self.headlines: list[tuple[int, str]] = []
        self._lives: dict[int, _Life] = {}
        self._mid = exchange.mid
        super().__init__(session)
        self._play(replay)

    def _play(self, replay: Replay[Any]) -> None:
        session, end_ns = self.session, replay.end_ns
        for second_ns in range(0, end_ns, NS_PER_S):
            replay.advance(second_ns)
            if session.over is not None:
                break
            self._take_second()
        replay.advance(end_ns)
        self._take_second()
        self._look_later(session.now_ns, last=True)
        for stretches in (self.gaps, self.closed):
            stretches.update(session.now_ns, False)

    @property
    def orders(self) -> tuple[OrderFacts, ...]:
        """The lives of the orders that rested, in the order of joining."""
        return tuple(
            OrderFacts(
                order_id=order_id,
                joined_ns=life.joined_ns,
                left_ns=life.left_ns,
                side=life.order.side,
                price=life.order.price,
                quantity=life.quantity,
                manual=life.order.manual,
                behind_best=life.behind_best,
                lots_ahead=life.lots_ahead,
                filled=life.filled,
                first_fill_ns=life.first_fill_ns,
            )
            for order_id, life in self._lives.items()
        )

    # What happens

    def on_event(self, now_ns: int) -> None:
        """After every event: the mid, if it has changed, and whether the obligation is met."""
        mid = self._market.exchange.mid
        if mid != self._mid:
            self._mid = mid
            self.mids.at_ns.append(now_ns)
            self.mids.mid.append(mid)
        presence = self._maker.presence
        self.gaps.update(now_ns, presence.owed and not presence.quoting)
        self.closed.update(now_ns, not presence.owed)

    def _take_second(self) -> None:
        now_ns, maker, exchange = self.session.now_ns, self._maker, self._market.exchange
        money, (bid, ask) = maker.desk.attribution(exchange.mid), exchange.touch
        self._look_later(now_ns)
        row = (
            now_ns,
            bid,
            ask,
            exchange.mid,
            self._value_at(now_ns),
            maker.desk.position,
            maker.desk.net,
            money.total,
            money.spread,
            money.position,
            money.hedge,
            money.fees,
        )
        for column, number in zip(self.seconds.__struct_fields__, row, strict=True):
            getattr(self.seconds, column).append(number)
        self.headlines += [(now_ns, headline) for headline in maker.notices[len(self.headlines) :]]

    def _look_later(self, now_ns: int, *, last: bool = False) -> None:
        """The latent value of fills that are ten seconds old, or at the end of all that are left."""
        fills = self._maker.desk.fills
        while len(self.values) < len(fills):
            fill = fills[len(self.values)]
            later_ns = fill.time_ns + LATER_NS
            if later_ns > now_ns and not last:
                break
            self.values.append((self._value_at(fill.time_ns), self._value_at(min(later_ns, now_ns))))

    def _value_at(self, at_ns: int) -> float | None:
        value = self._market.value
        return None if value is None else value.at(at_ns)

    def on_order(self, now_ns: int, event: Event, order: MakerOrder) -> None:
        """An own order was accepted, traded or left."""
        if event is Event.ACCEPTED and not order.immediate:
            self._joined(now_ns, order)
        life = self._lives.get(order.order_id)
        if event is Event.FILLED:
            fill: Fill = self._maker.desk.fills[-1]
            self.nets.append(self._maker.desk.net)
            if life is not None:
                life.filled += fill.quantity
                life.first_fill_ns = now_ns if life.first_fill_ns is None else life.first_fill_ns
        if life is not None and (event is Event.CANCELLED or order.quantity == 0):
            life.left_ns = now_ns
        self._quoted(now_ns)

    def _joined(self, now_ns: int, order: MakerOrder) -> None:
        ahead = self._market.exchange.queue_ahead(order.order_id)
        best = self._maker.view.others_best(order.side)
        self._lives[order.order_id] = _Life(
            order,
            now_ns,
            order.quantity,
            behind_best=0 if best is None else order.side * (best - order.price),
            lots_ahead=0 if ahead is None else ahead[0],
        )

    def _quoted(self, now_ns: int) -> None:
        """A row of the own quotes, if they have changed."""
        gateway, quotes = self._maker.gateway, self.quotes
        bid, ask = max(gateway.bid_lots, default=None), min(gateway.ask_lots, default=None)
        row = (bid, sum(gateway.bid_lots.values()), ask, sum(gateway.ask_lots.values()))
        if row == (quotes.bid[-1], quotes.bid_lots[-1], quotes.ask[-1], quotes.ask_lots[-1]):
            return
        if quotes.at_ns[-1] == now_ns:
            for column in (quotes.at_ns, quotes.bid, quotes.bid_lots, quotes.ask, quotes.ask_lots):
                column.pop()
        quotes.at_ns.append(now_ns)
        quotes.bid.append(row[0])
        quotes.bid_lots.append(row[1])
        quotes.ask.append(row[2])
        quotes.ask_lots.append(row[3])

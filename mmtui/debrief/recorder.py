"""Records what a debrief needs of a session that is played, or played again, and changes nothing in it."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from mmtui.debrief.model import DuelCourse, Gap, Mids, OrderFacts, QuoteHistory, Seconds
from mmtui.market.core.gateway import Event, MakerOrder
from mmtui.observe.leads import Leads
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from mmtui.units import NS_PER_S

#: How long after a fill its latent value is recorded again.
LATER_NS = 10 * NS_PER_S


def _append(columns: msgspec.Struct, *row: object) -> None:
    """Add a row, in the order of the struct's fields, to lists stored by column."""
    for name, value in zip(columns.__struct_fields__, row, strict=True):
        getattr(columns, name).append(value)


class _Spans:
    """The spans of time in which a condition held.

    Attributes:
        found: those that are over.
    """

    def __init__(self, *, on: bool) -> None:
        self.found: list[Gap] = []
        self._since_ns = 0 if on else None

    def update(self, now_ns: int, on: bool) -> None:
        """Set whether the condition holds from now on."""
        if on and self._since_ns is None:
            self._since_ns = now_ns
        elif not on and self._since_ns is not None:
            if now_ns > self._since_ns:
                self.found.append(Gap(self._since_ns, now_ns))
            self._since_ns = None


class Recorder(Watcher):
    """Records what happens in a session from its start on.

    Attributes:
        session: the session.
        seconds, mids, quotes, headlines: as in the debrief.
        values: for each of the maker's fills, the latent value then and ten seconds later.
        nets: for each of the maker's fills, the net position after it, in lots.
        gaps, closed: when the obligation was not met, and when there was none.
        orders: the maker's resting orders by id, in the order of joining.
        duel: its course; None without an opponent.
    """

    def __init__(self, session: Session) -> None:
        self._market = session.market
        self._maker = session.maker
        self.start_mid = self._maker.mark
        self.seconds = Seconds(*([] for _ in Seconds.__struct_fields__))
        self.mids = Mids([0], [self._maker.mark])
        self.quotes = QuoteHistory([0], [None], [0], [None], [0])
        self.values: list[tuple[float | None, float | None]] = []
        self.nets: list[float] = []
        presence = self._maker.presence
        self.gaps = _Spans(on=presence.owed)
        self.closed = _Spans(on=not presence.owed)
        self.headlines: list[tuple[int, str]] = []
        self.orders: dict[int, OrderFacts] = {}
        self.duel = None if session.opponent is None else DuelCourse([], [], [], ())
        self._leads = Leads()
        self._mark = self._maker.mark
        self._then: list[float | None] = []
        super().__init__(session)
        self._take_second(session.now_ns)

    def on_second(self, now_ns: int) -> None:
        """Record the second."""
        self._take_second(now_ns)

    def finish(self) -> None:
        """Record the end of the session, where it stands now."""
        session, seconds, duel = self.session, self.seconds, self.duel
        if seconds.at_ns[-1] == session.now_ns:
            # As it stood when the second was complete; this instant may have gone on.
            columns = [getattr(seconds, name) for name in seconds.__struct_fields__]
            for column in columns + ([] if duel is None else [duel.scores, duel.opponent_scores, duel.opponent_pnl]):
                column.pop()
        self._take_second(session.now_ns)
        self._look_later(session.now_ns, last=True)
        if self.duel is not None:
            self.duel = replace(self.duel, leads=tuple(self._leads.changes))
        for spans in (self.gaps, self.closed):
            spans.update(session.now_ns, False)

    def on_event(self, now_ns: int) -> None:
        """Record the mark if it has changed, values that are due, and whether the obligation is met."""
        mark = self._maker.mark
        if mark != self._mark:
            self._mark = mark
            _append(self.mids, now_ns, mark)
        self._look_later(now_ns)
        presence = self._maker.presence
        self.gaps.update(now_ns, presence.owed and not presence.quoting)
        self.closed.update(now_ns, not presence.owed)

    def _take_second(self, now_ns: int) -> None:
        maker, exchange = self._maker, self._market.exchange
        money, (bid, ask) = maker.desk.attribution(maker.mark), exchange.touch
        self._look_later(now_ns)
        _append(
            self.seconds,
            now_ns,
            bid,
            ask,
            exchange.mid,
            self._value(now_ns),
            maker.desk.position,
            maker.desk.net,
            money.total,
            money.spread,
            money.position,
            money.hedge,
            money.fees,
        )
        if (other := self.session.opposition()) is not None and self.duel is not None:
            own = self.session.score().total
            self._leads.update(now_ns, own, other.score)
            self.duel.scores.append(own)
            self.duel.opponent_scores.append(other.score)
            self.duel.opponent_pnl.append(other.pnl)
        self.headlines += [(now_ns, headline) for headline in maker.notices[len(self.headlines) :]]

    def _look_later(self, now_ns: int, *, last: bool = False) -> None:
        """Record the latent values of the fills that are ten seconds old, or at the end of all the others."""
        fills = self._maker.desk.fills
        while len(self.values) < len(fills):
            fill = fills[len(self.values)]
            if fill.time_ns + LATER_NS > now_ns and not last:
                break
            self.values.append((self._then[len(self.values)], self._value(now_ns)))

    def _value(self, now_ns: int) -> float | None:
        """What the price is drawn to now: the latent value and the impact on it; None without one."""
        value = self._market.value
        return None if value is None else value.at(now_ns) + self._market.exchange.impact.at(now_ns)

    def on_order(self, now_ns: int, event: Event, order: MakerOrder) -> None:
        """An own order was accepted, traded or left."""
        if event is Event.ACCEPTED and not order.immediate:
            self._joined(now_ns, order)
        if event is Event.FILLED:
            self.nets.append(self._maker.desk.net)
            self._then.append(self._value(now_ns))
        if (known := self.orders.get(order.order_id)) is not None:
            if event is Event.FILLED:
                filled = known.filled + self._maker.desk.fills[-1].quantity
                first_ns = now_ns if known.first_fill_ns is None else known.first_fill_ns
                known = replace(known, filled=filled, first_fill_ns=first_ns)
            if event is Event.CANCELLED or order.quantity == 0:
                known = replace(known, left_ns=now_ns)
            self.orders[order.order_id] = known
        self._quoted(now_ns)

    def _joined(self, now_ns: int, order: MakerOrder) -> None:
        ahead = self._market.exchange.queue_ahead(order.order_id)
        best = self._maker.view.others_best(order.side)
        self.orders[order.order_id] = OrderFacts(
            order_id=order.order_id,
            joined_ns=now_ns,
            left_ns=None,
            side=order.side,
            price=order.price,
            quantity=order.quantity,
            manual=order.manual,
            behind_best=0 if best is None else order.side * (best - order.price),
            lots_ahead=0 if ahead is None else ahead[0],
            part=self._market.exchange.part_of(order.order_id),
            filled=0,
            first_fill_ns=None,
        )

    def _quoted(self, now_ns: int) -> None:
        """Record the maker's quotes, if they have changed."""
        gateway, quotes = self._maker.gateway, self.quotes
        bid, ask = max(gateway.bid_lots, default=None), min(gateway.ask_lots, default=None)
        row = (bid, sum(gateway.bid_lots.values()), ask, sum(gateway.ask_lots.values()))
        if row == (quotes.bid[-1], quotes.bid_lots[-1], quotes.ask[-1], quotes.ask_lots[-1]):
            return
        if quotes.at_ns[-1] == now_ns:
            for name in quotes.__struct_fields__:
                getattr(quotes, name).pop()
        _append(quotes, now_ns, *row)

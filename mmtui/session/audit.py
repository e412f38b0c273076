"""The auditor: books of its own, kept from the trades alone, compared with everybody's after every event.

What it holds a session to:

- the book: each level's total is the sum of its orders, each order has at least one lot, nothing rests crossed, and
  the makers' orders in it are those that their gateways know, at their prices and with their lots;
- lots and cash: what one participant of a trade gets the other gives, so positions and cash over all participants stay
  what they were, and a maker's position and cash are those that the trades make;
- the attribution: total = spread + position + hedge − fees, and the same total from cash and from realised PnL;
- limits: neither the position, nor what resting orders could make of it, nor a hedge is ever beyond its limit.
"""

from __future__ import annotations

from collections import Counter
from math import isclose

from mmtui.book import Side, Trade
from mmtui.errors import AuditError
from mmtui.market.core.exchange import FIRST_BACKGROUND, PARTICIPANTS
from mmtui.session.maker import Maker
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from mmtui.units import NS_PER_S

_RELATIVE = 1e-9


class Audit(Watcher):
    """Watches a session from here on. Anything that does not add up raises AuditError from ``session.advance``.

    It looks at everything after every event; the session takes about four times as long.

    Attributes:
        events: how many it has looked at.
        lots: participant to signed lots.
    """

    def __init__(self, session: Session) -> None:
        market = session.market
        self._exchange = exchange = market.exchange
        self._instrument = market.instrument
        self._makers = dict(enumerate(session.makers))
        self.events = 0
        held = {index: maker.desk.position for index, maker in self._makers.items()}
        self.lots: Counter[int] = Counter(held)
        self._start = sum(held.values())
        # In tick·lots, so that sums are exact; what a maker held at the start was paid for at the mid of then.
        self._cash: Counter[int] = Counter()
        self._paid = {index: lots * exchange.mid for index, lots in held.items()}
        self._fees = dict.fromkeys(held, 0.0)
        super().__init__(session)
        self._check()

    def on_trade(self, now_ns: int, trade: Trade) -> None:
        """Book a trade of anybody's."""
        price, quantity, maker_id, taker_id, side = trade
        buyer, seller = (taker_id, maker_id) if side is Side.BUY else (maker_id, taker_id)
        for order_id, sign in ((buyer, 1), (seller, -1)):
            index = order_id % PARTICIPANTS
            self.lots[index] += sign * quantity
            self._cash[index] -= sign * quantity * price
            if index in self._fees:
                self._fees[index] += self._instrument.fee(price, quantity, maker=order_id == maker_id)
        if quantity < 1 or price < 1:
            raise self._wrong(f"a trade of {quantity} lots at {price}")
        if buyer % PARTICIPANTS == seller % PARTICIPANTS and buyer % PARTICIPANTS in self._makers:
            raise self._wrong("a trade with oneself")

    def on_event(self, now_ns: int) -> None:
        """Look at everything."""
        self.events += 1
        self._check()

    def _check(self) -> None:
        self._check_book()
        if sum(self.lots.values()) != self._start:
            raise self._wrong("lots were made or lost")
        if sum(self._cash.values()):
            raise self._wrong("cash was made or lost")
        for index, maker in self._makers.items():
            self._check_limits(maker)
            self._check_money(index, maker)

    def _check_book(self) -> None:
        exchange = self._exchange
        if (fault := exchange.fault()) is not None:
            raise self._wrong(fault)
        own = {
            order.order_id: (side, order.price, order.quantity)
            for side in Side
            for order in exchange.orders(side)
            if order.order_id % PARTICIPANTS < FIRST_BACKGROUND
        }
        best_bid, best_ask = exchange.best(Side.BUY), exchange.best(Side.SELL)
        # What an auction collects may cross.
        if best_bid and best_ask and best_bid.price >= best_ask.price and not exchange.phase.collecting:
            raise self._wrong(f"bid {best_bid.price} and ask {best_ask.price} rest crossed")
        known = {
            order.order_id: (order.side, order.price, order.quantity)
            for maker in self._makers.values()
            for order in maker.gateway.orders.values()
            if order.working
        }
        if own != known:
            raise self._wrong(f"in the book are {own}, the gateways know {known}")

    def _check_limits(self, maker: Maker) -> None:
        gateway, limit = maker.gateway, self.session.level.maker.position_limit
        longest = gateway.position + sum(gateway.bid_lots.values())
        shortest = gateway.position - sum(gateway.ask_lots.values())
        if not -limit <= shortest <= longest <= limit:
            raise self._wrong(f"{shortest} to {longest} lots possible, limit {limit}")
        for name, held in maker.hedging.gateway.positions.items():
            most = self.session.market.hedges[name].spec.limit
            if abs(held) > most:
                raise self._wrong(f"{held} contracts of {name}, limit {most}")

    def _check_money(self, index: int, maker: Maker) -> None:
        desk, mark, held = maker.desk, maker.mark, self.lots[index]
        if not maker.gateway.position == desk.position == held:
            raise self._wrong(f"the trades leave {held} lots")
        money = desk.attribution(mark)
        legs = desk.hedges.legs
        hedges = self.session.market.hedges
        fees = self._fees[index] + sum(leg.volume * hedges[name].spec.fee for name, leg in legs.items())
        worth = (self._cash[index] - self._paid[index] + held * mark) * self._instrument.tick_value + money.hedge - fees
        split = desk.realised + desk.unrealised(mark) + money.hedge - money.fees
        parts = money.spread + money.position + money.hedge - money.fees
        scale = abs(money.spread) + abs(money.position) + abs(money.hedge) + abs(money.fees) + abs(desk.realised)
        for name, other in (("parts", parts), ("trades", worth), ("realised and unrealised", split)):
            if not isclose(money.total, other, rel_tol=_RELATIVE, abs_tol=_RELATIVE * max(scale, 1.0)):
                raise self._wrong(f"the PnL is {money.total}, its {name} make {other}")

    def _wrong(self, what: str) -> AuditError:
        session = self.session
        at_s = session.now_ns / NS_PER_S
        return AuditError(f"level {session.level.id}, seed {session.seed}, {at_s:.3f} s: {what}")

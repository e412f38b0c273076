"""An exchange with a timetable of phases, call auctions, and a rule against prices that run away."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from mmtui.book import AuctionBook, Indication, OrderReport, OrderStatus, Reason, Resting, Side, Trade
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.exchange import FIRST_BACKGROUND, PARTICIPANTS, Exchange
from mmtui.market.core.instrument import Instrument
from mmtui.market.rules.halts import Band, HaltSpec, open_halt
from mmtui.market.rules.phases import Phase, PhaseSpec, Timetable, phase_name

BUY, SELL = Side.BUY, Side.SELL

_UNFILLED = OrderReport(OrderStatus.CANCELLED, reason=Reason.NO_LIQUIDITY)


class ExchangeSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The exchange's rules. Without any it is always open.

    Attributes:
        phases: the day's timetable, in the order of time.
        halt: what keeps prices inside a band, if anything.
    """

    phases: tuple[PhaseSpec, ...] = ()
    halt: HaltSpec | None = None

    def __post_init__(self) -> None:
        if all(span.phase is not Phase.OPEN for span in self.timetable.spans):
            raise ValueError('phases: expected at least one of kind "open"')

    @property
    def timetable(self) -> Timetable:
        """The phases as planned."""
        return Timetable(self.phases)


def open_exchange(spec: ExchangeSpec, instrument: Instrument, end_ns: int) -> Exchange:
    """The exchange with these rules, for a day that ends at ``end_ns``; the plain one where there are none."""
    if not spec.phases and spec.halt is None:
        return Exchange(instrument.symbol)
    return Venue(spec, instrument, end_ns)


class _Held(NamedTuple):
    """The orders that stay in the book while an auction collects, so that a side never is empty."""

    bid: Resting | None
    ask: Resting | None


class Venue(Exchange):
    """An exchange with rules.

    What becomes of orders:

    - Closed: no order is taken. Makers may withdraw; a background order's lifetime stands still.
    - Auction, halt: orders are collected, also those of the book but for the furthest background order of each side.
      The book is the collection then and may be crossed; the touch is what the auction would leave if it ended now.
      A background order that would trade at once takes part at its worst price, and is withdrawn afterwards.
      When the phase ends, all trade at the single price and what is left returns to the book, first come first.
    - A band that does not bind (VCM): an order trades up to it; if it would go on beyond, what is left of it is
      withdrawn and the cooling-off period starts, in which that band binds.
    - A band that binds: orders trade inside it only. A background order priced beyond rests at the limit; a maker's is
      refused, and withdrawn if it stood there already.
    - A best price at the limit of a band that binds (LULD): the limit state, after which trading is halted.

    Args:
        spec: the rules.
        instrument: what is traded.
        end_ns: when the day ends.
    """

    def __init__(self, spec: ExchangeSpec, instrument: Instrument, end_ns: int) -> None:
        super().__init__(instrument.symbol)
        self._instrument = instrument
        self._timetable = timetable = spec.timetable
        self._halt = None if spec.halt is None else open_halt(spec.halt, timetable, end_ns)
        self._continuous = self._book
        self._auction: AuctionBook | None = None
        self._held = _Held(None, None)
        self._passing: set[int] = set()
        self._last = float(instrument.start_ticks)
        self._trading = True
        self._closed_ns = 0
        self._due: list[tuple[int, int]] = []
        self._fixed: Band | None = None
        self._swept: Band | None = None
        self._turn = 0
        self._clock: Scheduler | None = None

    def start(self, clock: Scheduler) -> None:
        """Set the clock's timers for the timetable's phases."""
        self._clock = clock
        spans = self._timetable.spans
        first = spans[0]
        self.phase_ends_ns = first.end_ns if first.phase is Phase.OPEN else first.start_ns
        for row, span in enumerate(spans):
            clock.at(span.start_ns, self._scheduled, row)

    # Prices

    @property
    def touch(self) -> tuple[int, int]:
        """The best bid and ask, in ticks; in an auction, those that it would leave."""
        return super().touch if self._auction is None else self._left(self._auction)

    @property
    def best_bid(self) -> int:
        """The highest bid, in ticks."""
        return super().best_bid if self._auction is None else self._left(self._auction)[0]

    @property
    def best_ask(self) -> int:
        """The lowest ask, in ticks."""
        return super().best_ask if self._auction is None else self._left(self._auction)[1]

    def band(self, now_ns: int) -> Band | None:
        """The band of prices that holds now, if any."""
        if self._fixed is not None:
            return self._fixed
        return self._halt.band(now_ns) if self._halt is not None and self._trading else None

    def indication(self) -> Indication | None:
        """What the auction under way would do if it ended now."""
        return None if self._auction is None else self._auction.indication(self._last)

    def refusal(self, now_ns: int, side: Side, price: int, *, immediate: bool) -> str | None:
        """Why a maker's order is not taken now, None if it is."""
        if self._auction is not None:
            if immediate:
                return "nothing trades at once in an auction; an order that rests takes part in it"
            return super().refusal(now_ns, side, price, immediate=immediate)
        if not self._trading:
            return f"the market is closed ({self.phase_name})"
        band = None if immediate else self._in_force(now_ns)
        if band is None or not band.binding or (limit := _inside(band, side, price)) == price:
            return super().refusal(now_ns, side, price, immediate=immediate)
        most = "a bid is at most" if side is BUY else "an ask is at least"
        return f"the price band is in force: {most} {self._instrument.format(limit)}"

    # Background

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a background order, at the limit of a band that binds if its price is beyond."""
        if self._auction is not None:
            on_step = self.on_step(side, price)
            return self._auction.limit(order_id, side, on_step, quantity).status is OrderStatus.RESTING
        if not self._trading:
            return False
        band = self._in_force(now_ns)
        if band is None or not band.binding:
            return super().rest(now_ns, order_id, side, price, quantity)
        resting = super().rest(now_ns, order_id, side, _inside(band, side, price), quantity)
        self._look_at_limits(now_ns, band)
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        """Withdraw a background order; not while closed, and later if it is its side's last."""
        if self._auction is not None:
            if order_id in self._continuous:
                self._refused.append(order_id)
            else:
                self._auction.cancel(order_id)
        elif not self._trading:
            self._due.append((order_id, now_ns - self._closed_ns))
        else:
            super().withdraw(now_ns, order_id)
            band = self._in_force(now_ns)
            if band is not None and band.binding:
                self._look_at_limits(now_ns, band)

    # Everybody

    def take(
        self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int, owner: str | None = None
    ) -> OrderReport:
        """Trade at once inside the band, and start what follows if the order would go on beyond it."""
        if self._auction is not None:
            self._auction.limit(order_id, side, worst, quantity, owner=owner)
            self._passing.add(order_id)
            return _UNFILLED
        if not self._trading:
            return _UNFILLED
        band = self._in_force(now_ns)
        if band is None:
            return super().take(now_ns, order_id, side, quantity, worst, owner)
        report = _UNFILLED
        if not self._beyond(band, side, worst):
            report = super().take(now_ns, order_id, side, quantity, _inside(band, side, worst), owner)
        if report.filled < quantity and self._beyond(band, side, worst) and not band.binding:
            self._cool_off(now_ns, band)
        elif band.binding:
            self._look_at_limits(now_ns, band)
        return report

    def settle(self, now_ns: int, trades: tuple[Trade, ...], mid_before: float) -> None:
        """Put trades on the tape, notify their participants, and record the prices for the band's rule."""
        self._last = float(trades[-1].price)
        if self._halt is not None:
            for trade in trades:
                self._halt.record(now_ns, trade.price)
        super().settle(now_ns, trades, mid_before)

    # Phases

    def _scheduled(self, now_ns: int, row: int) -> None:
        span = self._timetable.spans[row]
        self._enter(now_ns, span.phase, span.end_ns, span.name)

    def _after(self, now_ns: int, turn: int) -> None:
        """The end of a phase that was not planned; a timer set for an earlier one has another ``turn``, and lapses."""
        if turn != self._turn:
            return
        if self.phase is Phase.LIMIT_STATE:
            assert self._halt is not None
            self._interrupt(now_ns, Phase.HALT, self._halt.halt_ns)
            return
        halted = self.phase is Phase.HALT
        span = self._timetable.at(now_ns)
        self._enter(now_ns, span.phase, span.end_ns, span.name)
        if halted and self._halt is not None:
            self._halt.reopened(now_ns, self._last)

    def _interrupt(self, now_ns: int, phase: Phase, lasts_ns: int, fixed: Band | None = None) -> None:
        """Begin a phase that the timetable does not know, until it has lasted, or until the timetable's next."""
        assert self._clock is not None
        next_ns = self._timetable.at(now_ns).end_ns
        ends_ns = now_ns + lasts_ns if next_ns is None else min(next_ns, now_ns + lasts_ns)
        self._enter(now_ns, phase, ends_ns, phase_name(phase), fixed)
        self._clock.at(ends_ns, self._after, self._turn)

    def _enter(self, now_ns: int, phase: Phase, ends_ns: int | None, name: str, fixed: Band | None = None) -> None:
        self._turn += 1
        self._fixed = fixed
        if self._auction is not None and not phase.collecting:
            self._uncross(now_ns, self._auction)
        elif self._auction is None and phase.collecting:
            self._collect()
        closing = phase is Phase.CLOSED
        if closing and self.phase is not Phase.CLOSED:
            self._closed_ns = now_ns
        elif not closing and self._due:
            assert self._clock is not None
            for order_id, late_ns in self._due:
                self._clock.at(now_ns + late_ns, self.withdraw, order_id)
            self._due.clear()
        self._trading = phase.continuous
        self.phase, self.phase_name, self.phase_ends_ns = phase, name, ends_ns
        for notify in self.on_phase:
            notify(now_ns, phase)

    # Auctions

    def _collect(self) -> None:
        book = self._continuous
        self._held = _Held(_furthest(book.orders(BUY)), _furthest(book.orders(SELL)))
        auction = AuctionBook(book.symbol)
        for side in Side:
            for order in book.orders(side):
                if order not in self._held:
                    book.cancel(order.order_id)
                    auction.limit(order.order_id, side, order.price, order.quantity, owner=order.owner)
        self._book = self._auction = auction

    def _uncross(self, now_ns: int, auction: AuctionBook) -> None:
        book, mid = self._continuous, self.mid
        trades = auction.uncross(self._last)
        for order_id in self._passing:
            auction.cancel(order_id)
        self._passing.clear()
        for side, held in zip((BUY, SELL), self._held, strict=True):
            others = auction.best(side.opposite)
            if held is not None and others is not None and side * (held.price - others.price) >= 0:
                # The price has left the whole book behind.
                book.cancel(held.order_id)
                book.limit(held.order_id, side, others.price - side, held.quantity)
        for side in Side:
            for order in auction.orders(side):
                book.limit(order.order_id, side, order.price, order.quantity, owner=order.owner)
        self._book, self._auction = book, None
        if trades:
            self.settle(now_ns, tuple(_maker_rests(trade) for trade in trades), mid)

    def _left(self, auction: AuctionBook) -> tuple[int, int]:
        indication = auction.indication(self._last)
        traded = 0 if indication is None else indication.quantity
        bid, ask = auction.left(BUY, traded), auction.left(SELL, traded)
        if bid is None:
            bid = super().best_bid if ask is None else min(super().best_bid, ask - 1)
        if ask is None:
            ask = max(super().best_ask, bid + 1)
        return bid, ask

    # The band

    def _in_force(self, now_ns: int) -> Band | None:
        """The band that holds now, if any; of one that binds no order is left beyond it."""
        band = self.band(now_ns)
        if band is not None and band.binding and band is not self._swept:
            self._sweep(now_ns, band)
        return band

    def _beyond(self, band: Band, side: Side, worst: int) -> bool:
        """Whether the next trade of an order would be outside a band."""
        best = (self._asks if side is BUY else self._bids).best
        return best is not None and side * (best.price - worst) <= 0 and not band.lower <= best.price <= band.upper

    def _cool_off(self, now_ns: int, band: Band) -> None:
        assert self._halt is not None
        if self._halt.cooling_off_ns is None:
            return
        self._halt.triggered(now_ns)
        fixed = band._replace(binding=True)
        self._interrupt(now_ns, Phase.COOLING_OFF, self._halt.cooling_off_ns, fixed)
        self._sweep(now_ns, fixed)

    def _look_at_limits(self, now_ns: int, band: Band) -> None:
        """Begin or end the limit state."""
        if self._halt is None or self._halt.limit_state_ns is None:
            return
        bid, ask = self.touch
        at_limit = ask <= band.lower or bid >= band.upper
        if at_limit and self.phase is Phase.OPEN:
            self._interrupt(now_ns, Phase.LIMIT_STATE, self._halt.limit_state_ns)
        elif not at_limit and self.phase is Phase.LIMIT_STATE:
            span = self._timetable.at(now_ns)
            self._enter(now_ns, span.phase, span.end_ns, span.name)

    def _sweep(self, now_ns: int, band: Band) -> None:
        """Bring background orders beyond a band to its limit, and withdraw makers'."""
        self._swept = band
        book = self._continuous
        for side in Side:
            for order in book.orders(side):
                price = _inside(band, side, order.price)
                if price == order.price:
                    break
                book.cancel(order.order_id)
                index = order.order_id % PARTICIPANTS
                if index >= FIRST_BACKGROUND:
                    book.limit(order.order_id, side, price, order.quantity)
                    continue
                del self.maker_orders[order.order_id]
                if (notify := self._withdrawn[index]) is not None:
                    notify(now_ns, order.order_id)


def _inside(band: Band, side: Side, price: int) -> int:
    """A price no worse for its owner than the limit that binds his side."""
    return min(price, band.upper) if side is BUY else max(price, band.lower)


def _furthest(orders: list[Resting]) -> Resting | None:
    background = (order for order in reversed(orders) if order.order_id % PARTICIPANTS >= FIRST_BACKGROUND)
    return next(background, None)


def _maker_rests(trade: Trade) -> Trade:
    """The trade with a maker's order as the resting one, which in an auction every order is."""
    price, quantity, maker_id, taker_id, side = trade
    if taker_id % PARTICIPANTS < FIRST_BACKGROUND:
        return Trade(price, quantity, taker_id, maker_id, side.opposite)
    return trade

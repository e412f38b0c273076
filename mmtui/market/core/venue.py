"""An exchange with a timetable of phases, call auctions, and a rule against prices that run away."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from mmtui.book import PRICE_TIME, Indication, Matching, Side, Trade
from mmtui.market.core.auction import Auction
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.exchange import FIRST_BACKGROUND, PARTICIPANTS, TAPE, Exchange
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.ladder import NOTHING, PriceLadder, Taken
from mmtui.market.core.pro_rata import ProRataLadder
from mmtui.market.rules.halts import Band, HaltSpec, open_halt
from mmtui.market.rules.phases import Phase, PhaseSpec, Timetable, phase_name

BUY, SELL = Side.BUY, Side.SELL


class ExchangeSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The exchange's rules. Without any it is always open, and orders at a price trade in the order of arrival.

    Attributes:
        phases: the day's timetable, in the order of time.
        halt: what keeps prices inside a band, if anything.
        matching: how an order is shared out among those at one price; auctions go by time in any case.
    """

    phases: tuple[PhaseSpec, ...] = ()
    halt: HaltSpec | None = None
    matching: Matching = PRICE_TIME

    def __post_init__(self) -> None:
        if all(span.phase is not Phase.OPEN for span in self.timetable.spans):
            raise ValueError('phases: expected at least one of kind "open"')

    @property
    def timetable(self) -> Timetable:
        """The phases as planned."""
        return _timetable(self.phases)


@lru_cache(maxsize=64)
def _timetable(phases: tuple[PhaseSpec, ...]) -> Timetable:
    return Timetable(phases)


def open_exchange(spec: ExchangeSpec, instrument: Instrument, end_ns: int) -> Exchange:
    """The exchange with these rules, for a day that ends at ``end_ns``; the plain one where there are none."""
    if not spec.phases and spec.halt is None:
        return Exchange(instrument.symbol, _open_ladder(spec.matching, instrument.start_ticks))
    return Venue(spec, instrument, end_ns)


def _open_ladder(matching: Matching, start: int) -> PriceLadder:
    return PriceLadder(start - 1, start + 1) if matching.by_time else ProRataLadder(start - 1, start + 1, matching)


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
        super().__init__(instrument.symbol, _open_ladder(spec.matching, instrument.start_ticks))
        self._instrument = instrument
        self._timetable = timetable = spec.timetable
        self._halt = None if spec.halt is None else open_halt(spec.halt, timetable, end_ns)
        self._auction: Auction | None = None
        self._last = float(instrument.start_ticks)
        self._trading = True
        self._closed_ns = 0
        self._due: list[tuple[int, int]] = []
        self._fixed: Band | None = None
        # Whether there may be a band that binds: only then do orders that rest need to know it.
        self._binds = self._halt is not None and self._halt.binds
        self._swept: Band | None = None
        self._turn = 0
        self._halted = False
        self._clock: Scheduler | None = None

    def start(self, clock: Scheduler) -> None:
        """Set the clock's timers for the timetable's phases."""
        self._clock = clock
        spans = self._timetable.spans
        first = spans[0]
        self.phase_ends_ns = first.end_ns if first.phase is Phase.OPEN else first.start_ns
        for row, span in enumerate(spans):
            clock.at(span.start_ns, self._scheduled, row)

    # What a maker may know

    def band(self, now_ns: int) -> Band | None:
        """The band of prices that holds now, if any."""
        if self._fixed is not None:
            return self._fixed
        return self._halt.band(now_ns) if self._halt is not None and self._trading else None

    def indication(self) -> Indication | None:
        """What the auction under way would do if it ended now."""
        return None if self._auction is None else self._auction.indication()

    def refusal(self, now_ns: int, side: Side, price: int, immediate: bool) -> str | None:
        """Why a maker's order is not taken now, None if it is."""
        if self._auction is not None:
            if immediate:
                return "nothing trades at once in an auction; an order that rests takes part in it"
            return Exchange.refusal(self, now_ns, side, price, immediate)
        if not self._trading:
            return f"the market is closed ({self.phase_name})"
        band = None if immediate else self._in_force(now_ns)
        if band is None or not band.binding or (limit := _inside(band, side, price)) == price:
            return Exchange.refusal(self, now_ns, side, price, immediate)
        most = "a bid is at most" if side is BUY else "an ask is at least"
        return f"the price band is in force: {most} {self._instrument.format(limit)}"

    # Background

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a background order, at the limit of a band that binds if its price is beyond."""
        if self._auction is not None:
            return self._auction.rest(order_id, side, self.on_step(side, price), quantity)
        if not self._trading:
            return False
        if not self._binds:
            return Exchange.rest(self, now_ns, order_id, side, price, quantity)
        band = self._in_force(now_ns)
        if band is None or not band.binding:
            return Exchange.rest(self, now_ns, order_id, side, price, quantity)
        resting = Exchange.rest(self, now_ns, order_id, side, _inside(band, side, price), quantity)
        self._look_at_limits(now_ns, band)
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        """Withdraw a background order; not while closed, and later if it is its side's last."""
        if self._auction is not None:
            if self._auction.holds(order_id):
                self._refused.append(order_id)
            else:
                self._auction.cancel(order_id)
        elif not self._trading:
            self._due.append((order_id, now_ns - self._closed_ns))
        else:
            Exchange.withdraw(self, now_ns, order_id)
            if self._binds:
                band = self._in_force(now_ns)
                if band is not None and band.binding:
                    self._look_at_limits(now_ns, band)

    # Everybody

    def take(self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int) -> Taken:
        """Trade at once inside the band, and start what follows if the order would go on beyond it."""
        if self._auction is not None:
            self._auction.take(order_id, side, worst, quantity)
            return NOTHING
        if not self._trading:
            return NOTHING
        band = self._in_force(now_ns)
        if band is None:
            return Exchange.take(self, now_ns, order_id, side, quantity, worst)
        taken = NOTHING
        if not self._beyond(band, side, worst):
            taken = Exchange.take(self, now_ns, order_id, side, quantity, _inside(band, side, worst))
        if taken.filled < quantity and self._beyond(band, side, worst) and not band.binding:
            self._cool_off(now_ns, band)
        elif band.binding:
            self._look_at_limits(now_ns, band)
        return taken

    def settle(self, now_ns: int, trades: list[Trade], mid_before: float) -> None:
        """Put trades on the tape, notify their participants, and record the prices for the band's rule."""
        self._last = float(trades[-1].price)
        if self._halt is not None:
            for trade in trades:
                self._halt.record(now_ns, trade.price)
        Exchange.settle(self, now_ns, trades, mid_before)

    # A recorded market, which is what happened: rules bind makers, and start what follows

    def recorded(self, now_ns: int, trades: list[Trade], mid_before: float) -> None:
        """Settle trades of a recorded market, and start what follows on one beyond the band."""
        band = self._in_force(now_ns)
        self.settle(now_ns, trades, mid_before)
        if band is not None and not band.binding and any(_outside(band, trade.price) for trade in trades):
            self._cool_off(now_ns, band)

    def look(self, now_ns: int) -> None:
        """Begin or end the limit state, as the best prices of a recorded market stand now."""
        band = self._in_force(now_ns)
        if band is not None and band.binding:
            self._look_at_limits(now_ns, band)

    def halt(self, now_ns: int, phase: Phase) -> None:
        """Close while a recorded market was halted, until trading resumes; then the timetable goes on."""
        halted = phase is not Phase.OPEN
        if halted != self._halted:
            self._halted = halted
            if halted:
                self._enter(now_ns, Phase.CLOSED, None, "trading halt")
            else:
                self._resume(now_ns)

    # Phases

    def _scheduled(self, now_ns: int, row: int) -> None:
        if not self._halted:
            self._resume(now_ns)

    def _resume(self, now_ns: int) -> None:
        span = self._timetable.at(now_ns)
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
        self._resume(now_ns)
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
        self._binds = fixed is not None or (self._halt is not None and self._halt.binds)
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
        self.book = self._auction = Auction(self.ladder, self._last)

    def _uncross(self, now_ns: int, auction: Auction) -> None:
        mid = auction.mid
        trades = auction.uncross()
        self.book, self._auction = self.ladder, None
        if trades:
            self.settle(now_ns, trades, mid)

    # The band

    def _in_force(self, now_ns: int) -> Band | None:
        """The band that holds now, if any; of one that binds no order is left beyond it."""
        band = self.band(now_ns)
        if band is not None and band.binding and band is not self._swept:
            self._sweep(now_ns, band)
        return band

    def _beyond(self, band: Band, side: Side, worst: int) -> bool:
        """Whether the next trade of an order would be outside a band."""
        ladder = self.ladder
        best = ladder.best_ask if side is BUY else ladder.best_bid
        if not _outside(band, best) or (best > worst if side is BUY else best < worst):
            return False
        return bool(ladder.side(side.opposite))

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
            self._resume(now_ns)

    def _sweep(self, now_ns: int, band: Band) -> None:
        """Bring background orders beyond a band to its limit, and withdraw makers'; a tape's stay where they were."""
        self._swept = band
        ladder = self.ladder
        for side in Side:
            for order in ladder.orders(side):
                price = _inside(band, side, order.price)
                if price == order.price:
                    break
                index = order.order_id % PARTICIPANTS
                if index < FIRST_BACKGROUND:
                    self.expel(now_ns, order.order_id)
                elif index != TAPE:
                    ladder.cancel(order.order_id)
                    ladder.rest(order.order_id, side, price, order.quantity)


def _outside(band: Band, price: int) -> bool:
    return not band.lower <= price <= band.upper


def _inside(band: Band, side: Side, price: int) -> int:
    """A price no worse for its owner than the limit that binds his side."""
    return min(price, band.upper) if side is BUY else max(price, band.lower)

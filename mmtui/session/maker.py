"""The maker in a session: manual orders or a strategy, the orders, and the desk that books what they bring."""

from __future__ import annotations

from array import array
from collections.abc import Callable

# Imported as modules, so that compiled code calls what is in them as C.
import mmtui.session.sending as sending
import mmtui.session.view as views
import mmtui.strategies.quoter as quoter
import mmtui.strategies.watchdog as watchdog
from mmtui.book import Trade
from mmtui.desk.desk import Desk
from mmtui.desk.markouts import HORIZONS_NS
from mmtui.desk.presence import Presence
from mmtui.errors import InputError
from mmtui.level.level import Level
from mmtui.level.phase_text import phase_notice
from mmtui.market.core.clock import Actor
from mmtui.market.core.gateway import Event, Gateway, Limits, MakerOrder
from mmtui.market.kinds import AnyMarket
from mmtui.market.rules.phases import Phase
from mmtui.session.commands import AnyCommand, HandOver, Hedge, HedgeAll, Params, Ready, TakeBack
from mmtui.session.digest import Digest
from mmtui.session.hedging import Hedging, hedge_book
from mmtui.session.joining import Joining
from mmtui.session.manual_orders import ManualOrders
from mmtui.session.quoting_time import QuotingTime
from mmtui.session.view import View
from mmtui.strategies.hedging import hedge_orders, no_instrument
from mmtui.strategies.loading import failure, whole_traceback
from mmtui.strategies.params import describe
from mmtui.strategies.protocol import Quotes, Rules, Strategy
from mmtui.strategies.quoter import Targets
from mmtui.strategies.registry import make
from mmtui.strategies.variants import variant_name
from mmtui.strategies.watchdog import PASSING
from mmtui.units import NS_PER_S

_ORDER_RECORD, _FILL_RECORD = 2, 3
_REJECTED = Event.REJECTED
#: What is done at a timer: the strategy is asked at its pace, or once an event is over, or markouts are taken.
_ASK, _ASK_AFTER, _MATURE = range(3)
_NO_TARGETS: Targets = (None, None)
_NO_QUOTES = Quotes()


class Maker(Actor):
    """Carries out commands, asks the strategy, books fills.

    Attributes:
        desk, presence, quoting_time, gateway, hedging, view, hand: see their classes.
        strategy: the strategy that is quoting or would take over; None before one was chosen and after it failed.
        strategy_name, params: what was chosen last, and the parameters it was made with.
        auto: whether it is quoting now.
        error: what went wrong in a strategy's code, None if nothing did; ``traceback``, how it came there.
        on_failure: called when something did.
        on_order: called at each event of an own order, and at each fill once it is booked.
        notices: sentences for the player, oldest first.
        joined: the seat as its player took it, from where its score counts; None for the start.
    """

    def __init__(self, level: Level, market: AnyMarket, digest: Digest, index: int = 0) -> None:
        self._level = level
        self._market = market
        self._clock = market.clock
        self._exchange = market.exchange
        self._index = index
        self._timer = market.clock.enter(self)
        self._digest = digest
        limits = Limits(level.maker.position_limit, level.maker.max_order, level.latency_ns)
        self.gateway = Gateway(market.exchange, market.clock, index, limits, self)
        self.gateway.position = level.maker.position
        self.desk = Desk(
            market.instrument.tick_value,
            position=level.maker.position,
            mid=self.mark,
            now_ns=market.clock.now_ns,
            hedges=hedge_book(market),
        )
        self.notices: list[str] = []
        self.joined: Joining | None = None
        self.hedging = Hedging(market, level.latency_ns, self.desk, digest, self.notices)
        self.presence = Presence(level.obligation.max_width, level.obligation.min_size, market.clock.now_ns)
        self.quoting_time = QuotingTime(market.clock.now_ns)
        self.view = View(
            rules_of(level),
            market.exchange,
            market.clock,
            self.gateway,
            self.desk,
            market.hedges,
            self.hedging.gateway,
        )
        self.strategy: Strategy | None = None
        self.strategy_name: str | None = None
        self.params: Params = {}
        self.auto = False
        self.error: str | None = None
        self.traceback = ""
        self.on_failure: Callable[[], None] | None = None
        self.on_order: Callable[[int, Event, MakerOrder], None] | None = None
        self.manual_orders = ManualOrders(
            self.gateway,
            market.exchange,
            market.clock,
            self.view,
            position_limit=level.maker.position_limit,
            max_order=level.maker.max_order,
            interval_ns=level.interval_ns,
            notices=self.notices,
        )
        self.presence.owe(market.clock.now_ns, market.exchange.phase is Phase.OPEN)
        market.exchange.on_phase.append(self._on_phase)
        self._chosen: tuple[str, Params] | None = None
        self._quotes: Quotes | None = None
        self._interval_ns = 0
        self._asking = 0
        self._filled_ns = -1
        # The quotes that were brought about last, and the gateway's count of changes once they were.
        self._placed: Targets = _NO_TARGETS
        self._placed_at = -1
        self._seen_lots, self._seen_auto = -1, False
        self._has_hedges = bool(market.hedges)
        self.volume_by_second = array("q")

    @property
    def impact(self) -> float:
        """What the maker's own orders have moved the price, in ticks."""
        return self._impact(self._clock.now_ns)

    @property
    def mark(self) -> float:
        """What a lot is valued at now, in ticks: the mid less what the maker's own orders have moved it."""
        return self._exchange.mid - self._impact(self._clock.now_ns)

    @property
    def total(self) -> float:
        """PnL so far, in currency."""
        return self.desk.total(self.mark)

    def sample(self, now_ns: int) -> float:
        """Mark and weigh the desk, as is done once a second; returns the PnL so far."""
        desk = self.desk
        total = desk.mark(self._exchange.mid - self._impact(now_ns))
        self.volume_by_second.append(desk.volume)
        if self._has_hedges:
            desk.weigh(now_ns)
        return total

    def volume_at(self, second: int) -> int:
        """What was traded by a whole second, in lots, or by now if no other was sampled since."""
        sampled = self.volume_by_second
        return sampled[second] if second + 1 < len(sampled) else self.desk.volume

    def _impact(self, now_ns: int) -> float:
        return self._exchange.impact.own(now_ns, self._index)

    # Commands

    def submit(self, command: AnyCommand) -> None:
        """Carry out a command now. What the player does to orders takes the quotes back from a strategy.

        So does a hedge by hand, if the strategy itself hedges with the instrument.

        Raises:
            InputError: a strategy or a hedge instrument that is not there; nothing has changed.
        """
        match command:
            case Ready(name, params):
                if (name, params) != self._chosen:
                    self._choose(name, params)
                    self.auto = False
                    self._start_asking()
            case HandOver(name, params):
                if (name, params) != self._chosen:
                    self._choose(name, params)
                self.manual_orders.fix()
                self.auto = True
                self._start_asking()
            case TakeBack():
                self.auto = False
            case Hedge(name) | HedgeAll(name):
                self._hedge(name, command)
            case _:
                self.auto = False
                self.manual_orders.do(command)
        self._update_presence(self._clock.now_ns)

    def _hedge(self, name: str, command: Hedge | HedgeAll) -> None:
        hedge = self.view.hedges.get(name)
        if hedge is None:
            self.notices.append(no_instrument(name, self.view.hedges))
            raise InputError(self.notices[-1])
        if self._quotes is not None and name in self._quotes.hedges:
            self.auto = False
        match command:
            case Hedge(_, side, size):
                self.hedging.trade(hedge, side * size)
            case HedgeAll():
                self.hedging.cover(hedge, self.gateway.position)

    def oblige(self, max_width: int) -> None:
        """From now on the obligation allows quotes of this width, in ticks."""
        self.presence.oblige(max_width)
        views.oblige(self.view, max_width)
        self._seen_lots = -1
        self._update_presence(self._clock.now_ns)

    # The strategy

    def _choose(self, name: str, params: Params) -> None:
        """Replace the strategy by a new instance. Raises InputError, and then nothing has changed."""
        try:
            strategy = make(name, params)
        except InputError as error:
            self.notices.append(str(error))
            raise
        self.strategy, self.strategy_name, self.params = strategy, name, describe(strategy)
        self._chosen = (name, params)
        self._quotes = None
        self._interval_ns = max(self._level.interval_ns, round(strategy.interval_s * NS_PER_S))

    def _start_asking(self) -> None:
        """Ask the strategy now and at its pace from now on, instead of at any earlier pace."""
        self._asking += 1
        self._ask(self._clock.now_ns, self._asking)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Ask the strategy, the row being the ``asking`` that the timer was set for, or take markouts."""
        if kind == _MATURE:
            self.desk.mature(now_ns, self._exchange.mid - self._impact(now_ns))
        elif kind == _ASK:
            self._ask(now_ns, row)
        elif row == self._asking and self.strategy is not None:
            self._consult(self.strategy)

    def _ask(self, now_ns: int, asking: int) -> None:
        """Ask, and again after the interval; a timer set for an earlier strategy has another ``asking``, and lapses."""
        if asking == self._asking and self.strategy is not None:
            self._clock.set(now_ns + self._interval_ns, self._timer + _ASK, asking)
            self._consult(self.strategy)

    def _consult(self, strategy: Strategy) -> None:
        view, gateway = self.view, self.gateway
        quotes, wanted = _NO_QUOTES, _NO_TARGETS
        views.hold(view)
        try:
            if self._exchange.phase.continuous:
                # Also while the player quotes, so that an invalid answer shows before the strategy takes over.
                quotes = quoter.checked(watchdog.ask(strategy, view))
                wanted = views.held_targets(view, quotes)
            hedges = hedge_orders(quotes, view.hedges) if quotes.hedges else []
        except PASSING:
            raise
        except BaseException as error:
            self.traceback = whole_traceback(error)
            self.fail(failure(variant_name(self.strategy_name or ""), strategy, error))
            return
        finally:
            views.release(view)
        self._quotes = quotes
        if not self.auto:
            return
        # Where neither what is wanted nor what works has changed since it was brought about, nothing is to be done.
        if gateway.changes != self._placed_at or wanted != self._placed:
            actions = quoter.changes(wanted, view.orders, view.rules.min_size)
            sending.send(gateway, actions, False)
            self._placed, self._placed_at = wanted, gateway.changes
        if hedges:
            self.hedging.carry_out(hedges)

    def fail(self, why: str) -> None:
        """Drop the strategy; its orders stay, for the player to deal with."""
        self.error = why
        self.notices.append(why)
        self.dismiss()
        self.auto = False
        self._update_presence(self._clock.now_ns)
        if self.on_failure is not None:
            self.on_failure()

    def dismiss(self) -> None:
        """Have no strategy any more, ready or quoting: the next one starts anew; the orders of the last stay."""
        self.strategy = self._chosen = self._quotes = None

    def ghosts(self) -> tuple[Targets, float | None]:
        """What the ready strategy would have in the market, and its reservation price."""
        if self._quotes is None:
            return _NO_TARGETS, None
        wanted = _NO_TARGETS if self.auto else quoter.targets(self._quotes, self.view)
        return wanted, self._quotes.reservation

    # What the gateway reports

    def on_fill(self, now_ns: int, order: MakerOrder, trade: Trade, mid_before: float, maker: bool) -> None:
        """Book a fill and have the strategy asked once this event is over."""
        fee = self._market.instrument.fee(trade.price, trade.quantity, maker=maker)
        mark_before = mid_before - self._impact(now_ns)
        self._digest.add((_FILL_RECORD, now_ns, order.order_id, order.side, trade.price, trade.quantity))
        self.desk.fill(
            now_ns,
            order.side,
            trade.price,
            trade.quantity,
            mark_before,
            fee,
            maker=maker,
            order_id=order.order_id,
            manual=order.manual,
            other_id=trade.taker_id if maker else trade.maker_id,
        )
        self.manual_orders.on_fill(now_ns, order.side, trade.quantity, maker=maker)
        self._update_presence(now_ns)
        if self.on_order is not None:
            self.on_order(now_ns, Event.FILLED, order)
        # What several fills of one event need afterwards, they need once.
        if self._filled_ns != now_ns:
            self._filled_ns = now_ns
            for horizon_ns in HORIZONS_NS:
                self._clock.set(now_ns + horizon_ns, self._timer + _MATURE)
            self._clock.set(now_ns, self._timer + _ASK_AFTER, self._asking)

    def on_event(self, now_ns: int, event: Event, order: MakerOrder, reason: str | None) -> None:
        """Record an event of an own order."""
        self._digest.add((_ORDER_RECORD, now_ns, event, order.order_id, order.side, order.price, order.quantity))
        if event is _REJECTED and not self.auto:
            price = self._market.instrument.format(order.price)
            self.notices.append(f"{order.side.name.lower()} {order.quantity} @ {price} rejected: {reason}")
        self._update_presence(now_ns)
        if self.on_order is not None:
            self.on_order(now_ns, event, order)

    def _on_phase(self, now_ns: int, phase: Phase) -> None:
        """Tell the player, and have the strategy asked once this event is over."""
        self.notices.append(phase_notice(self._exchange, self._market.instrument, now_ns))
        self.presence.owe(now_ns, phase is Phase.OPEN)
        self._clock.set(now_ns, self._timer + _ASK_AFTER, self._asking)

    def _update_presence(self, now_ns: int) -> None:
        gateway, auto = self.gateway, self.auto
        if gateway.lots_changes == self._seen_lots and auto is self._seen_auto:
            return
        self._seen_lots, self._seen_auto = gateway.lots_changes, auto
        bids, asks = gateway.bid_lots, gateway.ask_lots
        if bids and asks:
            bid, ask = max(bids), min(asks)
            self.presence.update(now_ns, bid, bids[bid], ask, asks[ask])
        elif self.presence.quoting:
            self.presence.update(now_ns, None, 0, None, 0)
        self.quoting_time.update(now_ns, bool(bids or asks), auto)


def rules_of(level: Level) -> Rules:
    """What a level publishes before it starts."""
    normal = level.normal
    return Rules(
        end_ns=level.end_ns,
        interval_ns=level.interval_ns,
        latency_ns=level.latency_ns,
        position_limit=level.maker.position_limit,
        max_order=level.maker.max_order,
        max_width=level.obligation.max_width,
        min_size=level.obligation.min_size,
        normal_spread=normal.spread,
        normal_volatility=normal.volatility,
        normal_size=normal.size,
        tick_value=level.market.instrument.tick_value,
        tick=level.market.instrument.tick,
        tick_bands=level.market.instrument.tick_bands,
    )

"""The exchange: the book, its order ids, the tape, and the rules that keep a background market alive."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from mmtui.book import (
    BookSide,
    Depth,
    Indication,
    OrderBook,
    OrderReport,
    OrderStatus,
    QueueAhead,
    Resting,
    SelfTrade,
    Side,
    TimeInForce,
    Trade,
)
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.impact import Impact, ImpactSpec
from mmtui.market.rules.halts import Band
from mmtui.market.rules.phases import Phase
from mmtui.units import NS_PER_S

#: Order ids carry their participant's index in the last bits: ``order_id % PARTICIPANTS``.
PARTICIPANTS = 1024
#: Indices below this one belong to makers (the player, a strategy); those from it on to the background.
FIRST_BACKGROUND = 256
#: Indices of a recorded tape's orders and of who took them, and of the takers of a market without a book.
TAPE, TAPE_TAKERS, TAKERS = 384, 385, 386

#: Called at each trade of a participant's order: time, trade, the mid just before, whether its order was resting.
OnTrade = Callable[[int, Trade, float, bool], None]

#: Called when the exchange itself withdraws an order: time, order id.
OnWithdrawn = Callable[[int, int], None]

#: Called when another phase begins: time, phase.
OnPhase = Callable[[int, Phase], None]

_GTC, _IOC = TimeInForce.GTC, TimeInForce.IOC
_RESTING = OrderStatus.RESTING


class IdRange:
    """Hands out one participant's order ids."""

    def __init__(self, index: int) -> None:
        self._next = PARTICIPANTS + index

    def one(self) -> int:
        """The next id."""
        order_id = self._next
        self._next += PARTICIPANTS
        return order_id

    def take(self, count: int) -> range:
        """The next ``count`` ids."""
        ids = range(self._next, self._next + count * PARTICIPANTS, PARTICIPANTS)
        self._next = ids.stop
        return ids


class Exchange:
    """One book and everybody's access to it.

    The last background lot on a side neither trades nor is withdrawn, or the mid would jump to wherever the next
    order happens to be; a withdrawal so refused is carried out when the side next gets an order.

    Attributes:
        tape: (time, trade) of the last minutes, oldest first.
        trades, volume: trades and lots traded so far.
        maker_orders: makers' orders now in the book: order id to lots left.
        step: prices of orders that rest are multiples of so many ticks; the background rounds its own away.
        phase: what the exchange does; this one is always open, another one is :class:`~mmtui.market.core.venue.Venue`.
        phase_name: the same for the eye, such as "lunch".
        phase_ends_ns: when the phase ends; None while no end is planned.
        on_phase: called when another phase begins.
        impact: what those who take leave behind in the price.
    """

    TAPE_NS = 120 * NS_PER_S

    phase = Phase.OPEN
    phase_name = "open"
    phase_ends_ns: int | None = None

    def __init__(self, symbol: str) -> None:
        self._book = book = OrderBook(symbol, self_trade=SelfTrade.CANCEL_RESTING)
        self._bids, self._asks = book.bids, book.asks
        self.tape: deque[tuple[int, Trade]] = deque()
        self.trades = 0
        self.volume = 0
        self.maker_orders: dict[int, int] = {}
        self.step = 1
        self.on_print: Callable[[int, Trade], None] | None = None
        self.on_phase: list[OnPhase] = []
        self.impact = Impact(ImpactSpec())
        self._listeners: list[OnTrade | None] = [None] * PARTICIPANTS
        self._withdrawn: list[OnWithdrawn | None] = [None] * PARTICIPANTS
        self._refused: list[int] = []

    def id_range(self, index: int) -> IdRange:
        """The order ids of the participant with an index."""
        return IdRange(index)

    def listen(self, index: int, on_trade: OnTrade, on_withdrawn: OnWithdrawn | None = None) -> None:
        """Notify a participant of its trades, and of its orders that the exchange withdraws."""
        self._listeners[index] = on_trade
        self._withdrawn[index] = on_withdrawn

    def start(self, clock: Scheduler) -> None:
        """Keep to a clock from its present time on."""

    def band(self, now_ns: int) -> Band | None:
        """The band of prices that holds now, if any."""
        return None

    def indication(self) -> Indication | None:
        """What the auction under way would do if it ended now; None without one, or while it would do nothing."""
        return None

    def refusal(self, now_ns: int, side: Side, price: int, *, immediate: bool) -> str | None:
        """Why a maker's order is not taken now, None if it is; ``immediate`` tells one that never rests."""
        if immediate or price % self.step == 0:
            return None
        return f"prices move in steps of {self.step} ticks"

    def on_step(self, side: Side, price: int) -> int:
        """A price on the step in force, away from the other side of the book where it is between two."""
        step = self.step
        return price // step * step if side is Side.BUY else -(-price // step) * step

    @property
    def touch(self) -> tuple[int, int]:
        """The best bid and ask, in ticks; by the last-lot rule there are always both."""
        bid, ask = self._bids.best, self._asks.best
        assert bid is not None
        assert ask is not None
        return bid.price, ask.price

    @property
    def best_bid(self) -> int:
        """The highest bid, in ticks."""
        best = self._bids.best
        assert best is not None
        return best.price

    @property
    def best_ask(self) -> int:
        """The lowest ask, in ticks."""
        best = self._asks.best
        assert best is not None
        return best.price

    @property
    def mid(self) -> float:
        """Half-way between the best prices, in ticks."""
        bid, ask = self.touch
        return (bid + ask) / 2

    # What stands in the book

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The levels of a side, best first: all, or so many."""
        return self._book.depth(side, levels)

    def best(self, side: Side) -> Depth | None:
        """The best level of a side; None when nobody has an order there."""
        return self._book.best(side)

    def best_excluding(self, side: Side, own: Mapping[int, int]) -> int | None:
        """The best price of a side, in ticks, at which there is more than ``own`` (price to lots); None without one."""
        ladder = self._book.bids if side is Side.BUY else self._book.asks
        best = ladder.best
        if best is not None and best.price not in own:
            return best.price
        levels = ladder.levels
        for key in levels:
            level = levels[key]
            if level.total > own.get(level.price, 0):
                return level.price
        return None

    def orders(self, side: Side) -> list[Resting]:
        """The orders of a side, in the order in which they trade."""
        return self._book.orders(side)

    def rests(self, order_id: int) -> bool:
        """Whether an order is in the book."""
        return order_id in self._book

    def where(self, order_id: int) -> tuple[Side, int] | None:
        """Side and price, in ticks, of an order in the book; None of one that is not there."""
        level = self._book.level_of(order_id)
        return None if level is None else (level.side.side, level.price)

    def queue_ahead(self, order_id: int) -> QueueAhead | None:
        """The lots and orders that trade before an order at its price, exactly; None when it is not in the book."""
        return self._book.queue_ahead(order_id)

    def fault(self) -> str | None:
        """What does not add up in the book, None if all does; it looks at every order."""
        return self._book.fault()

    # Makers

    def quote(self, order_id: int, side: Side, price: int, quantity: int, owner: str) -> OrderReport:
        """Rest a maker's order, unless it would trade."""
        report = self._book.limit(order_id, side, price, quantity, _GTC, True, owner)
        if report.status is _RESTING:
            self.maker_orders[order_id] = quantity
        return report

    def cancel(self, order_id: int) -> None:
        """Withdraw a maker's order."""
        self._book.cancel(order_id)
        self.maker_orders.pop(order_id, None)

    def reduce_quote(self, order_id: int, quantity: int) -> None:
        """Take lots, fewer than it has, off a maker's order, which keeps its place."""
        self._book.reduce(order_id, quantity)
        self.maker_orders[order_id] -= quantity

    # Background

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a background order; one that would trade is refused (returns False)."""
        if self.step != 1:
            price = self.on_step(side, price)
        resting = self._book.limit(order_id, side, price, quantity, _GTC, True).status is _RESTING
        if self._refused:
            refused, self._refused = self._refused, []
            for refused_id in refused:
                self.withdraw(now_ns, refused_id)
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        """Withdraw a background order, if it still rests and is not the side's last."""
        # With two levels more than makers have orders, some other level holds background lots.
        enough = len(self.maker_orders) + 2
        thin = len(self._bids.levels) < enough or len(self._asks.levels) < enough
        if thin and self._is_last(order_id):
            self._refused.append(order_id)
        else:
            self._book.cancel(order_id)

    # Everybody

    def take(
        self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int, owner: str | None = None
    ) -> OrderReport:
        """Trade at once up to ``quantity`` at ``worst`` or better, leaving the last background lot; rest nothing."""
        mid = self.mid
        side_taken = self._asks if side is Side.BUY else self._bids
        best = side_taken.best
        # Mostly an order takes no more than the best level has, and with more levels behind it than makers have orders
        # one of those holds background lots.
        if (
            owner is not None
            or best is None
            or quantity > best.total
            or len(side_taken.levels) <= len(self.maker_orders) + 1
        ):
            quantity = self._spare(side_taken, quantity, None if owner is None else order_id % PARTICIPANTS)
        report = self._book.limit(order_id, side, worst, quantity, _IOC, False, owner)
        for own_id in report.removed:
            del self.maker_orders[own_id]
        if report.trades:
            self.settle(now_ns, report.trades, mid)
            self.impact.trade(now_ns, order_id % PARTICIPANTS, side * report.filled)
        return report

    def settle(self, now_ns: int, trades: tuple[Trade, ...], mid_before: float) -> None:
        """Put trades on the tape and notify their participants."""
        tape, listeners, on_print, maker_orders = self.tape, self._listeners, self.on_print, self.maker_orders
        self.trades += len(trades)
        for trade in trades:
            tape.append((now_ns, trade))
            if on_print is not None:
                on_print(now_ns, trade)
            _, quantity, maker_id, taker_id, _ = trade
            self.volume += quantity
            if maker_id in maker_orders:
                left = maker_orders[maker_id] - quantity
                if left:
                    maker_orders[maker_id] = left
                else:
                    del maker_orders[maker_id]
            listener = listeners[maker_id % PARTICIPANTS]
            if listener is not None:
                listener(now_ns, trade, mid_before, True)
            listener = listeners[taker_id % PARTICIPANTS]
            if listener is not None:
                listener(now_ns, trade, mid_before, False)
        oldest_ns = now_ns - self.TAPE_NS
        while tape[0][0] < oldest_ns:
            tape.popleft()

    def _spare(self, side: BookSide, quantity: int, own: int | None) -> int:
        """The part of a taker's quantity that leaves at least one background lot on the side.

        Args:
            side: the side it trades against.
            quantity: its lots.
            own: the taker's index if self-trade prevention takes its orders away instead of trading with them.
        """
        ahead = spare = 0
        for level in side.levels.values():
            for order_id, left in level.queue.items():
                index = order_id % PARTICIPANTS
                if index != own:
                    ahead += left
                if index >= FIRST_BACKGROUND:
                    spare = ahead - 1
                    if spare >= quantity:
                        return quantity
        return spare

    def _is_last(self, order_id: int) -> bool:
        level = self._book.level_of(order_id)
        return level is not None and not any(
            other_id != order_id and other_id % PARTICIPANTS >= FIRST_BACKGROUND
            for level in level.side.levels.values()
            for other_id in level.queue
        )

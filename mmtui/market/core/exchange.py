"""The exchange: the book, its order ids, the tape, and the rules that keep a background market alive."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from mmtui.book import Depth, Indication, QueueAhead, Reason, Resting, Side, Trade
from mmtui.market.core.book import Book
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.impact import Impact, ImpactSpec
from mmtui.market.core.instrument import TickBands, step_at
from mmtui.market.core.ladder import PriceLadder, Taken
from mmtui.market.core.order_ids import FIRST_BACKGROUND, INDEX, PARTICIPANTS, TAKERS, TAPE, TAPE_TAKERS, IdRange
from mmtui.market.rules.halts import Band
from mmtui.market.rules.phases import Phase
from mmtui.units import NS_PER_S

__all__ = [
    "FIRST_BACKGROUND",
    "PARTICIPANTS",
    "TAKERS",
    "TAPE",
    "TAPE_TAKERS",
    "Exchange",
    "IdRange",
    "OnPhase",
    "OnPrint",
    "OnTrade",
    "OnWithdrawn",
]

#: Called at each trade of a participant's order: time, trade, the mid just before, whether its order was resting.
OnTrade = Callable[[int, Trade, float, bool], None]

#: Called when the exchange itself withdraws an order: time, order id.
OnWithdrawn = Callable[[int, int], None]

#: Called at each trade, before its participants are notified: time, trade, the mid just before.
OnPrint = Callable[[int, Trade, float], None]

#: Called when another phase begins: time, phase.
OnPhase = Callable[[int, Phase], None]

BUY, SELL = Side.BUY, Side.SELL


class Exchange:
    """One book and everybody's access to it.

    The last background lot on a side neither trades nor is withdrawn, or the mid would jump to wherever the next
    order happens to be; a withdrawal so refused is carried out when the side next gets an order.

    Attributes:
        ladder: the book of continuous trading.
        book: where orders are now: the ladder, or, while orders are collected, an auction.
        tape: (time, trade) of the last minutes, oldest first.
        trades, volume: trades and lots traded so far.
        base_step: prices of orders that rest are multiples of so many ticks, times the step of their band; the
            background rounds its own away.
        tick_bands: bands of prices with steps of their own, if there are any.
        phase: what the exchange does; this one is always open, another one is :class:`~mmtui.market.core.venue.Venue`.
        phase_name: the same for the eye, such as "lunch".
        phase_ends_ns: when the phase ends; None while no end is planned.
        on_print: called at each trade, before its participants are notified.
        on_phase: called when another phase begins.
        impact: what those who take leave behind in the price.
    """

    TAPE_NS = 120 * NS_PER_S

    def __init__(self, symbol: str, ladder: PriceLadder | None = None) -> None:
        self.symbol = symbol
        self.phase = Phase.OPEN
        self.phase_name = "open"
        self.phase_ends_ns: int | None = None
        self.ladder = PriceLadder() if ladder is None else ladder
        self.book: Book = self.ladder
        self.tape: deque[tuple[int, Trade]] = deque()
        self.trades = 0
        self.volume = 0
        self.base_step = 1
        self.tick_bands: TickBands = ()
        self.on_print: list[OnPrint] = []
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

    # Rules

    def halt(self, now_ns: int, phase: Phase) -> None:
        """Halt trading from outside (CLOSED), resume quoting (HALT) or trading (OPEN), as a recorded market did."""
        if phase is not self.phase:
            self.phase, self.phase_name = phase, "open" if phase is Phase.OPEN else "trading halt"
            for notify in self.on_phase:
                notify(now_ns, phase)

    def band(self, now_ns: int) -> Band | None:
        """The band of prices that holds now, if any."""
        return None

    def indication(self) -> Indication | None:
        """What the auction under way would do if it ended now; None without one, or while it would do nothing."""
        return None

    def refusal(self, now_ns: int, side: Side, price: int, immediate: bool) -> str | None:
        """Why a maker's order is not taken now, None if it is; ``immediate`` tells one that never rests."""
        if self.phase is Phase.CLOSED:
            return "trading is halted"
        if self.phase is Phase.HALT and (immediate or side * (price - self.touch[side is Side.BUY]) >= 0):
            return "trading is halted; until it resumes, only orders that rest are taken"
        step = self.step_at(price)
        if immediate or price % step == 0:
            return None
        return f"prices move in steps of {step} ticks there"

    def on_step(self, side: Side, price: int) -> int:
        """A price on the step in force, away from the other side of the book where it is between two."""
        step = self.step_at(price)
        return price // step * step if side is BUY else -(-price // step) * step

    def step_at(self, price: int) -> int:
        """The step of prices around one, in ticks."""
        return self.base_step * step_at(self.tick_bands, price) if self.tick_bands else self.base_step

    @property
    def step(self) -> int:
        """The step of prices where the market is, in ticks."""
        return self.step_at(self.book.best_bid) if self.tick_bands else self.base_step

    # What stands in the book

    @property
    def touch(self) -> tuple[int, int]:
        """The best bid and ask, in ticks."""
        book = self.book
        return book.best_bid, book.best_ask

    @property
    def best_bid(self) -> int:
        """The highest bid, in ticks."""
        return self.book.best_bid

    @property
    def best_ask(self) -> int:
        """The lowest ask, in ticks."""
        return self.book.best_ask

    def touch_lots(self, side: Side) -> int:
        """Lots at the best price of a side; 0 where nobody has an order."""
        return self.book.touch_lots(side)

    @property
    def mid(self) -> float:
        """Half-way between the best prices, in ticks."""
        return self.book.mid

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The levels of a side, best first: all, or so many."""
        return self.book.depth(side, levels)

    def best(self, side: Side) -> Depth | None:
        """The best level of a side; None when nobody has an order there."""
        return self.book.best(side)

    def best_excluding(self, side: Side, own: Mapping[int, int]) -> int | None:
        """The best price of a side, in ticks, at which there is more than ``own`` (price to lots); None without one."""
        return self.book.best_excluding(side, own)

    def orders(self, side: Side) -> list[Resting]:
        """The orders of a side, in the order in which they trade."""
        return self.book.orders(side)

    @property
    def maker_orders(self) -> dict[int, int]:
        """Makers' orders now in the book: order id to lots left."""
        orders = (order for side in Side for order in self.orders(side))
        return {order.order_id: order.quantity for order in orders if order.order_id & INDEX < FIRST_BACKGROUND}

    def rests(self, order_id: int) -> bool:
        """Whether an order is in the book."""
        return self.book.rests(order_id)

    def queue_ahead(self, order_id: int) -> QueueAhead | None:
        """The lots and orders that trade before an order at its price, exactly; None when it is not in the book."""
        return self.book.queue_ahead(order_id)

    def part_of(self, order_id: int) -> float | None:
        """The part of an order for half the lots at its price that an order would trade now; None where time decides.

        None too while orders are collected, and of an order that is not in the book.
        """
        return self.ladder.part_of(order_id)

    def fault(self) -> str | None:
        """What does not add up in the book, None if all does; it looks at every order."""
        return self.book.fault()

    # Makers

    def quote(self, order_id: int, side: Side, price: int, quantity: int) -> Reason | None:
        """Rest a maker's order, unless it would trade; returns why not."""
        if price < 1:
            return Reason.BAD_PRICE
        if self.book.quote(order_id, side, price, quantity):
            return None
        return Reason.WOULD_TRADE if self.book is self.ladder else Reason.SELF_TRADE

    def cancel(self, order_id: int) -> None:
        """Withdraw a maker's order."""
        self.book.cancel(order_id)

    def expel(self, now_ns: int, order_id: int) -> None:
        """Withdraw a maker's order for him, and notify him."""
        self.book.cancel(order_id)
        notify = self._withdrawn[order_id & INDEX]
        if notify is not None:
            notify(now_ns, order_id)

    def reduce_quote(self, order_id: int, quantity: int) -> None:
        """Take lots, fewer than it has, off a maker's order, which keeps its place."""
        self.book.reduce(order_id, quantity)

    # Background

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a background order; one that would trade is refused (returns False)."""
        if self.base_step != 1 or self.tick_bands:
            price = self.on_step(side, price)
        resting = price > 0 and self.ladder.rest(order_id, side, price, quantity)
        if self._refused:
            refused, self._refused = self._refused, []
            for refused_id in refused:
                self.withdraw(now_ns, refused_id)
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        """Withdraw a background order, if it still rests and is not the side's last."""
        if not self.ladder.withdraw(order_id):
            self._refused.append(order_id)

    # Everybody

    def take(self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int) -> Taken:
        """Trade at once up to ``quantity`` at ``worst`` or better, leaving the last background lot; rest nothing.

        A maker's order that meets one of his own cancels it.
        """
        ladder = self.ladder
        mid = ladder.mid
        if side is BUY:
            best, levels = ladder.asks.get(ladder.best_ask), len(ladder.asks)
        else:
            best, levels = ladder.bids.get(ladder.best_bid), len(ladder.bids)
        index = order_id & INDEX
        own = index if index < FIRST_BACKGROUND else None
        # Mostly an order takes no more than the best level has, and with more levels behind it than makers have orders
        # one of those holds background lots.
        if own is not None or best is None or quantity > best.total or levels <= ladder.makers + 1:
            quantity = ladder.spare(SELL if side is BUY else BUY, quantity, own)
        taken = ladder.take(order_id, side, quantity, worst, own)
        if taken.trades:
            self.settle(now_ns, taken.trades, mid)
            self.impact.trade(now_ns, index, side * taken.filled)
        return taken

    def settle(self, now_ns: int, trades: list[Trade], mid_before: float) -> None:
        """Put trades on the tape, and notify their participants."""
        tape = self.tape
        self.trades += len(trades)
        for trade in trades:
            tape.append((now_ns, trade))
            for notify in self.on_print:
                notify(now_ns, trade, mid_before)
            self.volume += trade.quantity
            self.report(now_ns, trade, mid_before)
        oldest_ns = now_ns - self.TAPE_NS
        while tape[0][0] < oldest_ns:
            tape.popleft()

    def recorded(self, now_ns: int, trades: list[Trade], mid_before: float) -> None:
        """Settle trades of a recorded market, which no rule has stopped."""
        self.settle(now_ns, trades, mid_before)

    def report(self, now_ns: int, trade: Trade, mid_before: float) -> None:
        """Notify the two participants of a trade, the one whose order was resting first."""
        _, _, maker_id, taker_id, _ = trade
        listener = self._listeners[maker_id & INDEX]
        if listener is not None:
            listener(now_ns, trade, mid_before, True)
        listener = self._listeners[taker_id & INDEX]
        if listener is not None:
            listener(now_ns, trade, mid_before, False)

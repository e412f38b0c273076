"""A market without a book: a price path, a spread around it, and the maker's own orders.

Around each price others bid and offer a fixed spread apart, as far from it as the spread says and then to the nearest
tick outwards, with the same size at each of ten ticks behind. Nothing of theirs trades but what the fill model says.
Instructions take effect at the first price at least the latency later; an order that would then trade at once is
refused, and one that a price has passed without filling it is withdrawn, since no book could hold it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmtui.book import Depth, Side
from mmtui.desk import HORIZONS_NS, Desk
from mmtui.market.rules.phases import Phase
from mmtui.session.view import own_fills_since
from mmtui.strategies.protocol import HedgeQuote, OwnFill, PublicTrade, Rules, Working
from mmtui.strategies.quoter import Action, CancelOrder, PlaceOrder, ReduceOrder
from mmtui.units import NS_PER_S

_LEVELS = 10
_HORIZON_S = [horizon // NS_PER_S for horizon in HORIZONS_NS]
#: How long trades are kept, as on the exchange's tape.
_TAPE_NS = 120 * NS_PER_S
#: Prices this near the grid are on it.
_ON_TICK = 1e-9


@dataclass(slots=True)
class _Order:
    """One of the maker's orders; ``leaves_quantity`` is what rests once every instruction has arrived."""

    order_id: int
    side: Side
    price: int
    quantity: int
    leaves_quantity: int
    working: bool = False


class PathMarket:
    """The market along a path, and what the maker sees of it. See :class:`mmtui.strategies.protocol.MarketView`.

    Args:
        rules: what the strategy is told.
        spread: ticks between the others' best prices, at least.
        size: lots at each of their prices.
        desk: the maker's books.
    """

    def __init__(self, rules: Rules, spread: float, size: int, desk: Desk) -> None:
        self.rules = rules
        self.now_ns = 0
        self._half_spread = spread / 2
        self._size = size
        self._desk = desk
        self._others = {Side.BUY: 0, Side.SELL: 0}
        self._orders: dict[int, _Order] = {}
        self._sent: deque[tuple[int, Action, int]] = deque()
        self._tape: deque[PublicTrade] = deque()
        self._ids = 0

    # What happens

    def move(self, now_ns: int, price: float) -> None:
        """Go to the next price, in ticks: instructions arrive, and orders that it has passed are withdrawn."""
        self.now_ns = now_ns
        bid = max(1, math.floor(price - self._half_spread + _ON_TICK))
        self._others = {Side.BUY: bid, Side.SELL: max(bid + 1, math.ceil(price + self._half_spread - _ON_TICK))}
        self._orders = {
            order_id: order for order_id, order in self._orders.items() if not (order.working and self._crosses(order))
        }
        self.arrive()

    def send(self, action: Action) -> None:
        """Send an instruction; it arrives after the latency."""
        order_id = 0
        match action:
            case CancelOrder(order_id):
                self._orders[order_id].leaves_quantity = 0
            case ReduceOrder(order_id, quantity):
                self._orders[order_id].leaves_quantity -= quantity
            case PlaceOrder(side, price, quantity):
                self._ids += 1
                order_id = self._ids
                self._orders[order_id] = _Order(order_id, side, price, quantity, quantity)
        self._sent.append((self.now_ns + self.rules.latency_ns, action, order_id))

    def arrive(self) -> None:
        """Carry out the instructions that have arrived by now, in the order of sending."""
        while self._sent and self._sent[0][0] <= self.now_ns:
            _, action, order_id = self._sent.popleft()
            order = self._orders.get(order_id)
            if order is None:
                continue
            match action:
                case CancelOrder():
                    del self._orders[order_id]
                case ReduceOrder(_, quantity):
                    order.quantity -= quantity
                    if order.quantity <= 0:
                        del self._orders[order_id]
                case PlaceOrder():
                    if self._crosses(order):
                        del self._orders[order_id]
                    else:
                        order.working = True

    def fill(self, now_ns: int, side: Side, reach: float, mid_before: float, fee_bps: float) -> int:
        """Fill own orders on a side that an order of the other reaches, as far as the position limit leaves room.

        Args:
            now_ns: when it is booked.
            side: the maker's.
            reach: the price, in ticks, as far as which orders are filled.
            mid_before: the price before, in ticks.
            fee_bps: the fee in basis points of the traded value.

        Returns:
            The lots filled.
        """
        desk, filled = self._desk, 0
        for order in self._live(side):
            quantity = min(order.quantity, self.rules.position_limit - side * desk.position)
            if side * (order.price - reach) < 0 or quantity < 1:
                continue
            fee = order.price * quantity * self.rules.tick_value * fee_bps * 1e-4
            desk.fill(
                now_ns,
                side,
                order.price,
                quantity,
                mid_before,
                fee,
                maker=True,
                order_id=order.order_id,
                manual=False,
            )
            filled += quantity
            del self._orders[order.order_id]
        return filled

    def print_trade(self, trade: PublicTrade) -> None:
        """Let everybody see a trade."""
        tape = self._tape
        tape.append(trade)
        while tape[0].time_ns < trade.time_ns - _TAPE_NS:
            tape.popleft()

    def own_best(self, side: Side) -> int | None:
        """The best price at which an own order rests."""
        return max((order.price for order in self._live(side)), key=lambda price: side * price, default=None)

    def _live(self, side: Side) -> list[_Order]:
        return [order for order in self._orders.values() if order.working and order.side is side]

    def _crosses(self, order: _Order) -> bool:
        return order.side * (order.price - self._others[order.side.opposite]) >= 0

    # What the maker sees

    @property
    def best_bid(self) -> int:
        """The highest bid, in ticks."""
        return max(self._others[Side.BUY], self.own_best(Side.BUY) or 0)

    @property
    def best_ask(self) -> int:
        """The lowest ask, in ticks."""
        others, own = self._others[Side.SELL], self.own_best(Side.SELL)
        return others if own is None else min(others, own)

    @property
    def mid(self) -> float:
        """Half-way between the best prices, in ticks."""
        return (self.best_bid + self.best_ask) / 2

    @property
    def position(self) -> int:
        """Signed lots held."""
        return self._desk.position

    @property
    def step(self) -> int:
        """Every tick is a price."""
        return 1

    @property
    def phase(self) -> Phase:
        """A path knows only continuous trading."""
        return Phase.OPEN

    @property
    def phase_ends_ns(self) -> None:
        """It never changes."""

    @property
    def band(self) -> None:
        """There is none."""

    @property
    def hedges(self) -> Mapping[str, HedgeQuote]:
        """None: there is only the price."""
        return {}

    @property
    def orders(self) -> Sequence[Working]:
        """Own orders, oldest first, those being cancelled left out."""
        return [
            Working(order.order_id, order.side, order.price, order.leaves_quantity)
            for order in self._orders.values()
            if order.leaves_quantity > 0
        ]

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        """The levels of a side, best first."""
        best = self._others[side]
        found = {price: (self._size, 1) for step in range(_LEVELS) if (price := best - side * step) > 0}
        for order in self._live(side):
            lots, count = found.get(order.price, (0, 0))
            found[order.price] = lots + order.quantity, count + 1
        prices = sorted(found, key=lambda price: -side * price)[:levels]
        return [Depth(price, *found[price]) for price in prices]

    def others_best(self, side: Side) -> int | None:
        """The best price of a side at which anybody else has an order, in ticks."""
        return self._others[side]

    def trades_since(self, time_ns: int) -> Sequence[PublicTrade]:
        """Trades later than a time, oldest first."""
        found = []
        for trade in reversed(self._tape):
            if trade.time_ns <= time_ns:
                break
            found.append(trade)
        return found[::-1]

    def fills_since(self, time_ns: int) -> Sequence[OwnFill]:
        """Own fills later than a time, oldest first."""
        return own_fills_since(self._desk, time_ns)

    def markout(self, horizon_s: int, fills: int = 20) -> float | None:
        """Mean markout per share, in ticks, of the last fills due at 1, 10 or 60 s; None before one is."""
        return self._desk.recent_markout(_HORIZON_S.index(horizon_s), fills)

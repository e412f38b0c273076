"""A market view on a real book, for strategies to be asked in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mmtui.book import Depth, OrderBook, Side
from mmtui.market.rules.halts import Band
from mmtui.market.rules.phases import Phase
from mmtui.strategies.protocol import HedgeQuote, OwnFill, PublicTrade, Rules, Working
from mmtui.strategies.quoter import Action, CancelOrder, PlaceOrder, ReduceOrder

S = 1_000_000_000

US = Rules(
    end_ns=300 * S,
    interval_ns=S // 10,
    latency_ns=0,
    position_limit=20,
    max_order=20,
    max_width=None,
    min_size=1,
    normal_spread=2.38,
    normal_volatility=1.02,
    normal_size=6,
    tick_value=1.0,
)


@dataclass
class FakeView:
    """A book with others' orders, and own orders that ``send`` puts there at once."""

    book: OrderBook = field(default_factory=OrderBook)
    rules: Rules = US
    now_ns: int = 0
    position: int = 0
    own: dict[int, Side] = field(default_factory=dict)
    pending_cancel: set[int] = field(default_factory=set)
    trades: list[PublicTrade] = field(default_factory=list)
    fills: list[OwnFill] = field(default_factory=list)
    hedges: dict[str, HedgeQuote] = field(default_factory=dict)
    step: int = 1
    phase: Phase = Phase.OPEN
    phase_ends_ns: int | None = None
    band: Band | None = None
    next_id: int = 1

    @property
    def best_bid(self) -> int:
        best = self.book.best_bid
        assert best is not None
        return best

    @property
    def best_ask(self) -> int:
        best = self.book.best_ask
        assert best is not None
        return best

    @property
    def mid(self) -> float:
        return (self.best_bid + self.best_ask) / 2

    @property
    def orders(self) -> Sequence[Working]:
        return [self._working(order_id) for order_id in self.own if order_id not in self.pending_cancel]

    def depth(self, side: Side, levels: int | None = None) -> list[Depth]:
        return self.book.depth(side, levels)

    def others_best(self, side: Side) -> int | None:
        for price, quantity, _ in self.book.depth(side):
            if quantity > self.own_quantity(side, price):
                return price
        return None

    def own_quantity(self, side: Side, price: int) -> int:
        resting = (self._working(order_id) for order_id in self.own)
        return sum(order.quantity for order in resting if order.side is side and order.price == price)

    def trades_since(self, time_ns: int) -> Sequence[PublicTrade]:
        return [trade for trade in self.trades if trade.time_ns > time_ns]

    def fills_since(self, time_ns: int) -> Sequence[OwnFill]:
        return [fill for fill in self.fills if fill.time_ns > time_ns]

    def markout(self, horizon_s: int, fills: int = 20) -> float | None:
        return None

    # What happens in the market

    def others(self, side: Side, *levels: tuple[int, int]) -> None:
        """Somebody else rests lots at prices."""
        for price, quantity in levels:
            assert self.book.limit(self._id(), side, price, quantity).accepted

    def rest(self, side: Side, price: int, quantity: int) -> int:
        """An own order rests; returns its id."""
        order_id = self._id()
        assert self.book.limit(order_id, side, price, quantity, post_only=True).accepted
        self.own[order_id] = side
        return order_id

    def send(self, actions: Iterable[Action]) -> None:
        """Carry actions out as an exchange would; one that is rejected fails the test."""
        for action in actions:
            match action:
                case CancelOrder(order_id):
                    assert self.book.cancel(order_id).accepted
                    del self.own[order_id]
                case ReduceOrder(order_id, quantity):
                    assert self.book.reduce(order_id, quantity).accepted
                case PlaceOrder(side, price, quantity):
                    self.rest(side, price, quantity)

    def market_order(self, side: Side, quantity: int) -> None:
        """Somebody else's market order; own orders it meets change the position."""
        for trade in self.book.market(self._id(), side, quantity).trades:
            self.trades.append(PublicTrade(self.now_ns, side, trade.price, trade.quantity))
            if trade.maker_id in self.own:
                self.position += int(self.own[trade.maker_id]) * trade.quantity
        self.own = {order_id: own_side for order_id, own_side in self.own.items() if order_id in self.book}

    def _working(self, order_id: int) -> Working:
        price, quantity = self.book.price_of(order_id), self.book.remaining(order_id)
        assert price is not None
        assert quantity is not None
        return Working(order_id, self.own[order_id], price, quantity)

    def _id(self) -> int:
        self.next_id += 1
        return self.next_id - 1


def market(bid: int = 99, ask: int = 101, quantity: int = 10, *, position: int = 0, rules: Rules = US) -> FakeView:
    """A market with five levels a side."""
    view = FakeView(rules=rules, position=position)
    view.others(Side.BUY, *((bid - i, quantity) for i in range(5)))
    view.others(Side.SELL, *((ask + i, quantity) for i in range(5)))
    return view

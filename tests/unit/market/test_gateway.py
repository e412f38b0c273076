from __future__ import annotations

from collections.abc import Callable

import pytest

from mmtui.book import Side, Trade
from mmtui.market.book_market import NOISE_MARKET
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.core.gateway import Event, Gateway, Limits, MakerOrder
from tests.inside import book_of
from tests.unit.market.quiet import Quiet

Rest = Callable[..., int]
BUY, SELL = Side.BUY, Side.SELL
LATENCY_NS = 20


class Desk:
    """A maker's desk that writes down what its gateway reports, in a market of three levels a side."""

    def __init__(self, exchange: Exchange, rest: Rest) -> None:
        for distance in (1, 2, 3):
            rest(BUY, 100 - distance, 5)
            rest(SELL, 100 + distance, 5)
        self.exchange = exchange
        self.clock = Scheduler([Quiet()], 0, 10**9)
        self.gateway = Gateway(exchange, self.clock, 0, Limits(position=10, order=6, latency_ns=LATENCY_NS), self)
        self.events: list[tuple[int, Event, int]] = []
        self.reasons: list[str | None] = []
        self.fills: list[tuple[int, Side, int, int, float, bool]] = []

    def on_fill(self, now_ns: int, order: MakerOrder, trade: Trade, mid_before: float, maker: bool) -> None:
        self.fills.append((now_ns, order.side, trade.price, trade.quantity, mid_before, maker))

    def on_event(self, now_ns: int, event: Event, order: MakerOrder, reason: str | None) -> None:
        self.events.append((now_ns, event, order.order_id))
        self.reasons.append(reason)

    def kinds(self) -> list[Event]:
        return [event for _, event, _ in self.events]

    def settle(self) -> None:
        """Let everything on its way arrive."""
        self.clock.advance(self.clock.now_ns + LATENCY_NS)

    def resting(self, side: Side, price: int, quantity: int) -> int:
        """An own order that has arrived."""
        self.gateway.quote(side, price, quantity)
        self.settle()
        (order_id,) = [order.order_id for order in self.gateway.orders.values() if order.side is side]
        return order_id

    def somebody_takes(self, side: Side, lots: int) -> None:
        self.exchange.take(
            self.clock.now_ns, (900 + self.exchange.trades) * PARTICIPANTS + NOISE_MARKET, side, lots, 100 + 50 * side
        )


@pytest.fixture
def desk(exchange: Exchange, rest: Rest) -> Desk:
    return Desk(exchange, rest)


def test_an_order_arrives_after_its_latency(desk: Desk) -> None:
    desk.gateway.quote(BUY, 99, 2)
    (order,) = desk.gateway.orders.values()
    desk.clock.advance(LATENCY_NS - 1)
    assert not order.working
    assert not desk.exchange.rests(order.order_id)
    desk.clock.advance(LATENCY_NS)
    assert order.working
    assert desk.exchange.queue_ahead(order.order_id) == (5, 1)
    assert desk.events == [(LATENCY_NS, Event.ACCEPTED, order.order_id)]
    assert len(desk.exchange.maker_orders) == 1


def test_instructions_arrive_in_the_order_of_sending(desk: Desk) -> None:
    # The second order would be beyond the limit had the cancel not arrived before it.
    order_id = desk.resting(BUY, 98, 6)
    desk.gateway.cancel(order_id)
    desk.gateway.quote(BUY, 98, 6)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.CANCELLED, Event.ACCEPTED]


def test_an_order_can_be_cancelled_while_on_its_way(desk: Desk) -> None:
    desk.gateway.quote(BUY, 99, 2)
    (order_id,) = desk.gateway.orders
    desk.clock.advance(5)
    desk.gateway.cancel(order_id)
    desk.settle()
    assert desk.events == [(20, Event.ACCEPTED, order_id), (25, Event.CANCELLED, order_id)]
    assert not desk.gateway.orders
    assert len(desk.exchange.maker_orders) == 0


def test_an_order_is_cancelled_once_however_often_it_is_asked(desk: Desk) -> None:
    order_id = desk.resting(BUY, 99, 2)
    for _ in range(3):
        desk.gateway.cancel(order_id)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.CANCELLED]
    assert desk.clock.events == 2, "one instruction to quote, one to cancel"


def test_a_cancel_that_comes_after_the_fill_finds_nothing(desk: Desk) -> None:
    order_id = desk.resting(BUY, 99, 2)
    desk.gateway.cancel(order_id)
    desk.somebody_takes(SELL, 7)
    assert desk.gateway.position == 2
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED]
    assert desk.fills == [(20, BUY, 99, 2, 100.0, True)]
    assert len(desk.exchange.maker_orders) == 0


def test_a_cancel_that_comes_between_two_fills_takes_what_is_left(desk: Desk) -> None:
    order_id = desk.resting(BUY, 99, 4)
    desk.gateway.cancel(order_id)
    desk.somebody_takes(SELL, 8)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.CANCELLED]
    assert desk.gateway.position == 3
    assert not desk.exchange.rests(order_id)


def test_a_quote_that_would_trade_on_arrival_is_rejected(desk: Desk) -> None:
    desk.gateway.quote(BUY, 101, 2)
    desk.settle()
    assert desk.kinds() == [Event.REJECTED]
    assert desk.reasons == ["it would trade at once"]
    assert not desk.gateway.orders
    assert desk.exchange.trades == 0


@pytest.mark.parametrize("quantity", [0, -1, 7])
@pytest.mark.parametrize("send", ["quote", "take"])
def test_an_order_of_a_size_that_is_not_allowed_is_rejected(desk: Desk, quantity: int, send: str) -> None:
    getattr(desk.gateway, send)(BUY, 99, quantity)
    desk.settle()
    assert desk.kinds() == [Event.REJECTED]
    assert desk.reasons == [f"an order is 1 to 6 lots, not {quantity}"]


@pytest.mark.parametrize("quantity", [1, 6])
@pytest.mark.parametrize("send", ["quote", "take"])
def test_the_smallest_and_the_largest_order_are_taken(desk: Desk, quantity: int, send: str) -> None:
    getattr(desk.gateway, send)(BUY, 99, quantity)
    desk.settle()
    assert desk.kinds()[0] is Event.ACCEPTED


@pytest.mark.parametrize("send", ["quote", "take"])
def test_an_order_is_a_strategy_s_unless_the_player_placed_it(desk: Desk, send: str) -> None:
    getattr(desk.gateway, send)(BUY, 98, 1)
    getattr(desk.gateway, send)(BUY, 98, 1, manual=True)
    assert [(order.manual, order.immediate) for order in desk.gateway.orders.values()] == [
        (False, send == "take"),
        (True, send == "take"),
    ]


@pytest.mark.parametrize(
    ("position", "quantity", "accepted"), [(0, 4, True), (0, 5, False), (3, 2, False), (-5, 6, True), (8, 1, False)]
)
def test_an_order_that_could_take_the_position_beyond_the_limit_is_rejected_whole(
    desk: Desk, position: int, quantity: int, accepted: bool
) -> None:
    # Six lots rest on the side already; the limit is ten.
    desk.resting(BUY, 98, 6)
    desk.gateway.position = position
    desk.gateway.quote(BUY, 97, quantity)
    desk.settle()
    assert desk.kinds()[1:] == [Event.ACCEPTED if accepted else Event.REJECTED]
    assert desk.gateway.lots(BUY) == ({98: 6, 97: quantity} if accepted else {98: 6})
    # The other side is free: there the position only shrinks.
    desk.gateway.quote(SELL, 103, 5)
    desk.settle()
    assert desk.kinds()[-1] is Event.ACCEPTED


def test_orders_sent_together_are_each_checked_on_arrival(desk: Desk) -> None:
    for _ in range(3):
        desk.gateway.quote(BUY, 98, 4)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.ACCEPTED, Event.REJECTED]
    assert desk.reasons[-1] == "position limit 10: this order could make it 12 with what rests"


def test_a_reduced_order_keeps_its_place(desk: Desk, rest: Rest) -> None:
    order_id = desk.resting(BUY, 99, 5)
    rest(BUY, 99, 7)
    desk.gateway.reduce(order_id, 3)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.REDUCED]
    assert desk.exchange.queue_ahead(order_id) == (5, 1)
    assert book_of(desk.exchange).remaining(order_id) == desk.gateway.orders[order_id].quantity == 2


@pytest.mark.parametrize("quantity", [2, 5])
def test_an_order_reduced_to_nothing_is_withdrawn(desk: Desk, quantity: int) -> None:
    order_id = desk.resting(BUY, 99, 2)
    desk.gateway.reduce(order_id, quantity)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.CANCELLED]
    assert not desk.exchange.rests(order_id)
    assert len(desk.exchange.maker_orders) == 0


def test_lots_that_leave_are_known_before_they_have_left(desk: Desk) -> None:
    order = desk.gateway.orders[desk.resting(BUY, 99, 6)]
    left = []
    for lots in (1, 2):
        desk.gateway.reduce(order.order_id, lots)
        left.append((order.quantity, order.leaves_quantity))
    desk.settle()
    left.append((order.quantity, order.leaves_quantity))
    desk.gateway.reduce(order.order_id, 7)
    left.append((order.quantity, order.leaves_quantity))
    assert left == [(6, 5), (6, 3), (3, 3), (3, 0)]
    order = desk.gateway.orders[desk.resting(SELL, 101, 2)]
    desk.gateway.cancel(order.order_id)
    assert (order.quantity, order.leaves_quantity) == (2, 0)
    desk.gateway.take(BUY, 101, 2)
    assert [each.leaves_quantity for each in desk.gateway.orders.values()] == [0, 0], "what takes never rests"


def test_a_maker_trades_with_another_maker(desk: Desk) -> None:
    other = Gateway(desk.exchange, desk.clock, 1, Limits(position=10, order=6, latency_ns=0), desk)
    desk.resting(SELL, 100, 3)
    other.take(BUY, 100, 2)
    desk.settle()
    assert (desk.gateway.position, other.position) == (-2, 2)


def test_a_reduction_that_comes_after_the_fill_finds_nothing(desk: Desk) -> None:
    order_id = desk.resting(BUY, 99, 2)
    desk.gateway.reduce(order_id, 1)
    desk.somebody_takes(SELL, 7)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED]


def test_own_lots_at_each_price_follow_every_order(desk: Desk) -> None:
    def lots() -> tuple[dict[int, int], dict[int, int]]:
        assert (desk.gateway.lots(BUY), desk.gateway.lots(SELL)) == (desk.gateway.bid_lots, desk.gateway.ask_lots)
        return desk.gateway.bid_lots, desk.gateway.ask_lots

    desk.gateway.quote(BUY, 99, 2)
    assert lots() == ({}, {})
    desk.settle()
    desk.gateway.quote(BUY, 99, 3)
    desk.gateway.quote(SELL, 101, 4)
    desk.settle()
    assert lots() == ({99: 5}, {101: 4})
    first, second, offer = desk.gateway.orders
    desk.gateway.reduce(offer, 1)
    desk.gateway.cancel(first)
    desk.settle()
    assert lots() == ({99: 3}, {101: 3})
    desk.somebody_takes(SELL, 7)
    assert lots() == ({99: 1}, {101: 3})
    desk.gateway.take(BUY, 101, 6)
    desk.settle()
    # The own offer stood in the way and was taken out of it.
    assert lots() == ({99: 1}, {})
    desk.gateway.cancel(second)
    desk.settle()
    assert lots() == ({}, {})


def test_taking_trades_up_to_the_protection_and_the_rest_is_cancelled(desk: Desk) -> None:
    desk.gateway.take(BUY, 101, 6)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.UNFILLED]
    assert desk.fills == [(20, BUY, 101, 5, 100.0, False)]
    assert desk.gateway.position == 5
    assert not desk.gateway.orders


def test_a_filled_taker_has_no_remainder(desk: Desk) -> None:
    desk.gateway.take(SELL, 98, 6)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED]
    assert [fill[2:4] for fill in desk.fills] == [(99, 5), (98, 1)]
    assert desk.gateway.position == -6


def test_taking_through_an_own_order_cancels_it_and_says_so(desk: Desk) -> None:
    own = desk.resting(SELL, 101, 3)
    desk.gateway.take(BUY, 102, 6)
    desk.settle()
    assert desk.kinds() == [Event.ACCEPTED, Event.ACCEPTED, Event.CANCELLED]
    assert desk.events[-1][2] == own
    assert [fill[2:4] for fill in desk.fills] == [(101, 5), (102, 1)]
    assert len(desk.exchange.maker_orders) == 0
    assert not desk.gateway.orders
    assert not desk.exchange.rests(own)


def test_a_partly_filled_quote_reports_each_fill_and_counts_until_its_last(desk: Desk) -> None:
    order_id = desk.resting(SELL, 101, 3)
    desk.somebody_takes(BUY, 6)
    assert desk.gateway.orders[order_id].quantity == 2
    assert len(desk.exchange.maker_orders) == 1
    desk.somebody_takes(BUY, 2)
    assert [fill[3] for fill in desk.fills] == [1, 2]
    assert desk.gateway.position == -3
    assert len(desk.exchange.maker_orders) == 0
    assert not desk.gateway.orders


def test_what_is_to_become_of_the_orders_changes_with_an_instruction_and_not_again_when_it_arrives(desk: Desk) -> None:
    order_id = desk.resting(BUY, 98, 2)
    desk.gateway.cancel(order_id)
    changes, lots_changes = desk.gateway.changes, desk.gateway.lots_changes
    desk.settle()
    assert (desk.gateway.orders, desk.gateway.changes) == ({}, changes)
    assert desk.gateway.lots_changes == lots_changes + 1
    other_id = desk.resting(BUY, 98, 2)
    changes = desk.gateway.changes
    # Withdrawn by the exchange, which nobody had asked for.
    desk.exchange.expel(desk.clock.now_ns, other_id)
    assert desk.gateway.changes == changes + 1

"""The exchange's phases and bands, with orders placed by hand."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from mmtui.book import Indication, Side, Trade
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.exchange import FIRST_BACKGROUND, Exchange
from mmtui.market.core.gateway import Event, Gateway, Limits, MakerOrder
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.venue import ExchangeSpec, open_exchange
from mmtui.market.rules.halts import HaltSpec, LuldSpec, VcmSpec
from mmtui.market.rules.phases import Phase, PhaseSpec
from tests.inside import auction_of
from tests.unit.market.quiet import Quiet

S = 1_000_000_000
BUY, SELL = Side.BUY, Side.SELL
ABC = Instrument(symbol="ABC", currency="USD", tick=0.01, lot=100, price=10.0)
VCM = VcmSpec(percent=1.0, reference_s=10, cooling_off_s=20, skip_first_s=0, skip_last_s=0)
LULD = LuldSpec(percent=1.0, reference_s=10, hold_s=0, limit_state_s=5, halt_s=20, double_first_s=0, double_last_s=0)


class Floor:
    """An exchange with 5 lots bid at 998, 990 and 900 and 5 offered at 1,002, 1,010 and 1,100, and one maker."""

    def __init__(self, *phases: tuple[float, str], halt: HaltSpec | None = None) -> None:
        spec = ExchangeSpec(phases=tuple(PhaseSpec(from_s=at, kind=kind) for at, kind in phases), halt=halt)  # type: ignore[arg-type]
        self.exchange = open_exchange(spec, ABC, 1_000 * S)
        self.clock = Scheduler([Quiet()], -S, 1_000 * S)
        self.exchange.start(self.clock)
        self.ids = self.exchange.id_range(FIRST_BACKGROUND)
        self.told: list[tuple[str, str | None]] = []
        self.fills: list[tuple[int, int, bool]] = []
        self.mids: list[float] = []
        self.phases: list[Phase] = []
        self.again: list[tuple[int, Phase]] = []
        self.exchange.on_phase.append(lambda _now, phase: self.phases.append(phase))
        self.exchange.on_phase.append(lambda now, phase: self.again.append((now // S, phase)))
        self.gateway = Gateway(self.exchange, self.clock, 0, Limits(100, 50, 0), self)
        for distance in (2, 10, 100):
            self.furthest_bid = self.rest(BUY, 1_000 - distance, 5)
            self.rest(SELL, 1_000 + distance, 5)
        self.wait(1)

    def on_fill(self, now_ns: int, order: MakerOrder, trade: Trade, mid_before: float, maker: bool) -> None:
        self.fills.append((order.side * trade.quantity, trade.price, maker))
        self.mids.append(mid_before)

    def on_event(self, now_ns: int, event: Event, order: MakerOrder, reason: str | None) -> None:
        self.told.append((event.name, reason))

    def wait(self, seconds: float) -> None:
        self.clock.advance(self.clock.now_ns + round(seconds * S))

    def rest(self, side: Side, price: int, lots: int) -> int:
        order_id = self.ids.one()
        self.exchange.rest(self.clock.now_ns, order_id, side, price, lots)
        return order_id

    def take(self, side: Side, lots: int, worst: int) -> int:
        return self.exchange.take(self.clock.now_ns, self.ids.one(), side, lots, worst).filled

    def withdraw(self, order_id: int) -> None:
        self.exchange.withdraw(self.clock.now_ns, order_id)

    def quote(self, side: Side, price: int, lots: int) -> None:
        self.gateway.quote(side, price, lots)
        self.wait(0)

    def book(self, side: Side) -> list[tuple[int, int]]:
        return [(level.price, level.quantity) for level in self.exchange.depth(side)]


def test_an_exchange_without_rules_is_the_plain_one() -> None:
    assert type(open_exchange(ExchangeSpec(), ABC, S)) is Exchange


def test_a_day_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match='phases: expected at least one of kind "open"'):
        ExchangeSpec(phases=(PhaseSpec(from_s=0, kind="closed"),))


# The timetable


def test_phases_begin_at_their_times_and_everybody_is_told() -> None:
    floor = Floor((0, "auction"), (10, "open"), (20, "closed"))
    seen = []
    for _ in range(3):
        seen.append((floor.exchange.phase, floor.exchange.phase_ends_ns))
        floor.wait(10)

    assert seen == [(Phase.AUCTION, 10 * S), (Phase.OPEN, 20 * S), (Phase.CLOSED, None)]
    assert floor.phases == [Phase.AUCTION, Phase.OPEN, Phase.CLOSED]
    assert floor.again == [(0, Phase.AUCTION), (10, Phase.OPEN), (20, Phase.CLOSED)]


@pytest.mark.parametrize(("kind", "ends_s"), [("auction", 0), ("open", 7)])
def test_the_warm_up_ends_with_the_first_phase_that_is_not_open(kind: Any, ends_s: int) -> None:
    phases = (PhaseSpec(from_s=0, kind=kind), PhaseSpec(from_s=7, kind="closed"), PhaseSpec(from_s=9, kind="open"))
    exchange = open_exchange(ExchangeSpec(phases=phases), ABC, 100 * S)
    exchange.start(Scheduler([Quiet()], -S, S))
    assert (exchange.phase, exchange.phase_ends_ns) == (Phase.OPEN, ends_s * S)


def test_a_closed_market_takes_no_orders_and_keeps_those_it_has() -> None:
    floor = Floor((0, "closed"), (900, "open"))
    before = floor.book(BUY), floor.book(SELL)

    floor.rest(BUY, 999, 1)
    assert floor.take(BUY, 1, 1_200) == 0
    floor.quote(BUY, 999, 1)

    assert (floor.book(BUY), floor.book(SELL)) == before
    assert floor.told == [("REJECTED", "the market is closed (closed)")]


def test_a_maker_may_withdraw_while_the_market_is_closed() -> None:
    floor = Floor((10, "closed"))
    floor.quote(BUY, 999, 1)
    floor.wait(10)

    floor.gateway.cancel(next(iter(floor.gateway.orders)))
    floor.wait(0)

    assert floor.told[-1] == ("CANCELLED", None)
    assert floor.book(BUY)[0] == (998, 5)


def test_a_background_orders_lifetime_stands_still_while_the_market_is_closed() -> None:
    floor = Floor((0, "closed"), (10, "open"))
    order_id = next(iter(floor.exchange.orders(BUY))).order_id
    floor.wait(3)
    floor.withdraw(order_id)

    there = []
    for seconds in (5, 4.9, 0.2):
        floor.wait(seconds)
        there.append(floor.exchange.rests(order_id))

    # Three seconds after the market closed its time was up: so it is three seconds after it opens.
    assert there == [True, True, False]


# Auctions


def test_an_auction_trades_at_one_price_and_leaves_the_rest_in_the_book() -> None:
    floor = Floor((0, "auction"), (10, "open"))
    floor.rest(BUY, 1_004, 8)
    floor.rest(SELL, 999, 4)
    assert floor.exchange.indication() == Indication(1_002, 8, -1)
    assert auction_of(floor.exchange).depth(BUY)[0].price == 1_004, "only the collection may be crossed"

    floor.wait(10)

    assert floor.exchange.phase is Phase.OPEN
    assert [(time_ns, trade.price, trade.quantity) for time_ns, trade in floor.exchange.tape] == [
        (10 * S, 1_002, 4),
        (10 * S, 1_002, 4),
    ]
    assert floor.book(BUY) == [(998, 5), (990, 5), (900, 5)]
    assert floor.book(SELL) == [(1_002, 1), (1_010, 5), (1_100, 5)]


def test_the_touch_in_an_auction_is_what_it_would_leave() -> None:
    floor = Floor((0, "auction"), (900, "open"))
    floor.rest(BUY, 1_004, 7)

    assert floor.exchange.touch == (1_004, 1_010)
    assert (floor.exchange.best_bid, floor.exchange.best_ask, floor.exchange.mid) == (1_004, 1_010, 1_007.0)
    floor.rest(SELL, 1_005, 1)
    assert floor.exchange.touch == (1_004, 1_005), "and it follows every order"
    floor.withdraw(floor.rest(BUY, 1_004, 9))
    assert floor.exchange.touch == (1_004, 1_005)


def test_who_would_trade_at_once_takes_part_and_is_gone_afterwards() -> None:
    floor = Floor((0, "auction"), (10, "open"))

    assert floor.take(BUY, 8, 1_005) == 0
    floor.wait(10)

    assert floor.book(BUY)[0] == (998, 5), "three lots of the eight were left"
    assert floor.book(SELL)[0] == (1_010, 5)


def test_a_makers_order_takes_part_in_an_auction_as_a_resting_one() -> None:
    floor = Floor((0, "auction"), (10, "open"))
    floor.quote(BUY, 1_003, 8)

    floor.wait(10)

    assert floor.told == [("ACCEPTED", None)]
    assert floor.fills == [(5, 1_003, True)], "buyers are left, so it is the highest price"
    assert floor.gateway.position == 5
    assert floor.gateway.bid_lots == {1_003: 3}
    assert len(floor.exchange.maker_orders) == floor.exchange.ladder.makers == 1
    assert floor.exchange.fault() is None


def test_a_makers_order_of_the_book_takes_part_and_keeps_its_place() -> None:
    floor = Floor((10, "auction"), (20, "open"))
    floor.quote(SELL, 1_002, 2)
    floor.wait(10)
    floor.rest(BUY, 1_002, 6)

    floor.wait(10)

    assert floor.fills == [(-1, 1_002, True)], "five lots were there before"
    assert floor.gateway.ask_lots == {1_002: 1}


def test_the_mid_before_an_auction_s_trades_is_that_of_the_orders_collected() -> None:
    floor = Floor((0, "auction"), (10, "open"))
    floor.quote(SELL, 1_003, 1)
    floor.take(BUY, 8, 1_005)

    floor.wait(10)

    # Two lots would be left bid at 1,005; they are withdrawn as the auction ends.
    assert (floor.fills, floor.mids) == ([(-1, 1_005, True)], [1_007.5])
    assert floor.exchange.mid == 1_004.0


def test_the_last_price_decides_where_nothing_else_does() -> None:
    floor = Floor((10, "auction"), (20, "open"))
    assert floor.take(BUY, 6, 1_010) == 6
    floor.wait(10)
    floor.rest(SELL, 1_003, 3)
    floor.rest(BUY, 1_009, 3)

    assert floor.exchange.indication() == Indication(1_009, 3, 0), "it traded at 1,002 and, last, at 1,010"


def test_what_is_withdrawn_in_an_auction_takes_no_part() -> None:
    floor = Floor((0, "auction"), (10, "open"))
    order_id = floor.rest(BUY, 1_004, 7)

    floor.withdraw(order_id)
    floor.wait(10)

    assert floor.exchange.trades == 0
    assert floor.book(BUY)[0] == (998, 5)


def test_a_maker_s_order_is_in_the_auction_however_far_away_it_is() -> None:
    """And not held in the book, where a maker could not withdraw it."""
    floor = Floor((10, "auction"), (20, "open"))
    floor.quote(BUY, 800, 1)
    floor.wait(10)

    (order_id,) = floor.gateway.orders
    floor.gateway.cancel(order_id)
    floor.wait(10)

    assert floor.exchange.phase is Phase.OPEN
    assert floor.book(BUY)[-1] == (900, 5)


def test_orders_have_their_owners_in_an_auction_and_after_it() -> None:
    floor = Floor((10, "auction"), (20, "open"))
    floor.quote(BUY, 1_001, 1)
    floor.wait(10)

    floor.quote(SELL, 1_001, 1)
    assert floor.told[-1] == ("REJECTED", "it would trade with an order of your own")

    floor.wait(10)
    floor.gateway.take(SELL, 998, 2)
    floor.wait(0)
    assert floor.fills == [(-2, 998, False)]
    assert floor.gateway.bid_lots == {}


def test_the_order_that_stays_out_makes_way_where_the_auction_just_reaches_it() -> None:
    floor = Floor((0, "auction"), (10, "open"))
    floor.rest(BUY, 1_100, 100)

    floor.wait(10)

    assert floor.book(BUY)[0] == (1_100, 90)
    assert floor.book(SELL) == [(1_101, 5)]


@pytest.mark.parametrize(
    ("send", "reason"),
    [
        (lambda floor: floor.gateway.take(BUY, 1_100, 1), "nothing trades at once in an auction"),
        (lambda floor: floor.quote(SELL, 1_001, 1), "it would trade with an order of your own"),
    ],
    ids=["an immediate order", "one's own order on the other side"],
)
def test_what_an_auction_refuses_a_maker_is_said(send: Any, reason: str) -> None:
    floor = Floor((0, "auction"), (900, "open"))
    floor.quote(BUY, 1_001, 1)

    send(floor)
    floor.wait(0)

    assert floor.told[-1][0] == "REJECTED"
    assert reason in str(floor.told[-1][1])


def test_no_side_of_the_book_is_left_empty_however_far_an_auction_moves() -> None:
    floor = Floor((0, "auction"), (10, "open"))
    for price in (1_200, 1_190):
        floor.rest(BUY, price, 100)
    floor.rest(SELL, 1_195, 10)

    floor.wait(10)

    bid, ask = floor.exchange.touch
    assert bid < ask
    # All that was offered has traded but for the order that stays out, which the price has left behind.
    assert floor.book(SELL) == [(1_201, 5)]
    assert floor.book(BUY)[0][0] == 1_200


def test_a_background_order_held_in_the_book_leaves_when_its_side_has_another() -> None:
    floor = Floor((0, "auction"), (10, "open"))
    floor.withdraw(floor.furthest_bid)
    floor.wait(10)

    floor.rest(BUY, 950, 1)

    assert [price for price, _ in floor.book(BUY)] == [998, 990, 950]


# The volatility control mechanism


def vcm_floor() -> Floor:
    """The reference is 1,000, so the band from 990 to 1,010; a second order stands at each side's 1,020 and 980."""
    floor = Floor(halt=VCM)
    floor.rest(BUY, 1_000, 1)
    floor.take(SELL, 1, 1_000)
    floor.wait(10)
    floor.rest(SELL, 1_020, 5)
    floor.rest(BUY, 980, 5)
    return floor


def test_an_order_trades_up_to_the_band_and_starts_the_cooling_off() -> None:
    floor = vcm_floor()
    band = floor.exchange.band(floor.clock.now_ns)
    assert band is not None
    assert (band.lower, band.upper, band.binding) == (990, 1_010, False)

    assert floor.take(BUY, 12, 1_050) == 10

    assert floor.exchange.phase is Phase.COOLING_OFF
    assert floor.exchange.phase_ends_ns == 31 * S - S
    assert floor.exchange.tape[-1][1].price == 1_010
    assert floor.book(SELL) == [(1_020, 5), (1_100, 5)]


@pytest.mark.parametrize(("lots", "worst"), [(10, 1_050), (12, 1_010), (12, 1_019)])
def test_an_order_that_would_not_trade_beyond_starts_nothing(lots: int, worst: int) -> None:
    floor = vcm_floor()

    assert floor.take(BUY, lots, worst) == 10
    assert floor.exchange.phase is Phase.OPEN


def test_resting_beyond_the_band_starts_nothing() -> None:
    floor = vcm_floor()
    floor.take(BUY, 10, 1_010)

    floor.rest(BUY, 1_015, 3)

    assert floor.exchange.phase is Phase.OPEN
    assert floor.book(BUY)[0] == (1_015, 3)


def test_in_the_cooling_off_trading_goes_on_inside_the_fixed_band_only() -> None:
    floor = vcm_floor()
    floor.take(BUY, 12, 1_050)

    floor.rest(SELL, 1_009, 2)
    floor.rest(BUY, 1_012, 3)
    assert floor.take(BUY, 5, 1_050) == 2
    floor.rest(BUY, 1_012, 3)

    assert floor.book(BUY)[0] == (1_010, 3), "brought to the limit"
    assert floor.take(BUY, 5, 1_050) == 0
    assert floor.exchange.phase is Phase.COOLING_OFF
    floor.wait(5)
    band = floor.exchange.band(floor.clock.now_ns)
    assert band is not None
    assert (band.lower, band.upper, band.binding) == (990, 1_010, True)


def test_after_the_cooling_off_trading_is_free_again() -> None:
    floor = vcm_floor()
    floor.take(BUY, 12, 1_050)

    floor.wait(20)

    assert floor.phases[-2:] == [Phase.COOLING_OFF, Phase.OPEN]
    assert floor.exchange.band(floor.clock.now_ns) is None, "an equity triggers once a session"
    assert floor.take(BUY, 5, 1_050) == 5


def test_orders_that_stand_beyond_when_the_cooling_off_starts_are_brought_to_the_limit_and_makers_withdrawn() -> None:
    floor = vcm_floor()
    floor.take(BUY, 10, 1_010)
    floor.rest(BUY, 1_013, 3)
    floor.quote(BUY, 1_014, 2)
    floor.quote(SELL, 1_018, 2)

    floor.take(SELL, 1, 900)

    assert floor.exchange.phase is Phase.COOLING_OFF
    assert floor.book(BUY)[0] == (1_010, 3)
    assert floor.told[-1] == ("CANCELLED", None)
    assert (floor.gateway.bid_lots, floor.gateway.ask_lots) == ({}, {1_018: 2})
    assert len(floor.exchange.maker_orders) == 1


def test_a_makers_order_beyond_the_band_is_refused_in_the_cooling_off_with_the_limit() -> None:
    floor = vcm_floor()
    floor.take(BUY, 12, 1_050)

    floor.quote(BUY, 1_011, 1)
    floor.quote(SELL, 989, 1)

    assert floor.told == [
        ("REJECTED", "the price band is in force: a bid is at most 10.10"),
        ("REJECTED", "the price band is in force: an ask is at least 9.90"),
    ]


def test_a_makers_own_order_may_start_the_cooling_off() -> None:
    floor = vcm_floor()

    floor.gateway.take(BUY, 1_050, 12)
    floor.wait(0)

    assert floor.exchange.phase is Phase.COOLING_OFF
    assert floor.gateway.position == 10
    assert [event for event, _ in floor.told] == ["ACCEPTED", "UNFILLED"]


def test_the_timetable_ends_a_cooling_off() -> None:
    floor = Floor((20, "closed"), (40, "open"), halt=VCM)
    floor.rest(BUY, 1_000, 1)
    floor.take(SELL, 1, 1_000)
    floor.wait(12)

    floor.take(BUY, 12, 1_200)

    assert floor.exchange.phase_ends_ns == 20 * S
    floor.wait(30)
    assert floor.phases == [Phase.OPEN, Phase.COOLING_OFF, Phase.CLOSED, Phase.OPEN]


# Limit up, limit down


def luld_floor() -> Floor:
    """The band is 990 to 1,010."""
    floor = Floor(halt=LULD)
    floor.rest(BUY, 1_000, 1)
    floor.take(SELL, 1, 1_000)
    floor.wait(1)
    return floor


def test_luld_keeps_orders_inside_a_band_that_always_binds() -> None:
    floor = luld_floor()

    assert floor.take(BUY, 20, 1_200) == 10
    assert floor.exchange.phase is Phase.OPEN
    floor.quote(BUY, 1_011, 1)

    assert floor.told == [("REJECTED", "the price band is in force: a bid is at most 10.10")]


def test_a_best_price_at_the_limit_halts_trading_after_15_seconds_and_an_auction_reopens_it() -> None:
    floor = luld_floor()
    floor.take(BUY, 10, 1_010)
    floor.rest(BUY, 1_015, 3)

    floor.wait(5)
    floor.rest(BUY, 1_030, 4)
    floor.rest(SELL, 1_030, 4)
    floor.wait(20)

    assert floor.phases == [Phase.OPEN, Phase.LIMIT_STATE, Phase.HALT, Phase.OPEN]
    assert floor.exchange.tape[-1][1].price == 1_030
    band = floor.exchange.band(floor.clock.now_ns)
    assert band is not None
    assert band.reference == 1_030


def test_a_limit_state_ends_when_the_price_leaves_the_limit() -> None:
    floor = luld_floor()
    floor.take(BUY, 10, 1_010)
    floor.rest(BUY, 1_010, 3)
    floor.wait(3)

    floor.take(SELL, 3, 1_000)
    floor.wait(10)

    assert floor.phases == [Phase.OPEN, Phase.LIMIT_STATE, Phase.OPEN]


def test_a_best_ask_at_the_lower_limit_is_a_limit_state_too() -> None:
    floor = luld_floor()
    floor.take(SELL, 10, 990)
    before = floor.exchange.phase
    floor.rest(SELL, 990, 3)

    assert (before, floor.exchange.phase) == (Phase.OPEN, Phase.LIMIT_STATE)


def test_what_traded_before_a_halt_is_not_in_the_reference_after_it() -> None:
    floor = Floor(halt=structs.replace(LULD, reference_s=300.0))
    floor.rest(BUY, 1_000, 1)
    floor.take(SELL, 1, 1_000)
    floor.take(BUY, 10, 1_010)
    floor.rest(BUY, 1_010, 3)
    floor.wait(5)
    floor.rest(BUY, 1_030, 4)
    floor.rest(SELL, 1_030, 4)

    floor.wait(20)

    assert floor.phases[-2:] == [Phase.HALT, Phase.OPEN]
    band = floor.exchange.band(floor.clock.now_ns)
    assert band is not None
    assert band.reference == 1_030

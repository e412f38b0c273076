"""What each strategy quotes, and whether it quotes sensibly in any level left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmtui.book import Side
from mmtui.strategies.baselines.bracket import Bracket
from mmtui.strategies.baselines.chase import Chase
from mmtui.strategies.baselines.fixed import Fixed
from mmtui.strategies.baselines.one_lot import OneLot
from mmtui.strategies.baselines.reckless import Reckless
from mmtui.strategies.baselines.skew import Skew
from mmtui.strategies.baselines.touch import Touch
from mmtui.strategies.baselines.wide import Wide
from mmtui.strategies.protocol import Quotes
from mmtui.strategies.quoter import Target, requote, targets
from mmtui.strategies.registry import make, strategy_names
from tests.unit.strategies.fake_view import US, market

BUY, SELL = Side.BUY, Side.SELL


def test_fixed_quotes_its_half_spread_around_the_mid_whatever_the_position() -> None:
    for position in (0, 12):
        quotes = Fixed(half_spread=1.5, size=3).quote(market(99, 102, position=position))
        assert quotes == Quotes(99.0, 102.0, 3, 3, reservation=100.5)


def test_fixed_left_alone_takes_its_width_and_size_from_the_level() -> None:
    quotes = Fixed().quote(market(99, 101))
    assert (quotes.bid, quotes.ask) == pytest.approx((100 - 0.4 * 2.38, 100 + 0.4 * 2.38))
    assert (quotes.bid_size, quotes.ask_size) == (2, 2)


def test_default_size_serves_the_obligation_and_the_largest_order() -> None:
    assert Fixed().quote(market(rules=replace(US, position_limit=1))).bid_size == 1
    assert Fixed().quote(market(rules=replace(US, min_size=7))).bid_size == 7
    assert Fixed().quote(market(rules=replace(US, position_limit=1000, max_order=30))).bid_size == 30


def test_quotes_far_below_a_low_price_stay_prices() -> None:
    view = market(7, 9)
    quotes = Skew(half_spread=3, skew=5).quote(replace(view, position=10))
    assert (quotes.bid, quotes.ask) == (0, 0)
    assert targets(quotes, view) == (None, Target(8, 2))


def test_touch_joins_the_best_prices() -> None:
    assert Touch(size=4).quote(market(99, 103)) == Quotes(99, 103, 4, 4)


def test_touch_keeps_its_place_while_the_price_is_the_best() -> None:
    view, touch = market(99, 103), Touch(size=4)
    view.send(requote(touch.quote(view), view))
    view.others(BUY, (99, 5))
    assert requote(touch.quote(view), view) == []
    assert [view.book.queue_ahead(order.order_id) for order in view.orders] == [(10, 1), (10, 1)]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (4, Quotes(99, 103, 4, 4)),
        # Beyond a fifth of the limit, half of the free part of four lots: fewer, at the same place.
        (5, Quotes(99, 103, 2, 4)),
        (-5, Quotes(99, 103, 4, 2)),
        (8, Quotes(99, 103, 1, 4)),
        # Beyond two fifths, a step back.
        (9, Quotes(97, 103, 1, 4)),
        (-9, Quotes(99, 105, 4, 1)),
    ],
)
def test_touch_shows_less_on_the_side_that_adds_to_a_position_and_steps_back_with_a_large_one(
    position: int, expected: Quotes
) -> None:
    view = replace(market(99, 103, position=position), step=2)
    assert Touch(size=4, lean_at=0.2).quote(view) == expected


def test_touch_shows_no_less_than_the_obligation_counts() -> None:
    view = market(99, 103, position=15, rules=replace(US, min_size=3))
    assert Touch(size=4, lean_at=0.2).quote(view).bid_size == 3


def test_touch_with_fewer_lots_keeps_its_place() -> None:
    view, touch = market(99, 103), Touch(size=4, lean_at=0.2)
    view.send(requote(touch.quote(view), view))
    view.others(BUY, (99, 5))
    view.position = 5
    view.send(requote(touch.quote(view), view))
    bid = next(order for order in view.orders if order.side is BUY)
    assert (bid.price, bid.quantity, view.book.queue_ahead(bid.order_id)) == (99, 2, (10, 1))


@pytest.mark.parametrize(("bids", "asks", "bid", "ask"), [(3, 10, 99, 103), (2, 10, 98, 103), (10, 2, 99, 104)])
def test_touch_steps_back_from_a_queue_that_is_about_to_go(bids: int, asks: int, bid: int, ask: int) -> None:
    """The side with fewer than three tenths of the other's lots."""
    view = market(98, 104)
    view.others(BUY, (99, bids))
    view.others(SELL, (103, asks))
    assert Touch(size=4).quote(view) == Quotes(bid, ask, 4, 4)


def test_chase_is_out_after_every_move_and_then_last_in_the_queue() -> None:
    view, chase = market(99, 101, quantity=10), Chase(size=4)
    assert chase.quote(view) == Quotes()
    view.now_ns = 1
    assert chase.quote(view) == Quotes(99, 101, 4, 4)
    view.send(requote(chase.quote(view), view))
    view.now_ns = 2
    assert requote(chase.quote(view), view) == []
    view.now_ns = 3
    view.market_order(SELL, 1)
    assert chase.quote(view) == Quotes()
    view.send(requote(Quotes(), view))
    view.others(BUY, (99, 5))
    view.now_ns = 4
    view.send(requote(chase.quote(view), view))
    bid, _ = view.orders
    assert view.book.queue_ahead(bid.order_id) == (14, 2)
    view.others(BUY, (100, 5))
    assert chase.quote(view) == Quotes()


def test_touch_steps_back_when_others_leave_its_price() -> None:
    view, touch = market(99, 103), Touch(size=8)
    view.send(requote(touch.quote(view), view))
    view.book.cancel(1)  # Others' order at 99.
    assert view.best_bid == 99
    assert touch.quote(view).bid == 98


def test_wide_quotes_the_least_size_at_the_widest_width_that_counts() -> None:
    rules = replace(US, max_width=8, min_size=3)
    quotes = Wide().quote(market(99, 103, rules=rules))
    assert quotes == Quotes(98, 104, 3, 3)
    assert quotes.bid is not None
    assert quotes.ask is not None
    # Two ticks narrower: the mid may move before the order arrives.
    assert quotes.ask - quotes.bid == 8 - 2
    # Without an obligation, four usual spreads of 2.38.
    assert Wide().quote(market(99, 103)) == Quotes(97, 105, 1, 1)


def test_one_lot_quotes_the_usual_half_spread_at_the_least_size() -> None:
    quotes = OneLot().quote(market(99, 101, rules=replace(US, min_size=2)))
    assert (quotes.bid, quotes.ask) == pytest.approx((100 - 0.4 * 2.38, 100 + 0.4 * 2.38))
    assert (quotes.bid_size, quotes.ask_size) == (2, 2)


@pytest.mark.parametrize(
    ("bid", "ask", "expected"), [(99, 103, (100, 102)), (99, 102, (100, 101)), (99, 101, (99, 101))]
)
def test_bracket_steps_in_front_where_there_is_room(bid: int, ask: int, expected: tuple[int, int]) -> None:
    quotes = Bracket().quote(market(bid, ask, rules=replace(US, min_size=2)))
    assert quotes == Quotes(*expected, 2, 2)


def test_bracket_does_not_outbid_itself() -> None:
    view, bracket = market(99, 103), Bracket()
    view.send(requote(bracket.quote(view), view))
    assert (view.best_bid, view.best_ask) == (100, 102)
    assert bracket.quote(view) == Quotes(100, 102, 1, 1)


def test_reckless_wants_the_limit() -> None:
    view = market(99, 103, position=5)
    assert targets(Reckless().quote(view), view) == (Target(99, 15), Target(103, 20))


def test_skew_moves_both_quotes_against_the_position_and_not_the_width() -> None:
    skew = Skew(half_spread=1.5, skew=0.1, size=2)
    assert skew.quote(market(99, 101)) == Quotes(98.5, 101.5, 2, 2, reservation=100.0)
    long = skew.quote(market(99, 101, position=10))
    assert long == Quotes(97.5, 100.5, 2, 2, reservation=99.0)
    assert skew.quote(market(99, 101, position=-10)).reservation == 101.0


def test_skew_left_alone_shifts_by_the_usual_spread_at_the_limit() -> None:
    assert Skew().quote(market(99, 101, position=20)).reservation == pytest.approx(100 - 2.38)


@pytest.mark.parametrize("name", ["fixed", "skew", "avellaneda-stoikov"])
def test_centre_does_not_follow_the_own_quotes(name: str) -> None:
    """At the limit only the ask is quoted, alone in front; centred on the mid with it, it would walk down."""
    view, strategy = market(90, 110, position=20), make(name, {})
    first = strategy.quote(view)
    for _ in range(5):
        view.send(requote(strategy.quote(view), view))
    assert view.mid < 100
    assert strategy.quote(view).reservation == first.reservation


# Any level: (position limit, usual spread, usual volatility, mid)
LEVELS = [
    (20, 2.38, 1.02, 10_000),
    (50, 5.7, 1.0, 10_000),
    (100, 1.49, 0.39, 2_500),
    (1, 1.1, 0.1, 50),
    (5000, 40, 9, 90_000),
]


@pytest.mark.parametrize("level", LEVELS, ids=str)
@pytest.mark.parametrize("name", strategy_names())
def test_left_alone_every_strategy_quotes_about_the_usual_spread(
    name: str, level: tuple[int, float, float, int]
) -> None:
    limit, spread, volatility, mid = level
    rules = replace(US, position_limit=limit, max_order=limit, normal_spread=spread, normal_volatility=volatility)
    gap = max(1, round(spread / 2))
    view = market(mid - gap, mid + gap, rules=rules)
    bid, ask = targets(make(name).quote(view), view)
    assert bid is not None
    assert ask is not None
    # Rounding adds up to two ticks; to Avellaneda and Stoikov one lot is more risk the less they may hold.
    assert spread * 0.8 <= ask.price - bid.price <= spread * (1 + 1 / limit) + 2
    assert bid.quantity == ask.quantity == max(1, limit // 10)


@pytest.mark.parametrize("name", ["skew", "avellaneda-stoikov"])
@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_left_alone_the_limit_moves_the_centre_by_half_a_spread_to_a_spread(
    name: str, level: tuple[int, float, float, int]
) -> None:
    limit, spread, volatility, mid = level
    rules = replace(US, position_limit=limit, normal_spread=spread, normal_volatility=volatility)
    centres: list[float] = []
    for position in (-limit, 0, limit):
        reservation = make(name).quote(market(mid - 1, mid + 1, rules=rules, position=position)).reservation
        assert reservation is not None
        centres.append(reservation)
    assert centres[1] == mid
    assert centres[0] - mid == pytest.approx(mid - centres[2])
    assert 0.45 * spread <= mid - centres[2] <= 1.1 * spread


@pytest.mark.parametrize("name", strategy_names(baselines=True))
def test_strategies_survive_a_market_of_their_own(name: str) -> None:
    """Nobody else on one side, then at the limit on each side."""
    for position in (0, 20, -20, 25):
        view = market(99, 101, position=position)
        view.book.clear()
        view.others(SELL, (101, 5))
        view.rest(BUY, 99, 1)
        view.send(requote(make(name).quote(view), view))
        assert sum(order.quantity for order in view.orders if order.side is BUY) <= max(0, 20 - position)


def test_idle_wants_nothing() -> None:
    assert targets(make("idle").quote(market()), market()) == (None, None)

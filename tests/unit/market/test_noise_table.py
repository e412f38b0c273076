from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from math import sqrt

import msgspec
import numpy as np
import pytest

from mmtui.book import Side
from mmtui.level.level import parse_level
from mmtui.market.book_market import NOISE_LIMIT, NOISE_TABLE
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.kinds import AnyMarket, open_market
from mmtui.market.traders.noise_table import NoiseTable, NoiseTableSpec
from mmtui.market.value.latent_value import PricePath
from mmtui.units import NS_PER_S
from tests.inside import book_of
from tests.unit.market.acting import NotingExchange, act
from tests.unit.market.zero_intelligence import ARRIVALS, CANCELS, MARKET, UP, arrivals, simulate

Rest = Callable[..., int]
BUY, SELL = Side.BUY, Side.SELL

#: A level in which nobody but noise traders comes; their rates are the paper's.
LEVEL = """
id = "zero-intelligence"
title = "Zero intelligence"
number = 1
situation = "Nobody knows anything."
lesson = "Queues alone move the price."
duration_s = 300
naive = "idle"
lesson_strategy = "fixed"
par = "fixed"

[market]
instrument = {{ symbol = "SKY", currency = "JPY", tick = 100.0, lot = 1, price = 500_000.0 }}
normal = {{ spread = 1.3, volatility = 0.8, size = 2 }}
noise_table = {{ rates = {rates}, cancel_rates = {cancels} }}
noise_market = {{ rate = {market}, mean_size = 1, branching = 0, metaorders = 1, length_exponent = 100 }}

[maker]
position_limit = 20
max_order = 5

[score]
point = 10.0
weights = {{ pnl = 1.0 }}
"""
DISTANCES = 10


def noise_only(rates: list[float]) -> AnyMarket:
    text = LEVEL.format(rates=rates, cancels=list(CANCELS), market=2 * MARKET)
    level = parse_level(text, "zero-intelligence.toml")
    return open_market(level.regimes(1), 1)


@pytest.mark.slow
def test_a_level_of_noise_traders_alone_has_the_paper_s_chances_of_a_move() -> None:
    """Each state of the queues counts once between two moves of the mid, when it is first reached.

    The paper's table is of what follows such a state. With n first visits an error is sqrt(p(1 - p)/n); the band is
    four of them, which one of 25 exceeds by luck in 1 of 600 tests, and .002 for the table's rounding.
    """
    market = noise_only(list(ARRIVALS))
    exchange = market.exchange
    ups, visits = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    seen: set[tuple[int, int]] = set()
    mid = exchange.mid

    def look() -> None:
        nonlocal mid
        if exchange.mid != mid:
            visits.update(seen)
            if exchange.mid > mid:
                ups.update(seen)
            seen.clear()
            mid = exchange.mid
        bids, asks = exchange.best(BUY), exchange.best(SELL)
        assert bids is not None
        assert asks is not None
        if asks.price - bids.price == 1:
            seen.add((bids.quantity, asks.quantity))

    after_each_event(market, look, 8_000)
    for bid in range(1, 6):
        for ask in range(1, 6):
            count, expected = visits[bid, ask], UP[bid - 1][ask - 1]
            assert count > 40
            error = sqrt(expected * (1 - expected) / count)
            assert ups[bid, ask] / count == pytest.approx(expected, abs=4 * error + 0.002), (bid, ask, count)


def after_each_event(market: AnyMarket, look: Callable[[], None], seconds: int) -> None:
    """Run a market and look at it after each of its events."""
    market.clock.watch = lambda _now_ns: look()
    market.clock.advance(seconds * NS_PER_S)


@pytest.mark.slow
def test_its_depth_profile_and_spreads_are_those_of_the_paper_s_model() -> None:
    """Against the same model written event by event without queues, lifetimes or blocks.

    Depths forget themselves within a few seconds. Over 600 s of the other and 4,000 s of ours the standard error of a
    difference, from blocks of 50 s, is about .1 lots of some 1.6; the band is four of the errors found.
    """
    rates = arrivals(DISTANCES)
    market = noise_only(rates)
    market.clock.advance(0)
    exchange = market.exchange
    ours, spreads = np.zeros((4_000, DISTANCES)), Counter[int]()
    for second in range(4_000):
        market.clock.advance(second * NS_PER_S)
        bid, ask = exchange.touch
        spreads[ask - bid] += 1
        for distance in range(1, DISTANCES + 1):
            bids, asks = book_of(exchange).bids.get(ask - distance), book_of(exchange).asks.get(bid + distance)
            ours[second, distance - 1] = ((bids.total if bids else 0) + (asks.total if asks else 0)) / 2
    theirs, their_spreads = simulate(rates, 600, 1)
    errors = ours.reshape(-1, 50, DISTANCES).mean(axis=1).std(axis=0) * sqrt(1 / 80 + 1 / 12)
    assert (errors < 0.16).all()
    assert (np.abs(ours.mean(axis=0) - theirs) < 4 * errors).all()
    # A spread of one tick is some .73 of the time; by blocks of 50 s its error here is .015, the band more than four.
    assert spreads[1] / 4_000 == pytest.approx(their_spreads[1] / 600, abs=0.06)


def table(exchange: Exchange, **spec: object) -> NoiseTable:
    """A source."""
    value = PricePath(np.array([0, 50 * NS_PER_S]), np.array([95.0, 97.5]))
    return NoiseTable(exchange, value, msgspec.convert(spec, NoiseTableSpec), 1, NOISE_TABLE)


def still(exchange: Exchange, rest: Rest, **spec: object) -> NoiseTable:
    """A source beside a touch of 90 and 100 that does not move."""
    rest(BUY, 90, 1_000)
    rest(SELL, 100, 1_000)
    return table(exchange, **spec)


@pytest.mark.slow
def test_orders_come_at_their_rate_by_distance_and_side_with_their_sizes() -> None:
    # 60,000 s at .2, .1 and .3 a side: 72,000 orders. Errors: of a count of 24,000 .65%, of a share .0018, of the mean
    # size (deviation 1.4) .005; the bands are five of each.
    exchange = NotingExchange()
    act(table(exchange, rates=[0.2, 0.1, 0.3], mean_size=2), 1_000)
    buys = [order.side is BUY for order in exchange.resting]
    sizes = [order.quantity for order in exchange.resting]
    counts = Counter(
        exchange.best_ask - order.price if order.side is BUY else order.price - exchange.best_bid
        for order in exchange.resting
    )
    assert [counts[distance] / 120_000 for distance in (1, 2, 3)] == pytest.approx([0.2, 0.1, 0.3], rel=0.045)
    assert set(counts) == {1, 2, 3}
    assert np.mean(buys) == pytest.approx(0.5, abs=0.0095)
    assert np.mean(sizes) == pytest.approx(2.0, abs=0.026)


class LifeNotes(Exchange):
    """An exchange that notes when orders come and go.

    Attributes:
        born: order id to time, side and price.
        died: order id to the time at which it was withdrawn.
    """

    def __init__(self) -> None:
        super().__init__("TEST")
        self.born: dict[int, tuple[int, Side, int]] = {}
        self.died: dict[int, int] = {}

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        self.born[order_id] = now_ns, side, price
        return super().rest(now_ns, order_id, side, price, quantity)

    def withdraw(self, now_ns: int, order_id: int) -> None:
        self.died[order_id] = now_ns
        super().withdraw(now_ns, order_id)


def test_an_order_lives_as_long_as_the_rate_at_its_distance_says_and_the_last_rate_holds_further_away() -> None:
    # Distance 11 to 13 from the opposite best of a touch that is 10 wide; rates are given up to 12. About 1,200 lives
    # at each: a mean's error is 2.9%, the band five of them.
    exchange = LifeNotes()
    exchange.rest(0, PARTICIPANTS + NOISE_LIMIT, BUY, 90, 1_000)
    exchange.rest(0, 2 * PARTICIPANTS + NOISE_LIMIT, SELL, 100, 1_000)
    act(table(exchange, rates=[0.0] * 10 + [0.1] * 3, cancel_rates=[1.0] * 10 + [0.5, 0.1]), 200)
    lives = defaultdict[int, list[float]](list)
    for order_id, now_ns in exchange.died.items():
        born_ns, side, price = exchange.born[order_id]
        lives[abs((100 if side is BUY else 90) - price)].append((now_ns - born_ns) / NS_PER_S)
        assert not exchange.rests(order_id)
    means = {distance: np.mean(found) for distance, found in lives.items()}
    assert [means[distance] for distance in (11, 12, 13)] == pytest.approx([2, 10, 10], rel=0.145)


def test_an_empty_table_draws_nothing_and_a_full_one_fills_the_book(exchange: Exchange, rest: Rest) -> None:
    nobody = still(exchange, rest)
    nobody.fill_book(0)
    assert list(nobody.draw(0, 60 * NS_PER_S)) == []
    assert len(book_of(exchange)) == 2
    full = table(exchange, rates=[1.0, 2.0], cancel_rates=[0.1, 0.4])
    full.start(Scheduler([], 0, NS_PER_S))
    full.fill_book(0)
    # 1/.1 + 2/.4 a side, each of them somewhere.
    assert len(book_of(exchange)) == 2 + 30


def test_the_table_must_not_be_too_unequal_to_draw_ahead() -> None:
    with pytest.raises(msgspec.ValidationError, match="cancel_rates: expected no rate above 20 times another"):
        msgspec.convert({"rates": [1.0], "cancel_rates": [2.1, 0.1]}, NoiseTableSpec)


def test_orders_that_the_value_passes_are_withdrawn_at_the_next_look() -> None:
    """The value is 95 and then, after 50 s, 97.5: it passes asks below 97 by more than half a tick."""
    exchange = Exchange("TEST")
    for price in (90, 100):
        exchange.rest(0, exchange.id_range(7).one(), BUY if price < 95 else SELL, price, 1_000)
    source = table(exchange, rates=[0.5] * 8, cancel_rates=[0.001], watch_rate=20.0, watch_margin=0.5)
    clock = Scheduler([source], 0, 200 * NS_PER_S)
    source.start(clock)
    clock.advance(49 * NS_PER_S)
    asks = [order for order in exchange.orders(SELL) if order.order_id % PARTICIPANTS == NOISE_TABLE]
    bids = [order for order in exchange.orders(BUY) if order.order_id % PARTICIPANTS == NOISE_TABLE]
    assert min(order.price for order in asks) in (95, 96)
    assert len(bids) > 20
    clock.advance(51 * NS_PER_S)
    # Twenty looks a second: the chance that none came is e^-20.
    stay = [order.order_id for order in asks if order.price >= 97]
    assert [order.order_id for order in asks if exchange.rests(order.order_id)] == stay
    assert all(exchange.rests(order.order_id) for order in bids)

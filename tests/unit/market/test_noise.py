from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.market.book_market import NOISE_LIMIT, NOISE_MARKET
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.draws import Floats, Ints
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.traders.noise import NoiseLimit, NoiseLimitSpec, NoiseMarket, NoiseMarketSpec
from mmtui.units import NS_PER_S
from tests.inside import book_of
from tests.unit.market.acting import MINUTE_NS, NotingExchange, act, events, orders_of

Rest = Callable[..., int]
BUY, SELL = Side.BUY, Side.SELL


def market_orders(spec: NoiseMarketSpec, minutes: int, seed: int = 1) -> tuple[Ints, list[bool], list[int]]:
    """Times, whether they buy, and sizes of the orders of many minutes."""
    exchange = NotingExchange()
    act(NoiseMarket(exchange, spec, seed, NOISE_MARKET), minutes)
    times = np.array([order.now_ns for order in exchange.taking])
    return times, [order.side is BUY for order in exchange.taking], [order.quantity for order in exchange.taking]


@pytest.mark.slow
def test_market_orders_come_at_the_rate_of_immigrants_over_one_less_branching() -> None:
    # 120,000 s at 1.2 a second: 144,000 orders. A Hawkes count's variance is mean/(1−n)², so the standard error is
    # 759, .53%; the band is five of them.
    times, buys, sizes = market_orders(NoiseMarketSpec(rate=0.6, branching=0.5, decay=0.2, mean_size=1.6), 2_000)
    assert len(times) == len(buys) == len(sizes)
    assert len(times) / 120_000 == pytest.approx(1.2, rel=0.027)
    assert (np.diff(times) >= 0).all()
    # Sizes: geometric with mean 1.6, deviation .98: standard error .0026.
    assert np.mean(sizes) == pytest.approx(1.6, abs=0.013)


@pytest.mark.slow
def test_market_orders_come_in_clusters() -> None:
    # In windows much longer than 1/decay the variance-to-mean ratio of counts tends to 1/(1−n)² = 4. In 300 s windows
    # it is a little less, since clusters cross the windows' ends; a ratio from 400 windows has a standard error of 7%.
    spec = NoiseMarketSpec(rate=0.6, branching=0.5, decay=0.2, mean_size=1.0)
    times, _, _ = market_orders(spec, 2_000)
    counts = np.bincount(times // (300 * NS_PER_S), minlength=400)[:400]
    assert 2.6 < counts.var() / counts.mean() < 5.2
    plain, _, _ = market_orders(NoiseMarketSpec(rate=1.2, branching=0.0, mean_size=1.0), 2_000)
    counts = np.bincount(plain // (300 * NS_PER_S), minlength=400)[:400]
    assert 0.65 < counts.var() / counts.mean() < 1.35


def sign_memory(spec: NoiseMarketSpec) -> Floats:
    """Autocorrelation of signs at lags 1 to 100."""
    _, buys, _ = market_orders(spec, 2_000)
    signs = np.where(buys, 1.0, -1.0)
    return np.array([np.mean(signs[lag:] * signs[:-lag]) for lag in range(1, 101)])


@pytest.mark.slow
def test_signs_have_long_memory() -> None:
    # Lillo, Mike and Farmer: M metaorders of Pareto length with exponent 1.5 give an autocorrelation that decays as
    # lag^−.5. Some 144,000 signs, whose own memory makes the errors larger than 1/sqrt(144,000) = .0026: by the
    # spread over seeds about .01 at every lag.
    memory = sign_memory(NoiseMarketSpec(rate=0.6, mean_size=1.0, metaorders=3))
    assert memory[0] == pytest.approx(0.2, abs=0.04)
    assert memory[-1] > 0.0
    slope = np.polyfit(np.log(np.arange(1, 31)), np.log(memory[:30]), 1)[0]
    assert -0.75 < slope < -0.25


@pytest.mark.slow
def test_more_metaorders_blur_the_signs_and_short_ones_forget_them() -> None:
    assert sign_memory(NoiseMarketSpec(rate=0.6, mean_size=1.0, metaorders=30))[0] < 0.05
    # Exponent 50: nearly every metaorder is a single order, so signs are independent coins (error .0026).
    assert abs(sign_memory(NoiseMarketSpec(rate=0.6, mean_size=1.0, metaorders=3, length_exponent=50.0))[0]) < 0.02


def test_a_market_order_trades_no_further_than_its_collar(exchange: Exchange, rest: Rest) -> None:
    rest(BUY, 99)
    rest(SELL, 101)
    rest(SELL, 105)
    rest(SELL, 106, 50)
    source = NoiseMarket(exchange, NoiseMarketSpec(rate=1.0, mean_size=50.0, collar=4), 1, NOISE_MARKET)
    # The first purchase is of many lots, but there is one at each of the prices within four ticks.
    for time, action, row in events(source, 0):
        action(time, row)
        if exchange.best_ask != 101:
            break
    assert book_of(exchange).asks[106].total == 50


SPEC = NoiseLimitSpec(rate=1.2, cancel_rate=0.1, mean_size=1.6)


@pytest.mark.slow
def test_limit_orders_come_at_their_rate_a_side_with_their_sizes_and_distances() -> None:
    # 60,000 s at 2.4 a second: 144,000 orders, standard error 379, .26%; a share of a half .0013; the mean size .0026;
    # the mean distance (13.1, deviation 8.6) .023. Bands are five of each.
    exchange = NotingExchange()
    act(NoiseLimit(exchange, SPEC, 1, NOISE_LIMIT), 1_000)
    buys = [order.side is BUY for order in exchange.resting]
    sizes = [order.quantity for order in exchange.resting]
    distances = [
        exchange.best_ask - order.price if order.side is BUY else order.price - exchange.best_bid
        for order in exchange.resting
    ]
    assert len(buys) / 60_000 == pytest.approx(2.4, rel=0.013)
    assert np.mean(buys) == pytest.approx(0.5, abs=0.0066)
    assert np.mean(sizes) == pytest.approx(1.6, abs=0.013)
    weights = np.arange(1, 31) ** -0.6
    assert np.mean(distances) == pytest.approx(np.arange(1, 31) @ weights / weights.sum(), abs=0.12)
    assert (min(distances), max(distances)) == (1, 30)


def lives(exchange: NotingExchange, spec: NoiseLimitSpec, minutes: int) -> dict[int, tuple[int, Floats]]:
    """By an order's distance from the opposite best price, how many were withdrawn and their lives in seconds.

    Orders of the last two minutes are left out: some of them are still alive at the end.
    """
    act(NoiseLimit(exchange, spec, 1, NOISE_LIMIT), minutes)
    died = {order_id: time for time, order_id in exchange.withdrawn}
    assert len(died) == len(exchange.withdrawn)
    found: dict[int, list[float]] = {}
    for order in exchange.resting:
        if order.now_ns < (minutes - 2) * MINUTE_NS:
            distance = exchange.best_ask - order.price if order.side is BUY else order.price - exchange.best_bid
            found.setdefault(distance, []).append((died[order.order_id] - order.now_ns) / NS_PER_S)
    return {distance: (len(each), np.array(each)) for distance, each in sorted(found.items())}


@pytest.mark.slow
def test_each_limit_order_is_withdrawn_once_after_an_exponential_life() -> None:
    # Without falloff or thin queues every rate is the spec's. Some 140,000 lives of mean 10 s: the mean's standard
    # error is .027 s; the band is five of them.
    every = np.concatenate([each for _, each in lives(NotingExchange(), SPEC, 1_000).values()])
    assert every.mean() == pytest.approx(10, abs=0.14)
    assert np.median(every) == pytest.approx(10 * np.log(2), abs=0.14)


@pytest.mark.slow
def test_rates_of_cancellation_fall_with_the_distance_behind_the_best_and_no_further_than_half() -> None:
    # A touch of 10 ticks: orders d behind the best price are 10 + d from the opposite one. At each there are some
    # 3,000 lives: a mean's standard error is 1.8% of it, the band five of them.
    spec = NoiseLimitSpec(
        rate=1.2, cancel_rate=0.2, cancel_falloff=0.3, mean_size=1.0, distance_exponent=0.0, distance_scale=1.0
    )
    found = lives(NotingExchange(), spec, 700)
    for distance, (count, each) in found.items():
        behind = max(0, distance - 10)
        rate = 0.2 * max(0.5, (1.0 + behind) ** -0.3)
        assert each.mean() == pytest.approx(1.0 / rate, rel=5 / count**0.5), distance
    # 2^(1/.3) − 1 = 9.1 ticks behind is where the half begins.
    assert found[30][1].mean() == pytest.approx(found[21][1].mean(), rel=0.14)


@pytest.mark.slow
@pytest.mark.parametrize(("queue", "times"), [(1, 2.0), (3, 2.0), (6, 1.5), (30, 1.1), (3_000, 1.001)])
def test_a_thin_queue_at_the_best_price_loses_its_orders_sooner(queue: int, times: float) -> None:
    # The spread is one tick, so that distance 1 is the best price and no order stands before it. Some 25,000 lives
    # there and 24,000 behind, whose rate does not depend on the queue: errors .63%, the bands five of them.
    exchange = NotingExchange(10_000, 10_001)
    exchange.still.queues = {BUY: queue, SELL: queue}
    spec = NoiseLimitSpec(rate=1.2, cancel_rate=0.1, thin_lots=3.0, mean_size=1.0, distance_exponent=0, max_distance=2)
    found = lives(exchange, spec, 350)
    assert found[1][1].mean() == pytest.approx(10 / times, rel=0.032)
    assert found[2][1].mean() == pytest.approx(10, rel=0.032)


def test_the_longest_queue_counts_each_side_by_itself() -> None:
    exchange = NotingExchange(10_000, 10_001)
    exchange.still.queues = {BUY: 1, SELL: 10**6}
    spec = NoiseLimitSpec(rate=1.2, cancel_rate=0.1, thin_lots=3.0, mean_size=1.0, max_distance=1)
    act(NoiseLimit(exchange, spec, 1, NOISE_LIMIT), 100)
    born = {order.order_id: order for order in exchange.resting}
    for side, mean in ((BUY, 5.0), (SELL, 10.0)):
        found = [(time - born[at].now_ns) / NS_PER_S for time, at in exchange.withdrawn if born[at].side is side]
        # Some 7,000 lives: 1.2%, and the band five of them.
        assert np.mean(found) == pytest.approx(mean, rel=0.06)


def test_what_is_drawn_does_not_depend_on_the_book() -> None:
    """Whatever becomes of the orders, later ones come when they would have come, as large and as far away."""
    spec = NoiseLimitSpec(rate=1.2, cancel_rate=0.1, cancel_falloff=0.5, thin_lots=9.0, mean_size=3.0, tail=0.1)
    thin, long, real = NotingExchange(), NotingExchange(10_000, 10_001), Exchange("TEST")
    thin.still.queues, long.still.queues = {BUY: 1, SELL: 1}, {BUY: 10**6, SELL: 10**6}
    real.rest(0, PARTICIPANTS, BUY, 9_000, 1)
    real.rest(0, 2 * PARTICIPANTS, SELL, 11_000, 1)
    drawn = []
    for exchange in (thin, long, real):
        source = NoiseLimit(exchange, spec, 1, NOISE_LIMIT)
        act(source, 20)
        # The block after these, as it would be whoever had traded before.
        (arrivals,) = source.draw(20 * MINUTE_NS, 21 * MINUTE_NS)
        drawn.append((arrivals.times.tolist(), source._sizes, source._distances, source._buys, source._waits))
    assert drawn[0] == drawn[1] == drawn[2]
    sent = [
        [(order.now_ns, order.order_id, order.side, order.quantity) for order in each.resting] for each in (thin, long)
    ]
    assert sent[0] == sent[1]
    assert thin.withdrawn != long.withdrawn


def test_no_order_outlives_its_candidates() -> None:
    """The last candidate withdraws an order whatever its rate is then."""

    class Patient(NoiseLimit):
        def _rate(self, side: Side, price: int) -> float:
            return 1e-9

    exchange = NotingExchange()
    source = Patient(exchange, SPEC, 1, NOISE_LIMIT)
    act(source, 60)
    born = {order.order_id: order.now_ns for order in exchange.resting}
    found = np.array([time - born[order_id] for time, order_id in exchange.withdrawn]) / NS_PER_S
    # Sixteen waits at twice the rate of .1: 80 s, deviation 20 s; some 8,000 of them within the hour.
    assert len(found) > 7_000
    assert found.mean() == pytest.approx(80, abs=2)
    assert found.std() == pytest.approx(20, abs=2)


def test_distances_count_from_the_opposite_best_and_scale() -> None:
    # Distances go up to 90, so that some bids would be at prices below 1: these are not sent.
    exchange = Exchange("TEST")
    exchange.rest(0, PARTICIPANTS, BUY, 40, 1)
    exchange.rest(0, 2 * PARTICIPANTS, SELL, 50, 1)
    spec = NoiseLimitSpec(rate=1, cancel_rate=0.001, mean_size=1, distance_scale=3.0)
    source = NoiseLimit(exchange, spec, 1, NOISE_LIMIT)
    source.start(Scheduler([], 0, MINUTE_NS))
    distances, unsent, moved = set(), 0, set()
    for time, action, row in events(source, 0):
        before, (bid, ask) = orders_of(exchange), exchange.touch
        action(time, row)
        new = [order for side in Side for order in exchange.orders(side) if order.order_id not in before]
        for order in new:
            distances.add(ask - order.price if order.side is BUY else order.price - bid)
            assert order.price > 0
        unsent += not new and orders_of(exchange) == before
        moved.add((bid, ask))
    assert {distance % 3 for distance in distances} == {0}
    assert min(distances) == 3
    assert 60 < max(distances) <= 90
    assert unsent > 5
    # Orders came inside the spread too, and the next ones counted from these.
    assert len(moved) > 3


@pytest.mark.parametrize("rate", [0.0, 1.2])
def test_the_book_starts_with_what_arrivals_over_cancels_would_hold(rate: float) -> None:
    exchange = Exchange("TEST")
    spec = NoiseLimitSpec(rate=rate, cancel_rate=0.1, mean_size=1.6)
    source = NoiseLimit(exchange, spec, 1, NOISE_LIMIT)
    clock = Scheduler([source], -MINUTE_NS, MINUTE_NS)
    source.start(clock)
    source.fill_book(-MINUTE_NS, 10_000)
    assert len(book_of(exchange)) == (24 if rate else 2)
    assert exchange.best_bid < exchange.best_ask
    # Each of them is withdrawn some time, unless it was the last of its side then.
    first = orders_of(exchange)
    clock.advance(100 * MINUTE_NS)
    assert len(first & orders_of(exchange)) == (0 if rate else 2)

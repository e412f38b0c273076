"""Incremental estimators against the same figure computed from the whole history."""

from __future__ import annotations

import statistics
from itertools import pairwise
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmtui.signals.ewma import Ewma
from mmtui.signals.imbalance import OrderFlowImbalance, TradeImbalance
from mmtui.signals.microprice import microprice
from mmtui.signals.rolling import RollingMoments
from mmtui.signals.volatility import EwmaVolatility

S = 1_000_000_000

waits = st.one_of(st.sampled_from([0, 0, 1, S // 2, S, 5 * S, 40 * S]), st.integers(0, 4 * S))
half_ticks = st.integers(-20, 20).map(lambda n: 100 + n / 2)
sizes = st.integers(1, 50)


@given(st.lists(st.integers(-10_000, 10_000).map(lambda n: n / 16), max_size=60), st.integers(2, 9))
def test_rolling_moments_are_those_of_the_window(values: list[float], window: int) -> None:
    rolling = RollingMoments(window)
    for i, value in enumerate(values):
        rolling.update(value)
        recent = values[max(0, i + 1 - window) : i + 1]
        assert rolling.mean == pytest.approx(statistics.fmean(recent), rel=1e-9, abs=1e-9)
        expected = statistics.stdev(recent) if len(recent) > 1 else None
        assert rolling.deviation == (None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9))


@given(st.lists(st.tuples(waits, half_ticks), min_size=1, max_size=30), st.floats(0.1, 100.0))
def test_an_ewma_is_the_weighted_mean_of_each_instants_last_value(
    script: list[tuple[int, float]], tau_s: float
) -> None:
    ewma, now, instants = Ewma(tau_s), 0, dict[int, float]()
    for wait, value in script:
        now += wait
        instants[now] = value
        ewma.update(now, value)
    times = list(instants)
    expected = instants[times[0]] * exp(-(now - times[0]) / S / tau_s)
    for before, at in pairwise(times):
        weight = exp(-(now - at) / S / tau_s) - exp(-(now - before) / S / tau_s)
        expected += weight * instants[at]
    assert ewma.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(
    st.lists(st.tuples(waits, half_ticks), min_size=1, max_size=30), st.floats(0.5, 100.0), st.sampled_from([0.5, 1])
)
def test_volatility_is_that_of_the_grid(script: list[tuple[int, float]], tau_s: float, sample_s: float) -> None:
    volatility, now, history = EwmaVolatility(tau_s, sample_s), 0, list[tuple[int, float]]()
    for wait, mid in script:
        now += wait
        history.append((now, mid))
        volatility.update(now, mid)
    step = round(sample_s * S)
    start = history[0][0]
    grid = [[mid for at, mid in history if at <= instant][-1] for instant in range(start, max(now, start + 1), step)]
    weights = [exp(-i * sample_s / tau_s) for i in range(len(grid) - 1)][::-1]
    if not weights:
        assert volatility.value is None
        return
    squares = sum(w * (b - a) ** 2 for w, (a, b) in zip(weights, pairwise(grid), strict=True))
    expected = (squares / (sample_s * sum(weights))) ** 0.5
    assert volatility.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.lists(st.tuples(waits, sizes, st.sampled_from([1, -1])), max_size=40), waits)
def test_trade_imbalance_is_that_of_a_rescan(script: list[tuple[int, int, int]], rest: int) -> None:
    imbalance, now, trades = TradeImbalance(5.0), 0, list[tuple[int, int]]()
    for wait, quantity, sign in script:
        now += wait
        trades.append((now, sign * quantity))
        imbalance.update(now, sign * quantity)
    now += rest
    window = [quantity for at, quantity in trades if now - 5 * S < at]
    assert imbalance.value(now) == (sum(window) / sum(map(abs, window)) if window else 0.0)


quotes = st.tuples(waits, st.integers(95, 99), sizes, st.integers(100, 104), sizes)


@given(st.lists(quotes, max_size=40), waits)
def test_order_flow_imbalance_is_that_of_a_rescan(script: list[tuple[int, int, int, int, int]], rest: int) -> None:
    flow, now, history = OrderFlowImbalance(5.0), 0, list[tuple[int, int, int, int, int]]()
    for wait, bid, bid_size, ask, ask_size in script:
        now += wait
        history.append((now, bid, bid_size, ask, ask_size))
        flow.update(now, bid, bid_size, ask, ask_size)
    now += rest
    expected = 0
    for (_, b0, qb0, a0, qa0), (at, b, qb, a, qa) in pairwise(history):
        if now - 5 * S < at:
            expected += (b >= b0) * qb - (b <= b0) * qb0 - (a <= a0) * qa + (a >= a0) * qa0
    assert flow.value(now) == expected


@given(st.integers(1, 1_000), sizes, st.integers(1, 30), sizes)
def test_the_microprice_lies_between_the_quotes_on_the_side_of_the_smaller(
    bid: int, bid_size: int, spread: int, ask_size: int
) -> None:
    ask = bid + spread
    price = microprice(bid, bid_size, ask, ask_size)
    assert bid < price < ask
    mid = (bid + ask) / 2
    assert (price > mid) == (bid_size > ask_size)
    assert (price < mid) == (bid_size < ask_size)

"""Defended strategies in any market: quotes that can be sent, whatever has been seen."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.strategies.protocol import OwnFill, PublicTrade
from mmtui.strategies.quoter import requote
from mmtui.strategies.registry import make
from tests.unit.strategies.fake_view import US, FakeView, S

MOMENTS = st.lists(
    st.tuples(
        st.floats(0.05, 40),  # seconds passed
        st.integers(5, 400),  # the mid
        st.integers(1, 60),  # half the spread
        st.integers(-25, 25),  # the position
        st.integers(-9, 9),  # taken: lots, by buyers or sellers
        st.integers(-9, 9),  # filled: lots, bought or sold
    ),
    min_size=1,
    max_size=60,
)
RULES = st.builds(
    lambda width, size, spread, volatility: replace(
        US,
        max_width=width,
        min_size=size,
        normal_spread=spread,
        normal_volatility=volatility,
    ),
    st.none() | st.integers(1, 30),
    st.integers(0, 8),
    st.floats(0.5, 30),
    st.just(0.0) | st.floats(0.01, 20),
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "stress_width": st.floats(0, 20),
        "spike_size": st.floats(0, 3),
        "shade": st.floats(0, 500),
        "stale": st.floats(0, 5),
        "toxic_at": st.floats(0, 3),
        "trend_lean": st.floats(0, 9),
        "hurst_at": st.floats(0, 3),
        "release": st.floats(0, 1),
    },
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rules", "composite", "reversion"])
@given(rules=RULES, moments=MOMENTS, params=PARAMS)
def test_quotes_are_finite_and_not_crossed(name: str, rules: Any, moments: Any, params: dict[str, float]) -> None:
    strategy = make(name, {} if name == "reversion" else params)
    view = FakeView(rules=rules)
    now_s = 0.0
    for passed, mid, gap, position, taken, filled in moments:
        now_s += passed
        view.now_ns = round(now_s * S)
        view.position = position
        view.book.clear()
        view.own.clear()
        view.others(Side.BUY, (max(1, mid - gap), 5))
        view.others(Side.SELL, (mid + gap, 5))
        if taken:
            side = Side.BUY if taken > 0 else Side.SELL
            view.trades.append(PublicTrade(view.now_ns - 1, side, mid, abs(taken)))
        if filled:
            side = Side.BUY if filled > 0 else Side.SELL
            view.fills.append(OwnFill(view.now_ns - 1, side, mid, abs(filled), float(mid), True))
        quotes = strategy.quote(view)
        for price in (quotes.bid, quotes.ask):
            assert price is None or (math.isfinite(price) and price >= 0.0)
        assert quotes.bid is None or quotes.ask is None or quotes.bid <= quotes.ask
        assert min(quotes.bid_size, quotes.ask_size) >= 0
        view.send(requote(quotes, view))  # Asserts that nothing is rejected.

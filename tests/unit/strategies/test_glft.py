"""Guéant, Lehalle and Fernandez-Tapia: published figures, limits, and the strategy's quotes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.strategies.models.avellaneda_stoikov import riskless_distance
from mmtui.strategies.models.glft import (
    Glft,
    asymptotic_distances,
    certainty_equivalent,
    constants,
    default_gamma,
    exact_distances,
)
from tests.unit.strategies.fake_view import US, S, market

# gamma, sigma, k, A
PAPER = (0.01, 0.3, 0.3, 0.9)
Q, T = 30, 600.0


def test_published_constants() -> None:
    c, w, _ = constants(*PAPER)
    assert c == pytest.approx(3.278982, abs=5e-7)
    assert w == pytest.approx(0.067866, abs=5e-7)


@pytest.mark.parametrize(
    ("q", "exact", "asymptotic"), [(0, 3.3130, 3.3129), (10, 3.9929, 3.9916), (-20, 1.9592, 1.9556)]
)
def test_published_distances(q: int, exact: float, asymptotic: float) -> None:
    bids, asks = exact_distances(*PAPER, Q, T)
    assert bids[q + Q] == pytest.approx(exact, abs=5e-5)
    assert asks[-q + Q] == pytest.approx(exact, abs=5e-5)
    c, w, _ = constants(*PAPER)
    assert asymptotic_distances(float(q), c, w)[0] == pytest.approx(asymptotic, abs=5e-5)
    assert asymptotic_distances(float(-q), c, w)[1] == pytest.approx(asymptotic, abs=5e-5)


def test_approximation_is_off_by_as_much_as_published() -> None:
    gamma, sigma, k, rate = 0.01, 1.0, 0.3, 0.2
    c, w, _ = constants(gamma, sigma, k, rate)
    exact = exact_distances(gamma, sigma, k, rate, Q, T)[0][10 + Q]
    assert asymptotic_distances(10.0, c, w)[0] - exact == pytest.approx(0.295, abs=5e-4)


@pytest.mark.parametrize("horizon", [0.0, 1.0, T, math.inf])
def test_no_bid_at_the_limit_long_and_no_ask_at_the_limit_short(horizon: float) -> None:
    bids, asks = exact_distances(*PAPER, Q, horizon)
    assert bids[-1] == asks[0] == math.inf
    assert np.isfinite(bids[:-1]).all()
    assert np.isfinite(asks[1:]).all()


def test_at_the_end_only_the_riskless_distance_is_left() -> None:
    bids, _ = exact_distances(*PAPER, Q, 0.0)
    assert bids[:-1] == pytest.approx(np.full(2 * Q, riskless_distance(0.01, 0.3)))


def test_far_from_the_end_time_no_longer_matters() -> None:
    assert exact_distances(*PAPER, Q, 1e7)[0][:-1] == pytest.approx(exact_distances(*PAPER, Q)[0][:-1], abs=1e-7)


@pytest.mark.parametrize("gamma", [0.0, 1e-320, 1e-300, 1e-12])
def test_without_risk_aversion_one_over_k_and_the_limit_are_left(gamma: float) -> None:
    c, w, eta = constants(gamma, 0.3, 0.3, 0.9)
    assert c == pytest.approx(1 / 0.3)
    assert w == pytest.approx(0.0, abs=1e-5)
    assert eta == pytest.approx(0.9 / math.e)
    # v is then the lowest harmonic between walls a unit beyond the limit.
    waves = np.cos(np.pi * np.arange(-5, 6) / 12)
    expected = 1 / 0.3 + np.log(waves[:-1] / waves[1:]) / 0.3
    assert exact_distances(gamma, 0.3, 0.3, 0.9, 5)[0][:-1] == pytest.approx(expected, abs=1e-7)


def test_distances_are_symmetric_and_rise_with_the_position() -> None:
    bids, asks = exact_distances(0.05, 2.0, 0.5, 1.0, 12, 40.0)
    assert asks.tolist() == bids[::-1].tolist()
    assert (np.diff(bids[:-1]) > 0).all()


def test_units_scale_as_they_should() -> None:
    """The same market counted in half ticks and minutes is quoted at the same prices."""
    bids, _ = exact_distances(0.02, 1.5, 0.7, 0.8, 6, 120.0)
    rescaled, _ = exact_distances(0.02 / 2, 2 * 1.5 * math.sqrt(60), 0.7 / 2, 0.8 * 60, 6, 2.0)
    assert rescaled[:-1] == pytest.approx(2 * bids[:-1])


def test_sure_thing_is_worth_less_with_more_risk_aversion_and_no_less_with_more_room() -> None:
    worth = [certainty_equivalent(gamma, 0.3, 0.3, 0.9, 10, 60.0) for gamma in (0.0, 0.01, 0.1)]
    assert worth == sorted(worth, reverse=True)
    assert certainty_equivalent(0.01, 0.3, 0.3, 0.9, 20, 60.0) > worth[1]


def strategy(**changes: object) -> Glft:
    given: dict[str, object] = {"gamma": 0.01, "sigma": 1.0, "k": 0.8, "rate": 0.6, "size": 2}
    return Glft(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("position", [-20, -6, 0, 4, 14, 20])
@pytest.mark.parametrize("asymptotic", [False, True])
def test_strategy_quotes_the_formula_by_units_of_its_size(position: int, asymptotic: bool) -> None:
    view = market(9_999, 10_001, position=position)
    quotes = strategy(asymptotic=asymptotic).quote(view)
    # Two lots are a unit, of ten to the limit; risk aversion is per lot.
    q = position // 2
    bids, asks = exact_distances(0.02, 1.0, 0.8, 0.6, 10)
    bid, ask = float(bids[q + 10]), float(asks[q + 10])
    if asymptotic:
        bid, ask = asymptotic_distances(float(q), *constants(0.02, 1.0, 0.8, 0.6)[:2])
    assert quotes.bid == (None if position == 20 else pytest.approx(10_000 - bid))
    assert quotes.ask == (None if position == -20 else pytest.approx(10_000 + ask))
    assert (quotes.bid_size, quotes.ask_size) == (2, 2)


def test_strategy_quotes_between_units_in_between() -> None:
    odd = strategy().quote(market(9_999, 10_001, position=5)).bid
    around = [strategy().quote(market(9_999, 10_001, position=position)).bid for position in (4, 6)]
    assert None not in around
    assert odd == pytest.approx(sum(bid or 0.0 for bid in around) / 2)


def test_finite_horizon_is_the_time_left_in_the_level() -> None:
    view = market(9_999, 10_001, position=14)
    asked = strategy(finite=True)
    for now_s, left_s in ((0, 300), (200, 100), (290, 10), (300, 0), (301, 0)):
        view.now_ns = now_s * S
        quotes = asked.quote(view)
        assert quotes.bid == pytest.approx(10_000 - exact_distances(0.02, 1.0, 0.8, 0.6, 10, left_s)[0][17])


def test_left_alone_w_shifts_by_half_the_usual_spread_at_the_limit() -> None:
    gamma = default_gamma(US, 2, 0.7, 0.6)
    w = constants(2 * gamma, US.normal_volatility, 0.7, 0.6)[1]
    assert 10 * w == pytest.approx(US.normal_spread / 2)
    assert default_gamma(replace(US, normal_volatility=0.0), 2, 0.7, 0.6) == 0.0


def test_left_alone_it_widens_and_leans_more_when_the_market_turns_wild() -> None:
    view, asked = market(9_999, 10_001, position=10), Glft(k=0.7, rate=0.6)
    calm = asked.quote(view)
    for second in range(1, 60):
        view.now_ns = second * S
        view.book.clear()
        middle = 10_000 + (5 if second % 2 else -5)
        view.others(Side.BUY, (middle - 1, 10))
        view.others(Side.SELL, (middle + 1, 10))
        wild = asked.quote(view)
    assert calm.reservation is not None
    assert wild.reservation is not None
    assert view.mid - wild.reservation > 3 * (10_000 - calm.reservation)


def test_left_alone_it_leans_less_where_more_orders_come() -> None:
    """What it chose for itself at the start stays; what it learns moves the quotes."""
    view, asked = market(9_999, 10_001, position=10), Glft(k=0.7, memory=1e9)
    before = asked.quote(view).reservation
    for tenth in range(1, 300):
        view.now_ns = tenth * S // 10
        view.market_order(Side.BUY if tenth % 2 else Side.SELL, 1)
        view.others(Side.SELL if tenth % 2 else Side.BUY, (10_001 if tenth % 2 else 9_999, 1))
        after = asked.quote(view).reservation
    assert before is not None
    assert after is not None
    assert 0 < 10_000 - after < 0.8 * (10_000 - before)

"""Cartea and Jaimungal: published figures, limits, and the strategy's quotes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.strategies.models.cartea_jaimungal import CarteaJaimungal, default_alpha, default_phi, distances, value
from mmtui.strategies.models.glft import exact_distances
from tests.unit.strategies.fake_view import US, FakeView, S, market


@pytest.mark.parametrize(("phi", "expected"), [(0.0, 0.20593), (1e-4, 0.20043)])
def test_published_values(phi: float, expected: float) -> None:
    assert value(phi, 1e-4, 100.0, 1.0, 3, 30.0)[3] == pytest.approx(expected, abs=5e-6)


def test_at_the_end_a_position_costs_its_penalty() -> None:
    h = value(0.3, 0.02, 1.5, 0.7, 4, 0.0)
    assert h == pytest.approx(-0.02 * np.arange(-4, 5.0) ** 2)


def test_distances_are_what_the_values_differ_by() -> None:
    h = value(1e-3, 1e-4, 100.0, 1.0, 3, 30.0)
    bids, asks = distances(h, 100.0)
    for q in range(-3, 4):
        i = q + 3
        assert bids[i] == (math.inf if q == 3 else pytest.approx(0.01 - h[i + 1] + h[i]))
        assert asks[i] == (math.inf if q == -3 else pytest.approx(0.01 - h[i - 1] + h[i]))


def test_penalty_makes_the_maker_lean_and_costs_value() -> None:
    kinds = [value(phi, 1e-4, 100.0, 1.0, 3, 30.0) for phi in (0.0, 1e-4, 1e-3)]
    assert [h[3] for h in kinds] == sorted((h[3] for h in kinds), reverse=True)
    leans = [float(distances(h, 100.0)[0][4]) for h in kinds]
    assert leans == sorted(leans)


def test_values_satisfy_the_equation_of_their_own_optimum() -> None:
    """dh/dt to go = -phi q^2 + (lambda/kappa) (e^(-kappa delta_bid) + e^(-kappa delta_ask)), a term for each quote."""
    arguments, horizon, step = (2e-3, 1e-3, 20.0, 1.3, 4), 7.0, 1e-4
    rise = (value(*arguments, horizon + step) - value(*arguments, horizon - step)) / (2 * step)
    bids, asks = distances(value(*arguments, horizon), 20.0)
    expected = -2e-3 * np.arange(-4, 5.0) ** 2 + 1.3 / 20.0 * (np.exp(-20.0 * bids) + np.exp(-20.0 * asks))
    assert rise == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_small_risk_aversion_is_a_penalty_of_half_gamma_sigma_squared() -> None:
    gamma, sigma = 1e-7, 300.0
    of_utility = exact_distances(gamma, sigma, 0.3, 0.9, 8)[0]
    of_penalty = distances(value(gamma * sigma**2 / 2, 0.0, 0.3, 0.9, 8), 0.3)[0]
    assert of_penalty[:-1] == pytest.approx(of_utility[:-1], rel=1e-5)


def strategy(**changes: object) -> CarteaJaimungal:
    given: dict[str, object] = {"phi": 0.002, "alpha": 0.05, "k": 0.8, "rate": 0.6, "size": 2}
    return CarteaJaimungal(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("position", [-20, -6, 0, 4, 14, 20])
def test_strategy_quotes_the_formula_by_units_of_its_size(position: int) -> None:
    view = market(9_999, 10_001, position=position)
    quotes = strategy().quote(view)
    # Two lots are a unit, of ten to the limit; the penalties are per lot.
    bids, asks = distances(value(0.004, 0.1, 0.8, 0.6, 10), 0.8)
    index = position // 2 + 10
    assert quotes.bid == (None if position == 20 else pytest.approx(10_000 - bids[index]))
    assert quotes.ask == (None if position == -20 else pytest.approx(10_000 + asks[index]))


def test_finite_horizon_is_the_time_left_and_ends_with_its_penalty() -> None:
    view, asked = market(9_999, 10_001, position=14), strategy(finite=True)
    for now_s, left_s in ((0, 300), (250, 50), (300, 0), (301, 0)):
        view.now_ns = now_s * S
        bids, _ = distances(value(0.004, 0.1, 0.8, 0.6, 10, left_s), 0.8)
        assert asked.quote(view).bid == pytest.approx(10_000 - bids[17])


def test_left_alone_each_unit_shifts_by_its_share_of_three_quarters_of_the_usual_spread() -> None:
    """Far from the limit, at a penalty small enough for the square root."""
    rules = replace(US, position_limit=200)
    phi = default_phi(rules, 2, 0.7, 0.6)
    bids, asks = distances(value(2 * phi, 0.0, 0.7, 0.6, 100), 0.7)
    shift = (bids[101] - asks[101]) / 2
    assert shift == pytest.approx(0.75 * US.normal_spread / 100, rel=0.05)
    assert default_alpha(rules) * 200 == pytest.approx(US.normal_spread / 2)


def wild_market(asked: CarteaJaimungal) -> tuple[float, FakeView]:
    view = market(9_999, 10_001, position=10)
    for second in range(60):
        view.now_ns = second * S
        view.book.clear()
        middle = 10_000 + (5 if second % 2 else -5)
        view.others(Side.BUY, (middle - 1, 10))
        view.others(Side.SELL, (middle + 1, 10))
        quotes = asked.quote(view)
    assert quotes.reservation is not None
    return view.mid - quotes.reservation, view


def test_own_penalty_follows_the_variance_and_a_given_one_does_not() -> None:
    calm = CarteaJaimungal(k=0.7, rate=0.6).quote(market(9_999, 10_001, position=10)).reservation
    assert calm is not None
    assert wild_market(CarteaJaimungal(k=0.7, rate=0.6))[0] > 3 * (10_000 - calm)
    phi = default_phi(US, 2, 0.7, 0.6)
    assert wild_market(CarteaJaimungal(k=0.7, rate=0.6, phi=phi))[0] == pytest.approx(10_000 - calm)


def test_left_alone_it_leans_less_where_more_orders_come() -> None:
    """What it chose for itself at the start stays; what it learns moves the quotes."""
    view, asked = market(9_999, 10_001, position=10), CarteaJaimungal(k=0.7, memory=1e9)
    before = asked.quote(view).reservation
    for tenth in range(1, 300):
        view.now_ns = tenth * S // 10
        view.market_order(Side.BUY if tenth % 2 else Side.SELL, 1)
        view.others(Side.SELL if tenth % 2 else Side.BUY, (10_001 if tenth % 2 else 9_999, 1))
        after = asked.quote(view).reservation
    assert before is not None
    assert after is not None
    assert 0 < 10_000 - after < 0.8 * (10_000 - before)

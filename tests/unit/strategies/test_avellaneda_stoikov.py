"""Avellaneda and Stoikov: the formula, its units, and what is learnt from the market."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.strategies.models.avellaneda_stoikov import AvellanedaStoikov, default_gamma, reservation_and_spread
from tests.unit.strategies.fake_view import US, S, market


@pytest.mark.parametrize(
    ("arguments", "reservation", "spread"),
    [
        ((100, 0, 0.1, 2, 1, 1.5), 100.0, 1.690770),
        ((100, 5, 0.1, 2, 1, 1.5), 98.0, 1.690770),
        ((100, -3, 0.1, 2, 0.5, 1.5), 100.6, 1.490770),
        ((100, 3, 0.5, 0.02, 300, 100), 99.82, 0.079950),
    ],
)
def test_check_values(arguments: tuple[float, ...], reservation: float, spread: float) -> None:
    got = reservation_and_spread(*arguments)
    assert got[0] == pytest.approx(reservation, abs=1e-9)
    assert got[1] == pytest.approx(spread, abs=5e-7)


@pytest.mark.parametrize("gamma", [0.0, 1e-320, 1e-300, 1e-15, 1e-12, 1e-9])
def test_without_risk_aversion_the_spread_is_two_over_k(gamma: float) -> None:
    reservation, spread = reservation_and_spread(100, 7, gamma, 2, 1, 1.5)
    assert reservation == pytest.approx(100, abs=1e-6)
    assert spread == pytest.approx(2 / 1.5, rel=1e-8)


def test_position_moves_the_centre_and_never_the_width() -> None:
    spreads = {reservation_and_spread(100, q, 0.1, 2, 1, 1.5)[1] for q in (-9, 0, 9)}
    assert len(spreads) == 1


def test_units_scale_as_they_should() -> None:
    """The same market counted in half ticks and minutes is quoted at the same prices."""
    reservation, spread = reservation_and_spread(100, 6, 0.02, 1.5, 60, 0.7)
    rescaled = reservation_and_spread(200, 6, 0.02 / 2, 2 * 1.5 * math.sqrt(60), 1, 0.7 / 2)
    assert rescaled == pytest.approx((2 * reservation, 2 * spread))


def test_strategy_quotes_the_formula() -> None:
    view = market(9_999, 10_001, position=4)
    strategy = AvellanedaStoikov(gamma=0.01, sigma=1.0, k=0.8, horizon=50.0, size=3)
    quotes = strategy.quote(view)
    reservation, spread = reservation_and_spread(10_000, 4, 0.01, 1.0, 50.0, 0.8)
    assert quotes.reservation == reservation == 9_998.0
    assert quotes.bid is not None
    assert quotes.ask is not None
    assert quotes.ask - quotes.bid == pytest.approx(spread)
    assert (quotes.ask + quotes.bid) / 2 == pytest.approx(reservation)
    assert (quotes.bid_size, quotes.ask_size) == (3, 3)


def test_rolling_horizon_ignores_the_clock_and_the_finite_one_runs_out() -> None:
    rolling = AvellanedaStoikov(gamma=0.01, sigma=1.0, k=0.8)
    finite = AvellanedaStoikov(gamma=0.01, sigma=1.0, k=0.8, finite=True)
    view = market(9_999, 10_001, position=4)
    for now_s, left_s in ((0, 300), (200, 100), (300, 0), (301, 0)):
        view.now_ns = now_s * S
        assert rolling.quote(view).reservation == pytest.approx(10_000 - 4 * 0.01 * 60)
        assert finite.quote(view).reservation == pytest.approx(10_000 - 4 * 0.01 * left_s)


@pytest.mark.parametrize("finite", [False, True])
def test_left_alone_the_limit_moves_the_reservation_by_half_the_usual_spread(finite: bool) -> None:
    view = market(9_999, 10_001, position=10)
    assert AvellanedaStoikov(finite=finite).quote(view).reservation == pytest.approx(10_000 - 2.38 / 4)


def test_market_that_never_moves_has_no_risk_to_be_averse_to() -> None:
    assert default_gamma(replace(US, normal_volatility=0.0), 60.0) == 0.0


def test_estimated_volatility_starts_at_the_usual_and_follows_the_market() -> None:
    view = market(9_999, 10_001, position=10)
    strategy = AvellanedaStoikov(k=0.8)
    generator = np.random.default_rng(1)
    mid = 10_000.0
    for second in range(300):
        view.now_ns = second * S
        view.book.clear()
        view.others(Side.BUY, (round(mid) - 1, 5))
        view.others(Side.SELL, (round(mid) + 1, 5))
        quotes = strategy.quote(view)
        mid += 3.06 * generator.standard_normal()
    assert quotes.reservation is not None
    shift = view.mid - quotes.reservation
    # Three times the usual volatility shifts nine times as far; the estimate is good to about a tenth.
    assert shift == pytest.approx(9 * 2.38 / 4, rel=0.35)


def test_few_quiet_seconds_do_not_make_a_quiet_market() -> None:
    view = market(9_999, 10_001, position=10)
    strategy = AvellanedaStoikov(k=0.8, memory=30.0)
    for second in range(4):
        view.now_ns = second * S
        quotes = strategy.quote(view)
    assert quotes.reservation == pytest.approx(10_000 - 2.38 / 4 * math.exp(-3 / 30))


def test_width_follows_how_far_market_orders_reach() -> None:
    view = market(9_990, 10_010, quantity=2)
    strategy = AvellanedaStoikov(gamma=0.0, sigma=1.0)
    widths: list[float] = []
    for second in range(400):
        view.now_ns = second * S
        view.book.clear()
        view.others(Side.BUY, *((9_990 - i, 2) for i in range(5)))
        view.others(Side.SELL, *((10_010 + i, 2) for i in range(5)))
        quotes = strategy.quote(view)
        assert quotes.bid is not None
        assert quotes.ask is not None
        widths.append((quotes.ask - quotes.bid) / 2)
        view.now_ns += S // 2
        view.market_order(Side(1 if second % 2 else -1), 5)  # Through two levels into the third: 12 ticks.
    assert widths[0] == pytest.approx(0.45 * 2.38)
    assert widths[-1] == pytest.approx(1 / math.log(13 / 12), rel=0.01)


def test_own_quotes_in_front_do_not_draw_the_width_in() -> None:
    view = market(9_990, 10_010)
    strategy = AvellanedaStoikov(gamma=0.0, sigma=1.0)
    strategy.quote(view)
    for second in range(1, 400):
        view.now_ns = second * S - S // 2
        view.rest(Side.SELL, 10_001, 1)
        view.market_order(Side.BUY, 1)
        view.now_ns = second * S
        quotes = strategy.quote(view)
    assert quotes.ask == pytest.approx(10_000 + 1 / math.log(11 / 10), abs=0.01)


def test_trades_are_counted_once() -> None:
    view = market(9_990, 10_010, quantity=50)
    strategy = AvellanedaStoikov(gamma=0.0, sigma=1.0)
    strategy.quote(view)
    view.now_ns = S
    view.market_order(Side.BUY, 1)
    view.now_ns = 2 * S
    once = strategy.quote(view)
    assert once.ask != AvellanedaStoikov(gamma=0.0, sigma=1.0).quote(view).ask
    for second in range(3, 9):
        view.now_ns = second * S
        assert strategy.quote(view).ask == once.ask

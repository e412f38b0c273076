"""Carry, and puts and calls by Black and Scholes, against published figures and against each other."""

from __future__ import annotations

import math

import pytest

from mmtui.market.hedges.black_scholes import Right, black_scholes, carry

#: (spot, strike, years, rate, dividend yield, volatility) and a put's price and delta there.
PUTS = [
    ((100, 100, 1, 0.05, 0, 0.2), 5.573526, -0.363169),
    ((42, 40, 0.5, 0.1, 0, 0.2), 0.808599, -0.220869),
    ((20_000, 19_000, 30 / 365, 0.04, 0.03, 0.22), 140.624531, -0.195015),
]
TERMS = [terms for terms, _, _ in PUTS]
RIGHTS: tuple[Right, Right] = ("put", "call")


def test_a_future_costs_the_carry() -> None:
    assert 20_000 * carry(0.04, 0.03, 30 / 365) == pytest.approx(20_016.4451, abs=5e-5)
    assert carry(0.04, 0.03, 0) == 1


@pytest.mark.parametrize(("terms", "price", "delta"), PUTS)
def test_puts_are_worth_what_is_published(terms: tuple[float, ...], price: float, delta: float) -> None:
    assert black_scholes("put", *terms) == pytest.approx((price, delta), abs=5e-7)


@pytest.mark.parametrize("terms", TERMS)
def test_a_call_less_a_put_is_a_forward(terms: tuple[float, ...]) -> None:
    spot, strike, years, rate, dividend_yield, _ = terms
    call, put = black_scholes("call", *terms), black_scholes("put", *terms)
    forward = spot * math.exp(-dividend_yield * years) - strike * math.exp(-rate * years)
    assert call.price - put.price == pytest.approx(forward, rel=1e-12)
    assert call.delta - put.delta == pytest.approx(math.exp(-dividend_yield * years), rel=1e-12)


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("terms", TERMS)
def test_delta_is_the_slope_of_the_price(right: Right, terms: tuple[float, ...]) -> None:
    spot, *rest = terms
    step = spot * 1e-5
    up, down = black_scholes(right, spot + step, *rest), black_scholes(right, spot - step, *rest)
    assert black_scholes(right, *terms).delta == pytest.approx((up.price - down.price) / (2 * step), abs=1e-7)


@pytest.mark.parametrize("right", RIGHTS)
def test_an_option_that_cannot_change_is_worth_its_exercise(right: Right) -> None:
    sign = 1 if right == "call" else -1
    for spot, years, volatility in [(90.0, 0.0, 0.2), (110.0, 0.0, 0.2), (90.0, 1.0, 0.0), (110.0, 1.0, 0.0)]:
        worth = sign * (spot * math.exp(-0.02 * years) - 100 * math.exp(-0.05 * years))
        option = black_scholes(right, spot, 100, years, 0.05, 0.02, volatility)
        nearly = black_scholes(right, spot, 100, years or 1e-9, 0.05, 0.02, volatility or 1e-6)
        assert option.price == pytest.approx(max(0.0, worth))
        assert option == pytest.approx(nearly, abs=1e-6)


@pytest.mark.parametrize("terms", [(0, 100, 1, 0, 0, 0.2), (100, 0, 1, 0, 0, 0.2), (100, 100, -1, 0, 0, 0.2)])
def test_what_no_option_can_be_is_refused(terms: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        black_scholes("put", *terms)

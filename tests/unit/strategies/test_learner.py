"""What is learnt of the rate of orders; volatility and reach are tested where Avellaneda and Stoikov use them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.strategies.models.learner import Learner
from tests.unit.strategies.fake_view import US, FakeView, S, market


def trade(view: FakeView, side: Side, quantity: int = 1) -> None:
    view.market_order(side, quantity)
    view.book.clear()
    view.others(Side.BUY, *((9_990 - i, 2) for i in range(5)))
    view.others(Side.SELL, *((10_010 + i, 2) for i in range(5)))


def test_rate_is_that_of_the_orders_of_one_side_extrapolated_to_the_mid() -> None:
    """Orders come at 0.8 a second and reach 12 ticks; the mid is on a tick, so that all that reach it are seen."""
    view = market(9_990, 10_010, quantity=2)
    learner = Learner(US, 30.0, 0)
    generator = np.random.default_rng(3)
    learner.update(view)
    for tenth in range(1, 6_000):
        view.now_ns = tenth * S // 10
        if generator.random() < 0.08:
            trade(view, Side(generator.choice([-1, 1])), 5)
        learner.update(view)
        view.trades.clear()
    # Sixty seconds' memory holds about a hundred orders' worth: the rate is good to about a tenth.
    assert learner.rate == pytest.approx(0.4, rel=0.2)
    assert learner.k == pytest.approx(math.log(13 / 12), rel=0.02)


def test_first_look_reads_the_tape_from_its_first_order_on() -> None:
    view = market(9_990, 10_010, quantity=2)
    for second in range(-40, 0):
        view.now_ns = second * S
        trade(view, Side.BUY)
        trade(view, Side.SELL, 5)  # Three trades, one order.
    view.now_ns = 0
    learner = Learner(US, 30.0, 0)
    # Before any order the mid counts as half-way between ticks.
    unseen = math.exp(learner.k / 2)
    assert learner.rate == pytest.approx(0.5 * unseen)
    learner.update(view)
    kept = math.exp(-40 / 60)
    expected = (5 * kept + 79) / (5 * kept + 60 * (1 - kept)) / 2
    assert learner.rate == pytest.approx(expected * unseen)
    # The tape's orders are not counted again.
    view.now_ns = S
    learner.update(view)
    assert learner.rate < expected * unseen


def test_quiet_market_is_found_to_be_quiet() -> None:
    view = market(9_990, 10_010)
    learner = Learner(US, 30.0, 0)
    for second in range(300):
        view.now_ns = second * S
        learner.update(view)
    assert 0 < learner.rate < 0.001

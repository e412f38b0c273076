"""A and k from a level's market: what is found in markets that are known, and by strategies as they go along."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from mmtui.errors import InputError
from mmtui.lab.fit.fit import fit_level
from mmtui.level.level import Level, load_level, parse_level
from mmtui.session.session import Session
from mmtui.strategies.models.learner import Learner
from mmtui.units import NS_PER_S
from tests.unit.market.test_intensity_market import PAPER
from tests.unit.session.support import still


def lasting(level_id: str, duration_s: int) -> Level:
    level = load_level(level_id)
    return msgspec.structs.replace(level, duration_s=duration_s, events=())


def test_the_papers_market_gives_back_its_own_a_and_k() -> None:
    # Each of two sides has 0.7 orders a second and k = .00015 a tick: over 20 sessions of 200 s 5,600 orders, of which
    # A and k are good to 1.3%, but for the chance of two in one step; four errors are the band.
    found = fit_level(parse_level(PAPER, "paper.toml"), range(20))
    assert found.k.value == pytest.approx(0.00015, rel=0.055)
    assert found.rate.value == pytest.approx(0.7, rel=0.055)
    assert found.k.error / found.k.value < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("k", [0.01, 0.03, 0.1, 0.3, 1.0])
def test_a_and_k_are_unbiased_whatever_k(k: float) -> None:
    """With ticks that matter, and a mid that moves by one a second between them.

    A bias would have to be below the standard error of twenty sessions; of a hundred it would be 2.2 of their own.
    """
    text = PAPER.replace("sigma = 1414.2135623730951", "sigma = 1.0").replace("decay = 0.00015", f"decay = {k}")
    found = fit_level(parse_level(text.replace("step_ms = 1000", "step_ms = 100"), "paper.toml"), range(100))
    assert found.orders > 15_000
    for estimate, truth in ((found.rate, 0.7), (found.k, k)):
        assert abs(estimate.value - truth) < math.sqrt(5) * estimate.error
        assert estimate.error < 0.02 * truth


def test_a_strategy_that_learns_as_it_goes_along_comes_to_the_same() -> None:
    # The same session's orders, looked at by both: a mean that forgets, over all looks, is the mean but for its ends.
    # The fit knows the mid at each order; one who looks twice a second reads reaches a few hundredths longer.
    level = lasting("skew", 300)
    fitted = fit_level(level, [5])
    session = Session(level, 5, "idle", ends_on_failure=True)
    learner, reaches, rates = None, [], []
    for now_ns in range(0, level.end_ns, NS_PER_S // 10):
        session.advance(now_ns)
        learner = Learner.updated(learner, session.maker.view, 30.0)
        reaches.append(1 / learner.k)
        rates.append(learner.rate)
    assert np.mean(reaches) == pytest.approx(1 / fitted.k.value, rel=0.07)
    assert np.mean(rates) == pytest.approx(fitted.rate.value, rel=0.15)


def test_a_level_s_fit_describes_the_orders_it_saw() -> None:
    level = lasting("skew", 120)
    found = fit_level(level, range(1, 4))
    assert (found.level, found.seeds) == ("skew", 3)
    assert found.orders > 200
    assert [row.distance for row in found.reaches[:3]] == [0, 1, 2]
    # About the best price, which is mostly a tick beyond the first one.
    for row in found.reaches[:3]:
        assert row.fitted == pytest.approx(row.seen, rel=0.6)
    for earlier, later in zip(found.reaches, found.reaches[1:], strict=False):
        assert earlier.seen >= later.seen > 0
    # Every order reaches the first tick.
    assert found.reaches[0].seen == pytest.approx(found.orders / (3 * 120) / 2)
    assert found.spread.value == pytest.approx(level.normal.spread, rel=0.15)
    assert found.sigma.value == pytest.approx(level.normal.volatility, rel=0.35)


@pytest.mark.slow
def test_errors_are_those_of_other_sessions() -> None:
    # The jackknife's error against the scatter of the estimate itself over independent sessions.
    level = lasting("skew", 180)
    fits = [fit_level(level, range(first, first + 2)) for first in range(1, 25, 2)]
    for name in ("k", "rate", "sigma"):
        estimates = [getattr(fit, name) for fit in fits]
        scatter = float(np.std([estimate.value for estimate in estimates], ddof=1))
        told = float(np.mean([estimate.error for estimate in estimates]))
        assert 0.5 < told / scatter < 2.0


def test_a_wider_market_has_a_smaller_k() -> None:
    normal, wide = (fit_level(lasting(name, 120), range(1, 3)) for name in ("skew", "volatility-spike"))
    assert wide.k.value < 0.7 * normal.k.value
    assert wide.spread.value > 1.5 * normal.spread.value


def test_a_market_where_nobody_trades_cannot_be_fitted() -> None:
    with pytest.raises(InputError, match=r"^level still: 0 market orders in 2 sessions are too few to fit$"):
        fit_level(still(), range(2))

"""A and k from a level's market: the line by itself, and what is found in markets that are known."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from mmtui.errors import InputError
from mmtui.game.level import Level, load_level
from mmtui.lab.fit import fit_level, line
from tests.unit.game.support import still


def lasting(level_id: str, duration_s: int) -> Level:
    level = load_level(level_id)
    return msgspec.structs.replace(level, duration_s=duration_s, events=())


def test_rates_on_a_line_give_back_its_a_and_k() -> None:
    counts = 2 * 100.0 * 1.7 * np.exp(-0.8 * np.arange(1, 12) / 2)
    found = line(counts, 100.0)
    assert found.rate == pytest.approx(1.7)
    assert found.k == pytest.approx(0.8)


def test_the_many_near_orders_weigh_more_than_the_few_far_ones() -> None:
    # 0.5 and 1.0 ticks say k = 1; a lone order far out, which says otherwise, hardly counts.
    counts = np.array([10_000.0, 10_000 * math.exp(-0.5), 1.0])
    assert line(counts, 1.0).k == pytest.approx(1.0, abs=0.02)


def test_exponential_reaches_are_found_within_their_errors() -> None:
    rng = np.random.default_rng(3)
    reaches = rng.exponential(1 / 0.9, 20_000)
    counts = np.array([(reaches >= d / 2).sum() for d in range(1, 8)], dtype=float)
    found = line(counts, 10_000.0)
    assert found.k == pytest.approx(0.9, rel=0.03)
    assert found.rate == pytest.approx(1.0, rel=0.03)


def test_a_level_s_fit_describes_the_orders_it_saw() -> None:
    level = lasting("skew", 120)
    found = fit_level(level, range(1, 4))
    assert (found.level, found.seeds) == ("skew", 3)
    assert found.orders > 200
    near = [row for row in found.reaches if row.distance <= 2]
    assert [row.distance for row in near] == [0.5, 1.0, 1.5, 2.0]
    for row in near:
        assert row.fitted == pytest.approx(row.seen, rel=0.5)
    for earlier, later in zip(found.reaches, found.reaches[1:], strict=False):
        assert earlier.seen >= later.seen > 0
    # Orders that reach half a tick are all there are.
    assert found.reaches[0].seen == pytest.approx(found.orders / (3 * 120) / 2)
    assert found.spread.value == pytest.approx(level.market.normal.spread, rel=0.15)
    assert found.sigma.value == pytest.approx(level.market.normal.volatility, rel=0.35)


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

"""What the levels on memory and on pairs say of their markets, measured with our own estimators on the mids."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

from mmtui.level.level import Level, load_level, parse_level
from mmtui.market.core.draws import Floats
from mmtui.session.session import Session
from mmtui.signals.cointegration import critical_value, engle_granger
from mmtui.signals.hurst import HurstVerdict, hurst_exponent
from mmtui.units import NS_PER_S
from tests.unit.session.hedge_levels import text

SEEDS = range(6)


def unattended(level: Level, seed: int, strategy: str = "idle") -> Session:
    session = Session(level, seed, strategy, ends_on_failure=True)
    session.advance(session.end_ns)
    assert session.maker.error is None
    return session


def mids(level_id: str, seed: int) -> Floats:
    return np.array(unattended(load_level(level_id), seed).mid_by_second)


# One path of 481 seconds has a deviation of .02 to .05 (of the mean of six, a third to a half of that).


@pytest.mark.slow
def test_in_mean_reversion_the_mid_comes_back_from_102() -> None:
    paths = [mids("mean-reversion", seed) for seed in SEEDS]
    readings = [reading for path in paths if (reading := hurst_exponent(path))]
    assert fmean(reading.h for reading in readings) < 0.44
    assert max(reading.h for reading in readings) < 0.5
    assert sum(reading.verdict is HurstVerdict.REVERTING for reading in readings) >= 4
    for path in paths:
        price = path * 0.05
        # Within ten seconds of a jump of two dollars, less what is on its way back already.
        assert price.max() > 101.2
        assert price.min() < 98.8
        assert abs(float(np.median(price)) - 100.0) < 0.5


@pytest.mark.slow
def test_in_trend_it_does_not() -> None:
    paths = [mids("trend", seed) for seed in SEEDS]
    # From the jump on, ten seconds of chance left out. A wide market bounces, which hides some of the trend.
    readings = [reading for path in paths if (reading := hurst_exponent(path[191:]))]
    assert fmean(reading.h for reading in readings) > 0.57
    assert sum(reading.verdict is HurstVerdict.TRENDING for reading in readings) >= 3
    before = [reading for path in paths if (reading := hurst_exponent(path[:181]))]
    assert fmean(reading.h for reading in before) < 0.45
    assert not any(reading.verdict is HurstVerdict.TRENDING for reading in before)
    assert fmean(abs(path[-60:].mean() * 0.05 - 100.0) for path in paths) > 2.0


@pytest.mark.slow
def test_index_and_future_are_cointegrated_and_their_returns_correlate() -> None:
    """Neither has a memory, so that seven minutes are a short walk: of its moves more than of its levels is shared.

    Over six seeds the correlation of 10 s returns is .86 with a deviation of .06; its mean has an error of .024, and
    the band is about four of them. Noise in the index's quotes draws the hedge ratio below one on calm seeds.
    """
    level = load_level("index-future")
    shared, ratios = [], []
    for seed in SEEDS:
        session = Session(level, seed, "idle", ends_on_failure=True)
        future, index = [], []
        for second in range(level.duration_s):
            session.advance(second * NS_PER_S)
            future.append(session.market.exchange.mid)
            index.append(session.market.hedges["IX"].price(session.now_ns).mark * 0.1)
        found = engle_granger(future, index, lags=1)
        assert found is not None
        assert found.reversion is not None
        assert found.t < critical_value(len(future), 0.01)
        assert found.reversion.half_life < 10
        assert np.corrcoef(future, index)[0, 1] > 0.75
        shared.append(float(np.corrcoef(np.diff(future[::10]), np.diff(index[::10]))[0, 1]))
        ratios.append(found.hedge_ratio)
    assert 0.76 < fmean(shared) < 0.96
    assert fmean(ratios) == pytest.approx(0.95, abs=0.07)


def test_before_the_decision_the_position_cannot_be_worked_off_but_can_be_hedged() -> None:
    level = load_level("hedge")
    naive, hedged = (Session(level, 1, name, ends_on_failure=True) for name in ("skew", "hedged"))
    for session in (naive, hedged):
        session.advance(239 * NS_PER_S)
    assert naive.maker.desk.position > 0.3 * level.maker.position
    assert naive.maker.desk.net == naive.maker.desk.position
    assert abs(hedged.maker.desk.net) < 0.12 * level.maker.position_limit
    assert hedged.measures().mean_net < 0.4 * hedged.maker.desk.mean_abs(hedged.now_ns)


@pytest.mark.parametrize("strategy", ["pairs", "hedged"])
def test_future_index_and_put_work_in_one_level(strategy: str) -> None:
    traded = text("all").replace('preset = "us-100"', 'preset = "us-100"\narbitrageur = { rate = 2.0 }')
    session = unattended(parse_level(traded, "all.toml"), 1, strategy)
    desk = session.maker.desk
    assert set(desk.hedges.legs) == {"IDX", "SPOT", "P100", "C100"}
    used = "SPOT" if strategy == "pairs" else "IDX"
    assert desk.hedges.legs[used].volume > 0
    money = desk.attribution(session.market.exchange.mid)
    assert money.total == pytest.approx(money.spread + money.position + money.hedge - money.fees)

"""The arbitrageur, the index's shocks, and whether future and index belong together."""

from __future__ import annotations

import numpy as np
import pytest

from mmtui.book import Side, Trade
from mmtui.errors import LevelError
from mmtui.level.level import load_preset, parse_level
from mmtui.market.book_market import ARBITRAGEUR, BookMarket, kind_of_order
from mmtui.market.core.draws import Floats
from mmtui.market.core.exchange import PARTICIPANTS
from mmtui.market.hedges.instruments import BasisPath, IndexSpec, IndexSpot
from mmtui.market.traders.arbitrage import Arbitrageur, ArbitrageurSpec
from mmtui.signals.cointegration import critical_value, engle_granger
from mmtui.units import NS_PER_S
from tests.unit.market import test_hedges
from tests.unit.market.test_hedges import changed
from tests.unit.session.hedge_levels import text

INDEX: IndexSpec = changed(test_hedges.INDEX, basis_sd=1.0, basis_half_life_s=6.0)
SHOCKED = changed(INDEX, shock_rate=1 / 30, shock_sd=8.0)
WORKING = ArbitrageurSpec(rate=2.0, lag_s=0.5, cost=2.0, mean_size=2.0)


def market(
    seed: int, index: IndexSpec = INDEX, arbitrageur: ArbitrageurSpec = WORKING, sigma: float = 1.0
) -> BookMarket:
    us = load_preset("us-100")
    value = changed(us.value, sv_std=0.0, jump_rate=0.0, sigma=sigma)
    spec = changed(us, value=value, arbitrageur=arbitrageur, warmup_s=60)
    return BookMarket([(0, spec)], seed, hedges=[index])


def mids(found: BookMarket, seconds: int) -> tuple[Floats, Floats]:
    """The future's mid in its ticks and the index's half-way price in points, each second."""
    future, spot = [], []
    for second in range(seconds):
        found.clock.advance(second * NS_PER_S)
        future.append(found.exchange.mid)
        spot.append(found.hedges["SPOT"].price(second * NS_PER_S).mark * INDEX.tick)
    return np.array(future), np.array(spot)


def test_the_arbitrageur_trades_the_dear_leg_down_and_the_cheap_one_up_by_more_than_its_cost() -> None:
    found = market(1, SHOCKED)
    spot = found.hedges["SPOT"]
    assert isinstance(spot, IndexSpot)
    taken: list[tuple[int, Trade, float]] = []
    exchange = found.exchange
    exchange.on_print.append(lambda now_ns, trade, _: taken.append((now_ns, trade, exchange.impact.of_others(now_ns))))
    sides = []
    for second in range(300):
        found.clock.advance(second * NS_PER_S)
        for at_ns, trade, impact in taken:
            if kind_of_order(trade.taker_id) == "arbitrageur":
                # The index as it was seen half a second ago, carried, and what others have moved the price since.
                fair = float(spot.carried(np.array([at_ns - NS_PER_S // 2]))[0]) + impact
                assert trade.taker_side * (fair - trade.price) >= WORKING.cost
                sides.append(trade.taker_side)
        taken.clear()
    assert set(sides) == {Side.BUY, Side.SELL}
    assert len(sides) > 30


def test_the_arbitrageur_leaves_less_of_a_mispricing_standing() -> None:
    left = {}
    for rate in (0.0, 2.0):
        arbitrageur = changed(WORKING, rate=rate, mean_size=4.0)
        far = []
        for seed in range(6):
            found = market(seed, SHOCKED, arbitrageur)
            future, spot = mids(found, 200)
            basis = future - spot * 100 * np.exp((0.04 - 0.03) * 30 / 365)
            far.append(float(np.mean(np.abs(basis) > 4)))
        left[rate] = np.mean(far)
    assert left[2.0] < 0.85 * left[0.0]


def test_an_arbitrageur_that_never_wakes_is_none() -> None:
    without, idle = market(1, arbitrageur=ArbitrageurSpec()), market(1, SHOCKED, ArbitrageurSpec())
    for each in (without, idle):
        each.clock.advance(100 * NS_PER_S)
    assert list(without.exchange.tape) == list(idle.exchange.tape)
    assert not [trade for _, trade in idle.exchange.tape if trade.taker_id % PARTICIPANTS == ARBITRAGEUR]


def test_it_wakes_at_its_rate_whatever_there_is_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two a second over 660 s: 1,320 with a standard error of 36. Everything drawn is drawn as without it.
    wake, wakes = Arbitrageur._wake, []

    def noted(self: Arbitrageur, now_ns: int, row: int) -> None:
        wakes.append(now_ns)
        wake(self, now_ns, row)

    monkeypatch.setattr(Arbitrageur, "_wake", noted)
    found = []
    for spec in (changed(WORKING, cost=0.0), changed(WORKING, cost=1e6), ArbitrageurSpec()):
        each = market(1, arbitrageur=spec)
        wakes.clear()
        each.clock.advance(600 * NS_PER_S)
        found.append((each, list(wakes)))
    (eager, at), (never, same), (nobody, none) = found
    assert eager.exchange.trades != never.exchange.trades
    assert at == same
    assert len(at) == pytest.approx(1_320, abs=150)
    assert not none
    assert never.clock.events - nobody.clock.events == len(same)


@pytest.mark.slow
def test_future_and_index_are_cointegrated_and_correlate_by_more_than_99_percent() -> None:
    # Half an hour: a walk with a deviation of some 50 ticks, of which the two differ by less than 5. The test's t lies
    # far below −3.35, since most of a difference is gone within seconds.
    shocked = changed(SHOCKED, shock_rate=1 / 60, shock_sd=5.0)
    for seed in range(4):
        future, spot = mids(market(seed, shocked, sigma=3.0), 1_800)
        found = engle_granger(future, spot, lags=4)
        assert found is not None
        assert found.t < 2 * critical_value(1_800, 0.01)
        assert np.corrcoef(future, spot)[0, 1] > 0.99
        # The index in points of currency, the future in cents.
        assert found.hedge_ratio == pytest.approx(100, rel=0.02)


def test_shocks_come_at_their_rate_with_their_size_and_go_with_the_basis() -> None:
    # 20,000 s at one in 50 s: 400 shocks with a standard error of 20; their deviation of 40 has one of 3.5%.
    spec = changed(INDEX, basis_sd=0.0, shock_rate=0.02, shock_sd=40.0)
    path = BasisPath(spec, 0, 1)
    steps = []
    for block in range(400):
        path.draw(block * 50 * NS_PER_S, (block + 1) * 50 * NS_PER_S)
        steps.append(path.at_times(np.arange(500, dtype=np.int64) * (NS_PER_S // 10) + block * 50 * NS_PER_S))
    basis = np.concatenate(steps)
    kept = 2.0 ** (-0.1 / 6.0)
    shocks = basis[1:] - kept * basis[:-1]
    real = shocks[np.abs(shocks) > 1e-6]
    assert len(real) == pytest.approx(400, abs=80)
    assert real.std() == pytest.approx(40, rel=0.15)


def test_an_arbitrageur_without_an_index_is_refused() -> None:
    changed = text("future").replace('preset = "us-100"', 'preset = "us-100"\narbitrageur = { rate = 1.0 }')
    with pytest.raises(LevelError, match=r"future.toml: market.arbitrageur: expected an index among the hedges"):
        parse_level(changed, "future.toml")

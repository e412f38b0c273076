from __future__ import annotations

import pytest

from mmtui.book import Side, Trade
from mmtui.coach.watched import WatchedSession
from mmtui.level.level import load_level
from mmtui.observe.recent_flow import PulledStacked, traded
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.signals.cointegration import engle_granger
from mmtui.units import NS_PER_S

OTHER, OWN = 8, 0


def sold(price: int, lots: int, maker: int = OTHER) -> Trade:
    return Trade(price, lots, maker, 9, Side.SELL)


def test_only_trades_of_the_last_ten_seconds_count_by_side() -> None:
    tape = [
        (20 * NS_PER_S, sold(99, 2)),
        (12 * NS_PER_S, Trade(99, 3, OTHER, 9, Side.BUY)),
        (10 * NS_PER_S, sold(99, 50)),
    ]
    assert traded(tape, 20 * NS_PER_S) == {99: (2, 3)}


def test_lots_that_came_are_stacked_and_lots_that_left_without_trading_are_pulled() -> None:
    stacking = PulledStacked(OWN)
    stacking.remember(0, {99: 5}, {101: 4, 102: 1})
    assert stacking.since(0, {99: 5}, {101: 4, 102: 1}, []) == {}
    tape = [(NS_PER_S, sold(99, 3))]
    assert stacking.since(NS_PER_S, {99: 2, 98: 7}, {101: 1, 102: 1}, tape) == {98: (7, 0), 101: (0, -3)}


def test_trades_with_own_orders_take_nothing_from_others() -> None:
    stacking = PulledStacked(OWN)
    stacking.remember(0, {99: 5}, {})
    assert stacking.since(NS_PER_S, {99: 5}, {}, [(NS_PER_S // 2, sold(99, 3, OWN))]) == {}


def test_what_came_more_than_five_seconds_ago_is_forgotten() -> None:
    stacking = PulledStacked(OWN)
    stacking.remember(0, {99: 5}, {})
    stacking.remember(NS_PER_S, {99: 9}, {})
    assert stacking.since(5 * NS_PER_S, {99: 9}, {}, []) == {99: (4, 0)}
    assert stacking.since(6 * NS_PER_S, {99: 9}, {}, []) == {}
    # Whether the book was remembered since, and how often one looked, makes no difference.
    assert stacking.since(5 * NS_PER_S, {99: 9}, {}, []) == {99: (4, 0)}
    stacking.remember(5 * NS_PER_S, {99: 9}, {})
    assert stacking.since(5 * NS_PER_S, {99: 9}, {}, []) == {99: (4, 0)}


def test_no_more_is_remembered_than_the_window_needs_however_often_one_looks() -> None:
    stacking = PulledStacked(OWN)
    for quarter in range(400):
        stacking.remember(quarter * NS_PER_S // 4, {99: 5}, {})
        for _ in range(3):
            stacking.since(quarter * NS_PER_S // 4, {99: 5}, {}, [])
    assert len(stacking._past) == 21


def test_gauges_show_the_market_as_it_is_and_alike_however_often_they_are_read() -> None:
    often, once = (WatchedSession(Session(load_level("volatility-spike"), 3, par=NoPar())) for _ in range(2))
    for quarter in range(1, 601):
        often.advance(quarter * NS_PER_S // 4)
        view = often.view()
    once.advance(150 * NS_PER_S)
    assert once.view().signals == view.signals
    signals = view.signals
    assert signals.volatility is not None
    # The spike at two minutes shows.
    assert signals.volatility > 2 * signals.normal_volatility
    assert -1 <= signals.imbalance <= 1
    assert view.best_bid is not None
    assert view.best_ask is not None
    assert view.best_bid <= signals.microprice <= view.best_ask
    assert signals.spread == view.best_ask - view.best_bid


def test_future_and_index_are_tested_for_cointegration_as_they_stand_by_the_second() -> None:
    watched = WatchedSession(Session(load_level("index-future"), 3, par=NoPar()))
    mids, carried = [], []
    for second in range(1, 91):
        watched.advance(second * NS_PER_S)
        view = watched.view()
        assert view.signals.basis is not None
        mids.append(view.mid)
        carried.append(view.mid - view.signals.basis)
    expected = engle_granger(mids, carried)
    assert expected is not None
    found = view.signals.cointegration
    assert found is not None
    # The watcher has begun a second earlier, before the level's clock.
    assert found.t == pytest.approx(expected.t, rel=0.2)
    assert found.hedge_ratio == pytest.approx(expected.hedge_ratio, rel=0.02)


def test_without_an_index_there_is_nothing_to_be_cointegrated_with() -> None:
    watched = WatchedSession(Session(load_level("first-quotes"), 3, par=NoPar()))
    watched.advance(70 * NS_PER_S)
    assert watched.view().signals.cointegration is None

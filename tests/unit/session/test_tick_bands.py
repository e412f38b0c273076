"""A price that crosses a band of its tick table: everybody's orders move in the steps of where they stand."""

from __future__ import annotations

import pytest

from mmtui.book import Side
from mmtui.level.level import load_level
from mmtui.session.commands import Quote
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.units import NS_PER_S

EDGE = 2_000


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["skew", "touch", "reversion", "reckless"])
def test_above_100_hong_kong_dollars_orders_stand_at_tenths_below_at_twentieths(strategy: str) -> None:
    session = Session(load_level("mean-reversion"), 1, strategy, par=NoPar())
    exchange = session.market.exchange
    above = below = 0
    for second in range(1, 260):
        session.advance(second * NS_PER_S)
        for side in Side:
            for order in exchange.orders(side):
                assert order.price <= EDGE or order.price % 2 == 0
                above += order.price > EDGE
                below += order.price <= EDGE and order.price % 2
        assert exchange.step == (2 if exchange.best_bid > EDGE else 1)
    # The price has been on both sides, and the fine step is used where it is allowed.
    assert above > 100
    assert below > 100
    assert session.maker.error is None
    assert not any("rejected: prices move" in notice for notice in session.maker.notices)


def test_a_player_is_told_the_step_of_where_the_order_should_stand() -> None:
    session = Session(load_level("mean-reversion"), 1, par=NoPar())
    session.submit(Quote(Side.SELL, EDGE + 101, 2))
    session.advance(NS_PER_S)
    assert session.maker.notices[-1].endswith("rejected: prices move in steps of 2 ticks there")
    session.submit(Quote(Side.SELL, EDGE + 102, 2))
    session.advance(2 * NS_PER_S)
    assert session.maker.gateway.ask_lots == {EDGE + 102: 2}

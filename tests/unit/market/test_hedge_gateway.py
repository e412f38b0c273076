"""Hedge orders: late by their latency, whole or not at all."""

from __future__ import annotations

import pytest

from mmtui.book import Side
from mmtui.market.book_market import BookMarket
from mmtui.market.hedges.hedge_gateway import HedgeGateway, HedgeOrder
from mmtui.market.hedges.instruments import HedgePrice
from mmtui.units import NS_PER_S
from tests.unit.market.test_hedges import FUTURE, market

BUY, SELL = Side.BUY, Side.SELL
MS = NS_PER_S // 1_000


class Desk:
    """Hears of orders."""

    def __init__(self, latency_ns: int = 20 * MS) -> None:
        self.heard: list[tuple[int, HedgeOrder, HedgePrice, str | None]] = []
        self.market: BookMarket = market(FUTURE)
        self.gateway = HedgeGateway(self.market.hedges, self.market.clock, latency_ns, self)

    def on_hedge(self, now_ns: int, order: HedgeOrder, price: HedgePrice, refusal: str | None) -> None:
        self.heard.append((now_ns, order, price, refusal))

    def send(self, side: Side, quantity: int) -> None:
        self.gateway.send(HedgeOrder("IDX", side, quantity))

    def wait(self, ns: int = 20 * MS) -> None:
        self.market.clock.advance(self.market.clock.now_ns + ns)


def test_an_order_trades_at_the_quotes_of_its_arrival() -> None:
    desk = Desk(latency_ns=5 * NS_PER_S)
    then = desk.market.hedges["IDX"].price(0)
    desk.send(BUY, 7)
    desk.wait(5 * NS_PER_S - 1)
    assert desk.heard == []
    assert (desk.gateway.positions, desk.gateway.coming) == ({"IDX": 0}, {"IDX": 7})
    desk.wait(1)
    ((now_ns, order, price, refusal),) = desk.heard
    assert (now_ns, order, refusal) == (5 * NS_PER_S, HedgeOrder("IDX", BUY, 7), None)
    assert price == desk.market.hedges["IDX"].price(now_ns) != then
    assert (desk.gateway.positions, desk.gateway.coming) == ({"IDX": 7}, {"IDX": 0})


@pytest.mark.parametrize("side", [BUY, SELL])
def test_an_order_beyond_the_limit_is_refused_whole(side: Side) -> None:
    desk = Desk()
    desk.send(side, 100)
    desk.send(side, 1)
    desk.send(side.opposite, 200)
    desk.wait()
    assert [refusal for *_, refusal in desk.heard] == [
        None,
        f"position limit 100: this order would make it {side * 101}",
        None,
    ]
    assert desk.gateway.positions == {"IDX": -side * 100}
    assert desk.gateway.coming == {"IDX": 0}

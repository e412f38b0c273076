"""What a strategy can see, and what not."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from mmtui.book import Depth, Side, Trade
from mmtui.session.commands import HandOver, Quote
from mmtui.session.session import Session
from mmtui.session.view import View
from mmtui.session.watcher import Watcher
from mmtui.strategies.protocol import MarketView, OwnFill, PublicTrade, Rules, Working
from tests.unit.session.support import BUY, SELL, S, Stand, short


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_its_public_surface_is_the_market_view_and_nothing_else() -> None:
    assert public(View) == public(MarketView)
    session = Session(short("skew"), 1)
    assert {name for name in dir(session.maker.view) if not name.startswith("_")} == public(MarketView)
    for name in public(MarketView):
        ours, promised = inspect.getattr_static(View, name), inspect.getattr_static(MarketView, name)
        # Of a compiled class a property is a descriptor of another kind.
        assert inspect.isdatadescriptor(ours) is inspect.isdatadescriptor(promised), name
        if inspect.isfunction(ours):
            assert inspect.signature(ours) == inspect.signature(promised), name


@pytest.fixture(scope="module")
def busy() -> Session:
    """A strategy that trades, some way into a level."""
    session = Session(short("volatility-spike"), 2, "reckless")
    session.advance(19 * S)
    assert session.result().fills > 3
    return session


def seen(view: Any) -> Iterator[object]:
    """Everything that a strategy can get out of a view."""
    yield from (view.now_ns, view.best_bid, view.best_ask, view.mid, view.position)
    yield from (view.rules, *view.orders, *view.trades_since(-(10**18)), *view.fills_since(-(10**18)))
    for side in Side:
        yield from (*view.depth(side), view.others_best(side))
    yield from (view.markout(horizon) for horizon in (1, 10, 60))


def test_nothing_it_shows_leads_to_the_value_or_to_another_participant(busy: Session) -> None:
    harmless = (int, float, type(None), Rules, Working, PublicTrade, OwnFill, Depth)
    numbers = (int, float, type(None))
    own_ids = {order.order_id for order in busy.maker.view.orders}
    kinds = set()
    for thing in seen(busy.maker.view):
        assert isinstance(thing, harmless)
        kinds.add(type(thing))
        if dataclasses.is_dataclass(thing):
            fields = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
            # The bands of ticks are pairs of numbers.
            bands = [number for band in fields.pop("tick_bands", ()) for number in band]
            assert all(isinstance(value, numbers) for value in (*fields.values(), *bands))
            ids = {value for name, value in fields.items() if name.endswith("_id")}
            assert ids <= own_ids
    assert {PublicTrade, OwnFill, Rules, Depth, Working} <= kinds


class Told(Watcher):
    """Writes down the trades, as anybody is told of them."""

    def __init__(self, session: Session) -> None:
        self.trades: list[tuple[int, Side, int, int]] = []
        super().__init__(session)

    def on_trade(self, now_ns: int, trade: Trade) -> None:
        self.trades.append((now_ns, trade.taker_side, trade.price, trade.quantity))


def test_trades_are_those_of_the_tape_without_their_parties() -> None:
    assert set(PublicTrade.__struct_fields__) == {"time_ns", "side", "price", "quantity"}
    session = Session(short("volatility-spike"), 2, "reckless")
    told = Told(session).trades
    session.advance(19 * S)
    trades = session.maker.view.trades_since(0)
    assert [(trade.time_ns, trade.side, trade.price, trade.quantity) for trade in trades] == told
    later = session.maker.view.trades_since(told[9][0])
    assert list(later) == [trade for trade in trades if trade.time_ns > told[9][0]]


def test_at_least_the_last_minute_of_trades_is_kept() -> None:
    session = Session(short("volatility-spike", 180), 2)
    session.advance(100 * S)
    until_100 = session.maker.view.trades_since(100 * S - 60 * S)
    assert until_100[0].time_ns < 45 * S


def test_own_orders_are_those_that_will_stay() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5))
    stand.do(Quote(SELL, 10_005, 4), Quote(BUY, 9_995, 3), arrive=False)
    view = stand.maker.view
    assert [(order.side, order.price, order.quantity) for order in view.orders] == [
        (BUY, 9_995, 3),  # being reduced
        (SELL, 10_005, 4),  # on its way
    ]
    assert (view.others_best(BUY), view.others_best(SELL)) == (9_990, 10_010)
    stand.do(Quote(BUY, 9_996, 1), arrive=False)
    assert [order.price for order in view.orders] == [10_005, 9_996]


def test_fills_come_oldest_first_and_later_than_a_time() -> None:
    stand = Stand()
    stand.do(Quote(BUY, 9_995, 5))
    for _ in range(3):
        stand.hit(SELL, 1)
        stand.wait(10)
    first, second, third = stand.maker.view.fills_since(-1)
    assert first.time_ns < second.time_ns < third.time_ns
    assert list(stand.maker.view.fills_since(first.time_ns)) == [second, third]
    assert first == OwnFill(20_000_000, BUY, 9_995, 1, 10_002.5, True)


def test_the_rules_are_the_level_s() -> None:
    stand = Stand(position_limit=33, max_order=7, latency_ms=12.5, interval_ms=300)
    rules = stand.maker.view.rules
    assert (rules.position_limit, rules.max_order) == (33, 7)
    assert (rules.latency_ns, rules.interval_ns, rules.end_ns) == (12_500_000, 300_000_000, 60 * S)
    assert (rules.max_width, rules.min_size, rules.tick_value) == (8, 1, 1.0)
    assert (rules.normal_spread, rules.normal_volatility, rules.normal_size) == (2.4, 1.0, 6)


def test_markouts_of_recent_fills_are_shown_once_due() -> None:
    stand = Stand()
    stand.do(HandOver("idle"), arrive=False)
    stand.do(Quote(BUY, 9_995, 5))
    stand.hit(SELL, 5)
    assert stand.maker.view.markout(1) is None
    stand.wait(1_000)
    assert stand.maker.view.markout(1) == 10_000 - 9_995
    with pytest.raises(ValueError, match="2 is not in"):
        stand.maker.view.markout(2)

"""The quoter in any market: it never trades, never outgrows the room, and is content with its own work."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.strategies.protocol import Quotes
from mmtui.strategies.quoter import requote, targets
from tests.unit.strategies.fake_view import US, FakeView

PRICES = st.integers(90, 110)
LOTS = st.integers(1, 9)


@st.composite
def views(draw: st.DrawFn) -> FakeView:
    """A market with own orders anywhere on their side, some of them being cancelled, and any position."""
    limit = draw(st.integers(1, 30))
    rules = replace(US, position_limit=limit, max_order=draw(st.integers(1, 20)), min_size=draw(st.integers(0, 5)))
    view = FakeView(rules=rules, position=draw(st.integers(-limit - 3, limit + 3)))
    middle = draw(PRICES)
    view.others(Side.BUY, (80, 1))
    view.others(Side.SELL, (120, 1))
    for price, quantity, own in draw(st.lists(st.tuples(PRICES, LOTS, st.booleans()), max_size=12)):
        side = Side.BUY if price < middle else Side.SELL
        if own:
            order_id = view.rest(side, price, quantity)
            if draw(st.integers(0, 3)) == 0:
                view.pending_cancel.add(order_id)
        else:
            view.others(side, (price, quantity))
    return view


WANTED = st.builds(
    Quotes,
    bid=st.none() | st.floats(0, 130),
    ask=st.none() | st.floats(0, 130),
    bid_size=st.integers(0, 40),
    ask_size=st.integers(0, 40),
)


@given(views(), WANTED)
def test_orders_never_trade_and_never_outgrow_the_room(view: FakeView, quotes: Quotes) -> None:
    for order_id in list(view.pending_cancel):  # Their cancels were sent before, so they arrive before.
        view.pending_cancel.discard(order_id)
        assert view.book.cancel(order_id).accepted
        del view.own[order_id]
    view.send(requote(quotes, view))  # Asserts that nothing is rejected: orders are post-only.
    for side in Side:
        standing = sum(order.quantity for order in view.orders if order.side is side)
        room = view.rules.position_limit - int(side) * view.position
        assert standing <= max(0, min(room, view.rules.max_order))


@given(views(), WANTED)
def test_own_orders_do_not_matter_for_the_targets(view: FakeView, quotes: Quotes) -> None:
    before = targets(quotes, view)
    for order_id in list(view.own):
        view.book.cancel(order_id)
        del view.own[order_id]
    assert targets(quotes, view) == before


@pytest.mark.slow
@given(views(), WANTED)
def test_targets_are_never_better_than_wanted(view: FakeView, quotes: Quotes) -> None:
    bid, ask = targets(quotes, view)
    assert bid is None or (quotes.bid is not None and bid.price <= quotes.bid + 1e-9)
    assert ask is None or (quotes.ask is not None and ask.price >= quotes.ask - 1e-9)
    assert bid is None or ask is None or bid.price < ask.price


@given(views(), WANTED)
def test_asked_again_nothing_changes(view: FakeView, quotes: Quotes) -> None:
    for order_id in list(view.pending_cancel):
        view.pending_cancel.discard(order_id)
    view.send(requote(quotes, view))
    assert requote(quotes, view) == []


@given(views(), WANTED, st.lists(st.tuples(st.sampled_from(Side), LOTS), max_size=6))
def test_at_least_half_of_what_is_wanted_stands_after_any_fills(
    view: FakeView, quotes: Quotes, hits: list[tuple[Side, int]]
) -> None:
    view.pending_cancel.clear()
    for side, quantity in hits:
        view.send(requote(quotes, view))
        best = view.best_ask if side is Side.BUY else view.best_bid
        if best not in (80, 120):
            view.market_order(side, min(quantity, view.book.quantity_at(side.opposite, best)))
    view.send(requote(quotes, view))
    for side, target in zip((Side.BUY, Side.SELL), targets(quotes, view), strict=True):
        standing = [order for order in view.orders if order.side is side]
        total = sum(order.quantity for order in standing)
        if target is None:
            assert not standing
        else:
            assert {order.price for order in standing} <= {target.price}
            assert target.quantity / 2 <= total <= target.quantity
            assert total >= min(target.quantity, view.rules.min_size)
